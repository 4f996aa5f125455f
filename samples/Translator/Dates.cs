using System.Globalization;
using RnnGen.Samples;

namespace Translator;

/// <summary>Dates as people write them: by the patterns of .NET's own cultures, with what they are in ISO 8601.</summary>
internal static class Dates
{
    // Cultures of the Gregorian calendar.
    private static readonly string[] s_names =
    [
        "en-US", "en-GB", "de-DE", "fr-FR", "es-ES", "it-IT", "pt-PT", "pt-BR", "nl-NL", "sv-SE", "da-DK", "nb-NO", "fi-FI", "is-IS", "pl-PL", "cs-CZ",
        "sk-SK", "hu-HU", "ro-RO", "bg-BG", "hr-HR", "sl-SI", "et-EE", "lv-LV", "lt-LT", "el-GR", "tr-TR", "ru-RU", "uk-UA", "ja-JP", "ko-KR", "zh-CN",
        "vi-VN", "id-ID", "ca-ES", "ga-IE", "sq-AL", "sr-Latn-RS",
    ];

    /// <summary>The cultures with their patterns of four-digit years.</summary>
    /// <exception cref="UsageException">.NET has no culture data here.</exception>
    public static IReadOnlyList<(CultureInfo Culture, string[] Patterns)> Cultures()
    {
        List<(CultureInfo, string[])> cultures = [];
        foreach (string name in s_names)
        {
            CultureInfo culture;
            try
            {
                culture = CultureInfo.GetCultureInfo(name, predefinedOnly: true);
            }
            catch (CultureNotFoundException)
            {
                continue;
            }

            string[] patterns = [.. culture.DateTimeFormat.GetAllDateTimePatterns('d').Concat(culture.DateTimeFormat.GetAllDateTimePatterns('D'))
                .Where(p => p.Contains("yyyy", StringComparison.Ordinal)).Distinct(StringComparer.Ordinal)];
            if (culture.Calendar is GregorianCalendar && patterns.Length > 0)
            {
                cultures.Add((culture, patterns));
            }
        }

        return cultures.Count >= 30
            ? cultures
            : throw new UsageException($"This .NET knows {cultures.Count} of the cultures that the sample writes dates in (it may run without ICU); install ICU (on Debian: libicu72 or newer), or give --data.");
    }

    /// <summary>The share of dates that the invariant culture's own parser reads right.</summary>
    public static double Parsed(IReadOnlyList<Pair> dates) => dates.Average(p => DateOnly.TryParse(string.Concat(p.Source.Skip(1)), CultureInfo.InvariantCulture, out DateOnly date)
        && date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) == string.Concat(p.Target) ? 1.0 : 0);

    /// <summary>Dates from 1900 to 2099; no date of the test is among those learned from.</summary>
    /// <param name="seed">Draws days, cultures and patterns.</param>
    /// <param name="longest">Characters of a date with its culture, at most.</param>
    /// <param name="train">Dates to learn from.</param>
    /// <param name="test">Dates to be scored on, and as many to look at in between.</param>
    public static ParallelText Write(int seed, int longest, int train = 40_000, int test = 1_000)
    {
        IReadOnlyList<(CultureInfo Culture, string[] Patterns)> cultures = Cultures();
        Random random = new(seed);
        DateOnly first = new(1900, 1, 1);
        int days = new DateOnly(2100, 1, 1).DayNumber - first.DayNumber;
        int[] order = [.. Enumerable.Range(0, days)];
        random.Shuffle(order);
        Pair Draw(int from, int to)
        {
            while (true)
            {
                DateOnly date = first.AddDays(order[random.Next(from, to)]);
                (CultureInfo culture, string[] patterns) = cultures[random.Next(cultures.Count)];
                string written = date.ToString(patterns[random.Next(patterns.Length)], culture);
                if (written.Length < longest)
                {
                    return new Pair([culture.Name, .. written.Select(c => c.ToString())], [.. date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture).Select(c => c.ToString())]);
                }
            }
        }

        int held = days / 10;
        return new ParallelText(
            [.. Enumerable.Range(0, train).Select(_ => Draw(2 * held, days))],
            [.. Enumerable.Range(0, test).Select(_ => Draw(held, 2 * held))],
            [.. Enumerable.Range(0, test).Select(_ => Draw(0, held))]);
    }
}
