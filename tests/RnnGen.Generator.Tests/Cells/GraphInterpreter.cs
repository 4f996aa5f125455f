using RnnGen.Generator.Cells.Graph;
using RnnGen.Generator.Model;

namespace RnnGen.Generator.Tests.Cells;

/// <summary>
/// Runs a cell's graph over all steps and its reverse graph back through time, value by value over plain numbers. It
/// knows nothing of kernels, lanes or memory.
/// </summary>
internal sealed class GraphInterpreter
{
    private readonly CellCase _case;
    private readonly CellGraph _cell;
    private readonly ReverseGraph _reverse;
    private readonly StepGraph _graph;
    private readonly Dictionary<string, double[]> _gradients;

    private GraphInterpreter(CellCase @case)
    {
        _case = @case;
        _cell = @case.BuildGraph();
        _graph = _cell.Graph;
        ForwardCount = _graph.Nodes.Count;
        _reverse = ReverseGraph.Derive(_cell, hasOutputAdjoint: true, needsInputAdjoint: true);
        _gradients = @case.Variables.ToDictionary(v => v.Key, v => new double[v.Value.Length]);
    }

    private int ForwardCount { get; }

    /// <summary>The smallest size of what a ReLU is given, and of what a comparison compares: how far the case stands from a kink.</summary>
    private double DistanceToKink { get; set; } = double.PositiveInfinity;

    /// <summary>The loss, and how far from a kink it was computed.</summary>
    public static (double Loss, double DistanceToKink) Loss(CellCase @case)
    {
        GraphInterpreter interpreter = new(@case);
        double loss = Enumerable.Range(0, CellCase.Rows).Sum(row => interpreter.Forward(row).Loss);
        return (loss, interpreter.DistanceToKink);
    }

    /// <summary>The loss's gradient by every variable.</summary>
    public static IReadOnlyDictionary<string, double[]> Gradients(CellCase @case)
    {
        GraphInterpreter interpreter = new(@case);
        for (int row = 0; row < CellCase.Rows; row++)
        {
            interpreter.Backward(row, interpreter.Forward(row).Steps);
        }

        return interpreter._gradients;
    }

    // Per step the values of all forward nodes.
    private (List<double[]?[]> Steps, double Loss) Forward(int row)
    {
        List<double[]?[]> steps = [];
        Dictionary<string, double[]> states = _cell.States.ToDictionary(s => s.Name, s => _case.InitialState(s.Name, row));
        double loss = 0;
        for (int step = 0; step < CellCase.Steps; step++)
        {
            double[]?[] values = new double[]?[_graph.Nodes.Count];
            values[_cell.Input] = _case.InputAt(row, step).ToArray();
            foreach (StateNodes state in _cell.States)
            {
                values[state.Previous] = states[state.Name];
            }

            Evaluate(values, 0, ForwardCount);
            loss += Dot(values[_cell.Output]!, _case.OutputWeight(row, step));
            states = _cell.States.ToDictionary(s => s.Name, s => values[s.Next]!);
            steps.Add(values);
        }

        return (steps, loss + states.Sum(s => Dot(s.Value, _case.FinalWeight(s.Key, row))));
    }

    private void Backward(int row, List<double[]?[]> steps)
    {
        Dictionary<string, double[]> carried = _cell.States.ToDictionary(s => s.Name, s => _case.FinalWeight(s.Name, row));
        for (int step = CellCase.Steps - 1; step >= 0; step--)
        {
            double[]?[] values = steps[step];
            values[_reverse.OutputAdjoint!.Value] = _case.OutputWeight(row, step);
            foreach (StateAdjoints state in _reverse.States)
            {
                values[state.Next] = carried[state.Name];
            }

            Evaluate(values, ForwardCount, _graph.Nodes.Count);
            Accumulate(values, row, step);
            carried = _reverse.States.ToDictionary(
                s => s.Name, s => s.Previous is { } previous ? values[previous]! : new double[carried[s.Name].Length]);
        }

        foreach ((string state, double[] adjoint) in carried)
        {
            Add(_gradients[state + "(0)"], row * adjoint.Length, adjoint, adjoint.Length);
        }
    }

    private void Accumulate(double[]?[] values, int row, int step)
    {
        foreach (WeightGradient weight in _reverse.Weights)
        {
            double[] adjoint = values[weight.Adjoint]!;
            double[] source = values[weight.Source]!;
            for (int i = 0; i < _case.Sizes[weight.Weight.Tensor.Width]; i++)
            {
                for (int k = 0; k < source.Length; k++)
                {
                    _gradients[weight.Weight.Tensor.Symbol][_case.IndexOf(weight.Weight, i, k)] += At(adjoint, i) * source[k];
                }
            }
        }

        foreach (SumGradient sum in _reverse.Sums)
        {
            Add(_gradients[sum.Block.Tensor.Symbol], _case.IndexOf(sum.Block, 0, 0), values[sum.Value]!, _case.Sizes[sum.Block.Tensor.Width]);
        }

        if (_reverse.InputAdjoint is { } input)
        {
            int width = _case.Sizes["I"];
            Add(_gradients["x"], (row * CellCase.Steps + step) * width, values[input]!, width);
        }
    }

    private void Evaluate(double[]?[] values, int from, int to)
    {
        for (int id = from; id < to; id++)
        {
            Node node = _graph[id];
            values[id] ??= node.Kind switch
            {
                NodeKind.Constant => [node.Value],
                NodeKind.Vector => [.. Enumerable.Range(0, _case.Sizes[node.Width]).Select(i => _case.Weight(node.Vector!, i, 0))],
                NodeKind.Affine => _case.Affine(node, source => values[source]!),
                NodeKind.Pointwise => Pointwise(node, values),
                NodeKind.Mean => [.. Enumerable.Repeat(values[node.Operands[0]]!.Average(), _case.Sizes[node.Width])],
                _ => throw new InvalidOperationException($"the leaf {node.Kind} {node.Name} has no value"),
            };
        }
    }

    private double[] Pointwise(Node node, double[]?[] values)
    {
        double[][] operands = [.. node.Operands.Select(o => values[o]!)];
        if (node.Function == Function.Relu || node.Function == Function.Absolute)
        {
            DistanceToKink = Math.Min(DistanceToKink, operands[0].Min(Math.Abs));
        }
        else if (node.Function == Function.Minimum || node.Function == Function.Maximum || (node.Function == Function.Select && node.Id < ForwardCount))
        {
            DistanceToKink = Math.Min(DistanceToKink, Enumerable.Range(0, _case.Sizes[node.Width]).Min(i => Math.Abs(At(operands[0], i) - At(operands[1], i))));
        }

        return [.. Enumerable.Range(0, _case.Sizes[node.Width]).Select(i => node.Function!.Evaluate([.. operands.Select(o => At(o, i))]))];
    }

    // A number stands for a value of any width.
    private static double At(double[] value, int index) => value.Length == 1 ? value[0] : value[index];

    private static void Add(double[] sum, int offset, double[] value, int length)
    {
        for (int i = 0; i < length; i++)
        {
            sum[offset + i] += At(value, i);
        }
    }

    private static double Dot(double[] a, double[] b) => b.Select((value, i) => At(a, i) * value).Sum();
}
