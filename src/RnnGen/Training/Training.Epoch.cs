namespace RnnGen.Runtime;

// How an epoch ends: its last update is measured, then the validation; good parameters are kept, and the results are reported.
internal sealed partial class Training<TSelf, TNumber, TInput, TTarget>
{
    private void EndEpoch(int epoch, CancellationToken cancellationToken)
    {
        EvaluationPass<TSelf, TNumber, TInput, TTarget>? pass = null;
        double trainingLoss = TrainingLoop.Mean(_lossSum, _lossWeight), seconds = Seconds;
        double after = MeasureLastUpdate(epoch, cancellationToken);
        // A carried state is not at hand for the batch any more, so that its loss is another one there.
        bool hasOvershot = !double.IsFinite(after) || (_carrying is null && after > 2 * Math.Max(_goodLoss, _countedLoss));
        EpochResult result;
        _average?.Swap<TSelf, TInput, TTarget>(_model);
        try
        {
            if (_validation is not null)
            {
                pass = new(_model, _validation, "validation", _options.NonFinite) { Carrying = _carrying, HasMeasures = _hasMeasures, FreeRunning = FreeRunning, Processes = _processes };
                using SharedCalls shared = ShareCalls();
                pass.Run(cancellationToken);
                ModelTelemetry.Validated(TSelf.Layout.ModelName, pass.Loss);
            }

            result = new()
            {
                Epoch = epoch, TrainingLoss = trainingLoss, ValidationLoss = pass?.Loss, Seconds = seconds, SequencesPerSecond = _batches.SequenceCount / Math.Max(seconds, 1e-9),
                LearningRate = _lastRate, Validation = pass?.Evaluation, FreeRunningLoss = pass?.FreeRunningLoss, Monitor = _options.Monitor, Monitored = _options.Monitor.Value(pass?.Evaluation), SkippedSteps = _skipped, SkippedValidation = pass?.LeftOutSequences ?? 0, HasOvershot = hasOvershot,
            };
            CheckMonitored(result);
            _stopping.Add(result.WatchedLoss, _keepsBest ? _model.Parameters : default);
        }
        finally
        {
            _average?.Swap<TSelf, TInput, TTarget>(_model);
        }

        TellOfValidation(epoch, pass);

        // What is twice as bad as the lowest loss so far may be on its way to infinity. The loss of the steps that were taken shows that, but is no lowest loss where others were skipped.
        // Where nothing was counted, nothing was measured.
        if ((result.FreeRunningLoss ?? result.ValidationLoss ?? result.TrainingLoss) <= 2 * _goodLoss && !hasOvershot)
        {
            if (_counted >= 0)
            {
                Take(_good);
            }

            _goodLoss = result.LossToWatch < _goodLoss ? result.LossToWatch : _goodLoss;
        }

        _epochs.Add(result);
        if (IsFirst)
        {
            Watched before = Watch();
            _options.Report(result);
            CheckUnchanged(before);
        }

        Tell(result, static (callback, epoch) => callback.OnEpochEnded(epoch));
    }

    // A decoder that reads its own outputs in training, now and then, is measured as it is used. It reads targets before the first epoch with sampling.
    private IFreeRunningModel<TNumber, TInput, TTarget>? FreeRunning =>
        _model is IScheduledSamplingModel { ScheduledSampling: > 0 } ? _model as IFreeRunningModel<TNumber, TInput, TTarget> : null;

    // Once an epoch: if the training is cancelled in the validation after it, it continues with this result.
    private double MeasureLastUpdate(int epoch, CancellationToken cancellationToken)
    {
        if (_after is { } known)
        {
            return known;
        }

        double after = MeasuresLastUpdate(epoch) ? LossAfterLastUpdate(cancellationToken) : _countedLoss;
        _after = after;
        if (!double.IsFinite(after))
        {
            Diverge(epoch, after);
        }

        return after;
    }

    // The loss of a step is that before its update: nothing has measured the last one. A training that continues after a failure, or keeps parameters, must know; and the last of all has no step after it.
    private bool MeasuresLastUpdate(int epoch) => _counted >= 0 && (_options.NonFinite.GoesOn || (_validation is null && (_keepsBest || epoch == _options.Epochs)));

    // The loss of the batch whose loss counted last, measured again with the parameters that its update and those after it left; not finite where a parameter or a moment is not.
    private double LossAfterLastUpdate(CancellationToken cancellationToken)
    {
        if (!NonFinite.None(_model.Parameters) || !AreMomentsFinite())
        {
            return double.NaN;
        }

        using SharedCalls shared = ShareCalls();
        BatchRows rows = new(0, _read == _counted ? Math.Min(_batches.Size, _batches.SequenceCount - _counted) : Read(_counted, cancellationToken));
        return double.CreateTruncating(_model.ComputeLoss(_batches.Batch(rows)));
    }

    private void Diverge(int epoch, double after)
    {
        NonFiniteException exception = new(Invariant(
            $"The last update of epoch {epoch} was too large: the loss of its batch was {_countedLoss:G5} before it and {after} after it, or a parameter or moment of the optimiser is not finite. Lower the learning rate (it was {_lastRate:G3}), or set ClipNorm."));
        if (_options.NonFinite is { GoesOn: true, RollsBack: false })
        {
            // Skipping cannot undo it. The steps that come next meet it, as EpochResult.HasOvershot says.
            Say($"{exception.Message}");
            return;
        }

        Recover(exception);
        Say($"step {_step} rolled back, learning rate {_ownRate * _rateFactor:G3} from now on: {exception.Message}");
        Tell((_step, exception), static (callback, skipped) => callback.OnStepSkipped(skipped._step, skipped.exception));
    }

    private void TellOfValidation(int epoch, EvaluationPass<TSelf, TNumber, TInput, TTarget>? pass)
    {
        if (pass is null)
        {
            return;
        }

        if (pass.Diverged is { } diverged)
        {
            Recover(diverged);
        }

        foreach (NonFiniteException exception in pass.Diverged is null ? pass.LeftOut : [.. pass.LeftOut, pass.Diverged])
        {
            Say($"epoch {epoch}: {(ReferenceEquals(exception, pass.Diverged) ? Invariant($"the validation has no loss, learning rate {_ownRate * _rateFactor:G3} from now on") : "validation sequences left out")}: {exception.Message}");
            Tell((epoch, exception), static (callback, found) => callback.OnValidationNonFinite(found.epoch, found.exception));
        }
    }
}
