namespace RnnGen.Forecasting;

/// <summary>
/// The time from one step of a series to the next: a fixed span, or whole calendar months. A week is 7 days, a quarter 3 months, a year 12 months.
/// </summary>
/// <example>
/// <code>
/// Frequency hourly = Frequency.Hourly, quarterHours = Frequency.FromSpan(TimeSpan.FromMinutes(15)), monthly = Frequency.Monthly;
/// </code>
/// </example>
public readonly record struct Frequency
{
    private Frequency(TimeSpan span, int months) => (Span, Months) = (span, months);

    /// <summary>One step an hour.</summary>
    public static Frequency Hourly { get; } = new(TimeSpan.FromHours(1), 0);

    /// <summary>One step a day.</summary>
    public static Frequency Daily { get; } = new(TimeSpan.FromDays(1), 0);

    /// <summary>One step a week.</summary>
    public static Frequency Weekly { get; } = new(TimeSpan.FromDays(7), 0);

    /// <summary>One step a month.</summary>
    public static Frequency Monthly { get; } = new(TimeSpan.Zero, 1);

    /// <summary>One step a quarter of a year.</summary>
    public static Frequency Quarterly { get; } = new(TimeSpan.Zero, 3);

    /// <summary>One step a year.</summary>
    public static Frequency Yearly { get; } = new(TimeSpan.Zero, 12);

    /// <summary>The span of a step; zero where steps are calendar months.</summary>
    public TimeSpan Span { get; }

    /// <summary>The months of a step; 0 where steps have a fixed span.</summary>
    public int Months { get; }

    /// <summary>Whether a step is one or more calendar days or months, so that a day of 23 or 25 hours is still one step.</summary>
    internal bool IsCalendar => Months > 0 || Span.Ticks % TimeSpan.TicksPerDay == 0;

    /// <summary>Steps of a fixed span.</summary>
    /// <param name="span">From one step to the next, above zero.</param>
    /// <exception cref="ArgumentOutOfRangeException">The span is not above zero.</exception>
    public static Frequency FromSpan(TimeSpan span) => span > TimeSpan.Zero
        ? new(span, 0)
        : throw new ArgumentOutOfRangeException(nameof(span), "A step's span must be above zero.");

    /// <summary>Steps of whole calendar months.</summary>
    /// <param name="months">From one step to the next, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer than 1.</exception>
    public static Frequency FromMonths(int months)
    {
        Guard.AtLeast(months, 1);
        return new(TimeSpan.Zero, months);
    }

    /// <inheritdoc/>
    public override string ToString() => (Months, Span.Ticks) switch
    {
        (1, _) => "1 month",
        ( > 1, _) => Invariant($"{Months} months"),
        (_, 0) => "none",
        var (_, ticks) when ticks % TimeSpan.TicksPerDay == 0 => Text(ticks / TimeSpan.TicksPerDay, "day"),
        var (_, ticks) when ticks % TimeSpan.TicksPerHour == 0 => Text(ticks / TimeSpan.TicksPerHour, "hour"),
        var (_, ticks) when ticks % TimeSpan.TicksPerMinute == 0 => Text(ticks / TimeSpan.TicksPerMinute, "minute"),
        var (_, ticks) when ticks % TimeSpan.TicksPerSecond == 0 => Text(ticks / TimeSpan.TicksPerSecond, "second"),
        _ => Span.ToString("c", System.Globalization.CultureInfo.InvariantCulture),
    };

    private static string Text(long count, string unit) => Invariant($"{count} {unit}{(count == 1 ? "" : "s")}");
}
