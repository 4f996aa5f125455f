using System.Data.Common;
using DuckDB.NET.Data;
using Microsoft.Data.Sqlite;

namespace RnnGen.Forecasting.Tests;

/// <summary>Rows of databases mean what the same rows of a file mean.</summary>
public sealed class DatabaseTests : IDisposable
{
    private const string Csv = """
        shop,date,sales,price,city
        A,2024-01-01 00:00,1,2.5,Bonn
        A,2024-01-01 01:00,,2.5,Bonn
        A,2024-01-01 02:00,3,3,Bonn
        A,2024-01-01 03:00,,4,Bonn
        B,2024-01-01 01:00,5,1,Aachen
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("rnngen-databases-").FullName;
    private readonly SeriesColumns _columns = new() { Id = "shop", Time = "date", Target = "sales", Known = ["price"], Statics = ["city"] };

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Sqlite_reads_what_the_file_says()
    {
        using SqliteConnection connection = new("Data Source=:memory:");
        connection.Open();
        Execute(connection, "CREATE TABLE sales (shop TEXT, date TEXT, sales REAL, price REAL, city TEXT)");
        foreach (string[] row in Csv.ReplaceLineEndings("\n").Split('\n').Skip(1).Select(line => line.Split(',')))
        {
            Execute(connection, $"INSERT INTO sales VALUES ('{row[0]}', '{row[1]}', {(row[2].Length > 0 ? row[2] : "NULL")}, {row[3]}, '{row[4]}')");
        }

        ShouldBeTheFile(connection, "SELECT * FROM sales");
    }

    [Fact]
    public void DuckDB_reads_a_Parquet_file()
    {
        string csv = Path.Combine(_folder, "sales.csv"), parquet = Path.Combine(_folder, "sales.parquet");
        File.WriteAllText(csv, Csv);
        using DuckDBConnection connection = new("Data Source=:memory:");
        connection.Open();
        Execute(connection, $"COPY (SELECT shop, date::TIMESTAMP AS date, sales::FLOAT AS sales, price::DECIMAL(9, 2) AS price, city FROM read_csv('{csv}')) TO '{parquet}' (FORMAT parquet)");
        ShouldBeTheFile(connection, $"SELECT * FROM '{parquet}'");
        ShouldBeTheFile(connection, $"SELECT shop, date, sum(sales::HUGEINT) AS sales, first(price) AS price, first(city) AS city FROM '{parquet}' GROUP BY shop, date ORDER BY shop, date");
    }

    [Theory]
    [InlineData("SELECT 'A' AS shop, DATE '2024-01-01' AS date, 'x' AS sales", "Series 'A' at 2024-01-01: row 1, column 'sales': expected a number, found 'x' of type String")]
    [InlineData("SELECT 'A' AS shop, DATE '2024-01-01' AS date, 'inf'::DOUBLE AS sales", "the number is infinite")]
    [InlineData("SELECT 'A' AS shop, 7 AS date, 1 AS sales", "Series 'A': row 1, column 'date': expected a time")]
    [InlineData("SELECT NULL AS shop, DATE '2024-01-01' AS date, 1 AS sales", "Row 1, column 'shop': the value is missing")]
    [InlineData("SELECT 'A' AS shop, DATE '2024-01-01' AS date", "The query has no column 'sales'; its columns are shop, date.")]
    [InlineData("SELECT 'A' AS shop, DATE '2024-01-01' AS date, 1 AS sales, 2 AS sales", "The query has more than one column 'sales'")]
    [InlineData("SELECT 'A' AS shop, DATE '2024-01-01' AS date, 99999999999999999999999999999999999999::DECIMAL(38, 0) AS sales", "Row 1, column 'sales': a value of type Decimal cannot be read")]
    [InlineData("SELECT 'A' AS shop, DATE 'infinity' AS date, 1 AS sales", "ow 1, column 'date':")]
    [InlineData("SELECT 'A' AS shop, TIMESTAMP 'infinity' AS date, 1 AS sales", "ow 1, column 'date':")]
    [InlineData("SELECT 'A' AS shop, TIMESTAMPTZ '-infinity' AS date, 1 AS sales", "ow 1, column 'date':")]
    [InlineData("SELECT 'A' AS shop, TIME '10:00' AS date, 1 AS sales", "row 1, column 'date': expected a time with its year")]
    [InlineData("SELECT 'A' AS shop, TIMETZ '10:00:00+02' AS date, 1 AS sales", "row 1, column 'date': expected a time with its year")]
    [InlineData("SELECT 'A' AS shop, 'Jan-24' AS date, 1 AS sales", "row 1, column 'date': expected a time with its year")]
    [InlineData("SELECT 'A' AS shop, DATE '2024-01-01' AS date, 1 AS sales WHERE 1 = 0", "The table has no rows.")]
    public void What_cannot_be_read_is_an_error(string query, string message)
    {
        using DuckDBConnection connection = new("Data Source=:memory:");
        connection.Open();
        using DbCommand command = connection.CreateCommand();
        command.CommandText = query;
        using DbDataReader reader = command.ExecuteReader();
        Should.Throw<SeriesDataException>(() => LongTable.Read(reader, new SeriesColumns { Id = "shop", Time = "date", Target = "sales" })).Message.ShouldContain(message);
    }

    [Fact]
    public void Times_with_a_zone_are_instants()
    {
        using DuckDBConnection connection = new("Data Source=:memory:");
        connection.Open();
        using DbCommand command = connection.CreateCommand();
        command.CommandText = "SELECT TIMESTAMPTZ '2024-10-27 02:00:00+02' AS date, 1 AS sales UNION ALL SELECT TIMESTAMPTZ '2024-10-27 02:00:00+01', 2";
        using DbDataReader reader = command.ExecuteReader();
        TimeSeries series = LongTable.Read(reader, new SeriesColumns { Time = "date", Target = "sales" })[0];
        series.Times![0].ShouldBe(new DateTime(2024, 10, 27, 0, 0, 0, DateTimeKind.Utc));
        series.Targets.ToArray().ShouldBe([1, 2]);
    }

    /// <summary>As DuckDB reads the dates of a CSV file that are numbers, and SQLite has them.</summary>
    [Theory]
    [InlineData("20240131::BIGINT", "yyyyMMdd", "2024-01-31")]
    [InlineData("20240131::HUGEINT", "yyyyMMdd", "2024-01-31")]
    [InlineData("2024::SMALLINT", "yyyy", "2024-01-01")]
    [InlineData("20241331", "yyyyMMdd", null)]
    [InlineData("20240131", null, null)]
    [InlineData("TIME '10:00'", "yyyyMMdd", null)]
    public void Numbers_are_times_where_their_format_is_known(string time, string? format, string? expected)
    {
        using DuckDBConnection connection = new("Data Source=:memory:");
        connection.Open();
        using DbCommand command = connection.CreateCommand();
        command.CommandText = $"SELECT {time} AS date, 1 AS sales";
        using DbDataReader reader = command.ExecuteReader();
        SeriesColumns columns = new() { Time = "date", Target = "sales" };
        SeriesOptions options = new() { Frequency = Frequency.Daily, TimeFormat = format };
        if (expected is null)
        {
            Should.Throw<SeriesDataException>(() => LongTable.Read(reader, columns, options)).Message.ShouldContain("row 1, column 'date': expected a time");
            return;
        }

        LongTable.Read(reader, columns, options)[0].Times!.Start.ShouldBe(DateTime.Parse(expected, System.Globalization.CultureInfo.InvariantCulture));
    }

    /// <summary>DuckDB's provider gives a time with a zone as one without; it is not of the options' zone.</summary>
    [Theory]
    [InlineData("TIMESTAMPTZ '2024-01-01 10:00:00+02'", 8)]
    [InlineData("TIMESTAMP '2024-01-01 10:00:00'", 7)]
    [InlineData("'2024-01-01 10:00:00+02'", 8)]
    public void The_zone_of_the_options_is_of_times_without_one(string time, int hour)
    {
        string parquet = Path.Combine(_folder, "zones.parquet");
        using DuckDBConnection connection = new("Data Source=:memory:");
        connection.Open();
        Execute(connection, $"COPY (SELECT {time} AS date, 1 AS sales) TO '{parquet}' (FORMAT parquet)");
        using DbCommand command = connection.CreateCommand();
        command.CommandText = $"SELECT * FROM '{parquet}'";
        using DbDataReader reader = command.ExecuteReader();
        SeriesOptions options = new() { Frequency = Frequency.Hourly, TimeZone = TimeZoneInfo.CreateCustomTimeZone("Test/East", TimeSpan.FromHours(3), "East", "East") };
        LongTable.Read(reader, new SeriesColumns { Time = "date", Target = "sales" }, options)[0].Times!.Start.ShouldBe(new DateTime(2024, 1, 1, hour, 0, 0, DateTimeKind.Utc));
    }

    /// <summary>A column's type says whether a static is a number or a category; NaN is missing.</summary>
    [Theory]
    [InlineData("30::DECIMAL(9, 2)", "size")]
    [InlineData("30::HUGEINT", "size")]
    [InlineData("'30'", "size=30")]
    [InlineData("'NaN'::DOUBLE", null)]
    [InlineData("NULL::DOUBLE", null)]
    public void A_static_is_what_its_type_says(string value, string? name)
    {
        using DuckDBConnection connection = new("Data Source=:memory:");
        connection.Open();
        using DbCommand command = connection.CreateCommand();
        command.CommandText = $"SELECT 1 AS sales, {value} AS size";
        using DbDataReader reader = command.ExecuteReader();
        SeriesColumns columns = new() { Target = "sales", Statics = ["size"] };
        if (name is null)
        {
            Should.Throw<SeriesDataException>(() => LongTable.Read(reader, columns)).Message.ShouldContain("the static 'size' is missing");
            return;
        }

        SeriesSet set = LongTable.Read(reader, columns);
        set.StaticNames.ShouldBe([name]);
        set[0].Statics.Span[0].ShouldBe(name == "size" ? 30 : 1);
    }

    private void ShouldBeTheFile(DbConnection connection, string query)
    {
        using DbCommand command = connection.CreateCommand();
        command.CommandText = query;
        using DbDataReader reader = command.ExecuteReader();
        SeriesSet found = LongTable.Read(reader, _columns), expected = LongTable.Read(new StringReader(Csv), _columns);
        found.Count.ShouldBe(expected.Count);
        found.StaticNames.ShouldBe(expected.StaticNames);
        foreach (TimeSeries series in expected)
        {
            TimeSeries same = found[series.Id];
            same.Times!.Start.ShouldBe(series.Times!.Start);
            same.Times.Frequency.ShouldBe(Frequency.Hourly);
            same.Targets.ToArray().ShouldBe(series.Targets.ToArray());
            same.Known.ToArray().ShouldBe(series.Known.ToArray());
            same.Statics.ToArray().ShouldBe(series.Statics.ToArray());
        }
    }

    private static void Execute(DbConnection connection, string text)
    {
        using DbCommand command = connection.CreateCommand();
        command.CommandText = text;
        command.ExecuteNonQuery();
    }
}
