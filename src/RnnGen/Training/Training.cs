using System.Diagnostics;
using System.Numerics;

namespace RnnGen.Runtime;

/// <summary>
/// A running training. The number of the step determines the position in the data: an epoch's order depends only on the seed and the epoch, so steps before and
/// after an interruption are the same.
/// </summary>
internal sealed partial class Training<TSelf, TNumber, TInput, TTarget>
    where TSelf : IRnnModel<TSelf, TNumber, TInput, TTarget>
    where TNumber : unmanaged, IBinaryFloatingPointIeee754<TNumber>
    where TInput : unmanaged
    where TTarget : unmanaged
{
    private readonly TSelf _model;
    private readonly FitOptions _options;
    private readonly Optimizer _optimizer;
    private readonly Batches<TInput, TTarget> _batches;
    private readonly Batches<TInput, TTarget>? _validation;
    private readonly IStatefulModel<TNumber, TInput, TTarget>? _carrying;
    private readonly BatchState<TNumber>? _state;
    private readonly TrainingCallback[] _callbacks;
    private readonly long _stepsPerEpoch;
    private readonly double _ownRate;
    private readonly List<(string Name, double Value)> _ownDraws;
    private readonly List<EpochResult> _epochs;
    private readonly WeightAverage<TNumber>? _average;
    private readonly EarlyStopping<TNumber> _stopping;
    private readonly bool _keepsBest;
    private readonly bool _hasMeasures;
    private readonly CheckpointFolder? _folder;
    private readonly TrainingState<TNumber>? _saved;
    private readonly TrainingState<TNumber>? _good;
    private readonly Stopwatch _watch = new();
    private long _step;
    private double _lossSum;
    private double _lossWeight;
    private int _skipped; // steps of this epoch
    private int _counted = -1; // where in the epoch's order the last batch begins whose loss counted; -1 for none
    private double _countedLoss;
    private double? _after; // its loss after the epoch's last update; null before that was measured
    private int _read = -1; // where the batch begins that is in memory; -1 for none of this epoch
    private double _goodLoss = double.NaN;
    private double _rateFactor = 1;
    private int _failures;
    private double _secondsBefore;
    private double _lastRate;

    /// <summary>Prepares a training; the arguments have been checked.</summary>
    public Training(
        TSelf model, FitOptions options, Batches<TInput, TTarget> batches, Batches<TInput, TTarget>? validation, IStatefulModel<TNumber, TInput, TTarget>? carrying, ProcessGroup? processes)
    {
        _processes = processes;
        (_model, _options, _batches, _validation, _carrying) = (model, options, batches, validation, carrying);
        _optimizer = options.OptimizerOrDefault;
        _state = carrying?.CreateBatchState(batches.Size);
        _callbacks = [.. FitOptions.CheckCallbacks(options.Callbacks, nameof(FitOptions.Callbacks)).Where(_ => IsFirst)];
        _stepsPerEpoch = ((long)batches.SequenceCount + batches.Size - 1) / batches.Size;
        _ownRate = _optimizer.LearningRate;
        _ownDraws = DrawsOf(model);
        _epochs = [];
        _average = options.AverageDecay is { } decay ? new(decay) : null;
        _stopping = new(options.Patience ?? int.MaxValue);
        _keepsBest = options.KeepsBest;
        _hasMeasures = options.Metrics || options.Monitor.IsOfPredictions || TSelf.Layout.IsDecoded;
        _folder = options.Checkpoint is null || !IsFirst ? null : new(options.Checkpoint);
        _saved = options.Checkpoint is null ? null : new();
        _good = options.NonFinite.RollsBack ? new() : null;
    }

    /// <summary>Whether nothing has improved for <see cref="FitOptions.Patience"/> epochs.</summary>
    private bool HasStoppedEarly => _stopping.ShouldStop && _epochs.Count < _options.Epochs;

    private static string NumberType => typeof(TNumber) == typeof(float) ? "float" : "double";

    private double Seconds => _secondsBefore + _watch.Elapsed.TotalSeconds;

    /// <summary>Trains to the end.</summary>
    public TrainingResult Run(CancellationToken cancellationToken)
    {
        try
        {
            TrainingStarted started = new()
            {
                Layout = TSelf.Layout, Epochs = _options.Epochs, StepsPerEpoch = _stepsPerEpoch, Optimizer = _optimizer,
                TrainingCount = _batches.SequenceCount,
                ValidationCount = _validation?.SequenceCount ?? 0,
                StepsBefore = _step,
                EpochsBefore = [.. _epochs],
            };
            Tell(started, static (callback, training) => callback.OnTrainingStarted(training));

            while (_epochs.Count < _options.Epochs && !HasStoppedEarly)
            {
                RunEpoch(_epochs.Count + 1, cancellationToken);
            }

            SaveLast();
            _optimizer.LearningRate = _ownRate;
            PutFinal();
            TrainingResult result = new(_epochs, HasStoppedEarly);
            Tell(result, static (callback, ended) => callback.OnTrainingEnded(ended));
            return result;
        }
        catch (OperationCanceledException e) when (_processes?.HasAgreedOn(e) ?? true)
        {
            try
            {
                SaveLast();
            }
            catch (CheckpointException failure)
            {
                Fail(failure);
                throw;
            }

            Fail(e);
            throw;
        }
        catch (Exception e)
        {
            Fail(e);
            throw;
        }
        finally
        {
            _optimizer.LearningRate = _ownRate;
        }
    }

    // What the model is left with: the best epoch's parameters, their average, or its last ones.
    private void PutFinal()
    {
        if (_stopping.BestParameters.Length > 0)
        {
            _model.SetParameters(_stopping.BestParameters);
        }
        else if (_average is { Count: > 0 })
        {
            _model.SetParameters(_average.Parameters);
        }
    }

    private void Fail(Exception exception) => Tell(exception, static (callback, failure) => callback.OnTrainingFailed(failure));

    private void RunEpoch(int epoch, CancellationToken cancellationToken)
    {
        long begin = (epoch - 1) * _stepsPerEpoch, end = epoch * _stepsPerEpoch;
        _batches.Begin(_options.Seed, epoch, _options.Shuffle && !_options.CarryState, hasNext: epoch < _options.Epochs);
        _read = -1;
        if (_step == begin)
        {
            _state?.Reset();
            (_lossSum, _lossWeight, _secondsBefore, _lastRate, _skipped, _counted, _after) = (0, 0, 0, double.NaN, 0, -1, null);
        }

        _watch.Restart();
        while (_step < end)
        {
            if (IsCancelled(cancellationToken))
            {
                throw Agreed(new OperationCanceledException(cancellationToken));
            }

            RunStep(epoch, (int)(_step - begin) * _batches.Size, OwnToken(cancellationToken));
            _isDue |= IsSavedAt(_step);
            if (_step < end && _isDue)
            {
                // Saving is not counted as training time.
                _watch.Stop();
                SaveDue();
                _watch.Start();
            }
        }

        _watch.Stop();
        EndEpoch(epoch, OwnToken(cancellationToken));
        _isDue |= _options.Checkpoint is { } checkpoint && (epoch % checkpoint.EveryEpochs == 0 || IsSavedAt(_step));
        SaveDue();
    }

    private void RunStep(int epoch, int first, CancellationToken cancellationToken)
    {
        _optimizer.LearningRate = Rate();
        BatchRows rows = new(0, Read(first, cancellationToken));
        ResetStates(rows.Count);
        TNumber loss;
        try
        {
            using SharedCalls shared = ShareCalls();
            loss = _model.TrainStep(_batches.Batch(rows, _state), _optimizer);
        }
        catch (NonFiniteException e)
        {
            NonFiniteException named = _batches.InSource(e);
            if (_options.NonFinite.GoesOn && _failures < _options.NonFinite.Limit)
            {
                Skip(named);
                return;
            }

            Agreed(named);
            if (ReferenceEquals(named, e))
            {
                throw;
            }

            throw named;
        }

        _step++;
        _failures = 0;
        double weight = _batches.Weight(rows), value = weight > 0 ? double.CreateTruncating(loss) : double.NaN;
        if (weight > 0)
        {
            _average?.Add(_model.Parameters);
            _lastRate = _optimizer.LearningRate;
            _goodLoss = double.IsNaN(_goodLoss) ? value : _goodLoss;
            _lossSum += value * weight;
            _lossWeight += weight;
            (_counted, _countedLoss) = (first, value);
        }

        StepResult result = new() { Step = _step, Epoch = epoch, Loss = value, LearningRate = _optimizer.LearningRate, GradientNorm = weight > 0 ? _optimizer.GradientNorm : null, Sequences = rows.Count };
        Tell(result, static (callback, step) => callback.OnStepEnded(in step));
    }

    // Some streams start from the beginning; which ones is a function of the step, so that a training that is resumed draws the same.
    private void ResetStates(int count)
    {
        if (_state is null || _options.ResetProbability == 0)
        {
            return;
        }

        CounterRandom random = new(_options.Seed, (int)_step, RandomPurpose.Resetting);
        for (int row = 0; row < count; row++)
        {
            if (random.Uniform(row) < _options.ResetProbability)
            {
                _state.Reset(row);
            }
        }
    }

    private void Skip(NonFiniteException exception)
    {
        _step++;
        _skipped++;
        Recover(exception);
        Say($"step {_step} {(_options.NonFinite.RollsBack ? "rolled back" : "skipped")}, learning rate {_ownRate * _rateFactor:G3} from now on: {exception.Message}");
        Tell((_step, exception), static (callback, skipped) => callback.OnStepSkipped(skipped._step, skipped.exception));
    }

    // The rate of the step that comes next.
    private double Rate()
    {
        double factor = _options.Schedule?.Factor(Position(_step, _options.Epochs, _epochs)) ?? 1, rate = _ownRate * _rateFactor * factor;
        return rate >= 0 && TNumber.IsFinite(TNumber.CreateTruncating(rate)) ? rate : throw new ArgumentOutOfRangeException(
            nameof(Optimizer.LearningRate), Invariant($"{rate}"), Invariant(
                $"The learning rate of step {_step + 1} would be {rate:R}, which is not a finite {NumberType} of at least 0: {(_options.Schedule is null ? "" : Invariant($"the schedule {_options.Schedule} has the factor {factor:R}, and "))}the optimiser's rate is {_ownRate:R}. Nothing was updated by the step."));
    }

    private TrainingPosition Position(long step, int epochs, IReadOnlyList<EpochResult> ended) => new() { Step = step, StepCount = _stepsPerEpoch * epochs, StepsPerEpoch = _stepsPerEpoch, Epochs = ended };

    private int Read(int first, CancellationToken cancellationToken)
    {
        _read = -1;
        int count = _batches.Read(first, cancellationToken);
        _read = first;
        return count;
    }

    // One failure more in a row: the rate is lowered, and the parameters go back where the policy says so.
    private void Recover(NonFiniteException exception)
    {
        if (!_options.NonFinite.GoesOn || _failures >= _options.NonFinite.Limit)
        {
            throw Agreed(exception);
        }

        _failures++;
        _rateFactor *= _options.NonFinite.RateFactor;
        if (_options.NonFinite.RollsBack)
        {
            _good!.RollBack<TSelf, TInput, TTarget>(_model, _optimizer, _average);
            _state?.Reset();
        }
    }

    private void Say(FormattableString text)
    {
        if (IsFirst)
        {
            _options.Console?.Write(Invariant(text));
        }
    }
}
