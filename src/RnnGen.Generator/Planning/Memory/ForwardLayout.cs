using System.Collections.Generic;
using System.Linq;
using RnnGen.Generator.Common;
using RnnGen.Generator.Model;
using RnnGen.Generator.Planning.Calls;
using RnnGen.Generator.Planning.Flow;
using RnnGen.Generator.Planning.Kernels;

namespace RnnGen.Generator.Planning.Memory;

/// <summary>
/// Where the values of the forward pass are stored, unit by unit: in training all of it is kept for the backward pass, in prediction a unit's values
/// last until their last reader.
/// </summary>
internal sealed class ForwardLayout
{
    private const string Output = "the output", Lanes = "the lanes", Mask = "the mask";

    private readonly UnitBuffers _buffers;

    /// <param name="units">What is laid out, and possibly more units after it.</param>
    /// <param name="rows">Sequences.</param>
    /// <param name="trains">Whether each step's lanes are kept, and inputs are put into the arena.</param>
    /// <param name="lastUse">The position in the schedule at which a unit's values are last read.</param>
    public ForwardLayout(ModelSpecification specification, IReadOnlyList<PlannedUnit> units, int rows, bool trains, Func<PlannedUnit, int> lastUse)
    {
        (Specification, Trains, Rows, Units) = (specification, trains, rows, units);
        _buffers = new UnitBuffers(new MemoryPlan(Scalar.PerBlock(specification.Precision)));
        foreach (PlannedUnit unit in units.Where(u => trains || u.Clock != Clock.Output))
        {
            if (unit is PlannedLayer layer)
            {
                ReserveLayer(layer, lastUse(unit));
            }
            else if (unit is Op op && !op.StandsInItsSource(trains))
            {
                op.Reserve(this, lastUse(unit));
            }
        }
    }

    public ModelSpecification Specification { get; }

    public bool Trains { get; }

    /// <summary>Sequences.</summary>
    public int Rows { get; }

    public IReadOnlyList<PlannedUnit> Units { get; }

    public MemoryPlan Memory => _buffers.Memory;

    /// <summary>Where the output layer's values of one sequence's steps are kept; null where they are not.</summary>
    public ArenaBuffer? Kept { get; set; }

    /// <summary>What dropout leaves out.</summary>
    public List<PlannedMask> Masks { get; } = [];

    private void ReserveLayer(PlannedLayer layer, int lastUse)
    {
        LayerPlan plan = layer.Plan;
        foreach (string state in plan.States)
        {
            Reserve(layer, state, $"{layer.Name} {state}", layer.Steps + 1, plan.StateRow(state), lastUse);
        }

        int keptSteps = Trains ? layer.Steps : 1, keptUntil = Trains ? lastUse : layer.Index;
        for (int i = 0; i < plan.Program.Made.Count; i++)
        {
            Reserve(layer, MadePart(Place.MadeName(i)), $"{layer.Name} {plan.MadeText(i)}", keptSteps, plan.MadeRow(Place.MadeName(i)), keptUntil);
        }

        foreach (ProductSource source in plan.Sources.Where(s => s.IsState && Trains && plan.Shape.DropsStates))
        {
            ReserveMask(layer, MaskOf(source.Name), new($"{layer.Name}.{plan.WrittenName(source.Name)}", layer.RecurrentDropout), $"{layer.Name} {source.Name}", source.Columns);
            Reserve(layer, Dropped(source.Name), $"{layer.Name} {source.Name} with dropout", layer.Steps, plan.RowOf(source.Columns), lastUse);
        }

        if (layer.OutputState is null)
        {
            Reserve(layer, Output, $"{layer.Name} output", layer.Steps, plan.OutputRow, lastUse);
        }

        // The rows of all steps follow each other where they are rows of one product; the blocks of a step do elsewhere.
        (int parts, int length) = Scans(layer) ? (plan.Blocks, keptSteps) : (keptSteps, plan.Blocks);
        Reserve(layer, Lanes, $"{layer.Name} lanes", parts, length * plan.SlotRow, keptUntil);
        foreach (ProductSource source in Trains || plan.Reduced is null ? [] : plan.Reduced.CodedSources)
        {
            Reserve(layer, CodesPart(source), $"{layer.Name} {source.Name} as integers", 1, plan.Reduced!.CodeRow(source), layer.Index);
        }
    }

    // No name of a cell has a space.
    internal static string MadePart(string name) => $"the value {name}";

    internal static string CodesPart(ProductSource source) => $"{source.Name} as integers";

    private static string Dropped(string state) => $"{state} with dropout";

    private static string MaskOf(string state) => $"{Mask} of {state}";

    /// <summary>Reserves a part of what a unit writes.</summary>
    /// <param name="row">Values of one row of a step.</param>
    public ArenaBuffer Reserve(PlannedUnit unit, string part, string name, int steps, int row, int lastUse) =>
        _buffers.Keep(unit, part, Memory.Add(name, steps, (long)Rows * row, unit.Index, lastUse));

    /// <summary>Reserves what says which values of each row training leaves out.</summary>
    /// <param name="isInPlace">Whether the unit's values are masked in place.</param>
    public void ReserveMask(PlannedUnit unit, string part, DropoutPlace place, string name, int width, bool isInPlace = false)
    {
        ArenaBuffer mask = Memory.Add($"mask of {name}", 1, (long)Rows * Scalar.PaddedRow(width, Specification.Precision), 0, int.MaxValue);
        Masks.Add(new PlannedMask(Masks.Count, place, _buffers.Keep(unit, part, mask), width, isInPlace ? unit : null));
    }

    /// <summary>A part of what a unit writes.</summary>
    public ArenaBuffer this[PlannedUnit unit, string part] => _buffers[unit, part];

    /// <summary>Width of a row of a unit's values.</summary>
    public int RowOf(PlannedUnit unit) => Scalar.PaddedRow(unit.Width, Specification.Precision);

    /// <summary>Whether many steps of a layer are one call.</summary>
    public bool Scans(PlannedLayer layer) => Trains && layer.Plan.Scans;

    /// <summary>The time step, for readers; what runs at the end counts to the last input step.</summary>
    public int TimeOf(PlannedUnit unit, int step) => unit.RunsAtEnd ? Specification.SequenceLength - 1 : step;

    /// <summary>A layer's lanes.</summary>
    public LaneRows LanesOf(PlannedLayer layer)
    {
        ArenaBuffer lanes = _buffers[layer, Lanes];
        int row = Rows * layer.Plan.SlotRow;
        return Scans(layer) ? new(lanes.Offset, row, lanes.StepLength) : new(lanes.Offset, lanes.StepLength, row);
    }

    /// <summary>Where a layer's kernel puts the integers that its products read.</summary>
    public IReadOnlyList<CodeOffset> CodesOf(PlannedLayer layer) =>
        layer.Plan.Reduced!.CodedSources.Select(s => new CodeOffset(s, _buffers[layer, CodesPart(s)].Offset)).ToList();

    public ArenaBuffer OutputsOf(PlannedLayer layer) => _buffers[layer, layer.OutputState ?? Output];

    /// <summary>Where a unit's values are stored in a buffer of its own.</summary>
    public ValueRows Own(PlannedUnit unit)
    {
        ArenaBuffer values = _buffers[unit, UnitBuffers.Values];
        return new(values.Offset, values.StepLength, RowOf(unit));
    }

    /// <summary>Where a unit's values are stored.</summary>
    public ValueRows Values(PlannedUnit unit)
    {
        if (unit is Op op)
        {
            return op.Values(this);
        }

        PlannedLayer layer = (PlannedLayer)unit;
        ArenaBuffer outputs = OutputsOf(layer);
        return new(outputs.At(layer.FirstOutput), outputs.StepLength, layer.Plan.OutputRow);
    }

    /// <summary>The step of what it reads that a layer's step reads.</summary>
    public static int SourceStep(PlannedLayer layer, int step) => layer.RunsAtEnd ? 0 : step;

    /// <summary>What a layer reads, from a step on.</summary>
    public ValueRows Source(PlannedLayer layer, int step)
    {
        ValueRows values = Values(layer.Source);
        return values with { Offset = values.At(SourceStep(layer, step)) };
    }

    /// <summary>The memory that a unit's values stand in.</summary>
    public Argument MemoryOf(PlannedUnit unit) => unit is Op op ? op.MemoryOf(this) : Argument.Arena;

    /// <summary>A state before a step, and those of the steps after it.</summary>
    public ValueRows Before(PlannedLayer layer, string state, int step)
    {
        ArenaBuffer states = _buffers[layer, state];
        return new(states.At(layer.Before(step)), states.StepLength, layer.Plan.StateRow(state));
    }

    /// <summary>A state after a layer's last step.</summary>
    public ValueRows Final(PlannedLayer layer, string state)
    {
        ArenaBuffer states = _buffers[layer, state];
        return new(states.At(layer.After(layer.IsReverse ? 0 : layer.Steps - 1)), states.StepLength, layer.Plan.StateRow(state));
    }

    /// <summary>Whether products read a state of which training leaves some out.</summary>
    public bool Drops(PlannedLayer layer, string state) => _buffers.Find(layer, Dropped(state)) is not null;

    /// <summary>What says which values of a state training leaves out.</summary>
    public ArenaBuffer StateMask(PlannedLayer layer, string state) => _buffers[layer, MaskOf(state)];

    /// <summary>The state that a step's products read, and those of the steps after it.</summary>
    public ValueRows Read(PlannedLayer layer, string state, int step) => _buffers.Find(layer, Dropped(state)) is { } dropped
        ? new(dropped.At(step), dropped.StepLength, layer.Plan.StateRow(state))
        : Before(layer, state, step);

    /// <summary>What a step makes for its own products, and those of the steps after it.</summary>
    public ValueRows Made(PlannedLayer layer, string name, int step)
    {
        ArenaBuffer made = _buffers[layer, MadePart(name)];
        return new(made.At(Trains ? step : 0), made.StepLength, layer.Plan.MadeRow(name));
    }

    /// <summary>Where a step's kernel finds a buffer.</summary>
    public int OffsetOf(PlannedLayer layer, Place place, int step) => place.Kind switch
    {
        PlaceKind.DroppedState => Read(layer, place.State, step).Offset,
        PlaceKind.PreviousState => _buffers[layer, place.State].At(layer.Before(step)),
        PlaceKind.NextState => _buffers[layer, place.State].At(layer.After(step)),
        PlaceKind.Made => Made(layer, place.State, step).Offset,
        PlaceKind.Output => _buffers[layer, Output].At(step),
        _ => throw Choices.Unimplemented(place.Kind),
    };
}
