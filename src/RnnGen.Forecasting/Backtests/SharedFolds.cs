using RnnGen.Runtime;

namespace RnnGen.Forecasting;

/// <summary>The folds of a back-test as processes share them: who fits a forecaster also forecasts with it, and all receive all forecasts.</summary>
/// <param name="processes">The processes; <see langword="null"/> for this one alone.</param>
/// <param name="windows">Origins of each forecaster.</param>
/// <param name="fits">How often each forecaster is fitted: once, or at each origin.</param>
internal sealed class SharedFolds(ProcessGroup? processes, int windows, int fits)
{
    /// <summary>The fits of this process.</summary>
    public int[] OwnFits(int count) => [.. Enumerable.Range(0, count).Where(IsOwn)];

    /// <summary>The forecasts of this process.</summary>
    public int[] OwnForecasts(int count) => [.. Enumerable.Range(0, count).Where(forecast => IsOwn(FitOf(forecast)))];

    /// <summary>The fit that a forecast is made with.</summary>
    public int FitOf(int forecast) => (forecast / windows * fits) + Math.Min(forecast % windows, fits - 1);

    /// <summary>Checks the back-test in each process, does the work of this one, and fills in the forecasts of the others.</summary>
    /// <param name="plan">Checks the arguments of this process; what it throws, all processes learn.</param>
    /// <param name="work">Sets this process's of all forecasts.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The plan, and all forecasts.</returns>
    /// <exception cref="ProcessGroupException">Another process failed, or runs another back-test.</exception>
    /// <exception cref="OperationCanceledException">A process was cancelled.</exception>
    public (BacktestPlan Plan, IReadOnlyList<Forecast>?[] Forecasts) Run(Func<BacktestPlan> plan, Action<BacktestPlan, IReadOnlyList<Forecast>?[]> work, CancellationToken cancellationToken)
    {
        if (processes is not { Count: > 1 })
        {
            BacktestPlan own = plan();
            IReadOnlyList<Forecast>?[] all = AllOf(own);
            work(own, all);
            return (own, all);
        }

        BacktestPlan? made = null;
        IReadOnlyList<Forecast>?[] forecasts = [];
        IReadOnlyList<byte[]> messages = SharedBacktest.Run(processes, () => BacktestSettings.Of(made = plan()), Work, cancellationToken);
        for (int rank = 0; rank < processes.Count; rank++)
        {
            if (rank == processes.Rank)
            {
                continue;
            }

            IReadOnlyList<Forecast>[] received = ForecastMessage.Read(messages[rank]);
            int[] places = [.. Enumerable.Range(0, forecasts.Length).Where(forecast => FitOf(forecast) % processes.Count == rank)];
            for (int i = 0; i < places.Length; i++)
            {
                forecasts[places[i]] = received[i];
            }
        }

        return (made!, forecasts);

        byte[] Work()
        {
            forecasts = AllOf(made!);
            work(made!, forecasts);
            return ForecastMessage.Write([.. OwnForecasts(forecasts.Length).Select(forecast => forecasts[forecast]!)]);
        }

        IReadOnlyList<Forecast>?[] AllOf(BacktestPlan checkedPlan) => new IReadOnlyList<Forecast>?[checkedPlan.Forecasters.Length * windows];
    }

    private bool IsOwn(int fit) => processes is null || fit % processes.Count == processes.Rank;
}
