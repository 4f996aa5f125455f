namespace RnnGen.Forecasting.Tests;

public sealed class SeriesSetTests
{
    [Fact]
    public void Arrays_are_wrapped_and_parts_are_views()
    {
        double[] values = [1, 2, 3, 4];
        SeriesSet set = SeriesSet.FromArrays(["a", "b"], [values, [5, 6, 7]]);
        SeriesSet past = set.WithoutLast(2);
        past["a"].Length.ShouldBe(2);
        values[0] = 9;
        past["a"].Targets.Span[0].ShouldBe(9);
        set[1].Id.ShouldBe("b");
        Should.Throw<KeyNotFoundException>(() => set["c"]).Message.ShouldContain("no series 'c'");
        Should.Throw<SeriesDataException>(() => set.WithoutLast(3)).Series.ShouldBe("b");
        new SeriesSet([new TimeSeries("new", Array.Empty<double>())]).WithoutLast(0)[0].Length.ShouldBe(0);
        Should.Throw<ArgumentException>(() => SeriesSet.FromArrays(["a"], [])).Message.ShouldContain("1 ids, 0 series");
    }

    [Fact]
    public void What_does_not_fit_is_an_error_that_names_the_series()
    {
        TimeAxis days = new(new DateTime(2024, 1, 1), Frequency.Daily), hours = new(new DateTime(2024, 1, 1), Frequency.Hourly);
        Should.Throw<SeriesDataException>(() => new SeriesSet([])).Message.ShouldContain("at least one");
        Should.Throw<SeriesDataException>(() => new SeriesSet([new TimeSeries("a", new double[2], days), new TimeSeries("b", new double[2], hours)])).Message.ShouldBe("Series 'b': it has steps of 1 hour, but the first series has steps of 1 day; read series of different frequency as sets of their own.");
        TimeAxis instants = new(DateTime.SpecifyKind(hours.Start, DateTimeKind.Utc), Frequency.Hourly);
        Should.Throw<SeriesDataException>(() => new SeriesSet([new TimeSeries("a", new double[2], hours), new TimeSeries("b", new double[2], instants)])).Message.ShouldBe("Series 'b': its times are in UTC, but those of the first series have no zone; write the times of all series in one way, or read them as sets of their own.");
        Should.Throw<SeriesDataException>(() => new SeriesSet([new TimeSeries("a", new double[2]) { Observed = new double[3] }], ["x"], [], [])).Message.ShouldContain("2 steps of 1 need 2");
        Should.Throw<SeriesDataException>(() => new SeriesSet([new TimeSeries("a", new double[2]) { Known = new double[1] }], [], ["x"], [])).Series.ShouldBe("a");
        Should.Throw<SeriesDataException>(() => new SeriesSet([new TimeSeries("a", new double[2]) { Statics = new double[1] }])).Series.ShouldBe("a");
        SeriesDataException error = Should.Throw<SeriesDataException>(() => new TimeSeries("a", new double[] { 1, double.PositiveInfinity }, days));
        (error.Series, error.Time).ShouldBe(("a", new DateTime(2024, 1, 2)));
    }

    [Fact]
    public void An_axis_finds_its_steps()
    {
        foreach (Frequency frequency in (Frequency[])[Frequency.Hourly, Frequency.Daily, Frequency.Weekly, Frequency.Monthly, Frequency.Quarterly, Frequency.Yearly, Frequency.FromSpan(TimeSpan.FromSeconds(90))])
        {
            TimeAxis axis = new(new DateTime(2023, 10, 31, 7, 30, 0), frequency);
            for (int step = 0; step < 60; step++)
            {
                axis.IndexOf(axis[step]).ShouldBe(step, frequency.ToString());
                axis.IndexOf(axis[step].AddSeconds(1)).ShouldBeNull();
            }
        }

        Should.Throw<ArgumentException>(() => new TimeAxis(default, default)).Message.ShouldContain("frequency is empty");
        Should.Throw<ArgumentException>(() => new TimeAxis(DateTime.SpecifyKind(DateTime.UnixEpoch, DateTimeKind.Local), Frequency.Daily));
        Should.Throw<ArgumentOutOfRangeException>(() => _ = new TimeAxis(new DateTime(9999, 1, 1), Frequency.Yearly)[1]);
    }

    /// <summary>The day that a short month clips comes back in the next, in a forecast as in the series.</summary>
    [Theory]
    [InlineData("2022-11-30", 1, 3)]
    [InlineData("2024-01-31", 1, 1)]
    [InlineData("2024-01-31", 3, 2)]
    [InlineData("2024-02-29", 12, 1)]
    public void A_forecast_continues_the_times_of_its_series(string start, int months, int length)
    {
        TimeAxis axis = new(DateTime.Parse(start, System.Globalization.CultureInfo.InvariantCulture), Frequency.FromMonths(months));
        SeriesSet set = new([new TimeSeries("a", new double[length], axis)]);
        TimeAxis times = new Naive().Fit(set, 9).Predict(set)[0].Times!;
        for (int step = 0; step < 9; step++)
        {
            times[step].ShouldBe(axis[length + step]);
            times.IndexOf(axis[length + step]).ShouldBe(step);
        }

        times.Start.ShouldBe(axis[length]);
    }

    [Fact]
    public void Quantiles_are_sorted_and_read_between_levels()
    {
        Forecast forecast = new Forecast("a", new double[] { 5, 6 }).WithQuantiles([0.1, 0.5, 0.9], [3, 2, 9, 4, 5, 6]);
        forecast.Quantiles.ToArray().ShouldBe([2, 3, 9, 4, 5, 6]);
        forecast.Quantile(0.7).ShouldBe([6, 5.5], 1e-12);
        forecast.Quantile(0.1).ShouldBe([2, 4]);
        (double[] lower, double[] upper) = forecast.Interval(0.8);
        (lower[0], upper[0]).ShouldBe((2, 9));
        Should.Throw<ArgumentOutOfRangeException>(() => forecast.Interval(0.9)).Message.ShouldContain("levels from 0.1 to 0.9");
        Should.Throw<ArgumentException>(() => forecast.WithQuantiles([0.5, 0.1], new double[4])).Message.ShouldContain("levels rise");
    }
}
