using System.Numerics;

namespace RnnGen.Runtime;

/// <summary>
/// One pass over data that measures a model: its mean loss and, where wanted, all measures, with states carried where the training carries them. Data or a loss that is not
/// finite is an exception that names the sequence, or is dealt with as the policy says.
/// </summary>
/// <param name="model">The model; nothing of it changes.</param>
/// <param name="batches">The data.</param>
/// <param name="name">What messages call the data.</param>
/// <param name="policy">What happens where a value is not finite.</param>
internal sealed class EvaluationPass<TSelf, TNumber, TInput, TTarget>(TSelf model, Batches<TInput, TTarget> batches, string name, NonFinitePolicy policy)
    where TSelf : IRnnModel<TSelf, TNumber, TInput, TTarget>
    where TNumber : unmanaged, IBinaryFloatingPointIeee754<TNumber>
    where TInput : unmanaged
    where TTarget : unmanaged
{
    private readonly SequenceCheck<TInput, TTarget> _check = new(TSelf.Layout, name);
    private readonly TNumber[] _outputs = new TNumber[checked(batches.Size * TSelf.Layout.OutputLength)];
    private BatchState<TNumber>? _before, _state, _predicted; // before the batch, after its loss, after its prediction
    private bool[] _isBad = []; // which sequences of the batch are left out; none before one was
    private ResetPieces<TNumber, TInput, TTarget>? _pieces;
    private double _sum, _freeSum, _weights;
    private int _failures;

    /// <summary>Carries states from batch to batch; <see langword="null"/> if all sequences are new.</summary>
    public IStatefulModel<TNumber, TInput, TTarget>? Carrying { get; init; }

    /// <summary>The processes that share each batch; <see langword="null"/> if this one measures alone. All of them measure the same.</summary>
    public ProcessGroup? Processes { get; init; }

    /// <summary>The model as one that reads its own outputs; <see langword="null"/> if that loss is not wanted.</summary>
    public IFreeRunningModel<TNumber, TInput, TTarget>? FreeRunning { get; init; }

    /// <summary>The mean loss where each step reads the previous output; <see langword="null"/> if it is not wanted.</summary>
    public double? FreeRunningLoss => FreeRunning is null ? null : Diverged is null ? TrainingLoop.Mean(_freeSum, _weights) : double.NaN;

    /// <summary>Whether to compute all measures and not only the loss.</summary>
    public bool HasMeasures { get; init; }

    /// <summary>The mean loss of what was counted; NaN if nothing was, or if the model has no finite loss.</summary>
    public double Loss => Diverged is null ? TrainingLoop.Mean(_sum, _weights) : double.NaN;

    /// <summary>The measures of what was counted; <see langword="null"/> if only the loss was requested, or if the model has no finite loss.</summary>
    public Evaluation? Evaluation { get; private set; }

    /// <summary>Batches from which sequences were left out because their data is not finite, each with the first of these.</summary>
    public List<NonFiniteException> LeftOut { get; } = [];

    /// <summary>The sequences that were left out.</summary>
    public int LeftOutSequences { get; private set; }

    /// <summary>What is not finite although the data is: the model has no finite loss. <see langword="null"/> if it has one.</summary>
    public NonFiniteException? Diverged { get; private set; }

    /// <summary>Measures.</summary>
    /// <exception cref="NonFiniteException">A value is not finite, and the policy does not let the training continue.</exception>
    public EvaluationPass<TSelf, TNumber, TInput, TTarget> Run(CancellationToken cancellationToken)
    {
        Metrics<TNumber, TTarget>? measures = HasMeasures ? new(TSelf.Layout) : null;
        (_before, _state, _predicted) = (Carrying?.CreateBatchState(batches.Size), Carrying?.CreateBatchState(batches.Size), HasMeasures ? Carrying?.CreateBatchState(batches.Size) : null);
        for (long first = 0; first < batches.SequenceCount && Diverged is null; first += batches.Size)
        {
            cancellationToken.ThrowIfCancellationRequested();
            RunBatch(batches.Read((int)first, cancellationToken), measures);
        }

        Evaluation = Diverged is null ? measures?.Result(Loss) : null;
        return this;
    }

    private void RunBatch(int count, Metrics<TNumber, TTarget>? measures)
    {
        if (_state is not null)
        {
            _before!.Restore(_state.AllValues, _state.AllCarried);
        }

        // A gate that saturates hides an infinite input from the loss.
        if (FindInData(0, count) is { } found)
        {
            LeaveOut(found.Exception, found.Row, count, measures);
            return;
        }

        Measure(new(0, count), _state, _predicted, measures);
    }

    // Each run of sequences between those whose data is not finite is measured as a batch of its own, from their states on; the states of the others stay.
    private void LeaveOut(NonFiniteException exception, int row, int count, Metrics<TNumber, TTarget>? measures)
    {
        Array.Resize(ref _isBad, Math.Max(_isBad.Length, count));
        _isBad.AsSpan().Clear();
        int left = 0;
        for (int bad = row; bad >= 0; bad = FindInData(bad + 1, count)?.Row ?? -1)
        {
            _isBad[bad] = true;
            left++;
        }

        // A batch of which something is measured is no failure in a row.
        Allow(exception, isFailure: left == count);
        LeftOut.Add(exception);
        LeftOutSequences += left;
        for (int first = 0, next; first < count && Diverged is null; first = next + 1)
        {
            int length = _isBad.AsSpan(first, count - first).IndexOf(true);
            next = length < 0 ? count : first + length;
            if (next > first)
            {
                MeasureRun(new(first, next - first), measures);
            }
        }
    }

    private void MeasureRun(BatchRows rows, Metrics<TNumber, TTarget>? measures)
    {
        if (_state is null)
        {
            Measure(rows, null, null, measures);
            return;
        }

        BatchState<TNumber> state = Before(rows);
        BatchState<TNumber>? predicted = _predicted is null ? null : Before(rows);
        Measure(rows, state, predicted, measures);
        for (int row = 0; row < rows.Count; row++)
        {
            _state.Set(rows.First + row, state[row]);
            _predicted?.Set(rows.First + row, predicted![row]);
        }
    }

    // The states that some sequences of the batch continue from.
    private BatchState<TNumber> Before(BatchRows rows)
    {
        BatchState<TNumber> state = Carrying!.CreateBatchState(rows.Count);
        for (int row = 0; row < rows.Count; row++)
        {
            if (_before!.IsCarried(rows.First + row))
            {
                state.Set(row, _before[rows.First + row]);
            }
        }

        return state;
    }

    private void Measure(BatchRows rows, BatchState<TNumber>? state, BatchState<TNumber>? predicted, Metrics<TNumber, TTarget>? measures)
    {
        ModelLayout layout = TSelf.Layout;
        double weight = batches.Weight(rows);
        double loss = LossOf(rows, state), free = FreeRunning is null ? 0 : FreeRunningLossOf(rows);
        Span<TNumber> outputs = _outputs.AsSpan(0, measures is null ? 0 : rows.Count * layout.OutputLength);
        NonFiniteException? undecided = null;
        try
        {
            Predict(rows, outputs, predicted);
        }
        catch (NonFiniteException e)
        {
            // A decoder that has no most probable token to continue with.
            undecided = batches.InSource(e, rows.First);
        }

        // What is decoded may be not finite though the loss, which reads the targets, is; and so may what is carried on.
        bool isFinite = undecided is null && (weight == 0 || (double.IsFinite(loss) && double.IsFinite(free))) && !(weight > 0 && layout.IsDecoded && !NonFinite.None<TNumber>(outputs)) && (state is null || NonFinite.None(state.AllValues));
        if (!isFinite)
        {
            Diverge(undecided ?? Find(rows, loss, outputs, state));
            return;
        }

        try
        {
            measures?.Add(outputs, batches.Targets(rows), rows.Count, layout.LabelLength > 0 ? batches.Lengths(rows) : batches.OutputLengths(rows), batches.Weights(rows));
        }
        catch (NonFiniteException e)
        {
            // A logit to choose by, of a sequence whose loss is finite.
            Diverge(batches.InSource(e, rows.First));
            return;
        }

        _failures = 0;
        _sum += weight > 0 ? loss * weight : 0;
        _freeSum += weight > 0 ? free * weight : 0;
        _weights += weight;
    }

    private double LossOf(BatchRows rows, BatchState<TNumber>? state) => double.CreateTruncating(model.ComputeLoss(batches.Batch(rows, state)));

    private double FreeRunningLossOf(BatchRows rows) => double.CreateTruncating(FreeRunning!.ComputeFreeRunningLoss(batches.Batch(rows)));

    private void Predict(BatchRows rows, Span<TNumber> outputs, BatchState<TNumber>? state)
    {
        if (!HasMeasures)
        {
            return;
        }

        if (Processes is not null)
        {
            PredictShared(Processes, rows, outputs, state);
        }
        else
        {
            PredictOwn(rows, outputs, state);
        }
    }

    private void PredictOwn(BatchRows rows, Span<TNumber> outputs, BatchState<TNumber>? state)
    {
        TrainingBatch<TInput, TTarget> batch = batches.Batch(rows);
        if (!batch.Resets.IsEmpty)
        {
            PredictPieces(batch, outputs, state);
        }
        else if (state is not null)
        {
            Carrying!.PredictBatch(batches.Inputs(rows), outputs, rows.Count, state, batches.Lengths(rows));
        }
        else
        {
            model.PredictBatch(batches.Inputs(rows), outputs, rows.Count, batches.Lengths(rows));
        }
    }

    // Sequences with resets are predicted as the pieces between them.
    private void PredictPieces(in TrainingBatch<TInput, TTarget> batch, Span<TNumber> outputs, BatchState<TNumber>? state)
    {
        _pieces ??= new(TSelf.Layout);
        _pieces.Cut(batch, state);
        TrainingBatch<TInput, TTarget> pieces = _pieces.Batch;
        if (state is null)
        {
            model.PredictBatch(pieces.Inputs, _pieces.Outputs, pieces.Count, pieces.Lengths);
        }
        else
        {
            Carrying!.PredictBatch(pieces.Inputs, _pieces.Outputs, pieces.Count, _pieces.State!, pieces.Lengths);
            _pieces.GiveStates(state);
        }

        _pieces.GiveOutputs(outputs);
    }

    // Each process predicts its share of the sequences, whose outputs do not depend on the others, and receives those of all.
    private void PredictShared(ProcessGroup processes, BatchRows rows, Span<TNumber> outputs, BatchState<TNumber>? state)
    {
        int[] shares = processes.Starts(rows.Count);
        int length = TSelf.Layout.OutputLength, first = shares[processes.Rank], count = shares[processes.Rank + 1] - first;
        BatchRows own = new(rows.First + first, count);
        BatchState<TNumber>? part = state is null || count == 0 ? null : Carrying!.CreateBatchState(count);
        bool hasFailed = false;
        if (count > 0)
        {
            part?.CopyFrom(state!, first);
            try
            {
                PredictOwn(own, outputs.Slice(first * length, count * length), part);
            }
            catch (NonFiniteException)
            {
                hasFailed = true;
            }
        }

        if (processes.Any(hasFailed))
        {
            // Which sequence is the first that cannot be decoded, each process finds as one alone does.
            PredictOwn(rows, outputs, state);
            return;
        }

        Gather(outputs, length);
        if (state is not null)
        {
            TNumber[] values = new TNumber[rows.Count * state.Length];
            part?.AllValues.CopyTo(values.AsSpan(first * state.Length));
            Gather<TNumber>(values, state.Length);
            for (int row = 0; row < rows.Count; row++)
            {
                state.Set(row, values.AsSpan(row * state.Length, state.Length));
            }
        }

        void Gather<T>(Span<T> values, int perRow) where T : unmanaged => processes.Gather(values, Array.ConvertAll(shares, share => share * perRow));
    }

    private void Diverge(NonFiniteException exception)
    {
        Allow(exception, isFailure: true);
        Diverged = exception;
    }

    // Throws if the policy does not let the training continue.
    private void Allow(NonFiniteException exception, bool isFailure)
    {
        _failures += isFailure ? 1 : 0;
        if (!policy.GoesOn || _failures > policy.Limit)
        {
            // All processes have the same numbers, and the same data where it was compared before.
            throw batches.AreCompared ? Processes?.Agree(exception) ?? exception : exception;
        }
    }

    // The first sequence, from a row on, with data that is not finite.
    private (int Row, NonFiniteException Exception)? FindInData(int first, int count)
    {
        for (int row = first; row < count; row++)
        {
            BatchRows one = new(row, 1);
            int index = batches.Sequence(row), steps = batches.Lengths(one) is [int length] ? length : TSelf.Layout.SequenceLength;
            if ((_check.NotFiniteInput(index, batches.Inputs(one), steps) ?? _check.NotFiniteTarget(index, batches.Targets(one), steps)) is { } found)
            {
                return (row, found);
            }
        }

        return null;
    }

    // The first sequence without a finite loss or output, though its data is finite.
    private NonFiniteException Find(BatchRows rows, double loss, ReadOnlySpan<TNumber> outputs, BatchState<TNumber>? after)
    {
        const string cause = ", and its data is finite: the model's parameters are too large for it, or its inputs or targets are. Lower the learning rate or clip the gradient; scale what is large in the data";
        for (int row = 0; row < rows.Count; row++)
        {
            BatchRows one = new(rows.First + row, 1);
            double own = LossOf(one, _before is null ? null : Before(one));
            if (batches.Weight(one) > 0 && !double.IsFinite(own))
            {
                return Named(Invariant($"The loss is {own} in"), one.First, cause);
            }

            if (FreeRunning is not null && batches.Weight(one) > 0 && FreeRunningLossOf(one) is var free && !double.IsFinite(free))
            {
                return Named(Invariant($"The free-running loss is {free} in"), one.First, cause);
            }

            if (TSelf.Layout.IsDecoded && !outputs.IsEmpty && !NonFinite.None(outputs.Slice(row * TSelf.Layout.OutputLength, TSelf.Layout.OutputLength)))
            {
                return Named("The decoded output is not finite in", one.First, cause);
            }
        }

        return after is not null && !NonFinite.None(after.AllValues)
            ? Named("A state is not finite that is carried on from the batch that begins with", rows.First, cause)
            : Named(Invariant($"The loss is {loss} in the batch that begins with"), rows.First, ", though each of its sequences has a finite one: their sum overflows. Lower the learning rate, or scale the targets");
    }

    private NonFiniteException Named(string before, int row, string after) => new($"{before} ", batches.Sequence(row), $" (from 0) of {name}{after}.");
}
