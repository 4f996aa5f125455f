namespace RnnGen.Forecasting.Tests;

public sealed class ForecastTableTests
{
    [Fact]
    public void A_table_is_read_as_it_was_written()
    {
        TimeAxis times = new(new DateTime(2024, 1, 1, 23, 0, 0, DateTimeKind.Utc), Frequency.Hourly);
        Forecast[] forecasts =
        [
            new Forecast("a, \"b\"", new double[] { 0.1, 1.0 / 3 }, times).WithQuantiles([0.1, 0.9], [-1, 1e300, 0, 5]),
            new Forecast("c", new double[] { 2, 3 }, times).WithQuantiles([0.1, 0.9], [1, 3, 2, 4]),
        ];
        using StringWriter text = new();
        ForecastTable.Write(text, forecasts);
        text.ToString().Split('\n')[..2].ShouldBe(["id,time,forecast,q0.1,q0.9", "\"a, \"\"b\"\"\",2024-01-01T23:00:00Z,0.1,-1,1E+300"]);
        SeriesSet read = LongTable.Read(new StringReader(text.ToString()), new SeriesColumns { Id = "id", Time = "time", Target = "forecast", Observed = ["q0.1", "q0.9"] });
        read["a, \"b\""].Targets.ToArray().ShouldBe([0.1, 1.0 / 3]);
        read["a, \"b\""].Times!.Start.ShouldBe(times.Start);
        read["c"].Observed.ToArray().ShouldBe([1, 3, 2, 4]);
    }

    [Fact]
    public void Steps_stand_for_times_that_nobody_knows()
    {
        string path = Path.Combine(Path.GetTempPath(), Guid.NewGuid().ToString("N") + ".csv");
        ForecastTable.Write(path, [new Forecast("a", new double[] { 1, 2 })]);
        File.ReadAllText(path).ShouldBe("id,step,forecast\na,1,1\na,2,2\n");
        Should.Throw<SeriesDataException>(() => ForecastTable.Write(path, [new Forecast("a", new double[1]), new Forecast("b", new double[1]).WithQuantiles([0.5], [1])])).Series.ShouldBe("b");
        File.ReadAllLines(path).Length.ShouldBe(3);
        File.Delete(path);
    }
}
