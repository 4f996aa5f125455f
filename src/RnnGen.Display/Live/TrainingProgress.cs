namespace RnnGen.Display;

/// <summary>The progress and speed of a training.</summary>
/// <param name="training">What is trained.</param>
/// <param name="clock">The clock.</param>
internal sealed class TrainingProgress(TrainingStarted training, TimeProvider clock)
{
    private readonly long _start = clock.GetTimestamp();
    private EpochResult? _best = BestOf(training.EpochsBefore);

    public TrainingStarted Training { get; } = training;

    /// <summary>Completed steps, including those of an earlier run that is resumed.</summary>
    public long Step { get; private set; } = training.StepsBefore;

    public long StepCount => Training.Epochs * Training.StepsPerEpoch;

    /// <summary>The current epoch, or the last one.</summary>
    public int Epoch { get; private set; } = (int)Math.Min(training.Epochs, (training.StepsBefore / Math.Max(1, training.StepsPerEpoch)) + 1);

    /// <summary>Completed steps of that epoch.</summary>
    public long StepOfEpoch => Step - ((Epoch - 1) * Training.StepsPerEpoch);

    public double Share => StepCount == 0 ? 0 : Math.Min(1, (double)Step / StepCount);

    public double LearningRate { get; private set; }

    public double? GradientNorm { get; private set; }

    /// <summary>Sequences trained on in this run.</summary>
    public long Sequences { get; private set; }

    public Curve StepLosses { get; } = new();

    public Curve TrainingLosses { get; } = Curve.Of(training.EpochsBefore.Select(e => e.TrainingLoss));

    public Curve ValidationLosses { get; } = Curve.Of(training.EpochsBefore.Where(e => e.ValidationLoss is not null).Select(e => e.ValidationLoss!.Value));

    public EpochResult? Last { get; private set; } = training.EpochsBefore is [.., var last] ? last : null;

    /// <summary>The epoch with the lowest validation loss, or training loss without validation.</summary>
    public EpochResult? Best => _best;

    public double StepLoss { get; private set; } = double.NaN;

    public TimeSpan Elapsed => clock.GetElapsedTime(_start);

    /// <summary>Training sequences per second since the start, including the time of validation.</summary>
    public double SequencesPerSecond => Sequences / Math.Max(Elapsed.TotalSeconds, 1e-9);

    /// <summary>The time that the remaining steps take at the speed so far, including validation; <see langword="null"/> in the first second and before the first step.</summary>
    public TimeSpan? Left
    {
        get
        {
            long done = Step - Training.StepsBefore;
            return done <= 0 || Elapsed < TimeSpan.FromSeconds(1) ? null : Elapsed * ((double)Math.Max(0, StepCount - Step) / done);
        }
    }

    public void Add(in StepResult step)
    {
        (Step, Epoch, StepLoss, LearningRate, GradientNorm) = (step.Step, step.Epoch, step.Loss, step.LearningRate, step.GradientNorm);
        Sequences += step.Sequences;
        StepLosses.Add(step.Step, step.Loss);
    }

    /// <summary>A step was skipped.</summary>
    public void Skip(long step) => Step = step;

    public void Add(EpochResult epoch)
    {
        Last = epoch;
        _best = _best is null ? BestOf([epoch]) : BestOf([_best, epoch]);
        TrainingLosses.Add(epoch.Epoch, epoch.TrainingLoss);
        if (epoch.ValidationLoss is { } loss)
        {
            ValidationLosses.Add(epoch.Epoch, loss);
        }
    }

    private static EpochResult? BestOf(IEnumerable<EpochResult> epochs) => epochs.Where(e => double.IsFinite(RunRecord.Watched(e))).MinBy(RunRecord.Watched);
}
