using System.Globalization;
using System.Text;

namespace RnnGen.Forecasting;

/// <summary>The forecasts of one forecaster at one origin.</summary>
/// <param name="Name">The forecaster's name.</param>
/// <param name="Window">The origin, from 0, oldest first.</param>
/// <param name="History">The series as they were at the origin.</param>
/// <param name="Forecasts">A forecast for each series.</param>
public sealed record BacktestForecasts(string Name, int Window, SeriesSet History, IReadOnlyList<Forecast> Forecasts);

/// <summary>What a back-test found: scores, and every forecast.</summary>
public sealed class BacktestResult
{
    private static readonly (string Name, string Format, Func<ForecastScore, double> Of, bool IsBestLowest)[] s_columns =
    [
        ("sMAPE", "F3", score => score.Smape, true),
        ("MASE", "F3", score => score.Mase, true),
        ("OWA", "F3", score => score.Owa, true),
        ("RMSSE", "F3", score => score.Rmsse, true),
        ("MSIS", "F3", score => score.Msis, true),
        ("coverage", "P1", score => score.Coverage, false),
        ("WQL", "F4", score => score.WeightedQuantileLoss, true),
    ];

    internal BacktestResult(IReadOnlyList<ForecastScore> scores, IReadOnlyList<BacktestForecasts> forecasts) => (Scores, Forecasts) = (scores, forecasts);

    /// <summary>A score for each forecaster, in their order.</summary>
    public IReadOnlyList<ForecastScore> Scores { get; }

    /// <summary>Every forecast: of the first forecaster at each origin, then of the next one.</summary>
    public IReadOnlyList<BacktestForecasts> Forecasts { get; }

    /// <summary>The forecaster with the lowest OWA; with the lowest MASE where Naive2 has no error to compare with.</summary>
    public ForecastScore Winner => Scores.Any(score => !double.IsNaN(score.Owa)) ? Lowest(score => score.Owa) : Lowest(score => score.Mase);

    /// <summary>The table: a row for each forecaster, best OWA first, with a star at the lowest of each column. A dash is a measure that forecasts have no interval or no quantiles for.</summary>
    public override string ToString()
    {
        ForecastScore[] rows = [.. Scores.OrderBy(score => double.IsNaN(score.Owa) ? double.PositiveInfinity : score.Owa)];
        string[][] cells = [["", .. s_columns.Select(column => column.Name + " ")], .. rows.Select(row => (string[])[row.Name, .. s_columns.Select(column => Cell(column, row, rows))])];
        int[] widths = [.. Enumerable.Range(0, cells[0].Length).Select(i => cells.Max(row => row[i].Length))];
        StringBuilder text = new();
        foreach (string[] row in cells)
        {
            string line = string.Join("  ", row.Select((cell, i) => i == 0 ? cell.PadRight(widths[i]) : cell.PadLeft(widths[i])));
            text.Append(line.TrimEnd()).Append('\n');
        }

        return text.ToString().TrimEnd('\n');
    }

    private static string Cell((string Name, string Format, Func<ForecastScore, double> Of, bool IsBestLowest) column, ForecastScore row, ForecastScore[] rows)
    {
        double value = column.Of(row);
        bool isBest = column.IsBestLowest && value == rows.Select(column.Of).Where(other => !double.IsNaN(other)).DefaultIfEmpty(double.NaN).Min();
        string text = double.IsNaN(value) ? "-"
            : column.Format == "P1" ? (100 * value).ToString("F1", CultureInfo.InvariantCulture) + " %"
            : value.ToString(column.Format, CultureInfo.InvariantCulture);
        return text + (isBest ? "*" : " ");
    }

    private ForecastScore Lowest(Func<ForecastScore, double> of) => Scores.MinBy(score => double.IsNaN(of(score)) ? double.PositiveInfinity : of(score))!;
}
