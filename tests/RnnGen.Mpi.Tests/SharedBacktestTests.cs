using RnnGen.Forecasting;
using RnnGen.Mpi.Worker;

using Shouldly;
using Xunit;

namespace RnnGen.Mpi.Tests;

/// <summary>Back-tests in several processes, which are threads here, have the result of one.</summary>
public sealed class SharedBacktestTests
{
    private static readonly IForecaster[] s_forecasters = [new Naive { Levels = [0.025, 0.5, 0.975] }, new DampedTrend(12), new RidgeLags(24) { Levels = [0.025, 0.5, 0.975] }, new Paths()];

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
        Exception[] failures = LocalProcesses.Run(2, group => Should.Throw<Exception>(() => Backtest.Run(Series(0), [new Naive(), new Failing(new InvalidOperationException("no"))], s_options with { Refit = false, Processes = group })));
        failures[0].ShouldBeOfType<ProcessGroupException>().Message.ShouldBe("Process 1 failed in the back-test: InvalidOperationException: no");
        failures[1].ShouldBeOfType<InvalidOperationException>();
    }

    /// <summary>Arguments that are wrong in one process alone reach the others in the same call, and all go on.</summary>
    [Fact]
    public void ArgumentsOfOneProcessAreCheckedForAll()
    {
        SeriesSet good = Series(0), tooShort = new([new TimeSeries("s0", new double[5])]);
        Told(good, []).ShouldBe("Process 1 failed in the back-test: ArgumentException: There is no forecaster; compare at least one. (Parameter 'forecasters')");
        Told(good, [new Naive(), new Naive()]).ShouldStartWith("Process 1 failed in the back-test: ArgumentException: Two forecasters are named 'Naive'");
        Told(good, null!).ShouldStartWith("Process 1 failed in the back-test: ArgumentNullException: ");
        Told(null!, [new Naive()]).ShouldStartWith("Process 1 failed in the back-test: ArgumentNullException: ");
        Told(tooShort, [new Naive()]).ShouldStartWith("Process 1 failed in the back-test: SeriesDataException: ");

        string Told(SeriesSet series, IForecaster[] forecasters)
        {
            Exception[] failures = LocalProcesses.Run(2, group =>
            {
                Exception failure = Should.Throw<Exception>(() => Backtest.Run(group.Rank == 0 ? good : series, group.Rank == 0 ? s_forecasters : forecasters, s_options with { Processes = group }));
                Backtest.Run(good, [new Naive()], s_options with { Processes = group }).Scores.Count.ShouldBe(1);
                return failure;
            });
            failures[1].ShouldNotBeOfType<ProcessGroupException>();
            return failures[0].ShouldBeOfType<ProcessGroupException>().Message;
        }
    }

    [Fact]
    public void ACancelledProcessEndsTheBacktestInAll() => LocalProcesses.Run(2, group =>
        Should.Throw<OperationCanceledException>(() => Backtest.Run(Series(0), s_forecasters, s_options with { Processes = group }, new CancellationToken(canceled: group.Rank == 1)))).Length.ShouldBe(2);

    [Fact]
    public void OtherSeriesAreRejected() => LocalProcesses.Run(2, group => Should.Throw<ProcessGroupException>(() => Backtest.Run(Series(group.Rank), s_forecasters, s_options with { Processes = group })))
        .ShouldAllBe(e => e.Rank == 1 && e.Message.StartsWith("Process 1 does not back-test as process 0 does. It has series' values with hash = ") && e.Message.EndsWith("Read the same series in all processes."));

    /// <summary>What forecasters are is compared, and not only what they are called.</summary>
    [Fact]
    public void OtherForecastersOrOptionsAreNamed()
    {
        Told(rank => [new DampedTrend(12 + rank)]).ShouldBe("Process 1 does not back-test as process 0 does. It has forecaster Damped trend's season = 13, and process 0 has 12. Pass the same forecasters and options in all processes.");
        Told(rank => [new EnsembleForecaster(new Naive(), new RidgeLags(24) { Penalty = 1 + rank })]).ShouldContain("It has forecaster Ensemble of 2's member 1's Penalty = 2, and process 0 has 1.");
        Told(rank => [new ConformalForecaster(new DirectForecaster<Seasons>(new WindowOptions { ContextLength = 12, Horizon = 6 }) { Training = seed => new FitOptions { Seed = seed, Epochs = 1 + rank } }, [0.5])])
            .ShouldContain("It has forecaster Seasons, conformal's forecaster's Training's Epochs = 2, and process 0 has 1.");
        Told(rank => [new DirectForecaster<Seasons>(new WindowOptions { ContextLength = 12, Horizon = 6, Scaling = rank == 0 ? Scaling.None : Scaling.Log })])
            .ShouldContain("It has forecaster Seasons's Scaling = Log, and process 0 has None; it has forecaster Seasons's InputScaling = Log");
        Told(rank => rank == 0 ? [new Naive(), new DampedTrend(12)] : [new Naive()])
            .ShouldBe("Process 1 does not back-test as process 0 does. It has forecasters = Naive, Naive2, and process 0 has Naive, Damped trend, Naive2; it has forecaster Damped trend = none, and process 0 has RnnGen.Forecasting.DampedTrend. Pass the same forecasters and options in all processes.");

        static string Told(Func<int, IForecaster[]> forecasters) => LocalProcesses.Run(2, group => Should.Throw<ProcessGroupException>(() => Backtest.Run(Series(0), forecasters(group.Rank), s_options with { Processes = group })).Message).Distinct().Single();
    }

    [Fact]
    public void ACancellationThatNobodyAskedForIsNamedAsItIs()
    {
        Exception[] failures = LocalProcesses.Run(2, group =>
        {
            Exception failure = Should.Throw<Exception>(() => Backtest.Run(Series(0), [new Naive(), new Failing(new TaskCanceledException("a read was cancelled"))], s_options with { Refit = false, Processes = group }));
            Backtest.Run(Series(0), [new Naive()], s_options with { Processes = group }); // they go on together
            return failure;
        });
        failures[0].ShouldBeOfType<ProcessGroupException>().Message.ShouldBe("Process 1 failed in the back-test: TaskCanceledException: a read was cancelled");
        failures[1].ShouldBeOfType<TaskCanceledException>();
        Should.Throw<TaskCanceledException>(() => Backtest.Run(Series(0), [new Failing(new TaskCanceledException())], s_options));
    }

    [Fact]
    public void AProcessThatMakesAnotherCallIsNamed() => LocalProcesses.Run(2, group => Should.Throw<ProcessGroupException>(() =>
    {
        if (group.Rank == 0)
        {
            Backtest.Run(Series(0), s_forecasters, s_options with { Processes = group });
        }
        else
        {
            new Seasons(1).Evaluate(SequenceDataset.FromArrays(new float[12], new float[6], 1), group);
        }
    }).Message).ShouldAllBe(message => message.StartsWith("Process 1 calls Evaluate where process 0 calls the back-test."));

    private static string Described(BacktestResult result) => FormattableString.Invariant(
        $"{result} {string.Join(" ", result.Scores)} {string.Join(" ", result.Forecasts.SelectMany(fold => fold.Forecasts).Select(Described))}");

    private static string Described(Forecast forecast) => FormattableString.Invariant(
        $"{forecast.Id} {string.Join(",", forecast.Values.ToArray())} {string.Join(",", forecast.Levels)} {string.Join(",", forecast.Quantiles.ToArray())} {string.Join(",", forecast.Paths.ToArray())} {string.Join(",", Enumerable.Range(0, forecast.Horizon).Select(step => $"{forecast.Times?[step]:O}"))} {forecast.Times?.Zone?.Id}");

    private sealed class Paths : IForecaster, ITrainedForecaster
    {
        public string Name => "Paths";

        public int Horizon => s_options.Horizon;

        public ITrainedForecaster Fit(SeriesSet history, int horizon, CancellationToken cancellationToken = default) => this;

        public IReadOnlyList<Forecast> Predict(SeriesSet history) =>
            [.. history.Select(series => new Forecast(series.Id, new double[Horizon]).WithPaths((double[])[.. Enumerable.Range(0, 3 * Horizon).Select(i => series.Targets.Span[^1] + i)]))];
    }

    private sealed class Failing(Exception failure) : IForecaster
    {
        public string Name => "Failing";

        public ITrainedForecaster Fit(SeriesSet history, int horizon, CancellationToken cancellationToken = default) => throw failure;
    }
}
