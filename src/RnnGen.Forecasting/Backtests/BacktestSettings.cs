using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace RnnGen.Forecasting;

/// <summary>What the result of a back-test depends on, as processes compare it.</summary>
internal static class BacktestSettings
{
    private const string SameSeries = "Read the same series in all processes.", SameForecasters = "Pass the same forecasters and options in all processes.";

    public static IReadOnlyList<(string Name, string Value, string Fix)> Of(BacktestPlan plan)
    {
        (SeriesSet set, IForecaster[] forecasters, BacktestOptions options) = (plan.Set, plan.Forecasters, plan.Options);
        List<(string Name, string Value, string Fix)> settings =
        [
            ("number of series", Invariant($"{set.Count}"), SameSeries),
            ("series' columns", string.Join(", ", set.ObservedNames.Concat(set.KnownNames).Concat(set.StaticNames)), SameSeries),
            ("series' ids with hash", Hash(set, static series => MemoryMarshal.AsBytes(series.Id.AsSpan())), SameSeries),
            ("series' values with hash", Hash(set, static series => MemoryMarshal.AsBytes(series.Targets.Span)), SameSeries),
            ("series' observed values with hash", Hash(set, static series => MemoryMarshal.AsBytes(series.Observed.Span)), SameSeries),
            ("series' known values with hash", Hash(set, static series => MemoryMarshal.AsBytes(series.Known.Span)), SameSeries),
            ("series' statics with hash", Hash(set, static series => MemoryMarshal.AsBytes(series.Statics.Span)), SameSeries),
            ("series' first times with hash", Hash(set, static series => MemoryMarshal.AsBytes(Invariant($"{series.Times?[0]:O}").AsSpan())), SameSeries),
            (nameof(options.Horizon), Invariant($"{options.Horizon}"), SameForecasters),
            (nameof(options.Windows), Invariant($"{options.Windows}"), SameForecasters),
            (nameof(options.StepSize), Invariant($"{options.StepSize ?? options.Horizon}"), SameForecasters),
            (nameof(options.Refit), Invariant($"{options.Refit}"), SameForecasters),
            (nameof(options.Period), Invariant($"{options.Period}"), SameForecasters),
            ("forecasters", string.Join(", ", forecasters.Select(forecaster => forecaster.Name)), SameForecasters),
        ];
        foreach (IForecaster forecaster in forecasters)
        {
            settings.Add(($"forecaster {forecaster.Name}", $"{forecaster.GetType()}", SameForecasters));
            (forecaster as IDescribedForecaster)?.Describe((name, value) => settings.Add(($"forecaster {forecaster.Name}'s {name}", value, SameForecasters)));
        }

        return settings;
    }

    private static string Hash(SeriesSet set, BytesOf bytesOf)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (TimeSeries series in set)
        {
            ReadOnlySpan<byte> bytes = bytesOf(series);
            hash.AppendData(BitConverter.GetBytes(bytes.Length));
            hash.AppendData(bytes);
        }

        return Convert.ToHexString(hash.GetHashAndReset())[..16];
    }

    private delegate ReadOnlySpan<byte> BytesOf(TimeSeries series);
}
