using System.ComponentModel;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace RnnGen.Runtime;

/// <summary>Trains a decoder: with teacher forcing it reads the target of the previous step; with scheduled sampling it sometimes reads its own output.</summary>
/// <typeparam name="TNumber">The number type.</typeparam>
/// <typeparam name="TInput">The type of one input element.</typeparam>
/// <typeparam name="TTarget">The type of one target element.</typeparam>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class DecodedJob<TNumber, TInput, TTarget> : TrainingJob<TNumber, TInput, TTarget>
    where TNumber : unmanaged, IBinaryFloatingPointIeee754<TNumber>
    where TInput : unmanaged
    where TTarget : unmanaged
{
    /// <summary>Creates the job of a model.</summary>
    /// <param name="core">The model, a <see cref="DecodingCore{TNumber, TInput, TTarget}"/>.</param>
    public DecodedJob(ModelCore<TNumber, TInput, TTarget> core) : base(core)
    {
    }

    private protected override TrainedGroup<TNumber, TInput, TTarget> CreateGroup() => new DecodedGroup<TNumber, TInput, TTarget>(this);
}

/// <summary>A group of sequences whose decoded ones have lengths of their own.</summary>
internal sealed class DecodedGroup<TNumber, TInput, TTarget> : TrainedGroup<TNumber, TInput, TTarget>
    where TNumber : unmanaged, IBinaryFloatingPointIeee754<TNumber>
    where TInput : unmanaged
    where TTarget : unmanaged
{
    private readonly int[] _decodedRows;
    private readonly int[] _decodedLengths;
    private readonly long[] _order;
    private TTarget[]? _chosen;
    private TTarget[]? _targetsInOrder;
    private ModelDecoder<TNumber, TInput, TTarget>? _decoder;

    public DecodedGroup(DecodedJob<TNumber, TInput, TTarget> job) : base(job)
    {
        _decodedRows = new int[Shape.DecodedSteps + 2 + 2 * Shape.GroupSize];
        _decodedLengths = new int[Shape.GroupSize];
        _order = new long[Shape.GroupSize];
    }

    internal override GroupRows Decoded => new(_decodedRows, Shape.DecodedSteps, Shape.GroupSize);

    private protected override GroupRows LossRows => Decoded;

    private DecodingCore<TNumber, TInput, TTarget> Core => (DecodingCore<TNumber, TInput, TTarget>)Job.Core;

    private DecoderShape Decoder => Core.Decoder;

    // The share of steps at which the decoder reads its own output.
    private double OwnShare => Job.IsForwardOnly ? Core.IsFreeRunning ? 1 : 0 : Core.ScheduledSampling;

    internal override void Reserve()
    {
        if (OwnShare > 0)
        {
            _chosen ??= new TTarget[Targets.Length];
            _targetsInOrder ??= new TTarget[Targets.Length];
            _decoder ??= Core.Rent();
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private protected override void Take(ReadOnlySpan<TInput> inputs, ReadOnlySpan<TTarget> targets, ReadOnlySpan<int> lengths, int size)
    {
        GroupRows rows = Rows, decoded = Decoded;
        if (typeof(TTarget) == typeof(int))
        {
            Decoding.Lengths(MemoryMarshal.Cast<TTarget, int>(targets), Shape.DecodedSteps, Decoder.EndToken, _decodedLengths);
        }
        else
        {
            Array.Fill(_decodedLengths, Shape.DecodedSteps);
        }

        rows.Fill(lengths, _decodedLengths.AsSpan(0, size), decoded, _order);
        TakeInputs(inputs, rows);
        rows.Sort(targets, Layout.TargetLength, Targets);
        if (typeof(TTarget) == typeof(int))
        {
            Decoding.Feed(MemoryMarshal.Cast<TTarget, int>(Targets.AsSpan()), decoded, Shape.DecodedSteps, Decoder.StartToken, FedTokens);
        }
        else
        {
            FeedNumbers(Targets, size);
        }

        if (OwnShare > 0)
        {
            Schedule(inputs, targets, size, lengths);
        }
    }

    // The decoder runs first, and its outputs replace some of the targets that it reads.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Schedule(ReadOnlySpan<TInput> inputs, ReadOnlySpan<TTarget> targets, int size, ReadOnlySpan<int> lengths)
    {
        (double share, int seed, long step) = (OwnShare, Core.SamplingSeed, Core.SamplingStep);
        ModelDecoder<TNumber, TInput, TTarget> decoder = _decoder!;
        decoder.Read(inputs, size, lengths);
        if (typeof(TTarget) == typeof(int))
        {
            decoder.Schedule(MemoryMarshal.Cast<TTarget, int>(targets), MemoryMarshal.Cast<TTarget, int>(_chosen.AsSpan()), share, seed, step, Start);
        }
        else
        {
            decoder.Schedule(MemoryMarshal.Cast<TTarget, TNumber>(targets), MemoryMarshal.Cast<TTarget, TNumber>(_chosen.AsSpan()), share, seed, step, Start);
        }

        Decoded.Sort(_chosen, Layout.TargetLength, _targetsInOrder);
        if (typeof(TTarget) == typeof(int))
        {
            Decoding.Feed(MemoryMarshal.Cast<TTarget, int>((ReadOnlySpan<TTarget>)_targetsInOrder), size, Shape.DecodedSteps, Decoder.StartToken, FedTokens);
        }
        else
        {
            FeedNumbers(_targetsInOrder!, size);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void FeedNumbers(TTarget[] targets, int size) => Decoding.Feed(
        MemoryMarshal.Cast<TTarget, TNumber>((ReadOnlySpan<TTarget>)targets), size, Shape.DecodedSteps, Core.Shape.OutputSize, ref First, Shape.Fed.Offset, Shape.Fed.Step, Shape.Fed.Row);
}
