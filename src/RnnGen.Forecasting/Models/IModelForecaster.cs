namespace RnnGen.Forecasting;

/// <summary>A forecaster that trains models only, all of which scale the targets of a window in one way.</summary>
internal interface IModelForecaster : IForecaster
{
    /// <summary>The windows whose scaling it is; <see langword="null"/> where members differ, or one is not a model.</summary>
    WindowOptions? Windows { get; }
}

/// <summary>Trained models, each of which keeps what corrects its quantiles.</summary>
internal interface ITrainedModels : ITrainedForecaster
{
    /// <summary>Corrects the quantiles of all forecasts from now on; the files that the models are saved to have the correction too.</summary>
    /// <param name="correction">Measured in the models' own scaling.</param>
    void Correct(QuantileCorrection correction);
}
