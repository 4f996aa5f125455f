using RnnGen.Forecasting;

using Shouldly;
using Xunit;

namespace RnnGen.Mpi.Tests;

/// <summary>Back-tests in several processes, which are threads here, have the result of one.</summary>
public sealed class SharedBacktestTests
{
    private static readonly IForecaster[] s_forecasters = [new Naive { Levels = [0.025, 0.5, 0.975] }, new DampedTrend(12), new RidgeLags(24) { Levels = [0.025, 0.5, 0.975] }];

    private static readonly BacktestOptions s_options = new() { Horizon = 6, Windows = 3, StepSize = 4, Period = 12 };

    private static readonly TimeAxis s_months = new(new DateTime(2020, 1, 30), Frequency.Monthly), s_hours = new(new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc), Frequency.Hourly, TimeZoneInfo.Utc);

    private static SeriesSet Series(int seed, TimeAxis? times = null) => new(Enumerable.Range(0, 4).Select(i =>
    {
        Random random = new(i + seed);
        double[] values = [.. Enumerable.Range(0, 100 + i).Select(t => 10 + (4 * Math.Sin(2 * Math.PI * t / 12)) + (0.5 * random.NextDouble()))];
        return new TimeSeries($"s{i}", values, times);
    }));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void EveryProcessHasTheWholeResult(bool refit)
    {
        SeriesSet series = Series(0, refit ? s_months : s_hours);
        string alone = Described(Backtest.Run(series, s_forecasters, s_options with { Refit = refit }));
        foreach (int processes in (int[])[1, 2, 4, 8])
        {
            LocalProcesses.Run(processes, group => Described(Backtest.Run(series, s_forecasters, s_options with { Refit = refit, Processes = group, Threads = 2 }))).ShouldAllBe(found => found == alone);
        }
    }

    [Fact]
    public void AFailureIsThrownInAllProcesses()
    {
        Exception[] failures = LocalProcesses.Run(2, group => Should.Throw<Exception>(() => Backtest.Run(Series(0), [new Naive(), new Failing()], s_options with { Refit = false, Processes = group })));
        failures[0].ShouldBeOfType<ProcessGroupException>().Message.ShouldBe("Process 1 failed in the back-test: InvalidOperationException: no");
        failures[1].ShouldBeOfType<InvalidOperationException>();
    }

    [Fact]
    public void ACancelledProcessEndsTheBacktestInAll() => LocalProcesses.Run(2, group =>
        Should.Throw<OperationCanceledException>(() => Backtest.Run(Series(0), s_forecasters, s_options with { Processes = group }, new CancellationToken(canceled: group.Rank == 1)))).Length.ShouldBe(2);

    [Fact]
    public void OtherSeriesAreRejected() => LocalProcesses.Run(2, group => Should.Throw<ProcessGroupException>(() => Backtest.Run(Series(group.Rank), s_forecasters, s_options with { Processes = group })))
        .ShouldAllBe(e => e.Rank == 1 && e.Message.Contains("does not run the back-test of process 0"));

    private static string Described(BacktestResult result) => FormattableString.Invariant(
        $"{result} {string.Join(" ", result.Scores)} {string.Join(" ", result.Forecasts.SelectMany(fold => fold.Forecasts).Select(Described))}");

    private static string Described(Forecast forecast) => FormattableString.Invariant(
        $"{forecast.Id} {string.Join(",", forecast.Values.ToArray())} {string.Join(",", forecast.Levels)} {string.Join(",", forecast.Quantiles.ToArray())} {string.Join(",", Enumerable.Range(0, forecast.Horizon).Select(step => $"{forecast.Times?[step]:O}"))} {forecast.Times?.Zone?.Id}");

    private sealed class Failing : IForecaster
    {
        public string Name => "Failing";

        public ITrainedForecaster Fit(SeriesSet history, int horizon, CancellationToken cancellationToken = default) => throw new InvalidOperationException("no");
    }
}
