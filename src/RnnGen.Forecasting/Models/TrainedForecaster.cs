namespace RnnGen.Forecasting;

/// <summary>
/// Models that a <see cref="DirectForecaster{TModel}"/> or an <see cref="AutoregressiveForecaster{TModel}"/> has trained, or that were loaded from the files of such models. They forecast alone: what
/// their windows are is in their metadata. Several models are averaged. Several threads may forecast at once.
/// </summary>
/// <typeparam name="TModel">The model.</typeparam>
/// <example>
/// <code>
/// var forecaster = new TrainedForecaster&lt;Sales&gt;(Sales.Load("sales.safetensors"));
/// ForecastTable.Write("forecast.csv", forecaster.Predict(LongTable.Read("sales.csv", columns)));
/// </code>
/// </example>
public sealed class TrainedForecaster<TModel> : ITrainedModels
    where TModel : IRnnModel<TModel, float, float, float>
{
    private readonly int? _seed;
    private ForecastRecipe _recipe;

    /// <summary>Wraps models.</summary>
    /// <param name="models">At least one, all with the same recipe: windows, scaling, names, levels, frequency, correction. Each was trained by a forecaster.</param>
    /// <exception cref="ArgumentException">There is no model, one was not generated, or their recipes differ; the message names what differs.</exception>
    /// <exception cref="ModelFileException">A model has no recipe of forecasts, one that cannot be read, or one of a training with another loss or other levels of quantiles than the class declares.</exception>
    public TrainedForecaster(params TModel[] models)
    {
        ArgumentNullException.ThrowIfNull(models);
        if (models.Length == 0)
        {
            throw new ArgumentException("There is no model; give at least one.", nameof(models));
        }

        Models = [.. models];
        ForecastRecipe[] recipes = [.. models.Select(model => ForecastRecipe.Load(ModelCores.Of(model).Metadata, TModel.Layout.ModelName))];
        for (int i = 0; i < recipes.Length; i++)
        {
            recipes[i].CheckLoss(TModel.Layout, ForecastLoss.Of(ModelCores.Of(models[i])));
        }

        foreach (ForecastRecipe other in recipes)
        {
            if (recipes[0].DifferencesFrom(other) is { Count: > 0 } differences)
            {
                throw new ArgumentException(Invariant($"Model {Array.IndexOf(recipes, other)} was trained otherwise than model 0: {string.Join("; ", differences)}. Wrap each of them, and combine the forecasters in a {nameof(TrainedEnsemble)}."), nameof(models));
            }
        }

        _recipe = recipes[0] with
        {
            Frequency = recipes.Select(static recipe => recipe.Frequency).FirstOrDefault(static frequency => frequency is not null),
            Zones = recipes.Select(static recipe => recipe.Zones).FirstOrDefault(static zones => zones is not null),
        };
    }

    /// <summary>The models, to save them.</summary>
    public IReadOnlyList<TModel> Models { get; }

    /// <summary>What a window is, and what the models read of it.</summary>
    public WindowOptions Windows => _recipe.Windows;

    /// <inheritdoc/>
    public int Horizon => _recipe.Windows.Horizon;

    /// <summary>
    /// The seed of draws and sample paths. Those of a series depend on this and on its id, not on the other series of the set. Default: the <see cref="ModelForecaster{TModel}.Seed"/> of the first model's
    /// training, which its file keeps.
    /// </summary>
    public int Seed
    {
        get => _seed ?? _recipe.Seed;
        init => _seed = value;
    }

    /// <inheritdoc/>
    /// <remarks>
    /// Statics are matched by name. Categories that the model learned and no series of the set has are 0, so that one series can be forecast alone. A series whose history has a scale of 0, as a constant one with
    /// <see cref="Scaling.StandardScore"/> or zeros with <see cref="Scaling.MeanAbsolute"/>, is forecast as what the scaling subtracts, at every level. One model with a loss that is a distribution has
    /// <see cref="Forecast.Paths"/>; several models have none.
    /// </remarks>
    /// <exception cref="SeriesDataException">
    /// A series cannot be forecast, such as one without a known value, or with a known covariate that is missing in the horizon; or the set has another frequency, other covariates or statics than the one that was
    /// learned from, a category that the model did not learn, or times of another zone, where the model reads the calendar.
    /// </exception>
    public IReadOnlyList<Forecast> Predict(SeriesSet history)
    {
        ArgumentNullException.ThrowIfNull(history);
        SameFrequency(history);
        LearnedZones.Check(history, _recipe.Zones, TModel.Layout.ModelName);
        history = LearnedColumns.Of(history, _recipe, TModel.Layout.ModelName);
        ForecastWindows windows = ForecastWindows.Latest(history, _recipe.Windows);
        WindowPredictor[] predictors = [.. Models.Select(model => PredictorOf(model, windows))];
        WindowReader reader = windows.CreateReader();
        Forecast[] forecasts = new Forecast[windows.Count];
        for (int i = 0; i < forecasts.Length; i++)
        {
            SeriesCheck.IsKnown(history[i]);
            reader.Read(i);
            Forecast forecast = ForecastCombination.Of([.. predictors.Select(predictor => predictor.Predict(reader))], Combination.Mean, []);
            forecasts[i] = _recipe.Correction is { } correction ? correction.Of(forecast, reader.Scaler) : forecast;
        }

        return forecasts;
    }

    void ITrainedModels.Correct(QuantileCorrection correction)
    {
        _recipe = _recipe with { Correction = correction };
        foreach (TModel model in Models)
        {
            _recipe.Save(ModelCores.Of(model).Metadata);
        }
    }

    private WindowPredictor PredictorOf(TModel model, ForecastWindows windows) => _recipe.IsAutoregressive
        ? new PathPredictor(ModelCores.Of(model), _recipe, windows, Seed)
        : new DirectPredictor(ModelCores.Of(model), _recipe, windows, Seed);

    // Where one of them has no times, nobody knows.
    private void SameFrequency(SeriesSet history)
    {
        if (_recipe.Frequency is { } learned && history.Frequency is { } given && given != learned)
        {
            throw new SeriesDataException($"The series have steps of {given}, but {TModel.Layout.ModelName} learned from steps of {learned}; read them with that frequency, or train a model for this one.");
        }
    }
}
