using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace RnnGen.Display;

/// <summary>
/// Writes event files for TensorBoard: at the end of each epoch the losses, learning rate, sequences per second and the measures of the validation sequences, and every few steps the loss,
/// learning rate and gradient norm. Records are flushed to disk at least at the end of every epoch, so a crash loses none before it. Each training
/// starts a file of its own in the folder; a resumed training replaces what was logged after its checkpoint.
/// </summary>
/// <remarks>
/// Show it with <c>tensorboard --logdir runs</c>, where each training has a folder in <c>runs</c>. Values are stored in single precision, as TensorBoard shows them.
/// If the folder cannot be written to when training begins, <c>Fit</c> throws before anything is trained. Later, training continues without the log: the cause is written to
/// standard error once and kept in <see cref="Failure"/>.
/// </remarks>
/// <example>
/// <code>
/// model.Fit(train, validation, new FitOptions { Callbacks = [new TensorBoardLog("runs/lstm-64")] });
/// </code>
/// </example>
public sealed class TensorBoardLog : TrainingCallback
{
    private const int LargestBuffer = 1 << 16;

    private readonly Attempts _attempts;
    private readonly List<byte> _pending = [];
    private TrainingStarted? _training;

    /// <summary>Creates a log.</summary>
    /// <param name="folder">The folder of this training's event files; it is created if it is missing.</param>
    public TensorBoardLog(string folder)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        Folder = folder;
        _attempts = new Attempts($"The log in {folder}");
    }

    /// <summary>The folder.</summary>
    public string Folder { get; }

    /// <summary>Steps between two logged steps, at least 1; 0 logs epochs only. Default: 10.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 0.</exception>
    public int EverySteps
    {
        get;
        init => field = value >= 0 ? value : throw new ArgumentOutOfRangeException(nameof(EverySteps), Invariant($"{value}"), "EverySteps must be at least 0.");
    } = 10;

    /// <summary>The event file of this training; <see langword="null"/> before training begins.</summary>
    public string? Path { get; private set; }

    /// <summary>Why records could not be written during training; <see langword="null"/> if all were.</summary>
    public Exception? Failure => _attempts.Failure;

    /// <inheritdoc/>
    /// <exception cref="IOException">The folder or the file in it cannot be created.</exception>
    public override void OnTrainingStarted(TrainingStarted training)
    {
        ArgumentNullException.ThrowIfNull(training);
        _training = training;
        _pending.Clear();
        Directory.CreateDirectory(Folder);
        (Path, FileStream file) = Create();
        using (file)
        {
            file.Write(EventRecord.Version(Now()));
            file.Write(EventRecord.Start(Now(), training.StepsBefore + 1));
            file.Flush(flushToDisk: true);
        }
    }

    /// <inheritdoc/>
    public override void OnStepEnded(in StepResult result)
    {
        if (EverySteps > 0 && (result.Step - 1) % EverySteps == 0)
        {
            List<(string, double)> values = [("step/loss", result.Loss), ("step/learning_rate", result.LearningRate)];
            if (result.GradientNorm is { } norm)
            {
                values.Add(("step/gradient_norm", norm));
            }

            _pending.AddRange(EventRecord.Scalars(Now(), result.Step, values));
            if (_pending.Count > LargestBuffer)
            {
                Flush();
            }
        }
    }

    /// <inheritdoc/>
    public override void OnEpochEnded(EpochResult epoch)
    {
        ArgumentNullException.ThrowIfNull(epoch);
        List<(string, double)> values = [("loss/training", epoch.TrainingLoss)];
        if (epoch.ValidationLoss is { } loss)
        {
            values.Add(("loss/validation", loss));
        }

        values.Add(("epoch/learning_rate", epoch.LearningRate));
        values.Add(("epoch/sequences_per_second", epoch.SequencesPerSecond));
        if (epoch.Validation is not null)
        {
            values.AddRange(EvaluationMeasure.All.Where(m => m.Of(epoch.Validation) is not null).Select(m => ($"validation/{m.Key}", m.Of(epoch.Validation)!.Value)));
        }

        _pending.AddRange(EventRecord.Scalars(Now(), epoch.Epoch * (_training?.StepsPerEpoch ?? 1), values));
        Flush();
    }

    /// <inheritdoc/>
    public override void OnTrainingEnded(TrainingResult result) => Flush();

    /// <inheritdoc/>
    public override void OnTrainingFailed(Exception exception) => Flush();

    private void Flush()
    {
        if (Path is not null && _pending.Count > 0)
        {
            _attempts.Run(() => LogFile.Append(Path, CollectionsMarshal.AsSpan(_pending)));
            _pending.Clear();
        }
    }

    // TensorBoard reads a folder's files in the order of their names, so the name begins with the time.
    private (string Path, FileStream File) Create()
    {
        using Process process = Process.GetCurrentProcess();
        for (int number = 0; ; number++)
        {
            string name = string.Create(CultureInfo.InvariantCulture, $"events.out.tfevents.{DateTimeOffset.UtcNow.ToUnixTimeSeconds():D10}.{Environment.MachineName}.{process.Id}.{number}");
            string path = System.IO.Path.Combine(Folder, name);
            try
            {
                return (path, new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read));
            }
            catch (IOException) when (File.Exists(path))
            {
                // Another training of this process, in the same second.
            }
        }
    }

    private static double Now() => (DateTime.UtcNow - DateTime.UnixEpoch).TotalSeconds;
}
