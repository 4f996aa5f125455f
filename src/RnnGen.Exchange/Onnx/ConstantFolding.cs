using RnnGen.Exchange.Files;

namespace RnnGen.Exchange.Onnx;

/// <summary>Computes what exporters write instead of a constant: slices, concatenations and reshapes of weights, and states of zeros whose batch is not fixed.</summary>
internal sealed class ConstantFolding
{
    private readonly OnnxGraph _graph;
    private readonly Dictionary<string, OnnxNode> _makers = new(StringComparer.Ordinal);
    private readonly HashSet<string> _asked = new(StringComparer.Ordinal);
    private long _budget;

    /// <param name="graph">Its constants are extended.</param>
    /// <param name="maximumValues">Numbers that folding may make.</param>
    public ConstantFolding(OnnxGraph graph, long maximumValues)
    {
        (_graph, _budget) = (graph, maximumValues);
        foreach (OnnxNode node in graph.Nodes)
        {
            foreach (string output in node.Outputs.Where(static output => output.Length > 0))
            {
                if (!_makers.TryAdd(output, node))
                {
                    throw new ForeignFileException(Invariant($"Two nodes output {ForeignText.Shown(output)}: the file is damaged."));
                }
            }
        }
    }

    /// <summary>The node that outputs a value; null for inputs and constants.</summary>
    public OnnxNode? MakerOf(string value) => _makers.GetValueOrDefault(value);

    /// <summary>Folds all nodes of constants, in the order of the graph.</summary>
    public void Run()
    {
        foreach (OnnxNode node in _graph.Nodes.Where(static node => node.Outputs.Count > 0))
        {
            if (Fold(node) is { } tensor)
            {
                _budget -= tensor.Values.Length;
                _graph.Constants[node.Outputs[0]] = _budget >= 0 ? tensor : throw new ForeignFileException("The graph computes many times as many constants as the file has numbers: it is damaged.");
            }
        }
    }

    /// <summary>The one number that a value consists of, whatever its lengths; null where it is none.</summary>
    public double? Filling(string value)
    {
        if (_graph.Constants.TryGetValue(value, out OnnxTensor? constant))
        {
            return constant.Values.Length > 0 && Array.TrueForAll(constant.Values, number => number == constant.Values[0]) ? constant.Values[0] : null;
        }

        if (MakerOf(value) is not { } node || !_asked.Add(value))
        {
            return null;
        }

        double? filling = node.Op switch
        {
            "ConstantOfShape" => node.Attributes.GetValueOrDefault("value")?.Tensor is { } tensor ? tensor.Values.FirstOrDefault() : 0,
            "Expand" or "Slice" or "Reshape" or "Unsqueeze" or "Squeeze" or "Transpose" or "Identity" or "Cast" or "Gather" => Filling(node.Input(0)),
            _ => null,
        };
        _asked.Remove(value);
        return filling;
    }

    private OnnxTensor? Fold(OnnxNode node)
    {
        if (node.Op == "Constant")
        {
            return Constant(node);
        }

        List<OnnxTensor> inputs = [];
        foreach (string input in node.Inputs)
        {
            if (input.Length > 0 && _graph.Constants.TryGetValue(input, out OnnxTensor? constant))
            {
                inputs.Add(constant);
            }
            else
            {
                return null;
            }
        }

        return inputs.Count == 0 ? null : node.Op switch
        {
            "Identity" or "Cast" => inputs[0] with { Name = node.Outputs[0] },
            "Unsqueeze" or "Squeeze" or "Reshape" => Reshaped(node, inputs),
            "Transpose" => Transposed(node, inputs[0]),
            "Slice" => Sliced(node, inputs),
            "Concat" => Joined(node, inputs),
            _ => null,
        };
    }

    private static OnnxTensor? Constant(OnnxNode node)
    {
        string name = node.Outputs[0];
        foreach (OnnxAttribute attribute in node.Attributes.Values)
        {
            switch (attribute.Name)
            {
                case "value" when attribute.Tensor is { } tensor:
                    return tensor with { Name = name };
                case "value_float":
                    return new OnnxTensor(name, [], [attribute.Float], false);
                case "value_int":
                    return new OnnxTensor(name, [], [attribute.Integer], false);
                case "value_ints":
                    return new OnnxTensor(name, [attribute.Integers.Count], [.. attribute.Integers.Select(static i => (double)i)], false);
                case "value_floats":
                    return new OnnxTensor(name, [attribute.Floats.Count], [.. attribute.Floats], false);
            }
        }

        return null;
    }

    private static OnnxTensor? Reshaped(OnnxNode node, List<OnnxTensor> inputs)
    {
        OnnxTensor tensor = inputs[0];
        List<long>? given = node.Integers("axes") ?? (inputs.Count > 1 ? [.. inputs[1].Values.Select(static v => (long)v)] : null);
        List<int> shape = [.. tensor.Shape];
        switch (node.Op)
        {
            case "Squeeze" when given is null:
                shape.RemoveAll(static length => length == 1);
                break;
            case "Squeeze":
                foreach (int axis in given.Select(axis => (int)(axis < 0 ? axis + tensor.Shape.Length : axis)).OrderDescending())
                {
                    if (axis < 0 || axis >= shape.Count || shape[axis] != 1)
                    {
                        return null;
                    }

                    shape.RemoveAt(axis);
                }

                break;
            case "Unsqueeze" when given is not null:
                foreach (int axis in given.Select(axis => (int)(axis < 0 ? axis + tensor.Shape.Length + given.Count : axis)).Order())
                {
                    if (axis < 0 || axis > shape.Count)
                    {
                        return null;
                    }

                    shape.Insert(axis, 1);
                }

                break;
            case "Reshape" when given is not null:
                shape = [.. given.Select((length, i) => length == 0 && i < tensor.Shape.Length ? tensor.Shape[i] : (int)length)];
                int open = shape.IndexOf(-1);
                long known = shape.Where((_, i) => i != open).Aggregate(1L, static (product, length) => product * length);
                if (open >= 0 && known > 0)
                {
                    shape[open] = (int)(tensor.Values.Length / known);
                }

                break;
            default:
                return null;
        }

        return shape.Aggregate(1L, static (product, length) => product * length) == tensor.Values.Length && shape.TrueForAll(static length => length >= 0) ? tensor with { Name = node.Outputs[0], Shape = [.. shape] } : null;
    }

    private static OnnxTensor? Transposed(OnnxNode node, OnnxTensor tensor)
    {
        int[] order = [.. node.Integers("perm")?.Select(static axis => (int)axis) ?? Enumerable.Range(0, tensor.Shape.Length).Reverse()];
        return order.Order().SequenceEqual(Enumerable.Range(0, tensor.Shape.Length)) ? Picked(node, tensor, [.. order.Select(axis => tensor.Shape[axis])], order, new int[order.Length], [.. order.Select(static _ => 1)]) : null;
    }

    // Opset 10 on: starts, ends, axes and steps as inputs.
    private static OnnxTensor? Sliced(OnnxNode node, List<OnnxTensor> inputs)
    {
        OnnxTensor tensor = inputs[0];
        List<long>? starts = node.Integers("starts") ?? Input(1), ends = node.Integers("ends") ?? Input(2);
        if (starts is null || ends is null || starts.Count != ends.Count)
        {
            return null;
        }

        List<long> axes = node.Integers("axes") ?? Input(3) ?? [.. Enumerable.Range(0, starts.Count).Select(static i => (long)i)], steps = Input(4) ?? [.. starts.Select(static _ => 1L)];
        int[] shape = [.. tensor.Shape], firsts = new int[shape.Length], strides = [.. shape.Select(static _ => 1)];
        if (axes.Count != starts.Count || steps.Count != starts.Count)
        {
            return null;
        }

        for (int i = 0; i < axes.Count; i++)
        {
            long axis = axes[i] < 0 ? axes[i] + shape.Length : axes[i];
            if (axis < 0 || axis >= shape.Length || steps[i] < 1 || steps[i] > int.MaxValue)
            {
                return null;
            }

            int length = tensor.Shape[axis];
            long first = Math.Clamp(starts[i] < 0 ? starts[i] + length : starts[i], 0, length), end = Math.Clamp(ends[i] < 0 ? ends[i] + length : ends[i], 0, length);
            (firsts[axis], strides[axis], shape[axis]) = ((int)first, (int)steps[i], (int)Math.Max(0, (end - first + steps[i] - 1) / steps[i]));
        }

        return Picked(node, tensor, shape, [.. Enumerable.Range(0, shape.Length)], firsts, strides);

        List<long>? Input(int index) => index < inputs.Count ? [.. inputs[index].Values.Select(static v => (long)Math.Clamp(v, -1e15, 1e15))] : null;
    }

    private static OnnxTensor? Joined(OnnxNode node, List<OnnxTensor> inputs)
    {
        int rank = inputs[0].Shape.Length;
        long axis = node.Integer("axis", 0);
        axis = axis < 0 ? axis + rank : axis;
        if (axis < 0 || axis >= rank || inputs.Exists(tensor => tensor.Shape.Length != rank || tensor.Shape.Where((length, i) => i != axis && length != inputs[0].Shape[i]).Any()))
        {
            return null;
        }

        int outer = inputs[0].Shape.Take((int)axis).Aggregate(1, static (product, length) => product * length);
        int[] shape = [.. inputs[0].Shape];
        shape[axis] = inputs.Sum(tensor => tensor.Shape[axis]);
        List<double> values = [];
        for (int i = 0; i < outer; i++)
        {
            foreach (OnnxTensor tensor in inputs)
            {
                int part = tensor.Values.Length / outer;
                values.AddRange(tensor.Values.AsSpan(i * part, part));
            }
        }

        return new OnnxTensor(node.Outputs[0], shape, [.. values], inputs[0].IsDouble);
    }

    // The value at index i of the result is that at firsts + strides · i of the source's axes, which the result's axes are in an order of their own.
    private static OnnxTensor Picked(OnnxNode node, OnnxTensor tensor, int[] shape, int[] axes, int[] firsts, int[] strides)
    {
        int[] steps = new int[tensor.Shape.Length];
        for (int axis = steps.Length - 1, step = 1; axis >= 0; axis--)
        {
            steps[axis] = step;
            step *= tensor.Shape[axis];
        }

        double[] values = new double[shape.Aggregate(1, static (product, length) => product * length)];
        for (int k = 0; k < values.Length; k++)
        {
            int at = 0;
            for (int d = shape.Length - 1, rest = k; d >= 0; d--)
            {
                int axis = axes[d];
                at += (firsts[axis] + (rest % shape[d] * strides[axis])) * steps[axis];
                rest /= shape[d];
            }

            values[k] = tensor.Values[at];
        }

        return new OnnxTensor(node.Outputs[0], shape, values, tensor.IsDouble);
    }
}
