using System.Globalization;
using Spectre.Console;

namespace RnnGen.Display;

/// <summary>
/// Shows the progress of training in the terminal: epochs and steps, the losses with a sparkline each, sequences per second, learning rate, gradient norm, and the time left.
/// If output is redirected, or the terminal cannot move its cursor, it writes one plain line for each epoch instead.
/// </summary>
/// <remarks>
/// Do not combine it with <see cref="ConsoleProgress"/>, whose lines would come in between. The time left is for all epochs; with <see cref="FitOptions.Patience"/>
/// training may end earlier. It draws at most ten times a second.
/// </remarks>
/// <example>
/// <code>
/// model.Fit(train, validation, new FitOptions { Epochs = 50, Callbacks = [new TrainingDisplay()] });
/// </code>
/// </example>
public sealed class TrainingDisplay : TrainingCallback
{
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(0.1);

    private TrainingProgress? _progress;
    private LiveDisplayContext? _live;
    private TaskCompletionSource? _end;
    private Task _drawing = Task.CompletedTask;
    private long _lastDrawn;

    /// <summary>Whether to show nothing. Default: <see langword="false"/>.</summary>
    public bool IsSilent { get; init; }

    /// <summary>Where to draw. Default: standard output.</summary>
    /// <exception cref="ArgumentNullException">The value is <see langword="null"/>.</exception>
    public IAnsiConsole Console
    {
        get;
        init => field = value ?? throw new ArgumentNullException(nameof(Console));
    } = AnsiConsole.Console;

    internal TimeProvider Time { get; init; } = TimeProvider.System;

    private bool IsLive => Console.Profile is { Out.IsTerminal: true, Capabilities: { Ansi: true, Interactive: true } };

    /// <inheritdoc/>
    public override void OnTrainingStarted(TrainingStarted training)
    {
        ArgumentNullException.ThrowIfNull(training);
        if (IsSilent)
        {
            return;
        }

        _progress = new TrainingProgress(training, Time);
        if (IsLive)
        {
            Begin();
        }
        else
        {
            string goesOn = training.EpochsBefore.Count > 0 ? string.Create(CultureInfo.InvariantCulture, $", resumes after epoch {training.EpochsBefore.Count}") : "";
            WriteLine(string.Create(CultureInfo.InvariantCulture, $"{training.Layout.ModelName}: {training.Layout.Declaration}, {training.Epochs} epochs of {training.StepsPerEpoch} steps{goesOn}"));
        }
    }

    /// <inheritdoc/>
    public override void OnStepEnded(in StepResult result)
    {
        if (_progress is not null)
        {
            _progress.Add(in result);
            DrawNowAndThen();
        }
    }

    /// <inheritdoc/>
    public override void OnStepSkipped(long number, NonFiniteException exception)
    {
        ArgumentNullException.ThrowIfNull(exception);
        _progress?.Skip(number);
        Say(string.Create(CultureInfo.InvariantCulture, $"Step {number} was skipped: {exception.Message}"));
    }

    /// <inheritdoc/>
    public override void OnValidationNonFinite(int epoch, NonFiniteException exception)
    {
        ArgumentNullException.ThrowIfNull(exception);
        Say(string.Create(CultureInfo.InvariantCulture, $"Validation of epoch {epoch}: {exception.Message}"));
    }

    /// <inheritdoc/>
    public override void OnCheckpointFailed(CheckpointException exception)
    {
        ArgumentNullException.ThrowIfNull(exception);
        Say($"A checkpoint was not written: {exception.Message}");
    }

    /// <inheritdoc/>
    public override void OnEpochEnded(EpochResult epoch)
    {
        ArgumentNullException.ThrowIfNull(epoch);
        if (_progress is null)
        {
            return;
        }

        _progress.Add(epoch);
        if (_live is null)
        {
            WriteLine(epoch.ToString());
        }
        else
        {
            if (epoch.Remarks.Length > 0)
            {
                Say(string.Create(CultureInfo.InvariantCulture, $"Epoch {epoch.Epoch}: {epoch.Remarks}"));
            }

            DrawNowAndThen();
        }
    }

    /// <inheritdoc/>
    public override void OnTrainingEnded(TrainingResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        End(result.HasStoppedEarly ? string.Create(CultureInfo.InvariantCulture, $"Stopped early at epoch {result.Epochs.Count}") : "Ended");
    }

    /// <inheritdoc/>
    public override void OnTrainingFailed(Exception exception)
    {
        ArgumentNullException.ThrowIfNull(exception);
        End(exception is OperationCanceledException ? "Cancelled" : "Failed");
    }

    // The library draws while a task of its caller's runs; this one runs until the training ends.
    private void Begin()
    {
        System.Console.CancelKeyPress += ShowCursor;
        AppDomain.CurrentDomain.ProcessExit += ShowCursor;
        _end = new TaskCompletionSource();
        _drawing = Console.Live(View(null)).AutoClear(false).StartAsync(async live =>
        {
            _live = live;
            await _end.Task.ConfigureAwait(false);
        });
        Draw(null);
    }

    private void End(string how)
    {
        if (_progress is null)
        {
            return;
        }

        if (_live is null)
        {
            string best = _progress.Best is { } epoch
                ? string.Create(CultureInfo.InvariantCulture, $"; lowest {(epoch.ValidationLoss is null ? "training" : "validation")} loss {RunRecord.Watched(epoch):G5} in epoch {epoch.Epoch}")
                : _progress.Last is null ? "" : "; no epoch has a finite loss";
            WriteLine($"{how} after {ProgressView.Clock(_progress.Elapsed)}{best}");
        }
        else
        {
            Draw(how);
            _end!.SetResult();
            _drawing.GetAwaiter().GetResult();
            System.Console.CancelKeyPress -= ShowCursor;
            AppDomain.CurrentDomain.ProcessExit -= ShowCursor;
        }

        (_progress, _live) = (null, null);
    }

    private void DrawNowAndThen()
    {
        if (_live is not null && Time.GetElapsedTime(_lastDrawn) >= s_interval)
        {
            Draw(null);
        }
    }

    private void Draw(string? end)
    {
        _lastDrawn = Time.GetTimestamp();
        _live!.UpdateTarget(View(end));
    }

    private Spectre.Console.Rendering.IRenderable View(string? end) => ProgressView.Draw(_progress!, Console.Profile.Width, end);

    private void Say(string text)
    {
        if (_live is not null)
        {
            Console.WriteLine(string.Concat(text.Select(c => char.IsControl(c) ? '\uFFFD' : c)));
        }
        else if (_progress is not null)
        {
            WriteLine(text);
        }
    }

    // As it is: the library would wrap it at its guess of a width.
    private void WriteLine(string text) => Console.Profile.Out.Writer.WriteLine(text);

    // It is hidden while the display is live.
    private void ShowCursor(object? sender, EventArgs e) => Console.Cursor.Show(true);
}
