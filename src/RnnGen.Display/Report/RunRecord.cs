namespace RnnGen.Display;

/// <summary>Where a training stands.</summary>
internal enum RunState
{
    NotStarted,
    Running,
    Ended,
    StoppedEarly,
    Cancelled,
    Failed,
}

/// <summary>What is known of a training so far, in bounded memory but for the epochs' results.</summary>
internal sealed class RunRecord(TrainingStarted training, DateTime startedUtc)
{
    private const int MostNotes = 20;

    public TrainingStarted Training { get; } = training;

    public DateTime StartedUtc { get; } = startedUtc;

    public RunState State { get; set; } = RunState.Running;

    /// <summary>What ended the training, where it failed.</summary>
    public string? Failure { get; set; }

    public List<EpochResult> Epochs { get; } = [.. training.EpochsBefore];

    public Curve StepLosses { get; } = new();

    public Curve LearningRates { get; } = new();

    public Curve GradientNorms { get; } = new();

    /// <summary>How the gradient flowed, where that is measured.</summary>
    public FlowRecord? Flow { get; init; }

    /// <summary>Steps of the training so far, with those that were skipped.</summary>
    public long Step { get; private set; } = training.StepsBefore;

    /// <summary>What happened besides: the first of the notes, and how many there are.</summary>
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

    /// <summary>An epoch has ended; what happened in it besides is noted.</summary>
    public void Add(EpochResult epoch)
    {
        Epochs.Add(epoch);
        if (epoch.Remarks.Length > 0)
        {
            Note(FormattableString.Invariant($"Epoch {epoch.Epoch}: {epoch.Remarks}."));
        }
    }

    /// <summary>A step was left out; what it measured tells why.</summary>
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
