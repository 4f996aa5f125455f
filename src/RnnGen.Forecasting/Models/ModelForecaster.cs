using System.Runtime.InteropServices;
using System.Security.Cryptography;
using RnnGen.Runtime;

namespace RnnGen.Forecasting;

/// <summary>
/// A forecaster that trains a declared model on the windows of all series. The windows are made while they are read, and are never held as arrays. What the model needs to forecast alone later is kept in
/// its <c>Metadata</c>, and so in its file: load it, and wrap it in a <see cref="TrainedForecaster{TModel}"/>.
/// </summary>
/// <typeparam name="TModel">The model, which is generated from a declaration in single precision.</typeparam>
public abstract class ModelForecaster<TModel> : IModelForecaster, IDescribedForecaster
    where TModel : IRnnModel<TModel, float, float, float>
{
    private protected ModelForecaster(WindowOptions windows, IReadOnlyList<double> levels)
    {
        ArgumentNullException.ThrowIfNull(windows);
        windows.CheckPast();
        (Windows, Levels) = (windows, levels);
    }

    /// <summary>What a window is, and what the model reads of it.</summary>
    public WindowOptions Windows { get; }

    /// <inheritdoc/>
    public string Name
    {
        get => field ?? TModel.Layout.ModelName;
        init;
    }

    /// <summary>The seed of the model's first parameters, of the order of the windows, and of the draws and sample paths of the trained forecaster. Default: 0.</summary>
    public int Seed { get; init; }

    /// <summary>The model whose parameters a training starts from, to train again on new values; it does not change. It may have been trained with another loss. Default: <see langword="null"/>, parameters that are drawn with <see cref="Seed"/>.</summary>
    public TModel? Start { get; init; }

    /// <summary>
    /// Makes the options of a training, each time with an optimiser of its own, from the seed. Default: 10 epochs of Adam with a learning rate of 1e-3, a clip norm of 1.
    /// </summary>
    public Func<int, FitOptions> Training
    {
        get;
        init => field = value ?? throw new ArgumentNullException(nameof(Training));
    } = static seed => new FitOptions { Seed = seed };

    /// <summary>Sets what else a model has before its training, such as other <c>DropoutRates</c> than are declared. Default: <see langword="null"/>, nothing.</summary>
    public Action<TModel>? Prepare { get; init; }

    /// <summary>
    /// The levels of the quantiles that are taken from draws or sample paths, where the loss is a distribution, rising, each above 0 and below 1; <c>Loss.Quantile</c> has its own. Default: none of
    /// <see cref="DirectForecaster{TModel}"/>; 0.025, 0.1, 0.5, 0.9, 0.975 of <see cref="AutoregressiveForecaster{TModel}"/>.
    /// </summary>
    /// <exception cref="ArgumentException">The levels do not rise, or one is not between 0 and 1.</exception>
    public IReadOnlyList<double> Levels
    {
        get;
        init => field = Forecast.CheckedLevels(value);
    }

    /// <summary>Draws or sample paths of each series of which quantiles are taken, from 1 to 2²⁰; with one model <see cref="Forecast.Paths"/> has them. Default: 200.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 1, or above 2²⁰.</exception>
    public int Paths
    {
        get;
        init
        {
            Guard.Within(value, 1, ForecastRecipe.MaximumPaths, nameof(Paths));
            field = value;
        }
    } = 200;

    /// <summary>Horizons at the end of each series, of a shorter one all of it, that are not trained on, and on which <see cref="FitOptions.Patience"/> watches the loss, at least 0. Default: 0, all is trained on.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    public int ValidationWindows
    {
        get;
        init
        {
            Guard.AtLeast(value, 0, nameof(ValidationWindows));
            field = value;
        }
    }

    /// <summary>
    /// Epochs whose parameters are kept, each as a model of its own; their forecasts are averaged, and <see cref="Forecast.Paths"/> is empty where there are several. The first model is what the training ends with, such as its best epoch with
    /// <see cref="FitOptions.Patience"/>; the others are the last epochs but that one, oldest first. A training of fewer epochs has a model for each of them. At least 1. Default: 1, what the training ends with.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 1.</exception>
    public int Snapshots
    {
        get;
        init
        {
            Guard.AtLeast(value, 1, nameof(Snapshots));
            field = value;
        }
    } = 1;

    /// <inheritdoc cref="IForecaster.Fit"/>
    /// <exception cref="ArgumentException">The horizon is not that of <see cref="Windows"/>, the model's loss has no quantiles of the levels that are asked for, or it is one of counts and the windows have a scaling.</exception>
    /// <exception cref="SeriesDataException">A series cannot be learned from, or the model is declared for other windows.</exception>
    public TrainedForecaster<TModel> Fit(SeriesSet history, int horizon, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(history);
        if (horizon != Windows.Horizon)
        {
            throw new ArgumentException(Invariant($"The windows have a horizon of {Windows.Horizon} steps, not {horizon}; create the forecaster with windows of that horizon."), nameof(horizon));
        }

        if (Start is not null && ModelCores.Of(Start).Metadata is var metadata && ForecastRecipe.IsIn(metadata))
        {
            history = LearnedColumns.Of(history, ForecastRecipe.Load(metadata, TModel.Layout.ModelName), TModel.Layout.ModelName);
        }

        ForecastWindows windows = ForecastWindows.Create(history.BeforeLast((long)ValidationWindows * horizon), Windows);
        ForecastWindows? held = ValidationWindows > 0 ? ForecastWindows.Newest(history, Windows with { Stride = horizon, ExtraStride = null }, ValidationWindows) : null;
        TModel model = TModel.Create(Seed);
        CheckLoss(ModelCores.Of(model));
        Check(ModelCores.Of(model));
        if (Start is not null)
        {
            model.SetParameters(Start.Parameters);
        }

        Prepare?.Invoke(model);

        SnapshotCallback snapshots = new(model, Snapshots);
        FitOptions options = OptionsOfTraining();
        if (Snapshots > 1)
        {
            options = options.WithCallback(snapshots);
        }

        TrainingResult result = model.Fit(Sequences(windows), held is null ? null : Sequences(held), options, cancellationToken);
        bool endsWithBest = (options.RestoreBest ?? options.Patience is not null) && result.HasBest;
        TModel[] models = [model, .. snapshots.ModelsBeside(endsWithBest ? result.Best.Epoch : result.Epochs[^1].Epoch)];
        ForecastRecipe recipe = Recipe(history, ForecastLoss.Of(ModelCores.Of(model)));
        foreach (TModel each in models)
        {
            recipe.Save(ModelCores.Of(each).Metadata);
        }

        return new(models);
    }

    ITrainedForecaster IForecaster.Fit(SeriesSet history, int horizon, CancellationToken cancellationToken) => Fit(history, horizon, cancellationToken);

    void IDescribedForecaster.Describe(Action<string, string> add)
    {
        Windows.Describe(add);
        add(nameof(Seed), Invariant($"{Seed}"));
        add(nameof(Levels), DescribedForecaster.Listed(Levels));
        add(nameof(Paths), Invariant($"{Paths}"));
        add(nameof(ValidationWindows), Invariant($"{ValidationWindows}"));
        add(nameof(Snapshots), Invariant($"{Snapshots}"));
        add($"{nameof(Start)}'s parameters with hash", Start is null ? "none" : Convert.ToHexString(SHA256.HashData(MemoryMarshal.AsBytes(Start.Parameters)))[..16]);
        FitSettings.Describe<TModel, float, float, float>(OptionsOfTraining(), (name, value) => add($"{nameof(Training)}'s {name}", value));
    }

    private void CheckLoss(ModelCore<float, float, float> core)
    {
        if (ForecastLoss.Problem(TModel.Layout, ForecastLoss.Of(core), Windows.Scaling) is { } problem)
        {
            throw new ArgumentException($"{char.ToUpperInvariant(problem[0])}{problem[1..]}.");
        }
    }

    /// <summary>Checks that the model forecasts as is asked, before it is trained.</summary>
    private protected abstract void Check(ModelCore<float, float, float> core);

    /// <summary>The windows as the model reads them.</summary>
    private protected abstract StreamedSequences<float, float> Sequences(ForecastWindows windows);

    /// <summary>Whether it forecasts sample paths step by step.</summary>
    private protected abstract bool IsAutoregressive { get; }

    private FitOptions OptionsOfTraining() => Training(Seed) ?? throw new InvalidOperationException($"{nameof(Training)} of '{Name}' returned null; it makes the {nameof(FitOptions)} of a training.");

    // What the model needs to forecast alone.
    private ForecastRecipe Recipe(SeriesSet history, ForecastLoss? loss) => new()
    {
        IsAutoregressive = IsAutoregressive,
        Windows = Windows,
        Levels = Levels,
        Paths = Paths,
        Observed = history.ObservedNames,
        Known = history.KnownNames,
        Statics = history.StaticNames,
        LossLevels = TModel.Layout.Quantiles,
        Loss = loss,
        Frequency = history.Frequency,
        Zones = Windows.Calendar.Count > 0 ? LearnedZones.Of(history) : null,
        Seed = Seed,
    };

    // Keeps the parameters of the last epochs.
    private sealed class SnapshotCallback(TModel model, int count) : TrainingCallback
    {
        private readonly Queue<(int Epoch, float[] Parameters)> _kept = new();

        /// <summary>Models of the last epochs but the one that the training ended with; with that one they are as many as are asked, or as there were epochs.</summary>
        public IEnumerable<TModel> ModelsBeside(int final) => _kept.Where(kept => kept.Epoch != final).TakeLast(count - 1).Select(kept =>
        {
            TModel snapshot = TModel.Create(0);
            snapshot.SetParameters(kept.Parameters);
            return snapshot;
        });

        public override void OnEpochEnded(EpochResult epoch)
        {
            _kept.Enqueue((epoch.Epoch, model.Parameters.ToArray()));
            while (_kept.Count > count)
            {
                _kept.Dequeue();
            }
        }
    }
}
