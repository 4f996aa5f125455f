namespace RnnGen.Forecasting;

/// <summary>Times as they are written, as instants or as dates of a zone.</summary>
internal sealed class ZoneTimes(TimeZoneInfo? zone, AmbiguousTimes ambiguous)
{
    /// <summary>Whether times are dates: all at the same time of day, as the zone's clocks show it, and not all of one date.</summary>
    public bool AreCalendarDays(IReadOnlyList<DateTime> times) => times.All(time => ToDate(time).TimeOfDay == ToDate(times[0]).TimeOfDay);

    /// <summary>The time that the zone's clocks show.</summary>
    public DateTime ToDate(DateTime time) => zone is not null && time.Kind == DateTimeKind.Utc
        ? DateTime.SpecifyKind(TimeZoneInfo.ConvertTimeFromUtc(time, zone), DateTimeKind.Unspecified)
        : time;

    /// <summary>Times without a zone become instants of the zone; without one they stay as they are.</summary>
    public void ToInstants(SeriesRows rows)
    {
        if (zone is null)
        {
            return;
        }

        DateTime? before = null;
        bool isStandard = false;
        rows.Convert((time, _) =>
        {
            if (time.Kind == DateTimeKind.Utc)
            {
                return time;
            }

            if (zone.IsInvalidTime(time))
            {
                throw new SeriesDataException($"the zone '{zone.Id}' skips this time when daylight saving begins; the times may be of another zone, or without daylight saving.", rows.Id, time);
            }

            if (!zone.IsAmbiguousTime(time))
            {
                isStandard = false;
                before = time;
                return TimeZoneInfo.ConvertTimeToUtc(time, zone);
            }

            if (ambiguous == AmbiguousTimes.Error)
            {
                throw new SeriesDataException(
                    $"the zone '{zone.Id}' has this time twice, when daylight saving ends; write the times with their offset, or set {nameof(SeriesOptions)}.{nameof(SeriesOptions.AmbiguousTimes)} to {nameof(AmbiguousTimes.InOrder)}.", rows.Id, time);
            }

            isStandard |= time <= before;
            before = time;
            TimeSpan[] offsets = zone.GetAmbiguousTimeOffsets(time);
            return DateTime.SpecifyKind(time - (isStandard ? offsets.Min() : offsets.Max()), DateTimeKind.Utc);
        });
    }
}
