using RnnGen.Exchange.Files;
using RnnGen.Exchange.Onnx.Graphs;

namespace RnnGen.Exchange.Onnx;

/// <summary>The values of a graph's inputs for one sequence, repeated as often as the graph's batch is fixed.</summary>
/// <param name="Graph">The graph.</param>
/// <param name="Input">The input that the layers read.</param>
/// <param name="Axes">What its axes are.</param>
/// <param name="Lengths">Inputs that are lengths of sequences.</param>
internal sealed record GraphFeed(OnnxGraph Graph, string Input, string Axes, IReadOnlySet<string> Lengths)
{
    private const int MaximumState = 1 << 24;

    /// <summary>Feeds a sequence; other inputs, which are states, are zeros.</summary>
    /// <param name="sequence"><c>[steps, width]</c>; empty for zeros.</param>
    /// <param name="steps">Steps, unless the graph fixes them.</param>
    /// <param name="width">Values of a step.</param>
    /// <param name="batch">Sequences, unless the graph fixes them.</param>
    public Dictionary<string, OnnxTensor> Of(double[] sequence, int steps, int width, int batch)
    {
        Dictionary<string, OnnxTensor> feeds = new(StringComparer.Ordinal);
        foreach ((string name, int[]? shape) in Graph.Inputs)
        {
            if (name == Input)
            {
                feeds[name] = Sequence(sequence, [.. Axes.Select((role, axis) => shape is not null && shape.Length == Axes.Length && shape[axis] > 0 ? shape[axis] : role == 'T' ? steps : role == 'B' ? batch : width)], width);
            }
            else if (Lengths.Contains(name))
            {
                int count = shape is [> 0] ? shape[0] : batch;
                feeds[name] = new OnnxTensor(name, [count], [.. Enumerable.Repeat((double)steps, count)], NumberType.I32);
            }
            else if (shape is not null && shape.Aggregate(1.0, (size, length) => size * (length < 0 ? batch : length)) is var size and < MaximumState)
            {
                feeds[name] = new OnnxTensor(name, [.. shape.Select(length => length < 0 ? batch : length)], new double[(int)size], NumberType.F32);
            }
        }

        return feeds;
    }

    private OnnxTensor Sequence(double[] sequence, int[] shape, int width)
    {
        int time = Axes.IndexOf('T', StringComparison.Ordinal), feature = Axes.IndexOf('F', StringComparison.Ordinal);
        double size = shape.Aggregate(1.0, static (product, length) => product * length);
        if (size >= int.MaxValue || (sequence.Length > 0 && ((time >= 0 ? shape[time] : 1) * (feature >= 0 ? shape[feature] : 1L) != sequence.Length)))
        {
            throw new Operators.OperatorException(Invariant($"its input is [{string.Join(", ", shape)}]"));
        }

        double[] values = new double[(int)size];
        for (int k = 0; sequence.Length > 0 && k < values.Length; k++)
        {
            int t = 0, f = 0;
            for (int axis = shape.Length - 1, rest = k; axis >= 0; axis--)
            {
                t = axis == time ? rest % shape[axis] : t;
                f = axis == feature ? rest % shape[axis] : f;
                rest /= shape[axis];
            }

            values[k] = sequence[(t * width) + f];
        }

        return new OnnxTensor(Input, shape, values, feature < 0 ? NumberType.I64 : NumberType.F32);
    }
}
