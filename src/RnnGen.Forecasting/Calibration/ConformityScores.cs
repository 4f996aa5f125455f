namespace RnnGen.Forecasting;

/// <summary>How far held-out values were outside the quantiles of their forecasts, in the scale of each series, and what follows for the quantiles.</summary>
internal abstract class ConformityScores
{
    private readonly double[] _actual, _quantiles;

    private protected ConformityScores(IReadOnlyList<double> levels, int horizon) =>
        (Levels, Horizon, _actual, _quantiles) = (levels, horizon, new double[horizon], new double[horizon * levels.Count]);

    /// <summary>The levels of the quantiles.</summary>
    protected IReadOnlyList<double> Levels { get; }

    /// <summary>Steps of a forecast.</summary>
    protected int Horizon { get; }

    /// <summary>The scores of a series' forecast.</summary>
    /// <param name="forecast">The forecast.</param>
    /// <param name="scaler">What scales it; <see langword="null"/> where nothing has a scale, which is no error to learn from.</param>
    /// <param name="actual">What came; NaN where a value is missing.</param>
    public void Add(Forecast forecast, WindowScaler? scaler, ReadOnlySpan<double> actual)
    {
        if (scaler is null)
        {
            return;
        }

        double[] quantiles = QuantileCorrection.QuantilesOf(forecast, Levels);
        for (int step = 0; step < Horizon; step++)
        {
            _actual[step] = scaler.Scale(actual[step], step);
            for (int level = 0; level < Levels.Count; level++)
            {
                _quantiles[(step * Levels.Count) + level] = scaler.Scale(quantiles[(step * Levels.Count) + level], step);
            }
        }

        for (int step = 0; step < Horizon; step++)
        {
            if (!double.IsNaN(_actual[step]))
            {
                Add(step);
            }
        }
    }

    /// <summary>What moves the quantiles so that as many values are within them as they claim.</summary>
    /// <exception cref="SeriesDataException">There are too few scores for a level.</exception>
    public abstract QuantileCorrection Correction();

    /// <summary>Adds the scores of a step whose value is known.</summary>
    private protected abstract void Add(int step);

    /// <summary>How far the value of a step is outside a quantile: above one of the upper half, below one of the lower; negative where it is within.</summary>
    protected double Outside(int step, int level)
    {
        double above = _actual[step] - _quantiles[(step * Levels.Count) + level];
        return Levels[level] < 0.5 ? -above : above;
    }

    /// <summary>A quantile's shift by what moves it outwards.</summary>
    protected double Outwards(double by, int level) => Levels[level] < 0.5 ? -by : by;

    /// <summary>The ⌈(n + 1) share⌉th smallest of n scores: a further one that is exchangeable with them is not above it with at least that probability.</summary>
    /// <param name="scores">The scores, which are sorted.</param>
    /// <param name="share">Above 0 and below 1; its rounding makes no step.</param>
    /// <param name="what">What the scores are of, for the message.</param>
    protected static double Ranked(List<double> scores, double share, string what)
    {
        int n = scores.Count, rank = (int)Math.Ceiling(((n + 1) * share) - 1e-9);
        if (rank > n)
        {
            throw new SeriesDataException(Invariant($"{n} errors {what}, which needs {(int)Math.Ceiling((share / (1 - share)) - 1e-9)}; set more {nameof(ConformalForecaster.Windows)}, or use levels nearer to 0.5."));
        }

        scores.Sort();
        return scores[rank - 1];
    }
}

/// <summary>
/// Of forecasts with quantiles, which know the shape of what may come and how it grows over the horizon: one number for each interval, which moves both of its ends outwards at every step (Romano, Patterson
/// and Candès, 2019). A level without its mirror image is an end of its own.
/// </summary>
internal sealed class IntervalScores : ConformityScores
{
    private readonly List<double>[] _scores; // of an interval, at its lower level
    private readonly int[] _mirror;

    public IntervalScores(IReadOnlyList<double> levels, int horizon)
        : base(levels, horizon)
    {
        _scores = [.. levels.Select(_ => new List<double>())];
        _mirror = [.. levels.Select((level, i) => Enumerable.Range(0, levels.Count).Where(other => QuantileCorrection.IsMiddle((level + levels[other]) / 2)).DefaultIfEmpty(i).First())];
    }

    public override QuantileCorrection Correction()
    {
        double[] shifts = new double[Horizon * Levels.Count];
        for (int level = 0; level < Levels.Count; level++)
        {
            if (!QuantileCorrection.IsMiddle(Levels[level]))
            {
                int mirror = _mirror[level];
                double tail = Math.Min(Levels[level], 1 - Levels[level]), by = Ranked(_scores[Math.Min(level, mirror)], 1 - (mirror == level ? tail : 2 * tail), Invariant($"are too few for the level {Levels[level]}"));
                for (int step = 0; step < Horizon; step++)
                {
                    shifts[(step * Levels.Count) + level] = Outwards(by, level);
                }
            }
        }

        return new(Levels, shifts);
    }

    private protected override void Add(int step)
    {
        for (int level = 0; level < Levels.Count; level++)
        {
            if (_mirror[level] >= level)
            {
                _scores[level].Add(Math.Max(Outside(step, level), Outside(step, _mirror[level])));
            }
        }
    }
}

/// <summary>Of forecasts without quantiles: the errors of each step, and a shift of its own for each level.</summary>
internal sealed class ErrorScores(IReadOnlyList<double> levels, int horizon) : ConformityScores(levels, horizon)
{
    private readonly List<double>[] _scores = [.. Enumerable.Range(0, horizon * levels.Count).Select(_ => new List<double>())]; // [step, level]

    public override QuantileCorrection Correction() => new(Levels, [.. _scores.Select((scores, i) => Shift(scores, i % Levels.Count))]);

    private protected override void Add(int step)
    {
        for (int level = 0; level < Levels.Count; level++)
        {
            _scores[(step * Levels.Count) + level].Add(Outside(step, level));
        }
    }

    private double Shift(List<double> scores, int level) => QuantileCorrection.IsMiddle(Levels[level])
        ? 0
        : Outwards(Ranked(scores, Math.Max(Levels[level], 1 - Levels[level]), Invariant($"at a step are too few for the level {Levels[level]}")), level);
}
