namespace RnnGen.Forecasting;

/// <summary>Rows of any order become a set: by series, by time, on steps of one frequency. Every policy of <see cref="SeriesOptions"/> is applied here, whatever the rows come from.</summary>
/// <param name="columns">What the columns mean.</param>
/// <param name="options">The policies.</param>
/// <param name="trims">Whether a series is from its first value to its last, as in a wide table, where series of different length share the rows.</param>
internal sealed class SeriesCollector(SeriesColumns columns, SeriesOptions options, bool trims = false)
{
    private const string NoZone = " An hour of a clock change is one too: set " + nameof(SeriesOptions) + "." + nameof(SeriesOptions.TimeZone) + " if the times are of a zone.";

    private readonly int _width = columns.Numbers.Length;
    private readonly Dictionary<string, SeriesRows> _byId = new(StringComparer.Ordinal);
    private readonly List<SeriesRows> _series = [];

    /// <summary>Adds a row.</summary>
    /// <param name="id">Its series.</param>
    /// <param name="time">Its time: UTC where it was written with a zone; <see langword="null"/> where the table has none.</param>
    /// <param name="numbers">Target, observed, known; NaN where one is missing.</param>
    /// <param name="statics">The statics; those of later rows must be the same.</param>
    public void Add(string id, DateTime? time, ReadOnlySpan<double> numbers, StaticValue[] statics)
    {
        if (!_byId.TryGetValue(id, out SeriesRows? rows))
        {
            _byId.Add(id, rows = new(id, _width));
            _series.Add(rows);
        }

        rows.Statics ??= statics;
        for (int i = 0; i < statics.Length; i++)
        {
            if (!rows.Statics[i].IsSame(statics[i]))
            {
                throw new SeriesDataException($"the static '{columns.Statics[i]}' is '{statics[i].Text}', but '{rows.Statics[i].Text}' in the series' first row; a static does not change within a series.", id, time);
            }
        }

        rows.Add(time, numbers);
    }

    /// <summary>The set of all rows that were added, which are at least one.</summary>
    public SeriesSet Build()
    {
        StaticValues statics = new(columns.Statics, [.. _series.Select(s => (s.Id, s.Statics!))]);
        TimeAxis?[] axes = new TimeAxis?[_series.Count];
        if (columns.Time is not null)
        {
            axes = Place();
        }
        else if (trims)
        {
            _series.ForEach(static rows => rows.Trim());
        }

        return new(_series.Select((rows, i) => Series(rows, axes[i], statics.Of(i))), columns.Observed, columns.Known, statics.Names);
    }

    private TimeAxis[] Place()
    {
        string hint = options.TimeZone is null ? NoZone : "";
        Frequency? frequency = options.Frequency;
        ZoneTimes zone = new(options.TimeZone, options.AmbiguousTimes);
        bool isCalendar = frequency?.IsCalendar ?? _series.TrueForAll(rows => zone.AreCalendarDays(rows.Times));
        foreach (SeriesRows rows in _series)
        {
            if (isCalendar)
            {
                rows.Convert((time, _) => zone.ToDate(time));
            }
            else
            {
                zone.ToInstants(rows);
            }

            rows.Sort(options.Duplicates, isCalendar ? "" : hint);
            if (trims)
            {
                rows.Trim();
            }
        }

        Frequency steps = frequency ?? FrequencyInference.Of(_series);
        TimeZoneInfo? calendar = isCalendar ? null : options.TimeZone;
        return [.. _series.Select(rows => rows.Place(steps, calendar, options, isCalendar ? "" : hint))];
    }

    // Steps to come are those at the end that only known covariates have.
    private TimeSeries Series(SeriesRows rows, TimeAxis? axis, double[] statics)
    {
        double[] values = rows.Values;
        int count = rows.Count, own = 1 + columns.Observed.Count, length = count;
        while (columns.Known.Count > 0 && length > 0 && IsMissing(values.AsSpan((length - 1) * _width, own)))
        {
            length--;
        }

        return new(rows.Id, Columns(values, length, 0, 1), axis)
        {
            Observed = Columns(values, length, 1, columns.Observed.Count),
            Known = Columns(values, count, own, columns.Known.Count),
            Statics = statics,
        };
    }

    private double[] Columns(double[] values, int rows, int first, int count)
    {
        if (_width == count)
        {
            return values;
        }

        double[] taken = new double[rows * count];
        for (int row = 0; row < rows; row++)
        {
            values.AsSpan((row * _width) + first, count).CopyTo(taken.AsSpan(row * count));
        }

        return taken;
    }

    private static bool IsMissing(ReadOnlySpan<double> values)
    {
        foreach (double value in values)
        {
            if (!double.IsNaN(value))
            {
                return false;
            }
        }

        return true;
    }
}
