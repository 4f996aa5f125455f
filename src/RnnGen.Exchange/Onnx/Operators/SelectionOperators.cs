using RnnGen.Exchange.Onnx.Graphs;

namespace RnnGen.Exchange.Onnx.Operators;

/// <summary>Operators that take parts of values, or put values together.</summary>
internal static class SelectionOperators
{
    public static IEnumerable<KeyValuePair<string, Func<NodeCall, OnnxTensor[]>>> All =>
    [
        new("Concat", static call => [Concat(call)]),
        new("Slice", static call => [Slice(call)]),
        new("Split", Split),
        new("Gather", static call => [Gather(call)]),
        new("Pad", static call => [Pad(call)]),
    ];

    private static OnnxTensor Concat(NodeCall call)
    {
        int axis = NodeCall.Axis(call.Node.Integer("axis", 1), call[0].Shape.Length);
        OnnxTensor[] parts = [.. Enumerable.Range(0, call.Count).Select(i => call[i])];
        int[] first = parts[0].Shape, shape = [.. first];
        if (Array.Exists(parts, part => part.Shape.Length != first.Length || part.Shape.Where((length, i) => i != axis && length != first[i]).Any()))
        {
            throw new OperatorException("its inputs have other lengths");
        }

        shape[axis] = (int)Math.Min(int.MaxValue, parts.Sum(part => (long)part.Shape[axis]));
        long outer = NodeCall.Size(shape.Take(axis));
        double[] values = call.Budget.Take(NodeCall.Size(shape));
        for (int i = 0, at = 0; i < outer; i++)
        {
            foreach (OnnxTensor part in parts)
            {
                int length = (int)(part.Values.Length / outer);
                part.Values.AsSpan(i * length, length).CopyTo(values.AsSpan(at));
                at += length;
            }
        }

        return new OnnxTensor(call.Node.Output(0), shape, values, parts[0].Type);
    }

    private static OnnxTensor Slice(NodeCall call)
    {
        OnnxTensor tensor = call[0];
        int rank = tensor.Shape.Length;
        List<long> starts = call.Whole("starts", 1) ?? [], ends = call.Whole("ends", 2) ?? [], axes = call.Whole("axes", 3) ?? [.. Enumerable.Range(0, starts.Count).Select(static i => (long)i)];
        List<long> steps = call.Optional(4)?.Whole() ?? [.. starts.Select(static _ => 1L)];
        if (ends.Count != starts.Count || axes.Count != starts.Count || steps.Count != starts.Count || steps.Contains(0))
        {
            throw new OperatorException("its starts, ends, axes and steps do not fit");
        }

        int[] shape = [.. tensor.Shape];
        long[] strides = NodeCall.StepsOf(tensor.Shape), moves = [.. strides];
        long first = 0;
        for (int i = 0; i < axes.Count; i++)
        {
            int axis = NodeCall.Axis(axes[i], rank), length = tensor.Shape[axis];
            bool isBackward = steps[i] < 0;
            long start = Math.Clamp(starts[i] < 0 ? starts[i] + length : starts[i], 0, isBackward ? length - 1 : length);
            long end = Math.Clamp(ends[i] < 0 ? ends[i] + length : ends[i], isBackward ? -1 : 0, length), step = Math.Clamp(steps[i], -int.MaxValue, int.MaxValue);
            shape[axis] = length == 0 ? 0 : (int)Math.Max(0, Math.Ceiling((end - start) / (double)step));
            first += start * strides[axis];
            moves[axis] = strides[axis] * step;
        }

        return call.Pick(tensor, shape, first, moves);
    }

    private static OnnxTensor[] Split(NodeCall call)
    {
        OnnxTensor tensor = call[0];
        int axis = NodeCall.Axis(call.Node.Integer("axis", 0), tensor.Shape.Length), count = call.Node.Outputs.Count, length = tensor.Shape[axis];
        List<long> lengths = call.Whole("split", 1) ?? [.. Enumerable.Range(0, count).Select(i => (long)Math.Max(0, Math.Min((length + count - 1) / count, length - (i * ((length + count - 1) / count)))))];
        if (lengths.Count != count || lengths.Sum() != length || lengths.Exists(static part => part < 0))
        {
            throw new OperatorException("its parts are not the whole");
        }

        long[] steps = NodeCall.StepsOf(tensor.Shape);
        long first = 0;
        OnnxTensor[] parts = new OnnxTensor[count];
        for (int i = 0; i < count; i++)
        {
            int[] shape = [.. tensor.Shape];
            shape[axis] = (int)lengths[i];
            parts[i] = call.Pick(tensor, shape, first * steps[axis], steps);
            first += lengths[i];
        }

        return parts;
    }

    private static OnnxTensor Gather(NodeCall call)
    {
        OnnxTensor tensor = call[0], indices = call[1];
        int axis = NodeCall.Axis(call.Node.Integer("axis", 0), tensor.Shape.Length), length = tensor.Shape.Length == 0 ? 0 : tensor.Shape[axis];
        long inner = NodeCall.Size(tensor.Shape.Skip(axis + 1)), count = indices.Values.Length;
        if (Array.Exists(indices.Values, index => index < -length || index >= length))
        {
            throw new OperatorException("an index is outside of its axis");
        }

        return call.Make([.. tensor.Shape.Take(axis), .. indices.Shape, .. tensor.Shape.Skip(axis + 1)], tensor.Type, k =>
        {
            long at = k / inner, outer = at / count, index = (long)indices.Values[at % count];
            return tensor.Values[(((outer * length) + (index < 0 ? index + length : index)) * inner) + (k % inner)];
        });
    }

    private static OnnxTensor Pad(NodeCall call)
    {
        OnnxTensor tensor = call[0];
        int rank = tensor.Shape.Length;
        List<long> said = call.Whole("pads", 1) ?? [];
        if (call.Node.Text("mode", "constant") != "constant" || call.Optional(3) is not null || said.Count != 2 * rank)
        {
            throw new OperatorException("it is of another mode than constant");
        }

        double filling = call.Optional(2) is { Values: [double value] } ? value : call.Node.Float("value", 0);
        int[] shape = [.. tensor.Shape.Select((length, axis) => (int)Math.Clamp(length + said[axis] + said[rank + axis], 0, int.MaxValue))];
        long[] steps = NodeCall.StepsOf(tensor.Shape);
        return call.Make(shape, tensor.Type, k =>
        {
            long at = 0;
            for (int axis = rank - 1, rest = k; axis >= 0; axis--)
            {
                long index = (rest % shape[axis]) - said[axis];
                if (index < 0 || index >= tensor.Shape[axis])
                {
                    return filling;
                }

                at += index * steps[axis];
                rest /= shape[axis];
            }

            return tensor.Values[at];
        });
    }
}
