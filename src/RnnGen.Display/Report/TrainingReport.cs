using System.Diagnostics;
using System.Text;
using RnnGen.Runtime;

namespace RnnGen.Display;

/// <summary>
/// Writes a training report: one HTML file that needs no other and loads nothing, with the curves of loss, measures, learning rate and gradient norm, the model's layers
/// with their sizes, and what is added to it. Give it to a training in <see cref="FitOptions.Callbacks"/>; it is written when the training begins, every
/// <see cref="Interval"/> while it goes on, and when it ends, each time whole or not at all.
/// </summary>
/// <remarks>
/// A report that cannot be written when the training begins is an error before anything was trained. Later the training goes on without it: the cause is written to
/// standard error once, and kept in <see cref="Failure"/>. Its size is bounded: long curves are thinned, with a band from the minimum to the maximum of the values that
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
    /// <param name="path">The file, which ends in <c>.html</c>; one that exists is replaced.</param>
    public TrainingReport(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        Path = path;
        _attempts = new Attempts($"The report {path}");
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>The heading. Default: <see langword="null"/>, the model's name.</summary>
    public string? Title { get; init; }

    /// <summary>The classes' names, in order, where targets are classes. Default: <see langword="null"/>, 0, 1, 2, ….</summary>
    public IReadOnlyList<string>? ClassNames { get; init; }

    /// <summary>
    /// How the model's gradient flows, for a model that is declared with <c>GradientFlow = true</c>: the report then has heat maps of the norm of ∂L/∂state over time steps and training, and
    /// curves of saturated gates and dead units. Default: <see langword="null"/>, without them.
    /// </summary>
    /// <example>
    /// <code>
    /// var report = new TrainingReport("report.html") { GradientFlow = model.GradientFlow };
    /// </code>
    /// </example>
    public GradientFlow? GradientFlow { get; init; }

    /// <summary>Time between two writings while the training goes on, at an epoch's end. Default: 10 seconds.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Why the report could not be written during the training; <see langword="null"/> where it could.</summary>
    public Exception? Failure => _attempts.Failure;

    /// <summary>Adds a picture or table, behind those that were added before. Call <see cref="Save"/> to have it written.</summary>
    /// <param name="section">A <see cref="ForecastPlot"/>, <see cref="ConfusionTable"/> or <see cref="GradientFlowMap"/>; what is added to it later is shown too.</param>
    public void Add(ReportSection section)
    {
        ArgumentNullException.ThrowIfNull(section);
        _sections.Add(section);
    }

    /// <summary>Adds a line to the table of results, and the confusion matrix where the evaluation has one. Call <see cref="Save"/> to have it written.</summary>
    /// <param name="name">What was measured, such as <c>test</c>.</param>
    /// <param name="evaluation">The measures.</param>
    /// <exception cref="ArgumentException">There are more or fewer <see cref="ClassNames"/> than classes.</exception>
    public void Add(string name, Evaluation evaluation)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(evaluation);
        if (evaluation.Confusion is { } matrix)
        {
            Add(new ConfusionTable($"Which class was taken for which: {name}", matrix, ClassNames));
        }

        _evaluations.Add((name, evaluation));
    }

    /// <summary>Writes the file, whole or not at all.</summary>
    /// <exception cref="IOException">It cannot be written; one that existed is unchanged.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder or the file must not be written to.</exception>
    public void Save()
    {
        AtomicFile.Write(Path, Encoding.UTF8.GetBytes(ToHtml()));
        _lastSave = Stopwatch.GetTimestamp();
    }

    /// <summary>The page as text.</summary>
    public string ToHtml()
    {
        List<ReportSection> sections = [.. _sections];
        if (_run?.Best is { Validation.Confusion: { } matrix } best && !_sections.Exists(s => s is ConfusionTable))
        {
            IReadOnlyList<string>? names = ClassNames?.Count == matrix.ClassCount ? ClassNames : null;
            sections.Add(new ConfusionTable(FormattableString.Invariant($"Which class was taken for which: validation, epoch {best.Epoch}"), matrix, names));
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
