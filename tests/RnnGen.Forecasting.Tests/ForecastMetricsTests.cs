namespace RnnGen.Forecasting.Tests;

/// <summary>Each measure against a case that is computed by hand.</summary>
public sealed class ForecastMetricsTests
{
    private const double Exact = 1e-12;

    private static readonly double[] s_history = [10, 12, 11, 14, 16], s_actual = [20, 10, double.NaN], s_forecast = [16, 15, 99];

    [Fact]
    public void Smape_is_the_mean_of_the_symmetric_errors() =>
        // 200 · 4 / 36 and 200 · 5 / 25; the missing step is left out.
        ForecastMetrics.Smape(s_actual, s_forecast).ShouldBe(((200.0 * 4 / 36) + 40) / 2, Exact);

    [Fact]
    public void Smape_of_two_zeros_is_zero_and_of_opposites_200()
    {
        ForecastMetrics.Smape([0], [0]).ShouldBe(0);
        ForecastMetrics.Smape([3], [-3]).ShouldBe(200);
    }

    [Fact]
    public void Mase_is_scaled_by_the_naive_errors_of_the_history()
    {
        // Errors 4 and 5; the history's changes are 2, 1, 3, 2.
        ForecastMetrics.Mase(s_actual, s_forecast, s_history).ShouldBe(4.5 / 2, Exact);
        // Of season 2 they are 1, 2, 5.
        ForecastMetrics.Mase(s_actual, s_forecast, s_history, period: 2).ShouldBe(4.5 / (8.0 / 3), Exact);
    }

    [Fact]
    public void Rmsse_is_the_root_of_a_ratio_of_squares() =>
        // Squares 16 and 25; of the changes 4, 1, 9, 4.
        ForecastMetrics.Rmsse(s_actual, s_forecast, s_history).ShouldBe(Math.Sqrt(20.5 / 4.5), Exact);

    [Fact]
    public void Owa_is_the_mean_of_two_ratios() => ForecastMetrics.Owa(9, 1.2, 18, 2).ShouldBe((0.5 + 0.6) / 2, Exact);

    [Fact]
    public void Msis_adds_the_misses_of_the_interval()
    {
        // Widths 4 and 4; the first value is 2 above its interval, the second 1 below. 2 / 0.05 = 40.
        double expected = (((4 + (40 * 2)) + (4 + (40 * 1))) / 2.0) / 2;
        ForecastMetrics.Msis([20, 10, double.NaN], [14, 11, 0], [18, 15, 0], s_history).ShouldBe(expected, 1e-10);
        ForecastMetrics.Msis([20], [14], [18], s_history, level: 0.8).ShouldBe((4 + (10 * 2)) / 2.0, 1e-10);
    }

    [Fact]
    public void Coverage_counts_both_ends() =>
        ForecastMetrics.Coverage([1, 2, 3, 4, double.NaN], [1, 0, 3.5, 2, 0], [2, 2, 4, 3, 9]).ShouldBe(0.5);

    [Fact]
    public void Quantile_losses_weigh_both_sides()
    {
        ForecastMetrics.QuantileLoss(10, 8, 0.9).ShouldBe(1.8, Exact);
        ForecastMetrics.QuantileLoss(8, 10, 0.9).ShouldBe(0.2, Exact);
        // Levels 0.5 and 0.9 of the values 10 and -6: losses 1 and 0.9; 0.5 · 2 and 0.1 · 4.
        double losses = ((1 + 0.9) / 2) + ((1 + 0.4) / 2);
        ForecastMetrics.WeightedQuantileLoss([10, -6], [8, 9, -4, -2], [0.5, 0.9]).ShouldBe(2 * losses / 16, Exact);
        ForecastMetrics.CrpsOfQuantiles([10, -6, double.NaN], [8, 9, -4, -2, 0, 0], [0.5, 0.9]).ShouldBe(2 * losses / 2, Exact);
    }

    [Fact]
    public void Crps_of_one_sample_is_the_absolute_error() => ForecastMetrics.CrpsOfSamples([3, 5], [4, 7]).ShouldBe(1.5, Exact);

    [Fact]
    public void Crps_of_samples_is_the_distance_less_half_the_spread() =>
        // E|X - 2| of 1, 4, 3 is 4/3; the mean of |X - X'| over the nine pairs is 2 (3 + 2 + 1) / 9.
        ForecastMetrics.CrpsOfSamples([2], [1, 4, 3]).ShouldBe((4.0 / 3) - (12.0 / 9 / 2), Exact);

    /// <summary>Both ways to CRPS approach that of the uniform distribution at its middle, 1/12.</summary>
    [Fact]
    public void Both_scores_approach_that_of_a_distribution()
    {
        double[] levels = [.. Enumerable.Range(0, 1000).Select(i => (i + 0.5) / 1000)];
        ForecastMetrics.CrpsOfQuantiles([0.5], levels, levels).ShouldBe(1.0 / 12, 1e-6);
        ForecastMetrics.CrpsOfSamples([0.5], levels).ShouldBe(1.0 / 12, 1e-6);
    }

    /// <summary>Measures without a unit are the same of values of any size, and the others grow with it.</summary>
    [Theory]
    [InlineData(-1074)]
    [InlineData(-1000)]
    [InlineData(-600)]
    [InlineData(600)]
    [InlineData(1000)]
    [InlineData(1019)]
    public void Values_at_the_ends_of_double_have_their_measures(int exponent)
    {
        double[] Sized(params double[] values) => [.. values.Select(value => Math.ScaleB(value, exponent))];
        double[] history = Sized(s_history), actual = Sized(s_actual), forecast = Sized(s_forecast), lower = Sized(14, 11, 0), upper = Sized(18, 15, 0), quantiles = Sized(12, 19, 9, 16, 0, 0), levels = [0.1, 0.75];
        ForecastMetrics.Smape(actual, forecast).ShouldBe(ForecastMetrics.Smape(s_actual, s_forecast));
        ForecastMetrics.Mase(actual, forecast, history).ShouldBe(ForecastMetrics.Mase(s_actual, s_forecast, s_history));
        ForecastMetrics.Rmsse(actual, forecast, history).ShouldBe(ForecastMetrics.Rmsse(s_actual, s_forecast, s_history));
        ForecastMetrics.Msis(actual, lower, upper, history).ShouldBe(ForecastMetrics.Msis(s_actual, [14, 11, 0], [18, 15, 0], s_history));
        ForecastMetrics.WeightedQuantileLoss(actual, quantiles, levels).ShouldBe(ForecastMetrics.WeightedQuantileLoss(s_actual, [12, 19, 9, 16, 0, 0], levels));
        ForecastMetrics.SeasonalError(history, 1).ShouldBe(Math.ScaleB(2, exponent));
        ForecastMetrics.CrpsOfQuantiles(actual, quantiles, levels).ShouldBe(Math.ScaleB(ForecastMetrics.CrpsOfQuantiles(s_actual, [12, 19, 9, 16, 0, 0], levels), exponent));
        ForecastMetrics.CrpsOfSamples(Sized(2), Sized(1, 4, 3)).ShouldBe(Math.ScaleB(ForecastMetrics.CrpsOfSamples([2], [1, 4, 3]), exponent));
    }

    [Fact]
    public void Differences_that_double_does_not_hold_are_measured()
    {
        ForecastMetrics.Smape([1e308, 1e-308], [-1e308, -1e-308]).ShouldBe(200);
        ForecastMetrics.Mase([1e308], [-1e308], [-1e308, 1e308]).ShouldBe(1);
        ForecastMetrics.Rmsse([1e-200], [2e-200], [1e-200, 2e-200]).ShouldBe(1);
        ForecastMetrics.Rmsse([1e200], [2e200], [1, 2]).ShouldBe(1e200, 1e185);
        ForecastMetrics.Mase([1e-200], [2e-200], [1e100, 2e100]).ShouldBe(1e-300, 1e-315);
        ForecastMetrics.QuantileLoss(1e308, -1e308, 0.25).ShouldBe(0.5e308, 1e293);
        ForecastMetrics.Mase([1e200], [2e200], [1e-200, 2e-200]).ShouldBe(double.PositiveInfinity); // 1e400
    }

    [Fact]
    public void A_measure_of_nothing_is_no_number()
    {
        ForecastMetrics.Smape([double.NaN], [1]).ShouldBe(double.NaN);
        ForecastMetrics.Mase([1], [2], [5, 5, 5]).ShouldBe(double.NaN);
        ForecastMetrics.WeightedQuantileLoss([0], [1], [0.5]).ShouldBe(double.NaN);
    }

    [Fact]
    public void What_does_not_fit_is_an_error()
    {
        Should.Throw<ArgumentException>(() => ForecastMetrics.Smape([1, 2], [1])).Message.ShouldContain("2 actual values and 1 forecasts");
        Should.Throw<ArgumentOutOfRangeException>(() => ForecastMetrics.Mase([1], [1], [1, 2], period: 0)).Message.ShouldContain("period must be at least 1");
        Should.Throw<ArgumentOutOfRangeException>(() => ForecastMetrics.Msis([1], [1], [1], [1, 2], level: 1)).Message.ShouldContain("above 0 and below 1");
        Should.Throw<ArgumentException>(() => ForecastMetrics.CrpsOfSamples([1, 2], [1, 2, 3]));
        Should.Throw<ArgumentException>(() => ForecastMetrics.CrpsOfQuantiles([1], [1], [0.1, 0.9]));
    }

    [Theory]
    [InlineData(0.5, 0)]
    [InlineData(0.975, 1.959963984540054)]
    [InlineData(0.1, -1.2815515655446004)]
    [InlineData(1e-10, -6.361340902404056)]
    [InlineData(1e-30, -11.464024688443617)]
    public void Normal_intervals_have_the_quantiles_of_the_normal_distribution(double level, double expected)
    {
        // Changes of 1 have the deviation 1, and the first step of the naive forecast has it too.
        Forecast forecast = new Naive { Levels = [level] }.Fit(new SeriesSet([new TimeSeries("a", new double[] { 0, 1, 0 })]), 1).Predict(new SeriesSet([new TimeSeries("a", new double[] { 0, 1, 0 })]))[0];
        forecast.Quantiles.Span[0].ShouldBe(expected, 1e-12);
    }
}
