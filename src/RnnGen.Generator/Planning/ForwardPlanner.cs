using System.Collections.Generic;
using System.Linq;
using RnnGen.Generator.Common;
using RnnGen.Generator.Model;

namespace RnnGen.Generator.Planning;

/// <summary>
/// Lays out what the forward pass writes and gives its calls, unit by unit: for training, where all of it is kept for the
/// way back, or for prediction, where a unit's values last until their last reader.
/// </summary>
internal sealed class ForwardPlanner
{
    private readonly ModelSpecification _specification;
    private readonly bool _trains;
    private readonly int _rows;
    private readonly Dictionary<(int Unit, string State), ArenaBuffer> _states = [];
    private readonly Dictionary<int, ArenaBuffer> _joints = [];
    private readonly Dictionary<int, ArenaBuffer> _weights = [];
    private readonly Dictionary<int, ArenaBuffer> _masks = [];
    private readonly Dictionary<(int Unit, string State), (ArenaBuffer Mask, ArenaBuffer States)> _dropped = [];
    private readonly Dictionary<(int Unit, string Name), ArenaBuffer> _made = [];

    /// <param name="units">What is laid out, and possibly more units after it.</param>
    /// <param name="rows">Sequences.</param>
    /// <param name="trains">Whether each step's lanes are kept, and inputs are put into the arena.</param>
    /// <param name="lastUse">The position in the schedule at which a unit's values are last read.</param>
    public ForwardPlanner(ModelSpecification specification, IReadOnlyList<PlannedUnit> units, int rows, bool trains, Func<PlannedUnit, int> lastUse)
    {
        (_specification, _trains, _rows, Units) = (specification, trains, rows, units);
        Memory = new MemoryPlan(Scalar.PerBlock(specification.Precision));
        InputRow = Scalar.InputRow(specification.FeatureSize, specification.Precision);
        if (trains || specification.Embedding is not null)
        {
            Inputs = Memory.Add("inputs", specification.SequenceLength, rows * InputRow, 0, LastReaderOfInputs(units, Clock.Input, lastUse));
        }

        if (trains && specification.Decoder is { } decoder)
        {
            FedRow = Scalar.InputRow(decoder.FeatureSize(specification.OutputSize), specification.Precision);
            Fed = Memory.Add("what the decoder is fed", decoder.Length, rows * FedRow, 0, LastReaderOfInputs(units, Clock.Output, lastUse));
        }

        // One mask for all layers that read the same input.
        foreach (PlannedLayer layer in units.OfType<PlannedLayer>().Where(l => trains && l.InputDropout > 0 && !l.IsReverse))
        {
            AddMask(layer, layer.Plan.InputSize, layer.InputDropout);
        }

        foreach (PlannedUnit unit in units.Where(u => trains || u.Clock != Clock.Output))
        {
            if (unit is PlannedJoint { Kind: JointKind.Dropout } dropout)
            {
                if (!trains)
                {
                    continue;
                }

                AddMask(dropout, dropout.Width, dropout.Rate);
            }

            if (unit is PlannedLayer layer)
            {
                AddLayer(layer, lastUse(unit));
            }
            else if (unit is PlannedJoint { Kind: not JointKind.Final } joint)
            {
                _joints[unit.Index] = Memory.Add(unit.Name, unit.Steps, rows * RowOf(unit), unit.Index, lastUse(unit));
                if (joint.Kind == JointKind.Attend)
                {
                    _weights[unit.Index] = Memory.Add("attention weights", unit.Steps, rows * specification.SequenceLength, unit.Index, lastUse(unit));
                }
            }
        }
    }

    private static int LastReaderOfInputs(IReadOnlyList<PlannedUnit> units, Clock clock, Func<PlannedUnit, int> lastUse) =>
        units.Where(u => u is PlannedLayer { Source: null } && (u.Clock == Clock.Output) == (clock == Clock.Output)).Max(u => Math.Max(u.Index, lastUse(u)));

    public IReadOnlyList<PlannedUnit> Units { get; }

    public MemoryPlan Memory { get; }

    /// <summary>The inputs, a step after the other; null where they are read where they stand.</summary>
    public ArenaBuffer? Inputs { get; }

    public int InputRow { get; }

    /// <summary>What a decoder is fed in training.</summary>
    public ArenaBuffer? Fed { get; }

    public int FedRow { get; }

    /// <summary>Outputs that are no states.</summary>
    public Dictionary<int, ArenaBuffer> Outputs { get; } = [];

    public Dictionary<int, ArenaBuffer> Slots { get; } = [];

    /// <summary>What dropout leaves out.</summary>
    public List<PlannedMask> Masks { get; } = [];

    private void AddMask(PlannedUnit unit, int width, double rate) =>
        _masks[unit.Index] = AddMask($"{unit.Name}{(unit is PlannedLayer ? "'s input" : "")}", width, rate, unit as PlannedLayer);

    private ArenaBuffer AddMask(string name, int width, double rate, PlannedLayer? inPlace)
    {
        ArenaBuffer mask = Memory.Add($"mask of {name}", 1, _rows * Scalar.PaddedRow(width, _specification.Precision), 0, int.MaxValue);
        Masks.Add(new PlannedMask(Masks.Count, mask, width, rate, inPlace));
        return mask;
    }

    /// <summary>From what to what a dropout's values go, and by which mask.</summary>
    public IReadOnlyList<int> DropoutArguments(PlannedJoint joint, ValueRows from, ValueRows to) =>
        [from.Offset, from.StepLength, from.Row, to.Offset, to.StepLength, to.Row, _masks[joint.Index].Offset, RowOf(joint), joint.Width, joint.Steps];

    private void AddLayer(PlannedLayer layer, int lastUse)
    {
        LayerPlan plan = layer.Plan;
        foreach (string state in plan.States)
        {
            _states[(layer.Index, state)] = Memory.Add($"{layer.Name} {state}", layer.Steps + 1, _rows * plan.StateRow(state), layer.Index, lastUse);
        }

        for (int i = 0; i < plan.Program.Made.Count; i++)
        {
            _made[(layer.Index, Place.MadeName(i))] = Memory.Add($"{layer.Name} {plan.MadeText(i)}", _trains ? layer.Steps : 1, _rows * plan.MadeRow(Place.MadeName(i)), layer.Index, _trains ? lastUse : layer.Index);
        }

        foreach (ProductSource source in plan.Sources.Where(s => s.IsState && _trains && plan.Shape.DropsStates))
        {
            _dropped[(layer.Index, source.Name)] = (AddMask($"{layer.Name} {source.Name}", source.Columns, layer.RecurrentDropout, null),
                Memory.Add($"{layer.Name} {source.Name} with dropout", layer.Steps, _rows * plan.RowOf(source.Columns), layer.Index, lastUse));
        }

        if (layer.OutputState is null)
        {
            Outputs[layer.Index] = Memory.Add($"{layer.Name} output", layer.Steps, _rows * plan.OutputRow, layer.Index, lastUse);
        }

        Slots[layer.Index] = Memory.Add($"{layer.Name} lanes", _trains ? layer.Steps : 1, plan.Blocks * _rows * plan.SlotRow, layer.Index, _trains ? lastUse : layer.Index);
    }

    /// <summary>Width of a row of a unit's values.</summary>
    public int RowOf(PlannedUnit unit) => Scalar.PaddedRow(unit.Width, _specification.Precision);

    public int BlockStride(PlannedLayer layer) => _rows * layer.Plan.SlotRow;

    /// <summary>The time step, for readers; what runs at the end counts to the last input step.</summary>
    public int TimeOf(PlannedUnit unit, int step) => unit.RunsAtEnd ? _specification.SequenceLength - 1 : step;

    public ArenaBuffer OutputsOf(PlannedLayer layer) => layer.OutputState is { } state ? _states[(layer.Index, state)] : Outputs[layer.Index];

    /// <summary>Where a unit's values stand.</summary>
    public ValueRows Values(PlannedUnit unit)
    {
        switch (unit)
        {
            case PlannedLayer layer:
                ArenaBuffer outputs = OutputsOf(layer);
                return new(outputs.At(layer.FirstOutput), outputs.StepLength, layer.Plan.OutputRow);
            case PlannedJoint { Kind: JointKind.Final } final:
                ArenaBuffer states = _states[(final.Layer.Index, final.State)];
                return new(states.At(final.Layer.After(final.Layer.IsReverse ? 0 : final.Layer.Steps - 1)), states.StepLength, final.Layer.Plan.StateRow(final.State));
            case PlannedJoint { Kind: JointKind.Dropout } dropout when !_trains:
                return Values(dropout.Sources[0]);
            default:
                return new(_joints[unit.Index].Offset, _joints[unit.Index].StepLength, RowOf(unit));
        }
    }

    /// <summary>The step of what it reads that a layer's step reads.</summary>
    public static int SourceStep(PlannedLayer layer, int step) => layer.RunsAtEnd ? 0 : step;

    /// <summary>What a layer reads, from a step on.</summary>
    public ValueRows Source(PlannedLayer layer, int step)
    {
        if (layer.Source is { } source)
        {
            ValueRows values = Values(source);
            return values with { Offset = values.At(SourceStep(layer, step)) };
        }

        if (layer.Clock == Clock.Output)
        {
            return new(Fed!.At(step), Fed.StepLength, FedRow);
        }

        return Inputs is null
            ? new(step * _specification.InputSize, _specification.InputSize, _specification.InputLength)
            : new(Inputs.At(step), Inputs.StepLength, InputRow);
    }

    /// <summary>A state before a step, and those of the steps after it.</summary>
    public ValueRows Before(PlannedLayer layer, string state, int step)
    {
        ArenaBuffer states = _states[(layer.Index, state)];
        return new(states.At(layer.Before(step)), states.StepLength, layer.Plan.StateRow(state));
    }

    /// <summary>The state that a step's products read, and those of the steps after it.</summary>
    public ValueRows Read(PlannedLayer layer, string state, int step) => _dropped.TryGetValue((layer.Index, state), out var dropped)
        ? new(dropped.States.At(step), dropped.States.StepLength, layer.Plan.StateRow(state))
        : Before(layer, state, step);

    /// <summary>What a step makes for its own products, and those of the steps after it.</summary>
    public ValueRows Made(PlannedLayer layer, string name, int step)
    {
        ArenaBuffer made = _made[(layer.Index, name)];
        return new(made.At(_trains ? step : 0), made.StepLength, layer.Plan.MadeRow(name));
    }

    /// <summary>From what to what one step's state goes, and by which mask.</summary>
    public IReadOnlyList<int> DropArguments(PlannedLayer layer, string state, int from, int to) =>
        [from, 0, layer.Plan.StateRow(state), to, 0, layer.Plan.StateRow(state), _dropped[(layer.Index, state)].Mask.Offset, layer.Plan.StateRow(state), layer.Plan.StateSize(state), 1];

    public int OffsetOf(PlannedLayer layer, Place place, int step) => place.Kind switch
    {
        PlaceKind.DroppedState => Read(layer, place.State, step).Offset,
        PlaceKind.PreviousState => _states[(layer.Index, place.State)].At(layer.Before(step)),
        PlaceKind.NextState => _states[(layer.Index, place.State)].At(layer.After(step)),
        PlaceKind.Made => Made(layer, place.State, step).Offset,
        PlaceKind.Output => Outputs[layer.Index].At(step),
        _ => throw Choices.Unimplemented(place.Kind),
    };

    /// <summary>The calls of units, a joint's with the layer after it.</summary>
    public IReadOnlyList<KernelCall> Schedule(IEnumerable<PlannedUnit> units) => units.SelectMany(u => u is PlannedLayer layer
        ? Calls(layer)
        : Calls((PlannedJoint)u, Units.Skip(u.Index).OfType<PlannedLayer>().First())).ToList();

    private IEnumerable<KernelCall> Calls(PlannedJoint joint, PlannedLayer at)
    {
        int time = TimeOf(joint, 0);
        switch (joint.Kind)
        {
            case JointKind.Final when !joint.Layer.IsReverse:
                ValueRows final = Values(joint);
                yield return new KernelCall(KernelKind.KeepLast, at, null, null,
                    [final.Offset - _specification.SequenceLength * final.StepLength, final.StepLength, final.Row], time, "rows that ended earlier: their last state");
                break;
            case JointKind.Pool:
                ValueRows pooled = Values(joint.Sources[0]);
                yield return new KernelCall(KernelKind.Pool, at, null, null,
                    [pooled.Offset, pooled.StepLength, pooled.Row, Values(joint).Offset], time, $"{joint.Sources[0].Name}'s outputs, pooled over the steps");
                break;
            case JointKind.Concat:
                int column = 0;
                foreach (PlannedUnit source in joint.Sources)
                {
                    ValueRows part = Values(source), whole = Values(joint);
                    yield return new KernelCall(KernelKind.Concat, at, null, null,
                        [part.Offset, part.StepLength, part.Row, whole.Offset + column, whole.StepLength, whole.Row, source.Width, joint.Steps], time, $"{source.Name}, side by side", joint.Clock);
                    column += source.Width;
                }

                break;
            case JointKind.Sum:
                foreach (PlannedUnit source in joint.Sources)
                {
                    ValueRows part = Values(source), sum = Values(joint);
                    yield return new KernelCall(KernelKind.Concat, at, null, null,
                        [part.Offset, part.StepLength, part.Row, sum.Offset, sum.StepLength, sum.Row, joint.Width, joint.Steps], time,
                        source == joint.Sources[0] ? joint.Name : $"and {source.Name}", joint.Clock, IsFirst: source == joint.Sources[0]);
                }

                break;
            case JointKind.Norm:
                ValueRows normed = Values(joint);
                yield return new KernelCall(KernelKind.Norm, at, null, null, NormArguments(joint, Values(joint.Sources[0]), normed), time, joint.Name, joint.Clock, joint);
                break;
            case JointKind.Dropout when _trains:
                yield return new KernelCall(KernelKind.Dropout, at, null, null, DropoutArguments(joint, Values(joint.Sources[0]), Values(joint)), time, joint.Name, joint.Clock);
                break;
            case JointKind.Attend:
                yield return new KernelCall(KernelKind.Attend, at, null, null, AttendArguments(joint), time, "attention over the memory", joint.Clock, joint);
                break;
            case JointKind.Final or JointKind.Dropout:
                // A state ends in its own place, and prediction leaves nothing out.
                break;
            default:
                throw Choices.Unimplemented(joint.Kind);
        }
    }

    /// <summary>From what to what a normalisation's values go, and its size.</summary>
    public static IReadOnlyList<int> NormArguments(PlannedJoint joint, ValueRows from, ValueRows to) =>
        [from.Offset, from.StepLength, from.Row, to.Offset, to.StepLength, to.Row, joint.Width, joint.Steps];

    /// <summary>Where query, memory, keys, weights and context of an attention stand, and its sizes.</summary>
    public IReadOnlyList<int> AttendArguments(PlannedJoint joint)
    {
        ValueRows query = Values(joint.Query), memory = Values(joint.Memory), keys = Values(joint.Keys), context = Values(joint);
        ArenaBuffer weights = _weights[joint.Index];
        return
        [
            query.Offset, query.StepLength, query.Row, memory.Offset, memory.StepLength, memory.Row, keys.Offset, keys.StepLength, keys.Row,
            weights.Offset, weights.StepLength, _specification.SequenceLength, context.Offset, context.StepLength, context.Row, joint.Memory.Width, joint.Keys.Width, joint.Steps,
        ];
    }

    private IEnumerable<KernelCall> Calls(PlannedLayer layer)
    {
        foreach (string state in layer.Plan.States)
        {
            int first = layer.IsReverse ? layer.Steps - 1 : 0;
            if (layer.Starts.TryGetValue(state, out PlannedUnit? start))
            {
                ValueRows from = Values(start);
                yield return new KernelCall(KernelKind.Start, layer, null, null,
                    [from.Offset, from.Row, layer.Plan.StateSize(state), Before(layer, state, first).Offset, layer.Plan.StateRow(state)], TimeOf(layer, 0), $"{state} before the first step = {start.Name}");
            }
            else if (layer.Initials.TryGetValue(state, out PlannedVector? initial) && !layer.IsReverse)
            {
                yield return new KernelCall(KernelKind.Initial, layer, null, null,
                    [initial.Pack, Before(layer, state, first).Offset, layer.Plan.StateRow(state)], TimeOf(layer, 0), $"{state} before the first step = {initial.Tensor.Name}");
            }
            else if (!layer.IsReverse)
            {
                yield return KernelCall.Clear(layer, state, Before(layer, state, first).Offset, TimeOf(layer, 0), $"{state} before the first step = 0");
            }
        }

        IReadOnlyList<Place> buffers = layer.Plan.ForwardBuffers;
        for (int i = 0; i < layer.Steps; i++)
        {
            int step = layer.IsReverse ? layer.Steps - 1 - i : i;
            if (layer.IsReverse)
            {
                foreach (string state in layer.Plan.States)
                {
                    PlannedVector? initial = layer.Initials.TryGetValue(state, out PlannedVector? learned) ? learned : null;
                    yield return new KernelCall(KernelKind.Begin, layer, null, initial?.Pack, [Before(layer, state, step).Offset, layer.Plan.StateRow(state)], step,
                        $"{state} before t = {step} = {initial?.Tensor.Name ?? "0"} where that is a row's last step");
                }
            }

            foreach (string state in layer.Plan.States.Where(s => _dropped.ContainsKey((layer.Index, s))))
            {
                yield return new KernelCall(KernelKind.DropState, layer, null, null,
                    DropArguments(layer, state, Before(layer, state, step).Offset, Read(layer, state, step).Offset), TimeOf(layer, step), $"{state} before t = {step}, with dropout");
            }

            ValueRows source = Source(layer, step);
            yield return new KernelCall(_trains ? KernelKind.Forward : KernelKind.Predict, layer, null, layer.Pack,
                [source.Offset, source.Row, Slots[layer.Index].At(_trains ? step : 0), BlockStride(layer), .. buffers.Select(b => OffsetOf(layer, b, step))],
                TimeOf(layer, step));
        }
    }
}
