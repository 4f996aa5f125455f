namespace RnnGen.Forecasting;

/// <summary>What a window is, and what a model reads of it.</summary>
/// <example>
/// <code>
/// var options = new WindowOptions { ContextLength = 168, Horizon = 48, Scaling = Scaling.MeanAbsolute, Lags = [48, 168], Calendar = [CalendarFeature.HourOfDay, CalendarFeature.DayOfWeek] };
/// </code>
/// </example>
public sealed record WindowOptions
{
    /// <summary>Steps of the past that a model reads, at least 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 1.</exception>
    public required int ContextLength
    {
        get;
        init
        {
            Guard.AtLeast(value, 1, nameof(ContextLength));
            field = value;
        }
    }

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

    /// <summary>Steps from one window to the next, at least 1. Default: 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 1.</exception>
    public int Stride
    {
        get;
        init
        {
            Guard.AtLeast(value, 1, nameof(Stride));
            field = value;
        }
    } = 1;

    /// <summary>How the targets of a window are scaled, fitted to its past: the context and the values that lags reach. Default: <see cref="Scaling.None"/>.</summary>
    public Scaling Scaling { get; init; } = Scaling.None;

    /// <summary>Earlier scaled targets that are read at each step, given by how many steps before it they are, each at least 1. In the horizon a lag is missing from the step on at which it would be of the horizon itself. Default: none.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A lag is below 1.</exception>
    public IReadOnlyList<int> Lags
    {
        get;
        init => field = AllAtLeastOne(value, nameof(Lags));
    } = [];

    /// <summary>Calendar features, two columns each; the series need times. Default: none.</summary>
    public IReadOnlyList<CalendarFeature> Calendar { get; init; } = [];

    /// <summary>Periods whose phase is read, two columns each, by steps from the start of the series: for series without times. Each is at least 1. Default: none.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A period is below 1.</exception>
    public IReadOnlyList<int> Periods
    {
        get;
        init => field = AllAtLeastOne(value, nameof(Periods));
    } = [];

    /// <summary>What a missing value becomes where a model reads it; a missing target to forecast stays NaN. Default: 0.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not finite.</exception>
    public double MissingInput
    {
        get;
        init => field = double.IsFinite(value) ? value : throw new ArgumentOutOfRangeException(nameof(MissingInput), Invariant($"{value}"), "The value must be finite.");
    }

    /// <summary>Steps before the first step to forecast that a window reads.</summary>
    internal int PastLength => ContextLength + (Lags.Count > 0 ? Lags.Max() : 0);

    private static int[] AllAtLeastOne(IReadOnlyList<int> values, string name)
    {
        ArgumentNullException.ThrowIfNull(values, name);
        foreach (int value in values)
        {
            Guard.AtLeast(value, 1, name);
        }

        return [.. values];
    }
}
