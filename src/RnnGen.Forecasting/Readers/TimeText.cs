using System.Globalization;

namespace RnnGen.Forecasting;

/// <summary>Times from text: with an offset behind a time of day, Z or GMT they are UTC, otherwise they have no zone. What does not write its year, or a date, is no time.</summary>
/// <param name="format">Their format; <see langword="null"/> for those of the invariant culture.</param>
internal sealed class TimeText(string? format)
{
    private const DateTimeStyles Styles = DateTimeStyles.RoundtripKind | DateTimeStyles.AllowWhiteSpaces | DateTimeStyles.NoCurrentDateDefault;

    // Reads a year of two digits 400 years later than the invariant culture, where the days of the week and leap years are the same; and a month before such a year, not behind it.
    private static readonly CultureInfo s_later = Later();

    // A time, and times of the same day of the week that differ from it in one unit.
    private static readonly DateTime s_sample = new(2023, 2, 3, 4, 5, 6);
    private static readonly (string Unit, DateTime Time)[] s_units =
    [
        ("year", s_sample.AddYears(28)), ("month", s_sample.AddMonths(1)), ("day", s_sample.AddDays(7)), ("hour", s_sample.AddHours(1)), ("minute", s_sample.AddMinutes(1)), ("second", s_sample.AddSeconds(1)),
    ];

    // Times of a unit and the one above it that a format may write alike: with one digit or two beside each other.
    private static readonly (int Unit, DateTime Time, DateTime Other)[] s_digits =
    [
        (2, new(2023, 1, 11), new(2023, 11, 1)), (3, new(2023, 2, 1, 11, 0, 0), new(2023, 2, 11, 1, 0, 0)), (4, new(2023, 2, 3, 1, 11, 0), new(2023, 2, 3, 11, 1, 0)), (5, new(2023, 2, 3, 4, 1, 11), new(2023, 2, 3, 4, 11, 1)),
    ];

    /// <summary>Whether their format is known, so that a plain number may be a time.</summary>
    public bool HasFormat => format is not null;

    /// <summary>What a message says is expected.</summary>
    public string Expected => format is null
        ? $"a time with its year, such as 2024-01-31 or 2024-01-31 23:00; set its format with {nameof(SeriesOptions)}.{nameof(SeriesOptions.TimeFormat)}, or leave {nameof(SeriesColumns.Time)} out where rows are steps in order"
        : $"a time of the form '{format}'";

    /// <summary>Checks a format.</summary>
    /// <param name="format">The format.</param>
    /// <exception cref="ArgumentException">It is no format, has no year, or leaves a unit out above one that it has, or writes two times alike.</exception>
    public static void Check(string format)
    {
        bool[] has;
        try
        {
            string sample = Text(s_sample);
            has = [.. s_units.Select(unit => Text(unit.Time) != sample)];
        }
        catch (FormatException e)
        {
            throw Error("is no format of times; write one such as 'yyyy-MM-dd HH:mm'.", e);
        }

        int missing = Array.IndexOf(has, false);
        if (missing == 0 || (missing > 0 && missing < Array.LastIndexOf(has, true)))
        {
            throw Error($"has no {s_units[missing].Unit}, so that it does not say when a step was; write the whole time, such as 'yyyy-MM-dd HH:mm', or leave {nameof(SeriesColumns)}.{nameof(SeriesColumns.Time)} out where rows are steps in order.", null);
        }

        if (has[3] && Text(s_sample) == Text(s_sample.AddHours(12)))
        {
            throw Error("has hours from 1 to 12 and does not say of which half of the day; write HH for hours from 0 to 23, or tt where the text has AM or PM.", null);
        }

        foreach ((int unit, DateTime time, DateTime other) in s_digits)
        {
            if (has[unit] && Text(time) == Text(other))
            {
                throw Error($"writes {TimeAxis.Text(time)} and {TimeAxis.Text(other)} alike; write something between the units, or two digits of each, such as MM, dd and HH.", null);
            }
        }

        string Text(DateTime time) => time.ToString(format, CultureInfo.InvariantCulture);

        ArgumentException Error(string message, Exception? inner) => new($"{nameof(SeriesOptions)}.{nameof(SeriesOptions.TimeFormat)} '{format}' {message}", inner);
    }

    /// <param name="text">The text.</param>
    /// <param name="time">The time.</param>
    /// <returns>Whether it is one; without a format a plain number is none, though 1.5 could pass as a day, and 1.2.2024 neither, which the invariant culture reads as a day of January.</returns>
    public bool TryParse(string text, out DateTime time)
    {
        time = default;
        bool isTime = format is not null
            ? DateTime.TryParseExact(text, format, CultureInfo.InvariantCulture, Styles, out time)
            : !IsNumber(text) && !IsDayFirst(text) && DateTime.TryParse(text, CultureInfo.InvariantCulture, Styles, out time);
        if (!isTime)
        {
            return false;
        }

        if (time.Kind != DateTimeKind.Local)
        {
            time = IsUtc(text) ? DateTime.SpecifyKind(time, DateTimeKind.Utc) : time;
            return format is not null || HasYear(text, time);
        }

        // An offset was written; this machine's zone has no part in it. Behind a date alone it may be an hour: 2024-01-01-08.
        if (format is null && !HasTimeOfDay(text.AsSpan(0, text.LastIndexOfAny(['+', '-']))))
        {
            return false;
        }

        const DateTimeStyles Offset = DateTimeStyles.AllowWhiteSpaces;
        bool hasOffset = format is not null
            ? DateTimeOffset.TryParseExact(text, format, CultureInfo.InvariantCulture, Offset, out DateTimeOffset instant)
            : DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, Offset, out instant);
        time = instant.UtcDateTime;
        return hasOffset && (format is not null || HasYear(text, instant.DateTime));
    }

    private static bool HasTimeOfDay(ReadOnlySpan<char> beforeOffset) => beforeOffset.Contains(':') || beforeOffset.TrimEnd() is [.., 'A' or 'a' or 'P' or 'p', 'M' or 'm'];

    // With a decimal point or comma.
    private static bool IsNumber(string text) => double.TryParse(text.Replace(',', '.'), NumberStyles.Float, CultureInfo.InvariantCulture, out _);

    // Day, month and year between points: nobody writes the month first then.
    private static bool IsDayFirst(string text)
    {
        ReadOnlySpan<char> rest = text.AsSpan().TrimStart();
        for (int part = 0; part < 2; part++)
        {
            int digits = rest.IndexOfAnyExceptInRange('0', '9');
            if (digits is not (1 or 2) || rest[digits] != '.')
            {
                return false;
            }

            rest = rest[(digits + 1)..].TrimStart();
        }

        return rest.Length > 0 && char.IsAsciiDigit(rest[0]);
    }

    /// <summary>Whether the text says the year that was read: with four digits, or two beside month and day. Otherwise the parser took this year, or a day for the year.</summary>
    private static bool HasYear(string text, DateTime time)
    {
        string digits = time.ToString("yyyy", CultureInfo.InvariantCulture);
        for (int at = text.IndexOf(digits, StringComparison.Ordinal); at >= 0; at = text.IndexOf(digits, at + 1, StringComparison.Ordinal))
        {
            int end = at + digits.Length;
            if ((at == 0 || !char.IsAsciiDigit(text[at - 1])) && (end == text.Length || !char.IsAsciiDigit(text[end])))
            {
                return true;
            }
        }

        return DateTimeOffset.TryParse(text, s_later, DateTimeStyles.AllowWhiteSpaces | DateTimeStyles.AssumeUniversal, out DateTimeOffset later) && later.DateTime == time.AddYears(400);
    }

    // A format that has Z or GMT as text, as R and u do, does not tell the parser what it means.
    private static bool IsUtc(string text)
    {
        ReadOnlySpan<char> written = text.AsSpan().TrimEnd();
        int letters = 0;
        while (letters < written.Length && char.IsLetter(written[^(letters + 1)]))
        {
            letters++;
        }

        return written[^letters..] is "Z" or "z" or "GMT" or "UTC";
    }

    private static CultureInfo Later()
    {
        var culture = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        culture.DateTimeFormat.Calendar.TwoDigitYearMax += 400;
        culture.DateTimeFormat.YearMonthPattern = "MMMM yyyy";
        return culture;
    }
}
