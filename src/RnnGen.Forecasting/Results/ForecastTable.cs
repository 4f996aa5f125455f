using System.Globalization;
using System.Text;
using RnnGen.Runtime;

namespace RnnGen.Forecasting;

/// <summary>
/// Forecasts as a CSV table in the long format: a row for each step with <c>id</c>, <c>time</c> (or <c>step</c>, from 1, where nobody knows the times), <c>forecast</c>, and a column for each
/// quantile, <c>q0.1</c> for the level 0.1. Numbers are written so that reading them gives the same bits.
/// </summary>
/// <example>
/// <code>
/// ForecastTable.Write("forecast.csv", trained.Predict(series));
/// </code>
/// </example>
public static class ForecastTable
{
    /// <summary>Writes a file; one that is there is replaced by the whole new one or stays as it is.</summary>
    /// <param name="path">The file.</param>
    /// <param name="forecasts">The forecasts, all with the same levels, and all with times or none.</param>
    /// <exception cref="SeriesDataException">Forecasts differ in levels or in having times.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(string path, IReadOnlyList<Forecast> forecasts)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using StringWriter text = new(CultureInfo.InvariantCulture);
        Write(text, forecasts);
        byte[] bytes = Encoding.UTF8.GetBytes(text.ToString());
        AtomicFile.Write(path, stream => stream.Write(bytes));
    }

    /// <summary>Writes a text; see <see cref="Write(string, IReadOnlyList{Forecast})"/>.</summary>
    /// <param name="writer">Receives the table; lines end in <c>\n</c>.</param>
    /// <param name="forecasts">The forecasts, all with the same levels, and all with times or none.</param>
    /// <exception cref="SeriesDataException">Forecasts differ in levels or in having times.</exception>
    public static void Write(TextWriter writer, IReadOnlyList<Forecast> forecasts)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(forecasts);
        IReadOnlyList<double> levels = forecasts.Count > 0 ? forecasts[0].Levels : [];
        bool hasTimes = forecasts.Count > 0 && forecasts[0].Times is not null;
        if (forecasts.FirstOrDefault(forecast => !forecast.Levels.SequenceEqual(levels) || forecast.Times is not null != hasTimes) is { } other)
        {
            throw new SeriesDataException("its forecast has other quantiles than the first one, or only one of the two has times; write them as tables of their own.", other.Id);
        }

        writer.Write(hasTimes ? "id,time,forecast" : "id,step,forecast");
        foreach (double level in levels)
        {
            writer.Write(Invariant($",q{level}"));
        }

        writer.Write('\n');
        foreach (Forecast forecast in forecasts)
        {
            for (int step = 0; step < forecast.Horizon; step++)
            {
                writer.Write(Quoted(forecast.Id));
                writer.Write(',');
                writer.Write(forecast.Times is { } times ? TimeAxis.Text(times[step]) : Invariant($"{step + 1}"));
                writer.Write(Invariant($",{forecast.Values.Span[step]:R}"));
                foreach (double quantile in forecast.Quantiles.Span.Slice(step * levels.Count, levels.Count))
                {
                    writer.Write(Invariant($",{quantile:R}"));
                }

                writer.Write('\n');
            }
        }
    }

    private static string Quoted(string id) => id.AsSpan().IndexOfAny(",\"\r\n") < 0 && id.AsSpan().Trim().Length == id.Length
        ? id
        : $"\"{id.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
