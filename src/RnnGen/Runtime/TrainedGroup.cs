using System.ComponentModel;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace RnnGen.Runtime;

/// <summary>The memory of a group of sequences, for its embedding tables.</summary>
/// <typeparam name="TNumber">The number type.</typeparam>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class TokenGroup<TNumber> where TNumber : unmanaged
{
    private readonly AlignedBuffer<TNumber> _arena;
    private readonly int[] _rows;

    private protected TokenGroup(TrainingShape shape, int rowsLength)
    {
        ArgumentNullException.ThrowIfNull(shape);
        _arena = new(shape.ArenaLength);
        _rows = new int[rowsLength];
        Tokens = shape.TokenRows.Length == 0 ? [] : new int[shape.TokenRows.Length][];
        for (int i = 0; i < Tokens.Length; i++)
        {
            Tokens[i] = new int[shape.GroupSize * (shape.TokenRows[i].IsDecoded ? shape.DecodedSteps : shape.Steps)];
        }
    }

    internal abstract TrainingShape Shape { get; }

    internal Span<TNumber> Arena => _arena.Span;

    internal ref TNumber First => ref _arena.First;

    internal GroupRows Rows => new(_rows, Shape.Steps, Shape.GroupSize);

    /// <summary>The rows by which decoded steps are live.</summary>
    internal virtual GroupRows Decoded => default;

    /// <summary>What names rows of tables, <c>[row, step]</c>, in the order of <see cref="TrainingShape.TokenRows"/>.</summary>
    internal int[][] Tokens { get; }

    /// <summary>The tokens that the decoder reads.</summary>
    internal int[] FedTokens => Tokens[Shape.FedTokens];
}

/// <summary>A group of sequences: what one thread takes through forward, loss and BPTT.</summary>
/// <typeparam name="TNumber">The number type.</typeparam>
/// <typeparam name="TInput">The type of one input element.</typeparam>
/// <typeparam name="TTarget">The type of one target element.</typeparam>
[EditorBrowsable(EditorBrowsableState.Never)]
public class TrainedGroup<TNumber, TInput, TTarget> : TokenGroup<TNumber>
    where TNumber : unmanaged, IBinaryFloatingPointIeee754<TNumber>
    where TInput : unmanaged
    where TTarget : unmanaged
{
    private readonly double[] _workspace;
    private readonly Steps? _steps;

    internal TrainedGroup(TrainingJob<TNumber, TInput, TTarget> job, int moreRows = 0)
        : base(job.Shape, job.Shape.Steps + 2 + moreRows + 2 * job.Shape.GroupSize)
    {
        Job = job;
        Targets = new TTarget[Shape.GroupSize * Shape.TargetLength];
        _workspace = Shape.WorkspaceLength == 0 ? [] : new double[Shape.WorkspaceLength];
        _steps = Shape.SharesSteps ? new Steps(this) : null;
    }

    internal sealed override TrainingShape Shape => Job.Shape;

    /// <summary>The sum of the losses.</summary>
    internal double Loss { get; private protected set; }

    private protected TrainingJob<TNumber, TInput, TTarget> Job { get; }

    private protected TTarget[] Targets { get; }

    /// <summary>Sequences before the group's.</summary>
    private protected int Start { get; private set; }

    // The rows of the steps that have a loss.
    private protected virtual GroupRows LossRows => Rows;

    private protected ModelLayout Layout => Job.Core.Shape.Layout;

    /// <summary>The sum that the group's gradients are added to.</summary>
    private protected int Sum { get; private set; }

    // The first row, of those that are measured apart, that the group's leaf has.
    private protected int FlowRow { get; private set; }

    /// <summary>The steps of layers that more threads than there are groups share; null where no layer has such.</summary>
    private protected SharedSteps? Shared => _steps;

    /// <summary>Gives the group its threads.</summary>
    /// <param name="threads">Their number, at least 1.</param>
    internal void UseThreads(int threads)
    {
        if (_steps is not null)
        {
            _steps.Threads = threads;
        }
    }

    /// <summary>Allocates, on the thread that calls the job, what a run would allocate later.</summary>
    internal virtual void Reserve()
    {
    }

    /// <summary>Takes the group that begins with a sequence: rows, inputs and targets.</summary>
    /// <param name="sum">The sum that it adds to.</param>
    /// <param name="leaf">The leaf of the sum.</param>
    /// <param name="start">The sequence.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal void Take(int sum, int leaf, int start)
    {
        (Sum, FlowRow, Start, Loss) = (sum, leaf * Shape.GroupSize, start, 0);
        PinnedBatch<TInput, TTarget> batch = Job.Batch;
        int size = Math.Min(Shape.GroupSize, batch.Count - start);
        Take(
            batch.Inputs.Slice(start * Layout.InputLength, size * Layout.InputLength),
            batch.Targets.Slice(start * Layout.TargetLength, size * Layout.TargetLength),
            batch.Lengths.IsEmpty ? default : batch.Lengths.Slice(start, size),
            size);
    }

    /// <summary>Takes the group's sequences.</summary>
    /// <param name="inputs">Their inputs.</param>
    /// <param name="targets">Their targets.</param>
    /// <param name="lengths">Their lengths, or empty if all have all steps.</param>
    /// <param name="size">Their number.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private protected virtual void Take(ReadOnlySpan<TInput> inputs, ReadOnlySpan<TTarget> targets, ReadOnlySpan<int> lengths, int size)
    {
        GroupRows rows = Rows;
        rows.Fill(lengths, size);
        rows.HaveStates = Job.State is not null;
        TakeInputs(inputs, rows);
        rows.Sort(targets, Layout.TargetLength, Targets);
    }

    /// <summary>Numbers go to their steps in the arena; tokens are kept, and each thread looks its rows up.</summary>
    /// <param name="inputs">The sequences.</param>
    /// <param name="rows">Their rows.</param>
    /// <param name="firstStep">Their step at which what is trained begins.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private protected void TakeInputs(ReadOnlySpan<TInput> inputs, GroupRows rows, int firstStep = 0)
    {
        if (typeof(TInput) == typeof(int))
        {
            rows.Sort(MemoryMarshal.Cast<TInput, int>(inputs[(firstStep * Layout.InputStep)..]), Layout.InputLength, Shape.Steps, Tokens[0]);
        }
        else if (Shape.Columns is not null)
        {
            InputColumns.Take(this, MemoryMarshal.Cast<TInput, TNumber>(inputs), Layout.InputLength, firstStep);
        }
        else
        {
            Runtime.Rows.ByStep(MemoryMarshal.Cast<TInput, TNumber>(inputs[(firstStep * Layout.InputStep)..]), rows, Layout.InputLength, Layout.InputStep, ref First, Shape.Inputs);
        }
    }

    /// <summary>Runs the forward pass, the loss and the backward pass.</summary>
    /// <param name="program">The model's schedules.</param>
    /// <param name="w">The packs.</param>
    /// <param name="g">The sum that the group's weight gradients are added to.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal virtual void Run(ModelProgram<TNumber, TInput, TTarget> program, ref TNumber w, ref TNumber g)
    {
        ref TNumber a = ref First;
        GroupRows rows = Rows;
        int last = rows.Count;
        Prepare(program, ref a, rows, last);
        StartRows(program, ref w, ref a, rows, last);
        program.Forward(ref w, ref a, rows, Decoded, last, new MeasuredRows(Job.IsForwardOnly ? null : Job.Flow, FlowRow), Shared);
        ComputeLoss(program, ref a, last);
        Job.State?.Take(ref a, Shape.States, rows, Start, 0, last);
        AddLosses();
        if (Job.IsForwardOnly)
        {
            return;
        }

        GoBack(program, ref w, ref a, ref g, rows, last);
        Job.State?.TakeGradients(ref a, Shape.States, rows, Start, 0, last);
        SumLearned(ref a, ref g, rows);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private protected void Prepare(ModelProgram<TNumber, TInput, TTarget> program, ref TNumber a, GroupRows rows, int last)
    {
        if (Job.Tables is not null)
        {
            TokenTables<TNumber>.Gather(this, ref Job.Core.FirstParameter, ref a, last);
        }

        program.Drop(ref a, new DropoutDraw(Job.Core.DropoutSeed, Job.Core.DropoutStep, Start, Job.IsForwardOnly ? null : Job.Core.DropoutRates), rows, Decoded, last);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private protected void StartRows(ModelProgram<TNumber, TInput, TTarget> program, ref TNumber w, ref TNumber a, GroupRows rows, int last)
    {
        program.Start(ref w, ref a, last);
        Job.State?.Load(ref a, Shape.States, rows, Start, 0, last);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private protected void GoBack(ModelProgram<TNumber, TInput, TTarget> program, ref TNumber w, ref TNumber a, ref TNumber g, GroupRows rows, int last)
    {
        program.Backward(ref w, ref a, ref g, rows, Decoded, last, new MeasuredRows(Job.Flow, FlowRow), Shared);
        program.DropAdjoints(ref a, rows, Decoded, last);
        Job.Tables?.Add(Sum, this);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private protected void SumLearned(ref TNumber a, ref TNumber g, GroupRows rows)
    {
        foreach (SummedRows learned in Shape.Learned)
        {
            Runtime.Rows.Sum(ref a, learned.Rows, learned.Row, learned.Size, ref g, learned.Sum, rows);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private protected void ComputeLoss(ModelProgram<TNumber, TInput, TTarget> program, ref TNumber a, int last)
    {
        program.Loss(ref a, Targets, Job.Scale, LossRows, last, _workspace);
        if (Job.IsWeighted)
        {
            Weigh(ref a, last);
        }
    }

    /// <summary>The step of the whole sequences at which the steps that are in memory begin.</summary>
    private protected virtual int FirstStep => 0;

    // Multiplies each row's losses, and ∂L/∂y, by the weights: a weight of 0 leaves none, whatever they were.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Weigh(ref TNumber a, int last)
    {
        GroupRows rows = LossRows;
        for (int step = 0; step < Shape.LossSteps; step++)
        {
            int live = Shape.LossAtEnd ? last : rows.Last(step, last);
            for (int row = 0; row < live; row++)
            {
                Multiply(MemoryMarshal.CreateSpan(ref Unsafe.Add(ref a, Shape.Losses + step * Shape.GroupSize + row), 1), Factor(rows, row, step));
            }
        }

        // The loss of labels is that of all steps.
        int steps = Job.IsForwardOnly ? 0 : Layout.LabelLength > 0 ? Shape.Steps : Shape.LossSteps;
        for (int step = 0; step < steps; step++)
        {
            int live = Shape.LossAtEnd ? last : rows.Last(step, last);
            for (int row = 0; row < live; row++)
            {
                Multiply(MemoryMarshal.CreateSpan(ref Unsafe.Add(ref a, Shape.OutputAdjoints.At(step, row)), Shape.OutputWidth), Factor(rows, row, step));
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private TNumber Factor(GroupRows rows, int row, int step)
    {
        ReadOnlySpan<float> weights = Job.Batch.Weights;
        int perSequence = weights.Length / Job.Batch.Count, sequence = Start + rows.Sequence(row);
        return TNumber.CreateTruncating(Job.WeightScale * weights[perSequence == 1 ? sequence : sequence * perSequence + FirstStep + step]);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Multiply(Span<TNumber> values, TNumber factor)
    {
        if (factor == TNumber.Zero)
        {
            values.Clear();
            return;
        }

        foreach (ref TNumber value in values)
        {
            value *= factor;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private protected void AddLosses()
    {
        GroupRows rows = LossRows;
        int count = Rows.Count;
        for (int step = 0; step < Shape.LossSteps; step++)
        {
            int live = Shape.LossAtEnd ? count : rows.Last(step, count);
            foreach (TNumber loss in Arena.Slice(Shape.Losses + step * Shape.GroupSize, live))
            {
                Loss += double.CreateTruncating(loss);
            }
        }
    }

    private sealed class Steps(TrainedGroup<TNumber, TInput, TTarget> group) : SharedSteps
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private protected override void Share(SharedWork work) => group.Job.Core.Program.Share(
            work, ref group.Job.Core.Packs, ref group.First, ref group.Job.SumOf(group.Sum), group.Rows, group.Decoded);
    }
}
