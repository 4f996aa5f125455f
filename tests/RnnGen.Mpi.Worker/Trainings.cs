using System.Numerics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace RnnGen.Mpi.Worker;

/// <summary>How one process takes part in a training.</summary>
public sealed record Participation
{
    public ProcessGroup? Processes { get; init; }

    public int Threads { get; init; } = 1;

    public int Epochs { get; init; } = 2;

    /// <summary>A folder of checkpoints, one for each step; resumed if there are some.</summary>
    public string? Folder { get; init; }

    /// <summary>The step after which this process is cancelled.</summary>
    public long? CancelledAt { get; init; }

    public int Seed { get; init; } = 1;

    /// <summary>Whether each process has a shard of the data only, and whether it streams it.</summary>
    public Sharding Sharding { get; init; }

    /// <summary>Whether each process keeps the optimiser's moments of a part of the parameters.</summary>
    public bool ShardsOptimizer { get; init; }

    public Optimizer? Optimizer { get; init; }

    /// <summary>Whether a process that has all of the data streams it.</summary>
    public bool IsStreamed { get; init; }

    public IReadOnlyList<TrainingCallback> Callbacks { get; init; } = [];

    public VectorWidth? Width { get; init; }

    /// <summary>How this process leaves the others in the middle of the training; empty if it does not.</summary>
    public string Leaving { get; init; } = "";

    /// <summary>Whether some process leaves where it reads the data.</summary>
    public bool HasLeavingData { get; init; }
}

/// <summary>What a process has of the data.</summary>
public enum Sharding
{
    /// <summary>All of it.</summary>
    None,

    /// <summary>A shard in memory.</summary>
    InMemory,

    /// <summary>A shard that it streams.</summary>
    Streamed,
}

/// <summary>Trainings of the models on made data, each described by the bits that it ends with.</summary>
public static class Trainings
{
    /// <summary>70 sequences are one batch and a rest of 6, which is fewer groups than there may be processes.</summary>
    private const int Count = 70;

    public static IReadOnlyList<string> Names { get; } = ["classifier", "tokens", "decoder", "carrying", "episodes", "weighted", "columns"];

    /// <summary>Trains and evaluates; returns hashes of the parameters, of the epochs' losses and of the measures.</summary>
    public static string Run(string name, Participation how) => name switch
    {
        "classifier" => Train<Classifier, float, float, int>(new(how.Seed) { Threads = how.Threads }, Numbers(Count, 18), Classes(Count, 1, 4), how),
        "tokens" => Train<TokenModel, float, int, int>(new(how.Seed) { Threads = how.Threads }, Classes(Count, 5, 50), Classes(Count, 5, 50), how),
        "decoder" => Train<Decoding, float, float, float>(new(how.Seed) { Threads = how.Threads, ScheduledSampling = 0.5 }, Numbers(Count, 10), Numbers(Count, 8), how),
        "carrying" => Train<Carrying, float, float, float>(new(how.Seed) { Threads = how.Threads }, Numbers(96, 8), Numbers(96, 4), how, new() { Streams = 32 }),
        "episodes" => Train<Carrying, float, float, float>(new(how.Seed) { Threads = how.Threads }, Numbers(96, 8), Numbers(96, 4), how, new() { Streams = 32, Weights = Weights(96 * 4), Resets = Resets(96 * 4) }),
        "weighted" => Train<Classifier, float, float, int>(new(how.Seed) { Threads = how.Threads }, Numbers(Count, 18), Classes(Count, 1, 4), how, new() { Weights = Weights(Count), ClassWeights = ClassWeights.Balanced }),
        "columns" => Train<Columns, float, float, float>(new(how.Seed) { Threads = how.Threads }, Rows(Count), Numbers(Count, 8), how),
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, "There is no such training."),
    };

    private static string Train<TModel, TNumber, TInput, TTarget>(TModel model, TInput[] inputs, TTarget[] targets, Participation how, Arrangement? arrangement = null)
        where TModel : IRnnModel<TModel, TNumber, TInput, TTarget>
        where TNumber : unmanaged, IBinaryFloatingPointIeee754<TNumber>
        where TInput : unmanaged
        where TTarget : unmanaged
    {
        if (how.Width is { } width)
        {
            ((IVectorizedModel)model).VectorWidth = width;
        }

        SequenceDataset<TInput, TTarget> data = SequenceDataset.FromArrays(inputs, targets, inputs.Length / TModel.Layout.InputLength);
        (int streams, float[]? weights, bool[]? resets, ClassWeights? classWeights) = arrangement ?? new();
        data = streams == 0 ? data : data.WithStreams(streams);
        data = weights is null ? data : data.WithWeights(weights);
        data = resets is null ? data : data.WithResets(resets);
        SequenceSource<TInput, TTarget> train = Sharded(data, how), validation = Sharded(data, how with { Sharding = how.Sharding == Sharding.None ? Sharding.None : Sharding.InMemory });
        if (how.Leaving == "evaluate")
        {
            return RnnGen.Runtime.TrainingLoop.Evaluate<TModel, TNumber, TInput, TTarget>(model, train, carryState: null, how.Processes).ToString();
        }

        train = how.HasLeavingData ? train.Augment((draw, _, _) => Leave(draw, how.Leaving)) : train;

        using CancellationTokenSource cancellation = new();
        TrainingResult result = model.Fit(train, validation, new FitOptions
        {
            Processes = how.Processes, ShardOptimizer = how.ShardsOptimizer, Epochs = how.Epochs, Seed = 3, CarryState = streams > 0, ClassWeights = classWeights, Optimizer = how.Optimizer ?? new Adam(0.01) { ClipNorm = 1 },
            Callbacks = [.. how.Callbacks, new Canceller(how.CancelledAt, cancellation)],
            Checkpoint = how.Folder is null ? null : new CheckpointOptions(how.Folder) { EverySteps = 1 }, Resume = how.Folder is not null,
        }, cancellation.Token);
        double[] losses = [.. result.Epochs.SelectMany(epoch => new[] { epoch.TrainingLoss, epoch.ValidationLoss ?? 0 })];
        Evaluation measured = RnnGen.Runtime.TrainingLoop.Evaluate<TModel, TNumber, TInput, TTarget>(model, train, carryState: null, how.Processes);
        double[] measures = [measured.Loss, measured.Count, measured.Accuracy ?? 0, measured.F1 ?? 0, measured.Mae ?? 0, measured.Rmse ?? 0, measured.RSquared ?? 0];
        return $"{Hash(model.Parameters)} {Hash<double>(losses)} {Hash<double>(measures)}";
    }

    private static void Leave(SequenceDraw draw, string how)
    {
        if (draw is { Epoch: 2, Sequence: 40 } && how.Length > 0)
        {
            switch (how)
            {
                case "stream-exit":
                    Environment.Exit(0);
                    break;
                case "stream-cancel":
                    throw new TaskCanceledException("a read was cancelled");
                default:
                    throw new ArgumentOutOfRangeException(nameof(how), how, "There is no such way.");
            }
        }
    }

    // Shards of different size: process r of p has the sequences from (r / p)² of them on, or whole windows of streams. A stream is read with a buffer that is smaller than it.
    private static SequenceSource<TInput, TTarget> Sharded<TInput, TTarget>(SequenceDataset<TInput, TTarget> data, Participation how)
        where TInput : unmanaged
        where TTarget : unmanaged
    {
        if (how.Sharding == Sharding.None && !how.IsStreamed)
        {
            return data;
        }

        (int rank, int count) = how.Sharding == Sharding.None ? (0, 1) : (how.Processes!.Rank, how.Processes.Count);
        int first = Start(rank), next = Start(rank + 1);
        SequenceDataset<TInput, TTarget> part = data.Slice(first, next - first);
        part = data.Streams > 0 ? part.WithStreams(data.Streams) : part;
        if (how.Sharding != Sharding.Streamed && !how.IsStreamed)
        {
            return part.AsShard(how.Processes!);
        }

        int weights = part.Weights.Length / part.Count, resets = part.Resets.Length / part.Count;
        SequenceSource<TInput, TTarget> stream = StreamedSequences.Create(Enumerable.Range(0, part.Count).Select(i => new Sequence<TInput, TTarget>(part.Input(i).ToArray(), part.Target(i).ToArray())
        {
            Weights = part.Weights.Slice(i * weights, weights).ToArray(), Resets = part.Resets.Slice(i * resets, resets).ToArray(),
        }), data.InputLength, data.TargetLength, new StreamOptions { ShuffleBuffer = 16, Prefetch = 2, WeightsPerSequence = weights, ResetsPerSequence = resets });
        stream = part.Streams > 0 ? stream.WithStreams(part.Streams) : stream;
        return how.Sharding == Sharding.None ? stream : stream.AsShard(how.Processes!);

        int Start(int process) => process == count ? data.Count : data.Streams > 0 ? data.Count / data.Streams * process / count * data.Streams : Math.Max(process, data.Count * process * process / count / count);
    }

    private static string Hash<T>(ReadOnlySpan<T> values) where T : unmanaged => Convert.ToHexString(SHA256.HashData(MemoryMarshal.AsBytes(values)))[..16];

    private static float[] Numbers(int count, int length)
    {
        Random random = new(5);
        return [.. Enumerable.Range(0, count * length).Select(_ => (float)(random.NextDouble() - 0.5))];
    }

    private static float[] Rows(int count)
    {
        Random random = new(11);
        float[] rows = Numbers(count, Columns.Layout.InputLength);
        foreach (InputInfo input in Columns.Layout.Inputs.Where(i => i.Categories > 0))
        {
            for (int i = 0; i < count * input.Steps; i++)
            {
                rows[(i / input.Steps * Columns.Layout.InputLength) + input.At(i % input.Steps)] = random.Next(input.Categories);
            }
        }

        return rows;
    }

    private static float[] Weights(int count) => [.. Enumerable.Range(0, count).Select(i => i % 7 * 0.3f)];

    private static bool[] Resets(int count) => [.. Enumerable.Range(0, count).Select(i => i % 5 == 2)];

    private static int[] Classes(int count, int length, int classes)
    {
        Random random = new(7);
        return [.. Enumerable.Range(0, count * length).Select(_ => random.Next(classes))];
    }

    /// <summary>What a training knows of its data.</summary>
    private sealed record Arrangement(int Streams = 0, float[]? Weights = null, bool[]? Resets = null, ClassWeights? ClassWeights = null);

    private sealed class Canceller(long? step, CancellationTokenSource source) : TrainingCallback
    {
        public override void OnStepEnded(in StepResult result)
        {
            if (result.Step == step)
            {
                source.Cancel();
            }
        }
    }
}
