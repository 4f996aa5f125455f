using RnnGen.Data;

namespace RnnGen.Forecasting.Tests;

public sealed class WideTableTests
{
    [Fact]
    public void Each_column_is_a_series_from_its_first_value_to_its_last()
    {
        SeriesSet set = WideTable.ReadColumns(new StringReader("day,north,south\n2024-01-03,3,\n2024-01-01,1,\n2024-01-02,,20\n2024-01-04,,40\n"), "day", new SeriesOptions { Gaps = Gaps.Missing });
        set["north"].Targets.ToArray().ShouldBe([1, double.NaN, 3]);
        set["south"].Targets.ToArray().ShouldBe([20, double.NaN, 40]);
        set["south"].Times!.Start.ShouldBe(new DateTime(2024, 1, 2));
        Should.Throw<SeriesDataException>(() => WideTable.ReadColumns(new StringReader("day,north\n2024-01-01,1\n"), "date")).Message.ShouldContain("no column 'date'; its columns are day, north");
        Should.Throw<SeriesDataException>(() => WideTable.ReadColumns(new StringReader("day,north\n2024-01-01,\n2024-01-02,\n"), "day")).Series.ShouldBe("north");
    }

    [Fact]
    public void Columns_without_times_are_steps_in_order() =>
        WideTable.ReadColumns(new StringReader("a,b\n1,4\n2,5\n,6\n"))["a"].Targets.ToArray().ShouldBe([1, 2]);

    [Fact]
    public void Each_column_has_a_name_of_its_own()
    {
        Should.Throw<SeriesDataException>(() => WideTable.ReadColumns(new StringReader("a,,b\n1,2,3\n"))).Message.ShouldContain("no name in the header");
        Should.Throw<SeriesDataException>(() => WideTable.ReadColumns(new StringReader("a,b,a\n1,2,3\n"))).Message.ShouldBe("Series 'a': two columns have this name; give each series its own.");
    }

    [Fact]
    public void Each_row_is_a_series()
    {
        SeriesSet set = WideTable.ReadRows(new StringReader("\"V1\",\"V2\",\"V3\",\"V4\"\n\"H1\",1,,3\n\"H2\",\"4\",5,\n"));
        set["H1"].Targets.ToArray().ShouldBe([1, double.NaN, 3]);
        set["H2"].Targets.ToArray().ShouldBe([4, 5]);
        WideTable.ReadRows(new StringReader("H1,1,2\n"), new CsvOptions { HasHeader = false })["H1"].Length.ShouldBe(2);
        Should.Throw<SeriesDataException>(() => WideTable.ReadRows(new StringReader("id,t\nA,1\nA,2\n"))).Message.ShouldContain("Series 'A': the id occurs twice");
        Should.Throw<DataFormatException>(() => WideTable.ReadRows(new StringReader("id,t\n,1\n"))).Line.ShouldBe(2);
    }
}
