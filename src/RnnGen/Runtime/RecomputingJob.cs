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
    private bool _isSearching;
    private NonFiniteException? _found;

    /// <summary>Creates the job of a model.</summary>
    /// <param name="core">The model.</param>
    public RecomputingJob(ModelCore<TNumber, TInput, TTarget> core) : base(core)
    {
    }

    /// <summary>The window that is trained.</summary>
    internal int Window { get; private set; }

    /// <summary>Whether a window runs for the states after it.</summary>
    internal bool IsKept { get; private set; }

    internal int LastWindow => Core.Shape.Layout.SequenceLength / Shape.Steps - 1;

    private protected override TrainedGroup<TNumber, TInput, TTarget> CreateGroup() => new RecomputedGroup<TNumber, TInput, TTarget>(this);

    // Each window's tokens add to the tables after its backward pass.
    private protected override void GroupsEnded()
    {
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private protected override void RunGroups(ReadOnlySpan<TInput> inputs, ReadOnlySpan<TTarget> targets, int start, int count, ReadOnlySpan<int> lengths, int maxGroups)
    {
        Begin(start, count, maxGroups);
        for (int i = 0; i < Running; i++)
        {
            GroupOf(i).BeginWhole(start + i * Shape.GroupSize, count, lengths);
        }

        int last = LastWindow;
        for (int window = 0; window < (!IsForwardOnly ? last : last + 1); window++)
        {
            RunWindow(inputs, targets, start, count, window, isKept: window < last);
            if (IsForwardOnly && _isSearching && NonFinite.Forward<TNumber>(Group(0).Arena, Group(0).Rows, Shape.Forward, start, window * Shape.Steps, Group(0).Rows.HaveOutputs) is { } found)
            {
                throw found;
            }
        }

        for (int window = last; window >= 0 && !IsForwardOnly; window--)
        {
            RunWindow(inputs, targets, start, count, window, isKept: false);
            if (_isSearching)
            {
                _found ??= NonFinite.Gradient<TNumber>(
                    Group(0).Arena, Group(0).Rows, Shape.Forward, Shape.Backward, start, default, window * Shape.Steps, Group(0).Rows.HaveOutputs);
            }

            Scatter();
        }
    }

    // Takes one window of each running group forward and back.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void RunWindow(ReadOnlySpan<TInput> inputs, ReadOnlySpan<TTarget> targets, int start, int count, int window, bool isKept)
    {
        (Window, IsKept) = (window, isKept);
        Flow?.BeginWindow(window * Shape.Steps);
        for (int i = 0; i < Running; i++)
        {
            GroupOf(i).TakeWindow(inputs, targets, start + i * Shape.GroupSize, count);
        }

        Run(Math.Min(Core.Threads, Running));
    }

    private protected override NonFiniteException? FindNonFinite(ReadOnlySpan<TInput> inputs, ReadOnlySpan<TTarget> targets, int start, int count, ReadOnlySpan<int> lengths)
    {
        (_found, _isSearching) = (null, true);
        RunGroups(inputs, targets, start, count, lengths, 1);
        _isSearching = false;
        return _found;
    }

    // Where a loss that is not finite came from, forward in time.
    private protected override NonFiniteException LossIsNotFinite(
        TrainedGroup<TNumber, TInput, TTarget> group, ReadOnlySpan<TInput> inputs, ReadOnlySpan<TTarget> targets, int start, int count, ReadOnlySpan<int> lengths)
    {
        double loss = group.Loss;
        (IsForwardOnly, _isSearching) = (true, true);
        try
        {
            RunGroups(inputs, targets, start, count, lengths, 1);
        }
        catch (NonFiniteException found)
        {
            return found;
        }
        finally
        {
            _isSearching = false;
        }

        return NonFinite.Loss<TNumber>(loss, Group(0).Arena, Group(0).Rows, ReadOnlySpan<TracedBuffer>.Empty, start);
    }

    private RecomputedGroup<TNumber, TInput, TTarget> GroupOf(int index) => (RecomputedGroup<TNumber, TInput, TTarget>)Group(index);
}

/// <summary>A group of sequences of which one window is in memory, and the states between the windows.</summary>
internal sealed class RecomputedGroup<TNumber, TInput, TTarget> : TrainedGroup<TNumber, TInput, TTarget>
    where TNumber : unmanaged, IBinaryFloatingPointIeee754<TNumber>
    where TInput : unmanaged
    where TTarget : unmanaged
{
    private readonly int[] _whole;
    private readonly KeptStates<TNumber> _kept;

    public RecomputedGroup(RecomputingJob<TNumber, TInput, TTarget> job) : base(job, moreRows: 2)
    {
        ModelLayout layout = job.Core.Shape.Layout;
        _whole = new int[layout.SequenceLength + 2 + 2 * Shape.GroupSize];
        _kept = new(layout.SequenceLength / Shape.Steps, Shape.GroupSize, job.Core.Shape.StateLength);
    }

    private RecomputingJob<TNumber, TInput, TTarget> Own => (RecomputingJob<TNumber, TInput, TTarget>)Job;

    private GroupRows Whole => new(_whole, Own.Core.Shape.Layout.SequenceLength, Shape.GroupSize);

    /// <summary>Takes the group that begins with a sequence.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void BeginWhole(int start, int count, ReadOnlySpan<int> lengths)
    {
        int size = Begin(start, count);
        Whole.Fill(lengths.IsEmpty ? default : lengths.Slice(start, size), size);
    }

    /// <summary>Takes one window of the group: its rows are in the order of the whole sequences, and lengths are those of the window.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void TakeWindow(ReadOnlySpan<TInput> inputs, ReadOnlySpan<TTarget> targets, int start, int count)
    {
        ModelLayout layout = Own.Core.Shape.Layout;
        int window = Own.Window, last = Own.LastWindow;
        GroupRows rows = Rows;
        rows.FillWindow(Whole, window * Shape.Steps);
        rows.HaveStates = window > 0 || Own.State is not null;
        rows.AreLast = window == last;
        rows.HaveOutputs = Shape.LossAtEnd ? window == last : !Own.IsKept || Own.IsForwardOnly;
        TakeInputs(inputs[(start * layout.InputLength + window * Shape.Steps * layout.InputStep)..], rows);
        if (Shape.TargetLength == layout.TargetLength)
        {
            int size = Math.Min(Shape.GroupSize, count - start);
            rows.Sort(targets.Slice(start * layout.TargetLength, size * layout.TargetLength), layout.TargetLength, Targets);
        }
        else
        {
            rows.Sort(targets[(start * layout.TargetLength + window * Shape.TargetLength)..], layout.TargetLength, Shape.TargetLength, Targets);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal override void Run(ModelProgram<TNumber, TInput, TTarget> program, ref TNumber w, ref TNumber g)
    {
        ref TNumber a = ref First;
        GroupRows rows = Rows;
        int last = rows.Count;
        Prepare(program, ref a, rows, last);
        if (Own.Window > 0)
        {
            _kept.Load(ref a, Shape.States, Own.Window, 0, last);
        }
        else
        {
            StartRows(program, ref w, ref a, rows, last);
        }

        program.Forward(ref w, ref a, rows, default, last, new MeasuredRows(Own.IsForwardOnly || Own.IsKept ? null : Own.Flow, FlowRow));
        if (Own.IsKept)
        {
            _kept.Save(ref a, Shape.States, rows, Own.Window + 1, 0, last);
        }

        if (!rows.HaveOutputs && (Own.IsForwardOnly || Own.IsKept))
        {
            return;
        }

        if (rows.HaveOutputs)
        {
            ComputeLoss(program, ref a, last);
        }

        if (rows.AreLast)
        {
            Own.State?.Take(ref a, Shape.States, rows, Start, 0, last);
        }

        if (rows.HaveOutputs)
        {
            AddLosses();
        }

        if (Own.IsForwardOnly)
        {
            return;
        }

        GoBack(program, ref w, ref a, ref g, rows, last);
        if (Own.Window == 0)
        {
            Own.State?.TakeGradients(ref a, Shape.States, rows, Start, 0, last);
            SumLearned(ref a, ref g, rows);
        }
    }
}
