using System.Numerics;

namespace RnnGen.Runtime;

// How a training runs in several processes: each takes every step and computes its share of the batch; process 0 reports and writes.
internal sealed partial class Training<TSelf, TNumber, TInput, TTarget>
{
    private readonly ProcessGroup? _processes; // null if this one trains alone

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

        List<string> names = [];
        List<ulong> hashes = [];
        ContentHash whole = new();
        foreach ((string name, string value) in Identity(_options.Epochs).Settings)
        {
            Add<char>(name, value);
        }

        Add<int>("Epochs", [_options.Epochs]);
        Add<long>("positions in the training", [_step]);
        Add("values of the model's parameters", _model.Parameters);
        Add("values of the optimiser's moments", _optimizer.Moments<TNumber>());
        foreach (string name in names)
        {
            whole.Add<char>(name);
        }

        // Settings with the same names can be compared one by one.
        if ((FirstOther([whole.Value]) ?? FirstOther([.. hashes])) is (int rank, int place))
        {
            throw new ProcessGroupException(Invariant(
                $"Process {rank} does not train as process 0 does: their {(place < 0 ? "settings" : names[place])} differ. Start the same program with the same data everywhere, and create the model with the same seed."), rank);
        }

        void Add<T>(string name, ReadOnlySpan<T> values) where T : unmanaged
        {
            ContentHash hash = new();
            hash.Add(values);
            names.Add(name);
            hashes.Add(hash.Value);
        }
    }

    // The first process with another value than process 0, and which of the values that is: -1 for the only one.
    private (int Rank, int Place)? FirstOther(ulong[] values)
    {
        ulong[] all = new ulong[values.Length * _processes!.Count];
        values.CopyTo(all, values.Length * _processes.Rank);
        _processes.Gather<ulong>(all, [.. Enumerable.Range(0, _processes.Count + 1).Select(rank => rank * values.Length)]);
        for (int i = 0; i < all.Length; i++)
        {
            if (all[i] != all[i % values.Length])
            {
                return (i / values.Length, values.Length == 1 ? -1 : i % values.Length);
            }
        }

        return null;
    }
}
