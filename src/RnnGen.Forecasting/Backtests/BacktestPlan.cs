namespace RnnGen.Forecasting;

/// <summary>A back-test whose arguments are checked: who forecasts, and what each origin sees.</summary>
internal sealed class BacktestPlan
{
    /// <summary>Checks the arguments.</summary>
    /// <param name="set">The series.</param>
    /// <param name="forecasters">The forecasters that are compared.</param>
    /// <param name="options">How values are held out.</param>
    /// <exception cref="ArgumentException">There is no forecaster, or two have one name.</exception>
    /// <exception cref="SeriesDataException">A series is too short for the first origin.</exception>
    public BacktestPlan(SeriesSet set, IReadOnlyList<IForecaster> forecasters, BacktestOptions options)
    {
        ArgumentNullException.ThrowIfNull(set);
        CheckNames(forecasters);
        int step = options.StepSize ?? options.Horizon;
        _ = set.WithoutLast(HeldOut(0)); // too short a series is an error before memory is taken for each window
        (Set, Options) = (set, options);
        Histories = [.. Enumerable.Range(0, options.Windows).Select(window => set.WithoutLast(HeldOut(window)))];
        Forecasters = [.. forecasters, new Naive2(options.Period)]; // Naive2 for OWA

        long HeldOut(int window) => options.Horizon + ((options.Windows - 1 - window) * (long)step);
    }

    /// <summary>The series.</summary>
    public SeriesSet Set { get; }

    /// <summary>How values are held out.</summary>
    public BacktestOptions Options { get; }

    /// <summary>The forecasters, and Naive2 as the last one.</summary>
    public IForecaster[] Forecasters { get; }

    /// <summary>The series as they are at each origin, oldest first.</summary>
    public SeriesSet[] Histories { get; }

    private static void CheckNames(IReadOnlyList<IForecaster> forecasters)
    {
        ArgumentNullException.ThrowIfNull(forecasters);
        if (forecasters.Count == 0)
        {
            throw new ArgumentException("There is no forecaster; compare at least one.", nameof(forecasters));
        }

        if (forecasters.Contains(null!))
        {
            throw new ArgumentException("A forecaster is null; leave it out.", nameof(forecasters));
        }

        string? twice = forecasters.GroupBy(forecaster => forecaster.Name, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1)?.Key;
        if (twice is not null)
        {
            throw new ArgumentException($"Two forecasters are named '{twice}'; give each a name of its own.", nameof(forecasters));
        }
    }
}
