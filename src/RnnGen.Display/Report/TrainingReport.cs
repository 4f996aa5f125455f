using System.Diagnostics;
using System.Text;
using RnnGen.Runtime;

namespace RnnGen.Display;

/// <summary>
/// Writes a training report: one self-contained HTML file with the curves of loss, measures, learning rate and gradient norm, the model's layers
/// with their sizes, and the sections added to it. Add it to <see cref="FitOptions.Callbacks"/>. It is written when training begins, every
/// <see cref="Interval"/> during training, and when training ends; each write replaces the file as a whole.
/// </summary>
/// <remarks>
/// If the file cannot be written when training begins, <c>Fit</c> throws before anything is trained. Later, training continues without it: the cause is written to
/// standard error once and kept in <see cref="Failure"/>. The size is bounded: long curves are thinned, with a band from the minimum to the maximum of the values that
/// share a point.
/// </remarks>
/// <example>
/// <code>
/// var report = new TrainingReport("report.html");
/// model.Fit(train, validation, new FitOptions { Epochs = 100, Patience = 10, Callbacks = [report] });
/// report.Add("test", model.Evaluate(test));
/// report.Save();
/// </code>
/// </example>
public sealed class TrainingReport : TrainingCallback
{
    private readonly List<ReportSection> _sections = [];
    private readonly List<(string Name, Evaluation Evaluation)> _evaluations = [];
    private readonly Attempts _attempts;
    private RunRecord? _run;
    private long _lastSave;

    /// <summary>Creates a report.</summary>
    /// <param name="path">The file, usually <c>*.html</c>; an existing file is replaced.</param>
    public TrainingReport(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        Path = path;
        _attempts = new Attempts($"The report {path}");
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>The heading. Default: <see langword="null"/>: the model's name.</summary>
    public string? Title { get; init; }

    /// <summary>Names of the classes, in order, if targets are classes. Default: <see langword="null"/>, 0, 1, 2, ….</summary>
    public IReadOnlyList<string>? ClassNames { get; init; }

    /// <summary>
    /// The measurements of a model declared with <c>GradientFlow = true</c>: the report then has heat maps of the norm of ∂L/∂state over time steps and training steps, and
    /// curves of saturated gates and dead units. Default: <see langword="null"/>, none.
    /// </summary>
    /// <example>
    /// <code>
    /// var report = new TrainingReport("report.html") { GradientFlow = model.GradientFlow };
    /// </code>
    /// </example>
    public GradientFlow? GradientFlow { get; init; }

    /// <summary>Minimum time between two writes during training, which happen at the end of an epoch. Default: 10 seconds.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Why the report could not be written during training; <see langword="null"/> if it could.</summary>
    public Exception? Failure => _attempts.Failure;

    /// <summary>Adds a picture or table after those added before. Call <see cref="Save"/> to write the file.</summary>
    /// <param name="section">A <see cref="ForecastPlot"/>, <see cref="FanChart"/>, <see cref="ConfusionTable"/> or <see cref="GradientFlowMap"/>; what is added to it later appears too.</param>
    public void Add(ReportSection section)
    {
        ArgumentNullException.ThrowIfNull(section);
        _sections.Add(section);
    }

    /// <summary>Adds a line to the table of results, and the confusion matrix if the evaluation has one. Call <see cref="Save"/> to write the file.</summary>
    /// <param name="name">What was measured, such as <c>test</c>.</param>
    /// <param name="evaluation">The measures.</param>
    /// <exception cref="ArgumentException">The number of <see cref="ClassNames"/> is not the number of classes.</exception>
    public void Add(string name, Evaluation evaluation)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(evaluation);
        if (evaluation.Confusion is { } matrix)
        {
            Add(new ConfusionTable($"Confusion matrix: {name}", matrix, ClassNames));
        }

        _evaluations.Add((name, evaluation));
    }

    /// <summary>Writes the file as a whole or not at all.</summary>
    /// <exception cref="IOException">The file cannot be written; an existing file is unchanged.</exception>
    /// <exception cref="UnauthorizedAccessException">There is no permission to write the folder or the file.</exception>
    public void Save()
    {
        AtomicFile.Write(Path, Encoding.UTF8.GetBytes(ToHtml()));
        _lastSave = Stopwatch.GetTimestamp();
    }

    /// <summary>The page as HTML text.</summary>
    public string ToHtml()
    {
        List<ReportSection> sections = [.. _sections];
        if (_run?.Best is { Validation.Confusion: { } matrix } best && !_sections.Exists(s => s is ConfusionTable))
        {
            IReadOnlyList<string>? names = ClassNames?.Count == matrix.ClassCount ? ClassNames : null;
            sections.Add(new ConfusionTable(FormattableString.Invariant($"Confusion matrix: validation, epoch {best.Epoch}"), matrix, names));
        }

        return ReportPage.Write(Title, _run, _evaluations, sections, DateTime.UtcNow);
    }

    /// <inheritdoc/>
    public override void OnTrainingStarted(TrainingStarted training)
    {
        ArgumentNullException.ThrowIfNull(training);
        _run = new RunRecord(training, DateTime.UtcNow) { Flow = GradientFlow is null ? null : new FlowRecord(GradientFlow) };
        try
        {
            Save();
        }
        catch
        {
            _run = null;
            throw;
        }
    }

    /// <inheritdoc/>
    public override void OnStepEnded(in StepResult result) => _run?.Add(result);

    /// <inheritdoc/>
    public override void OnStepSkipped(long number, NonFiniteException exception)
    {
        ArgumentNullException.ThrowIfNull(exception);
        _run?.Skip(number, exception.Message);
    }

    /// <inheritdoc/>
    public override void OnValidationNonFinite(int epoch, NonFiniteException exception)
    {
        ArgumentNullException.ThrowIfNull(exception);
        _run?.Note(FormattableString.Invariant($"Validation of epoch {epoch}: {exception.Message}"));
    }

    /// <inheritdoc/>
    public override void OnCheckpointFailed(CheckpointException exception)
    {
        ArgumentNullException.ThrowIfNull(exception);
        _run?.Note($"A checkpoint was not written: {exception.Message}");
    }

    /// <inheritdoc/>
    public override void OnEpochEnded(EpochResult epoch)
    {
        ArgumentNullException.ThrowIfNull(epoch);
        _run?.Add(epoch);
        if (Stopwatch.GetElapsedTime(_lastSave) >= Interval)
        {
            _attempts.Run(Save);
        }
    }

    /// <inheritdoc/>
    public override void OnTrainingEnded(TrainingResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        End(result.HasStoppedEarly ? RunState.StoppedEarly : RunState.Ended, null);
    }

    /// <inheritdoc/>
    public override void OnTrainingFailed(Exception exception)
    {
        ArgumentNullException.ThrowIfNull(exception);
        if (exception is OperationCanceledException)
        {
            End(RunState.Cancelled, null);
        }
        else
        {
            // Where a value was not finite, what was measured tells where it came from.
            _run?.Flow?.Add(_run.Step + 1);
            End(RunState.Failed, exception.Message);
        }
    }

    private void End(RunState state, string? failure)
    {
        if (_run is not null)
        {
            (_run.State, _run.Failure) = (state, failure);
            _attempts.Run(Save);
        }
    }
}
