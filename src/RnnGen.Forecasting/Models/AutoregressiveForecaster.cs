using RnnGen.Runtime;

namespace RnnGen.Forecasting;

/// <summary>
/// Forecasts step by step with a declared model that predicts a distribution at each step and reads what was drawn at the step before: many sample paths for each series, stepped together. Source:
/// Salinas, Flunkert, Gasthaus and Januschowski, "DeepAR: probabilistic forecasting with autoregressive recurrent networks", International Journal of Forecasting 36 (2020).
/// </summary>
/// <remarks>
/// The model is many-to-many over context + horizon and causal, with <c>OutputSize = 1</c> and a loss that is a distribution: <c>Loss.Gaussian</c>, <c>StudentT</c> or <c>Laplace</c>. At each step it reads the
/// scaled value before it, the lags, what is known of the step, and the statics. In training all of these are true values (teacher forcing), also in the horizon. The forecast is the median of the paths.
/// </remarks>
/// <typeparam name="TModel">The model.</typeparam>
public sealed class AutoregressiveForecaster<TModel> : ModelForecaster<TModel>
    where TModel : IRnnModel<TModel, float, float, float>
{
    /// <summary>Creates the forecaster.</summary>
    /// <param name="windows">What a window is, and what the model reads of it.</param>
    public AutoregressiveForecaster(WindowOptions windows)
        : base(windows)
    {
    }

    /// <summary>The levels of the quantiles that are taken from the paths, rising, each above 0 and below 1. Default: 0.025, 0.1, 0.5, 0.9, 0.975.</summary>
    /// <exception cref="ArgumentException">The levels do not rise, or one is not between 0 and 1.</exception>
    public IReadOnlyList<double> Levels
    {
        get;
        init => field = Forecast.CheckedLevels(value);
    } = [0.025, 0.1, 0.5, 0.9, 0.975];

    /// <summary>Sample paths of each series, at least 1. Default: 200.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 1.</exception>
    public int Paths
    {
        get;
        init
        {
            Guard.AtLeast(value, 1, nameof(Paths));
            field = value;
        }
    } = 200;

    private protected override void Check(ModelCore<float, float, float> core) => PathPredictor.Check(core);

    private protected override StreamedSequences<float, float> Sequences(ForecastWindows windows)
    {
        PathLayout layout = new(TModel.Layout, windows);
        return WindowSequences.Of(windows, TModel.Layout, layout.CopyInputs, layout.CopyTargets);
    }

    private protected override ForecastRecipe Recipe(SeriesSet history) => new()
    {
        IsAutoregressive = true,
        Windows = Windows,
        Levels = Levels,
        Paths = Paths,
        Observed = history.ObservedNames,
        Known = history.KnownNames,
        Statics = history.StaticNames,
    };
}
