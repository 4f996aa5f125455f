using System.Globalization;
using System.Text;

namespace RnnGen.Display;

/// <summary>
/// Appends one line for each epoch to a CSV file: start time of the training, epoch, step, losses, learning rate, seconds, sequences per second, and the measures of the validation
/// sequences. Each line is flushed to disk at the end of its epoch, so a crash loses none before it. A resumed training, or another one, continues the same file
/// with its own start time. Numbers round-trip to the same bits.
/// </summary>
/// <remarks>
/// If the file cannot be written when training begins, <c>Fit</c> throws before anything is trained. Later, training continues without it: the cause is written to
/// standard error once and kept in <see cref="Failure"/>.
/// </remarks>
/// <example>
/// <code>
/// model.Fit(train, validation, new FitOptions { Metrics = true, Callbacks = [new CsvLog("epochs.csv")] });
/// </code>
/// </example>
public sealed class CsvLog : TrainingCallback
{
    private static readonly string s_header =
        $"started,epoch,step,training_loss,validation_loss,learning_rate,seconds,sequences_per_second,{string.Join(',', EvaluationMeasure.All.Select(m => m.Key))}";

    private readonly Attempts _attempts;
    private string _started = "";
    private long _stepsPerEpoch;

    /// <summary>Creates a log.</summary>
    /// <param name="path">The file; lines are appended to an existing one.</param>
    public CsvLog(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        Path = path;
        _attempts = new Attempts($"The log {path}");
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>Why a line could not be written during training; <see langword="null"/> if all were.</summary>
    public Exception? Failure => _attempts.Failure;

    /// <inheritdoc/>
    /// <exception cref="InvalidDataException">The existing file is not such a log; it is unchanged.</exception>
    /// <exception cref="IOException">The file cannot be written, or the path is a folder.</exception>
    public override void OnTrainingStarted(TrainingStarted training)
    {
        ArgumentNullException.ThrowIfNull(training);
        _started = DateTime.UtcNow.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        _stepsPerEpoch = training.StepsPerEpoch;
        PlainFile.RequireNoFolder(Path, Path);
        using FileStream file = new(Path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
        if (file.Length == 0)
        {
            file.Write(Encoding.ASCII.GetBytes(s_header + "\n"));
        }
        else
        {
            CheckHeader(file);
            CutUnfinishedLine(file);
        }

        file.Flush(flushToDisk: true);
    }

    /// <inheritdoc/>
    public override void OnEpochEnded(EpochResult epoch)
    {
        ArgumentNullException.ThrowIfNull(epoch);
        StringBuilder line = new();
        line.Add($"{_started},{epoch.Epoch},{epoch.Epoch * _stepsPerEpoch},{epoch.TrainingLoss:R},{epoch.ValidationLoss:R},{epoch.LearningRate:R},{epoch.Seconds:R},{epoch.SequencesPerSecond:R}");
        foreach (EvaluationMeasure measure in EvaluationMeasure.All)
        {
            line.Add($",{(epoch.Validation is null ? null : measure.Of(epoch.Validation)):R}");
        }

        byte[] bytes = Encoding.ASCII.GetBytes(line.Append('\n').ToString());
        _attempts.Run(() => LogFile.Append(Path, bytes));
    }

    private void CheckHeader(FileStream file)
    {
        byte[] expected = Encoding.ASCII.GetBytes(s_header + "\n"), found = new byte[Math.Min(expected.Length, file.Length)];
        file.ReadExactly(found);
        if (!found.AsSpan().SequenceEqual(expected))
        {
            throw new InvalidDataException($"{Path} is not a training log: its first line should be \"{s_header}\". Choose another file, or move this one.");
        }
    }

    // What a crash left of a line.
    private static void CutUnfinishedLine(FileStream file)
    {
        long end = file.Length;
        while (end > 0)
        {
            file.Position = end - 1;
            if (file.ReadByte() == '\n')
            {
                break;
            }

            end--;
        }

        file.SetLength(end);
    }
}
