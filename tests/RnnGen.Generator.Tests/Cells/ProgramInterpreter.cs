using RnnGen.Generator.Cells.Graph;
using RnnGen.Generator.Common;
using RnnGen.Generator.Model;
using RnnGen.Generator.Planning.Calls;
using RnnGen.Generator.Planning.Kernels;

namespace RnnGen.Generator.Tests.Cells;

/// <summary>
/// Runs a cell's program as the kernels do: pre-activations into lanes, the element-wise programs from lanes and
/// buffers to lanes and buffers, matrix products of what the lanes hold. What the program does not keep is lost.
/// </summary>
internal sealed class ProgramInterpreter
{
    private readonly CellCase _case;
    private readonly CellProgram _program;
    private readonly bool _needsInputAdjoint;
    private readonly Dictionary<string, double[]> _gradients;
    private readonly int _widest;
    private Step[] _steps = [];
    private Dictionary<string, double[]> _carries = [];

    private ProgramInterpreter(CellCase @case, bool hasOutputAdjoint, bool needsInputAdjoint)
    {
        _case = @case;
        _needsInputAdjoint = needsInputAdjoint;
        _widest = @case.Sizes.Where(s => s.Key != "I").Max(s => s.Value);
        _program = CellProgram.Create(@case.BuildGraph(), hasOutputAdjoint, needsInputAdjoint);
        _gradients = @case.Variables.ToDictionary(v => v.Key, v => new double[v.Value.Length]);
    }

    private sealed record Step(double[] Input, double[][] Lanes, Dictionary<string, double[]> Previous, Dictionary<string, double[]> Next, double[] Output, double[] OutputAdjoint, double[][] Made, double[][] MadeAdjoints, double[] Means);

    /// <summary>The gradients of the case's loss; without output adjoints, of the part of it that reads final states.</summary>
    public static IReadOnlyDictionary<string, double[]> Gradients(CellCase @case, bool hasOutputAdjoint, bool needsInputAdjoint)
    {
        ProgramInterpreter interpreter = new(@case, hasOutputAdjoint, needsInputAdjoint);
        for (int row = 0; row < CellCase.Rows; row++)
        {
            interpreter.Forward(row);
            interpreter.Backward(row);
        }

        return interpreter._gradients;
    }

    /// <summary>The loss by the program that keeps nothing: a state that no product reads is updated in place.</summary>
    public static double InferredLoss(CellCase @case)
    {
        ProgramInterpreter interpreter = new(@case, hasOutputAdjoint: true, needsInputAdjoint: false);
        return Enumerable.Range(0, CellCase.Rows).Sum(interpreter.Infer);
    }

    private double Infer(int row)
    {
        double loss = 0;
        Dictionary<string, double[]> states = _program.Cell.States.ToDictionary(s => s.Name, s => _case.InitialState(s.Name, row));
        for (int t = 0; t < CellCase.Steps; t++)
        {
            Dictionary<string, double[]> next = _program.Cell.States.ToDictionary(
                s => s.Name, s => Sources().Contains(s.Previous) ? Unknown(WidthOf(s.Previous)) : states[s.Name]);
            Step step = new(_case.InputAt(row, t).ToArray(), [.. Enumerable.Range(0, _program.LaneCount).Select(_ => Unknown(_widest))], states, next, Unknown(_case.OutputWidth), [], Made(), Made(), Unknown(_program.MeanCount));
            RunForward(_program.InferencePhases, step);
            states = next;
            double[] output = _program.OutputIsState ? next[_program.Cell.States.First(s => s.Next == _program.Cell.Output).Name] : step.Output;
            loss += Dot(output, _case.OutputWeight(row, t));
        }

        return loss + states.Sum(s => Dot(s.Value, _case.FinalWeight(s.Key, row)));
    }

    private static double Dot(double[] a, double[] b) => a.Zip(b, (x, y) => x * y).Sum();

    private void Forward(int row)
    {
        _steps = new Step[CellCase.Steps];
        Dictionary<string, double[]> states = _program.Cell.States.ToDictionary(s => s.Name, s => _case.InitialState(s.Name, row));
        for (int t = 0; t < _steps.Length; t++)
        {
            Step step = _steps[t] = new Step(
                _case.InputAt(row, t).ToArray(),
                [.. Enumerable.Range(0, _program.LaneCount).Select(_ => Unknown(_widest))],
                states,
                states.ToDictionary(s => s.Key, s => Unknown(s.Value.Length)),
                Unknown(_case.OutputWidth),
                _case.OutputWeight(row, t), Made(), Made(), Unknown(_program.MeanCount));
            RunForward(_program.ForwardPhases, step);
            states = step.Next;
        }
    }

    private void Backward(int row)
    {
        _carries = _program.Cell.States.ToDictionary(s => s.Name, s => _case.FinalWeight(s.Name, row));
        for (int t = _steps.Length - 1; t >= 0; t--)
        {
            Step step = _steps[t];
            RunBackward(step);
            for (int lane = 0; lane < _program.PreActivations.Count; lane++)
            {
                AccumulateGradients(step, _program.Graph[_program.PreActivations[lane]], step.Lanes[lane]);
            }

            foreach (StateNodes state in _program.Cell.States.Where(s => Sources().Contains(s.Previous)))
            {
                double[] start = _program.HasDirectAdjoint(state.Name) ? _carries[state.Name] : new double[WidthOf(state.Previous)];
                _carries[state.Name] = Product(step, state.Previous, start);
            }

            if (_needsInputAdjoint)
            {
                double[] adjoint = Product(step, _program.Cell.Input, new double[_case.Sizes["I"]]);
                adjoint.CopyTo(_gradients["x"], (row * CellCase.Steps + t) * adjoint.Length);
            }
        }

        foreach ((string state, double[] carry) in _carries)
        {
            carry.CopyTo(_gradients[state + "(0)"], row * carry.Length);
        }
    }

    private void AccumulateGradients(Step step, Node preActivation, double[] adjoint)
    {
        foreach (AffineTerm term in preActivation.Terms)
        {
            double[] source = SourceOf(step, term.Source);
            for (int i = 0; i < WidthOf(preActivation.Id); i++)
            {
                for (int k = 0; k < source.Length; k++)
                {
                    _gradients[term.Weight.Tensor.Symbol][_case.IndexOf(term.Weight, i, k)] += adjoint[i] * source[k];
                }
            }
        }

        foreach (BlockReference bias in preActivation.Biases)
        {
            for (int i = 0; i < WidthOf(preActivation.Id); i++)
            {
                _gradients[bias.Tensor.Symbol][_case.IndexOf(bias, i, 0)] += adjoint[i];
            }
        }
    }

    private IEnumerable<int> Sources() => _program.PreActivations.SelectMany(p => _program.Graph[p].Terms).Select(t => t.Source);

    private double[] Product(Step step, int source, double[] sum)
    {
        for (int lane = 0; lane < _program.PreActivations.Count; lane++)
        {
            foreach (AffineTerm term in _program.Graph[_program.PreActivations[lane]].Terms.Where(t => t.Source == source))
            {
                for (int k = 0; k < sum.Length; k++)
                {
                    sum[k] += Enumerable.Range(0, WidthOf(_program.PreActivations[lane])).Sum(i => step.Lanes[lane][i] * _case.Weight(term.Weight, i, k));
                }
            }
        }

        return sum;
    }

    private double[] SourceOf(Step step, int source) => source == _program.Cell.Input
        ? step.Input
        : _program.Made.ToList().IndexOf(source) is >= 0 and var made ? step.Made[made]
        : step.Previous[_program.Cell.States.Single(s => s.Previous == source).Name];

    private int WidthOf(int node) => _case.Sizes[_program.Graph[node].Width];

    private double[][] Made() => [.. _program.Made.Select(m => Unknown(WidthOf(m)))];

    // Phase by phase: products into lanes, means from lane to lane, the element-wise program.
    private void RunForward(IReadOnlyList<CellPhase> phases, Step step)
    {
        foreach (CellPhase phase in phases)
        {
            foreach (int lane in phase.Products)
            {
                _case.Affine(_program.Graph[_program.PreActivations[lane]], source => SourceOf(step, source)).CopyTo(step.Lanes[lane], 0);
            }

            RunMeans(phase, step);
            Run(phase, step);
        }
    }

    private void RunBackward(Step step)
    {
        foreach (CellPhase phase in _program.BackwardPhases)
        {
            foreach (int made in phase.Products)
            {
                Product(step, _program.Made[made], new double[WidthOf(_program.Made[made])]).CopyTo(step.MadeAdjoints[made], 0);
            }

            RunMeans(phase, step);
            Run(phase, step);
        }
    }

    private void RunMeans(CellPhase phase, Step step)
    {
        int units = _case.Sizes[phase.Width];
        Step sums = step with { Means = [.. step.Means] };
        double[] total = new double[step.Means.Length];
        for (int unit = 0; unit < units; unit++)
        {
            Run(phase.Means, unit, sums, (place, value) => total[place.Index] += value);
        }

        foreach (PointwiseAccess sum in phase.Means.Stores)
        {
            step.Means[sum.Place.Index] = total[sum.Place.Index] / units;
        }

        Run(phase.Uniform, 0, step, (place, value) => step.Means[place.Index] = value);
    }

    // Element by element, in the order in which the kernels are written: a stage runs over all units before the next.
    private void Run(CellPhase phase, Step step)
    {
        foreach (PointwiseProgram stage in phase.Program.Stages(_program.Graph))
        {
            Run(stage, _case.Sizes[phase.Width], step);
        }
    }

    private void Run(PointwiseProgram program, int units, Step step)
    {
        for (int unit = 0; unit < units; unit++)
        {
            int at = unit;
            Run(program, unit, step, (place, value) => Store(place, step, at, value));
        }
    }

    private void Store(Place place, Step step, int unit, double value)
    {
        if (place.Kind != PlaceKind.VectorGradient)
        {
            Buffer(place, step)[unit] = value;
            return;
        }

        BlockReference block = VectorOf(place);
        _gradients[block.Tensor.Symbol][_case.IndexOf(block, unit, 0)] += value;
    }

    private BlockReference VectorOf(Place place) => _program.Graph[_program.Vectors[place.Index - _program.PreActivations.Count]].Vector!;

    private void Run(PointwiseProgram program, int unit, Step step, Action<Place, double> store)
    {
        Dictionary<int, double> values = [];
        foreach (PointwiseStatement statement in program.Order(_program.Graph))
        {
            Node node = _program.Graph[statement.Node];
            switch (statement.Kind)
            {
                case PointwiseStatementKind.Load:
                    values[node.Id] = statement.Place!.Kind == PlaceKind.Mean ? step.Means[statement.Place.Index] : Buffer(statement.Place, step)[unit];
                    break;
                case PointwiseStatementKind.Compute:
                    values[node.Id] = node.Function!.Evaluate([.. node.Operands.Select(ValueOf)]);
                    break;
                default:
                    store(statement.Place!, ValueOf(node.Id));
                    break;
            }
        }

        double ValueOf(int id) => _program.Graph[id].Kind == NodeKind.Constant ? _program.Graph[id].Value : values[id];
    }

    private double[] Buffer(Place place, Step step) => place.Kind switch
    {
        PlaceKind.Lane => step.Lanes[place.Index],
        PlaceKind.PreviousState => step.Previous[place.State],
        PlaceKind.NextState => step.Next[place.State],
        PlaceKind.Output => step.Output,
        PlaceKind.OutputAdjoint => step.OutputAdjoint,
        PlaceKind.Made => step.Made[place.Index],
        PlaceKind.MadeAdjoint => step.MadeAdjoints[place.Index],
        PlaceKind.Vector => [.. Enumerable.Range(0, WidthOf(_program.Vectors[place.Index - _program.PreActivations.Count])).Select(i => _case.Weight(VectorOf(place), i, 0))],
        _ => _carries[place.State],
    };

    // Memory that nothing has been written to.
    private static double[] Unknown(int width) => [.. Enumerable.Repeat(double.NaN, width)];
}
