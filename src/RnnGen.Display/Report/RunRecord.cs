namespace RnnGen.Display;

/// <summary>The state of a training.</summary>
internal enum RunState
{
    NotStarted,
    Running,
    Ended,
    StoppedEarly,
    Cancelled,
    Failed,
}

/// <summary>The record of a training so far, in bounded memory except for the epochs' results.</summary>
internal sealed class RunRecord(TrainingStarted training, DateTime startedUtc)
{
    private const int MostNotes = 20;

    public TrainingStarted Training { get; } = training;

    public DateTime StartedUtc { get; } = startedUtc;

    public RunState State { get; set; } = RunState.Running;

    /// <summary>The exception that ended the training, if it failed.</summary>
    public string? Failure { get; set; }

    public List<EpochResult> Epochs { get; } = [.. training.EpochsBefore];

    public Curve StepLosses { get; } = new();

    public Curve LearningRates { get; } = new();

    public Curve GradientNorms { get; } = new();

    /// <summary>How the gradient flowed, if that is measured.</summary>
    public FlowRecord? Flow { get; init; }

    /// <summary>Steps of the training so far, including skipped ones.</summary>
    public long Step { get; private set; } = training.StepsBefore;

    /// <summary>The first notes on the training, and their number.</summary>
    public List<string> Notes { get; } = [];

    public long NoteCount { get; private set; }

    /// <summary>The epoch with the lowest validation loss, or training loss without validation, among those that have a finite one.</summary>
    public EpochResult? Best => Epochs.Where(e => double.IsFinite(Watched(e))).MinBy(Watched);

    public void Add(in StepResult step)
    {
        Step = step.Step;
        Flow?.Add(step.Step);
        StepLosses.Add(step.Step, step.Loss);
        LearningRates.Add(step.Step, step.LearningRate);
        if (step.GradientNorm is { } norm)
        {
            GradientNorms.Add(step.Step, norm);
        }
    }

    /// <summary>An epoch has ended; its remarks are noted.</summary>
    public void Add(EpochResult epoch)
    {
        Epochs.Add(epoch);
        if (epoch.Remarks.Length > 0)
        {
            Note(FormattableString.Invariant($"Epoch {epoch.Epoch}: {epoch.Remarks}."));
        }
    }

    /// <summary>A step was skipped; its measurements show why.</summary>
    public void Skip(long step, string cause)
    {
        Step = step;
        Flow?.Add(step);
        Note(FormattableString.Invariant($"Step {step} was skipped: {cause}"));
    }

    public void Note(string text)
    {
        NoteCount++;
        if (Notes.Count < MostNotes)
        {
            Notes.Add(text);
        }
    }

    /// <summary>The loss that decides which epoch is best.</summary>
    public static double Watched(EpochResult epoch) => epoch.WatchedLoss;
}
