using System.Numerics;
using RnnGen.Exchange.Declared;
using RnnGen.Exchange.Files;
using RnnGen.Exchange.Json;
using RnnGen.Exchange.Nam;
using RnnGen.Runtime;

namespace RnnGen.Exchange;

/// <summary>
/// Writes models as Neural Amp Modeler's <c>.nam</c> with the architecture LSTM: LSTM layers of one size, then the output layer. An LSTM's two biases become their sum, and learned initial states are the file's; else they
/// are zeros. The metadata <c>sample_rate</c> and <c>metadata.…</c> go where the format has them.
/// </summary>
/// <remarks>As nam/models/recurrent.py of sdatkinson/neural-amp-modeler writes it, version 0.5.4.</remarks>
public static class NamExport
{
    private const string Format = "Neural Amp Modeler";

    // Samples of the snapshot: enough for the states to settle.
    private const int SnapshotSamples = 1024;

    private static readonly HashSet<string> s_numbers = new(StringComparer.Ordinal) { "metadata.loudness", "metadata.gain", "metadata.input_level_dbu", "metadata.output_level_dbu", "metadata.training.validation_esr" };

    /// <summary>Writes a model; an existing file is replaced whole.</summary>
    /// <param name="model">The model.</param>
    /// <param name="path">The file.</param>
    /// <exception cref="ExportException">The format cannot say a layer; nothing was written.</exception>
    /// <exception cref="IOException">The file cannot be written; an existing one is unchanged.</exception>
    public static void Save(DeclaredModel model, string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        AtomicFile.Write(path, ToBytes(model));
    }

    /// <inheritdoc cref="Save(DeclaredModel, string)"/>
    /// <typeparam name="TSelf">The model's class.</typeparam>
    /// <typeparam name="TNumber">Its number type.</typeparam>
    /// <typeparam name="TInput">The type of one input element.</typeparam>
    /// <typeparam name="TTarget">The type of one target element.</typeparam>
    public static void Save<TSelf, TNumber, TInput, TTarget>(IRnnModel<TSelf, TNumber, TInput, TTarget> model, string path)
        where TSelf : IRnnModel<TSelf, TNumber, TInput, TTarget>
        where TNumber : unmanaged, IBinaryFloatingPointIeee754<TNumber>
        where TInput : unmanaged
        where TTarget : unmanaged => Save(DeclaredModel.Of(model), path);

    /// <summary>
    /// Writes a snapshot beside a model's file, as the trainer of Neural Amp Modeler does: <c>test_inputs.npy</c>, samples, and <c>test_outputs.npy</c>, what the format's equations compute of them, by which a player is tested.
    /// </summary>
    /// <param name="model">The model.</param>
    /// <param name="folder">The folder; files of these names are replaced whole.</param>
    /// <exception cref="ExportException">The format cannot say a layer; nothing was written.</exception>
    /// <exception cref="IOException">A file cannot be written; existing ones are unchanged.</exception>
    public static void SaveSnapshot(DeclaredModel model, string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        AtomicFile.Write([.. ToSnapshot(model).Select(file => (Path.Combine(folder, file.Name), file.Bytes))]);
    }

    /// <inheritdoc cref="SaveSnapshot(DeclaredModel, string)"/>
    /// <typeparam name="TSelf">The model's class.</typeparam>
    /// <typeparam name="TNumber">Its number type.</typeparam>
    /// <typeparam name="TInput">The type of one input element.</typeparam>
    /// <typeparam name="TTarget">The type of one target element.</typeparam>
    public static void SaveSnapshot<TSelf, TNumber, TInput, TTarget>(IRnnModel<TSelf, TNumber, TInput, TTarget> model, string folder)
        where TSelf : IRnnModel<TSelf, TNumber, TInput, TTarget>
        where TNumber : unmanaged, IBinaryFloatingPointIeee754<TNumber>
        where TInput : unmanaged
        where TTarget : unmanaged => SaveSnapshot(DeclaredModel.Of(model), folder);

    /// <summary>The files of a snapshot, which <see cref="SaveSnapshot(DeclaredModel, string)"/> writes: their names and their bytes.</summary>
    /// <param name="model">The model.</param>
    /// <exception cref="ExportException">The format cannot say a layer.</exception>
    public static IReadOnlyList<(string Name, byte[] Bytes)> ToSnapshot(DeclaredModel model)
    {
        ForeignModel capture = NamModel.Read(JsonFile.Parse(ToBytes(model)), new ImportOptions());
        double[] inputs = new double[SnapshotSamples];
        for (int t = 0; t < inputs.Length; t++)
        {
            // A tone that rises in pitch and level.
            inputs[t] = (float)(0.8 * t / inputs.Length * Math.Sin(2 * Math.PI * t * (0.005 + (0.02 * t / inputs.Length))));
        }

        double[] outputs = capture.Run(inputs, inputs.Length);
        return [("test_inputs.npy", NumPyVector.Of(inputs)), ("test_outputs.npy", NumPyVector.Of(outputs))];
    }

    /// <summary>The bytes of the file.</summary>
    /// <param name="model">The model.</param>
    /// <exception cref="ExportException">The format cannot say a layer.</exception>
    public static byte[] ToBytes(DeclaredModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        Capture.Require(model, Format);
        DeclaredLayer[] layers = [.. model.Layers.SkipLast(1)];
        Check(model, layers);
        return JsonOutput.Of(writer =>
        {
            writer.WriteString("version", "0.5.4");
            writer.WriteStartObject("metadata");
            JsonOutput.Unflatten(writer, model.Metadata, "metadata.", s_numbers.Contains);
            writer.WriteEndObject();
            writer.WriteString("architecture", "LSTM");
            writer.WriteStartObject("config");
            writer.WriteNumber("input_size", 1);
            writer.WriteNumber("hidden_size", layers[0].Size);
            writer.WriteNumber("num_layers", layers.Length);
            writer.WriteEndObject();
            writer.WritePropertyName("weights");
            double[] weights = [.. layers.SelectMany(layer => Weights(model, layer)), .. model.Take("head.weight", 1, layers[^1].Size).Values, .. model.Take("head.bias", 1).Values];
            JsonOutput.Numbers(writer, weights, weights.Length);
            JsonOutput.NumberIf(writer, model.Metadata, "sample_rate");
        });
    }

    private static void Check(DeclaredModel model, DeclaredLayer[] layers)
    {
        foreach (DeclaredLayer layer in layers)
        {
            if (layer.Equations is not null || layer.Cell != "lstm" || layer.Size != layers[0].Size)
            {
                throw Unsayable.In(Format, layer.Place, "its models are LSTM layers of one size, then the output layer", "Export such a model, or use --to rtneural.");
            }
        }

        string? problem = model.InputSize != 1 || model.OutputSize != 1 ? Invariant($"there are {model.InputSize} inputs and {model.OutputSize} outputs, and players have one of each")
            : model.OutputSkip ? "OutputSkip adds the input to the output, and players do not"
            : model.Layers[^1].Activation != Activation.Identity ? Invariant($"its function is {model.Layers[^1].Activation}, and the format has none") : null;
        if (problem is not null)
        {
            throw Unsayable.In(Format, "the output layer", problem, "Export a model from one input to one output without them, or use --to rtneural.");
        }
    }

    // [4 × hidden, inputs + hidden], then one bias, then the states before the first step.
    private static IEnumerable<double> Weights(DeclaredModel model, DeclaredLayer layer)
    {
        int rows = 4 * layer.Size;
        Tensor input = Capture.Parameter(model, layer, "weight_ih", rows, layer.InputSize), recurrent = Capture.Parameter(model, layer, "weight_hh", rows, layer.Size);
        for (int row = 0; row < rows; row++)
        {
            foreach (double value in input.Values.AsSpan(row * layer.InputSize, layer.InputSize).ToArray().Concat(recurrent.Values.AsSpan(row * layer.Size, layer.Size).ToArray()))
            {
                yield return value;
            }
        }

        double[] starts = [.. ((string[])["h", "c"]).SelectMany(state => model.LearnedInitialState ? model.Take(Invariant($"initial.{state}_l{layer.Index}"), layer.Size).Values : new double[layer.Size])];
        foreach (double value in Capture.Sum(Capture.Parameter(model, layer, "bias_ih", rows), Capture.Parameter(model, layer, "bias_hh", rows)).Concat(starts))
        {
            yield return value;
        }
    }
}
