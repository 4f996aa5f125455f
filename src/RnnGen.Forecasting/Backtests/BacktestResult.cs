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
    private static readonly Column[] s_columns =
    [
        new("sMAPE", "F3", static score => score.Smape),
        new("MASE", "F3", static score => score.Mase),
        new("OWA", "F3", static score => score.Owa),
        new("RMSSE", "F3", static score => score.Rmsse),
        new("MSIS", "F3", static score => score.Msis) { LevelsOf = static score => score.IntervalLevels },
        new("coverage", "P1", static score => score.Coverage) { IsBestLowest = false },
        new("WQL", "F4", static score => score.WeightedQuantileLoss) { LevelsOf = static score => score.Levels },
    ];

    internal BacktestResult(IReadOnlyList<ForecastScore> scores, IReadOnlyList<BacktestForecasts> forecasts) => (Scores, Forecasts) = (scores, forecasts);

    /// <summary>A score for each forecaster, in their order.</summary>
    public IReadOnlyList<ForecastScore> Scores { get; }

    /// <summary>Every forecast: of the first forecaster at each origin, then of the next one.</summary>
    public IReadOnlyList<BacktestForecasts> Forecasts { get; }

    /// <summary>The forecaster with the lowest OWA; with the lowest MASE where Naive2 has no error to compare with.</summary>
    public ForecastScore Winner => Scores.Any(score => !double.IsNaN(score.Owa)) ? Lowest(score => score.Owa) : Lowest(score => score.Mase);

    /// <summary>
    /// The table: a row for each forecaster, best OWA first, with a star at the lowest of each column. A dash is a measure that forecasts have no interval or no quantiles for. Where the levels of forecasts differ, WQL
    /// has no star, and neither has MSIS where the ends of some intervals are on straight lines between other levels; a line below the table says so.
    /// </summary>
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

        foreach (Column column in s_columns.Where(column => !column.Compares(rows)))
        {
            text.Append(column.Name).Append(" has no star, for its levels differ: ")
                .AppendJoin("; ", rows.Where(row => !double.IsNaN(column.Of(row))).Select(row => $"{row.Name} {(column.LevelsOf(row) is { Length: > 0 } levels ? levels : "those of the interval")}")).Append(".\n");
        }

        return text.ToString().TrimEnd('\n');
    }

    private static string Cell(Column column, ForecastScore row, ForecastScore[] rows)
    {
        double value = column.Of(row);
        bool isBest = column.IsBestLowest && column.Compares(rows) && value == rows.Select(column.Of).Where(static other => !double.IsNaN(other)).DefaultIfEmpty(double.NaN).Min();
        string text = double.IsNaN(value) ? "-"
            : column.Format == "P1" ? (100 * value).ToString("F1", CultureInfo.InvariantCulture) + " %"
            : value.ToString(column.Format, CultureInfo.InvariantCulture);
        return text + (isBest ? "*" : " ");
    }

    /// <summary>A measure of the table.</summary>
    private sealed record Column(string Name, string Format, Func<ForecastScore, double> Of)
    {
        /// <summary>Whether the lowest is the best.</summary>
        public bool IsBestLowest { get; init; } = true;

        /// <summary>The levels that it is measured at, where forecasts of other levels cannot be compared.</summary>
        public Func<ForecastScore, string> LevelsOf { get; init; } = static _ => "";

        /// <summary>Whether all that have it can be compared.</summary>
        public bool Compares(IEnumerable<ForecastScore> rows) => rows.Where(row => !double.IsNaN(Of(row))).Select(LevelsOf).Distinct(StringComparer.Ordinal).Count() <= 1;
    }

    private ForecastScore Lowest(Func<ForecastScore, double> of) => Scores.MinBy(score => double.IsNaN(of(score)) ? double.PositiveInfinity : of(score))!;
}
