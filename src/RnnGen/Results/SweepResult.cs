using System.Globalization;

namespace RnnGen;

/// <summary>One training of a <see cref="Sweep{TNumber, TInput, TTarget}"/>.</summary>
public sealed record SweepRun
{
    /// <summary>The name of the candidate.</summary>
    public required string Name { get; init; }

    /// <summary>The seed of the model's parameters, and what the options were made for.</summary>
    public required int Seed { get; init; }

    /// <summary>The training; <see langword="null"/> if it failed.</summary>
    public TrainingResult? Result { get; init; }

    /// <summary>Why it failed; <see langword="null"/> if it did not.</summary>
    public Exception? Failure { get; init; }

    /// <summary>The time of its training steps, in seconds, including those before an interruption.</summary>
    public double Seconds { get; init; }

    /// <summary>
    /// What <see cref="FitOptions.Monitor"/> says of the parameters that the model ended with: of its best epoch if these were restored, else of its last one. NaN if there is none, or if the training failed.
    /// </summary>
    public double Value { get; init; } = double.NaN;

    /// <summary>The run in one line.</summary>
    public override string ToString() => Failure is { } failure
        ? string.Create(CultureInfo.InvariantCulture, $"{Name}, seed {Seed}: failed: {failure.Message}")
        : string.Create(CultureInfo.InvariantCulture, $"{Name}, seed {Seed}: {Value:G5} after {Result?.Epochs.Count} epochs, {Seconds:F1} s");
}

/// <summary>What a candidate of a <see cref="Sweep{TNumber, TInput, TTarget}"/> reached over all seeds.</summary>
public sealed record SweepCandidate
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Its runs that have a finite value.</summary>
    public required int Count { get; init; }

    /// <summary>Its runs that have none: they failed, or nothing was counted.</summary>
    public required int Failures { get; init; }

    /// <summary>The mean of the values; NaN without one.</summary>
    public required double Mean { get; init; }

    /// <summary>The standard deviation of the values, with n − 1 in the denominator; NaN below two values.</summary>
    public required double StandardDeviation { get; init; }

    /// <summary>The best value; NaN without one.</summary>
    public required double Best { get; init; }

    /// <summary>The seed of the best value; 0 without one.</summary>
    public required int BestSeed { get; init; }

    /// <summary>The mean time of a run, in seconds.</summary>
    public required double Seconds { get; init; }
}

/// <summary>What a <see cref="Sweep{TNumber, TInput, TTarget}"/> found.</summary>
public sealed class SweepResult
{
    private readonly Monitor _monitor;
    private readonly object? _model;

    internal SweepResult(Monitor monitor, IReadOnlyList<SweepRun> runs, object? model)
    {
        (_monitor, Runs, _model) = (monitor, runs, model);
        Candidates = [.. runs.GroupBy(run => run.Name).Select(Summarise)];
    }

    /// <summary>All runs: candidate by candidate, each seed by seed.</summary>
    public IReadOnlyList<SweepRun> Runs { get; }

    /// <summary>The candidates in the order in which they were added.</summary>
    public IReadOnlyList<SweepCandidate> Candidates { get; }

    /// <summary>The run with the best value, the first of equals.</summary>
    /// <exception cref="InvalidOperationException">No run has a finite value; the first failure is the inner exception.</exception>
    public SweepRun Best => BestOf(Runs, _monitor) ?? throw new InvalidOperationException(
        Invariant($"None of the {Runs.Count} runs has a finite value, so none is the best. See Runs, each with its Failure."), Runs.FirstOrDefault(run => run.Failure is not null)?.Failure);

    /// <summary>The model of <see cref="Best"/>, as its training left it.</summary>
    /// <typeparam name="TModel">Its type.</typeparam>
    /// <exception cref="InvalidOperationException">No run has a finite value, or the best model is of another type.</exception>
    public TModel BestModel<TModel>() where TModel : class => _model as TModel ?? throw new InvalidOperationException(
        $"The best run is {Best}, whose model is a {_model?.GetType().Name} and no {typeof(TModel).Name}.");

    /// <summary>The candidates as a table: mean and standard deviation, best value and its seed, mean time.</summary>
    public override string ToString()
    {
        List<string[]> rows = [["candidate", "runs", $"{_monitor.Name}: mean ± sd", "best (seed)", "s a run"]];
        foreach (SweepCandidate c in Candidates)
        {
            string failed = c.Failures == 0 ? "" : Invariant($", {c.Failures} failed");
            rows.Add([c.Name, Invariant($"{c.Count}{failed}"), c.Count < 2 ? Invariant($"{c.Mean:G5}") : Invariant($"{c.Mean:G5} ± {c.StandardDeviation:G2}"),
                c.Count == 0 ? "none" : Invariant($"{c.Best:G5} ({c.BestSeed})"), Invariant($"{c.Seconds:F1}")]);
        }

        int[] widths = [.. Enumerable.Range(0, rows[0].Length).Select(column => rows.Max(row => row[column].Length))];
        return string.Join("\n", rows.Select(row => string.Join("  ", row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd()));
    }

    internal static SweepRun? BestOf(IEnumerable<SweepRun> runs, Monitor monitor) => runs.Where(run => double.IsFinite(run.Value)).MinBy(run => monitor.Lower(run.Value));

    private SweepCandidate Summarise(IGrouping<string, SweepRun> runs)
    {
        double[] values = [.. runs.Select(run => run.Value).Where(double.IsFinite)];
        double mean = values.Length == 0 ? double.NaN : values.Average();
        SweepRun? best = BestOf(runs, _monitor);
        return new()
        {
            Name = runs.Key, Count = values.Length, Failures = runs.Count() - values.Length, Mean = mean,
            StandardDeviation = values.Length < 2 ? double.NaN : Math.Sqrt(values.Sum(value => (value - mean) * (value - mean)) / (values.Length - 1)),
            Best = best?.Value ?? double.NaN, BestSeed = best?.Seed ?? 0, Seconds = runs.Average(run => run.Seconds),
        };
    }
}
