using System.Data.Common;
using System.Globalization;
using System.Numerics;

namespace RnnGen.Forecasting;

/// <summary>The row of a query that a reader is at: chosen columns as text, times and numbers.</summary>
internal sealed class DbRow : TableRow
{
    private readonly DbDataReader _reader;
    private readonly string[] _names;
    private readonly int[] _columns;
    private readonly string? _timeFormat;
    private long _count; // rows read

    public DbRow(DbDataReader reader, string[] names, string? timeFormat)
    {
        (_reader, _names, _timeFormat) = (reader, names, timeFormat);
        string[] found = [.. Enumerable.Range(0, reader.FieldCount).Select(reader.GetName)];
        _columns = [.. names.Select(name => Array.IndexOf(found, name) is var at and >= 0
            ? at
            : throw new SeriesDataException($"The query has no column '{name}'; its columns are {string.Join(", ", found.Take(20))}."))];
    }

    public override bool Read()
    {
        _count++;
        return _reader.Read();
    }

    public override string Id(int column) => Static(column) is { Length: > 0 } text
        ? text
        : throw new SeriesDataException(Invariant($"Row {_count}, column '{_names[column]}': the value is missing, but it says which series the row is of; fill it in."));

    public override string Static(int column) => Value(column) switch
    {
        null => "",
        string text => text.Trim(),
        IFormattable value => value.ToString(null, CultureInfo.InvariantCulture),
        var value => value.ToString() ?? "",
    };

    public override DateTime Time(int column, string id) => Value(column) switch
    {
        DateTime { Kind: DateTimeKind.Local } time => time.ToUniversalTime(),
        DateTime time => time,
        DateTimeOffset time => time.UtcDateTime,
        DateOnly date => date.ToDateTime(TimeOnly.MinValue),
        string text when TimeText.TryParse(text, _timeFormat, out DateTime time) => time,
        var value => throw Error(column, id, null, $"expected {TimeText.Expected(_timeFormat)}; found {Described(value)}."),
    };

    public override double Number(int column, string id, DateTime? time)
    {
        double number = Value(column) switch
        {
            null => double.NaN,
            double value => value,
            float value => value,
            decimal value => (double)value,
            BigInteger value => (double)value,
            bool value => value ? 1 : 0,
            IConvertible value and not (string or char or DateTime) => value.ToDouble(CultureInfo.InvariantCulture),
            var value => throw Error(column, id, time, $"expected a number, found {Described(value)}; cast the column in the query."),
        };
        return !double.IsInfinity(number) ? number : throw Error(column, id, time, "the number is infinite; it must be finite, or null where it is missing.");
    }

    private object? Value(int column) => _reader.GetValue(_columns[column]) is var value and not DBNull ? value : null;

    private SeriesDataException Error(int column, string id, DateTime? time, string message) => new(Invariant($"row {_count}, column '{_names[column]}': {message}"), id, time);

    private static string Described(object? value) => value switch
    {
        null => "none",
        IFormattable number => $"'{number.ToString(null, CultureInfo.InvariantCulture)}' of type {value.GetType().Name}",
        _ => $"'{value.ToString()}' of type {value.GetType().Name}",
    };
}
