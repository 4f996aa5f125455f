using RnnGen.Exchange.Files;
using RnnGen.Exchange.Model;
using RnnGen.Exchange.Onnx.Graphs;

namespace RnnGen.Exchange.Onnx.Operators;

/// <summary>Functions of single numbers, and of two with broadcasting.</summary>
internal static class ElementOperators
{
    public static IEnumerable<KeyValuePair<string, Func<NodeCall, OnnxTensor[]>>> All =>
    [
        Unary("Relu", static x => Math.Max(0, x)),
        Unary("Tanh", Math.Tanh),
        Unary("Sigmoid", Functions.Sigmoid),
        Unary("Sqrt", Math.Sqrt),
        Unary("Exp", Math.Exp),
        Unary("Log", Math.Log),
        Unary("Neg", static x => -x),
        Unary("Abs", Math.Abs),
        Unary("Not", static x => x == 0 ? 1 : 0),
        Binary("Add", static (a, b) => a + b),
        Binary("Sub", static (a, b) => a - b),
        Binary("Mul", static (a, b) => a * b),
        Binary("Div", static (a, b) => a / b),
        Binary("Pow", Math.Pow),
        Binary("Less", static (a, b) => a < b ? 1 : 0, NumberType.Bool),
        Binary("Greater", static (a, b) => a > b ? 1 : 0, NumberType.Bool),
        Binary("Equal", static (a, b) => a == b ? 1 : 0, NumberType.Bool),
        new("Where", static call => [Where(call)]),
    ];

    /// <summary>The lengths of what is broadcast together.</summary>
    public static int[] Common(int[] a, int[] b)
    {
        int[] shape = new int[Math.Max(a.Length, b.Length)];
        for (int i = 1; i <= shape.Length; i++)
        {
            int ofA = i <= a.Length ? a[^i] : 1, ofB = i <= b.Length ? b[^i] : 1;
            shape[^i] = ofA == ofB || ofB == 1 ? ofA : ofA == 1 ? ofB : throw new OperatorException(Invariant($"[{string.Join(", ", a)}] and [{string.Join(", ", b)}] do not fit"));
        }

        return shape;
    }

    /// <summary>A value repeated along the axes in which it has one index.</summary>
    public static OnnxTensor Expanded(NodeCall call, OnnxTensor tensor, int[] shape)
    {
        if (tensor.Shape.SequenceEqual(shape))
        {
            return tensor;
        }

        long[] own = NodeCall.StepsOf(tensor.Shape), steps = new long[shape.Length];
        for (int i = 1; i <= own.Length; i++)
        {
            steps[^i] = tensor.Shape[^i] == 1 ? 0 : own[^i];
        }

        return call.Pick(tensor, shape, 0, steps);
    }

    private static KeyValuePair<string, Func<NodeCall, OnnxTensor[]>> Unary(string op, Func<double, double> function) => new(op, call => [call.Make(call[0].Shape, call[0].Type, k => function(call[0].Values[k]))]);

    private static KeyValuePair<string, Func<NodeCall, OnnxTensor[]>> Binary(string op, Func<double, double, double> function, NumberType? type = null) => new(op, call =>
    {
        int[] shape = Common(call[0].Shape, call[1].Shape);
        OnnxTensor a = Expanded(call, call[0], shape), b = Expanded(call, call[1], shape);
        bool isWhole = type is null && !a.IsFloatingPoint;
        return [call.Make(shape, type ?? a.Type, k => isWhole ? Math.Truncate(function(a.Values[k], b.Values[k])) : function(a.Values[k], b.Values[k]))];
    });

    private static OnnxTensor Where(NodeCall call)
    {
        int[] shape = Common(call[0].Shape, Common(call[1].Shape, call[2].Shape));
        OnnxTensor condition = Expanded(call, call[0], shape), a = Expanded(call, call[1], shape), b = Expanded(call, call[2], shape);
        return call.Make(shape, a.Type, k => condition.Values[k] != 0 ? a.Values[k] : b.Values[k]);
    }
}
