namespace RnnGen.Forecasting;

/// <summary>The frequency that sorted times show.</summary>
internal static class FrequencyInference
{
    /// <summary>The shortest distance between two times of a series; months where every time is on one day of the month, or at its end.</summary>
    /// <param name="series">Rows whose times rise.</param>
    /// <exception cref="SeriesDataException">No series has two times.</exception>
    public static Frequency Of(IReadOnlyList<SeriesRows> series)
    {
        long shortest = long.MaxValue;
        int months = int.MaxValue;
        bool areMonths = true;
        foreach (SeriesRows rows in series)
        {
            for (int i = 1; i < rows.Times.Count; i++)
            {
                DateTime before = rows.Times[i - 1], time = rows.Times[i];
                shortest = Math.Min(shortest, (time - before).Ticks);
                months = Math.Min(months, ((time.Year - before.Year) * 12) + time.Month - before.Month);
            }

            areMonths = areMonths && AreMonths(rows.Times);
        }

        return shortest == long.MaxValue
            ? throw new SeriesDataException($"No series has two times, so that the frequency is not known; set {nameof(SeriesOptions)}.{nameof(SeriesOptions.Frequency)}.")
            : areMonths && months > 0 ? Frequency.FromMonths(months) : Frequency.FromSpan(TimeSpan.FromTicks(shortest));
    }

    private static bool AreMonths(IReadOnlyList<DateTime> times) =>
        times.All(time => time.TimeOfDay == times[0].TimeOfDay)
        && (times.All(time => time.Day == times[0].Day) || times.All(time => time.Day == DateTime.DaysInMonth(time.Year, time.Month)));
}
