using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace RnnGen.Runtime;

/// <summary>
/// Sequences of which each process has a shard: all processes know the order, the lengths and the weights of all, which take a few bytes a sequence, and each has the inputs and targets of its own. The rows of
/// a batch travel to the processes that need them along a hypercube, log2 p exchanges for p processes.
/// </summary>
internal sealed class SequenceShard<TInput, TTarget> : SequenceSource<TInput, TTarget>
    where TInput : unmanaged
    where TTarget : unmanaged
{
    private readonly int[] _starts; // the first sequence of each process, and the number of all
    private readonly int[] _lengths;
    private readonly RowRouting _routing;

    private SequenceShard(SequenceSource<TInput, TTarget> own, ProcessGroup group, int[] starts, int[] lengths, SourceSettings<TInput, TTarget> settings)
        : base(own.InputLength, own.TargetLength, settings)
    {
        (Own, Group, _starts, _lengths, Count) = (own, group, starts, lengths, starts[^1]);
        _routing = new(group, starts);
    }

    /// <summary>The sequences of all processes.</summary>
    public override int Count { get; }

    /// <summary>Those of this process.</summary>
    public SequenceSource<TInput, TTarget> Own { get; }

    /// <summary>The processes.</summary>
    public ProcessGroup Group { get; }

    /// <summary>Where the sequences of this process begin among all.</summary>
    public int First => _starts[Group.Rank];

    internal override bool HasLengths => Own.HasLengths;

    internal override int CarriedWeights => Own.CarriedWeights;

    internal override int CarriedResets => Own.CarriedResets;

    internal override string Place => Own.Place;

    /// <summary>Makes the shards of all processes one source.</summary>
    public static SequenceShard<TInput, TTarget> Create(SequenceSource<TInput, TTarget> own, ProcessGroup group)
    {
        ArgumentNullException.ThrowIfNull(group);
        return Together.Run(group, SharedCall.AsShard, nameof(group), shared =>
        {
            (string Name, string Value)[] kinds = Together.Agree(shared, () => KindsOf(own));
            int[] starts = Compared(own, kinds, group);
            SourceSettings<TInput, TTarget> settings = own.Settings with
            {
                Weights = own.Settings.Weights is { } weights ? Gathered<float>(group, weights) : null,
                Resets = own.Settings.Resets is { } resets ? Gathered<bool>(group, resets) : null,
            };
            return new SequenceShard<TInput, TTarget>(own, group, starts, own is SequenceDataset<TInput, TTarget> { HasLengths: true } data ? Gathered(group, data.Lengths) : [], settings);
        });
    }

    public override SequenceSource<TInput, TTarget> Augment(Augmentation<TInput, TTarget> augmentation) => With(Settings.WithAugmentation(augmentation));

    public override SequenceSource<TInput, TTarget> WithStreams(int streams) => With(Settings.WithStreams(streams, Count));

    public override SequenceSource<TInput, TTarget> WithWeights(float[] weights) => With(Settings.WithWeights(weights, Count));

    public override SequenceSource<TInput, TTarget> WithResets(bool[] resets) => With(Settings.WithResets(resets, Count));

    public override SequenceSource<TInput, TTarget> BucketByLength(int batches = 32) => Own is SequenceDataset<TInput, TTarget>
        ? With(Settings.WithBuckets(batches))
        : throw new InvalidOperationException("A streamed shard cannot be bucketed by length, since no process knows the lengths of the others' sequences before they are read. Hold the shard in memory.");

    internal override void CheckLengths(int longest) => Own.CheckLengths(longest);

    internal override SequenceReader<TInput, TTarget> OpenReader(int batchSize) => Own switch
    {
        SequenceDataset<TInput, TTarget> data => data.OpenReader(this, _lengths, First, batchSize),
        StreamedSequences<TInput, TTarget> stream => stream.OpenReader(this, First, batchSize),
        _ => throw new InvalidOperationException($"A shard of {Own.GetType().Name} is not defined."),
    };

    /// <summary>Whether this process has a sequence.</summary>
    public bool IsHere(int sequence) => new OwnSequences(First, Own.Count).Contains(sequence);

    /// <summary>Brings the rows of a batch, of which each process has read its own, to the processes that need them.</summary>
    /// <param name="batch">The rows.</param>
    /// <param name="count">How many.</param>
    /// <param name="takers">The first row whose input each process takes, and then their number; empty if all take all.</param>
    public void Exchange(BatchBuffer<TInput, TTarget> batch, int count, ReadOnlySpan<int> takers)
    {
        if (Group.Count == 1)
        {
            return;
        }

        _routing.Begin(batch.Sequences.AsSpan(0, count), takers);
        _routing.Route(MemoryMarshal.AsBytes(batch.Inputs.AsSpan(0, count * InputLength)), InputLength * Unsafe.SizeOf<TInput>(), toAll: takers.IsEmpty);
        _routing.Route(MemoryMarshal.AsBytes(batch.Targets.AsSpan(0, count * TargetLength)), TargetLength * Unsafe.SizeOf<TTarget>(), toAll: true);
        if (batch.Lengths.Length > 0 && _lengths.Length == 0)
        {
            _routing.Route(MemoryMarshal.AsBytes(batch.Lengths.AsSpan(0, count)), sizeof(int), toAll: true);
        }

        if (Settings.Weights is null && CarriedWeights > 0)
        {
            _routing.Route(MemoryMarshal.AsBytes(batch.Weights.AsSpan(0, count * CarriedWeights)), CarriedWeights * sizeof(float), toAll: true);
        }

        if (Settings.Resets is null && CarriedResets > 0)
        {
            _routing.Route(MemoryMarshal.AsBytes(batch.Resets.AsSpan(0, count * CarriedResets)), CarriedResets, toAll: true);
        }
    }

    /// <summary>The sums of numbers of all processes.</summary>
    public void Sum(Span<long> counts)
    {
        IReadOnlyList<byte[]> all = Group.Gather(MemoryMarshal.AsBytes(counts));
        counts.Clear();
        foreach (byte[] bytes in all)
        {
            ReadOnlySpan<long> values = MemoryMarshal.Cast<byte, long>(bytes);
            for (int i = 0; i < counts.Length; i++)
            {
                counts[i] += values[i];
            }
        }
    }

    // Each sequence has a hash with its place, and their sum does not depend on who has which.
    internal override void Describe(Action<string, string> add)
    {
        base.Describe(add);
        long sum = 0;
        if (Own is SequenceDataset<TInput, TTarget> data)
        {
            for (int i = 0; i < data.Count; i++)
            {
                sum += Hash(i, data.Input(i), data.Target(i), data.HasLengths ? data.Lengths[i] : 0);
            }
        }
        else if (Own is StreamedSequences<TInput, TTarget> stream)
        {
            int i = 0;
            foreach (Sequence<TInput, TTarget> sequence in stream.Beginning(Math.Max(0, StreamedSequences<TInput, TTarget>.MostHashed - First)))
            {
                sum += Hash(i, sequence.Input.Span, sequence.Target.Span, sequence.Steps);
                ContentHash carried = new();
                carried.Add<int>([First + i++]);
                carried.Add(sequence.Weights.Span);
                carried.Add(sequence.Resets.Span);
                sum += (long)carried.Value;
            }

            add("shuffle buffer", stream.Options.ShuffleBuffer is { } size ? Invariant($"{size}") : "default");
        }

        Span<long> all = [sum];
        Sum(all);
        add("sum of the sequences' hashes", Invariant($"{all[0]:x16}"));
    }

    private long Hash(int index, ReadOnlySpan<TInput> input, ReadOnlySpan<TTarget> target, int steps)
    {
        ContentHash hash = new();
        hash.Add<int>([First + index, steps]);
        hash.Add(input);
        hash.Add(target);
        return (long)hash.Value;
    }

    // What shards have in common, and the number of their sequences, for which a stream may be read.
    private static (string Name, string Value)[] KindsOf(SequenceSource<TInput, TTarget> own)
    {
        if (own is SequenceShard<TInput, TTarget> || (own is StreamedSequences<TInput, TTarget> && own.Settings.BucketBatches > 0))
        {
            throw new InvalidOperationException(own is StreamedSequences<TInput, TTarget>
                ? "Streamed sequences that are bucketed by length cannot be a shard, since no process knows the lengths of the others' before they are read. Do not bucket them, or hold the shard in memory."
                : "These sequences are a shard already; call AsShard once.");
        }

        return
        [
            ("number of sequences", Invariant($"{own.Count}")), ("input length", Invariant($"{own.InputLength}")), ("target length", Invariant($"{own.TargetLength}")), ("type of inputs", typeof(TInput).Name),
            ("type of targets", typeof(TTarget).Name), ("place", own.Place), ("having lengths", own.HasLengths ? "true" : "false"), ("weights of a sequence", Invariant($"{own.WeightsPerSequence}")),
            ("reset marks of a sequence", Invariant($"{own.ResetsPerSequence}")), ("streams", Invariant($"{own.Streams}")), ("batches that are bucketed by length", Invariant($"{own.Settings.BucketBatches}")),
            ("augmentation", own.Settings.AugmentationName ?? "none"), ("own weights", own.Settings.Weights is null ? "none" : "some"), ("own resets", own.Settings.Resets is null ? "none" : "some"),
        ];
    }

    // The shards are of one kind; returns where they begin.
    private static int[] Compared(SequenceSource<TInput, TTarget> own, (string Name, string Value)[] kinds, ProcessGroup group)
    {
        IReadOnlyList<byte[]> all = group.Gather(Encoding.UTF8.GetBytes(string.Join('\0', Array.ConvertAll(kinds, kind => kind.Value))));
        string[] first = Encoding.UTF8.GetString(all[0]).Split('\0');
        int[] starts = new int[group.Count + 1];
        for (int rank = 0; rank < group.Count; rank++)
        {
            string[] found = Encoding.UTF8.GetString(all[rank]).Split('\0');
            int count = int.Parse(found[0], CultureInfo.InvariantCulture);
            for (int i = 1; i < kinds.Length; i++)
            {
                if (found[i] != first[i])
                {
                    throw group.Agree(new ProcessGroupException(Invariant($"The shard of process {rank} does not fit to that of process 0: {kinds[i].Name} is {found[i]} there, and {first[i]} here. Cut and prepare the shards alike."), rank));
                }
            }

            if (own.Streams > 0 && rank < group.Count - 1 && count % own.Streams != 0)
            {
                throw group.Agree(new ProcessGroupException(Invariant($"The shard of process {rank} has {count} sequences, which are not whole windows of {own.Streams} streams, so that the next shard cannot continue them. Cut the data between two windows of all streams."), rank));
            }

            starts[rank + 1] = checked(starts[rank] + count);
        }

        return starts;
    }

    private static T[] Gathered<T>(ProcessGroup group, ReadOnlySpan<T> own) where T : unmanaged
    {
        List<T> all = [];
        foreach (byte[] bytes in group.Gather(MemoryMarshal.AsBytes(own)))
        {
            all.AddRange(MemoryMarshal.Cast<byte, T>(bytes));
        }

        return [.. all];
    }

    private SequenceShard<TInput, TTarget> With(SourceSettings<TInput, TTarget> settings) => new(Own, Group, _starts, _lengths, settings);
}
