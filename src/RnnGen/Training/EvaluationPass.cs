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
    private double _sum, _weights;
    private int _failures;

    /// <summary>Carries states from batch to batch; <see langword="null"/> where sequences begin anew.</summary>
    public ICarriesState<TNumber, TInput, TTarget>? Carrying { get; init; }

    /// <summary>Whether all measures are taken, and not the loss alone.</summary>
    public bool HasMeasures { get; init; }

    /// <summary>The mean loss of what was counted; NaN where nothing was, and where the model has no finite loss.</summary>
    public double Loss => Diverged is null ? TrainingLoop.Mean(_sum, _weights) : double.NaN;

    /// <summary>The measures of what was counted; <see langword="null"/> where only the loss was asked for, and where the model has no finite loss.</summary>
    public Evaluation? Evaluation { get; private set; }

    /// <summary>Batches that were left out since their data is not finite, each with the first sequence of which that is so.</summary>
    public List<NonFiniteException> LeftOut { get; } = [];

    /// <summary>The sequences of these batches.</summary>
    public int LeftOutSequences { get; private set; }

    /// <summary>What is not finite though the data is: the model has no finite loss. <see langword="null"/> where it has one.</summary>
    public NonFiniteException? Diverged { get; private set; }

    /// <summary>Measures.</summary>
    /// <exception cref="NonFiniteException">A value is not finite, and the policy does not allow to go on.</exception>
    public EvaluationPass<TSelf, TNumber, TInput, TTarget> Run(CancellationToken cancellationToken)
    {
        Measures<TNumber, TTarget>? measures = HasMeasures ? new(TSelf.Layout) : null;
        (_before, _state, _predicted) = (Carrying?.CreateBatchState(batches.Size), Carrying?.CreateBatchState(batches.Size), HasMeasures ? Carrying?.CreateBatchState(batches.Size) : null);
        for (long first = 0; first < batches.SequenceCount && Diverged is null; first += batches.Size)
        {
            cancellationToken.ThrowIfCancellationRequested();
            RunBatch(batches.Read((int)first, cancellationToken), measures);
        }

        Evaluation = Diverged is null ? measures?.Result(Loss) : null;
        return this;
    }

    private void RunBatch(int count, Measures<TNumber, TTarget>? measures)
    {
        ModelLayout layout = TSelf.Layout;
        if (_state is not null)
        {
            _before!.Restore(_state.AllValues, _state.AllCarried);
        }

        // A gate that saturates hides an infinite input from the loss.
        if (FindInData(count) is { } found)
        {
            Fail(found, isOfData: true, count);
            return;
        }

        double weight = batches.Weight(count, layout);
        double loss = double.CreateTruncating(_state is null
            ? model.ComputeLoss(batches.Inputs(count), batches.Targets(count), count, batches.Lengths(count))
            : Carrying!.ComputeLoss(batches.Inputs(count), batches.Targets(count), count, _state, batches.Lengths(count)));
        Span<TNumber> outputs = _outputs.AsSpan(0, measures is null ? 0 : count * layout.OutputLength);
        NonFiniteException? undecided = null;
        try
        {
            Predict(outputs, count);
        }
        catch (NonFiniteException e)
        {
            // A decoder that has no most probable token to go on with.
            undecided = batches.InSource(e);
        }

        // What is decoded may be not finite though the loss, which reads the targets, is; and so may what is carried on.
        bool isFinite = undecided is null && (weight == 0 || double.IsFinite(loss)) && !(weight > 0 && layout.IsDecoded && !NonFinite.None<TNumber>(outputs)) && (_state is null || NonFinite.None(_state.AllValues));
        if (!isFinite)
        {
            Fail(undecided ?? Find(count, loss, outputs), isOfData: false, count);
            return;
        }

        try
        {
            measures?.Add(outputs, batches.Targets(count), count, layout.LabelLength > 0 ? batches.Lengths(count) : batches.OutputLengths(count, layout));
        }
        catch (NonFiniteException e)
        {
            // A logit to choose by, of a sequence whose loss is finite.
            Fail(batches.InSource(e), isOfData: false, count);
            return;
        }

        _failures = 0;
        _sum += weight > 0 ? loss * weight : 0;
        _weights += weight;
    }

    private void Predict(Span<TNumber> outputs, int count)
    {
        if (_predicted is not null)
        {
            Carrying!.PredictBatch(batches.Inputs(count), outputs, count, _predicted, batches.Lengths(count));
        }
        else if (HasMeasures)
        {
            model.PredictBatch(batches.Inputs(count), outputs, count, batches.Lengths(count));
        }
    }

    private void Fail(NonFiniteException exception, bool isOfData, int count)
    {
        if (!policy.GoesOn || ++_failures > policy.Limit)
        {
            throw exception;
        }

        if (!isOfData)
        {
            Diverged = exception;
            return;
        }

        LeftOut.Add(exception);
        LeftOutSequences += count;
        if (_before is not null)
        {
            _state!.Restore(_before.AllValues, _before.AllCarried);
            _predicted?.Restore(_before.AllValues, _before.AllCarried);
        }
    }

    // The first sequence with data that is not finite.
    private NonFiniteException? FindInData(int count)
    {
        int input = TSelf.Layout.InputLength, target = TSelf.Layout.TargetLength;
        ReadOnlySpan<int> lengths = batches.Lengths(count);
        for (int row = 0; row < count; row++)
        {
            int index = batches.Sequence(row), steps = lengths.IsEmpty ? TSelf.Layout.SequenceLength : lengths[row];
            if ((_check.NotFiniteInput(index, batches.Inputs(count).Slice(row * input, input), steps) ?? _check.NotFiniteTarget(index, batches.Targets(count).Slice(row * target, target), steps)) is { } found)
            {
                return found;
            }
        }

        return null;
    }

    // The first sequence without a finite loss or output, though its data is finite.
    private NonFiniteException Find(int count, double loss, ReadOnlySpan<TNumber> outputs)
    {
        const string cause = ", and its data is finite: the model's parameters are too large for it, or its inputs or targets are. Lower the learning rate or clip the gradient; scale what is large in the data";
        for (int row = 0; row < count; row++)
        {
            double own = LossOf(row);
            if (!double.IsFinite(own))
            {
                return Named(Invariant($"The loss is {own} in"), row, cause);
            }

            if (TSelf.Layout.IsDecoded && !outputs.IsEmpty && !NonFinite.None(outputs.Slice(row * TSelf.Layout.OutputLength, TSelf.Layout.OutputLength)))
            {
                return Named("The decoded output is not finite in", row, cause);
            }
        }

        return _state is not null && !NonFinite.None(_state.AllValues)
            ? Named("A state is not finite that is carried on from the batch that begins with", 0, cause)
            : Named(Invariant($"The loss is {loss} in the batch that begins with"), 0, ", though each of its sequences has a finite one: their sum overflows. Lower the learning rate, or scale the targets");
    }

    private NonFiniteException Named(string before, int row, string after) => new($"{before} ", batches.Sequence(row), $" (from 0) of {name}{after}.");

    private double LossOf(int row)
    {
        int input = TSelf.Layout.InputLength, target = TSelf.Layout.TargetLength;
        ReadOnlySpan<TInput> inputs = batches.Inputs(row + 1).Slice(row * input, input);
        ReadOnlySpan<TTarget> targets = batches.Targets(row + 1).Slice(row * target, target);
        ReadOnlySpan<int> lengths = batches.Lengths(row + 1);
        lengths = lengths.IsEmpty ? default : lengths.Slice(row, 1);
        if (_before is null)
        {
            return double.CreateTruncating(model.ComputeLoss(inputs, targets, 1, lengths));
        }

        BatchState<TNumber> state = Carrying!.CreateBatchState(1);
        if (_before.IsCarried(row))
        {
            state.Set(0, _before[row]);
        }

        return double.CreateTruncating(Carrying.ComputeLoss(inputs, targets, 1, state, lengths));
    }
}
