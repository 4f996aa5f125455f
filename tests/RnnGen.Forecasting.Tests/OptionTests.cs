namespace RnnGen.Forecasting.Tests;

/// <summary>What an option does not take is an error where it is set.</summary>
public sealed class OptionTests
{
    private static readonly WindowOptions s_windows = new() { ContextLength = 4, Horizon = 2 };

    [Fact]
    public void Windows_check_their_options()
    {
        Should.Throw<ArgumentNullException>(() => s_windows with { Scaling = null! }).ParamName.ShouldBe("Scaling");
        Should.Throw<ArgumentNullException>(() => s_windows with { Calendar = null! }).ParamName.ShouldBe("Calendar");
        Should.Throw<ArgumentNullException>(() => s_windows with { PastStatics = [PastStatic.Variation, null!] }).ParamName.ShouldBe("PastStatics");
        Should.Throw<ArgumentOutOfRangeException>(() => s_windows with { Calendar = [CalendarFeature.DayOfWeek, (CalendarFeature)77] }).Message.ShouldContain("There is no CalendarFeature of this number.");
        Should.Throw<ArgumentOutOfRangeException>(() => s_windows with { MissingInput = 1e39 }).Message.ShouldContain("in single precision too");
        (s_windows with { MissingInput = -3e38, InputScaling = null }).MissingInput.ShouldBe(-3e38);
        Should.Throw<ArgumentNullException>(() => new RidgeLags(1) { Scaling = null! }).ParamName.ShouldBe("Scaling");
    }

    [Fact]
    public void A_backtest_has_no_null()
    {
        SeriesSet set = new([new TimeSeries("a", new double[] { 1, 2, 3 })]);
        Should.Throw<ArgumentException>(() => Backtest.Run(set, [new Naive(), null!], new BacktestOptions { Horizon = 1 })).Message.ShouldContain("A forecaster is null");
    }

    /// <summary>Quantiles that cross are sorted; what is not known stays at its level.</summary>
    [Fact]
    public void Unknown_quantiles_keep_their_level() => new Forecast("a", new double[] { 2, 2 }).WithQuantiles([0.1, 0.5, 0.9], [3, double.NaN, 1, 3, 2, 1]).Quantiles.ToArray().ShouldBe([3, double.NaN, 1, 1, 2, 3]);
}
