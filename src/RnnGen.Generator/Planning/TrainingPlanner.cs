using System.Collections.Generic;
using System.Linq;
using RnnGen.Generator.Cells.Graph;
using RnnGen.Generator.Common;
using RnnGen.Generator.Model;

namespace RnnGen.Generator.Planning;

/// <summary>
/// Lays out the training arena and writes the schedule of a training step: forward unit by unit, the loss, the
/// same list reversed, with the weight gradients after every chunk of steps.
/// </summary>
internal sealed class TrainingPlanner
{
    // Rows × steps of one chunk of the weight gradient: enough to pay for loading and storing the accumulators,
    // few enough that the chunk's lanes are still in the second-level cache after their backward steps.
    private const int ChunkRows = 256;

    // Bytes of packs up to which a layer's weights stay in the second-level cache.
    private const int CachedPacks = 600_000;

    /// <summary>Sequences of a group, unless a batch is smaller: two tiles of rows.</summary>
    public const int LeastGroup = 8;

    // Sums of the gradients, at most: as many threads have something to do.
    private const int MostSums = 8;

    /// <summary>Steps of one chunk of the weight gradient.</summary>
    public static int ChunkSteps(int groupSize) => Math.Max(1, ChunkRows / groupSize);

    /// <summary>
    /// Sequences that are trained at once: few, so that what they leave for the way back is still in the second-level cache there, and several
    /// threads have work; more where the weights do not fit into it and are read again for every group.
    /// </summary>
    /// <param name="batchSize">Sequences of a usual step.</param>
    /// <param name="packBytes">Bytes of the largest layer's forward pack.</param>
    public static int GroupSize(int batchSize, long packBytes)
    {
        int size = packBytes <= CachedPacks ? LeastGroup : Math.Min(32, Math.Max(16, (batchSize / 2 + 7) / 8 * 8));
        return Math.Min(size, batchSize);
    }

    /// <summary>Sums that groups add their weight gradients to.</summary>
    public static int SumCount(int batchSize, int groupSize) => Math.Min(MostSums, (batchSize + groupSize - 1) / groupSize);

    private readonly ModelSpecification _specification;
    private readonly ForwardPlanner _forward;
    private readonly MemoryPlan _memory;
    private readonly MemoryPlan _sums;
    private readonly ArenaBuffer? _inputAdjoints;
    private readonly ArenaBuffer? _fedAdjoints;
    private readonly Dictionary<(int Unit, string State), ArenaBuffer> _carries = [];
    private readonly Dictionary<int, ValueRows> _adjoints = [];
    private readonly Dictionary<int, ArenaBuffer> _outputAdjoints = [];
    private readonly Dictionary<int, ArenaBuffer> _gradients = [];
    private readonly Dictionary<int, ArenaBuffer> _scratch = [];
    private readonly Dictionary<int, ArenaBuffer> _dropScratch = [];
    private readonly Dictionary<(int Unit, string Name), ArenaBuffer> _madeAdjoints = [];
    private readonly Dictionary<PlannedVector, ArenaBuffer> _vectorGradients = [];
    private readonly Dictionary<int, ArenaBuffer> _normRows = [];
    private readonly ArenaBuffer? _scoreRows;
    private readonly List<WatchedLayer> _watched = [];

    public TrainingPlanner(ModelSpecification specification, IReadOnlyList<PlannedUnit> units, IReadOnlyList<PlannedVector> vectors)
    {
        _specification = specification;
        int rows = specification.BatchSize;

        // Positions in the schedule: forward of unit u at u, the loss, backward of unit u, gradients, next group.
        int loss = units.Count, end = 2 * units.Count + 2;
        int Backward(PlannedUnit unit) => loss + units.Count - unit.Index;
        _forward = new ForwardPlanner(specification, units, rows, trains: true, _ => end - 1);
        _memory = _forward.Memory;
        _sums = new MemoryPlan(Scalar.PerBlock(specification.Precision));
        List<PlannedLayer> layers = units.OfType<PlannedLayer>().ToList();
        foreach (PlannedJoint joint in units.OfType<PlannedJoint>().Where(j => j.Kind != JointKind.Final && HasAdjoint(j)))
        {
            AddAdjoint(joint, $"{joint.Name} adjoint");
        }

        // From the output layer down: each unit's adjoint is written by its readers and read in its own backward.
        foreach (PlannedLayer layer in layers.AsEnumerable().Reverse())
        {
            LayerPlan plan = layer.Plan;
            if (plan.Shape.HasOutputAdjoint || (!layer.Flows && HasAdjoint(layer)))
            {
                AddAdjoint(layer, $"{layer.Name} output adjoint");
            }

            foreach (string state in plan.States)
            {
                bool isRead = MayCarry(layer) || layer.Initials.Count > 0;
                int stepLength = rows * plan.StateRow(state);
                if (layer.Flows && specification.IsRecomputed)
                {
                    // It goes on from one window to the one before.
                    _carries[(layer.Index, state)] = _memory.Add($"{layer.Name} {state} adjoint", 1, stepLength, 0, int.MaxValue);
                }
                else if (layer.Flows)
                {
                    _carries[(layer.Index, state)] = _memory.Add($"{layer.Name} {state} adjoint", 1, stepLength, FirstReader(layer), isRead ? end - 1 : Backward(layer));
                }
                else if (isRead)
                {
                    // Nothing flows to it, so it stays zero.
                    _carries[(layer.Index, state)] = _memory.Add($"{layer.Name} {state} adjoint", 1, stepLength, 0, int.MaxValue);
                }
            }

            // A frozen layer's per-unit parameters have their gradients summed, and nobody reads them.
            if (!layer.IsFrozen || (layer.Flows && plan.BackwardAddsGradients))
            {
                _gradients[layer.Index] = _sums.Add($"{layer.Name} weight gradient", 1, plan.PackLength, 0, int.MaxValue);
            }
        }

        foreach (PlannedJoint joint in units.OfType<PlannedJoint>().Where(j => j.Kind == JointKind.Final && j.Flows))
        {
            _adjoints[joint.Index] = new(_carries[(joint.Layer.Index, joint.State)].Offset, 0, joint.Layer.Plan.StateRow(joint.State));
        }

        // Another reader's adjoint of a step, before it is added.
        foreach (PlannedLayer layer in layers.Where(l => l.Source is { } source ? source.Flows && !IsLastReader(l, source) : l.Plan.Shape.NeedsInputAdjoint && layers.Last(o => o.Source is null && o.Clock == l.Clock) != l))
        {
            _scratch[layer.Index] = _memory.Add($"{layer.Name}'s part of an input's adjoint", 1, rows * layer.Plan.InputRowStride, Backward(layer), Backward(layer));
        }

        foreach (PlannedLayer layer in layers.Where(l => l.Flows && l.Plan.Shape.DropsStates))
        {
            _dropScratch[layer.Index] = _memory.Add($"{layer.Name}'s adjoint before dropout", 1, rows * layer.Plan.States.Max(layer.Plan.StateRow), Backward(layer), Backward(layer));
        }

        foreach ((PlannedLayer layer, Place place) in layers.Where(l => l.Flows).SelectMany(l => l.Plan.BackwardBuffers.Where(b => b.Kind == PlaceKind.MadeAdjoint).Select(b => (l, b))))
        {
            _madeAdjoints[(layer.Index, place.State)] = _memory.Add($"{layer.Name}'s adjoint of {layer.Plan.MadeText(place.Index)}", 1, rows * layer.Plan.RowOf(place), Backward(layer), Backward(layer));
        }

        foreach (PlannedJoint joint in units.OfType<PlannedJoint>().Where(j => j.Score is not null))
        {
            _scoreRows = _memory.Add("score gradient of each row", 1, rows * joint.Keys.Width, Backward(joint), end - 1);
        }

        foreach (PlannedJoint joint in units.OfType<PlannedJoint>().Where(j => j.Kind == JointKind.Norm))
        {
            _normRows[joint.Index] = _memory.Add($"gradients of {joint.Name} of each row", 1, rows * 2 * joint.Width, Backward(joint), end - 1);
        }

        foreach (PlannedVector vector in vectors.Where(v => !v.Tensor.IsFrozen))
        {
            _vectorGradients[vector] = _sums.Add($"gradient of {vector.Tensor.Name}", 1, vector.Length, 0, int.MaxValue);
        }

        if (specification.Embedding is { Frozen: false })
        {
            _inputAdjoints = AddFed("input adjoint", layers.First(l => l.Source is null && l.Clock != Clock.Output));
        }

        if (specification.Decoder?.Embedding is { Frozen: false })
        {
            _fedAdjoints = AddFed("fed token's adjoint", layers.First(l => l.Source is null && l.Clock == Clock.Output));
        }

        if (specification.GradientFlow)
        {
            _watched.AddRange(layers.Where(l => l.IsTrained).Select(Watched).Where(w => w.States.Count + w.Gates.Count > 0));
        }

        ArenaBuffer AddFed(string name, PlannedLayer layer) =>
            _memory.Add(name, layer.Steps, rows * layer.Plan.InputRowStride, Backward(layer), end - 1);

        void AddAdjoint(PlannedUnit unit, string name)
        {
            int row = _forward.RowOf(unit);
            ArenaBuffer buffer = _memory.Add(name, unit.Steps, rows * row, FirstReader(unit), Backward(unit));
            _outputAdjoints[unit.Index] = buffer;
            _adjoints[unit.Index] = new(buffer.Offset, buffer.StepLength, row);
        }

        // What attention reads gets its adjoint as a whole.
        bool HasAdjoint(PlannedUnit unit) => unit.Flows || units.OfType<PlannedJoint>().Any(j => j.Kind == JointKind.Attend && j.Sources.Contains(unit));

        // The reader that comes first on the way back; the loss reads the output layer.
        int FirstReader(PlannedUnit unit) => units.Where(u => u.Reads.Contains(unit))
            .Select(u => u is PlannedJoint { Kind: JointKind.Final } ? FirstReader(u) : Backward(u))
            .DefaultIfEmpty(Backward(unit) - 1)
            .Min();
    }

    private IReadOnlyList<PlannedUnit> Units => _forward.Units;

    // Whether a layer's states may come from the sequence before, and go to the one after.
    private bool MayCarry(PlannedLayer layer) => _specification.IsCausal && layer.Plan.States.Count > 0;

    // On the way back the last reader comes first and writes the adjoint; the others add to it. A final state's adjoint is the one that the state carries.
    private bool IsLastReader(PlannedUnit reader, PlannedUnit source) =>
        Units.Last(u => u is not PlannedJoint { Kind: JointKind.Final } && u.Reads.Contains(source)) == reader;

    public TrainingPlan Plan(int sumCount)
    {
        PlannedLayer head = (PlannedLayer)Units[Units.Count - 1];
        ArenaBuffer losses = _memory.Add("losses", head.Steps, _specification.BatchSize, 0, int.MaxValue);
        List<PlannedLayer> layers = Units.OfType<PlannedLayer>().ToList();
        IReadOnlyList<KernelCall> forward = Units.SelectMany(u => InItsWindows(u, Counted(_forward.Schedule([u])))).ToList();
        return new TrainingPlan(
            _specification.BatchSize,
            sumCount,
            _memory.Length,
            _memory.Buffers,
            _sums.Length,
            _sums.Buffers,
            _forward.Inputs!,
            _forward.InputRow,
            _inputAdjoints,
            _forward.Fed,
            _forward.FedRow,
            _fedAdjoints,
            _forward.Outputs[head.Index],
            _outputAdjoints[head.Index],
            losses,
            _gradients,
            _forward.Slots,
            layers.ToDictionary(l => l.Index, _forward.OutputsOf),
            _vectorGradients.Select(v => new PlannedVectorGradient(v.Key, v.Value, RowsOf(v.Key))).ToList(),
            _forward.Masks,
            layers.Where(MayCarry).SelectMany(l => l.Plan.States.Select(s => new CarriedState(l, s, _forward.Before(l, s, 0), _carries[(l.Index, s)]))).ToList(),
            _watched,
            forward.Where(IsStart).ToList(),
            forward.Where(c => !IsStart(c)).ToList(),
            Backward().ToList());

        // The adjoints of a learned state that each row started from are left where the way back ends.
        ValueRows? RowsOf(PlannedVector vector) => layers.SelectMany(l => l.Initials.Where(i => i.Value == vector)
            .Select(i => new ValueRows(_carries[(l.Index, i.Key)].Offset, 0, l.Plan.StateRow(i.Key)))).FirstOrDefault();

        static bool IsStart(KernelCall call) => call.Kind is KernelKind.Clear or KernelKind.Initial;
    }

    // A layer's calls, with its gates counted after steps.
    private IEnumerable<KernelCall> Counted(IEnumerable<KernelCall> calls)
    {
        int steps = 0;
        foreach (KernelCall call in calls)
        {
            yield return call;
            if (call.Kind != KernelKind.Forward)
            {
                continue;
            }

            int step = call.Layer.IsReverse ? call.Layer.Steps - 1 - steps : steps;
            steps++;
            if (_watched.FindIndex(w => w.Layer == call.Layer && w.Counts(step)) is >= 0 and int watched)
            {
                yield return new KernelCall(KernelKind.Count, call.Layer, null, null, [watched, step], call.Time, _watched[watched].GateNote(step));
            }
        }
    }

    // What follows the recurrent layers is needed where outputs are.
    private IEnumerable<KernelCall> InItsWindows(PlannedUnit unit, IEnumerable<KernelCall> calls) =>
        _specification.IsRecomputed && unit.Index > Units.OfType<PlannedLayer>().Last(l => l.Plan.States.Count > 0).Index ? calls.Select(c => c with { NeedsOutputs = true }) : calls;

    // A joint's calls on the way back go with the layer before it. What is frozen down to the input has a gradient only where it started from a state.
    private IEnumerable<KernelCall> Backward()
    {
        foreach (PlannedUnit unit in Units.Reverse().Where(u => u.Flows))
        {
            PlannedLayer layer = unit as PlannedLayer ?? Units.Take(unit.Index).OfType<PlannedLayer>().LastOrDefault() ?? Units.OfType<PlannedLayer>().First();
            foreach (KernelCall call in Unread(unit, layer).Concat(InItsWindows(unit, unit is PlannedLayer ? Backward(layer) : Backward((PlannedJoint)unit, layer))))
            {
                yield return unit.IsTrained ? call : call with { NeedsStates = true };
            }
        }
    }

    // A decoder may start from a layer of the encoder that is not its last: what comes behind it has no reader, and so a gradient of zero.
    private IEnumerable<KernelCall> Unread(PlannedUnit unit, PlannedLayer at) =>
        unit.Index == Units.Count - 1 || Units.Any(u => u.Reads.Contains(unit)) || !_outputAdjoints.TryGetValue(unit.Index, out ArenaBuffer? adjoint) ? []
            : Enumerable.Range(0, unit.Steps).Select(step => new KernelCall(KernelKind.Clear, at, null, null, [adjoint.At(step), _adjoints[unit.Index].Row], step, $"∂L/∂{unit.Name} = 0: nothing reads it"));

    private IEnumerable<KernelCall> Backward(PlannedJoint joint, PlannedLayer at)
    {
        // A state that several readers take is the sum of their adjoints; a joint that others read is written by the last of them.
        int time = joint.Clock == Clock.Output ? 0 : _forward.TimeOf(joint, joint.Steps - 1);
        switch (joint.Kind)
        {
            case JointKind.Pool:
                ValueRows pooledValues = _forward.Values(joint.Sources[0]), pooledAdjoints = _adjoints[joint.Sources[0].Index];
                yield return new KernelCall(KernelKind.PoolAdjoint, at, null, null,
                    [pooledValues.Offset, pooledValues.StepLength, pooledValues.Row, _forward.Values(joint).Offset, pooledAdjoints.Offset, pooledAdjoints.StepLength, _adjoints[joint.Index].Offset],
                    time, "∂L/∂output of each step from the pooled outputs'");
                break;
            case JointKind.Concat:
                int column = 0;
                foreach (PlannedUnit source in joint.Sources)
                {
                    if (!source.Flows)
                    {
                        column += source.Width;
                        continue;
                    }

                    ValueRows whole = _adjoints[joint.Index], part = _adjoints[source.Index];
                    yield return new KernelCall(KernelKind.Split, at, null, null,
                        [whole.Offset + column, whole.StepLength, whole.Row, part.Offset, part.StepLength, part.Row, source.Width, joint.Steps], time,
                        $"{source.Name}'s part of the adjoint", joint.Clock, IsFirst: IsLastReader(joint, source), NeedsStates: !source.IsTrained);
                    column += source.Width;
                }

                break;
            case JointKind.Sum:
                foreach (PlannedUnit source in joint.Sources.Where(s => s.Flows))
                {
                    ValueRows sum = _adjoints[joint.Index], part = _adjoints[source.Index];
                    yield return new KernelCall(KernelKind.Split, at, null, null,
                        [sum.Offset, sum.StepLength, sum.Row, part.Offset, part.StepLength, part.Row, joint.Width, joint.Steps], time,
                        $"the adjoint of {source.Name}", joint.Clock, IsFirst: IsLastReader(joint, source), NeedsStates: !source.IsTrained);
                }

                break;
            case JointKind.Norm:
                // A normalisation that is learned over values that are not has nowhere else to put their adjoint.
                ValueRows before = _forward.Values(joint.Sources[0]), from = _adjoints[joint.Index], to = joint.Sources[0].Flows ? _adjoints[joint.Sources[0].Index] : from;
                ArenaBuffer gradients = _normRows[joint.Index];
                yield return new KernelCall(KernelKind.NormAdjoint, at, null, null,
                    [before.Offset, before.StepLength, before.Row, from.Offset, from.StepLength, from.Row, to.Offset, to.StepLength, to.Row, gradients.Offset, joint.Width, joint.Steps],
                    time, $"the adjoint of {joint.Sources[0].Name}", joint.Clock, joint, IsFirst: IsLastReader(joint, joint.Sources[0]) || !joint.Sources[0].Flows);
                if (joint.Gain!.Tensor.IsFrozen)
                {
                    break;
                }

                yield return new KernelCall(KernelKind.SumRows, at, null, null, [gradients.Offset, 2 * joint.Width, joint.Width, _vectorGradients[joint.Gain!].Offset], time, $"the gradient of {joint.Gain.Tensor.Name}, over the rows");
                yield return new KernelCall(KernelKind.SumRows, at, null, null, [gradients.Offset + joint.Width, 2 * joint.Width, joint.Width, _vectorGradients[joint.Shift!].Offset], time, $"the gradient of {joint.Shift!.Tensor.Name}, over the rows");
                break;
            case JointKind.Dropout:
                yield return new KernelCall(KernelKind.Dropout, at, null, null, _forward.DropoutArguments(joint, _adjoints[joint.Index], _adjoints[joint.Sources[0].Index]),
                    time, $"the adjoint of {joint.Name}", joint.Clock, IsFirst: IsLastReader(joint, joint.Sources[0]));
                break;
            case JointKind.Attend:
                yield return new KernelCall(KernelKind.AttendAdjoint, at, null, null,
                    [.. _forward.AttendArguments(joint),
                        _adjoints[joint.Index].Offset, _adjoints[joint.Index].StepLength, _adjoints[joint.Index].Row,
                        _adjoints[joint.Query.Index].Offset, _adjoints[joint.Query.Index].StepLength, _adjoints[joint.Query.Index].Row,
                        _adjoints[joint.Memory.Index].Offset, _adjoints[joint.Memory.Index].StepLength, _adjoints[joint.Memory.Index].Row,
                        _adjoints[joint.Keys.Index].Offset, _adjoints[joint.Keys.Index].StepLength, _adjoints[joint.Keys.Index].Row, _scoreRows?.Offset ?? 0],
                    time, "the adjoints of query and memory", joint.Clock, joint);
                if (joint.Score is { } score)
                {
                    yield return new KernelCall(KernelKind.SumRows, at, null, null,
                        [_scoreRows!.Offset, joint.Keys.Width, joint.Keys.Width, _vectorGradients[score].Offset], time, "the score's gradient, over the rows");
                }

                break;
            case JointKind.Final:
                // Its adjoint is the one that the state carries.
                break;
            default:
                throw Choices.Unimplemented(joint.Kind);
        }
    }

    private IEnumerable<KernelCall> Backward(PlannedLayer layer)
    {
        LayerPlan plan = layer.Plan;
        IReadOnlyList<Place> buffers = plan.BackwardBuffers;
        // Who reads a final state writes its adjoint; nobody reads that of an encoder's layer which the decoder has no counterpart of.
        bool Ends(string state) => Units.OfType<PlannedJoint>().Any(j => j.Kind == JointKind.Final && j.Layer == layer && j.State == state && Units.Any(u => u.Reads.Contains(j)));
        foreach (string state in plan.States.Where(s => !Ends(s)))
        {
            yield return KernelCall.Clear(layer, state, _carries[(layer.Index, state)].Offset, _forward.TimeOf(layer, layer.Steps - 1),
                layer.IsReverse ? $"∂L/∂{state} after the first step = 0" : $"∂L/∂{state} after the last step = 0") with { NeedsEnd = _specification.IsRecomputed };
        }

        int chunk = ChunkSteps(_specification.BatchSize);
        for (int i = 0; i < layer.Steps; i++)
        {
            int step = layer.IsReverse ? i : layer.Steps - 1 - i;
            int time = _forward.TimeOf(layer, step);
            int slots = _forward.Slots[layer.Index].At(step);
            if (_watched.FindIndex(w => w.Layer == layer && w.States.Count > 0) is >= 0 and int watched)
            {
                yield return new KernelCall(KernelKind.Watch, layer, null, null, [watched, step], time, _watched[watched].Note(step));
            }

            yield return new KernelCall(KernelKind.Backward, layer, null, null,
                [.. plan.BackwardAddsGradients ? [_gradients[layer.Index].Offset] : Array.Empty<int>(), slots, _forward.BlockStride(layer), .. buffers.Select(b => OffsetOf(layer, b, step))], time);
            foreach (ProductSource source in plan.ReverseSources.Where(s => !s.IsMade))
            {
                if (Target(layer, source, step) is not { } target)
                {
                    continue;
                }

                bool isAdded = source.IsInput && _scratch.ContainsKey(layer.Index);
                bool isDropped = !source.IsInput && plan.Shape.DropsStates;
                bool needsStates = source.IsInput ? layer.Source is { IsTrained: false } : IsFirst(layer, step) && StartsAtZero(layer, source);
                yield return new KernelCall(KernelKind.Adjoint, layer, source, layer.ReversePacks[source.Name],
                    [slots, _forward.BlockStride(layer), isAdded ? _scratch[layer.Index].Offset : isDropped ? _dropScratch[layer.Index].Offset : target], time, NeedsStates: needsStates);
                if (isDropped)
                {
                    // What flows to the state by other ways than products is there already.
                    bool isWritten = plan.Program.HasDirectAdjoint(source.Name);
                    yield return new KernelCall(KernelKind.DropState, layer, null, null,
                        _forward.DropArguments(layer, source.Name, _dropScratch[layer.Index].Offset, target), time, $"∂L/∂{source.Name} before t = {step}", IsFirst: !isWritten, NeedsStates: needsStates);
                }

                if (isAdded)
                {
                    yield return new KernelCall(KernelKind.Add, layer, null, null, [_scratch[layer.Index].Offset, target, plan.InputRowStride], time, NeedsStates: needsStates);
                }
            }

            // Nobody else writes the adjoint of an input that the cell does not read.
            if (plan.Shape.NeedsInputAdjoint && !plan.ReverseSources.Any(s => s.IsInput) && !_scratch.ContainsKey(layer.Index))
            {
                yield return new KernelCall(KernelKind.Clear, layer, null, null, [InputAdjoint(layer, step), plan.InputRowStride], time, $"∂L/∂x at t = {step} = 0: {layer.Name} does not read x");
            }

            // The chunk's weight gradients, once its steps' pre-activations have their adjoints.
            int start = step / chunk * chunk;
            if (!layer.IsFrozen && step == (layer.IsReverse ? Math.Min(start + chunk, layer.Steps) - 1 : start))
            {
                foreach (KernelCall call in Gradients(layer, start, Math.Min(chunk, layer.Steps - start)))
                {
                    yield return call;
                }
            }
        }

        foreach (KeyValuePair<string, PlannedUnit> start in layer.Starts.Where(s => s.Value.Flows))
        {
            ArenaBuffer carry = _carries[(layer.Index, start.Key)];
            ValueRows target = _adjoints[start.Value.Index];
            yield return new KernelCall(KernelKind.Carry, layer, null, null,
                [carry.Offset, plan.StateRow(start.Key), plan.StateSize(start.Key), target.Offset, target.Row], 0, $"∂L/∂{start.Key} before the first step, to {start.Value.Name}", IsFirst: IsLastReader(layer, start.Value));
        }
    }

    // What a state's adjoint is before a step back: what the step after left, and what the layer above gives to an output that is a state.
    private WatchedLayer Watched(PlannedLayer layer)
    {
        LayerPlan plan = layer.Plan;
        List<WatchedState> states = plan.States
            .Select(s => new WatchedState(plan.WrittenName(s), plan.StateSize(s), _carries[(layer.Index, s)], plan.Shape.HasOutputAdjoint && layer.OutputState == s ? _adjoints[layer.Index] : null))
            .ToList();
        List<WatchedGate> gates = [];
        foreach (Node node in plan.Graph.Nodes.Where(n => n.Name.Length > 0 && n.Width == "H" && WatchedGate.Knows(n.Function) && plan.Program.Places.ContainsKey(n.Id)))
        {
            Place place = plan.Program.Places[node.Id];
            ArenaBuffer slots = _forward.Slots[layer.Index];
            gates.Add(place.Kind == PlaceKind.Lane
                ? new(node.Name.TrimEnd('\''), node.Function!, slots.Offset + place.Index * plan.Block, slots.StepLength, _forward.BlockStride(layer), plan.SlotRow)
                : new(node.Name.TrimEnd('\''), node.Function!, _forward.OffsetOf(layer, place, 0), _specification.BatchSize * plan.RowOf(place), plan.Block, plan.RowOf(place)));
        }

        return new(layer, states, gates);
    }

    private int OffsetOf(PlannedLayer layer, Place place, int step) => place.Kind switch
    {
        PlaceKind.OutputAdjoint => _adjoints[layer.Index].At(step),
        PlaceKind.MadeAdjoint => _madeAdjoints[(layer.Index, place.State)].Offset,
        PlaceKind.Carry => _carries[(layer.Index, place.State)].Offset,
        _ => _forward.OffsetOf(layer, place, step),
    };

    private static bool IsFirst(PlannedLayer layer, int step) => step == (layer.IsReverse ? layer.Steps - 1 : 0);

    // Unless a sequence goes on where another ended.
    private static bool StartsAtZero(PlannedLayer layer, ProductSource source) => !layer.Starts.ContainsKey(source.Name) && !layer.Initials.ContainsKey(source.Name);

    // The state before the first step is dead where it is no parameter, starts from no unit and is not given.
    private int? Target(PlannedLayer layer, ProductSource source, int step)
    {
        if (!source.IsInput)
        {
            bool isStartLearned = layer.Starts.TryGetValue(source.Name, out PlannedUnit? start) && start.Flows;
            return !IsFirst(layer, step) || isStartLearned || layer.Initials.ContainsKey(source.Name) || MayCarry(layer) ? _carries[(layer.Index, source.Name)].Offset : null;
        }

        return InputAdjoint(layer, step);
    }

    private int InputAdjoint(PlannedLayer layer, int step) => layer.Source is { } lower
        ? _adjoints[lower.Index].At(ForwardPlanner.SourceStep(layer, step))
        : (layer.Clock == Clock.Output ? _fedAdjoints! : _inputAdjoints!).At(step);

    private IEnumerable<KernelCall> Gradients(PlannedLayer layer, int start, int steps)
    {
        LayerPlan plan = layer.Plan;
        ArenaBuffer slots = _forward.Slots[layer.Index];
        int gradient = _gradients[layer.Index].Offset;
        foreach (ProductSource source in plan.Sources)
        {
            // A state before the first step that is zero contributes nothing.
            bool startsAtZero = source.IsState && StartsAtZero(layer, source);
            int from = startsAtZero && !layer.IsReverse ? Math.Max(start, 1) : start;
            int to = startsAtZero && layer.IsReverse ? Math.Min(start + steps, layer.Steps - 1) : start + steps;
            if (from < to)
            {
                yield return Gradient(source, from, to - from);
            }

            if (from > start && MayCarry(layer))
            {
                yield return Gradient(source, start, 1) with { NeedsStates = true };
            }
        }

        if (plan.HasBiases)
        {
            yield return new KernelCall(KernelKind.BiasGradient, layer, null, null,
                [slots.At(start), slots.StepLength, _forward.BlockStride(layer), gradient, steps], _forward.TimeOf(layer, start));
        }

        KernelCall Gradient(ProductSource source, int from, int count)
        {
            ValueRows values = source.IsInput ? _forward.Source(layer, from) : source.IsMade ? _forward.Made(layer, source.Name, from) : _forward.Read(layer, source.Name, from);
            return new KernelCall(KernelKind.WeightGradient, layer, source, null,
                [values.Offset, values.StepLength, values.Row, slots.At(from), slots.StepLength, _forward.BlockStride(layer), gradient, count], _forward.TimeOf(layer, from));
        }
    }
}
