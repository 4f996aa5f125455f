using RnnGen.Forecasting;

namespace Sunspots;

/// <summary>The mean of the last values stays: a forecaster of the sample's own, beside those that the library has.</summary>
/// <param name="months">How many values.</param>
internal sealed class MeanOfLastMonths(int months) : IForecaster
{
    public string Name => $"mean of the last {months} months";

    /// <summary>There is nothing to learn.</summary>
    public ITrainedForecaster Fit(SeriesSet history, int horizon, CancellationToken cancellationToken = default) => new Trained(months, horizon);

    private sealed class Trained(int months, int horizon) : ITrainedForecaster
    {
        public int Horizon => horizon;

        public IReadOnlyList<Forecast> Predict(SeriesSet history) => [.. history.Select(series =>
        {
            double mean = series.Targets[^months..].ToArray().Average();
            return new Forecast(series.Id, Enumerable.Repeat(mean, horizon).ToArray());
        })];
    }
}
