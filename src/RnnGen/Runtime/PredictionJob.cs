using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;

namespace RnnGen.Runtime;

/// <summary>One prediction of many sequences on several threads, each of which takes the next range of them. Where several ranges fail, it fails as the first of them does.</summary>
/// <param name="core">The model.</param>
internal sealed unsafe class PredictionJob<TNumber, TInput, TTarget>(ModelCore<TNumber, TInput, TTarget> core) : ParallelJob
    where TNumber : unmanaged, IBinaryFloatingPointIeee754<TNumber>
    where TInput : unmanaged
    where TTarget : unmanaged
{
    private readonly object _failed = new();
    private TInput* _inputs;
    private TNumber* _outputs;
    private int* _lengths; // null if all sequences have all steps
    private SequenceRange _all;
    private int _size;
    private int _next;
    private int _failedRange;
    private ExceptionDispatchInfo? _failure;

    /// <summary>Predicts sequences that were checked.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Predict(ReadOnlySpan<TInput> inputs, Span<TNumber> outputs, int count, ReadOnlySpan<int> lengths, RowShares shares)
    {
        core.PrepareThreads(shares.Threads, areSorted: !lengths.IsEmpty);
        fixed (TInput* x = inputs)
        fixed (TNumber* y = outputs)
        fixed (int* steps = lengths)
        {
            _inputs = x;
            _outputs = y;
            _lengths = steps;
            (_all, _size, _next, _failedRange, _failure) = (new(0, count), shares.Size, 0, int.MaxValue, null);
            Run(shares.Threads);
        }

        _failure?.Throw();
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override void RunPart(int part, int parts)
    {
        while (true)
        {
            int range = Interlocked.Increment(ref _next) - 1;
            long first = (long)range * _size;
            if (first >= _all.Last)
            {
                return;
            }

            Predict(range, new((int)first, (int)Math.Min(first + _size, _all.Last)));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Predict(int index, SequenceRange range)
    {
        int count = _all.Last;
        ReadOnlySpan<int> lengths = _lengths is null ? default : new(_lengths, count);
#pragma warning disable CA1031 // Whatever it is, the caller of Predict throws it again.
        try
        {
            core.Run(new(_inputs, count * core.Shape.Layout.InputLength), new(_outputs, count * core.Shape.Layout.OutputLength), range, lengths);
        }
        catch (Exception exception)
        {
            lock (_failed)
            {
                // Ranges are taken in their order, so those before this one end too.
                if (index < _failedRange)
                {
                    (_failedRange, _failure) = (index, ExceptionDispatchInfo.Capture(exception));
                }
            }
        }
#pragma warning restore CA1031
    }
}
