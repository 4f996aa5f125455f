namespace RnnGen.Forecasting;

/// <summary>
/// How rows become steps. A reader never moves a value to another time: what does not fit the steps of its series is an error that names series and time, unless an option decides.
/// </summary>
public sealed record SeriesOptions
{
    /// <summary>From one step to the next, in every series. <see langword="null"/> (default): the shortest distance between two times of a series.</summary>
    public Frequency? Frequency { get; init; }

    /// <summary>
    /// Format of times that are text, or numbers of a query, as for <see cref="DateTime.ParseExact(string, string, IFormatProvider?)"/>, such as <c>yyyyMMdd HH:mm</c>. It has the year, and each unit above its smallest one.
    /// Default: <see langword="null"/>, the formats of the invariant culture; a plain number, and a time that does not say its year or date, such as <c>Jan-24</c> or <c>10:00</c>, are then errors,
    /// and so is <c>1.2.2024</c>. <c>1/2/2024</c> is January 2.
    /// </summary>
    /// <exception cref="ArgumentException">It is no format, has no year, or leaves a unit out above one that it has.</exception>
    public string? TimeFormat
    {
        get;
        init
        {
            if (value is not null)
            {
                TimeText.Check(value);
            }

            field = value;
        }
    }

    /// <summary>
    /// The zone of times that are written without one. They become UTC, so that each hour of a day with a clock change is a step of its own; steps of whole days or months stay dates of the
    /// zone. Default: <see langword="null"/>, times without a zone are used as they are written.
    /// </summary>
    public TimeZoneInfo? TimeZone { get; init; }

    /// <summary>What the hour means that <see cref="TimeZone"/> repeats when daylight saving ends. Default: it is an error. An hour that the zone skips is an error always.</summary>
    public AmbiguousTimes AmbiguousTimes { get; init; }

    /// <summary>What two rows with the same series and time become. Default: they are an error.</summary>
    public Duplicates Duplicates { get; init; }

    /// <summary>What steps without a row become. Default: they are an error.</summary>
    public Gaps Gaps { get; init; }
}

/// <summary>What a time means that a zone has twice.</summary>
public enum AmbiguousTimes
{
    /// <summary>It is a <see cref="SeriesDataException"/>.</summary>
    Error,

    /// <summary>
    /// By the order of the rows: times are of daylight saving until one of them is not later than the row before, and of standard time from there on. A series must have its rows in order of time.
    /// </summary>
    InOrder,
}

/// <summary>What rows with the same series and time become.</summary>
public enum Duplicates
{
    /// <summary>They are a <see cref="SeriesDataException"/>.</summary>
    Error,

    /// <summary>The first row in the table's order is kept.</summary>
    First,

    /// <summary>The last row in the table's order is kept.</summary>
    Last,

    /// <summary>Each number is the mean of those that are not missing.</summary>
    Mean,
}

/// <summary>What steps without a row become.</summary>
public enum Gaps
{
    /// <summary>They are a <see cref="SeriesDataException"/>.</summary>
    Error,

    /// <summary>They are steps whose target and covariates are missing (NaN).</summary>
    Missing,
}
