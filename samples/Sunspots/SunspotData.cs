using System.Globalization;
using RnnGen;
using RnnGen.Data;
using RnnGen.Samples;

namespace Sunspots;

/// <summary>
/// The series, made ready for the models. Counts scatter in proportion to their square root, so the models work on
/// square roots, normalised with numbers fitted on the training part alone.
/// </summary>
internal sealed class SunspotData
{
    private readonly Normalizer _normalizer;
    private readonly int _testStart;

    private SunspotData(float[] values, double[] times, string timeLabel)
    {
        Values = values;
        Times = times;
        TimeLabel = timeLabel;
        SeriesForecast<float> roots = SeriesForecast.Prepare(
            Array.ConvertAll(values, MathF.Sqrt), Settings.Window, Settings.Horizons[^1], Settings.TrainFraction, Settings.ValidationFraction);
        _normalizer = roots.Normalizer;
        _testStart = values.Length - (roots.Test.Count + Settings.Horizons[^1] - 1);
        Train = AtHorizons(roots.Train);
        Validation = AtHorizons(roots.Validation!);
        Test = AtHorizons(roots.Test);
    }

    /// <summary>The series in original units, one value a month.</summary>
    public float[] Values { get; }

    /// <summary>When each value was: years with fractions where the file has dates, otherwise row numbers.</summary>
    public double[] Times { get; }

    /// <summary>What <see cref="Times"/> are.</summary>
    public string TimeLabel { get; }

    /// <summary>Windows of the first part, with the normalised roots at <see cref="Settings.Horizons"/> as targets.</summary>
    public SequenceDataset<float, float> Train { get; }

    /// <summary>Windows whose targets lie in the part after it.</summary>
    public SequenceDataset<float, float> Validation { get; }

    /// <summary>Windows whose targets lie in the last part.</summary>
    public SequenceDataset<float, float> Test { get; }

    /// <summary>Reads the series and splits it.</summary>
    /// <exception cref="UsageException">The file is missing, damaged, too short, or has negative values.</exception>
    public static SunspotData Load(string path, string column)
    {
        try
        {
            float[] values = CsvSeries.Read(path, column);
            if (Array.FindIndex(values, v => v < 0) is int negative and >= 0)
            {
                throw new UsageException($"This sample forecasts counts, from 0 up; value {negative + 1} of column '{column}' is {values[negative].ToString(CultureInfo.InvariantCulture)}.");
            }

            string[] dates = CsvSeries.ReadText(path, 0, new CsvOptions { HasHeader = true });
            double[] years = Array.ConvertAll(dates, Year);
            return Array.TrueForAll(years, double.IsFinite)
                ? new SunspotData(values, years, "year")
                : new SunspotData(values, [.. Enumerable.Range(1, values.Length).Select(i => (double)i)], "row");
        }
        catch (Exception e) when (e is DataFormatException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new UsageException(e.Message);
        }
    }

    /// <summary>Index of the value that a test window is to forecast.</summary>
    /// <param name="window">Index of the test window.</param>
    /// <param name="horizon">Months ahead.</param>
    public int TargetIndex(int window, int horizon) => _testStart + window + horizon - 1;

    /// <summary>The times of all test windows' targets.</summary>
    /// <param name="horizon">Months ahead.</param>
    public double[] TestTimes(int horizon) => Times[TargetIndex(0, horizon)..(TargetIndex(Test.Count - 1, horizon) + 1)];

    /// <summary>For each horizon the true values of all test windows' targets, in original units.</summary>
    public float[][] Truths => [.. Settings.Horizons.Select(horizon => Values[TargetIndex(0, horizon)..(TargetIndex(Test.Count - 1, horizon) + 1)])];

    /// <summary>Brings a model's output back to a count.</summary>
    public float ToCount(float normalizedRoot)
    {
        float root = Math.Max(0, _normalizer.Invert(normalizedRoot));
        return root * root;
    }

    /// <summary>The same windows, with the targets at <see cref="Settings.Horizons"/> out of all months ahead.</summary>
    private static SequenceDataset<float, float> AtHorizons(SequenceDataset<float, float> windows)
    {
        var inputs = new float[windows.Count * windows.InputLength];
        var targets = new float[windows.Count * Settings.Horizons.Count];
        for (int i = 0; i < windows.Count; i++)
        {
            windows.Input(i).CopyTo(inputs.AsSpan(i * windows.InputLength));
            for (int j = 0; j < Settings.Horizons.Count; j++)
            {
                targets[(i * Settings.Horizons.Count) + j] = windows.Target(i)[Settings.Horizons[j] - 1];
            }
        }

        return SequenceDataset.FromArrays(inputs, targets, windows.Count);
    }

    private static double Year(string date) =>
        DateOnly.TryParseExact(date, ["yyyy-MM", "yyyy-MM-dd"], CultureInfo.InvariantCulture, DateTimeStyles.None, out DateOnly day)
            ? day.Year + ((day.Month - 1) / 12.0)
            : double.NaN;
}
