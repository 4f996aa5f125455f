namespace RnnGen.Forecasting;

/// <summary>What a window is, and what a model reads of it.</summary>
/// <example>
/// <code>
/// var options = new WindowOptions { ContextLength = 168, Horizon = 48, Scaling = Scaling.MeanAbsolute, Lags = [48, 168], Calendar = [CalendarFeature.HourOfDay, CalendarFeature.DayOfWeek] };
/// </code>
/// </example>
public sealed record WindowOptions
{
    internal const int MaximumSteps = 1 << 24;

    /// <summary>Steps of the past that a model reads, from 1 to 2²⁴.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 1, or above 2²⁴.</exception>
    public required int ContextLength
    {
        get;
        init
        {
            Guard.Within(value, 1, MaximumSteps, nameof(ContextLength));
            field = value;
        }
    }

    /// <summary>Steps to forecast, from 1 to 2²⁴.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 1, or above 2²⁴.</exception>
    public required int Horizon
    {
        get;
        init
        {
            Guard.Within(value, 1, MaximumSteps, nameof(Horizon));
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

    /// <summary>
    /// A second distance between windows, whose windows are read beside those of <see cref="Stride"/>, at least 1: with a season, windows whose origin has the place in the season of the series' end
    /// are read once more. Default: <see langword="null"/>, no further windows.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 1.</exception>
    public int? ExtraStride
    {
        get;
        init
        {
            Guard.AtLeast(value ?? 1, 1, nameof(ExtraStride));
            field = value;
        }
    }

    /// <summary>
    /// Steps before the origin that scalings and <see cref="PastStatics"/> are measured on, where there are more of them than the context and lags reach; those before the start of the series are missing.
    /// At most 2²⁴. Default: 0, what context and lags reach.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative, or above 2²⁴.</exception>
    public int HistoryLength
    {
        get;
        init
        {
            Guard.Within(value, 0, MaximumSteps, nameof(HistoryLength));
            field = value;
        }
    }

    /// <summary>How the targets of a window are scaled, fitted to its past: the context, the values that lags reach, and <see cref="HistoryLength"/>. Default: <see cref="Scaling.None"/>.</summary>
    /// <exception cref="ArgumentNullException">The value is <see langword="null"/>.</exception>
    public Scaling Scaling
    {
        get;
        init => field = value ?? throw new ArgumentNullException(nameof(Scaling));
    } = Scaling.None;

    /// <summary>How the values that a model reads are scaled, fitted to the same past: the context and lags. Default: <see langword="null"/>, as the targets.</summary>
    public Scaling? InputScaling { get; init; }

    /// <summary>Earlier scaled targets that are read at each step, given by how many steps before it they are, each from 1 to 2²⁴. In the horizon a lag is missing from the step on at which it would be of the horizon itself. Default: none.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A lag is below 1, or above 2²⁴.</exception>
    public IReadOnlyList<int> Lags
    {
        get;
        init => field = Steps(value, nameof(Lags));
    } = [];

    /// <summary>Scaled targets of the same place in earlier seasons, a column each, the latest first; they reach up to 2²⁴ steps back. Default: none.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A period or a count is below 1, or they reach further back.</exception>
    public IReadOnlyList<SeasonLags> SeasonLags
    {
        get;
        init
        {
            ArgumentNullException.ThrowIfNull(value, nameof(SeasonLags));
            foreach (SeasonLags lags in value)
            {
                Guard.AtLeast(Math.Min(lags.Period, lags.Count), 1, nameof(SeasonLags));
                Guard.Within((long)lags.Period * lags.Count, 1, MaximumSteps, nameof(SeasonLags));
            }

            field = [.. value];
        }
    } = [];

    /// <summary>Numbers that say what kind of series the window is of, read as statics behind those of the set. Default: none.</summary>
    /// <exception cref="ArgumentNullException">The value, or one of its numbers, is <see langword="null"/>.</exception>
    public IReadOnlyList<PastStatic> PastStatics
    {
        get;
        init => field = value is null || value.Contains(null) ? throw new ArgumentNullException(nameof(PastStatics)) : [.. value];
    } = [];

    /// <summary>Calendar features, two columns each; the series need times. Default: none.</summary>
    /// <exception cref="ArgumentNullException">The value is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such feature.</exception>
    public IReadOnlyList<CalendarFeature> Calendar
    {
        get;
        init
        {
            ArgumentNullException.ThrowIfNull(value, nameof(Calendar));
            foreach (CalendarFeature feature in value)
            {
                if (!Enum.IsDefined(feature))
                {
                    throw new ArgumentOutOfRangeException(nameof(Calendar), Invariant($"{(int)feature}"), $"There is no {nameof(CalendarFeature)} of this number.");
                }
            }

            field = [.. value];
        }
    } = [];

    /// <summary>Periods whose phase is read, two columns each, by steps from the start of the series: for series without times. Each is from 1 to 2²⁴. Default: none.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A period is below 1, or above 2²⁴.</exception>
    public IReadOnlyList<int> Periods
    {
        get;
        init => field = Steps(value, nameof(Periods));
    } = [];

    /// <summary>
    /// What a missing value becomes where a model reads it; a missing target to forecast stays NaN. Default: 0. A known covariate that is missing at a step to forecast is an error unless this is set, to 0 or to
    /// another value: covariates are not scaled, so that 0 degrees or no promotion would be read.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not finite, or beyond the range of <see cref="float"/>, in which models read it.</exception>
    public double MissingInput
    {
        get;
        init
        {
            field = float.IsFinite((float)value) ? value : throw new ArgumentOutOfRangeException(nameof(MissingInput), Invariant($"{value}"), "The value must be finite, in single precision too.");
            IsMissingInputSet = true;
        }
    }

    /// <summary>Whether <see cref="MissingInput"/> was chosen, and is not the default.</summary>
    internal bool IsMissingInputSet { get; init; }

    /// <summary>Steps before the first step to forecast that context and lags reach.</summary>
    internal int Reach => ContextLength + Math.Max(Lags.Count > 0 ? Lags.Max() : 0, SeasonLags.Count > 0 ? SeasonLags.Max(static lags => lags.Reach) : 0);

    /// <summary>Steps before the first step to forecast that scalings are fitted to.</summary>
    internal int PastLength => Math.Max(Reach, HistoryLength);

    /// <summary>Checks that the past of a window has the seasons of its scalings.</summary>
    /// <exception cref="ArgumentException">It is shorter; the message names the option, and what fits.</exception>
    internal void CheckPast()
    {
        foreach ((string name, Scaling? scaling) in (ReadOnlySpan<(string, Scaling?)>)[(nameof(Scaling), Scaling), (nameof(InputScaling), InputScaling)])
        {
            if (scaling?.MinimumPast > PastLength)
            {
                throw new ArgumentException(Invariant($"{nameof(WindowOptions)}.{name} is {scaling}, which needs a past of {scaling.MinimumPast} steps, but that of a window has {PastLength}. Set {nameof(HistoryLength)} to {scaling.MinimumPast} or more, or choose a longer {nameof(ContextLength)}, or a shorter season."));
            }
        }
    }

    /// <summary>Names what a window is.</summary>
    internal void Describe(Action<string, string> add)
    {
        add(nameof(ContextLength), Invariant($"{ContextLength}"));
        add(nameof(Horizon), Invariant($"{Horizon}"));
        add(nameof(Stride), Invariant($"{Stride}"));
        add(nameof(ExtraStride), Invariant($"{ExtraStride ?? 0}"));
        add(nameof(HistoryLength), Invariant($"{HistoryLength}"));
        add(nameof(Scaling), $"{Scaling}");
        add(nameof(InputScaling), $"{InputScaling ?? Scaling}");
        add(nameof(Lags), string.Join(", ", Lags));
        add(nameof(SeasonLags), string.Join(", ", SeasonLags));
        add(nameof(PastStatics), string.Join(", ", PastStatics));
        add(nameof(Calendar), string.Join(", ", Calendar));
        add(nameof(Periods), string.Join(", ", Periods));
        add(nameof(MissingInput), Invariant($"{MissingInput:R}{(IsMissingInputSet ? "" : ", not set")}"));
    }

    private static int[] Steps(IReadOnlyList<int> values, string name)
    {
        ArgumentNullException.ThrowIfNull(values, name);
        foreach (int value in values)
        {
            Guard.Within(value, 1, MaximumSteps, name);
        }

        return [.. values];
    }
}
