namespace RnnGen.Forecasting;

/// <summary>The zones whose calendar a model learned. Times without a zone say nothing of it: they may be those of any calendar.</summary>
internal static class LearnedZones
{
    private const string Utc = "UTC";

    /// <summary>The zones of a set by their ids, each once, in alphabetical order; <see langword="null"/> where its times have none.</summary>
    public static IReadOnlyList<string>? Of(SeriesSet set) => set[0].Times is { Start.Kind: DateTimeKind.Utc }
        ? [.. set.Select(ZoneOf).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)]
        : null;

    /// <summary>Checks that each series has a zone whose calendar was learned.</summary>
    /// <param name="set">The series.</param>
    /// <param name="learned">The zones that were learned; <see langword="null"/> where nobody knows them.</param>
    /// <param name="model">The model's name.</param>
    /// <exception cref="SeriesDataException">A series has another zone.</exception>
    public static void Check(SeriesSet set, IReadOnlyList<string>? learned, string model)
    {
        if (learned is null || Of(set) is not { } given || given.FirstOrDefault(zone => !learned.Any(other => IsSame(zone, other))) is not { } unknown)
        {
            return;
        }

        string id = set.First(series => ZoneOf(series) == unknown).Id;
        throw new SeriesDataException($"its calendar is that of the zone {unknown}, but {model} learned the calendar of {string.Join(", ", learned)}; read the times with that zone ({nameof(SeriesOptions)}.{nameof(SeriesOptions.TimeZone)}), or train a model for this one.", id);
    }

    // Windows and other systems have names of their own for a zone.
    private static string ZoneOf(TimeSeries series) => series.Times!.Zone is not { } zone || zone.HasSameRules(TimeZoneInfo.Utc) ? Utc
        : TimeZoneInfo.TryConvertWindowsIdToIanaId(zone.Id, out string? id) ? id
        : zone.Id;

    private static bool IsSame(string zone, string other) => zone == other
        || (TimeZoneInfo.TryFindSystemTimeZoneById(zone, out TimeZoneInfo? first) && TimeZoneInfo.TryFindSystemTimeZoneById(other, out TimeZoneInfo? second) && first.HasSameRules(second));
}
