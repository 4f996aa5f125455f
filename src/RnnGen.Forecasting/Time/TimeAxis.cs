using System.Globalization;

namespace RnnGen.Forecasting;

/// <summary>
/// The times of a series: a start and a frequency, so that step i has a time whether or not it was observed. Times are instants (<see cref="DateTimeKind.Utc"/>) or calendar times without a
/// zone (<see cref="DateTimeKind.Unspecified"/>).
/// </summary>
public sealed class TimeAxis
{
    /// <summary>The times from <paramref name="start"/> on.</summary>
    /// <param name="start">The time of step 0: UTC, or without a zone.</param>
    /// <param name="frequency">From one step to the next.</param>
    /// <param name="zone">The zone whose calendar applies to times in UTC, for features such as the hour of the day; <see langword="null"/> for UTC's own.</param>
    /// <exception cref="ArgumentException">The start is in the machine's local zone, the frequency is empty, or a zone is given for times that are not UTC.</exception>
    public TimeAxis(DateTime start, Frequency frequency, TimeZoneInfo? zone = null)
        : this(start, frequency, zone, isMonthEnd: false)
    {
    }

    /// <summary>The times from a step of other times on.</summary>
    /// <param name="start">The time of step 0 of the other times.</param>
    /// <param name="frequency">From one step to the next.</param>
    /// <param name="zone">The zone whose calendar applies.</param>
    /// <param name="isMonthEnd">Whether each time is the last day of its month.</param>
    /// <param name="first">The step of the other times that is step 0 of these.</param>
    internal TimeAxis(DateTime start, Frequency frequency, TimeZoneInfo? zone, bool isMonthEnd, int first = 0)
    {
        if (start.Kind == DateTimeKind.Local)
        {
            throw new ArgumentException("The start is in the machine's local zone; use UTC, or a time without a zone.", nameof(start));
        }

        if (frequency == default)
        {
            throw new ArgumentException("The frequency is empty; use one such as Frequency.Hourly.", nameof(frequency));
        }

        if (zone is not null && start.Kind != DateTimeKind.Utc)
        {
            throw new ArgumentException("A zone converts times in UTC, but the start has none.", nameof(zone));
        }

        (Origin, Frequency, Zone, IsMonthEnd, First) = (start, frequency, zone, isMonthEnd, first);
        Start = this[0];
    }

    /// <summary>The time of step 0.</summary>
    public DateTime Start { get; }

    /// <summary>From one step to the next.</summary>
    public Frequency Frequency { get; }

    /// <summary>The zone whose calendar applies to times in UTC; <see langword="null"/> for none.</summary>
    public TimeZoneInfo? Zone { get; }

    /// <summary>The time of a step; a month without the start's day has its last day instead.</summary>
    /// <param name="step">The step; a negative one is before the start.</param>
    /// <exception cref="ArgumentOutOfRangeException">The time is beyond what <see cref="DateTime"/> holds.</exception>
    public DateTime this[int step]
    {
        get
        {
            try
            {
                if (Frequency.Months == 0)
                {
                    return Origin.AddTicks(checked(Frequency.Span.Ticks * (First + (long)step)));
                }

                DateTime time = Origin.AddMonths(checked((int)(Frequency.Months * (First + (long)step))));
                return IsMonthEnd ? time.AddDays(DateTime.DaysInMonth(time.Year, time.Month) - time.Day) : time;
            }
            catch (Exception e) when (e is OverflowException or ArgumentOutOfRangeException)
            {
                throw new ArgumentOutOfRangeException(Invariant($"Step {First + (long)step} from {Text(Origin)} by {Frequency} is beyond the years 1 to 9999."), e);
            }
        }
    }

    /// <summary>The time from which months are counted: that of <see cref="Start"/>, or, where a short month has clipped its day, of an earlier step.</summary>
    internal DateTime Origin { get; }

    /// <summary>Steps from <see cref="Origin"/> to <see cref="Start"/>.</summary>
    internal int First { get; }

    /// <summary>Whether each time is the last day of its month.</summary>
    internal bool IsMonthEnd { get; }

    /// <summary>The calendar time of a step: in the zone, where there is one.</summary>
    /// <param name="step">The step.</param>
    public DateTime Local(int step) => Zone is null ? this[step] : DateTime.SpecifyKind(TimeZoneInfo.ConvertTimeFromUtc(this[step], Zone), DateTimeKind.Unspecified);

    /// <summary>The step of a time.</summary>
    /// <param name="time">A time of the axis' own kind.</param>
    /// <returns>The step; <see langword="null"/> if no step has this time.</returns>
    public int? IndexOf(DateTime time)
    {
        long steps = Frequency.Months == 0
            ? (time.Ticks - Start.Ticks) / Frequency.Span.Ticks
            : ((((time.Year - Start.Year) * 12L) + time.Month - Start.Month) / Frequency.Months);
        return steps is > int.MinValue and < int.MaxValue && this[(int)steps].Ticks == time.Ticks ? (int)steps : null;
    }

    /// <summary>The axis from a step on.</summary>
    internal TimeAxis From(int step) => new(Origin, Frequency, Zone, IsMonthEnd, checked(First + step));

    /// <summary>A time as text, in any culture the same: to the second, or the date alone at midnight; instants end in Z.</summary>
    internal static string Text(DateTime time)
    {
        string format = time.TimeOfDay == TimeSpan.Zero && time.Kind != DateTimeKind.Utc ? "yyyy-MM-dd"
            : time.Ticks % TimeSpan.TicksPerSecond == 0 ? "yyyy-MM-ddTHH:mm:ss" : "yyyy-MM-ddTHH:mm:ss.FFFFFFF";
        return time.ToString(format, CultureInfo.InvariantCulture) + (time.Kind == DateTimeKind.Utc ? "Z" : "");
    }
}
