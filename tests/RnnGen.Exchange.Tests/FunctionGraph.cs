using RnnGen.Exchange.Onnx.Writing;
using RnnGen.Exchange.Tests.Exports;

namespace RnnGen.Exchange.Tests;

/// <summary>A graph of recurrent layers with functions of their own: equal layers on top of each other, all inputs of the operator but the lengths, weights that are drawn.</summary>
public sealed record FunctionGraph(string Op, int Hidden)
{
    private const int Batch = 2, Inputs = 3;

    public const int Steps = 6;

    public int Layers { get; init; } = 1;

    public int Directions { get; init; } = 1;

    /// <summary>Whether the one direction is from the last step to the first.</summary>
    public bool IsReverse { get; init; }

    /// <summary>Of all directions; none for the operator's own.</summary>
    public string[] Activations { get; init; } = [];

    public float[] Alpha { get; init; } = [];

    public float[] Beta { get; init; } = [];

    public float Clip { get; init; }

    public bool ResetsAfter { get; init; }

    public bool HasPeepholes { get; init; }

    public bool IsCoupled { get; init; }

    public bool HasBias { get; init; } = true;

    /// <summary>The largest weight: gates leave their linear part, and bounds are reached.</summary>
    public double Scale { get; init; } = 1.2;

    private int Gates => Op switch { "RNN" => 1, "GRU" => 3, _ => 4 };

    public byte[] File()
    {
        Random random = new(Hidden + (100 * Directions));
        GraphWriter graph = new(isDouble: false);
        string value = graph.Input("x", $"{Steps}", $"{Batch}", $"{Inputs}");
        for (int k = 0; k < Layers; k++)
        {
            int width = k == 0 ? Inputs : Directions * Hidden, rows = Gates * Hidden;
            string Drawn(string name, double scale, params int[] shape) =>
                graph.Constant(name, shape, [.. Enumerable.Range(0, shape.Aggregate(1, static (a, b) => a * b)).Select(_ => (double)(float)(scale * ((2 * random.NextDouble()) - 1)))]);
            List<string> inputs = [value, Drawn("w", Scale, Directions, rows, width), Drawn("r", Scale / Math.Sqrt(Hidden), Directions, rows, Hidden), HasBias ? Drawn("b", Scale / 2, Directions, 2 * rows) : "", "", ""];
            if (Op == "LSTM")
            {
                inputs.AddRange(["", HasPeepholes ? Drawn("p", Scale, Directions, 3 * Hidden) : ""]);
            }

            string y = graph.Nodes(Op, $"rnn{k}", [.. inputs], [""], [.. Attributes()])[0];
            value = graph.Node("Reshape", "joined", [graph.Node("Transpose", "beside", [y], NodeAttribute.Of("perm", [0, 2, 1, 3])), graph.Integers(0, 0, Directions * Hidden)]);
        }

        graph.Rename(value, "y");
        graph.Output("y", $"{Steps}", $"{Batch}", $"{Directions * Hidden}");
        return graph.ToFile("case", []);
    }

    /// <summary>The largest difference of the graph's nodes, as they are computed in double, from ONNX Runtime.</summary>
    /// <param name="file">The graph.</param>
    /// <param name="model">What was read of it.</param>
    /// <param name="outputs">What the runtime computes of it, or of another graph of the same model: [steps, batch, width], or [batch, steps, width].</param>
    public static double Difference(byte[] file, ForeignModel model, Func<float[], (float[] Values, bool IsBatchFirst)>? outputs = null)
    {
        Random random = new(5);
        float[] x = [.. Enumerable.Range(0, Steps * Batch * Inputs).Select(_ => (float)((3 * random.NextDouble()) - 1.5))];
        (float[] expected, bool isBatchFirst) = (outputs ?? (values => (OfRuntime(file, values), false)))(x);
        double largest = 0;
        for (int b = 0; b < Batch; b++)
        {
            double[] found = model.Run([.. Enumerable.Range(0, Steps * Inputs).Select(k => (double)x[(((k / Inputs * Batch) + b) * Inputs) + (k % Inputs)])], Steps);
            int width = found.Length / Steps;
            for (int k = 0; k < found.Length; k++)
            {
                largest = Math.Max(largest, Math.Abs(found[k] - expected[isBatchFirst ? (b * found.Length) + k : (((k / width * Batch) + b) * width) + (k % width)]));
            }
        }

        model.Basis.ShouldBe("the graph's own nodes");
        return largest;
    }

    /// <summary>The inputs with the sequences in front of their steps, as graphs of RnnGen's read them.</summary>
    public static float[] BatchFirst(float[] x) => [.. Enumerable.Range(0, x.Length).Select(k => x[(((k / Inputs % Steps * Batch) + (k / Inputs / Steps)) * Inputs) + (k % Inputs)])];

    /// <summary>What ONNX Runtime computes of a graph that <c>rnngen export</c> wrote.</summary>
    public static (float[] Values, bool IsBatchFirst) OfExport(byte[] file, float[] x)
    {
        using OnnxRun run = new(file);
        return (run.With("input", BatchFirst(x), Batch, Steps, Inputs).Outputs()["output"], true);
    }

    private static float[] OfRuntime(byte[] file, float[] x)
    {
        using OnnxRun run = new(file);
        return run.With("x", x, Steps, Batch, Inputs).Outputs()["y"];
    }

    private IEnumerable<NodeAttribute> Attributes()
    {
        yield return NodeAttribute.Of("direction", IsReverse ? "reverse" : Directions == 2 ? "bidirectional" : "forward");
        yield return NodeAttribute.Of("hidden_size", Hidden);
        if (Activations.Length > 0)
        {
            yield return NodeAttribute.Of("activations", Activations);
        }

        foreach ((string name, float[] values) in ((string, float[])[])[("activation_alpha", Alpha), ("activation_beta", Beta)])
        {
            if (values.Length > 0)
            {
                yield return new NodeAttribute(values.Aggregate(new ProtoWriter().Text(1, name).Number(20, 6), static (message, value) => message.Single(7, value)));
            }
        }

        if (Clip != 0)
        {
            yield return NodeAttribute.Of("clip", Clip);
        }

        if (Op == "GRU")
        {
            yield return NodeAttribute.Of("linear_before_reset", ResetsAfter ? 1 : 0);
        }

        if (IsCoupled)
        {
            yield return NodeAttribute.Of("input_forget", 1);
        }
    }
}
