using RnnGen.Exchange.Onnx.Graphs;

namespace RnnGen.Exchange.Onnx.Operators;

/// <summary>Operators over all numbers along axes: sums, softmax and normalisations.</summary>
internal static class ReductionOperators
{
    public static IEnumerable<KeyValuePair<string, Func<NodeCall, OnnxTensor[]>>> All =>
    [
        new("ReduceMean", static call => [Reduce(call, static values => values.Average())]),
        new("ReduceSum", static call => [Reduce(call, static values => values.Sum())]),
        new("ReduceMax", static call => [Reduce(call, static values => values.Max())]),
        new("ReduceMin", static call => [Reduce(call, static values => values.Min())]),
        new("Softmax", static call => [Softmax(call, isLogarithm: false)]),
        new("LogSoftmax", static call => [Softmax(call, isLogarithm: true)]),
        new("LayerNormalization", static call => [NormaliseLayer(call)]),
        new("BatchNormalization", static call => [NormaliseBatch(call)]),
    ];

    private static OnnxTensor Reduce(NodeCall call, Func<double[], double> function)
    {
        OnnxTensor tensor = call[0];
        int rank = tensor.Shape.Length;
        List<long> said = call.Whole("axes", 1) ?? [];
        if (said.Count == 0 && call.Node.Integer("noop_with_empty_axes", 0) != 0)
        {
            return call.With(tensor, tensor.Shape);
        }

        HashSet<int> axes = [.. said.Count == 0 ? Enumerable.Range(0, rank) : said.Select(axis => NodeCall.Axis(axis, rank))];
        int[] kept = [.. tensor.Shape.Select((length, axis) => axes.Contains(axis) ? 1 : length)], along = [.. tensor.Shape.Where((_, axis) => axes.Contains(axis))];
        long[] steps = NodeCall.StepsOf(tensor.Shape), alongSteps = [.. steps.Where((_, axis) => axes.Contains(axis))];
        long count = NodeCall.Size(along);
        if (count == 0)
        {
            throw new OperatorException("there is nothing to reduce");
        }

        // A number is at the place that its result begins at, and as far from it as it is along the reduced axes.
        OnnxTensor reduced = call.Make(kept, tensor.Type, k => function([.. Enumerable.Range(0, (int)count).Select(i => tensor.Values[At(k, kept, steps) + At(i, along, alongSteps)])]));
        return call.Node.Integer("keepdims", 1) != 0 ? reduced : call.With(reduced, tensor.Shape.Where((_, axis) => !axes.Contains(axis)));
    }

    private static long At(int k, int[] shape, long[] steps)
    {
        long at = 0;
        for (int axis = shape.Length - 1, rest = k; axis >= 0; axis--)
        {
            at += rest % shape[axis] * steps[axis];
            rest /= shape[axis];
        }

        return at;
    }

    // Before opset 13 over all axes from one on, of which there is one group; since then over one axis.
    private static OnnxTensor Softmax(NodeCall call, bool isLogarithm)
    {
        OnnxTensor tensor = call[0];
        bool isOld = call.Opset < 13;
        int axis = NodeCall.Axis(call.Node.Integer("axis", isOld ? 1 : -1), tensor.Shape.Length);
        long inner = isOld ? 1 : NodeCall.Size(tensor.Shape.Skip(axis + 1)), count = isOld ? NodeCall.Size(tensor.Shape.Skip(axis)) : tensor.Shape.Length == 0 ? 1 : tensor.Shape[axis];
        double[] values = call.Budget.Take(tensor.Values.Length);
        for (long group = 0; count > 0 && group < values.Length / count; group++)
        {
            long first = (group / inner * inner * count) + (group % inner);
            double largest = double.NegativeInfinity, sum = 0;
            for (long i = 0; i < count; i++)
            {
                largest = Math.Max(largest, tensor.Values[first + (i * inner)]);
            }

            for (long i = 0; i < count; i++)
            {
                sum += Math.Exp(tensor.Values[first + (i * inner)] - largest);
            }

            for (long i = 0; i < count; i++)
            {
                double x = tensor.Values[first + (i * inner)] - largest;
                values[first + (i * inner)] = isLogarithm ? x - Math.Log(sum) : Math.Exp(x) / sum;
            }
        }

        return new OnnxTensor(call.Node.Output(0), tensor.Shape, values, tensor.Type);
    }

    private static OnnxTensor NormaliseLayer(NodeCall call)
    {
        OnnxTensor x = call[0];
        int axis = NodeCall.Axis(call.Node.Integer("axis", -1), x.Shape.Length);
        int count = (int)NodeCall.Size(x.Shape.Skip(axis));
        double epsilon = call.Node.Float("epsilon", 1e-5);
        int[] group = [.. x.Shape.Skip(axis)];
        OnnxTensor gain = ElementOperators.Expanded(call, call[1], ElementOperators.Common(group, call[1].Shape));
        OnnxTensor? shift = call.Optional(2) is { } said ? ElementOperators.Expanded(call, said, ElementOperators.Common(group, said.Shape)) : null;
        if (count == 0 || gain.Values.Length != count || (shift is not null && shift.Values.Length != count))
        {
            throw new OperatorException("its gain or shift is of other lengths");
        }

        double[] values = call.Budget.Take(x.Values.Length);
        for (int first = 0; first < values.Length; first += count)
        {
            double mean = x.Values.AsSpan(first, count).ToArray().Average(), variance = x.Values.AsSpan(first, count).ToArray().Average(value => (value - mean) * (value - mean));
            for (int i = 0; i < count; i++)
            {
                values[first + i] = ((x.Values[first + i] - mean) / Math.Sqrt(variance + epsilon) * gain.Values[i]) + (shift?.Values[i] ?? 0);
            }
        }

        return new OnnxTensor(call.Node.Output(0), x.Shape, values, x.Type);
    }

    private static OnnxTensor NormaliseBatch(NodeCall call)
    {
        OnnxTensor x = call[0];
        if (x.Shape.Length < 2 || call.Node.Integer("training_mode", 0) != 0 || Enumerable.Range(1, 4).Any(i => call[i].Values.Length != x.Shape[1]))
        {
            throw new OperatorException("its statistics are not those of its second axis, or it is in training mode");
        }

        double epsilon = call.Node.Float("epsilon", 1e-5);
        long inner = NodeCall.Size(x.Shape.Skip(2));
        return call.Make(x.Shape, x.Type, k =>
        {
            long j = k / inner % x.Shape[1];
            return ((x.Values[k] - call[3].Values[j]) / Math.Sqrt(call[4].Values[j] + epsilon) * call[1].Values[j]) + call[2].Values[j];
        });
    }
}
