using System.Collections.Generic;
using System.Linq;
using RnnGen.Generator.Common;
using RnnGen.Generator.Model;
using RnnGen.Generator.Planning.Flow;
using RnnGen.Generator.Planning.Kernels;

namespace RnnGen.Generator.Planning.Memory;

/// <summary>
/// Where adjoints are stored, in the arena of the forward pass, and the sums of the gradients. An adjoint is written by the readers of a value and read in
/// the backward pass of what made it; between these times its place is another's.
/// </summary>
internal sealed class BackwardLayout
{
    private const string Scratch = "the scratch", DropScratch = "before dropout";

    private readonly UnitBuffers _buffers;
    private readonly Dictionary<int, ValueRows> _adjoints = [];
    private readonly Dictionary<PlannedVector, ArenaBuffer> _vectorGradients = [];
    private readonly List<PlannedLayer> _layers;

    /// <param name="forward">The layout of the forward pass, which this one continues.</param>
    /// <param name="vectors">Parameters that stand in no layer's packs.</param>
    /// <param name="chunkSteps">Steps whose weight gradients are summed at once.</param>
    public BackwardLayout(ForwardLayout forward, IReadOnlyList<PlannedVector> vectors, int chunkSteps)
    {
        (Forward, ChunkSteps, Loop) = (forward, chunkSteps, StepLoop.Of(forward.Units));
        _buffers = new UnitBuffers(forward.Memory);
        Sums = new MemoryPlan(Scalar.PerBlock(forward.Specification.Precision));
        _layers = Units.OfType<PlannedLayer>().ToList();
        List<Op> ops = Units.OfType<Op>().ToList();
        foreach (Op op in ops.Where(o => !o.StandsInItsSource(trains: true) && HasAdjoint(o)))
        {
            op.ReserveAdjoint(this);
        }

        // From the output layer down: each unit's adjoint is written by its readers and read in its own backward.
        foreach (PlannedLayer layer in _layers.AsEnumerable().Reverse())
        {
            ReserveLayer(layer);
        }

        foreach (Op op in ops.Where(o => o.StandsInItsSource(trains: true)))
        {
            op.ReserveBackward(this);
        }

        ReserveScratch();
        foreach (Op op in ops.Where(o => !o.StandsInItsSource(trains: true)))
        {
            op.ReserveBackward(this);
        }

        foreach (PlannedVector vector in vectors.Where(v => !v.Tensor.IsFrozen))
        {
            _vectorGradients[vector] = Sums.Add($"gradient of {vector.Tensor.Name}", 1, vector.Length, 0, int.MaxValue);
        }
    }

    public ForwardLayout Forward { get; }

    /// <summary>Steps whose weight gradients are summed at once, and which a layer that takes many steps at once takes back together.</summary>
    public int ChunkSteps { get; }

    /// <summary>The units that go through each step together; null where all go through all of their steps.</summary>
    public StepLoop? Loop { get; }

    public MemoryPlan Memory => _buffers.Memory;

    /// <summary>One sum of the gradients.</summary>
    public MemoryPlan Sums { get; }

    public IReadOnlyList<PlannedUnit> Units => Forward.Units;

    public IReadOnlyList<PlannedLayer> Layers => _layers;

    public ModelSpecification Specification => Forward.Specification;

    /// <summary>Sequences.</summary>
    public int Rows => Forward.Rows;

    /// <summary>The loss of each row at each step.</summary>
    public ArenaBuffer Losses { get; set; } = null!;

    /// <summary>The gradients of the layers' weights.</summary>
    public Dictionary<int, ArenaBuffer> WeightGradients { get; } = [];

    /// <summary>The gradients of vectors, with where they are summed.</summary>
    public IReadOnlyDictionary<PlannedVector, ArenaBuffer> VectorGradients => _vectorGradients;

    /// <summary>The states that may come from a sequence before and go to the one after, in the order in which they are saved.</summary>
    public IReadOnlyList<CarriedState> Carried => Units.SelectMany(unit => unit is Op op ? op.Carried(this)
        : unit is PlannedLayer layer && MayCarry(layer) ? layer.Plan.States.Select(s => CarriedOf(layer, s)) : []).ToList();

    private CarriedState CarriedOf(PlannedLayer layer, string state)
    {
        ValueRows values = Forward.Before(layer, state, 0);
        return new(layer, state, values, new(Carry(layer, state).Offset, 0, values.Row), layer.Plan.StateSize(state));
    }

    /// <summary>The position in the schedule of a unit's backward pass: behind the forward passes of all units, and the loss.</summary>
    public int At(PlannedUnit unit) => 2 * Units.Count - unit.Index;

    /// <summary>The position of what comes behind all of it.</summary>
    public static int End(IReadOnlyList<PlannedUnit> units) => 2 * units.Count + 1;

    /// <summary>Whether a unit's adjoint has a place.</summary>
    public bool HasAdjoint(PlannedUnit unit) => unit.Flows || Units.OfType<Op>().Any(o => o.WritesAllAdjoints && o.Sources.Contains(unit));

    /// <summary>Where the adjoint of a unit's values is stored.</summary>
    public ValueRows Adjoint(PlannedUnit unit) => _adjoints[unit.Index];

    /// <summary>The buffer of a unit's adjoint; null where another buffer has it.</summary>
    public ArenaBuffer? OwnAdjoint(PlannedUnit unit) => _buffers.Find(unit, UnitBuffers.Values);

    /// <summary>Says that a unit's adjoint stands in a buffer that holds something else too.</summary>
    public void StandsIn(PlannedUnit unit, ValueRows place) => _adjoints[unit.Index] = place;

    /// <summary>The adjoint that a state carries from a step to the one before.</summary>
    public ArenaBuffer Carry(PlannedLayer layer, string state) => _buffers[layer, state];

    /// <summary>The adjoint of a value that a step makes for its own products.</summary>
    public ArenaBuffer MadeAdjoint(PlannedLayer layer, string name) => _buffers[layer, ForwardLayout.MadePart(name)];

    /// <summary>Where a layer's part of its input's adjoint is stored before it is added to that of other readers; null where it is the first to write.</summary>
    public ArenaBuffer? ScratchOf(PlannedLayer layer) => _buffers.Find(layer, Scratch);

    /// <summary>A state's adjoint before some of it is left out.</summary>
    public ArenaBuffer DropScratchOf(PlannedLayer layer) => _buffers[layer, DropScratch];

    /// <summary>A part of what a unit's backward pass writes.</summary>
    public ArenaBuffer this[PlannedUnit unit, string part] => _buffers[unit, part];

    /// <summary>Reserves one step of a part that lasts from a unit's backward pass to the end.</summary>
    public void ReserveToTheEnd(PlannedUnit unit, string part, string name, int row) =>
        _buffers.Keep(unit, part, Add(name, 1, (long)Rows * row, At(unit), End(Units)));

    /// <summary>Reserves one step of the adjoint of a state of an op's: from its backward pass on, or where windows hand it on, for good.</summary>
    public void ReserveCarry(PlannedUnit unit, string state, string name, int row)
    {
        (int first, int last) = Specification.IsRecomputed ? (0, int.MaxValue) : (At(unit), End(Units));
        _buffers.Keep(unit, state, Add(name, 1, (long)Rows * row, first, last));
    }

    /// <summary>Whether a layer's states may come from the sequence before, and go to the one after.</summary>
    public bool MayCarry(PlannedLayer layer) => Specification.IsCausal && layer.Plan.States.Count > 0;

    /// <summary>
    /// Whether a reader writes the adjoint of a source, to which the others add: the last reader comes first in the backward pass. A final state's adjoint
    /// is the one that the state carries.
    /// </summary>
    public bool IsLastReader(PlannedUnit reader, PlannedUnit source) =>
        Units.Last(u => !IsPlace(u) && u.Reads.Contains(source)) == reader;

    // The reader that comes first in the backward pass.
    private int FirstReader(PlannedUnit unit) => Units.Where(u => u.Reads.Contains(unit))
        .Select(u => IsPlace(u) ? FirstReader(u) : At(u))
        .DefaultIfEmpty(At(unit) - 1)
        .Min();

    private static bool IsPlace(PlannedUnit unit) => unit is Op op && op.StandsInItsSource(trains: true);

    /// <summary>Reserves the adjoint of a unit's values, which the first of its readers in the backward pass writes.</summary>
    /// <param name="lastUse">The position at which it is last read; null where that is the unit's own backward pass.</param>
    public void ReserveAdjoint(PlannedUnit unit, string name, int? lastUse = null)
    {
        int row = Forward.RowOf(unit);
        ArenaBuffer buffer = _buffers.Keep(unit, UnitBuffers.Values, Add(name, unit.Steps, (long)Rows * row, FirstReader(unit), lastUse ?? At(unit)));
        _adjoints[unit.Index] = new(buffer.Offset, buffer.StepLength, row);
    }

    private void ReserveLayer(PlannedLayer layer)
    {
        LayerPlan plan = layer.Plan;
        if (plan.Shape.HasOutputAdjoint || (!layer.Flows && HasAdjoint(layer)))
        {
            ReserveAdjoint(layer, $"{layer.Name} output adjoint");
        }

        foreach (string state in plan.States)
        {
            bool isRead = MayCarry(layer) || layer.Initials.Count > 0;
            if (layer.Flows || isRead)
            {
                // From one window it goes on to the one before; where nothing flows to it, it stays zero.
                bool lasts = !layer.Flows || Specification.IsRecomputed;
                (int first, int last) = lasts ? (0, int.MaxValue) : (FirstReader(layer), isRead ? End(Units) : At(layer));
                _buffers.Keep(layer, state, Add($"{layer.Name} {state} adjoint", 1, (long)Rows * plan.StateRow(state), first, last));
            }
        }

        // A frozen layer's per-unit parameters have their gradients summed, and nobody reads them.
        if (!layer.IsFrozen || (layer.Flows && plan.BackwardAddsGradients))
        {
            WeightGradients[layer.Index] = Sums.Add($"{layer.Name} weight gradient", 1, plan.PackLength, 0, int.MaxValue);
        }
    }

    private void ReserveScratch()
    {
        // Another reader's adjoint of a step, or of the steps that are one call, before it is added.
        foreach (PlannedLayer layer in _layers.Where(AddsToItsSource))
        {
            ReserveWithin(layer, Scratch, $"{layer.Name}'s part of an input's adjoint", layer.Plan.InputRowStride, Forward.Scans(layer) ? Math.Min(layer.Steps, ChunkSteps) : 1);
        }

        foreach (PlannedLayer layer in _layers.Where(l => l.Flows && l.Plan.Shape.DropsStates))
        {
            ReserveWithin(layer, DropScratch, $"{layer.Name}'s adjoint before dropout", layer.Plan.States.Max(layer.Plan.StateRow));
        }

        foreach (PlannedLayer layer in _layers.Where(l => l.Flows))
        {
            foreach (Place place in layer.Plan.BackwardBuffers.Where(b => b.Kind == PlaceKind.MadeAdjoint))
            {
                ReserveWithin(layer, ForwardLayout.MadePart(place.State), $"{layer.Name}'s adjoint of {layer.Plan.MadeText(place.Index)}", layer.Plan.RowOf(place));
            }
        }
    }

    /// <summary>Where the kernel of a step back finds a buffer.</summary>
    public int OffsetOf(PlannedLayer layer, Place place, int step) => place.Kind switch
    {
        PlaceKind.OutputAdjoint => Adjoint(layer).At(step),
        PlaceKind.MadeAdjoint => MadeAdjoint(layer, place.State).Offset,
        PlaceKind.Carry => Carry(layer, place.State).Offset,
        _ => Forward.OffsetOf(layer, place, step),
    };

    private bool AddsToItsSource(PlannedLayer layer) => layer.Source.Flows && !IsLastReader(layer, layer.Source);

    // Steps that last as long as the unit's backward pass.
    private void ReserveWithin(PlannedLayer layer, string part, string name, int row, int steps = 1) =>
        _buffers.Keep(layer, part, Add(name, steps, (long)Rows * row, At(layer), At(layer)));

    private ArenaBuffer Add(string name, int steps, long length, int first, int last)
    {
        (first, last) = Loop?.Lasting(first, last) ?? (first, last);
        return Memory.Add(name, steps, length, first, last);
    }
}
