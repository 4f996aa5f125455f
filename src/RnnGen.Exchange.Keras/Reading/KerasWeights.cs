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

    /// <summary>Rejects weights of a layer that the configuration does not have.</summary>
    /// <param name="layers">All layers of the configuration, inputs among them.</param>
    public void RequireNoOther(IEnumerable<LayerConfig> layers)
    {
        HashSet<string> known = [.. layers.SelectMany(NamesOf)];
        foreach ((string name, Hdf5Object group) in Groups)
        {
            if (!known.Contains(name) && group.HoldsNumbers)
            {
                throw new ForeignFileException(Invariant($"The file has weights of {ForeignText.Shown(name)}, which is not among the layers of its configuration: it is damaged, or joined from two models."));
            }
        }
    }

    /// <summary>The groups that have weights of layers.</summary>
    protected abstract IEnumerable<(string Name, Hdf5Object Group)> Groups { get; }

    /// <summary>What a layer's group may be called.</summary>
    protected abstract IEnumerable<string> NamesOf(LayerConfig layer);

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
        string name = GroupOf(layer);
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

    protected override IEnumerable<(string Name, Hdf5Object Group)> Groups
    {
        get
        {
            foreach (string first in s_roots)
            {
                Hdf5Object? layers = root.Find(first);
                foreach (string name in layers?.Names ?? [])
                {
                    yield return (name, layers!.FindNamed(name)!);
                }

                foreach (string path in root.Names.Where(path => path.StartsWith(first + "\\", StringComparison.Ordinal)))
                {
                    yield return (path.Split('\\')[1], root.FindNamed(path)!);
                }
            }
        }
    }

    protected override IEnumerable<string> NamesOf(LayerConfig layer) => [GroupOf(layer)];

    private static string GroupOf(LayerConfig layer) => SnakeCase(layer.Class) + (layer.Index == 0 ? "" : Invariant($"_{layer.Index}"));

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
    protected override IEnumerable<(string Name, Hdf5Object Group)> Groups => root.Names.Select(name => (name, root.FindNamed(name)!))
        .Concat((root.LongTexts("layer_names") ?? []).Where(name => root.Find(name) is not null).Select(name => (name, root.Find(name)!)));

    // A name with slashes is a group in a group.
    protected override IEnumerable<string> NamesOf(LayerConfig layer) => [layer.Name, layer.Name.Split('/')[0]];

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
