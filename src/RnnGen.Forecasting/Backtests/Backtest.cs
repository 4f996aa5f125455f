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
        ArgumentNullException.ThrowIfNull(options);
        int fits = options.Refit ? options.Windows : 1;
        SharedFolds folding = new(options.Processes, options.Windows, fits);
        (BacktestPlan plan, IReadOnlyList<Forecast>?[] forecasts) = folding.Run(() => new BacktestPlan(set, forecasters, options), (plan, forecasts) =>
        {
            ITrainedForecaster[] trained = new ITrainedForecaster[plan.Forecasters.Length * fits];
            Run(folding.OwnFits(trained.Length), options.Threads, job => trained[job] = plan.Forecasters[job / fits].Fit(plan.Histories[job % fits], options.Horizon, cancellationToken), cancellationToken);
            Run(folding.OwnForecasts(forecasts.Length), options.Threads, job => forecasts[job] = trained[folding.FitOf(job)].Predict(plan.Histories[job % options.Windows]), cancellationToken);
        }, cancellationToken);

        ForecastScore[] scores = [.. plan.Forecasters.Select((forecaster, i) => Score(forecaster.Name, forecasts.AsSpan(i * options.Windows, options.Windows), plan.Histories, set, options))];
        ForecastScore reference = scores[^1];
        BacktestForecasts[] folds = [.. Enumerable.Range(0, forecasters.Count * options.Windows)
            .Select(job => new BacktestForecasts(forecasters[job / options.Windows].Name, job % options.Windows, plan.Histories[job % options.Windows], forecasts[job]!))];
        return new([.. scores[..^1].Select(score => score with { Owa = ForecastMetrics.Owa(score.Smape, score.Mase, reference.Smape, reference.Mase) })], folds);
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
            catch (Exception e) when (!(e is OperationCanceledException && cancellationToken.IsCancellationRequested))
            {
                failures[i] = e;
            }
        });
        if (failures.FirstOrDefault(failure => failure is not null) is { } first)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(first);
        }
    }
}
