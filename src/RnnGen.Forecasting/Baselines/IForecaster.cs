namespace RnnGen.Forecasting;

/// <summary>A way to forecast series: a baseline, or a model. It learns from a set, and what it has learned forecasts any set with the same covariates.</summary>
public interface IForecaster
{
    /// <summary>A short name, for tables.</summary>
    string Name { get; }

    /// <summary>Learns from histories.</summary>
    /// <param name="history">The series; nothing after their last step is known, but known covariates.</param>
    /// <param name="horizon">Steps to forecast, at least 1.</param>
    /// <param name="cancellationToken">Stops the training.</param>
    /// <exception cref="SeriesDataException">A series cannot be learned from.</exception>
    ITrainedForecaster Fit(SeriesSet history, int horizon, CancellationToken cancellationToken = default);
}

/// <summary>What an <see cref="IForecaster"/> has learned. Several threads may forecast at once.</summary>
public interface ITrainedForecaster
{
    /// <summary>Steps that it forecasts.</summary>
    int Horizon { get; }

    /// <summary>Forecasts the steps after each history.</summary>
    /// <param name="history">The series: those that it learned from, or longer or other ones.</param>
    /// <returns>A forecast for each series, in their order.</returns>
    /// <exception cref="SeriesDataException">A series cannot be forecast.</exception>
    IReadOnlyList<Forecast> Predict(SeriesSet history);
}
