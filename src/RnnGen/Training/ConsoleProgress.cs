namespace RnnGen;

/// <summary>Writes a line for each epoch, and one where a step was skipped or a checkpoint could not be written. Give it to a training as <see cref="FitOptions.Progress"/>.</summary>
/// <example>
/// <code>
/// model.Fit(train, validation, new FitOptions { Epochs = 20, Progress = ConsoleProgress.Instance });
/// </code>
/// </example>
public sealed class ConsoleProgress : IProgress<EpochResult>
{
    // Null: the console as it is when a line is written, since Console.SetOut may change it.
    private readonly TextWriter? _writer;

    private ConsoleProgress() { }

    /// <summary>Creates one with another output than the console.</summary>
    /// <param name="writer">What the lines are written to. It is neither flushed nor closed.</param>
    /// <exception cref="ArgumentNullException">The writer is <see langword="null"/>.</exception>
    public ConsoleProgress(TextWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        _writer = writer;
    }

    /// <summary>Writes to the console (<see cref="Console.Out"/>).</summary>
    public static ConsoleProgress Instance { get; } = new();

    /// <summary>Writes the epoch as one line.</summary>
    /// <param name="value">The epoch that ended.</param>
    /// <exception cref="ArgumentNullException">The epoch is <see langword="null"/>.</exception>
    public void Report(EpochResult value)
    {
        ArgumentNullException.ThrowIfNull(value);
        Write(value.ToString());
    }

    internal void Write(string line) => (_writer ?? Console.Out).WriteLine(line);
}
