using System.Runtime.InteropServices;

namespace RnnGen.Forecasting;

/// <summary>The forecasts of some folds, as a process sends them to another.</summary>
internal static class ForecastMessage
{
    public static byte[] Write(IReadOnlyList<Forecast>[] folds)
    {
        using MemoryStream stream = new();
        using BinaryWriter writer = new(stream);
        writer.Write(folds.Length);
        foreach (IReadOnlyList<Forecast> fold in folds)
        {
            writer.Write(fold.Count);
            foreach (Forecast forecast in fold)
            {
                Write(writer, forecast);
            }
        }

        writer.Flush();
        return stream.ToArray();
    }

    /// <summary>Reads what <see cref="Write(IReadOnlyList{Forecast}[])"/> wrote.</summary>
    public static IReadOnlyList<Forecast>[] Read(byte[] message)
    {
        using BinaryReader reader = new(new MemoryStream(message, writable: false));
        return [.. Enumerable.Range(0, reader.ReadInt32()).Select(_ => (IReadOnlyList<Forecast>)[.. Enumerable.Range(0, reader.ReadInt32()).Select(_ => ReadForecast(reader))])];
    }

    private static void Write(BinaryWriter writer, Forecast forecast)
    {
        writer.Write(forecast.Id);
        Write(writer, forecast.Values.Span);
        Write(writer, forecast.Levels.ToArray());
        Write(writer, forecast.Quantiles.Span);
        Write(writer, forecast.Paths.Span);
        writer.Write(forecast.Times is not null);
        if (forecast.Times is { } times)
        {
            writer.Write(times.Origin.ToBinary());
            writer.Write(times.Frequency.Span.Ticks);
            writer.Write(times.Frequency.Months);
            writer.Write(times.Zone?.ToSerializedString() ?? "");
            writer.Write(times.IsMonthEnd);
            writer.Write(times.First);
        }
    }

    private static Forecast ReadForecast(BinaryReader reader)
    {
        string id = reader.ReadString();
        double[] values = ReadValues(reader), levels = ReadValues(reader), quantiles = ReadValues(reader), paths = ReadValues(reader);
        Forecast forecast = new(id, values, reader.ReadBoolean() ? ReadTimes(reader) : null);
        forecast = levels.Length == 0 ? forecast : forecast.WithQuantiles(levels, quantiles);
        return paths.Length == 0 ? forecast : forecast.WithPaths(paths);
    }

    private static TimeAxis ReadTimes(BinaryReader reader)
    {
        DateTime origin = DateTime.FromBinary(reader.ReadInt64());
        (long span, int months, string zone) = (reader.ReadInt64(), reader.ReadInt32(), reader.ReadString());
        return new(origin, months > 0 ? Frequency.FromMonths(months) : Frequency.FromSpan(TimeSpan.FromTicks(span)), zone.Length == 0 ? null : TimeZoneInfo.FromSerializedString(zone), reader.ReadBoolean(), reader.ReadInt32());
    }

    private static void Write(BinaryWriter writer, ReadOnlySpan<double> values)
    {
        writer.Write(values.Length);
        writer.Write(MemoryMarshal.AsBytes(values));
    }

    private static double[] ReadValues(BinaryReader reader)
    {
        double[] values = new double[reader.ReadInt32()];
        reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(values.AsSpan()));
        return values;
    }
}
