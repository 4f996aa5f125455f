using RnnGen.Forecasting;
using RnnGen.Samples;

namespace M4Hourly;

/// <summary>Histories of hourly series, and the 48 hours after them.</summary>
internal static class HourlyData
{
    /// <summary>Reads the competition's files.</summary>
    /// <param name="folder">The folder with <c>Hourly-train.csv</c>, and <c>Hourly-test.csv</c> for the test.</param>
    /// <param name="validates">Whether the last 48 hours of the training series are what comes; the test is not read then.</param>
    /// <exception cref="UsageException">A file is missing, or the two do not have the hours of the same series.</exception>
    public static (SeriesSet History, SeriesSet Actual) Read(string folder, bool validates)
    {
        const string Train = "Hourly-train.csv", Test = "Hourly-test.csv";
        SeriesSet train = WideTable.ReadRows(Existing(folder, Train));
        foreach (TimeSeries series in train)
        {
            int needed = FanPicture.Shown + (validates ? Settings.Horizon : 0);
            Check(series.Length >= needed, $"Series '{series.Id}' of {Train} has {series.Length} hours; at least {needed} are needed.");
        }

        if (validates)
        {
            return Split(train);
        }

        SeriesSet test = WideTable.ReadRows(Existing(folder, Test));
        Dictionary<string, TimeSeries> byId = test.ToDictionary(series => series.Id, StringComparer.Ordinal);
        foreach (TimeSeries series in train)
        {
            Check(byId.TryGetValue(series.Id, out TimeSeries? came), $"{Test} has no series '{series.Id}', which {Train} has; the README says where the files are from.");
            Check(came!.Length == Settings.Horizon, $"Series '{series.Id}' of {Test} has {came.Length} hours; {Settings.Horizon} are forecast.");
        }

        return (train, test);
    }

    /// <summary>Simulates series: a day and a week whose shapes differ from series to series, a level that moves and now and then jumps, growth, noise.</summary>
    /// <param name="count">How many.</param>
    /// <param name="seed">The seed.</param>
    public static (SeriesSet History, SeriesSet Actual) Simulate(int count, int seed)
    {
        Random random = new(seed);
        return Split(new(Enumerable.Range(1, count).Select(i => new TimeSeries($"S{i}", One(random)))));
    }

    private static double[] One(Random random)
    {
        double level = Math.Pow(10, 1 + (3 * random.NextDouble())), growth = 4e-4 * (random.NextDouble() - 0.3), swing = 0.2 + (0.5 * random.NextDouble()), weekend = 0.6 * random.NextDouble();
        double peak = 24 * random.NextDouble(), second = 0.5 * random.NextDouble(), noise = 0.02 + (0.06 * random.NextDouble()), moved = 0, error = 0;
        double[] values = new double[748 + (random.Next(2) * 100)];
        for (int t = 0; t < values.Length; t++)
        {
            double hour = (t - peak) * Math.Tau / 24, day = swing * (Math.Cos(hour) + (second * Math.Cos(2 * hour)));
            moved += (0.004 * Normal(random)) + (random.NextDouble() < 0.002 ? 0.2 * Normal(random) : 0);
            error = (0.7 * error) + (noise * Normal(random));
            values[t] = level * Math.Exp((growth * t) + moved + (day * (t / 24 % 7 >= 5 ? 1 - weekend : 1)) - (t / 24 % 7 >= 5 ? weekend / 2 : 0) + error);
        }

        return values;
    }

    private static (SeriesSet History, SeriesSet Actual) Split(SeriesSet all) =>
        (all.WithoutLast(Settings.Horizon), new(all.Select(series => new TimeSeries(series.Id, series.Targets[^Settings.Horizon..]))));

    private static void Check(bool fits, string message)
    {
        if (!fits)
        {
            throw new UsageException(message);
        }
    }

    private static double Normal(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(Math.Tau * random.NextDouble());

    private static string Existing(string folder, string name) => Path.Combine(folder, name) is var path && File.Exists(path)
        ? path
        : throw new UsageException($"There is no {name} in {folder}; the README says where the files are from.");
}
