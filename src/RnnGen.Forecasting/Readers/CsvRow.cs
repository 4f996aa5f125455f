using RnnGen.Data;

namespace RnnGen.Forecasting;

/// <summary>The record of a CSV file that a reader is at.</summary>
internal sealed class CsvRow(CsvRecords records, TimeText times) : TableRow
{
    public override bool Read() => records.Read();

    public override string Id(int column) => Given(column);

    public override DateTime Time(int column, string id) => Time(records, Given(column), column, times);

    // True and false are 1 and 0, as in the rows of a query.
    public override double Number(int column, string id, DateTime? time) => records.IsMissing(column) ? double.NaN
        : records.IsNumber(column) || !bool.TryParse(records.Text(column), out bool value) ? records.Number(column)
        : value ? 1 : 0;

    public override string Text(int column) => records.IsMissing(column) ? "" : records.Text(column);

    public override bool IsNumber(int column) => records.IsNumber(column);

    /// <summary>A time in a record.</summary>
    public static DateTime Time(CsvRecords records, string text, int column, TimeText times) => times.TryParse(text, out DateTime time)
        ? time
        : throw records.Error($"expected {times.Expected}; found '{text}'.", column);

    private string Given(int column) => !records.IsMissing(column)
        ? records.Text(column)
        : throw records.Error("the value is missing, but it says which series or time the row is of; fill it in.", column);
}
