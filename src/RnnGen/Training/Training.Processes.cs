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
            throw failure;
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

    private void Report(EpochResult result)
    {
        if (!IsFirst)
        {
            return;
        }

        try
        {
            _options.Report(result);
        }
        catch
        {
            _processes?.Fail();
            throw;
        }
    }

    // Processes that do not train the same would each go their own way, or wait for each other.
    private void CheckAlike()
    {
        if (_processes is null)
        {
            return;
        }

        Likeness likeness = new(_processes, "train");
        foreach ((string name, string value) in Identity(_options.Epochs).Settings)
        {
            likeness.Add(name, value);
        }

        likeness.Add<int>("Epochs", [_options.Epochs]);
        likeness.Add<long>("positions in the training", [_step]);
        likeness.Add("values of the model's parameters", _model.Parameters);
        likeness.Add(nameof(FitOptions.ShardOptimizer), _optimizer.IsShared ? "true" : "false");
        likeness.Add("values of the optimiser's moments", _optimizer.IsShared ? default : _optimizer.Moments<TNumber>());
        likeness.Check();
    }
}
