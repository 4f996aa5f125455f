using System.Collections.Generic;
using System.Linq;
using RnnGen.Generator.Parsing;

namespace RnnGen.Generator.Planning;

/// <summary>
/// Lays out the training arena and writes the schedule of a training step: forward layer by layer, the loss, the
/// same list reversed, with the weight gradients after every chunk of steps.
/// </summary>
internal sealed class TrainingPlanner
{
    // Rows × steps of one chunk of the weight gradient: enough to pay for loading and storing the accumulators,
    // few enough that the chunk's lanes are still in the second-level cache after their backward steps.
    private const int ChunkRows = 256;

    /// <summary>Steps of one chunk of the weight gradient.</summary>
    public static int ChunkSteps(int batchSize) => Math.Max(1, ChunkRows / batchSize);

    private readonly ModelSpecification _specification;
    private readonly IReadOnlyList<PlannedLayer> _layers;
    private readonly MemoryPlan _memory;
    private readonly ArenaBuffer _inputs;
    private readonly ArenaBuffer? _inputAdjoints;
    private readonly Dictionary<(int Layer, string State), ArenaBuffer> _states = [];
    private readonly Dictionary<(int Layer, string State), ArenaBuffer> _carries = [];
    private readonly Dictionary<int, ArenaBuffer> _slots = [];
    private readonly Dictionary<int, ArenaBuffer> _outputs = [];
    private readonly Dictionary<int, ArenaBuffer> _outputAdjoints = [];
    private readonly Dictionary<int, ArenaBuffer> _gradients = [];
    private readonly ArenaBuffer? _pooled;
    private readonly ArenaBuffer? _pooledAdjoint;

    public TrainingPlanner(ModelSpecification specification, IReadOnlyList<PlannedLayer> layers)
    {
        _specification = specification;
        _layers = layers;
        int block = Scalar.PerBlock(specification.Precision);
        int rows = specification.BatchSize;
        _memory = new MemoryPlan(block);

        // Positions in the schedule: forward of layer l at l, the loss, backward of layer l, gradients, next group.
        int count = layers.Count;
        int loss = count, end = 2 * count + 2;
        int Backward(int layer) => loss + count - layer;
        InputRow = Scalar.InputRow(specification.FeatureSize, specification.Precision);
        _inputs = _memory.Add("inputs", specification.SequenceLength, rows * InputRow, 0, end - 1);
        foreach (PlannedLayer layer in layers)
        {
            int l = layer.Index;
            LayerPlan plan = layer.Plan;
            int stepLength = rows * plan.RowStride;
            foreach (string state in plan.States)
            {
                _states[(l, state)] = _memory.Add($"{layer.Name} {state}", layer.Steps + 1, stepLength, l, end - 1);
            }

            if (layer.OutputState is null)
            {
                _outputs[l] = _memory.Add($"{layer.Name} output", layer.Steps, stepLength, l, end - 1);
            }

            _slots[l] = _memory.Add($"{layer.Name} lanes", layer.Steps, plan.Blocks * rows * plan.SlotRow, l, end - 1);
            if (layer.IsPooled)
            {
                _pooled = _memory.Add($"{layer.Name} pooled", 1, stepLength, l, end - 1);
                _pooledAdjoint = _memory.Add($"{layer.Name} pooled adjoint", 1, stepLength, Backward(l) - 1, Backward(l));
            }
        }

        // From the output layer down: each layer's adjoint is written by the one above and read in its own backward.
        foreach (PlannedLayer layer in layers.Reverse())
        {
            int l = layer.Index;
            LayerPlan plan = layer.Plan;
            int stepLength = rows * plan.RowStride;
            if (plan.Shape.HasOutputAdjoint)
            {
                _outputAdjoints[l] = _memory.Add($"{layer.Name} output adjoint", layer.Steps, stepLength, Backward(l) - 1, Backward(l));
            }

            foreach (string state in plan.States)
            {
                _carries[(l, state)] = _memory.Add($"{layer.Name} {state} adjoint", 1, stepLength, Backward(l) - 1, Backward(l));
            }

            _gradients[l] = _memory.Add($"{layer.Name} weight gradient", 1, plan.PackLength, 0, int.MaxValue);
        }

        if (layers[0].Plan.Shape.NeedsInputAdjoint)
        {
            _inputAdjoints = _memory.Add("input adjoint", specification.SequenceLength, rows * layers[0].Plan.InputRowStride, Backward(0), end - 1);
        }
    }

    private int InputRow { get; }

    public TrainingPlan Plan()
    {
        PlannedLayer head = _layers[_layers.Count - 1];
        ArenaBuffer losses = _memory.Add("losses", head.Steps, _specification.BatchSize, 0, int.MaxValue);
        return new TrainingPlan(
            _memory.Length,
            _memory.Buffers,
            _inputs,
            InputRow,
            _inputAdjoints,
            _outputs[head.Index],
            _outputAdjoints[head.Index],
            losses,
            _gradients,
            _slots,
            _layers.ToDictionary(l => l.Index, OutputsOf),
            _layers.SelectMany(Forward).ToList(),
            _layers.Reverse().SelectMany(Backward).ToList());
    }

    // A layer that runs at the final step only reads the last step of the layer below.
    private int LowerStep(PlannedLayer layer, int step) => step + (layer.Index == 0 ? _specification.SequenceLength : _layers[layer.Index - 1].Steps) - layer.Steps;

    private int TimeOf(PlannedLayer layer, int step) => step + _specification.SequenceLength - layer.Steps;

    private (int Offset, int Step, int Row) Source(PlannedLayer layer, int step)
    {
        if (layer.Index == 0)
        {
            return (_inputs.At(LowerStep(layer, step)), _inputs.StepLength, InputRow);
        }

        PlannedLayer lower = _layers[layer.Index - 1];
        if (lower.IsPooled)
        {
            return (_pooled!.Offset, _pooled.StepLength, lower.Plan.RowStride);
        }

        ArenaBuffer outputs = OutputsOf(lower);
        return (outputs.At(LowerStep(layer, step) + lower.FirstOutput), outputs.StepLength, lower.Plan.RowStride);
    }

    private ArenaBuffer OutputsOf(PlannedLayer layer) => layer.OutputState is { } state ? _states[(layer.Index, state)] : _outputs[layer.Index];

    private int BlockStride(PlannedLayer layer) => _specification.BatchSize * layer.Plan.SlotRow;

    private int OffsetOf(PlannedLayer layer, Place place, int step) => place.Kind switch
    {
        PlaceKind.PreviousState => _states[(layer.Index, place.State)].At(step),
        PlaceKind.NextState => _states[(layer.Index, place.State)].At(step + 1),
        PlaceKind.Output => _outputs[layer.Index].At(step),
        PlaceKind.OutputAdjoint => _outputAdjoints[layer.Index].At(step),
        _ => _carries[(layer.Index, place.State)].Offset,
    };

    private IEnumerable<KernelCall> Forward(PlannedLayer layer)
    {
        if (layer.Index > 0 && _layers[layer.Index - 1] is { IsPooled: true } pooled)
        {
            ArenaBuffer outputs = OutputsOf(pooled);
            yield return new KernelCall(KernelKind.Pool, layer, null, null,
                [outputs.At(pooled.FirstOutput), outputs.StepLength, pooled.Plan.RowStride, _pooled!.Offset], TimeOf(layer, 0), $"{pooled.Name}'s outputs, pooled over the steps");
        }
        else if (layer.RunsAtEnd && layer.Index > 0 && !_layers[layer.Index - 1].RunsAtEnd)
        {
            (int final, int step, int row) = Source(layer, 0);
            yield return new KernelCall(KernelKind.KeepLast, layer, null, null,
                [final - _specification.SequenceLength * step, step, row], TimeOf(layer, 0), "rows that ended earlier: their last state");
        }

        foreach (string state in layer.Plan.States)
        {
            yield return KernelCall.Clear(layer, _states[(layer.Index, state)].At(0), TimeOf(layer, 0), $"{state} before the first step = 0");
        }

        IReadOnlyList<Place> buffers = layer.Plan.ForwardBuffers;
        for (int step = 0; step < layer.Steps; step++)
        {
            (int source, _, int row) = Source(layer, step);
            int t = step;
            yield return new KernelCall(KernelKind.Forward, layer, null, layer.Pack,
                [source, row, _slots[layer.Index].At(step), BlockStride(layer), .. buffers.Select(b => OffsetOf(layer, b, t))],
                TimeOf(layer, step));
        }
    }

    private IEnumerable<KernelCall> Backward(PlannedLayer layer)
    {
        LayerPlan plan = layer.Plan;
        IReadOnlyList<Place> buffers = plan.BackwardBuffers;
        foreach (string state in plan.States.Where(s => plan.Shape.HasOutputAdjoint || s != layer.OutputState))
        {
            yield return KernelCall.Clear(layer, _carries[(layer.Index, state)].Offset, TimeOf(layer, layer.Steps - 1), $"∂L/∂{state} after the last step = 0");
        }

        if (layer.IsPooled)
        {
            ArenaBuffer outputs = OutputsOf(layer), adjoints = _outputAdjoints[layer.Index];
            yield return new KernelCall(KernelKind.PoolAdjoint, layer, null, null,
                [outputs.At(layer.FirstOutput), outputs.StepLength, plan.RowStride, _pooled!.Offset, adjoints.Offset, adjoints.StepLength, _pooledAdjoint!.Offset],
                TimeOf(layer, layer.Steps - 1), "∂L/∂output of each step from the pooled outputs'");
        }

        int chunk = ChunkSteps(_specification.BatchSize);
        for (int step = layer.Steps - 1; step >= 0; step--)
        {
            int t = step;
            int slots = _slots[layer.Index].At(step);
            yield return new KernelCall(KernelKind.Backward, layer, null, null,
                [slots, BlockStride(layer), .. buffers.Select(b => OffsetOf(layer, b, t))], TimeOf(layer, step));
            foreach (ProductSource source in plan.ReverseSources)
            {
                if (Target(layer, source, step) is { } target)
                {
                    yield return new KernelCall(KernelKind.Adjoint, layer, source, layer.ReversePacks[source.Name],
                        [slots, BlockStride(layer), target], TimeOf(layer, step));
                }
            }

            if (step % chunk == 0)
            {
                foreach (KernelCall call in Gradients(layer, step, Math.Min(chunk, layer.Steps - step)))
                {
                    yield return call;
                }
            }
        }
    }

    // The state before the first step is no parameter: its adjoint is dead. A layer below that is read at its last
    // step only takes the adjoint straight into the state that it carries back.
    private int? Target(PlannedLayer layer, ProductSource source, int step)
    {
        if (!source.IsInput)
        {
            return step > 0 ? _carries[(layer.Index, source.Name)].Offset : null;
        }

        if (layer.Index == 0)
        {
            return _inputAdjoints!.At(step);
        }

        PlannedLayer lower = _layers[layer.Index - 1];
        if (lower.IsPooled)
        {
            return _pooledAdjoint!.Offset;
        }

        return lower.Plan.Shape.HasOutputAdjoint
            ? _outputAdjoints[lower.Index].At(LowerStep(layer, step))
            : _carries[(lower.Index, lower.OutputState!)].Offset;
    }

    // The chunk's weight gradients, once its steps' pre-activations have their adjoints.
    private IEnumerable<KernelCall> Gradients(PlannedLayer layer, int start, int steps)
    {
        LayerPlan plan = layer.Plan;
        ArenaBuffer slots = _slots[layer.Index];
        int gradient = _gradients[layer.Index].Offset;
        foreach (ProductSource source in plan.Sources)
        {
            // The state before the first step is zero and contributes nothing.
            int from = source.IsInput ? start : Math.Max(start, 1);
            if (from >= start + steps)
            {
                continue;
            }

            (int offset, int step, int row) = source.IsInput
                ? Source(layer, from)
                : (_states[(layer.Index, source.Name)].At(from), _states[(layer.Index, source.Name)].StepLength, plan.RowStride);
            yield return new KernelCall(KernelKind.WeightGradient, layer, source, null,
                [offset, step, row, slots.At(from), slots.StepLength, BlockStride(layer), gradient, start + steps - from], TimeOf(layer, from));
        }

        yield return new KernelCall(KernelKind.BiasGradient, layer, null, null,
            [slots.At(start), slots.StepLength, BlockStride(layer), gradient, steps], TimeOf(layer, start));
    }
}
