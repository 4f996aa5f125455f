using RnnGen.Exchange.Files;
using RnnGen.Exchange.Onnx.Graphs;

namespace RnnGen.Exchange.Onnx.Operators;

/// <summary>A node's inputs do not fit its operator, or are more than a run may take.</summary>
internal sealed class OperatorException(string message) : Exception(message);

/// <summary>What a run of a graph may still make and compute: hostile graphs end here.</summary>
/// <param name="numbers">Numbers of all values together.</param>
/// <param name="products">Multiplications of matrices, recurrent cells and convolutions together.</param>
internal sealed class RunBudget(long numbers, long products)
{
    /// <summary>Room for a value.</summary>
    public double[] Take(long count)
    {
        numbers -= count;
        return count >= 0 && numbers >= 0 ? new double[count] : throw new OperatorException("its values are too large");
    }

    /// <summary>Counts multiplications before they are made.</summary>
    public void Spend(double count)
    {
        products -= (long)Math.Min(count, 1e18);
        if (products < 0)
        {
            throw new OperatorException("it computes too long");
        }
    }
}

/// <summary>One node with the values that it reads.</summary>
internal sealed class NodeCall(OnnxNode node, IReadOnlyList<OnnxTensor?> inputs, long opset, RunBudget budget)
{
    public OnnxNode Node => node;

    public long Opset => opset;

    public RunBudget Budget => budget;

    public int Count => inputs.Count;

    /// <summary>An input that must be there.</summary>
    public OnnxTensor this[int index] => Optional(index) ?? throw new OperatorException(Invariant($"input {index} is missing"));

    public OnnxTensor? Optional(int index) => index < inputs.Count ? inputs[index] : null;

    /// <summary>Whole numbers that an attribute says in old opsets and an input in new ones.</summary>
    public List<long>? Whole(string attribute, int input) => node.Integers(attribute) ?? Optional(input)?.Whole();

    /// <summary>An axis from the front.</summary>
    public static int Axis(long axis, int rank)
    {
        axis = axis < 0 ? axis + rank : axis;
        return axis >= 0 && axis < Math.Max(1, rank) ? (int)axis : throw new OperatorException(Invariant($"there is no axis {axis} of {rank}"));
    }

    /// <summary>Numbers of a shape.</summary>
    public static long Size(IEnumerable<int> shape)
    {
        double size = shape.Aggregate(1.0, static (product, length) => product * length);
        return size is >= 0 and < int.MaxValue ? (long)size : throw new OperatorException("its values are too large");
    }

    /// <summary>A value whose numbers a function gives by their index.</summary>
    public OnnxTensor Make(int[] shape, NumberType type, Func<int, double> number)
    {
        double[] values = budget.Take(Size(shape));
        for (int k = 0; k < values.Length; k++)
        {
            values[k] = number(k);
        }

        return new OnnxTensor(node.Output(0), shape, values, type);
    }

    /// <summary>The same numbers with other lengths.</summary>
    public OnnxTensor With(OnnxTensor tensor, IEnumerable<int> shape)
    {
        int[] lengths = [.. shape];
        return Array.TrueForAll(lengths, static length => length >= 0) && Size(lengths) == tensor.Values.Length
            ? tensor with { Name = node.Output(0), Shape = lengths }
            : throw new OperatorException(Invariant($"[{string.Join(", ", tensor.Shape)}] cannot be [{string.Join(", ", lengths)}]"));
    }

    /// <summary>A value whose number at an index of its axes is that of a source at a place that moves by a step for each axis.</summary>
    /// <param name="tensor">The source.</param>
    /// <param name="shape">The value's lengths.</param>
    /// <param name="first">The place of its first number.</param>
    /// <param name="steps">Numbers from one index of an axis to the next.</param>
    public OnnxTensor Pick(OnnxTensor tensor, int[] shape, long first, long[] steps) => Make(shape, tensor.Type, k =>
    {
        long at = first;
        for (int axis = shape.Length - 1, rest = k; axis >= 0; axis--)
        {
            at += rest % shape[axis] * steps[axis];
            rest /= shape[axis];
        }

        return tensor.Values[at];
    });

    /// <summary>Numbers from one index of an axis to the next.</summary>
    public static long[] StepsOf(int[] shape)
    {
        long[] steps = new long[shape.Length];
        for (int axis = shape.Length - 1, step = 1; axis >= 0; axis--)
        {
            steps[axis] = step;
            step *= shape[axis];
        }

        return steps;
    }
}
