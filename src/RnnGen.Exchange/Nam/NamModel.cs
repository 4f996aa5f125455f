using System.Globalization;
using System.Text.Json;
using RnnGen.Exchange.Files;
using RnnGen.Exchange.Json;
using RnnGen.Exchange.Model;

namespace RnnGen.Exchange.Nam;

/// <summary>
/// Captures of Neural Amp Modeler with an LSTM: <c>architecture</c>, <c>config</c> and one list of <c>weights</c>. For each layer the matrix of inputs and state side by side, one bias, and the states before the
/// first step; then the output layer.
/// </summary>
internal static class NamModel
{
    private const double DefaultSampleRate = 48_000;

    // A minor version may change what a capture computes; those that NeuralAmpModelerCore plays have the same LSTM.
    private const int FirstMinor = 5, LastMinor = 7;

    private static readonly HashSet<string> s_config = new(StringComparer.Ordinal) { "input_size", "hidden_size", "num_layers", "in_channels", "out_channels" };

    public static bool Is(JsonElement file) => JsonFile.Member(file, "architecture") is { ValueKind: JsonValueKind.String } && JsonFile.Member(file, "config") is not null && JsonFile.Member(file, "weights") is not null;

    public static ForeignModel Read(JsonElement file, ImportOptions options)
    {
        string architecture = JsonFile.Text(file, "architecture", "The file");
        if (architecture != "LSTM")
        {
            throw new ForeignFileException(Invariant($"The file holds a {ForeignText.Shown(architecture)}, which is not recurrent and cannot be declared: captures with an LSTM are imported."));
        }

        RequireVersion(file);
        JsonElement config = JsonFile.Member(file, "config")!.Value;
        if (config.ValueKind == JsonValueKind.Object && config.EnumerateObject().Select(static member => member.Name).FirstOrDefault(static name => !s_config.Contains(name)) is { } other)
        {
            throw new ForeignFileException(Invariant($"'config' says {ForeignText.Shown(other)}, which no LSTM has that is imported: those have {string.Join(", ", s_config)}."));
        }

        int inputs = JsonFile.Whole(config, "input_size", "'config'"), hidden = JsonFile.Whole(config, "hidden_size", "'config'"), count = JsonFile.Whole(config, "num_layers", "'config'");
        int outputs = JsonFile.Whole(config, "out_channels", "'config'", 1), channels = JsonFile.Whole(config, "in_channels", "'config'", inputs);
        if (channels != inputs)
        {
            throw new ForeignFileException(Invariant($"'config' says in_channels {channels} and input_size {inputs}, which are one number: the file is damaged."));
        }

        CheckSizes(inputs, hidden, count, outputs);
        JsonElement stored = JsonFile.Member(file, "weights")!.Value;
        long expected = Enumerable.Range(0, count).Sum(k => LayerLength(k == 0 ? inputs : hidden, hidden)) + (((long)hidden + 1) * outputs);
        if (stored.ValueKind != JsonValueKind.Array || stored.GetArrayLength() != expected)
        {
            throw new ForeignFileException(Invariant($"'weights' should hold {expected} numbers for {count} layers of {hidden} units, but does not: the file is damaged, or of another version."));
        }

        double[] weights = JsonFile.Numbers(stored, "weights", (int)expected).Values;
        List<NamLayer> layers = [];
        int at = 0;
        for (int k = 0; k < count; k++)
        {
            int width = k == 0 ? inputs : hidden;
            layers.Add(new NamLayer(width, hidden, weights[at..(at + (int)LayerLength(width, hidden))]));
            at += (int)LayerLength(width, hidden);
        }

        Tensor head = new("weights: head", [outputs, hidden], weights[at..(at + (outputs * hidden))]), bias = new("weights: head bias", [outputs], weights[(at + (outputs * hidden))..]);
        ForeignModelBuilder model = new("a Neural Amp Modeler capture");
        for (int k = 0; k < count; k++)
        {
            model.AddRecurrent(Invariant($"layer {k + 1}"), ForeignLayerKind.Lstm, layers[k].Weights(k + 1));
        }

        model.AddDense("head", head, bias, Activation.Identity);
        model.Note("Each layer's matrix was cut into that of its inputs and that of its state; its one bias is bias_ih, and bias_hh is 0. The states before the first step are those of the file.");
        Describe(file, model);
        Architecture read = options.Architecture ?? Architecture.ManyToMany;
        return model.Build(read, Precision.Single, sequenceLength: null, new Equations(layers, head, bias, read));
    }

    private static void RequireVersion(JsonElement file)
    {
        string said = JsonFile.Text(file, "version", "The file");
        string[] parts = said.Split('.');
        bool isRead = parts.Length == 3 && parts[0] == "0" && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int minor) && minor is >= FirstMinor and <= LastMinor
            && int.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out _);
        if (!isRead)
        {
            throw new ForeignFileException(Invariant($"The file is of version {ForeignText.Shown(said)}; captures of versions 0.{FirstMinor}.0 to 0.{LastMinor} are imported."));
        }
    }

    private static long LayerLength(int inputs, int hidden) => (4L * hidden * (inputs + hidden)) + (4L * hidden) + (2L * hidden);

    private static void CheckSizes(int inputs, int hidden, int count, int outputs)
    {
        const int maximumLayers = 64;
        if (inputs is < 1 or > ForeignModelBuilder.MaximumSize || hidden is < 1 or > ForeignModelBuilder.MaximumSize || outputs is < 1 or > ForeignModelBuilder.MaximumSize || count is < 1 or > maximumLayers)
        {
            throw new ForeignFileException(Invariant($"'config' says {count} layers of {hidden} units with {inputs} inputs and {outputs} outputs; sizes are from 1 to {ForeignModelBuilder.MaximumSize}, and layers from 1 to {maximumLayers}."));
        }
    }

    private static void Describe(JsonElement file, ForeignModelBuilder model)
    {
        if (JsonFile.Member(file, "metadata") is { ValueKind: JsonValueKind.Object } metadata)
        {
            JsonFile.Flatten(metadata, "metadata.", model.Metadata);
        }

        model.Metadata["version"] = JsonFile.Text(file, "version", "The file");
        if (JsonFile.Member(file, "sample_rate") is { ValueKind: JsonValueKind.Number } rate)
        {
            model.Metadata["sample_rate"] = rate.GetRawText();
        }
        else
        {
            model.Note(Invariant($"The file does not say its sample rate; players take {DefaultSampleRate} Hz."));
        }
    }

    /// <summary>A layer as the file has it: <c>[4 × hidden, inputs + hidden]</c> with rows i, f, g, o, then bias, hidden state and cell state.</summary>
    private sealed record NamLayer(int Inputs, int Hidden, double[] Values)
    {
        private int Columns => Inputs + Hidden;

        private int BiasAt => 4 * Hidden * Columns;

        public RecurrentWeights Weights(int layer)
        {
            double[] input = new double[4 * Hidden * Inputs], recurrent = new double[4 * Hidden * Hidden];
            for (int row = 0; row < 4 * Hidden; row++)
            {
                Values.AsSpan(row * Columns, Inputs).CopyTo(input.AsSpan(row * Inputs));
                Values.AsSpan((row * Columns) + Inputs, Hidden).CopyTo(recurrent.AsSpan(row * Hidden));
            }

            return new RecurrentWeights
            {
                Input = Part("W", input, 4 * Hidden, Inputs),
                Recurrent = Part("W", recurrent, 4 * Hidden, Hidden),
                InputBias = Part("b", Values[BiasAt..(BiasAt + (4 * Hidden))], 4 * Hidden),
                InitialHidden = Part("h0", Values[^(2 * Hidden)..^Hidden], Hidden),
                InitialCell = Part("c0", Values[^Hidden..], Hidden),
            };

            Tensor Part(string name, double[] values, params int[] shape) => new(Invariant($"weights: layer {layer} {name}"), shape, values);
        }

        public double[] Run(ReadOnlySpan<double> inputs, int steps)
        {
            double[] hidden = Values[^(2 * Hidden)..^Hidden], cell = Values[^Hidden..], outputs = new double[steps * Hidden], gates = new double[4 * Hidden];
            for (int t = 0; t < steps; t++)
            {
                for (int row = 0; row < gates.Length; row++)
                {
                    ReadOnlySpan<double> weights = Values.AsSpan(row * Columns, Columns);
                    gates[row] = Values[BiasAt + row] + Functions.Dot(weights[..Inputs], inputs.Slice(t * Inputs, Inputs)) + Functions.Dot(weights[Inputs..], hidden);
                }

                for (int j = 0; j < Hidden; j++)
                {
                    cell[j] = (Functions.Sigmoid(gates[Hidden + j]) * cell[j]) + (Functions.Sigmoid(gates[j]) * Math.Tanh(gates[(2 * Hidden) + j]));
                    hidden[j] = Functions.Sigmoid(gates[(3 * Hidden) + j]) * Math.Tanh(cell[j]);
                }

                hidden.CopyTo(outputs, t * Hidden);
            }

            return outputs;
        }
    }

    /// <summary>The layers, and the output layer at each step.</summary>
    private sealed class Equations(List<NamLayer> layers, Tensor head, Tensor bias, Architecture architecture) : IForeignEquations
    {
        public double[] Run(ReadOnlySpan<double> inputs, int steps)
        {
            double[] values = inputs.ToArray(), outputs = new double[steps * head.Rows];
            foreach (NamLayer layer in layers)
            {
                values = layer.Run(values, steps);
            }

            for (int k = 0; k < outputs.Length; k++)
            {
                int t = k / head.Rows, j = k % head.Rows;
                outputs[k] = bias.Values[j] + Functions.Dot(head.Values.AsSpan(j * head.Columns, head.Columns), values.AsSpan(t * head.Columns, head.Columns));
            }

            return architecture == Architecture.ManyToOne ? outputs[^head.Rows..] : outputs;
        }
    }
}
