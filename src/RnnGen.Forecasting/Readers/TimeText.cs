using System.Globalization;

namespace RnnGen.Forecasting;

/// <summary>Times from text: with an offset or Z they are UTC, otherwise they have no zone.</summary>
internal static class TimeText
{
    /// <param name="text">The text.</param>
    /// <param name="format">Its format; <see langword="null"/> for those of the invariant culture.</param>
    /// <param name="time">The time.</param>
    /// <returns>Whether it is one; a plain number is none without a format, though 1.5 could pass as a day.</returns>
    public static bool TryParse(string text, string? format, out DateTime time)
    {
        const DateTimeStyles Styles = DateTimeStyles.RoundtripKind | DateTimeStyles.AllowWhiteSpaces, Offset = DateTimeStyles.AllowWhiteSpaces;
        time = default;
        bool isTime = format is not null
            ? DateTime.TryParseExact(text, format, CultureInfo.InvariantCulture, Styles, out time)
            : !double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _) && DateTime.TryParse(text, CultureInfo.InvariantCulture, Styles, out time);
        if (!isTime || time.Kind != DateTimeKind.Local)
        {
            return isTime;
        }

        // An offset was written; this machine's zone has no part in it.
        bool hasOffset = format is not null
            ? DateTimeOffset.TryParseExact(text, format, CultureInfo.InvariantCulture, Offset, out DateTimeOffset instant)
            : DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, Offset, out instant);
        time = instant.UtcDateTime;
        return hasOffset;
    }

    /// <summary>What a message says is expected.</summary>
    public static string Expected(string? format) => format is null
        ? $"a time; set its format with {nameof(SeriesOptions)}.{nameof(SeriesOptions.TimeFormat)}, or leave {nameof(SeriesColumns.Time)} out where rows are steps in order"
        : $"a time of the form '{format}'";
}
