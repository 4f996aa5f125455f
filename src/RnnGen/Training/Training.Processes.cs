using System.Numerics;

namespace RnnGen.Runtime;

// How a training runs in several processes: each takes every step and computes its share of the batch; process 0 reports and writes.
internal sealed partial class Training<TSelf, TNumber, TInput, TTarget>
{
    private readonly ProcessGroup? _processes; // null if this one trains alone

    // Of all processes, where they share them.
    private bool AreMomentsFinite()
    {
        bool areFinite = NonFinite.None(_optimizer.Moments<TNumber>());
        return _optimizer.IsShared ? !_processes!.Any(!areFinite) : areFinite;
    }

    private bool IsFirst => _processes is not { Rank: > 0 };

    private SharedCalls ShareCalls() => new(_processes is null ? null : ((ISharedModel)_model).Core, _processes);

    // Where one process stopped alone, the others would wait for it: between two steps all of them ask.
    private CancellationToken OwnToken(CancellationToken cancellationToken) => _processes is null ? cancellationToken : CancellationToken.None;

    // Whether to stop: one process that was told to is enough.
    private bool IsCancelled(CancellationToken cancellationToken) => _processes?.Any(cancellationToken.IsCancellationRequested) ?? cancellationToken.IsCancellationRequested;

    // Only process 0 does it, and all learn how it ended.
    private void OnFirst(Action action)
    {
        CheckpointException? failure = null;
        if (IsFirst)
        {
            try
            {
                action();
            }
            catch (CheckpointException e)
            {
                failure = e;
            }
        }

        if (_processes?.BroadcastText(failure?.Message) is { } message && !IsFirst)
        {
            failure = new CheckpointException($"Process 0: {message}");
        }

        if (failure is not null)
        {
            throw Agreed(failure);
        }
    }

    // The checkpoint that process 0 has opened, wherever the others run.
    private Stream? Shared(FileStream? newest, out string name)
    {
        name = newest?.Name ?? "";
        if (_processes is null)
        {
            return newest;
        }

        byte[]? bytes = null;
        if (newest is not null)
        {
            using (newest)
            {
                bytes = new byte[newest.Length];
                newest.ReadExactly(bytes);
            }
        }

        name = _processes.BroadcastText(name)!;
        return _processes.BroadcastBytes(bytes) is { } all ? new MemoryStream(all, writable: false) : null;
    }

    // All processes throw it: they computed the same.
    private T Agreed<T>(T exception) where T : Exception => _processes?.Agree(exception) ?? exception;

    // Processes that do not train the same would each go their own way, or wait for each other. What shapes their exchanges is compared before any of these.
    private void CheckSettings()
    {
        if (_processes is null)
        {
            return;
        }

        Likeness likeness = new(_processes, "train");
        foreach ((string name, string value) in Identity(_options.Epochs).Settings)
        {
            likeness.Add(name, value, FixOf(name));
        }

        // What a checkpoint leaves free, and what is exchanged depends on. Free here too are what process 0 alone does (Progress, Callbacks, the checkpoint's Folder and Keep) and Processes.
        likeness.Add(nameof(FitOptions.Epochs), Invariant($"{_options.Epochs}"), Likeness.SameOptions);
        likeness.Add($"{nameof(FitOptions.Monitor)}'s {nameof(Monitor.HigherIsBetter)}", _options.Monitor.HigherIsBetter ? "true" : "false", Likeness.SameOptions);
        likeness.Add(nameof(FitOptions.Metrics), _hasMeasures ? "true" : "false", Likeness.SameOptions);
        likeness.Add(nameof(FitOptions.ShardOptimizer), _optimizer.IsShared ? "true" : "false", Likeness.SameOptions);
        likeness.Add(nameof(FitOptions.Resume), _options.Resume ? "true" : "false", Likeness.SameOptions);
        likeness.Add(nameof(FitOptions.Checkpoint), _options.Checkpoint is { } checkpoint ? Invariant($"EveryEpochs {checkpoint.EveryEpochs}, EverySteps {checkpoint.EverySteps ?? 0}") : "none", Likeness.SameOptions);
        likeness.Check();
    }

    // What a checkpoint may have brought.
    private void CheckValues()
    {
        if (_processes is null)
        {
            return;
        }

        Likeness likeness = new(_processes, "train");
        likeness.Add("steps of the training", Invariant($"{_step}"), "Let process 0 alone read the checkpoints.");
        likeness.Add("the parameters' hash", _model.Parameters, Likeness.SameParameters);
        likeness.Add("steps of dropout", Invariant($"{(_model as IDropoutModel)?.DropoutStep ?? 0}"), Likeness.SameSteps);
        likeness.Add("steps of scheduled sampling", Invariant($"{(_model as IScheduledSamplingModel)?.SamplingStep ?? 0}"), Likeness.SameSteps);
        likeness.Add("steps of the optimiser", Invariant($"{_optimizer.StepCount}"), Likeness.SameOptimizer);
        likeness.Add("the optimiser's moments' hash", _optimizer.IsShared ? default : _optimizer.Moments<TNumber>(), Likeness.SameOptimizer);
        likeness.Check();
    }

    // By a measure of the program's own that differs one process would stop, or keep parameters, where another goes on.
    private void CheckMonitored(EpochResult result)
    {
        if (_processes is not null && _options.Monitor.IsOwn)
        {
            Likeness likeness = new(_processes, "train");
            likeness.Add(Invariant($"{nameof(FitOptions.Monitor)} '{_options.Monitor.Name}' after epoch {result.Epoch}"), Invariant($"{result.Monitored:R}"), "Monitor.Of computes the same from the same evaluation in all processes.");
            likeness.Check();
        }
    }

    private static string FixOf(string name) => name switch
    {
        nameof(VectorWidth) or VectorWidths.InstructionsName => Likeness.SameWidth,
        "validation data" => "Pass validation data in all processes, or in none.",
        _ when name.Contains(" data", StringComparison.Ordinal) => Likeness.SameData,
        _ when name.StartsWith("model", StringComparison.Ordinal) || name is "parameters" or "number type" => Likeness.SameModel,
        _ => Likeness.SameOptions,
    };
}
