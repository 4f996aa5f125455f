using System.Runtime.InteropServices;

namespace RnnGen.Forecasting;

/// <summary>The forecasts of some folds, or the failure of a process, as a process sends them to another.</summary>
internal static class ForecastMessage
{
    private enum Outcome : byte
    {
        // The forecasts follow.
        Done,

        // It was cancelled.
        Cancelled,

        // A message follows.
        Failed,
    }

    public static byte[] Write(Exception? failure, IReadOnlyList<Forecast>[] folds)
    {
        using MemoryStream stream = new();
        using (BinaryWriter writer = new(stream))
        {
            writer.Write((byte)(failure is null ? Outcome.Done : failure is OperationCanceledException ? Outcome.Cancelled : Outcome.Failed));
            if (failure is not null)
            {
                writer.Write($"{failure.GetType().Name}: {failure.Message}");
                return Finished();
            }

            writer.Write(folds.Length);
            foreach (IReadOnlyList<Forecast> fold in folds)
            {
                writer.Write(fold.Count);
                foreach (Forecast forecast in fold)
                {
                    Write(writer, forecast);
                }
            }

            return Finished();

            byte[] Finished()
            {
                writer.Flush();
                return stream.ToArray();
            }
        }
    }

    /// <summary>Reads what <see cref="Write(Exception?, IReadOnlyList{Forecast}[])"/> wrote.</summary>
    /// <exception cref="ProcessGroupException">The process failed.</exception>
    /// <exception cref="OperationCanceledException">The process was cancelled.</exception>
    public static IReadOnlyList<Forecast>[] Read(byte[] message, int rank)
    {
        using BinaryReader reader = new(new MemoryStream(message, writable: false));
        switch ((Outcome)reader.ReadByte())
        {
            case Outcome.Done:
                return [.. Enumerable.Range(0, reader.ReadInt32()).Select(_ => (IReadOnlyList<Forecast>)[.. Enumerable.Range(0, reader.ReadInt32()).Select(_ => ReadForecast(reader))])];
            case Outcome.Cancelled:
                throw new OperationCanceledException(Invariant($"The back-test was cancelled in process {rank}."));
            case Outcome.Failed:
                throw new ProcessGroupException(Invariant($"Process {rank} failed in the back-test: {reader.ReadString()}"), rank);
            default:
                throw new ProcessGroupException(Invariant($"Process {rank} sent something other than forecasts: the processes do not run the same program."), rank);
        }
    }

    private static void Write(BinaryWriter writer, Forecast forecast)
    {
        writer.Write(forecast.Id);
        Write(writer, forecast.Values.Span);
        Write(writer, forecast.Levels.ToArray());
        Write(writer, forecast.Quantiles.Span);
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
        double[] values = ReadValues(reader), levels = ReadValues(reader), quantiles = ReadValues(reader);
        Forecast forecast = new(id, values, reader.ReadBoolean() ? ReadTimes(reader) : null);
        return levels.Length == 0 ? forecast : forecast.WithQuantiles(levels, quantiles);
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
