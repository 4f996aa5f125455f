namespace RnnGen.Forecasting;

/// <summary>How a back-test holds values out: rolling origins, each with its history before it and its horizon after it.</summary>
public sealed record BacktestOptions
{
    /// <summary>Steps to forecast, at least 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 1.</exception>
    public required int Horizon
    {
        get;
        init
        {
            Guard.AtLeast(value, 1, nameof(Horizon));
            field = value;
        }
    }

    /// <summary>Origins, at least 1. The horizon of the last one ends with the series. Default: 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 1.</exception>
    public int Windows
    {
        get;
        init
        {
            Guard.AtLeast(value, 1, nameof(Windows));
            field = value;
        }
    } = 1;

    /// <summary>Steps from one origin to the next, at least 1. Default: <see langword="null"/>, the horizon, so that no value is forecast twice.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 1.</exception>
    public int? StepSize
    {
        get;
        init
        {
            Guard.AtLeast(value ?? 1, 1, nameof(StepSize));
            field = value;
        }
    }

    /// <summary>Whether a forecaster learns anew at each origin. <see langword="false"/>: it learns at the first one, and reads the longer histories of the others. Default: <see langword="true"/>.</summary>
    public bool Refit { get; init; } = true;

    /// <summary>Steps of a season, by which MASE, RMSSE and MSIS are scaled and with which Naive2 is computed, at least 1. Default: 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 1.</exception>
    public int Period
    {
        get;
        init
        {
            Guard.AtLeast(value, 1, nameof(Period));
            field = value;
        }
    } = 1;

    /// <summary>The central interval of MSIS and coverage, above 0 and below 1. Default: 0.95.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not between 0 and 1.</exception>
    public double IntervalLevel
    {
        get;
        init => field = ForecastMetrics.Level(value, nameof(IntervalLevel));
    } = 0.95;

    /// <summary>Folds that run at once, at least 1; the threads of a model's own training come on top. The result does not depend on it. Default: 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 1.</exception>
    public int Threads
    {
        get;
        init
        {
            Guard.AtLeast(value, 1, nameof(Threads));
            field = value;
        }
    } = 1;

    /// <summary>
    /// The processes that share the folds, a power of two of them, all of which run the back-test with the same series and forecasters: fold i is learnt and forecast by process i modulo their number, and all
    /// have the same result. Default: <see langword="null"/>, this process alone.
    /// </summary>
    public ProcessGroup? Processes { get; init; }
}
