namespace RnnGen.Forecasting;

/// <summary>What the calendar says of a step, as a point on a circle: sine and cosine of its share of the cycle, so that the end of a cycle is beside its start.</summary>
public enum CalendarFeature
{
    /// <summary>The minute of the hour, with its seconds.</summary>
    MinuteOfHour,

    /// <summary>The hour of the day, with its minutes.</summary>
    HourOfDay,

    /// <summary>The day of the week, from Monday.</summary>
    DayOfWeek,

    /// <summary>The day of the month.</summary>
    DayOfMonth,

    /// <summary>The day of the year.</summary>
    DayOfYear,

    /// <summary>The month of the year.</summary>
    MonthOfYear,
}

/// <summary>Shares of calendar cycles.</summary>
internal static class Calendar
{
    /// <summary>The share of the feature's cycle that has passed at a time, from 0 to below 1.</summary>
    public static double Share(CalendarFeature feature, DateTime time) => feature switch
    {
        CalendarFeature.MinuteOfHour => (time.TimeOfDay.Ticks % TimeSpan.TicksPerHour) / (double)TimeSpan.TicksPerHour,
        CalendarFeature.HourOfDay => time.TimeOfDay.Ticks / (double)TimeSpan.TicksPerDay,
        CalendarFeature.DayOfWeek => (((int)time.DayOfWeek + 6) % 7) / 7.0,
        CalendarFeature.DayOfMonth => (time.Day - 1.0) / DateTime.DaysInMonth(time.Year, time.Month),
        CalendarFeature.DayOfYear => (time.DayOfYear - 1.0) / (DateTime.IsLeapYear(time.Year) ? 366 : 365),
        CalendarFeature.MonthOfYear => (time.Month - 1) / 12.0,
        _ => throw new InvalidOperationException(Invariant($"There is no {nameof(CalendarFeature)} '{feature}'.")),
    };
}
