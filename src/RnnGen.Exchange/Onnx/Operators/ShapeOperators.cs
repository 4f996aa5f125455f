using RnnGen.Exchange.Files;
using RnnGen.Exchange.Onnx.Graphs;

namespace RnnGen.Exchange.Onnx.Operators;

/// <summary>Operators that give lengths, or the same numbers with other lengths or of another type.</summary>
internal static class ShapeOperators
{
    public static IEnumerable<KeyValuePair<string, Func<NodeCall, OnnxTensor[]>>> All =>
    [
        new("Constant", static call => [Constant(call)]),
        new("Shape", static call => [Shape(call)]),
        new("Size", static call => [call.Make([], NumberType.I64, _ => call[0].Values.Length)]),
        new("Identity", static call => [call.With(call[0], call[0].Shape)]),
        new("Dropout", static call => [call.Optional(2) is { Values: [not 0] } ? throw new OperatorException("it is in training mode") : call.With(call[0], call[0].Shape)]),
        new("Cast", static call => [Cast(call)]),
        new("Reshape", static call => [Reshape(call)]),
        new("Flatten", static call => [Flatten(call)]),
        new("Squeeze", static call => [Squeeze(call)]),
        new("Unsqueeze", static call => [Unsqueeze(call)]),
        new("Transpose", static call => [Transpose(call)]),
        new("Expand", static call => [Expand(call)]),
        new("Tile", static call => [Tile(call)]),
        new("ConstantOfShape", static call => [Filled(call)]),
        new("Range", static call => [Range(call)]),
    ];

    private static OnnxTensor Constant(NodeCall call)
    {
        OnnxAttribute said = call.Node.Attributes.Values.FirstOrDefault() ?? throw new OperatorException("it has no value");
        string name = call.Node.Output(0);
        return said switch
        {
            { Name: "value", Tensor: { } tensor } => tensor with { Name = name },
            { Name: "value_float", Kind: OnnxKind.Float } => new OnnxTensor(name, [], [said.Float], NumberType.F32),
            { Name: "value_int", Kind: OnnxKind.Integer } => new OnnxTensor(name, [], [said.Integer], NumberType.I64),
            { Name: "value_ints", Kind: OnnxKind.Integers } => new OnnxTensor(name, [said.Integers.Count], [.. said.Integers.Select(static i => (double)i)], NumberType.I64),
            { Name: "value_floats", Kind: OnnxKind.Floats } => new OnnxTensor(name, [said.Floats.Count], [.. said.Floats], NumberType.F32),
            _ => throw new OperatorException(Invariant($"it is given as {ForeignText.Shown(said.Name)}")),
        };
    }

    private static OnnxTensor Shape(NodeCall call)
    {
        int[] shape = call[0].Shape;
        int Bound(string name, long standard)
        {
            long at = call.Node.Integer(name, standard);
            return (int)Math.Clamp(at < 0 ? at + shape.Length : at, 0, shape.Length);
        }

        int start = Bound("start", 0), end = Math.Max(start, Bound("end", shape.Length));
        return call.Make([end - start], NumberType.I64, k => shape[start + k]);
    }

    private static OnnxTensor Cast(NodeCall call)
    {
        OnnxTensor tensor = call[0];
        NumberType type = OnnxTensor.TypeOf(call.Node.Integer("to", 0)) ?? throw new OperatorException("it is to no type of numbers");
        return call.Make(tensor.Shape, type, k => type switch
        {
            NumberType.F64 or NumberType.F32 => tensor.Values[k],
            NumberType.F16 => (double)(Half)tensor.Values[k],
            NumberType.BF16 => throw new OperatorException("it is to bfloat16"),
            NumberType.Bool => tensor.Values[k] == 0 ? 0 : 1,
            NumberType.I8 or NumberType.U8 or NumberType.I16 or NumberType.I32 or NumberType.I64 => Math.Truncate(tensor.Values[k]),
            _ => throw new OperatorException("it is to no type of numbers"),
        });
    }

    private static OnnxTensor Reshape(NodeCall call)
    {
        OnnxTensor tensor = call[0];
        List<long> said = call.Whole("shape", 1) ?? throw new OperatorException("it has no shape");
        bool isZero = call.Node.Integer("allowzero", 0) != 0;
        List<int> shape = [.. said.Select((length, i) => length == 0 && !isZero && i < tensor.Shape.Length ? tensor.Shape[i] : (int)Math.Clamp(length, -1, int.MaxValue))];
        int open = shape.IndexOf(-1);
        long known = NodeCall.Size(shape.Where((_, i) => i != open));
        if (open >= 0 && known > 0)
        {
            shape[open] = (int)(tensor.Values.Length / known);
        }

        return call.With(tensor, shape);
    }

    private static OnnxTensor Flatten(NodeCall call)
    {
        long said = call.Node.Integer("axis", 1);
        int[] shape = call[0].Shape;
        int axis = (int)Math.Clamp(said < 0 ? said + shape.Length : said, 0, shape.Length);
        return call.With(call[0], [(int)NodeCall.Size(shape.Take(axis)), (int)NodeCall.Size(shape.Skip(axis))]);
    }

    private static OnnxTensor Squeeze(NodeCall call)
    {
        int[] shape = call[0].Shape;
        HashSet<int> axes = [.. call.Whole("axes", 1)?.Select(axis => NodeCall.Axis(axis, shape.Length)) ?? Enumerable.Range(0, shape.Length).Where(axis => shape[axis] == 1)];
        return call.With(call[0], shape.Where((_, axis) => !axes.Contains(axis)));
    }

    private static OnnxTensor Unsqueeze(NodeCall call)
    {
        List<long> axes = call.Whole("axes", 1) ?? throw new OperatorException("it has no axes");
        List<int> shape = [.. call[0].Shape];
        int rank = shape.Count + axes.Count;
        foreach (int axis in axes.Select(axis => NodeCall.Axis(axis, rank)).Order())
        {
            shape.Insert(Math.Min(axis, shape.Count), 1);
        }

        return call.With(call[0], shape);
    }

    private static OnnxTensor Transpose(NodeCall call)
    {
        OnnxTensor tensor = call[0];
        int rank = tensor.Shape.Length;
        int[] order = [.. call.Node.Integers("perm")?.Select(axis => NodeCall.Axis(axis, rank)) ?? Enumerable.Range(0, rank).Reverse()];
        long[] steps = NodeCall.StepsOf(tensor.Shape);
        return order.Order().SequenceEqual(Enumerable.Range(0, rank)) ? call.Pick(tensor, [.. order.Select(axis => tensor.Shape[axis])], 0, [.. order.Select(axis => steps[axis])]) : throw new OperatorException("its order does not name each axis once");
    }

    private static OnnxTensor Expand(NodeCall call)
    {
        int[] said = [.. call[1].Whole().Select(static length => (int)Math.Clamp(length, 0, int.MaxValue))];
        return ElementOperators.Expanded(call, call[0], ElementOperators.Common(call[0].Shape, said));
    }

    private static OnnxTensor Tile(NodeCall call)
    {
        OnnxTensor tensor = call[0];
        List<long> repeats = call[1].Whole();
        if (repeats.Count != tensor.Shape.Length)
        {
            throw new OperatorException("its repeats are not one for each axis");
        }

        int[] shape = [.. tensor.Shape.Select((length, axis) => (int)Math.Clamp(length * repeats[axis], 0, int.MaxValue))];
        long[] steps = NodeCall.StepsOf(tensor.Shape);
        return call.Make(shape, tensor.Type, k =>
        {
            long at = 0;
            for (int axis = shape.Length - 1, rest = k; axis >= 0; axis--)
            {
                at += rest % shape[axis] % tensor.Shape[axis] * steps[axis];
                rest /= shape[axis];
            }

            return tensor.Values[at];
        });
    }

    private static OnnxTensor Filled(NodeCall call)
    {
        OnnxTensor? said = call.Node.Attributes.GetValueOrDefault("value")?.Tensor;
        double value = said?.Values.FirstOrDefault() ?? 0;
        return call.Make([.. call[0].Whole().Select(static length => (int)Math.Clamp(length, 0, int.MaxValue))], said?.Type ?? NumberType.F32, _ => value);
    }

    private static OnnxTensor Range(NodeCall call)
    {
        double start = call[0].Values.FirstOrDefault(), limit = call[1].Values.FirstOrDefault(), delta = call[2].Values.FirstOrDefault();
        double count = Math.Max(0, Math.Ceiling((limit - start) / delta));
        return count < int.MaxValue ? call.Make([(int)count], call[0].Type, k => start + (k * delta)) : throw new OperatorException("its values are too large");
    }
}
