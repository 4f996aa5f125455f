using RnnGen.Exchange.Onnx.Graphs;

namespace RnnGen.Exchange.Onnx.Operators;

/// <summary>Products of matrices, and convolutions over one axis.</summary>
internal static class MatrixOperators
{
    public static IEnumerable<KeyValuePair<string, Func<NodeCall, OnnxTensor[]>>> All =>
    [
        new("MatMul", static call => [MatMul(call)]),
        new("Gemm", static call => [Gemm(call)]),
        new("Conv", static call => [Conv(call)]),
    ];

    // The second one is one matrix, for all of the first one's.
    private static OnnxTensor MatMul(NodeCall call)
    {
        OnnxTensor a = call[0], b = call[1];
        if (b.Shape is not [int inner, int columns] || a.Shape.Length < 2 || a.Shape[^1] != inner)
        {
            throw new OperatorException(Invariant($"[{string.Join(", ", a.Shape)}] times [{string.Join(", ", b.Shape)}] is not computed"));
        }

        int[] shape = [.. a.Shape[..^1], columns];
        call.Budget.Spend((double)NodeCall.Size(shape) * inner);
        return call.Make(shape, a.Type, k =>
        {
            double sum = 0;
            int row = k / columns * inner, column = k % columns;
            for (int i = 0; i < inner; i++)
            {
                sum += a.Values[row + i] * b.Values[(i * columns) + column];
            }

            return sum;
        });
    }

    private static OnnxTensor Gemm(NodeCall call)
    {
        OnnxTensor a = call[0], b = call[1];
        bool isATurned = call.Node.Integer("transA", 0) != 0, isBTurned = call.Node.Integer("transB", 0) != 0;
        double alpha = call.Node.Float("alpha", 1), beta = call.Node.Float("beta", 1);
        if (a.Shape.Length != 2 || b.Shape.Length != 2 || a.Shape[isATurned ? 0 : 1] != b.Shape[isBTurned ? 1 : 0])
        {
            throw new OperatorException(Invariant($"[{string.Join(", ", a.Shape)}] times [{string.Join(", ", b.Shape)}] is not computed"));
        }

        int rows = a.Shape[isATurned ? 1 : 0], inner = a.Shape[isATurned ? 0 : 1], columns = b.Shape[isBTurned ? 0 : 1];
        OnnxTensor? c = call.Optional(2) is { } added ? ElementOperators.Expanded(call, added, ElementOperators.Common([rows, columns], added.Shape)) : null;
        call.Budget.Spend((double)rows * columns * inner);
        return call.Make([rows, columns], a.Type, k =>
        {
            double sum = 0;
            int row = k / columns, column = k % columns;
            for (int i = 0; i < inner; i++)
            {
                sum += a.Values[isATurned ? (i * rows) + row : (row * inner) + i] * b.Values[isBTurned ? (column * inner) + i : (i * columns) + column];
            }

            return (alpha * sum) + (c is null ? 0 : beta * c.Values[k]);
        });
    }

    // [batch, inputs, steps] by [filters, inputs of a group, kernel].
    private static OnnxTensor Conv(NodeCall call)
    {
        OnnxTensor x = call[0], w = call[1];
        int groups = (int)Math.Clamp(call.Node.Integer("group", 1), 1, int.MaxValue);
        if (x.Shape is not [int batch, int inputs, int steps] || w.Shape is not [int filters, int own, int kernel] || (long)own * groups != inputs || filters % groups != 0 || kernel == 0 || call.Optional(2) is { } biases && biases.Values.Length != filters)
        {
            throw new OperatorException("it is not over one axis, or its filters have other lengths");
        }

        int dilation = One("dilations"), stride = One("strides");
        long reach = (long)(kernel - 1) * dilation;
        (long before, long behind) = Padding(call, reach, steps, stride);
        int length = (int)Math.Clamp(((steps + before + behind - reach - 1) / stride) + 1, 0, int.MaxValue);
        call.Budget.Spend((double)batch * filters * length * own * kernel);
        return call.Make([batch, filters, length], x.Type, k =>
        {
            int t = k % length, f = k / length % filters, b = k / length / filters;
            double sum = call.Optional(2)?.Values[f] ?? 0;
            for (int c = 0; c < own; c++)
            {
                for (int i = 0; i < kernel; i++)
                {
                    long from = ((long)t * stride) - before + ((long)i * dilation);
                    sum += from < 0 || from >= steps ? 0 : x.Values[(((b * inputs) + (f / (filters / groups) * own) + c) * steps) + from] * w.Values[(((f * own) + c) * kernel) + i];
                }
            }

            return sum;
        });

        int One(string name) => call.Node.Integers(name) is { Count: > 0 } said ? (int)Math.Clamp(said[0], 1, int.MaxValue) : 1;
    }

    private static (long Before, long Behind) Padding(NodeCall call, long reach, int steps, int stride)
    {
        string automatic = call.Node.Text("auto_pad", "NOTSET");
        if (automatic is "NOTSET" or "VALID")
        {
            return automatic == "NOTSET" && call.Node.Integers("pads") is [long before, long behind] ? (before, behind) : (0, 0);
        }

        long all = Math.Max(0, (((steps + stride - 1) / stride) - 1) * stride + reach + 1 - steps), less = all / 2;
        return automatic switch
        {
            "SAME_UPPER" => (less, all - less),
            "SAME_LOWER" => (all - less, less),
            _ => throw new OperatorException("its auto_pad is another one"),
        };
    }
}
