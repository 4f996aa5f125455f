using RnnGen.Runtime;

namespace RnnGen.Forecasting;

/// <summary>
/// Forecasts all steps of the horizon at once with a declared model, which decides how by its architecture:
/// <list type="bullet">
/// <item>many-to-one with <c>OutputSize</c> = horizon reads the context. Where it has fewer steps than the context, each reads several steps of the window, such as a day of hours.</item>
/// <item>many-to-many over context + horizon reads at each step also whether it is of the horizon, and its position; over the context it has no target (<c>MaskedTargets = true</c>).</item>
/// <item>encoder-decoder with <c>OutputLength</c> = horizon reads the context, and what is known of the horizon where it declares known inputs.</item>
/// </list>
/// Quantiles are those of <c>Loss.Quantile</c>, scaled back one by one; of a loss that is a distribution, those of <see cref="ModelForecaster{TModel}.Paths"/> draws.
/// </summary>
/// <typeparam name="TModel">The model.</typeparam>
/// <example>
/// <code>
/// var windows = new WindowOptions { ContextLength = 36, Horizon = 12, Scaling = Scaling.Log.Then(Scaling.SeasonalDifferences(12)) };
/// var forecaster = new DirectForecaster&lt;Sales&gt;(windows) { Training = seed =&gt; new FitOptions { Epochs = 20, Seed = seed } };
/// TrainedForecaster&lt;Sales&gt; trained = forecaster.Fit(sales, horizon: 12);
/// IReadOnlyList&lt;Forecast&gt; forecasts = trained.Predict(sales);
/// trained.Models[0].Save("sales.safetensors");
/// </code>
/// </example>
public sealed class DirectForecaster<TModel> : ModelForecaster<TModel>
    where TModel : IRnnModel<TModel, float, float, float>
{
    /// <summary>Creates the forecaster.</summary>
    /// <param name="windows">What a window is, and what the model reads of it.</param>
    public DirectForecaster(WindowOptions windows)
        : base(windows, [])
    {
    }

    private protected override bool IsAutoregressive => false;

    private protected override void Check(ModelCore<float, float, float> core)
    {
        if (Levels.Count > 0 && TModel.Layout.Quantiles is { Count: > 0 } own)
        {
            throw new ArgumentException(Invariant($"The loss of {TModel.Layout.ModelName} has quantiles of its own, of the levels {string.Join(", ", own.Select(level => Invariant($"{level}")))}; leave out {nameof(Levels)}, or declare other Quantiles."));
        }

        if (Levels.Count > 0 && core.Shape.Head is not { Draws: true })
        {
            throw new ArgumentException($"The loss of {TModel.Layout.ModelName} is not a distribution of which {nameof(Levels)} could be drawn; leave them out, or take intervals from errors on held-out windows (conformal forecasts).");
        }
    }

    private protected override StreamedSequences<float, float> Sequences(ForecastWindows windows)
    {
        WindowLayout layout = new(TModel.Layout, windows);
        return WindowSequences.Of(windows, TModel.Layout, layout.CopyInputs, layout.CopyTargets);
    }
}
