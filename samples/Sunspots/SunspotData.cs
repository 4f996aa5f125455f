using System.Globalization;
using RnnGen;
using RnnGen.Data;
using RnnGen.Forecasting;
using RnnGen.Samples;

namespace Sunspots;

/// <summary>
/// The series, made ready for the models. Counts scatter in proportion to their square root, so the models work on
/// square roots, normalised with numbers fitted on the training part alone.
/// </summary>
internal sealed class SunspotData
{
    private static readonly WindowOptions s_windows = new() { ContextLength = Settings.Window, Horizon = Settings.Horizons[^1] };
    private readonly Normalizer _normalizer;
    private readonly TimeSeries _roots;

    private SunspotData(TimeSeries series)
    {
        Series = new([series]);
        Values = Array.ConvertAll(series.Targets.ToArray(), value => (float)value);
        float[] roots = Array.ConvertAll(Values, MathF.Sqrt);
        int trainEnd = (int)Math.Round(roots.Length * Settings.TrainFraction), validationEnd = (int)Math.Round(roots.Length * (Settings.TrainFraction + Settings.ValidationFraction));
        _normalizer = Normalizer.StandardScore<float>(roots.AsSpan(0, trainEnd));
        _roots = new(series.Id, Array.ConvertAll(_normalizer.Apply(roots), root => (double)root));
        FirstOrigin = validationEnd;
        Train = Windows(0, trainEnd);
        Validation = Windows(trainEnd, validationEnd);
        Test = Windows(validationEnd, roots.Length);
    }

    /// <summary>The series in original units, one value a month, with its dates where the file has them.</summary>
    public SeriesSet Series { get; }

    /// <summary>Its values.</summary>
    public float[] Values { get; }

    /// <summary>What <see cref="TestTimes"/> are.</summary>
    public string TimeLabel => Series[0].Times is null ? "row" : "year";

    /// <summary>Index of the first value of the last part: the first that a test window forecasts.</summary>
    public int FirstOrigin { get; }

    /// <summary>Windows of the first part, with the normalised roots at <see cref="Settings.Horizons"/> as targets.</summary>
    public SequenceDataset<float, float> Train { get; }

    /// <summary>Windows whose targets lie in the part after it.</summary>
    public SequenceDataset<float, float> Validation { get; }

    /// <summary>Windows whose targets lie in the last part.</summary>
    public SequenceDataset<float, float> Test { get; }

    /// <summary>Reads the series and splits it.</summary>
    /// <exception cref="UsageException">The file is missing, damaged, too short, has negative or missing values, or dates that are no series of months.</exception>
    public static SunspotData Load(string path, string column)
    {
        try
        {
            float[] values = CsvSeries.Read(path, column);
            if (Array.FindIndex(values, v => v < 0) is int negative and >= 0)
            {
                throw new UsageException($"This sample forecasts counts, from 0 up; value {negative + 1} of column '{column}' is {values[negative].ToString(CultureInfo.InvariantCulture)}.");
            }

            return new SunspotData(new(column, Array.ConvertAll(values, value => (double)value), Months(CsvSeries.ReadText(path, 0, new CsvOptions { HasHeader = true }))));
        }
        catch (Exception e) when (e is DataFormatException or SeriesDataException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new UsageException(e.Message);
        }
    }

    /// <summary>Index of the value that a test window is to forecast.</summary>
    /// <param name="window">Index of the test window.</param>
    /// <param name="horizon">Months ahead.</param>
    public int TargetIndex(int window, int horizon) => FirstOrigin + window + horizon - 1;

    /// <summary>When the targets of all test windows are: years with fractions where the file has dates, otherwise row numbers.</summary>
    /// <param name="horizon">Months ahead.</param>
    public double[] TestTimes(int horizon) => [.. Enumerable.Range(TargetIndex(0, horizon), Test.Count).Select(i => Series[0].Times is { } times ? times[i].Year + ((times[i].Month - 1) / 12.0) : i + 1)];

    /// <summary>For each horizon the true values of all test windows' targets, in original units.</summary>
    public float[][] Truths => [.. Settings.Horizons.Select(horizon => Values.AsSpan(TargetIndex(0, horizon), Test.Count).ToArray())];

    /// <summary>Brings a model's output back to a count.</summary>
    public float ToCount(float normalizedRoot)
    {
        float root = Math.Max(0, _normalizer.Invert(normalizedRoot));
        return root * root;
    }

    /// <summary>The windows whose targets lie in a part, with the targets at <see cref="Settings.Horizons"/> out of all months ahead.</summary>
    private SequenceDataset<float, float> Windows(int from, int end)
    {
        ForecastWindows windows = ForecastWindows.Create(new([_roots.Until(end)]), s_windows);
        WindowReader reader = windows.CreateReader();
        int[] own = [.. Enumerable.Range(0, windows.Count).Where(i => windows[i].Origin >= from)];
        float[] inputs = new float[own.Length * windows.SequenceLength], targets = new float[own.Length * Settings.Horizons.Count];
        for (int i = 0; i < own.Length; i++)
        {
            reader.Read(own[i]);
            reader.CopyInputs(inputs.AsSpan(i * windows.SequenceLength, windows.SequenceLength));
            for (int j = 0; j < Settings.Horizons.Count; j++)
            {
                targets[(i * Settings.Horizons.Count) + j] = (float)reader.Targets[Settings.Horizons[j] - 1];
            }
        }

        return SequenceDataset.FromArrays(inputs, targets, own.Length);
    }

    // The months of a first column of dates; none if it has no dates.
    private static TimeAxis? Months(string[] dates)
    {
        DateOnly?[] days = Array.ConvertAll(dates, date => DateOnly.TryParseExact(date, ["yyyy-MM", "yyyy-MM-dd"], CultureInfo.InvariantCulture, DateTimeStyles.None, out DateOnly day) ? day : (DateOnly?)null);
        if (days.Length == 0 || days.Contains(null))
        {
            return null;
        }

        int first = MonthOf(days[0]), gap = Enumerable.Range(0, days.Length).FirstOrDefault(i => MonthOf(days[i]) != first + i, -1);
        if (gap >= 0)
        {
            throw new UsageException($"The date {dates[gap]} of value {gap + 1} is not the month after {dates[gap - 1]}.");
        }

        return new(days[0]!.Value.ToDateTime(TimeOnly.MinValue), Frequency.Monthly);
    }

    private static int MonthOf(DateOnly? day) => (12 * day!.Value.Year) + day.Value.Month;
}
