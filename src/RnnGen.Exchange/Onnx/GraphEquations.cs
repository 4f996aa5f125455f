using RnnGen.Exchange.Files;
using RnnGen.Exchange.Model;
using RnnGen.Exchange.Onnx.Graphs;
using RnnGen.Exchange.Onnx.Operators;

namespace RnnGen.Exchange.Onnx;

/// <summary>
/// The graph's own nodes, which know nothing of the layers that were read from them. Where they cannot be run, it is the equations of the layers, and <see cref="Basis"/> says so.
/// </summary>
internal sealed class GraphEquations : IForeignEquations
{
    // Numbers and multiplications that a run may take for each number of the file and of the sequence.
    private const long MinimumNumbers = 1 << 20, NumbersPerNode = 16, ProductsPerNumber = 1024;

    private bool _hasRun, _hasFallenBack;
    private string _reason = "";

    public required OnnxGraph Graph { get; init; }

    public required ConstantFolding Makers { get; init; }

    public required GraphFeed Feed { get; init; }

    /// <summary>The value that the model outputs, and what its axes are.</summary>
    public required string Output { get; init; }

    public required string OutputAxes { get; init; }

    /// <summary>Steps, where the graph fixes them.</summary>
    public required int? Steps { get; init; }

    /// <summary>Why the graph is not asked, such as another architecture; empty where it is.</summary>
    public required string Refusal { get; init; }

    /// <summary>The layers that were read.</summary>
    public required IForeignEquations Layers { get; init; }

    public string Basis => !_hasFallenBack ? "the graph's own nodes" : _hasRun ? Invariant($"the graph's own nodes, and the equations of the layers where {_reason}") : Invariant($"the equations of the layers that were read, not the graph's nodes, since {_reason}");

    public double[] Run(ReadOnlySpan<double> inputs, int steps)
    {
        double[] ofLayers = Layers.Run(inputs, steps);
        string reason = Refusal.Length > 0 ? Refusal : Steps is { } only && only != steps ? Invariant($"the graph has {only} steps") : "";
        if (reason.Length == 0)
        {
            try
            {
                double[] outputs = RunGraph(inputs.ToArray(), steps);
                _hasRun = true;
                return outputs.Length == ofLayers.Length ? outputs
                    : throw new ForeignFileException(Invariant($"The graph outputs {outputs.Length} numbers for {steps} steps, but the layers that were read output {ofLayers.Length}: it is not understood. Please report it."));
            }
            catch (OperatorException e)
            {
                reason = Invariant($"these cannot be run: {e.Message}");
            }
        }

        (_hasFallenBack, _reason) = (true, reason);
        return ofLayers;
    }

    private double[] RunGraph(double[] inputs, int steps)
    {
        long numbers = MinimumNumbers + (NumbersPerNode * (Graph.Nodes.Count + 1) * (Graph.Constants.Values.Sum(static t => (long)t.Values.Length) + inputs.Length));
        RunBudget budget = new(numbers, ProductsPerNumber * numbers);
        OnnxTensor output = new GraphRun(Graph, Makers, Feed.Of(inputs, steps, inputs.Length / steps, batch: 1), budget).Value(Output);
        int batch = OutputAxes.IndexOf('B', StringComparison.Ordinal);
        if (output.Shape.Length != OutputAxes.Length || batch < 0 || output.Shape[batch] <= 1)
        {
            return output.Values;
        }

        // The sequences are all the same: the first one's.
        int[] shape = [.. output.Shape];
        long[] stepsOf = NodeCall.StepsOf(shape);
        shape[batch] = 1;
        return new NodeCall(new OnnxNode { Name = "", Op = "", Domain = "", Inputs = [], Outputs = [""], Attributes = [] }, [], Graph.Opset, budget).Pick(output, shape, 0, stepsOf).Values;
    }
}
