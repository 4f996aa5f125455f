using System.ComponentModel;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace RnnGen.Runtime;

/// <summary>
/// Runs sequences forward and back in groups, small enough that most of what the backward pass reads is still in the second-level cache. A thread takes one leaf of the tree of sums after the other,
/// and each of its groups through forward, loss and BPTT in its own memory; the groups add their weight gradients to the leaf's sum. Then the tree adds up the leaves. So the bits do not depend on threads.
/// </summary>
/// <typeparam name="TNumber">The number type.</typeparam>
/// <typeparam name="TInput">The type of one input element.</typeparam>
/// <typeparam name="TTarget">The type of one target element.</typeparam>
[EditorBrowsable(EditorBrowsableState.Never)]
public class TrainingJob<TNumber, TInput, TTarget> : ParallelJob
    where TNumber : unmanaged, IBinaryFloatingPointIeee754<TNumber>
    where TInput : unmanaged
    where TTarget : unmanaged
{
    private readonly SumTree _tree;
    private readonly TrainedGroup<TNumber, TInput, TTarget>?[] _groups;
    private readonly double[] _values; // of each leaf: first the terms of its loss, then its loss
    private readonly TNumber[] _gradients;
    private readonly double[] _squares; // of each block of the gradient
    private readonly TokenTables<TNumber>? _tables;
    private readonly int _fullSums; // of a batch of the model's size
    private AlignedBuffer<TNumber>? _sums; // those of this process; the first gradient allocates them
    private SharedTree<TNumber>? _shared; // with the other processes
    private int _first, _last; // the sums of this process
    private Phase _phase;
    private int _taken; // leaves
    private bool _isMeasured;
    private volatile bool _hasFailed;

    /// <summary>Creates the job of a model.</summary>
    /// <param name="core">The model.</param>
    public TrainingJob(ModelCore<TNumber, TInput, TTarget> core)
    {
        ArgumentNullException.ThrowIfNull(core);
        Core = core;
        _tree = new(Shape.Sums);
        _groups = new TrainedGroup<TNumber, TInput, TTarget>?[Shape.Sums];
        _values = new double[Shape.Sums];
        _gradients = new TNumber[core.Shape.Layout.ParameterCount];
        _squares = new double[Shape.Segments.Length + ParameterBlocks.Count];
        _tables = core.Program.CreateTables(Shape);
        _tree.Share(Groups(core.Shape.Layout.BatchSize));
        _fullSums = _tree.Sums;
    }

    /// <summary>The flat gradient.</summary>
    public ReadOnlySpan<TNumber> Gradients => _gradients;

    /// <summary>The segments that an update changes.</summary>
    public ReadOnlySpan<ParameterSegment> Segments => _tables is null ? Shape.Segments : _tables.Segments(Shape);

    /// <summary>The rows of embedding tables among them.</summary>
    internal ReadOnlySpan<ParameterSegment> Rows => _tables is null ? default : _tables.Rows;

    /// <summary>The gradient's sum of squares over the segments.</summary>
    internal double Squares { get; private set; }

    internal ModelCore<TNumber, TInput, TTarget> Core { get; }

    internal TrainingShape Shape => Core.Shape.Training;

    /// <summary>The sequences of the running call.</summary>
    internal PinnedBatch<TInput, TTarget> Batch { get; private set; }

    /// <summary>The tables that tokens are looked up in, or null.</summary>
    internal TokenTables<TNumber>? Tables => _tables;

    /// <summary>1 / the number of terms of the loss.</summary>
    internal TNumber Scale { get; private set; }

    /// <summary>Whether a loss is only measured.</summary>
    internal bool IsForwardOnly { get; private protected set; }

    /// <summary>The states that sequences start from and end in, or null.</summary>
    internal BatchState<TNumber>? State { get; private set; }

    /// <summary>The measurement of the gradient's flow, or null.</summary>
    internal GradientFlow? Flow => _isMeasured ? Core.Flow : null;

    /// <summary>Whether the sequences of the running call, or their output steps, have weights.</summary>
    internal bool IsWeighted { get; private set; }

    /// <summary>What makes a weight the factor of a loss: the number of terms over the sum of their weights; 0 if that is 0.</summary>
    internal double WeightScale { get; private set; }

    /// <summary>Computes the mean loss.</summary>
    /// <param name="batch">The sequences.</param>
    /// <param name="state">The states that they start from, or null.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal unsafe TNumber ComputeLoss(in TrainingBatch<TInput, TTarget> batch, BatchState<TNumber>? state)
    {
        (IsForwardOnly, State) = (true, state);
        fixed (TInput* inputs = batch.Inputs)
        fixed (TTarget* targets = batch.Targets)
        fixed (int* lengths = batch.Lengths)
        fixed (float* weights = batch.Weights)
        {
            Batch = new(batch, inputs, targets, lengths, weights);
            double loss = RunLeaves();
            state?.CommitStates(batch.Count);
            return TNumber.CreateTruncating(loss);
        }
    }

    /// <summary>Computes the mean loss and its gradient, which <see cref="Gradients"/> then holds.</summary>
    /// <inheritdoc cref="ComputeLoss"/>
    /// <exception cref="NonFiniteException">The loss or the gradient is not finite.</exception>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal unsafe TNumber ComputeGradients(in TrainingBatch<TInput, TTarget> batch, BatchState<TNumber>? state)
    {
        (IsForwardOnly, State, _isMeasured) = (false, state, Core.Flow?.Begin<TNumber>() is not null);
        fixed (TInput* inputs = batch.Inputs)
        fixed (TTarget* targets = batch.Targets)
        fixed (int* lengths = batch.Lengths)
        fixed (float* weights = batch.Weights)
        {
            Batch = new(batch, inputs, targets, lengths, weights);
            double loss = RunLeaves();
            if (_hasFailed && FindFailed() is { } failed)
            {
                throw failed;
            }

            AddUp();
            Flow?.TakeGradients<TNumber>(_gradients, Segments);
            if (!double.IsFinite(Squares) && !NonFinite.None<TNumber>(_gradients, Segments))
            {
                throw FindNonFinite();
            }

            return TNumber.CreateTruncating(loss);
        }
    }

    private int Groups(int count) => (count + Shape.GroupSize - 1) / Shape.GroupSize;

    // Takes all leaves forward, and back if a gradient is wanted. Returns the mean loss.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private double RunLeaves()
    {
        ShareGroups();
        if (!IsForwardOnly)
        {
            Reserve();
        }

        double terms = Terms();
        Scale = TNumber.CreateTruncating(1 / Math.Max(1, terms));
        Weigh();
        int threads = Math.Max(1, Math.Min(Core.Threads, _last - _first));
        for (int i = 0; i < threads; i++)
        {
            Group(i).Reserve();
            Group(i).UseThreads(Core.Threads / threads);
        }

        (_phase, _taken, _hasFailed) = (Phase.Leaves, _first, false);
        Run(threads);
        TakeFromOthers();
        return IsWeighted && WeightScale == 0 ? double.NaN : _tree.Add(_values) / terms;
    }

    // The weights are brought to a mean of 1, so that nothing else of the loss depends on their size.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Weigh()
    {
        IsWeighted = !Batch.Weights.IsEmpty;
        if (IsWeighted)
        {
            ModelLayout layout = Core.Shape.Layout;
            double weights = LossTerms.Sum(layout, Batch.Targets, Batch.Lengths, Batch.Weights, Batch.Count);
            WeightScale = weights > 0 ? LossTerms.Sum(layout, Batch.Targets, Batch.Lengths, default, Batch.Count) / weights : 0;
        }
    }

    // Shares the batch's groups among leaves, and the leaves among processes.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void ShareGroups()
    {
        _tree.Share(Groups(Batch.Count));
        if (!ReferenceEquals(_shared?.Group, Core.Processes))
        {
            _shared = Core.Processes is null ? null : new(Core.Processes, _tree, Shape.Sums);
        }

        _shared?.Share();
        (_first, _last) = _shared is null ? (0, _tree.Sums) : (_shared.First, _shared.Last);
    }

    // Of the losses and states of all processes each has all then, and knows whether one failed.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void TakeFromOthers()
    {
        if (_shared is null)
        {
            return;
        }

        _shared.Gather(_values);
        for (int sum = 0; sum < _tree.Sums && !IsForwardOnly; sum++)
        {
            _hasFailed |= double.IsNaN(_values[sum]);
        }

        if (State is not null)
        {
            _shared.Gather(State.NextValues, State.Length, Shape.GroupSize, Batch.Count);
        }

        if (State is not null && !IsForwardOnly)
        {
            _shared.Gather(State.NextGradients, State.Length, Shape.GroupSize, Batch.Count);
        }
    }

    // A batch of more leaves, or of leaves with more tokens, than any before takes more memory.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Reserve()
    {
        int sums = Math.Max(1, _last - _first);
        if (_sums is null || _sums.Length < sums * (long)Shape.SumLength)
        {
            // A process that shares its batches has its leaves only; others need no more memory for a whole batch that follows a smaller one.
            _sums = new(checked((_shared is null ? Math.Max(sums, _fullSums) : sums) * Shape.SumLength));
        }

        _tables?.Reserve(Shape, _tree, Core.Shape.Layout.SequenceLength, _first, _last);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private double Terms()
    {
        int length = Core.Shape.Layout.TargetLength;
        for (int sum = 0; sum < _tree.Sums; sum++)
        {
            int start = _tree.FirstGroup(sum) * Shape.GroupSize, size = Math.Min(_tree.FirstGroup(sum + 1) * Shape.GroupSize, Batch.Count) - start;
            _values[sum] = Core.Program.Terms(Batch.Targets.Slice(start * length, size * length), size, Batch.Lengths.IsEmpty ? default : Batch.Lengths.Slice(start, size));
        }

        return _tree.Add(_values);
    }

    // Adds up the leaves; then takes the sum out of the packs block by block, and its squares while a block is in the cache.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void AddUp()
    {
        if (_tables is { AreLearned: true })
        {
            _tables.TakeFromOthers(_shared, _tree);
            _tables.List(_tree, _gradients);
            _phase = Phase.Tables;
            Run(Core.Threads);
        }

        if (_last - _first > 1)
        {
            _phase = Phase.Sums;
            Run(ThreadsFor((_last - _first) * (long)Shape.SumLength / 4)); // adding is a quarter of the work of an update
        }

        _shared?.AddUp(_sums!.Span[..Shape.SumLength]);

        _phase = Phase.Gradients;
        Run(ThreadsFor(Shape.SumLength));
        double squares = 0;
        for (int block = 0; block < Core.Shape.TrainedBlocks.Length; block++)
        {
            squares += _squares[block];
        }

        Squares = Gradient.SumOfSquares<TNumber>(_gradients, Rows, double.PositiveInfinity, squares);
    }

    private int ThreadsFor(long values) => (int)Math.Clamp(values / UpdatePass<TNumber>.ThreadLength, 1, Core.Threads);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override void RunPart(int part, int parts)
    {
        switch (_phase)
        {
            case Phase.Leaves:
                TakeLeaves(Group(part));
                break;
            case Phase.Tables:
                _tables!.AddUp(_tree, _gradients, part, parts);
                break;
            case Phase.Sums:
                _tree.Add(ref _sums!.First, Shape.SumLength, _first, _last, Share(Shape.SumLength, part, parts), Share(Shape.SumLength, part + 1, parts));
                break;
            case Phase.Gradients:
                ReadOnlySpan<ParameterSegment> blocks = Core.Shape.TrainedBlocks;
                TakeBlocks(blocks, Share(blocks.Length, part, parts), Share(blocks.Length, part + 1, parts));
                break;
            default:
                throw new InvalidOperationException(Invariant($"The phase {_phase} is not defined."));
        }

        static int Share(int length, int part, int parts) => (int)((long)length * part / parts);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void TakeBlocks(ReadOnlySpan<ParameterSegment> blocks, int first, int last)
    {
        for (int i = first; i < last; i++)
        {
            ParameterSegment block = blocks[i];
            Core.Program.TakeGradients(ref _sums!.First, ref MemoryMarshal.GetArrayDataReference(_gradients), block.Offset, block.End);
            _squares[i] = Gradient.SumOfSquares<TNumber>(_gradients.AsSpan(block.Offset, block.Length), double.PositiveInfinity);
        }
    }

    // In their order, so that those before one that fails have all been run.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void TakeLeaves(TrainedGroup<TNumber, TInput, TTarget> group)
    {
        while (!_hasFailed)
        {
            int sum = Interlocked.Increment(ref _taken) - 1;
            if (sum >= _last)
            {
                return;
            }

            _values[sum] = RunLeaf(group, sum);
        }
    }

    // Returns the sum of the losses; not a number where the loss of a group is not finite, which ends the job unless a loss is only measured.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private double RunLeaf(TrainedGroup<TNumber, TInput, TTarget> group, int sum)
    {
        if (!IsForwardOnly)
        {
            _sums!.Span.Slice((sum - _first) * Shape.SumLength, Shape.SumLength).Clear();
            _tables?.Clear(sum);
        }

        double loss = 0;
        for (int index = _tree.FirstGroup(sum); index < _tree.FirstGroup(sum + 1); index++)
        {
            RunGroup(group, sum, index);
            loss += group.Loss;
            if (!IsForwardOnly && !double.IsFinite(group.Loss))
            {
                _hasFailed = true;
                return double.NaN;
            }
        }

        return loss;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private protected void RunGroup(TrainedGroup<TNumber, TInput, TTarget> group, int sum, int index)
    {
        group.Take(sum, _tree.Leaf(sum), index * Shape.GroupSize);
        group.Run(Core.Program, ref Core.Packs, ref SumOf(sum));
    }

    /// <summary>A sum of gradients of this process.</summary>
    /// <param name="sum">Which of them.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal ref TNumber SumOf(int sum)
    {
        if (IsForwardOnly)
        {
            return ref Unsafe.NullRef<TNumber>();
        }

        return ref Unsafe.Add(ref _sums!.First, (sum - _first) * Shape.SumLength);
    }

    // The first group whose loss is not finite runs again, to see where from. Each process has the inputs of its own groups, and all learn what the first one found.
    private NonFiniteException? FindFailed()
    {
        _isMeasured = false;
        NonFiniteException? found = null;
        for (int sum = _first; sum < _last && found is null; sum++)
        {
            _tables?.Clear(sum);
            for (int index = _tree.FirstGroup(sum); double.IsNaN(_values[sum]) && found is null && index < _tree.FirstGroup(sum + 1); index++)
            {
                RunGroup(Group(0), sum, index);
                found = double.IsFinite(Group(0).Loss) ? null : LossIsNotFinite(Group(0), sum, index);
            }
        }

        return _shared is null ? found : _shared.Group.First(found);
    }

    // The groups run again, one after the other, until one shows where.
    private NonFiniteException FindNonFinite()
    {
        _isMeasured = false;
        NonFiniteException? found = null;
        for (int sum = _first; sum < _last && found is null; sum++)
        {
            _tables?.Clear(sum);
            for (int index = _tree.FirstGroup(sum); found is null && index < _tree.FirstGroup(sum + 1); index++)
            {
                found = FindNonFinite(Group(0), sum, index);
            }
        }

        return (_shared is null ? found : _shared.Group.First(found)) ?? NonFinite.GradientSum();
    }

    private protected virtual NonFiniteException? FindNonFinite(TrainedGroup<TNumber, TInput, TTarget> group, int sum, int index)
    {
        RunGroup(group, sum, index);
        return NonFinite.Gradient<TNumber>(group.Arena, group.Rows, Shape.Forward, Shape.Backward, index * Shape.GroupSize, group.Decoded);
    }

    /// <summary>Why the loss of a group, which has just run, is not finite.</summary>
    private protected virtual NonFiniteException LossIsNotFinite(TrainedGroup<TNumber, TInput, TTarget> group, int sum, int index) =>
        NonFinite.Loss<TNumber>(group.Loss, group.Arena, group.Rows, Shape.Forward, index * Shape.GroupSize, group.Decoded);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private TrainedGroup<TNumber, TInput, TTarget> Group(int index) => _groups[index] ??= CreateGroup();

    private protected virtual TrainedGroup<TNumber, TInput, TTarget> CreateGroup() => new(this);

    // What the threads do together.
    private enum Phase
    {
        // Forward, loss and backward pass.
        Leaves,

        // Adding up the gradients of embedding tables.
        Tables,

        // Adding up the other sums.
        Sums,

        // Taking the gradient out of the packs, and its squares.
        Gradients,
    }
}
