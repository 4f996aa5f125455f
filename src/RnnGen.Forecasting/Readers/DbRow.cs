using System.Data.Common;
using System.Globalization;
using System.Numerics;

namespace RnnGen.Forecasting;

/// <summary>The row of a query that a reader is at: chosen columns as text, times and numbers. A column's type says what its values are.</summary>
internal sealed class DbRow : TableRow
{
    private readonly DbDataReader _reader;
    private readonly string[] _names;
    private readonly int[] _columns;
    private readonly TimeText _times;
    private readonly bool[] _hasZone; // columns whose type is a time with a zone
    private long _count; // rows read

    public DbRow(DbDataReader reader, string[] names, TimeText times)
    {
        (_reader, _names, _times) = (reader, names, times);
        string[] found = [.. Enumerable.Range(0, reader.FieldCount).Select(reader.GetName)];
        _columns = [.. names.Select(name => Find(found, name))];
        _hasZone = [.. _columns.Select(column => HasZone(reader.GetDataTypeName(column)))];
    }

    public override bool Read()
    {
        _count++;
        return _reader.Read();
    }

    public override string Id(int column) => Text(column) is { Length: > 0 } text
        ? text
        : throw new SeriesDataException(Invariant($"Row {_count}, column '{_names[column]}': the value is missing, but it says which series the row is of; fill it in."));

    public override string Text(int column) => Value(column) switch
    {
        null => "",
        string text => text.Trim(),
        IFormattable value => value.ToString(null, CultureInfo.InvariantCulture),
        var value => value.ToString() ?? "",
    };

    public override bool IsNumber(int column) => Value(column) is BigInteger or (IConvertible and not (string or char or bool or DateTime));

    public override DateTime Time(int column, string id)
    {
        object? value = Value(column);
        DateTime? time = value switch
        {
            DateTime { Kind: DateTimeKind.Unspecified } when _hasZone[column] => Instant(column),
            DateTime { Kind: DateTimeKind.Local } local => local.ToUniversalTime(),
            DateTime given => given,
            DateTimeOffset given => given.UtcDateTime,
            DateOnly date => date.ToDateTime(TimeOnly.MinValue),
            string text when _times.TryParse(text, out DateTime parsed) => parsed,
            IFormattable when _times.HasFormat && _times.TryParse(Text(column), out DateTime parsed) => parsed, // a number such as 20240131
            _ => null,
        };

        // A time without a date is of the first days that there are.
        return time is { Year: > 1 } found ? found : throw Error(column, id, null, $"expected {_times.Expected}; found {Described(value)}.");
    }

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

    // Null and NaN are missing. A database has values that .NET has not: numbers of 38 digits, infinite dates.
    private object? Value(int column)
    {
        try
        {
            return _reader.GetValue(_columns[column]) is var value and not (DBNull or double.NaN or float.NaN) ? value : null;
        }
        catch (Exception e) when (IsOfValue(e))
        {
            throw Unreadable(column, e);
        }
    }

    private DateTime Instant(int column)
    {
        try
        {
            return _reader.GetFieldValue<DateTimeOffset>(_columns[column]).UtcDateTime;
        }
        catch (Exception e) when (IsOfValue(e))
        {
            throw Unreadable(column, e);
        }
    }

    private static bool IsOfValue(Exception e) => e is OverflowException or InvalidOperationException or InvalidCastException or ArgumentException or FormatException;

    private SeriesDataException Unreadable(int column, Exception e) =>
        new(Invariant($"Row {_count}, column '{_names[column]}': a value of type {_reader.GetDataTypeName(_columns[column])} cannot be read: {e.Message} Cast the column in the query, or leave the row out."), innerException: e);

    private static int Find(string[] found, string name) => Array.IndexOf(found, name) is var at and >= 0
        ? Array.IndexOf(found, name, at + 1) < 0 ? at : throw new SeriesDataException($"The query has more than one column '{name}'; name each column once.")
        : throw new SeriesDataException($"The query has no column '{name}'; its columns are {string.Join(", ", found.Take(20))}.");

    // TimestampTz, timestamp with time zone: providers give some of these as times without one.
    private static bool HasZone(string type) => type.EndsWith("tz", StringComparison.OrdinalIgnoreCase) || type.Contains("with time zone", StringComparison.OrdinalIgnoreCase);

    private SeriesDataException Error(int column, string id, DateTime? time, string message) => new(Invariant($"row {_count}, column '{_names[column]}': {message}"), id, time);

    private static string Described(object? value) => value switch
    {
        null => "none",
        IFormattable number => $"'{number.ToString(null, CultureInfo.InvariantCulture)}' of type {value.GetType().Name}",
        _ => $"'{value.ToString()}' of type {value.GetType().Name}",
    };
}
