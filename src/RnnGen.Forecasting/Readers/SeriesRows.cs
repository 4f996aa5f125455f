using System.Runtime.InteropServices;

namespace RnnGen.Forecasting;

/// <summary>The rows of one series as a reader met them, and their steps.</summary>
internal sealed class SeriesRows(string id, int width)
{
    /// <summary>Steps without a row that a series may have, beside a hundred for each row: one wrong year in seconds would fill the memory.</summary>
    private const int MostMissing = 10_000;

    private readonly List<DateTime> _times = [];
    private readonly List<double> _values = [];

    public string Id => id;

    public int Count => _values.Count / width;

    /// <summary>The statics of the first row.</summary>
    public StaticValue[]? Statics { get; set; }

    public IReadOnlyList<DateTime> Times => _times;

    public double[] Values => [.. _values];

    public void Add(DateTime? time, ReadOnlySpan<double> values)
    {
        if (time is { } given)
        {
            if (_times.Count > 0 && given.Kind != _times[0].Kind)
            {
                throw new SeriesDataException("some times of the series have a zone or an offset, others have not; write all of them in one way.", id, given);
            }

            _times.Add(given);
        }

        _values.AddRange(values);
    }

    /// <summary>Times become those of the steps: instants where the zone says so, dates of the zone where steps are days or months.</summary>
    public void Convert(Func<DateTime, int, DateTime> convert)
    {
        for (int i = 0; i < _times.Count; i++)
        {
            _times[i] = convert(_times[i], i);
        }
    }

    /// <summary>Sorts the rows by time, rows of one time in the table's order, and makes one of them.</summary>
    public void Sort(Duplicates policy, string hint)
    {
        int[] order = [.. Enumerable.Range(0, _times.Count).OrderBy(i => _times[i])];
        List<DateTime> times = new(order.Length);
        List<double> values = new(_values.Count);
        for (int from = 0, to; from < order.Length; from = to)
        {
            DateTime time = _times[order[from]];
            for (to = from + 1; to < order.Length && _times[order[to]] == time; to++)
            {
            }

            if (to - from > 1 && policy == Duplicates.Error)
            {
                throw new SeriesDataException(Invariant($"{to - from} rows have this time; leave one, or set {nameof(SeriesOptions)}.{nameof(SeriesOptions.Duplicates)}.{hint}"), id, time);
            }

            times.Add(time);
            AddOne(values, order.AsSpan(from, to - from), policy);
        }

        Replace(times, values);
    }

    /// <summary>Takes out the rows before the first number and after the last.</summary>
    public void Trim()
    {
        int first = _values.FindIndex(value => !double.IsNaN(value)) / width, end = (_values.FindLastIndex(value => !double.IsNaN(value)) / width) + 1;
        if (!_values.Exists(value => !double.IsNaN(value)))
        {
            throw new SeriesDataException("it has no value; leave it out.", id);
        }

        Replace(_times.Count > 0 ? _times.GetRange(first, end - first) : [], _values.GetRange(first * width, (end - first) * width));
    }

    /// <summary>Places the rows on their axis; steps without a row are missing.</summary>
    public TimeAxis Place(Frequency frequency, TimeZoneInfo? zone, SeriesOptions options, string hint)
    {
        bool isMonthEnd = frequency.Months > 0 && _times.TrueForAll(IsMonthEnd);
        TimeAxis axis = new(_times[0], frequency, zone, isMonthEnd);
        List<DateTime> times = new(_times.Count);
        List<double> values = new(_values.Count);
        ReadOnlySpan<double> all = CollectionsMarshal.AsSpan(_values);
        for (int row = 0; row < _times.Count; row++)
        {
            if (axis.IndexOf(_times[row]) is not { } step || step < times.Count)
            {
                throw new SeriesDataException(Invariant($"the time is not a whole number of steps of {frequency} after {TimeAxis.Text(_times[0])}; resample the series, or set {nameof(SeriesOptions)}.{nameof(SeriesOptions.Frequency)}."), id, _times[row]);
            }

            if (step > MostMissing + (100L * _times.Count))
            {
                throw new SeriesDataException(Invariant($"the step would be number {step} of a series with {_times.Count} rows; the time may be wrong, or a longer step than {frequency} right: set {nameof(SeriesOptions)}.{nameof(SeriesOptions.Frequency)}."), id, _times[row]);
            }

            if (step > times.Count && options.Gaps == Gaps.Error)
            {
                throw new SeriesDataException(Invariant($"{step - times.Count} steps of {frequency} up to {TimeAxis.Text(_times[row])} have no row; add them, or set {nameof(SeriesOptions)}.{nameof(SeriesOptions.Gaps)} to {nameof(Gaps.Missing)}.{hint}"), id, axis[times.Count]);
            }

            times.EnsureCapacity(step + 1);
            while (times.Count < step)
            {
                times.Add(axis[times.Count]);
            }

            int first = values.Count;
            CollectionsMarshal.SetCount(values, step * width);
            CollectionsMarshal.AsSpan(values)[first..].Fill(double.NaN);

            times.Add(_times[row]);
            values.AddRange(all.Slice(row * width, width));
        }

        Replace(times, values);
        return axis;
    }

    private static bool IsMonthEnd(DateTime time) => time.Day == DateTime.DaysInMonth(time.Year, time.Month);

    private void AddOne(List<double> to, ReadOnlySpan<int> rows, Duplicates policy)
    {
        for (int column = 0; column < width; column++)
        {
            to.Add(policy switch
            {
                Duplicates.Error or Duplicates.First => _values[(rows[0] * width) + column],
                Duplicates.Last => _values[(rows[^1] * width) + column],
                Duplicates.Mean => Mean(rows, column),
                _ => throw new InvalidOperationException(Invariant($"There is no {nameof(Duplicates)} '{policy}'.")),
            });
        }
    }

    private double Mean(ReadOnlySpan<int> rows, int column)
    {
        double sum = 0;
        int count = 0;
        foreach (int row in rows)
        {
            double value = _values[(row * width) + column];
            if (!double.IsNaN(value))
            {
                sum += value;
                count++;
            }
        }

        return count > 0 ? sum / count : double.NaN;
    }

    private void Replace(List<DateTime> times, List<double> values)
    {
        _times.Clear();
        _times.AddRange(times);
        _values.Clear();
        _values.AddRange(values);
    }
}
