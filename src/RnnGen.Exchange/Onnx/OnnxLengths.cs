using RnnGen.Exchange.Onnx.Graphs;
using RnnGen.Exchange.Onnx.Operators;

namespace RnnGen.Exchange.Onnx;

/// <summary>Values that depend on lengths of the graph's inputs and not on their numbers, such as initial states as long as the batch: they are found by running the nodes that make them.</summary>
internal sealed class OnnxLengths(OnnxGraph graph, ConstantFolding makers, long maximumNumbers)
{
    private readonly RunBudget _budget = new(maximumNumbers, 64 * maximumNumbers);

    /// <summary>A value; null where it depends on numbers of an input, or cannot be run.</summary>
    /// <param name="value">Its name.</param>
    /// <param name="feed">The graph's inputs.</param>
    /// <param name="steps">Steps of the input, unless the graph fixes them.</param>
    /// <param name="width">Values of an input step.</param>
    /// <param name="batch">Sequences, unless the graph fixes them.</param>
    public OnnxTensor? Of(string value, GraphFeed feed, int steps, int width, int batch)
    {
        if (graph.Constants.TryGetValue(value, out OnnxTensor? constant))
        {
            return constant;
        }

        if (ReadsNumbers(value))
        {
            return null;
        }

        try
        {
            return new GraphRun(graph, makers, feed.Of([], steps, width, batch), _budget).Value(value);
        }
        catch (OperatorException)
        {
            return null;
        }
    }

    private bool ReadsNumbers(string value)
    {
        HashSet<string> seen = new(StringComparer.Ordinal);
        Stack<string> open = new([value]);
        while (open.TryPop(out string? next))
        {
            if (!seen.Add(next) || graph.Constants.ContainsKey(next))
            {
                continue;
            }

            if (makers.MakerOf(next) is not { } node)
            {
                return true;
            }

            if (!OnnxFlow.AsksForLengths(node))
            {
                foreach (string input in node.Reads)
                {
                    open.Push(input);
                }
            }
        }

        return false;
    }
}
