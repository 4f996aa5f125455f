using System.ComponentModel;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace RnnGen.Runtime;

/// <summary>
/// Trains in windows of the sequences (gradient checkpointing): forward through all of them, keeping the states between them; then from the last window to the first, forward once more and back. A
/// loss that is only measured needs the forward pass alone.
/// </summary>
/// <typeparam name="TNumber">The number type.</typeparam>
/// <typeparam name="TInput">The type of one input element.</typeparam>
/// <typeparam name="TTarget">The type of one target element.</typeparam>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class RecomputingJob<TNumber, TInput, TTarget> : TrainingJob<TNumber, TInput, TTarget>
    where TNumber : unmanaged, IBinaryFloatingPointIeee754<TNumber>
    where TInput : unmanaged
    where TTarget : unmanaged
{
    private NonFiniteException? _found;

    /// <summary>Creates the job of a model.</summary>
    /// <param name="core">The model.</param>
    public RecomputingJob(ModelCore<TNumber, TInput, TTarget> core) : base(core)
    {
    }

    /// <summary>Whether each window is searched, after it has run, for what is not finite.</summary>
    internal bool IsSearching { get; private set; }

    internal int LastWindow => Core.Shape.Layout.SequenceLength / Shape.Steps - 1;

    private protected override TrainedGroup<TNumber, TInput, TTarget> CreateGroup() => new RecomputedGroup<TNumber, TInput, TTarget>(this);

    /// <summary>Searches a window of a group.</summary>
    /// <param name="group">The group, after the window.</param>
    /// <param name="start">The group's first sequence.</param>
    /// <param name="window">The window.</param>
    internal void Search(TrainedGroup<TNumber, TInput, TTarget> group, int start, int window) => _found ??= IsForwardOnly
        ? NonFinite.Forward<TNumber>(group.Arena, group.Rows, Shape.Forward, start, window * Shape.Steps, group.Rows.HaveOutputs)
        : NonFinite.Gradient<TNumber>(group.Arena, group.Rows, Shape.Forward, Shape.Backward, start, default, window * Shape.Steps, group.Rows.HaveOutputs);

    private protected override NonFiniteException? FindNonFinite(TrainedGroup<TNumber, TInput, TTarget> group, int sum, int index)
    {
        (_found, IsSearching) = (null, true);
        RunGroup(group, sum, index);
        IsSearching = false;
        return _found;
    }

    // Where a loss that is not finite came from, forward in time.
    private protected override NonFiniteException LossIsNotFinite(TrainedGroup<TNumber, TInput, TTarget> group, int sum, int index)
    {
        double loss = group.Loss;
        IsForwardOnly = true;
        return FindNonFinite(group, sum, index) ?? NonFinite.Loss<TNumber>(loss, group.Arena, group.Rows, ReadOnlySpan<TracedBuffer>.Empty, index * Shape.GroupSize);
    }
}

/// <summary>A group of sequences of which one window is in memory, and the states between the windows.</summary>
internal sealed class RecomputedGroup<TNumber, TInput, TTarget> : TrainedGroup<TNumber, TInput, TTarget>
    where TNumber : unmanaged, IBinaryFloatingPointIeee754<TNumber>
    where TInput : unmanaged
    where TTarget : unmanaged
{
    private readonly int[] _whole;
    private readonly KeptStates<TNumber> _kept;
    private int _window; // in memory

    public RecomputedGroup(RecomputingJob<TNumber, TInput, TTarget> job) : base(job, moreRows: 2)
    {
        ModelLayout layout = job.Core.Shape.Layout;
        _whole = new int[layout.SequenceLength + 2 + 2 * Shape.GroupSize];
        _kept = new(layout.SequenceLength / Shape.Steps, Shape.GroupSize, job.Core.Shape.StateLength);
    }

    private RecomputingJob<TNumber, TInput, TTarget> Own => (RecomputingJob<TNumber, TInput, TTarget>)Job;

    private protected override int FirstStep => _window * Shape.Steps;

    private GroupRows Whole => new(_whole, Layout.SequenceLength, Shape.GroupSize);

    // Its windows take inputs and targets.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private protected override void Take(ReadOnlySpan<TInput> inputs, ReadOnlySpan<TTarget> targets, ReadOnlySpan<int> lengths, int size) => Whole.Fill(lengths, size);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal override void Run(ModelProgram<TNumber, TInput, TTarget> program, ref TNumber w, ref TNumber g)
    {
        int last = Own.LastWindow;
        for (int window = 0; window < (Own.IsForwardOnly ? last + 1 : last); window++)
        {
            RunWindow(program, ref w, ref g, window, isKept: window < last);
            if (Own.IsForwardOnly)
            {
                Search(window);
            }
        }

        for (int window = last; window >= 0 && !Own.IsForwardOnly; window--)
        {
            RunWindow(program, ref w, ref g, window, isKept: false);
            Search(window);
        }
    }

    private void Search(int window)
    {
        if (Own.IsSearching)
        {
            Own.Search(this, Start, window);
        }
    }

    // Takes one window of the group: its rows are in the order of the whole sequences, and lengths are those of the window.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void TakeWindow(GroupRows rows, int window, bool isKept)
    {
        int last = Own.LastWindow;
        PinnedBatch<TInput, TTarget> batch = Own.Batch;
        _window = window;
        rows.FillWindow(Whole, window * Shape.Steps);
        rows.HaveStates = window > 0 || Own.State is not null;
        rows.AreLast = window == last;
        rows.HaveOutputs = Shape.LossAtEnd ? window == last : !isKept || Own.IsForwardOnly;
        TakeInputs(batch.Inputs[(Start * Layout.InputLength)..], rows, window * Shape.Steps);
        if (Shape.TargetLength == Layout.TargetLength)
        {
            int size = Math.Min(Shape.GroupSize, batch.Count - Start);
            rows.Sort(batch.Targets.Slice(Start * Layout.TargetLength, size * Layout.TargetLength), Layout.TargetLength, Targets);
        }
        else
        {
            rows.Sort(batch.Targets[(Start * Layout.TargetLength + window * Shape.TargetLength)..], Layout.TargetLength, Shape.TargetLength, Targets);
        }
    }

    // Forward through a window; and back, unless it is only kept for the states after it, or a loss is only measured.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void RunWindow(ModelProgram<TNumber, TInput, TTarget> program, ref TNumber w, ref TNumber g, int window, bool isKept)
    {
        ref TNumber a = ref First;
        GroupRows rows = Rows;
        TakeWindow(rows, window, isKept);
        Own.Flow?.BeginWindow(FlowRow, window * Shape.Steps);
        int last = rows.Count;
        Prepare(program, ref a, rows, last);
        if (window > 0)
        {
            _kept.Load(ref a, Shape.States, window, 0, last);
        }
        else
        {
            StartRows(program, ref w, ref a, rows, last);
        }

        program.Forward(ref w, ref a, rows, default, last, new MeasuredRows(Own.IsForwardOnly || isKept ? null : Own.Flow, FlowRow), Shared);
        if (isKept)
        {
            _kept.Save(ref a, Shape.States, rows, window + 1, 0, last);
        }

        if (rows.HaveOutputs)
        {
            ComputeLoss(program, ref a, last);
            AddLosses();
        }

        if (rows.AreLast)
        {
            Own.State?.Take(ref a, Shape.States, rows, Start, 0, last);
        }

        if (!isKept && !Own.IsForwardOnly)
        {
            GoBack(program, ref w, ref a, ref g, rows, last, window);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void GoBack(ModelProgram<TNumber, TInput, TTarget> program, ref TNumber w, ref TNumber a, ref TNumber g, GroupRows rows, int last, int window)
    {
        GoBack(program, ref w, ref a, ref g, rows, last);
        if (window == 0)
        {
            Own.State?.TakeGradients(ref a, Shape.States, rows, Start, 0, last);
            SumLearned(ref a, ref g, rows);
        }
    }
}
