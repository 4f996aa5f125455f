using RnnGen.Exchange.Onnx;
using RnnGen.Exchange.Onnx.Writing;
using Xunit.Abstractions;

namespace RnnGen.Exchange.Tests.Exports;

/// <summary>
/// Single operators with all their inputs, held against ONNX Runtime: what is read of a graph computes what the runtime does. Layout 1, which ONNX Runtime refuses, is held against the standard's equations elsewhere.
/// </summary>
public sealed class OnnxOperatorTests(ITestOutputHelper output)
{
    private const int Steps = 6, Batch = 3, Inputs = 2, Hidden = 4;

    private const double Bound = 1e-6;

    private static readonly int[] s_lengths = [Steps, 1, Steps - 2];

    [Theory]
    [InlineData("RNN", 1, "")]
    [InlineData("RNN", 2, "relu h lengths")]
    [InlineData("RNN", 1, "bias h")]
    [InlineData("GRU", 1, "")]
    [InlineData("GRU", 1, "bias after")]
    [InlineData("GRU", 2, "bias after h lengths")]
    [InlineData("GRU", 1, "bias before h")]
    [InlineData("GRU", 2, "bias before h lengths")]
    [InlineData("LSTM", 1, "")]
    [InlineData("LSTM", 1, "bias h c")]
    [InlineData("LSTM", 2, "bias h c lengths")]
    [InlineData("LSTM", 1, "bias peephole")]
    [InlineData("LSTM", 2, "bias h c peephole lengths")]
    [InlineData("LSTM", 1, "bias final")]
    [InlineData("LSTM", 2, "bias h c final lengths")]
    [InlineData("GRU", 2, "bias before final lengths")]
    [InlineData("LSTM", 1, "bias coupled")]
    public void AnOperatorComputesWhatTheRuntimeDoes(string op, int directions, string with)
    {
        double difference = Difference(Graph(op, directions, with.Split(' ', StringSplitOptions.RemoveEmptyEntries)), with.Contains("lengths", StringComparison.Ordinal), with.Contains("final", StringComparison.Ordinal));
        output.WriteLine($"{op}, {directions} direction(s), {with}: {difference:0.#E+0}");
        difference.ShouldBeLessThan(Bound);
    }

    /// <summary>Convolutions in front of a recurrent layer: padding of its own, by its name, and by a node in front of it.</summary>
    [Theory]
    [InlineData(3, 1, 2, 0, "", "Conv1D(3, 3, Activation = Activation.Relu)")]
    [InlineData(2, 3, 3, 0, "", "Conv1D(3, 2, Dilation = 3, Activation = Activation.Relu)")]
    [InlineData(3, 2, 2, 2, "", "Conv1D(3, 3, Dilation = 2, Causal = false, Activation = Activation.Relu)")]
    [InlineData(4, 1, 0, 0, "SAME_UPPER", "Conv1D(3, 4, Causal = false, Activation = Activation.Relu)")]
    [InlineData(3, 2, 4, 0, "Pad", "Conv1D(3, 3, Dilation = 2, Activation = Activation.Relu)")]
    [InlineData(1, 1, 0, 0, "VALID", "Conv1D(3, 1, Activation = Activation.Relu)")]
    [InlineData(3, 1, 2, 0, "norm behind", "Conv1D(3, 3, Activation = Activation.Relu)")]
    [InlineData(1, 1, 0, 0, "norm in front", "Conv1D(3, 1, Activation = Activation.Relu)")]
    [InlineData(3, 2, 2, 2, "norms", "Conv1D(3, 3, Dilation = 2, Causal = false, Activation = Activation.Relu)")]
    public void AConvolutionComputesWhatTheRuntimeDoes(int kernel, int dilation, int before, int behind, string padding, string declared)
    {
        byte[] file = Convolution(kernel, dilation, before, behind, padding);
        ForeignFile.Read(file).ToDeclaration(new DeclarationOptions { Name = "M" }).ShouldContain($"[{declared}]\n");
        double difference = Difference(file, hasLengths: false, isFinal: false);
        output.WriteLine($"{declared}: {difference:0.#E+0}");
        difference.ShouldBeLessThan(Bound);
    }

    [Theory]
    [InlineData(3, 1, 1, 0, "", "'conv' is a Conv over 3 steps with 1 zeros before the sequence and 0 behind it")]
    [InlineData(3, 1, 0, 0, "VALID", "'conv' is a Conv over 3 steps with 0 zeros")]
    [InlineData(4, 1, 0, 0, "SAME_LOWER", "'conv' is a Conv over 4 steps with 2 zeros before the sequence and 1 behind it")]
    public void AConvolutionThatCannotBeDeclaredIsRejectedByName(int kernel, int dilation, int before, int behind, string padding, string said) =>
        Should.Throw<ForeignFileException>(() => ForeignFile.Read(Convolution(kernel, dilation, before, behind, padding))).Message.ShouldContain(said);

    /// <summary>
    /// The runtime takes 1 - i for the forget gate; the standard's text leaves open which gate follows from the other. Files of ours say both gates, so that they are the same to all readers.
    /// </summary>
    [Fact]
    public void AnExportSaysBothCoupledGates() => OnnxCell.Of(DeclaredModel.Of(new OtherCells(seed: 1)).Layers[1])!.Order.ShouldBe([~0, 2, 0, 1]);

    private static double Difference(byte[] file, bool hasLengths, bool isFinal)
    {
        Random random = new(5);
        float[] inputs = [.. Enumerable.Range(0, Steps * Batch * Inputs).Select(_ => (float)((2 * random.NextDouble()) - 1))];
        using OnnxRun run = new(file);
        run.With("x", inputs, Steps, Batch, Inputs);
        if (hasLengths)
        {
            run.With("lengths", s_lengths, Batch);
        }

        float[] expected = run.Outputs()["y"];
        ForeignModel model = ForeignFile.Read(file);
        double largest = 0;
        for (int b = 0; b < Batch; b++)
        {
            int steps = hasLengths ? s_lengths[b] : Steps, width = model.OutputSize;
            double[] sequence = [.. Enumerable.Range(0, steps * Inputs).Select(k => (double)inputs[(((k / Inputs * Batch) + b) * Inputs) + (k % Inputs)])];
            double[] found = model.Run(sequence, steps);
            for (int k = 0; k < found.Length; k++)
            {
                largest = Math.Max(largest, Math.Abs(found[k] - expected[isFinal ? (b * width) + k : (((k / width * Batch) + b) * width) + (k % width)]));
            }
        }

        return largest;
    }

    private static byte[] Graph(string op, int directions, string[] with)
    {
        GraphWriter graph = new(isDouble: false);
        graph.Input("x", $"{Steps}", $"{Batch}", $"{Inputs}");
        bool isFinal = with.Contains("final");
        string[] values = Operator(graph, "x", op, directions, with);
        string joined = isFinal
            ? graph.Node("Reshape", "joined", [graph.Node("Transpose", "beside", [values[1]], NodeAttribute.Of("perm", [1, 0, 2])), graph.Integers(0, directions * Hidden)])
            : graph.Node("Reshape", "joined", [graph.Node("Transpose", "beside", [values[0]], NodeAttribute.Of("perm", [0, 2, 1, 3])), graph.Integers(0, 0, directions * Hidden)]);
        graph.Rename(joined, "y");
        graph.Output("y", isFinal ? [$"{Batch}", $"{directions * Hidden}"] : [$"{Steps}", $"{Batch}", $"{directions * Hidden}"]);
        return graph.ToFile("case", []);
    }

    private static string[] Operator(GraphWriter graph, string x, string op, int directions, string[] with)
    {
        Random random = new(7);
        int gates = op switch { "RNN" => 1, "GRU" => 3, _ => 4 }, rows = gates * Hidden;
        if (with.Contains("lengths"))
        {
            graph.LengthInput("lengths", $"{Batch}");
        }

        // One state for all sequences of the batch, since a declaration has one.
        string State(string name) => !with.Contains(name) ? "" : graph.Constant(name, [directions, Batch, Hidden], [.. Enumerable.Range(0, directions).SelectMany(_ => Enumerable.Repeat(Values(Hidden), Batch).SelectMany(static v => v))]);
        double[] Values(int count) => [.. Enumerable.Range(0, count).Select(_ => (double)(float)((1.6 * random.NextDouble()) - 0.8))];
        string Drawn(string name, params int[] shape) => graph.Constant(name, shape, Values(shape.Aggregate(1, static (a, b) => a * b)));
        int width = x == "x" ? Inputs : 3;
        List<string> inputs =
        [
            x, Drawn("w", directions, rows, width), Drawn("r", directions, rows, Hidden), with.Contains("bias") ? Drawn("b", directions, 2 * rows) : "", with.Contains("lengths") ? "lengths" : "", State("h"),
        ];
        if (op == "LSTM")
        {
            inputs.AddRange([State("c"), with.Contains("peephole") ? Drawn("p", directions, 3 * Hidden) : ""]);
        }

        List<NodeAttribute> attributes = [NodeAttribute.Of("direction", directions == 2 ? "bidirectional" : "forward"), NodeAttribute.Of("hidden_size", Hidden)];
        if (op == "GRU" && (with.Contains("after") || with.Contains("before")))
        {
            attributes.Add(NodeAttribute.Of("linear_before_reset", with.Contains("after") ? 1 : 0));
        }

        if (with.Contains("coupled"))
        {
            attributes.Add(NodeAttribute.Of("input_forget", 1));
        }

        if (with.Contains("relu"))
        {
            attributes.Add(NodeAttribute.Of("activations", Enumerable.Repeat("Relu", directions)));
        }

        return graph.Nodes(op, "rnn", [.. inputs], with.Contains("final") ? [null, "_h"] : [""], [.. attributes]);
    }

    private static byte[] Convolution(int kernel, int dilation, int before, int behind, string padding)
    {
        Random random = new(9);
        const int filters = 3;
        GraphWriter graph = new(isDouble: false);
        string read = graph.Node("Transpose", "channels", [graph.Input("x", $"{Steps}", $"{Batch}", $"{Inputs}")], NodeAttribute.Of("perm", [1, 2, 0]));
        double[] Values(int count) => [.. Enumerable.Range(0, count).Select(_ => (double)(float)((1.6 * random.NextDouble()) - 0.8))];
        string Norm(string value, int width, bool isShifted) => graph.Node("BatchNormalization", "norm", [value, graph.Constant("gain", [width], Values(width)), graph.Constant("offset", [width], isShifted ? Values(width) : new double[width]),
            graph.Constant("mean", [width], isShifted ? Values(width) : new double[width]), graph.Constant("variance", [width], [.. Values(width).Select(static v => 1 + v)])], NodeAttribute.Of("epsilon", 1e-3f));
        read = padding is "norm in front" or "norms" ? Norm(read, Inputs, padding != "norms") : read;
        if (padding == "Pad")
        {
            read = graph.Node("Pad", "pad", [read, graph.Integers(0, 0, before, 0, 0, behind)]);
        }

        List<NodeAttribute> attributes = [NodeAttribute.Of("kernel_shape", [(long)kernel]), NodeAttribute.Of("dilations", [(long)dilation])];
        attributes.AddRange(padding is "" || padding.StartsWith("norm", StringComparison.Ordinal) ? [NodeAttribute.Of("pads", [(long)before, behind])] : padding is "Pad" ? [] : [NodeAttribute.Of("auto_pad", padding)]);
        string sum = graph.Node("Conv", "conv", [read, graph.Constant("f", [filters, Inputs, kernel], Values(filters * Inputs * kernel)), graph.Constant("g", [filters], Values(filters))], [.. attributes]);
        sum = padding is "norm behind" or "norms" ? Norm(sum, filters, isShifted: true) : sum;
        string steps = graph.Node("Transpose", "steps", [graph.Node("Relu", "relu", [sum])], NodeAttribute.Of("perm", [2, 0, 1]));
        graph.Rename(graph.Node("Squeeze", "only", [Operator(graph, steps, "GRU", 1, ["bias", "after"])[0], graph.Integers(1)]), "y");
        graph.Output("y", $"{Steps}", $"{Batch}", $"{Hidden}");
        return graph.ToFile("case", []);
    }
}
