using System.Collections.Generic;
using System.Linq;
using RnnGen.Generator.Common;
using RnnGen.Generator.Model;
using RnnGen.Generator.Planning.Calls;
using RnnGen.Generator.Planning.Flow;
using RnnGen.Generator.Planning.Kernels;

namespace RnnGen.Generator.Planning.Memory;

/// <summary>What runs step by step.</summary>
internal enum StepMode
{
    /// <summary>Whole sequences of a batch.</summary>
    Batch,

    /// <summary>One whole sequence.</summary>
    Single,

    /// <summary>One sequence that is fed step by step; every layer runs at each step.</summary>
    Stream,

    /// <summary>Many sequences that are fed step by step, all at once.</summary>
    Streams,

    /// <summary>Several steps of one sequence at once: its steps are the rows.</summary>
    Block,

    /// <summary>A decoder that reads its output of the previous step.</summary>
    Decoder,
}

/// <summary>
/// Where values are stored in a prediction that goes step by step: a state that products read alternates between two buffers, any other is updated in
/// place, and all else lasts for one step.
/// </summary>
/// <param name="memory">The arena, which an encoder may stand in already.</param>
/// <param name="rows">Sequences, a decoder's beams, or the steps of a block.</param>
/// <param name="encoder">What a decoder looks back at and starts from.</param>
internal sealed class StepLayout(ModelSpecification specification, StepMode mode, MemoryPlan memory, int rows, ForwardLayout? encoder = null)
{
    private const string Output = "the output", Lanes = "the lanes";

    private readonly UnitBuffers _buffers = new(memory);
    private readonly List<PredictionState> _states = [];

    public ModelSpecification Specification => specification;

    public StepMode Mode => mode;

    public MemoryPlan Memory => memory;

    public int Rows => rows;

    /// <summary>Each layer's states.</summary>
    public IReadOnlyList<PredictionState> States => _states;

    /// <summary>What is kept of a pooled layer's outputs; null where none is.</summary>
    public PlannedPool? Pool { get; set; }

    /// <summary>Where the output layer's values of one sequence's steps are kept; null where they are not.</summary>
    public ArenaBuffer? Kept { get; set; }

    /// <summary>What a decoder is fed; null where nothing is decoded.</summary>
    public FedRows? Fed { get; set; }

    /// <summary>A decoder's attention over the input's steps, if it attends.</summary>
    public ValueRows? AttentionWeights { get; set; }

    /// <summary>Whether one sequence has kernels of its own.</summary>
    public bool IsOne => mode is StepMode.Single or StepMode.Stream;

    /// <summary>Whether sequences are fed step by step: every step may be the last, and the plan's two steps are an even and an odd one.</summary>
    public bool IsStreamed => mode is StepMode.Stream or StepMode.Streams;

    /// <summary>All rows.</summary>
    public RowRange All => mode switch
    {
        StepMode.Batch or StepMode.Streams => RowRange.All,
        StepMode.Single or StepMode.Stream => RowRange.One,
        StepMode.Block => RowRange.Steps,
        StepMode.Decoder => RowRange.Leading,
        _ => throw Choices.Unimplemented(mode),
    };

    /// <summary>The rows that are live at a unit's step.</summary>
    public RowRange Live(PlannedUnit unit, int step) => mode switch
    {
        StepMode.Batch => RowRange.Live(unit, step),
        StepMode.Block when unit.RunsAtEnd => RowRange.Said,
        StepMode.Block or StepMode.Single or StepMode.Stream or StepMode.Streams or StepMode.Decoder => All,
        _ => throw Choices.Unimplemented(mode),
    };

    /// <summary>A call of a step that the one sequence may not have.</summary>
    public Call AtStep(Call call, int step) => call.Where(mode == StepMode.Single && step > 0, Condition.HasStep(step));

    /// <summary>Width of a row of a unit's values.</summary>
    public int RowOf(PlannedUnit unit) => Scalar.PaddedRow(unit.Width, specification.Precision);

    /// <summary>Reserves a part of what a unit's step writes.</summary>
    /// <param name="row">Values of one row.</param>
    public ArenaBuffer Reserve(PlannedUnit unit, string part, string name, int row) => _buffers.Keep(unit, part, Add(name, row));

    /// <summary>Reserves a unit's past steps: a ring for each sequence, or in a block those before it with room for its own behind.</summary>
    /// <param name="steps">The number of past steps.</param>
    /// <param name="width">Values of a step.</param>
    public void AddRing(PlannedUnit unit, string name, int steps, int width)
    {
        bool isBlock = mode == StepMode.Block;
        int size = Saturated.ToInt((long)steps * width), row = isBlock ? Saturated.ToInt(((long)steps + rows) * width) : Scalar.PaddedRow(size + 1, specification.Precision);
        ArenaBuffer ring = Add($"{unit.Name}, {name}", isBlock ? 1 : rows, row);
        _states.Add(new PredictionState(unit, name, ring, ring, row, size) { BlockStep = isBlock ? width : 0, Slot = width });
    }

    /// <summary>Reserves what a unit's step leaves for the next one, in its place.</summary>
    public void AddState(PlannedUnit unit, string name)
    {
        int row = RowOf(unit);
        ArenaBuffer place = Add(name, row);
        _states.Add(new PredictionState(unit, name, place, place, row, unit.Width));
    }

    /// <summary>Reserves rows that are no unit's.</summary>
    public ArenaBuffer Add(string name, int row) => Add(name, rows, row);

    /// <summary>The same for a number of rows. A decoder's steps come after all else in its arena.</summary>
    public ArenaBuffer Add(string name, int count, int row)
    {
        int time = mode == StepMode.Decoder ? int.MaxValue : 0;
        return memory.Add(name, 1, (long)count * row, time, time);
    }

    /// <summary>Reserves what steps write: values that other units read, and then the layers' lanes.</summary>
    public void Reserve(IReadOnlyList<PlannedUnit> units)
    {
        foreach (PlannedUnit unit in units)
        {
            Reserve(unit);
        }

        foreach (PlannedLayer layer in units.OfType<PlannedLayer>())
        {
            ReserveLanes(layer);
        }
    }

    private void Reserve(PlannedUnit unit)
    {
        if (unit is Op op)
        {
            if (!op.StandsInItsSource(trains: false))
            {
                op.ReserveStep(this);
            }

            return;
        }

        PlannedLayer layer = (PlannedLayer)unit;
        LayerPlan plan = layer.Plan;
        foreach (string state in plan.States)
        {
            PlannedVector? initial = layer.Initials.TryGetValue(state, out PlannedVector? learned) ? learned : null;
            int row = plan.StateRow(state), size = plan.StateSize(state);
            if (mode == StepMode.Block)
            {
                ArenaBuffer steps = Add($"{layer.Name} {state}", plan.BlockStep(state) > 0 ? rows + 1 : 1, row);
                _states.Add(new PredictionState(layer, state, steps, steps, row, size) { Initial = initial, BlockStep = plan.BlockStep(state) });
                continue;
            }

            ArenaBuffer even = Add($"{layer.Name} {state}", row);
            ArenaBuffer odd = plan.Sources.Any(s => s.Name == state) ? Add($"{layer.Name} next {state}", row) : even;
            _states.Add(new PredictionState(layer, state, even, odd, row, size) { Initial = initial });
        }

        for (int i = 0; i < plan.Program.Made.Count; i++)
        {
            string name = Place.MadeName(i);
            Reserve(layer, ForwardLayout.MadePart(name), $"{layer.Name} {plan.MadeText(i)}", plan.MadeRow(name));
        }

        if (layer.OutputState is null)
        {
            Reserve(layer, Output, $"{layer.Name} output", plan.OutputRow);
        }
    }

    // Where they do not stay in registers.
    private void ReserveLanes(PlannedLayer layer)
    {
        LayerPlan plan = layer.Plan;
        if (plan.Reduced is { } reduced)
        {
            Reserve(layer, Lanes, $"{layer.Name} lanes", (!IsOne ? plan.PredictedLanes : plan.Program.IsFused ? reduced.Group : plan.Blocks) * plan.SlotRow);
            foreach (ProductSource source in reduced.CodedSources)
            {
                Reserve(layer, ForwardLayout.CodesPart(source), $"{layer.Name} {source.Name} as integers", reduced.CodeRow(source));
            }

            return;
        }

        bool inRegisters = mode switch
        {
            StepMode.Stream => plan.StreamsInRegisters,
            StepMode.Single => plan.StepsInRegisters,
            StepMode.Block => plan.States.Count > 0 && plan.StreamsInRegisters && !plan.ReadsAhead,
            StepMode.Batch or StepMode.Streams or StepMode.Decoder => false,
            _ => throw Choices.Unimplemented(mode),
        };
        if (!inRegisters)
        {
            // Steps of a block that are streamed one after the other share them.
            bool streams = mode == StepMode.Stream || (mode == StepMode.Block && plan.States.Count > 0 && !plan.ReadsAhead);
            int row = streams && plan.StreamsToAndFro ? plan.StreamedLanes : (IsOne || (mode == StepMode.Block && plan.States.Count > 0 && !plan.Scans) ? plan.Blocks : plan.PredictedLanes) * plan.SlotRow;
            _buffers.Keep(layer, Lanes, streams ? Add($"{layer.Name} lanes", 1, row) : Add($"{layer.Name} lanes", row));
        }
    }

    /// <summary>A layer's lanes; null where they stay in registers.</summary>
    public ArenaBuffer? LanesOf(PlannedLayer layer) => _buffers.Find(layer, Lanes);

    /// <summary>Where a layer's kernel puts the integers that its products read.</summary>
    public IReadOnlyList<CodeOffset> CodesOf(PlannedLayer layer) =>
        layer.Plan.Reduced!.CodedSources.Select(s => new CodeOffset(s, _buffers[layer, ForwardLayout.CodesPart(s)].Offset)).ToList();

    /// <summary>A part of what a unit's step writes.</summary>
    public ArenaBuffer this[PlannedUnit unit, string part] => _buffers[unit, part];

    /// <summary>Where a state is stored before a step.</summary>
    public int StateAt(PlannedLayer layer, string name, int step)
    {
        PredictionState state = State(layer, name);
        return mode == StepMode.Block ? state.Even.Offset + step * state.BlockStep : (step % 2 == 0 ? state.Even : state.Odd).Offset;
    }

    /// <summary>A unit's state.</summary>
    public PredictionState State(PlannedUnit unit, string name)
    {
        foreach (PredictionState state in _states)
        {
            if (state.Unit == unit && state.Name == name)
            {
                return state;
            }
        }

        throw new InvalidOperationException($"{unit.Name} has no state {name}.");
    }

    /// <summary>Where a unit's values are stored in a buffer of its own.</summary>
    public ValueRows Own(PlannedUnit unit) => new(_buffers[unit, UnitBuffers.Values].Offset, 0, RowOf(unit));

    /// <summary>Where a unit's values are stored after a step.</summary>
    public ValueRows Values(PlannedUnit unit, int step)
    {
        if (encoder is not null && unit.Clock != Clock.Output)
        {
            return encoder.Values(unit);
        }

        if (unit is Op op)
        {
            return op.StepValues(this, step);
        }

        PlannedLayer layer = (PlannedLayer)unit;
        return new(layer.OutputState is { } state ? StateAt(layer, state, step + 1) : _buffers[layer, Output].Offset, 0, layer.Plan.OutputRow);
    }

    /// <summary>What a reader of a unit reads in a step, and where.</summary>
    public SourceRows Source(PlannedUnit unit, int step) => unit is Op op ? op.StepSource(this, step) : SourceRows.InArena(Values(unit, step));

    /// <summary>Where a step's kernel finds its buffers.</summary>
    public IReadOnlyList<BufferOffset> Buffers(PlannedLayer layer, IReadOnlyList<Place> places, int step) => places.Select(p => new BufferOffset(p, p.Kind switch
    {
        PlaceKind.PreviousState or PlaceKind.DroppedState => StateAt(layer, p.State, step),
        PlaceKind.NextState => StateAt(layer, p.State, step + 1),
        PlaceKind.Made => _buffers[layer, ForwardLayout.MadePart(p.State)].Offset,
        PlaceKind.Output => _buffers[layer, Output].Offset,
        _ => throw Choices.Unimplemented(p.Kind),
    })).ToList();
}
