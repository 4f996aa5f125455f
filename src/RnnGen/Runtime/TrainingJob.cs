using System.ComponentModel;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace RnnGen.Runtime;

/// <summary>
/// Runs sequences forward and back in groups, small enough that most of what the backward pass reads is still in the second-level cache. A thread takes a
/// group through forward, loss and BPTT in its own memory. Group g adds its weight gradients to sum g mod <see cref="TrainingShape.Sums"/>; at the end the sums are
/// added in order, so the bits do not depend on threads.
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
    private readonly TrainedGroup<TNumber, TInput, TTarget>?[] _groups;
    private readonly AlignedBuffer<TNumber> _sums;
    private readonly TNumber[] _gradients;
    private readonly TokenTables<TNumber>? _tables;
    private int _first;
    private bool _isScatter;
    private bool _isMeasured;

    /// <summary>Creates the job of a model.</summary>
    /// <param name="core">The model.</param>
    public TrainingJob(ModelCore<TNumber, TInput, TTarget> core)
    {
        ArgumentNullException.ThrowIfNull(core);
        Core = core;
        _groups = new TrainedGroup<TNumber, TInput, TTarget>?[Shape.Sums];
        _sums = new(Shape.Sums * Shape.SumLength);
        _gradients = new TNumber[core.Shape.Layout.ParameterCount];
        _tables = core.Program.CreateTables(Shape);
    }

    /// <summary>The flat gradient.</summary>
    public ReadOnlySpan<TNumber> Gradients => _gradients;

    /// <summary>The segments that an update changes.</summary>
    public ReadOnlySpan<ParameterSegment> Segments => _tables is null ? Shape.Segments : _tables.Segments(Shape);

    internal ModelCore<TNumber, TInput, TTarget> Core { get; }

    internal TrainingShape Shape => Core.Shape.Training;

    /// <summary>Whether tokens are looked up in tables.</summary>
    internal bool HasTables => _tables is not null;

    /// <summary>1 / the number of terms of the loss.</summary>
    internal TNumber Scale { get; private set; }

    /// <summary>Whether a loss is only measured.</summary>
    internal bool IsForwardOnly { get; private protected set; }

    /// <summary>The states that sequences start from and end in, or null.</summary>
    internal BatchState<TNumber>? State { get; private set; }

    /// <summary>The measurement of the gradient's flow, or null.</summary>
    internal GradientFlow? Flow => _isMeasured ? Core.Flow : null;

    /// <summary>Groups that run.</summary>
    private protected int Running { get; private set; }

    private int Most => Shape.GroupsTogether > 0 ? Shape.GroupsTogether : Core.Threads;

    /// <summary>Computes the mean loss.</summary>
    /// <param name="inputs">The inputs.</param>
    /// <param name="targets">The targets.</param>
    /// <param name="count">Sequences.</param>
    /// <param name="lengths">Their lengths, or empty if all have all steps.</param>
    /// <param name="state">The states that they start from, or null.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public TNumber ComputeLoss(ReadOnlySpan<TInput> inputs, ReadOnlySpan<TTarget> targets, int count, ReadOnlySpan<int> lengths, BatchState<TNumber>? state)
    {
        (IsForwardOnly, State) = (true, state);
        double terms = Core.Program.Terms(targets, count, lengths);
        Scale = TNumber.CreateTruncating(1 / Math.Max(1, terms));
        double sum = 0;
        for (int start = 0; start < count; start += Running * Shape.GroupSize)
        {
            RunGroups(inputs, targets, start, count, lengths, Most);
            for (int i = 0; i < Running; i++)
            {
                sum += Group(i).Loss;
            }
        }

        state?.CommitStates(count);
        return TNumber.CreateTruncating(sum / terms);
    }

    /// <summary>Computes the mean loss and its gradient, which <see cref="Gradients"/> then holds.</summary>
    /// <inheritdoc cref="ComputeLoss"/>
    /// <exception cref="NonFiniteException">The loss or the gradient is not finite.</exception>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public TNumber ComputeGradients(ReadOnlySpan<TInput> inputs, ReadOnlySpan<TTarget> targets, int count, ReadOnlySpan<int> lengths, BatchState<TNumber>? state)
    {
        (IsForwardOnly, State, _isMeasured) = (false, state, Core.Flow?.Begin<TNumber>() is not null);
        double terms = Core.Program.Terms(targets, count, lengths);
        Scale = TNumber.CreateTruncating(1 / Math.Max(1, terms));
        int sums = Math.Min(Shape.Sums, (count + Shape.GroupSize - 1) / Shape.GroupSize);
        _sums.Span[..(sums * Shape.SumLength)].Clear();
        _tables?.Clear(Shape, _gradients);
        double sum = 0;
        for (int start = 0; start < count; start += Running * Shape.GroupSize)
        {
            RunGroups(inputs, targets, start, count, lengths, Most);
            for (int i = 0; i < Running; i++)
            {
                TrainedGroup<TNumber, TInput, TTarget> group = Group(i);
                if (!double.IsFinite(group.Loss))
                {
                    throw LossIsNotFinite(group, inputs, targets, start + i * Shape.GroupSize, count, lengths);
                }

                sum += group.Loss;
            }

            GroupsEnded();
        }

        ref TNumber g = ref _sums.First;
        for (int i = 1; i < sums; i++)
        {
            Rows.Add(ref g, i * Shape.SumLength, 0, Shape.SumLength, ref g, 0, 0, 0, 1);
        }

        Core.Program.TakeGradients(ref g, ref MemoryMarshal.GetArrayDataReference(_gradients));
        Flow?.TakeGradients<TNumber>(_gradients, Segments);
        if (!NonFinite.None<TNumber>(_gradients, Segments))
        {
            throw FindNonFinite(inputs, targets, count, lengths);
        }

        return TNumber.CreateTruncating(sum / terms);
    }

    // They run again, one after the other, until one shows where.
    private NonFiniteException FindNonFinite(ReadOnlySpan<TInput> inputs, ReadOnlySpan<TTarget> targets, int count, ReadOnlySpan<int> lengths)
    {
        _isMeasured = false;
        for (int start = 0; start < count; start += Shape.GroupSize)
        {
            if (FindNonFinite(inputs, targets, start, count, lengths) is { } found)
            {
                return found;
            }
        }

        return NonFinite.GradientSum();
    }

    private protected virtual NonFiniteException? FindNonFinite(ReadOnlySpan<TInput> inputs, ReadOnlySpan<TTarget> targets, int start, int count, ReadOnlySpan<int> lengths)
    {
        RunGroups(inputs, targets, start, count, lengths, 1);
        TrainedGroup<TNumber, TInput, TTarget> group = Group(0);
        return NonFinite.Gradient<TNumber>(group.Arena, group.Rows, Shape.Forward, Shape.Backward, start, group.Decoded);
    }

    private protected virtual NonFiniteException LossIsNotFinite(
        TrainedGroup<TNumber, TInput, TTarget> group, ReadOnlySpan<TInput> inputs, ReadOnlySpan<TTarget> targets, int start, int count, ReadOnlySpan<int> lengths) =>
        NonFinite.Loss<TNumber>(group.Loss, group.Arena, group.Rows, Shape.Forward, start, group.Decoded);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private protected TrainedGroup<TNumber, TInput, TTarget> Group(int index) => _groups[index] ??= CreateGroup();

    private protected virtual TrainedGroup<TNumber, TInput, TTarget> CreateGroup() => new(this);

    /// <summary>Runs some groups, one per thread, forward and back.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private protected virtual void RunGroups(ReadOnlySpan<TInput> inputs, ReadOnlySpan<TTarget> targets, int start, int count, ReadOnlySpan<int> lengths, int maxGroups)
    {
        Begin(start, count, maxGroups);
        for (int i = 0; i < Running; i++)
        {
            Group(i).Take(inputs, targets, start + i * Shape.GroupSize, count, lengths);
        }

        Run(Math.Min(Core.Threads, Running));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private protected void Begin(int start, int count, int maxGroups)
    {
        _first = start / Shape.GroupSize;
        Running = Math.Min(Math.Min(maxGroups, Shape.Sums), (count - start + Shape.GroupSize - 1) / Shape.GroupSize);
    }

    /// <summary>Ends the backward pass of groups.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private protected virtual void GroupsEnded() => Scatter();

    // While the groups' adjoints are in memory: adds those of their tokens to the tables, in the order of the groups.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private protected void Scatter()
    {
        if (_tables is null || !TokenTables<TNumber>.AreLearned(Shape))
        {
            return;
        }

        for (int i = 0; i < Running; i++)
        {
            _tables.Touch(Group(i));
        }

        _isScatter = true;
        Run(Core.Threads);
        _isScatter = false;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override void RunPart(int part, int parts)
    {
        if (_isScatter)
        {
            for (int i = 0; i < Running; i++)
            {
                _tables!.Scatter(Group(i), ref MemoryMarshal.GetArrayDataReference(_gradients), part, parts);
            }

            return;
        }

        ModelProgram<TNumber, TInput, TTarget> program = Core.Program;
        for (int i = part; i < Running; i += parts)
        {
            Group(i).Run(program, ref Core.Packs, ref Unsafe.Add(ref _sums.First, (_first + i) % Shape.Sums * Shape.SumLength));
        }
    }
}
