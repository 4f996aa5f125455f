using System.Text.RegularExpressions;
using RnnGen.Exchange.Files;
using RnnGen.Exchange.Keras.Hdf5;

namespace RnnGen.Exchange.Keras.Reading;

/// <summary>The weights of a model's layers.</summary>
internal abstract class KerasWeights
{
    /// <summary>Whether all numbers that were taken are double.</summary>
    public bool AreDouble { get; private set; } = true;

    /// <summary>All weights of a layer in Keras's order.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="parts">The parts of it that have weights, in order: <c>cell</c>, or <c>forward_layer/cell</c> and <c>backward_layer/cell</c>; an empty one for the layer itself.</param>
    public abstract List<Tensor> Of(LayerConfig layer, params ReadOnlySpan<string> parts);

    /// <summary>A dataset's numbers.</summary>
    protected Tensor Take(Hdf5Object dataset, string name)
    {
        (Tensor tensor, NumberType type) = dataset.Numbers(name);
        AreDouble &= type == NumberType.F64;
        return tensor;
    }
}

/// <summary>
/// The weights of a <c>.keras</c> file: a group for each layer, by its class and how many of this class are in front of it, and not by its name: <c>layers/lstm_1/cell/vars/0</c>. Keras 2.12 and 2.13 called the first part
/// otherwise, and on Windows wrote backslashes.
/// </summary>
/// <remarks>keras/src/saving/saving_lib.py.</remarks>
internal sealed partial class NumberedWeights(Hdf5Object root) : KerasWeights
{
    private static readonly string[] s_roots = ["layers", "_layer_checkpoint_dependencies"];

    public override List<Tensor> Of(LayerConfig layer, params ReadOnlySpan<string> parts)
    {
        string name = SnakeCase(layer.Class) + (layer.Index == 0 ? "" : Invariant($"_{layer.Index}"));
        List<Tensor> weights = [];
        foreach (string part in parts)
        {
            string path = part.Length == 0 ? name : name + "/" + part;
            Hdf5Object? variables = Find(path);
            for (int k = 0; variables?.Find(Invariant($"{k}")) is { } variable; k++)
            {
                weights.Add(Take(variable, Invariant($"layers/{path}/vars/{k}")));
            }
        }

        return weights;
    }

    private Hdf5Object? Find(string path)
    {
        foreach (string first in s_roots)
        {
            string whole = first + "/" + path;
            if ((root.Find(whole) ?? root.FindNamed(whole.Replace('/', '\\'))) is { } group)
            {
                return group.Find("vars");
            }
        }

        return null;
    }

    private static string SnakeCase(string name) => Words().Replace(name, "_").ToLowerInvariant();

    // Keras's naming.to_snake_case: LSTM is lstm, SimpleRNN simple_rnn, Conv1D conv1d.
    [GeneratedRegex("(?<=.)(?=[A-Z][a-z])|(?<=[a-z])(?=[A-Z])")]
    private static partial Regex Words();
}

/// <summary>The weights of a whole model in <c>.h5</c>: a group for each layer by its name, whose attribute <c>weight_names</c> lists its datasets.</summary>
/// <remarks>keras/src/legacy/saving/legacy_h5_format.py.</remarks>
internal sealed class NamedWeights(Hdf5Object root) : KerasWeights
{
    public override List<Tensor> Of(LayerConfig layer, params ReadOnlySpan<string> parts)
    {
        Hdf5Object group = root.Find(layer.Name) ?? throw new ForeignFileException(Invariant($"The file has no weights of {ForeignText.Shown(layer.Name)}: it is damaged."));
        List<Tensor> weights = [];
        foreach (string name in group.LongTexts("weight_names") ?? [])
        {
            weights.Add(Take(group.Find(name) ?? throw new ForeignFileException(Invariant($"The file has no {ForeignText.Shown(name)}, which it lists: it is damaged.")), name));
        }

        return weights;
    }
}
