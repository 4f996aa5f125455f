namespace RnnGen.Forecasting;

/// <summary>
/// The forecast of one series: a value for each step to come, and quantiles or sample paths where the forecaster has them.
/// </summary>
public sealed class Forecast
{
    /// <summary>Wraps a forecast.</summary>
    /// <param name="id">The series' id.</param>
    /// <param name="values">The forecast values <c>[step]</c>: means or medians, or a quantile where nothing else is known.</param>
    /// <param name="times">The times of the steps; <see langword="null"/> where nobody knows them.</param>
    /// <exception cref="ArgumentException">The id is empty, or there is no step.</exception>
    public Forecast(string id, ReadOnlyMemory<double> values, TimeAxis? times = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(id);
        if (values.Length == 0)
        {
            throw new ArgumentException("A forecast has at least one step.", nameof(values));
        }

        (Id, Values, Times) = (id, values, times);
    }

    /// <summary>The series' id.</summary>
    public string Id { get; }

    /// <summary>
    /// The forecast values <c>[step]</c>: what the model of the forecaster predicts, such as the mean; the medians of draws and sample paths. With <c>Loss.Quantile</c> the quantile of level 0.5, between two
    /// levels the straight line between their quantiles; where no levels enclose 0.5, the quantile of the level that is nearest to it, which is no median.
    /// </summary>
    public ReadOnlyMemory<double> Values { get; }

    /// <summary>The times, with the first forecast step as step 0; <see langword="null"/> where nobody knows them.</summary>
    public TimeAxis? Times { get; }

    /// <summary>Steps.</summary>
    public int Horizon => Values.Length;

    /// <summary>The levels of the quantiles, rising; empty where there are none.</summary>
    public IReadOnlyList<double> Levels { get; private init; } = [];

    /// <summary>The quantiles <c>[step, level]</c>, which rise with the level.</summary>
    public ReadOnlyMemory<double> Quantiles { get; private init; }

    /// <summary>
    /// Sample paths <c>[path, step]</c>: what may come, each as a whole, for sums and highest values over the horizon. Forecasts of one model whose loss is a distribution have them; they are empty in all others: in
    /// those of several models, such as snapshots and ensembles, whose quantiles are averaged and not their paths, and in those of a <see cref="ConformalForecaster"/>, which corrects quantiles and not paths.
    /// </summary>
    public ReadOnlyMemory<double> Paths { get; private init; }

    /// <summary>
    /// The same forecast with quantiles. Those of a step are sorted where they cross: sorting never increases their quantile losses (Chernozhukov, Fernández-Val and Galichon, 2010). A step with a quantile
    /// that is not known (NaN) stays as it is.
    /// </summary>
    /// <param name="levels">Their levels, rising, each above 0 and below 1.</param>
    /// <param name="quantiles">The quantiles <c>[step, level]</c>; they are copied.</param>
    /// <exception cref="ArgumentException">The levels do not rise or are not between 0 and 1, or there is another number of quantiles.</exception>
    public Forecast WithQuantiles(IReadOnlyList<double> levels, ReadOnlySpan<double> quantiles)
    {
        IReadOnlyList<double> own = CheckedLevels(levels);
        if (quantiles.Length != Horizon * levels.Count)
        {
            throw new ArgumentException(Invariant($"There are {quantiles.Length} quantiles; {Horizon} steps of {levels.Count} levels are expected."), nameof(quantiles));
        }

        double[] sorted = quantiles.ToArray();
        for (int step = 0; step < Horizon; step++)
        {
            Span<double> ofStep = sorted.AsSpan(step * levels.Count, levels.Count);
            if (!ofStep.Contains(double.NaN))
            {
                ofStep.Sort();
            }
        }

        return new(Id, Values, Times) { Levels = own, Quantiles = sorted, Paths = Paths };
    }

    /// <summary>The same forecast with sample paths.</summary>
    /// <param name="paths">The paths <c>[path, step]</c>, at least one; they are not copied.</param>
    /// <exception cref="ArgumentException">There is no path, or one that does not have all steps.</exception>
    public Forecast WithPaths(ReadOnlyMemory<double> paths) => paths.Length > 0 && paths.Length % Horizon == 0
        ? new(Id, Values, Times) { Levels = Levels, Quantiles = Quantiles, Paths = paths }
        : throw new ArgumentException(Invariant($"There are {paths.Length} values; each path has {Horizon} steps."), nameof(paths));

    /// <summary>The quantiles of one level; between two levels the straight line between their quantiles.</summary>
    /// <param name="level">A level from the lowest to the highest of <see cref="Levels"/>.</param>
    /// <returns>The quantiles <c>[step]</c>.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The forecast has no quantiles that enclose the level.</exception>
    public double[] Quantile(double level)
    {
        if (Levels.Count == 0 || !(level >= Levels[0] - LevelPlace.Tolerance && level <= Levels[^1] + LevelPlace.Tolerance))
        {
            throw new ArgumentOutOfRangeException(nameof(level), Invariant($"{level}"), Levels.Count == 0 ? "The forecast has no quantiles." : Invariant($"The forecast has levels from {Levels[0]} to {Levels[^1]}."));
        }

        LevelPlace place = LevelPlace.Of(Levels, level);
        double[] values = new double[Horizon];
        for (int step = 0; step < values.Length; step++)
        {
            values[step] = place.In(Quantiles.Span.Slice(step * Levels.Count, Levels.Count));
        }

        return values;
    }

    /// <summary>The central interval that has a share of the probability.</summary>
    /// <param name="level">The share, above 0 and below 1, such as 0.95: from the quantile 0.025 to 0.975.</param>
    /// <returns>Its lower and upper ends <c>[step]</c>.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The forecast has no quantiles that enclose it.</exception>
    public (double[] Lower, double[] Upper) Interval(double level)
    {
        double tail = (1 - ForecastMetrics.Level(level, nameof(level))) / 2;
        return (Quantile(tail), Quantile(1 - tail));
    }

    /// <summary>Whether quantiles enclose a central interval.</summary>
    internal bool HasInterval(double level) => Levels.Count > 0 && Levels[0] <= ((1 - level) / 2) + LevelPlace.Tolerance && Levels[^1] >= ((1 + level) / 2) - LevelPlace.Tolerance;

    /// <summary>Whether both ends of a central interval are levels of their own, and not between two.</summary>
    internal bool HasIntervalLevels(double level) =>
        Levels.Any(own => Math.Abs(own - ((1 - level) / 2)) <= LevelPlace.Tolerance) && Levels.Any(own => Math.Abs(own - ((1 + level) / 2)) <= LevelPlace.Tolerance);

    /// <summary>A copy of levels that rise, each above 0 and below 1.</summary>
    internal static IReadOnlyList<double> CheckedLevels(IReadOnlyList<double> levels)
    {
        ArgumentNullException.ThrowIfNull(levels);
        for (int i = 0; i < levels.Count; i++)
        {
            ForecastMetrics.Level(levels[i], nameof(levels));
            if (i > 0 && levels[i] <= levels[i - 1])
            {
                throw new ArgumentException(Invariant($"Level {levels[i]} follows {levels[i - 1]}; levels rise."), nameof(levels));
            }
        }

        return [.. levels];
    }
}
