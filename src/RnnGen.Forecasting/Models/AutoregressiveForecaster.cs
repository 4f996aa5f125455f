using RnnGen.Runtime;

namespace RnnGen.Forecasting;

/// <summary>
/// Forecasts step by step with a declared model that predicts a distribution at each step and reads what was drawn at the step before: many sample paths for each series, stepped together. Source:
/// Salinas, Flunkert, Gasthaus and Januschowski, "DeepAR: probabilistic forecasting with autoregressive recurrent networks", International Journal of Forecasting 36 (2020).
/// </summary>
/// <remarks>
/// The model is many-to-many over context + horizon and causal, with <c>OutputSize = 1</c> and a loss that values can be drawn from: <c>Loss.Gaussian</c>, <c>StudentT</c> or <c>Laplace</c>, or a loss of your own
/// with a line <c>draw</c>; <c>NegativeBinomial</c> and <c>Poisson</c> for counts, with <see cref="Scaling.None"/>; <c>Quantile</c>, whose paths stay between the first quantile and the last. At each step it reads the
/// scaled value before it, the lags, what is known of the step, and the statics, which are given once where the model declares <c>[Static]</c> inputs. In training all of these are true values (teacher forcing), also in the horizon. The forecast is the median of the paths.
/// </remarks>
/// <typeparam name="TModel">The model.</typeparam>
public sealed class AutoregressiveForecaster<TModel> : ModelForecaster<TModel>
    where TModel : IRnnModel<TModel, float, float, float>
{
    /// <summary>Creates the forecaster.</summary>
    /// <param name="windows">What a window is, and what the model reads of it.</param>
    public AutoregressiveForecaster(WindowOptions windows)
        : base(windows, [0.025, 0.1, 0.5, 0.9, 0.975])
    {
    }

    private protected override bool IsAutoregressive => true;

    private protected override void Check(ModelCore<float, float, float> core) => PathPredictor.Check(core);

    private protected override StreamedSequences<float, float> Sequences(ForecastWindows windows)
    {
        PathLayout layout = new(TModel.Layout, windows);
        return WindowSequences.Of(windows, TModel.Layout, layout.CopyInputs, layout.CopyTargets);
    }
}
