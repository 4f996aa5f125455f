namespace RnnGen.Forecasting;

/// <summary>
/// Several forecasters whose forecasts become one: the same model from several seeds, or different models. An ensemble is nearly always better than its members, and its error varies less from training to
/// training. Quantiles are combined at each step, so the forecasts of several members have no <see cref="Forecast.Paths"/>.
/// </summary>
/// <example>
/// <code>
/// var ensemble = new EnsembleForecaster([.. Enumerable.Range(1, 5).Select(seed =&gt; new DirectForecaster&lt;Sales&gt;(windows) { Seed = seed })]) { Combination = Combination.Median };
/// </code>
/// </example>
public sealed class EnsembleForecaster : IModelForecaster, IDescribedForecaster
{
    private readonly IForecaster[] _members;

    /// <summary>Combines forecasters.</summary>
    /// <param name="members">At least one.</param>
    /// <exception cref="ArgumentException">There is none, or one is <see langword="null"/>.</exception>
    public EnsembleForecaster(params IForecaster[] members)
    {
        ArgumentNullException.ThrowIfNull(members);
        _members = members.Length == 0 ? throw new ArgumentException("There is no forecaster; give at least one.", nameof(members))
            : Array.IndexOf(members, null) is >= 0 and var index ? throw new ArgumentException(Invariant($"Member {index} is null."), nameof(members))
            : [.. members];
    }

    /// <inheritdoc/>
    public string Name
    {
        get => field ?? Invariant($"Ensemble of {_members.Length}");
        init;
    }

    /// <summary>How forecasts are combined. Default: <see cref="Combination.Mean"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such way.</exception>
    public Combination Combination
    {
        get;
        init => field = Enum.IsDefined(value) ? value : throw new ArgumentOutOfRangeException(nameof(Combination), Invariant($"{(int)value}"), $"There is no {nameof(Combination)} of this number.");
    }

    /// <summary>A weight for each member, above 0; empty (default) if all count the same.</summary>
    /// <exception cref="ArgumentException">There is another number of weights, or one is not above 0.</exception>
    public IReadOnlyList<double> Weights
    {
        get;
        init => field = TrainedEnsemble.Checked(value, _members.Length);
    } = [];

    /// <summary>Members that learn at once, at least 1; the threads of a model's own training come on top. The result does not depend on it. Default: 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 1.</exception>
    public int Threads
    {
        get;
        init
        {
            Guard.AtLeast(value, 1, nameof(Threads));
            field = value;
        }
    } = 1;

    void IDescribedForecaster.Describe(Action<string, string> add)
    {
        add(nameof(Combination), $"{Combination}");
        add(nameof(Weights), DescribedForecaster.Listed(Weights));
        for (int i = 0; i < _members.Length; i++)
        {
            _members[i].DescribeTo(Invariant($"member {i}"), add);
        }
    }

    // Shifts of scaled quantiles are the same for each member and for their mean or median where all of them scale alike.
    WindowOptions? IModelForecaster.Windows
    {
        get
        {
            WindowOptions?[] windows = [.. _members.Select(member => (member as IModelForecaster)?.Windows)];
            return Array.TrueForAll(windows, each => each is not null && each.Scaling.Equals(windows[0]!.Scaling) && each.PastLength == windows[0]!.PastLength) ? windows[0] : null;
        }
    }

    /// <inheritdoc/>
    public ITrainedForecaster Fit(SeriesSet history, int horizon, CancellationToken cancellationToken = default)
    {
        ITrainedForecaster[] trained = new ITrainedForecaster[_members.Length];
        try
        {
            Parallel.For(0, trained.Length, new ParallelOptions { MaxDegreeOfParallelism = Threads, CancellationToken = cancellationToken }, i => trained[i] = _members[i].Fit(history, horizon, cancellationToken));
        }
        catch (AggregateException e)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
        }

        return new TrainedEnsemble(trained) { Combination = Combination, Weights = Weights };
    }
}

/// <summary>Trained forecasters whose forecasts become one: those of an <see cref="EnsembleForecaster"/>, or models that were loaded.</summary>
public sealed class TrainedEnsemble : ITrainedModels
{
    /// <summary>Combines trained forecasters.</summary>
    /// <param name="members">At least one, of one horizon.</param>
    /// <exception cref="ArgumentException">There is none, one is <see langword="null"/>, or their horizons differ.</exception>
    public TrainedEnsemble(params ITrainedForecaster[] members)
    {
        ArgumentNullException.ThrowIfNull(members);
        if (members.Length == 0 || Array.IndexOf(members, null) >= 0 || members.Any(member => member.Horizon != members[0].Horizon))
        {
            throw new ArgumentException("An ensemble has at least one member, and all of them the same horizon.", nameof(members));
        }

        Members = [.. members];
    }

    /// <summary>The members, in their order.</summary>
    public IReadOnlyList<ITrainedForecaster> Members { get; }

    /// <inheritdoc/>
    public int Horizon => Members[0].Horizon;

    /// <summary>How forecasts are combined. Default: <see cref="Combination.Mean"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such way.</exception>
    public Combination Combination
    {
        get;
        init => field = Enum.IsDefined(value) ? value : throw new ArgumentOutOfRangeException(nameof(Combination), Invariant($"{(int)value}"), $"There is no {nameof(Combination)} of this number.");
    }

    /// <summary>A weight for each member, above 0; empty (default) if all count the same.</summary>
    /// <exception cref="ArgumentException">There is another number of weights, or one is not above 0.</exception>
    public IReadOnlyList<double> Weights
    {
        get;
        init => field = Checked(value, Members.Count);
    } = [];

    /// <inheritdoc/>
    public IReadOnlyList<Forecast> Predict(SeriesSet history)
    {
        ArgumentNullException.ThrowIfNull(history);
        IReadOnlyList<Forecast>[] all = [.. Members.Select(member => member.Predict(history))];
        return [.. Enumerable.Range(0, history.Count).Select(i => ForecastCombination.Of([.. all.Select(forecasts => forecasts[i])], Combination, Weights))];
    }

    void ITrainedModels.Correct(QuantileCorrection correction)
    {
        foreach (ITrainedForecaster member in Members)
        {
            ((ITrainedModels)member).Correct(correction);
        }
    }

    /// <summary>A copy of weights.</summary>
    internal static IReadOnlyList<double> Checked(IReadOnlyList<double> weights, int members)
    {
        ArgumentNullException.ThrowIfNull(weights);
        return weights.Count == 0 || (weights.Count == members && weights.All(weight => weight > 0 && double.IsFinite(weight)))
            ? [.. weights]
            : throw new ArgumentException(Invariant($"There are {weights.Count} weights of {members} members; give each a weight above 0, or none."), nameof(weights));
    }
}
