namespace RnnGen.Forecasting;

/// <summary>
/// Compares forecasters on values that are held out, at rolling origins (time-series cross-validation): Hyndman and Athanasopoulos, "Forecasting: Principles and Practice" (3rd edition), 5.10.
/// </summary>
/// <example>
/// <code>
/// BacktestResult result = Backtest.Run(series, [new Naive(), new SeasonalNaive(24), new RidgeLags(48)], new BacktestOptions { Horizon = 48, Windows = 3, Period = 24 });
/// Console.WriteLine(result);                  // a table
/// Console.WriteLine(result.Winner.Name);
/// </code>
/// </example>
public static class Backtest
{
    /// <summary>Runs a back-test. The result does not depend on <see cref="BacktestOptions.Threads"/>.</summary>
    /// <param name="set">The series, of which each origin sees the part before it.</param>
    /// <param name="forecasters">At least one, each with a name of its own. They are used by several threads at once where the options say so.</param>
    /// <param name="options">How values are held out.</param>
    /// <param name="cancellationToken">Stops the run.</param>
    /// <exception cref="ArgumentException">There is no forecaster, or two have one name.</exception>
    /// <exception cref="SeriesDataException">A series is too short for the first origin, or cannot be forecast, or a forecaster does not forecast a number for each of its steps.</exception>
    /// <exception cref="ProcessGroupException">One of the <see cref="BacktestOptions.Processes"/> failed or runs another back-test, which the message names, or does not answer.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled, in any of the processes.</exception>
    public static BacktestResult Run(SeriesSet set, IReadOnlyList<IForecaster> forecasters, BacktestOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(set);
        ArgumentNullException.ThrowIfNull(options);
        CheckNames(forecasters);
        int step = options.StepSize ?? options.Horizon;
        _ = set.WithoutLast(HeldOut(0)); // too short a series is an error before memory is taken for each window
        SeriesSet[] histories = [.. Enumerable.Range(0, options.Windows).Select(window => set.WithoutLast(HeldOut(window)))];
        IForecaster[] all = [.. forecasters, new Naive2(options.Period)]; // Naive2 for OWA
        int fits = options.Refit ? options.Windows : 1;
        IReadOnlyList<Forecast>?[] forecasts = new IReadOnlyList<Forecast>?[all.Length * options.Windows];
        SharedFolds folding = new(options.Processes, options.Windows, fits);
        string settings = Invariant($"{string.Join("/", all.Select(forecaster => forecaster.Name))} {options.Horizon} {options.Windows} {step} {options.Period} {fits}");
        folding.Run(forecasts, set, settings, () =>
        {
            ITrainedForecaster[] trained = new ITrainedForecaster[all.Length * fits];
            Run(folding.OwnFits(trained.Length), options.Threads, job => trained[job] = all[job / fits].Fit(histories[job % fits], options.Horizon, cancellationToken), cancellationToken);
            Run(folding.OwnForecasts(forecasts.Length), options.Threads, job => forecasts[job] = trained[folding.FitOf(job)].Predict(histories[job % options.Windows]), cancellationToken);
        });

        ForecastScore[] scores = [.. all.Select((forecaster, i) => Score(forecaster.Name, forecasts.AsSpan(i * options.Windows, options.Windows), histories, set, options))];
        ForecastScore reference = scores[^1];
        BacktestForecasts[] folds = [.. Enumerable.Range(0, forecasters.Count * options.Windows)
            .Select(job => new BacktestForecasts(forecasters[job / options.Windows].Name, job % options.Windows, histories[job % options.Windows], forecasts[job]!))];
        return new([.. scores[..^1].Select(score => score with { Owa = ForecastMetrics.Owa(score.Smape, score.Mase, reference.Smape, reference.Mase) })], folds);

        long HeldOut(int window) => options.Horizon + ((options.Windows - 1 - window) * (long)step);
    }

    private static ForecastScore Score(string name, ReadOnlySpan<IReadOnlyList<Forecast>?> forecasts, SeriesSet[] histories, SeriesSet set, BacktestOptions options)
    {
        ScoreSums sums = new(name, options.Horizon, options.Period, options.IntervalLevel);
        for (int window = 0; window < forecasts.Length; window++)
        {
            sums.Add(forecasts[window]!, histories[window], (history, _) => set[history.Id].Targets[history.Length..]);
        }

        return sums.Score();
    }

    // The failure of the first job is thrown, whichever thread met one first.
    private static void Run(int[] jobs, int threads, Action<int> work, CancellationToken cancellationToken)
    {
        Exception?[] failures = new Exception?[jobs.Length];
        Parallel.For(0, jobs.Length, new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellationToken }, i =>
        {
            try
            {
                work(jobs[i]);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                failures[i] = e;
            }
        });
        if (failures.FirstOrDefault(failure => failure is not null) is { } first)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(first);
        }
    }

    private static void CheckNames(IReadOnlyList<IForecaster> forecasters)
    {
        ArgumentNullException.ThrowIfNull(forecasters);
        if (forecasters.Count == 0)
        {
            throw new ArgumentException("There is no forecaster; compare at least one.", nameof(forecasters));
        }

        string? twice = forecasters.GroupBy(forecaster => forecaster.Name, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1)?.Key;
        if (twice is not null)
        {
            throw new ArgumentException($"Two forecasters are named '{twice}'; give each a name of its own.", nameof(forecasters));
        }
    }
}
