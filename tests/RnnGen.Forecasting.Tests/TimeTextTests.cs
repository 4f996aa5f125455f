using System.Globalization;
using RnnGen.Data;

namespace RnnGen.Forecasting.Tests;

/// <summary>A time as text is the time that it says, on any day on which it is read.</summary>
public sealed class TimeTextTests
{
    private static readonly SeriesColumns s_columns = new() { Time = "t", Target = "y" };

    private static readonly TimeZoneInfo s_east = TimeZoneInfo.CreateCustomTimeZone("Test/East", TimeSpan.FromHours(2), "East", "East");

    [Theory]
    [InlineData("Jan-24")]
    [InlineData("Feb 29")]
    [InlineData("5 January")]
    [InlineData("24 January")]
    [InlineData("5-Jan")]
    [InlineData("January 5")]
    [InlineData("5 January 10:00")]
    [InlineData("1/2")]
    [InlineData("01-02")]
    [InlineData("1 2")]
    [InlineData("1,2")]
    [InlineData("2024,5")]
    [InlineData("1.5")]
    [InlineData("20240101")]
    [InlineData("01.02.2024")]
    [InlineData("1.2.24 10:00")]
    [InlineData("10:00")]
    [InlineData("23:59:59.2024")]
    [InlineData("10:00+02:00")]
    [InlineData("10 AM")]
    [InlineData("T10:00")]
    [InlineData("1/2 +02:00")]
    [InlineData("1/2 10:00Z")]
    [InlineData("10:00 GMT")]
    [InlineData("Monday")]
    [InlineData("2024-01-01-08")]
    [InlineData("2024-01-01 -08")]
    [InlineData("2024-01-01 +09")]
    [InlineData("2024-01-01-08:00")]
    [InlineData("1 January 2024 -0800")]
    [InlineData("2024-01-01 24:00")]
    [InlineData("2024-02-30")]
    public void A_time_without_its_year_or_date_is_an_error(string text)
    {
        Should.Throw<DataFormatException>(() => WideTable.ReadColumns(new StringReader($"t;y\n{text};1\n"), "t", csv: new CsvOptions { Delimiter = ';' })).Line.ShouldBe(2);
        DataFormatException error = Should.Throw<DataFormatException>(() => Start(text));
        error.Message.ShouldContain("expected a time with its year");
        error.Line.ShouldBe(2);

        // Of this year too: what is read does not depend on the day.
        string today = DateTime.Now.ToString("MMM-dd", CultureInfo.InvariantCulture);
        Should.Throw<DataFormatException>(() => Start(today));
        Should.Throw<DataFormatException>(() => Start(DateTime.Now.ToString("MMM-yy", CultureInfo.InvariantCulture)));
    }

    [Theory]
    [InlineData("2024-01-05", "2024-01-05T00:00:00")]
    [InlineData("2024-01-05T10:20", "2024-01-05T10:20:00")]
    [InlineData("2024-01-05 10:20:30.25", "2024-01-05T10:20:30.25")]
    [InlineData("2024.01.05", "2024-01-05T00:00:00")]
    [InlineData("01/02/2024", "2024-01-02T00:00:00")]
    [InlineData("2024/1/5", "2024-01-05T00:00:00")]
    [InlineData("01/05/2024 10:00 PM", "2024-01-05T22:00:00")]
    [InlineData("1/5/24", "2024-01-05T00:00:00")]
    [InlineData("5-Jan-24", "2024-01-05T00:00:00")]
    [InlineData("29-Feb-00", "2000-02-29T00:00:00")]
    [InlineData("5 January 2024", "2024-01-05T00:00:00")]
    [InlineData("Jan 5, 2024", "2024-01-05T00:00:00")]
    [InlineData("Fri, 05 Jan 24", "2024-01-05T00:00:00")]
    [InlineData("1/1/01 12 AM", "2001-01-01T00:00:00")]
    [InlineData("2024 January", "2024-01-01T00:00:00")]
    [InlineData("January 2024", "2024-01-01T00:00:00")]
    [InlineData("2024-03", "2024-03-01T00:00:00")]
    [InlineData("03/2024", "2024-03-01T00:00:00")]
    [InlineData("2024-01-05T10:00Z", "2024-01-05T10:00:00Z")]
    [InlineData("2024-12-31T23:00-02:00", "2025-01-01T01:00:00Z")]
    [InlineData("1/1/25 01:00+02:00", "2024-12-31T23:00:00Z")]
    [InlineData("1/5/2024 10 PM -02:00", "2024-01-06T00:00:00Z")]
    [InlineData("Fri, 05 Jan 2024 10:00 +0200", "2024-01-05T08:00:00Z")]
    [InlineData("Fri, 05 Jan 2024 10:00:00 GMT", "2024-01-05T10:00:00Z")]
    public void A_time_with_its_year_is_read(string text, string expected) => Text(Start(text)).ShouldBe(expected);

    [Theory]
    [InlineData("R", "Mon, 01 Jan 2024 10:00:00 GMT")]
    [InlineData("u", "2024-01-01 10:00:00Z")]
    [InlineData("o", "2024-01-01T10:00:00.0000000Z")]
    [InlineData("o", "2024-01-01T11:00:00.0000000+01:00")]
    [InlineData("yyyy-MM-dd'T'HH:mm:ss'Z'", "2024-01-01T10:00:00Z")]
    [InlineData("yyyy-MM-dd HH:mm 'UTC'", "2024-01-01 10:00 UTC")]
    [InlineData("dd.MM.yyyy HH:mm K", "01.01.2024 10:00 Z")]
    [InlineData("dd.MM.yyyy HH:mm zzz", "01.01.2024 15:30 +05:30")]
    [InlineData(null, "Mon, 01 Jan 2024 10:00:00 GMT")]
    [InlineData("dd.MM.yyyy HH:mm", "01.01.2024 12:00")] // of the zone
    [InlineData("yyyy-MM-dd-HH", "2024-01-01-12")]
    [InlineData("yyyy-MM-ddzzz", "2024-01-02+14:00")]
    public void A_zone_that_is_written_is_UTC_in_every_format(string? format, string text) =>
        Start(text, format, s_east).ShouldBe(new DateTime(2024, 1, 1, 10, 0, 0, DateTimeKind.Utc));

    [Theory]
    [InlineData("yyyy", "2024", "2024-01-01T00:00:00")]
    [InlineData("MMM-yy", "Jan-24", "2024-01-01T00:00:00")]
    [InlineData("yyyyMMdd", "20240105", "2024-01-05T00:00:00")]
    [InlineData("ddd dd/MM/yy h tt", "Fri 05/01/24 10 PM", "2024-01-05T22:00:00")]
    [InlineData("yyyy-MM-dd hh:mm tt", "2024-01-05 12:00 AM", "2024-01-05T00:00:00")]
    [InlineData("yyyy-M-d H:m", "2024-1-5 1:2", "2024-01-05T01:02:00")]
    [InlineData("yyyyMMddHHmm", "202401050102", "2024-01-05T01:02:00")]
    public void A_format_has_the_units_of_its_steps(string format, string text, string expected) => Text(Start(text, format)).ShouldBe(expected);

    [Theory]
    [InlineData("HH:mm", "has no year")]
    [InlineData("t", "has no year")]
    [InlineData("MM-dd", "has no year")]
    [InlineData("dd/MM", "has no year")]
    [InlineData("M", "has no year")]
    [InlineData("dddd HH:mm", "has no year")]
    [InlineData("'on'", "has no year")]
    [InlineData("yyyy dd", "has no month")]
    [InlineData("yyyy-MM HH:mm", "has no day")]
    [InlineData("yyyy-MM-dd :mm", "has no hour")]
    [InlineData("yyyy-MM-dd hh:mm", "has hours from 1 to 12 and does not say of which half of the day; write HH for hours from 0 to 23, or tt")]
    [InlineData("yyyy-MM-dd h", "has hours from 1 to 12")]
    [InlineData("yyyyMd", "writes 2023-01-11 and 2023-11-01 alike; write something between the units")]
    [InlineData("yyyyMMdH", "writes 2023-02-01T11:00:00 and 2023-02-11T01:00:00 alike")]
    [InlineData("yyyy-MM-dd Hm", "writes 2023-02-03T01:11:00 and 2023-02-03T11:01:00 alike")]
    [InlineData("yyyy-MM-dd HH:ms", "writes 2023-02-03T04:01:11 and 2023-02-03T04:11:01 alike")]
    [InlineData("%", "is no format of times")]
    [InlineData("yyyy-MM-dd 'at", "is no format of times")]
    public void A_format_without_its_year_or_date_is_an_error(string format, string message)
    {
        Should.Throw<ArgumentException>(() => new SeriesOptions { TimeFormat = format }).Message.ShouldContain($"SeriesOptions.TimeFormat '{format}' {message}");
    }

    private static DateTime Start(string text, string? format = null, TimeZoneInfo? zone = null)
    {
        SeriesOptions options = new() { Frequency = Frequency.Hourly, TimeFormat = format, TimeZone = zone };
        return LongTable.Read(new StringReader($"t;y\n{text};1\n"), s_columns, options, new CsvOptions { Delimiter = ';' })[0].Times!.Start;
    }

    private static string Text(DateTime time) => time.ToString("yyyy-MM-ddTHH:mm:ss.FFFK", CultureInfo.InvariantCulture);
}
