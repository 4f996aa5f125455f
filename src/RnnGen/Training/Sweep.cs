using System.Numerics;
using RnnGen.Runtime;

namespace RnnGen;

/// <summary>
/// Trains several models or settings over several seeds and compares them: one seed says little about which is better. A run that fails does not end the others, and with a
/// <see cref="Folder"/> a sweep that was interrupted goes on where it was.
/// </summary>
/// <typeparam name="TNumber">The models' number type.</typeparam>
/// <typeparam name="TInput">The type of one input element.</typeparam>
/// <typeparam name="TTarget">The type of one target element.</typeparam>
/// <param name="train">The training sequences.</param>
/// <param name="validation">The sequences by which the runs are compared.</param>
/// <example>
/// <code>
/// SweepResult found = new Sweep&lt;float, float, float&gt;(train, validation) { Seeds = [1, 2, 3, 4, 5] }
///     .Add&lt;SmallForecaster&gt;("32 units", seed => new FitOptions { Epochs = 20, Seed = seed, Optimizer = new Adam(1e-3) { ClipNorm = 1 } })
///     .Add&lt;LargeForecaster&gt;("64 units", seed => new FitOptions { Epochs = 20, Seed = seed, Optimizer = new Adam(1e-3) { ClipNorm = 1 } })
///     .Run();
/// Console.WriteLine(found);
/// found.BestModel&lt;LargeForecaster&gt;().Save("forecaster.safetensors");
/// </code>
/// </example>
public sealed partial class Sweep<TNumber, TInput, TTarget>(SequenceSource<TInput, TTarget> train, SequenceSource<TInput, TTarget> validation)
    where TNumber : unmanaged, IBinaryFloatingPointIeee754<TNumber>
    where TInput : unmanaged
    where TTarget : unmanaged
{
    private readonly SequenceSource<TInput, TTarget> _train = train ?? throw new ArgumentNullException(nameof(train));
    private readonly SequenceSource<TInput, TTarget> _validation = validation ?? throw new ArgumentNullException(nameof(validation));
    private readonly List<Candidate> _candidates = [];

    private delegate (object Model, TrainingResult Result) Training(int seed, FitOptions options, CancellationToken cancellationToken);

    private delegate TNumber[] Parameters(object model);

    private delegate void Describing(FitOptions options, Action<string, string> add);

    private delegate object Rebuilding(int seed, ReadOnlySpan<TNumber> parameters);

    /// <summary>The seeds: each candidate is trained once with each. Default: 1, 2 and 3.</summary>
    /// <exception cref="ArgumentNullException">The list is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException">The list is empty, or a seed stands in it twice.</exception>
    public IReadOnlyList<int> Seeds
    {
        get;
        init => field = CheckSeeds(value);
    } = [1, 2, 3];

    /// <summary>
    /// Where runs keep their checkpoints, a folder each; runs that the folder has are not trained again, and one that was interrupted is resumed. Default: <see langword="null"/>, none are kept.
    /// </summary>
    public string? Folder { get; init; }

    /// <summary>Receives each run when it ends; with <see cref="Processes"/>, in each process the runs that it trains. Default: <see langword="null"/>.</summary>
    public IProgress<SweepRun>? Progress { get; init; }

    /// <summary>
    /// The processes that share the runs, a power of two of them: run i is trained by process i modulo their number, alone, and <see cref="Run"/>, which all of them call, returns the same everywhere. Each
    /// process reports the runs that it trains to its own <see cref="Progress"/>. A <see cref="Folder"/> is one that all of them see. Default: <see langword="null"/>, this process alone.
    /// </summary>
    public ProcessGroup? Processes { get; init; }

    /// <summary>Adds a candidate.</summary>
    /// <typeparam name="TModel">The declared model.</typeparam>
    /// <param name="name">What results call it: a name of its own, and one that a folder can have.</param>
    /// <param name="options">Makes the options of the training with a seed; each training needs an optimiser of its own. <see langword="null"/> (default) for <c>new FitOptions { Seed = seed }</c>.</param>
    /// <returns>This sweep.</returns>
    /// <exception cref="ArgumentException">The name is empty, taken, or has a character that names of folders cannot have.</exception>
    public Sweep<TNumber, TInput, TTarget> Add<TModel>(string name, Func<int, FitOptions>? options = null)
        where TModel : IRnnModel<TModel, TNumber, TInput, TTarget>
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        if (_candidates.Any(c => string.Equals(c.Name, name, StringComparison.OrdinalIgnoreCase)))
        {
            throw new ArgumentException($"A candidate is called '{name}' already; give this one another name.", nameof(name));
        }

        if (name is "." or ".." || name.Any(c => char.IsControl(c) || @"/\:*?""<>|".Contains(c, StringComparison.Ordinal)))
        {
            throw new ArgumentException($"'{name}' cannot be the name of a folder; leave out slashes, colons, quotes and the like.", nameof(name));
        }

        _candidates.Add(new(name, options ?? (seed => new FitOptions { Seed = seed }), (seed, made, cancellationToken) =>
        {
            TModel model = TModel.Create(seed);
            return (model, TrainingLoop.Fit<TModel, TNumber, TInput, TTarget>(model, _train, _validation, made, cancellationToken));
        },
        model => ((TModel)model).Parameters.ToArray(),
        (seed, parameters) =>
        {
            TModel model = TModel.Create(seed);
            model.SetParameters(parameters);
            return model;
        },
        FitSettings.Describe<TModel, TNumber, TInput, TTarget>));
        return this;
    }

    /// <summary>Trains every candidate with every seed.</summary>
    /// <param name="cancellationToken">Ends the sweep; with a <see cref="Folder"/> the next one goes on where it was.</param>
    /// <returns>All runs. The model of the best one is kept, and no other.</returns>
    /// <exception cref="InvalidOperationException">There is no candidate.</exception>
    /// <exception cref="ArgumentException">Candidates watch different things, so that their values cannot be compared; or a candidate's options have checkpoints of their own, and there is a <see cref="Folder"/>.</exception>
    /// <exception cref="CheckpointException">A folder holds the checkpoints of another training, or cannot be written.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled, in any of the <see cref="Processes"/>.</exception>
    /// <exception cref="ProcessGroupException">Processes have other candidates, seeds or data, or one does not answer.</exception>
    public SweepResult Run(CancellationToken cancellationToken = default)
    {
        return Together.Run(Processes, SharedCall.Sweep, nameof(Processes), group => Train(Together.Agree(group, CheckCandidates), group, cancellationToken));
    }

    private SweepResult Train(Monitor monitor, ProcessGroup? processes, CancellationToken cancellationToken)
    {
        if (processes is not null)
        {
            CheckAlike(processes, monitor);
        }

        SweepRun?[] runs = new SweepRun?[_candidates.Count * Seeds.Count];
        object? best = Together.Agree(processes, () => TrainOwn(runs, monitor, processes, cancellationToken), cancellationToken);
        best = processes is null ? best : Gather(processes, runs, monitor, best);
        return new(monitor, [.. runs.OfType<SweepRun>()], best);
    }

    // The runs of this process; returns the model of the best of them.
    private object? TrainOwn(SweepRun?[] runs, Monitor monitor, ProcessGroup? processes, CancellationToken cancellationToken)
    {
        object? best = null;
        for (int i = processes?.Rank ?? 0; i < runs.Length; i += processes?.Count ?? 1)
        {
            (SweepRun run, object? model) = RunOne(_candidates[i / Seeds.Count], Seeds[i % Seeds.Count], cancellationToken);
            runs[i] = run;
            best = ReferenceEquals(SweepResult.BestOf(runs.OfType<SweepRun>(), monitor), run) ? model : best;
            Progress?.Report(run);
        }

        return best;
    }

    private (SweepRun Run, object? Model) RunOne(Candidate candidate, int seed, CancellationToken cancellationToken)
    {
        try
        {
            FitOptions options = candidate.Options(seed);
            if (Folder is not null)
            {
                options = options.Resumed(new CheckpointOptions(Path.Combine(Folder, candidate.Name, Invariant($"seed {seed}"))) { Keep = 1 });
            }

            (object model, TrainingResult result) = candidate.Train(seed, options, cancellationToken);
            EpochResult? end = options.KeepsBest && result.HasBest ? result.Best : result.Epochs[^1];
            return (new() { Name = candidate.Name, Seed = seed, Result = result, Seconds = result.Epochs.Sum(e => e.Seconds), Value = end.Monitored ?? end.LossToWatch }, model);
        }
        catch (Exception e) when (e is not (OperationCanceledException or CheckpointException or ArgumentException or ProcessGroupException))
        {
            // The others may do better; the result says that this one failed.
            return (new() { Name = candidate.Name, Seed = seed, Failure = e }, null);
        }
    }

    private Monitor CheckCandidates()
    {
        if (_candidates.Count == 0)
        {
            throw new InvalidOperationException("There is nothing to train: Add a candidate first.");
        }

        Monitor? monitor = null;
        foreach (Candidate candidate in _candidates)
        {
            FitOptions options = candidate.Options(Seeds[0]) ?? throw new ArgumentException($"The options of '{candidate.Name}' are null; return a FitOptions.");
            monitor ??= options.Monitor;
            if (options.Monitor.Name != monitor.Name)
            {
                throw new ArgumentException($"'{_candidates[0].Name}' watches the {monitor}, and '{candidate.Name}' the {options.Monitor}, so their values cannot be compared. Set the same Monitor for all.");
            }

            if (Processes is not null && options.Processes is not null)
            {
                throw new ArgumentException($"The options of '{candidate.Name}' have Processes, and the sweep shares its runs among its own. Set one of the two.");
            }

            if (Folder is not null && options.Checkpoint is not null)
            {
                throw new ArgumentException($"'{candidate.Name}' has checkpoints of its own, and the sweep keeps its runs in '{Folder}'. Set one of the two.");
            }
        }

        return monitor!;
    }

    private static IReadOnlyList<int> CheckSeeds(IReadOnlyList<int> seeds)
    {
        ArgumentNullException.ThrowIfNull(seeds);
        if (seeds.Count == 0 || seeds.Distinct().Count() < seeds.Count)
        {
            throw new ArgumentException(seeds.Count == 0 ? "Seeds needs at least one seed." : "Each of the Seeds may stand there once: the same seed trains the same model.", nameof(seeds));
        }

        return [.. seeds];
    }

    private sealed record Candidate(string Name, Func<int, FitOptions> Options, Training Train, Parameters ParametersOf, Rebuilding Rebuild, Describing Describe);
}
