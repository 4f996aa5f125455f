using System.Collections.Generic;
using System.Linq;
using RnnGen.Generator.Common;
using RnnGen.Generator.Model;

namespace RnnGen.Generator.Planning;

/// <summary>
/// Lays out prediction layer by layer, for models in which a step depends on later ones, and the steps of a decoder, whose
/// states that products read alternate between two buffers.
/// </summary>
internal sealed class UnrolledPredictionPlanner
{
    private readonly ModelSpecification _specification;
    private readonly IReadOnlyList<PlannedUnit> _units;
    private readonly ForwardPlanner _forward;
    private readonly int _rows;
    private readonly List<PredictionState> _states = [];
    private readonly Dictionary<int, ValueRows> _values = [];
    private readonly Dictionary<int, ArenaBuffer> _slots = [];
    private readonly Dictionary<(int Unit, string Name), ArenaBuffer> _made = [];
    private ValueRows? _weights;

    public UnrolledPredictionPlanner(ModelSpecification specification, IReadOnlyList<PlannedUnit> units)
    {
        (_specification, _units) = (specification, units);
        _rows = Math.Max(specification.BatchSize, ModelPlanner.LeastDecodedRows);
        _forward = new ForwardPlanner(specification, units, specification.BatchSize, trains: false, LastUse);
    }

    private int LastUse(PlannedUnit unit) => _units.Where(u => u.Reads.Contains(unit))
        .Select(u => u.Clock == Clock.Output ? int.MaxValue : u is PlannedJoint { Kind: JointKind.Final or JointKind.Dropout } ? LastUse(u) : u.Index)
        .DefaultIfEmpty(int.MaxValue)
        .Max();

    public UnrolledPrediction Plan()
    {
        DecoderPlan? decoder = _specification.Decoder is { } declared ? PlanDecoder(declared) : null;
        ArenaBuffer? inputs = _forward.Inputs;
        return new UnrolledPrediction(
            _forward.Memory.Length,
            inputs is null ? null : new ValueRows(inputs.Offset, inputs.StepLength, _forward.InputRow),
            _forward.Schedule(_units.Where(u => u.Clock != Clock.Output)),
            decoder is null ? _forward.Values(_units[_units.Count - 1]) : null,
            decoder);
    }

    private DecoderPlan PlanDecoder(DecoderSpecification decoder)
    {
        int fedRow = Scalar.InputRow(decoder.FeatureSize(_specification.OutputSize), _specification.Precision);
        ValueRows fed = new(Add("what the decoder is fed", fedRow).Offset, 0, fedRow);
        foreach (PlannedUnit unit in _units.Where(u => u.Clock == Clock.Output))
        {
            int row = _forward.RowOf(unit);
            if (unit is PlannedLayer layer)
            {
                foreach (string state in layer.Plan.States)
                {
                    int stateRow = layer.Plan.StateRow(state);
                    ArenaBuffer even = Add($"{layer.Name} {state}", stateRow);
                    _states.Add(new PredictionState(layer, state, even, layer.Plan.Sources.Any(s => s.Name == state) ? Add($"{layer.Name} next {state}", stateRow) : even));
                }

                for (int i = 0; i < layer.Plan.Program.Made.Count; i++)
                {
                    _made[(layer.Index, Place.MadeName(i))] = Add($"{layer.Name} {layer.Plan.MadeText(i)}", layer.Plan.MadeRow(Place.MadeName(i)));
                }

                _slots[unit.Index] = Add($"{layer.Name} lanes", layer.Plan.Blocks * layer.Plan.SlotRow);
            }

            if (unit is not (PlannedLayer { OutputState: not null } or PlannedJoint { Kind: JointKind.Dropout }))
            {
                _values[unit.Index] = new(Add(unit.Name, row).Offset, 0, row);
            }

            if (unit is PlannedJoint { Kind: JointKind.Attend })
            {
                _weights = new(Add("attention weights", _specification.SequenceLength).Offset, 0, _specification.SequenceLength);
            }
        }

        List<IReadOnlyList<KernelCall>> steps = [];
        for (int parity = 0; parity < 2; parity++)
        {
            steps.Add(_units.Where(u => u.Clock == Clock.Output && u is not PlannedJoint { Kind: JointKind.Dropout }).SelectMany(u => Calls(u, parity, fed)).ToList());
        }

        return new DecoderPlan(_rows, fed, _states, _states.Select(s => _forward.Values(s.Layer.Starts[s.Name])).ToList(), Values(_units[_units.Count - 1], 0), _weights, steps);
    }

    private ArenaBuffer Add(string name, int row) => _forward.Memory.Add(name, 1, _rows * row, int.MaxValue, int.MaxValue);

    private ValueRows Values(PlannedUnit unit, int parity) => unit.Clock != Clock.Output ? _forward.Values(unit)
        : unit is PlannedLayer { OutputState: { } state } layer ? new(StateAt(layer, state, parity + 1), 0, layer.Plan.OutputRow)
        : unit is PlannedJoint { Kind: JointKind.Dropout } dropout ? Values(dropout.Sources[0], parity)
        : _values[unit.Index];

    private int StateAt(PlannedLayer layer, string name, int step)
    {
        PredictionState state = _states.First(s => s.Layer == layer && s.Name == name);
        return (step % 2 == 0 ? state.Even : state.Odd).Offset;
    }

    private IEnumerable<KernelCall> Calls(PlannedUnit unit, int parity, ValueRows fed)
    {
        PlannedLayer at = unit as PlannedLayer ?? _units.Skip(unit.Index).OfType<PlannedLayer>().First();
        ValueRows values = unit is PlannedLayer { OutputState: not null } ? fed : Values(unit, parity);
        switch (unit)
        {
            case PlannedLayer layer:
                ValueRows source = layer.PredictedSource is null ? fed : Values(layer.PredictedSource, parity);
                IEnumerable<int> buffers = layer.Plan.ForwardBuffers.Select(b => b.Kind switch
                {
                    PlaceKind.PreviousState or PlaceKind.DroppedState => StateAt(layer, b.State, parity),
                    PlaceKind.NextState => StateAt(layer, b.State, parity + 1),
                    PlaceKind.Made => _made[(layer.Index, b.State)].Offset,
                    PlaceKind.Output => values.Offset,
                    _ => throw Choices.Unimplemented(b.Kind),
                });
                yield return new KernelCall(KernelKind.Predict, layer, null, layer.Pack,
                    [source.Offset, source.Row, _slots[layer.Index].Offset, _rows * layer.Plan.SlotRow, .. buffers], 0);
                break;
            case PlannedJoint { Kind: JointKind.Concat } joint:
                int column = 0;
                foreach (PlannedUnit part in joint.Sources)
                {
                    ValueRows from = Values(part, parity);
                    yield return new KernelCall(KernelKind.Concat, at, null, null,
                        [from.Offset, 0, from.Row, values.Offset + column, 0, values.Row, part.Width, 1], 0, "", Clock.End);
                    column += part.Width;
                }

                break;
            case PlannedJoint { Kind: JointKind.Sum } joint:
                foreach (PlannedUnit part in joint.Sources)
                {
                    ValueRows from = Values(part, parity);
                    yield return new KernelCall(KernelKind.Concat, at, null, null,
                        [from.Offset, 0, from.Row, values.Offset, 0, values.Row, part.Width, 1], 0, "", Clock.End, IsFirst: part == joint.Sources[0]);
                }

                break;
            case PlannedJoint { Kind: JointKind.Norm } joint:
                ValueRows normed = Values(joint.Sources[0], parity);
                yield return new KernelCall(KernelKind.Norm, at, null, null, [normed.Offset, 0, normed.Row, values.Offset, 0, values.Row, joint.Width, 1], 0, "", Clock.End, joint);
                break;
            case PlannedJoint { Kind: JointKind.Attend } joint:
                ValueRows query = Values(joint.Query, parity), memory = Values(joint.Memory, parity), keys = Values(joint.Keys, parity);
                yield return new KernelCall(KernelKind.Attend, at, null, null,
                    [query.Offset, 0, query.Row, memory.Offset, memory.StepLength, memory.Row, keys.Offset, keys.StepLength, keys.Row,
                        _weights!.Offset, 0, _weights.Row, values.Offset, 0, values.Row, joint.Memory.Width, joint.Keys.Width, 1],
                    0, "", Clock.End, joint);
                break;
            default:
                throw new InvalidOperationException($"{unit.Name} is not a part of a decoder's step.");
        }
    }
}
