using System.Numerics;

namespace RnnGen.Runtime;

/// <summary>The progress of a training: all numbers that its further results depend on, except the arrays in <see cref="TrainingState{T}"/>.</summary>
internal sealed record TrainingProgress
{
    /// <summary>Steps taken.</summary>
    public required long Step { get; init; }

    /// <summary>Losses of the current epoch so far, each times its weight.</summary>
    public required double LossSum { get; init; }

    /// <summary>The weights of these losses.</summary>
    public required double LossWeight { get; init; }

    /// <summary>Seconds of the current epoch so far.</summary>
    public required double Seconds { get; init; }

    /// <summary>The rate of the epoch's last update; NaN before it.</summary>
    public required double LastRate { get; init; }

    /// <summary>Steps of the current epoch that were skipped.</summary>
    public required int Skipped { get; init; }

    /// <summary>The start, in the epoch's order, of the last batch whose loss counted; -1 for none.</summary>
    public required int Counted { get; init; }

    /// <summary>Its loss.</summary>
    public required double CountedLoss { get; init; }

    /// <summary>Its loss after the epoch's last update; <see langword="null"/> before that was measured.</summary>
    public required double? After { get; init; }

    /// <summary>The lowest loss of an epoch so far; infinite before the first.</summary>
    public required double LeastLoss { get; init; }

    /// <summary>The epoch of that loss; 0 before the first.</summary>
    public required int BestEpoch { get; init; }

    /// <summary>The lowest loss of an epoch or of the first step so far, with which epochs are compared; NaN before the first step.</summary>
    public required double GoodLoss { get; init; }

    /// <summary>The factor by which failures have lowered the rate.</summary>
    public required double RateFactor { get; init; }

    /// <summary>Consecutive failures.</summary>
    public required int Failures { get; init; }

    /// <summary>The epochs that have ended.</summary>
    public required IReadOnlyList<EpochResult> Epochs { get; init; }

    public void Write(CheckpointWriter writer)
    {
        writer.Write(Step);
        writer.Write(LossSum);
        writer.Write(LossWeight);
        writer.Write(Seconds);
        writer.Write(LastRate);
        writer.Write(Skipped);
        writer.Write(Counted);
        writer.Write(CountedLoss);
        writer.Write(After);
        writer.Write(LeastLoss);
        writer.Write(BestEpoch);
        writer.Write(GoodLoss);
        writer.Write(RateFactor);
        writer.Write(Failures);
        writer.Write(Epochs.Count);
        foreach (EpochResult epoch in Epochs)
        {
            EpochFields.Write(writer, epoch);
        }
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <param name="reader">The file.</param>
    /// <param name="epochs">The epochs of the whole training.</param>
    /// <param name="stepsPerEpoch">The steps of an epoch.</param>
    /// <param name="sequences">The sequences of an epoch.</param>
    /// <param name="monitor">What the training watches.</param>
    public static TrainingProgress Read(CheckpointReader reader, int epochs, long stepsPerEpoch, int sequences, Monitor monitor)
    {
        long step = reader.ReadLong("the number of steps", 0);
        if (step / stepsPerEpoch > epochs || (step / stepsPerEpoch == epochs && step % stepsPerEpoch != 0))
        {
            long ended = step / stepsPerEpoch, begun = step % stepsPerEpoch;
            throw reader.DoesNotFit(Invariant($"has trained {ended} epochs{(begun == 0 ? "" : Invariant($" and {begun} of the {stepsPerEpoch} steps of the next"))}, but Epochs is {epochs} here: raise Epochs to at least {ended + (begun == 0 ? 0 : 1)} to continue it, or use another folder."));
        }

        double lossSum = reader.ReadFinite("the sum of the losses"), lossWeight = reader.ReadFinite("the weight of the losses", 0);
        double seconds = reader.ReadFinite("the seconds", 0), lastRate = reader.ReadDouble("the learning rate of the last step");
        int skipped = reader.ReadInt("the skipped steps", 0), counted = reader.ReadInt("the place of the last batch", -1, sequences - 1);
        double countedLoss = reader.ReadFinite("the loss of the last batch");
        double? after = reader.ReadOptional("the loss of the last batch after its update");
        double lowestLoss = reader.ReadDouble("the lowest loss");
        int bestEpoch = reader.ReadInt("the best epoch", 0, epochs);
        double goodLoss = reader.ReadDouble("the loss of the good epochs"), rateFactor = reader.ReadFinite("the factor of the learning rate", 0);
        int failures = reader.ReadInt("the failures in a row", 0), count = reader.ReadInt("the number of epochs", bestEpoch, epochs);
        if (double.IsNaN(lowestLoss) || rateFactor > 1)
        {
            throw reader.Malformed(Invariant($"the lowest loss should be a number but is {lowestLoss}, or the factor of the learning rate should be at most 1 but is {rateFactor}"));
        }

        // After its last step an epoch may still wait for its validation.
        if (count != step / stepsPerEpoch && !(step % stepsPerEpoch == 0 && count == (step / stepsPerEpoch) - 1))
        {
            throw reader.Malformed(Invariant($"{count} epochs have ended after {step} steps, {stepsPerEpoch} per epoch"));
        }

        List<EpochResult> results = [];
        for (int epoch = 1; epoch <= count; epoch++)
        {
            results.Add(EpochFields.Read(reader, epoch, monitor));
        }

        return new TrainingProgress
        {
            Step = step, LossSum = lossSum, LossWeight = lossWeight, Seconds = seconds, LastRate = lastRate, Skipped = skipped, Counted = counted, CountedLoss = countedLoss, After = after, LeastLoss = lowestLoss, BestEpoch = bestEpoch, GoodLoss = goodLoss, RateFactor = rateFactor,
            Failures = failures, Epochs = results,
        };
    }
}

/// <summary>
/// The arrays that the further results of a training depend on, and the steps of its random numbers: copied from a training for a rollback or a checkpoint, or read from a
/// file, to be checked before any of them is used.
/// </summary>
internal sealed class TrainingState<T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private T[] _parameters = [];
    private T[] _moments = [];
    private T[] _average = [];
    private T[] _best = [];
    private T[] _carried = [];
    private bool[] _isCarried = [];
    private long _optimizerSteps;
    private long _averaged;
    private double[] _dropoutRates = [];
    private int _dropoutSeed;
    private long _dropoutStep;
    private double _sampling;
    private int _samplingSeed;
    private long _samplingStep;

    /// <summary>The parameters of the best epoch, or those of the training if there is none yet.</summary>
    public ReadOnlySpan<T> Best => _best;

    /// <summary>Copies everything; only the first time it allocates.</summary>
    public void Take(ReadOnlySpan<T> parameters, ReadOnlySpan<T> moments, object model, Optimizer optimizer, WeightAverage<T>? average, EarlyStopping<T>? best, BatchState<T>? state)
    {
        Copy(parameters, ref _parameters);
        Copy(moments, ref _moments);
        Copy(average is null ? default : average.Count == 0 ? parameters : average.Parameters, ref _average);
        Copy(best is null ? default : best.BestEpoch == 0 ? parameters : best.BestParameters, ref _best);
        Copy(state is null ? default : state.AllValues, ref _carried);
        Copy(state is null ? default : state.AllCarried, ref _isCarried);
        _optimizerSteps = optimizer.StepCount;
        _averaged = average?.Count ?? 0;
        Copy(model is IDropoutModel { DropoutRates: var rates } ? rates.Values : default, ref _dropoutRates);
        (_dropoutSeed, _dropoutStep) = model is IDropoutModel dropping ? (dropping.DropoutSeed, dropping.DropoutStep) : default;
        (_sampling, _samplingSeed, _samplingStep) = model is IScheduledSamplingModel sampling ? (sampling.ScheduledSampling, sampling.SamplingSeed, sampling.SamplingStep) : default;
    }

    /// <summary>Restores parameters, optimiser and average.</summary>
    public void RollBack<TModel, TInput, TTarget>(TModel model, Optimizer optimizer, WeightAverage<T>? average)
        where TModel : IRnnModel<TModel, T, TInput, TTarget>
        where TInput : unmanaged
        where TTarget : unmanaged
    {
        model.SetParameters(_parameters);
        optimizer.Restore<T>(model, _optimizerSteps, _moments);
        average?.Restore(_average, _averaged);
    }

    /// <summary>Restores everything but the best parameters.</summary>
    public void Put<TModel, TInput, TTarget>(TModel model, Optimizer optimizer, WeightAverage<T>? average, BatchState<T>? state)
        where TModel : IRnnModel<TModel, T, TInput, TTarget>
        where TInput : unmanaged
        where TTarget : unmanaged
    {
        model.SetParameters(_parameters);
        optimizer.RestoreWhole<T>(model, _optimizerSteps, _moments);
        average?.Restore(_average, _averaged);
        state?.Restore(_carried, _isCarried);
        if (model is IDropoutModel dropping)
        {
            (dropping.DropoutSeed, dropping.DropoutStep) = (_dropoutSeed, _dropoutStep);
            dropping.DropoutRates.Restore(_dropoutRates);
        }

        if (model is IScheduledSamplingModel sampling)
        {
            (sampling.ScheduledSampling, sampling.SamplingSeed, sampling.SamplingStep) = (_sampling, _samplingSeed, _samplingStep);
        }
    }

    public void Write(CheckpointWriter writer)
    {
        writer.Write(_optimizerSteps);
        writer.Write(_averaged);
        writer.Write(_dropoutSeed);
        writer.Write(_dropoutStep);
        writer.Write(_sampling);
        writer.Write(_samplingSeed);
        writer.Write(_samplingStep);
        writer.WriteValues<double>(_dropoutRates);
        writer.WriteValues<T>(_parameters);
        writer.WriteValues<T>(_moments);
        writer.WriteValues<T>(_average);
        writer.WriteValues<T>(_best);
        writer.WriteValues<T>(_carried);
        foreach (bool isCarried in _isCarried)
        {
            writer.Write(isCarried);
        }
    }

    /// <summary>Reads what <see cref="Write"/> wrote; all lengths are those of the training that it is read for.</summary>
    public static TrainingState<T> Read(CheckpointReader reader, int parameters, Optimizer optimizer, bool hasAverage, bool hasBest, BatchState<T>? state, int dropoutRates)
    {
        TrainingState<T> result = new()
        {
            _optimizerSteps = reader.ReadLong("the steps of the optimiser", 0),
            _averaged = reader.ReadLong("the parameters in the average", 0),
            _dropoutSeed = reader.ReadInt("the seed of dropout"),
            _dropoutStep = reader.ReadLong("the step of dropout"),
            _sampling = reader.ReadFinite("the share of scheduled sampling", 0),
            _samplingSeed = reader.ReadInt("the seed of scheduled sampling"),
            _samplingStep = reader.ReadLong("the step of scheduled sampling"),
        };
        if (result._sampling > 1)
        {
            throw reader.Malformed(Invariant($"the share of scheduled sampling should be at most 1 but is {result._sampling}"));
        }

        result._dropoutRates = new double[dropoutRates];
        reader.ReadValues<double>(result._dropoutRates, "the dropout rates");
        if (!DropoutRates.AreRates(result._dropoutRates))
        {
            throw reader.Malformed("a dropout rate is not from 0 to below 1");
        }

        result._parameters = Values(parameters, "the parameters");
        if (!NonFinite.None<T>(result._parameters))
        {
            throw reader.Malformed("a parameter is not finite");
        }

        result._moments = Values(result._optimizerSteps == 0 ? 0 : optimizer.MomentLength(parameters), "the optimiser's moments");
        result._average = Values(hasAverage ? parameters : 0, "the average of the parameters");
        result._best = Values(hasBest ? parameters : 0, "the best parameters");
        result._carried = Values(state is null ? 0 : state.AllValues.Length, "the carried states");
        result._isCarried = new bool[state?.Count ?? 0];
        foreach (ref bool isCarried in result._isCarried.AsSpan())
        {
            isCarried = reader.ReadBool("whether a state is carried");
        }

        return result;

        T[] Values(int count, string field)
        {
            T[] values = new T[count];
            reader.ReadValues<T>(values, field);
            return values;
        }
    }

    private static void Copy<TValue>(ReadOnlySpan<TValue> from, ref TValue[] to)
    {
        if (to.Length != from.Length)
        {
            to = new TValue[from.Length];
        }

        from.CopyTo(to);
    }
}
