using System.Numerics;
using System.Runtime.CompilerServices;
using RnnGen.Runtime;

namespace RnnGen;

/// <summary>One pass over the parameters that updates a block and packs it while it is in the cache. Threads share the blocks.</summary>
/// <typeparam name="T">The number type.</typeparam>
/// <param name="pack">Packs the parameters from the first to the one before the last.</param>
internal sealed unsafe class UpdatePass<T>(Action<int, int> pack) : ParallelJob where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Values that pay for another thread. One that is asked for less loses its processor in the gaps between many short phases, and the next long phase waits for it.</summary>
    public const int ThreadLength = 131_072;

    private Optimizer? _optimizer;
    private T* _parameters;
    private T* _gradients;
    private T* _moments;
    private ParameterSegment* _blocks;
    private int _parameterCount;
    private int _momentCount;
    private int _blockCount;
    private double? _clipValue;
    private double _factor;
    private double _weightDecay;

    /// <summary>The threads that share the blocks.</summary>
    public int Threads { get; set; } = 1;

    /// <summary>Takes a step of a rule that works element by element.</summary>
    /// <param name="optimizer">The rule.</param>
    /// <param name="step">The step.</param>
    /// <param name="blocks">The blocks to update.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(Optimizer optimizer, in OptimizerStep<T> step, ReadOnlySpan<ParameterSegment> blocks)
    {
        fixed (T* parameters = step.Parameters)
        fixed (T* gradients = step.Gradients)
        fixed (T* moments = step.Moments)
        fixed (ParameterSegment* first = blocks)
        {
            _optimizer = optimizer;
            _parameters = parameters;
            _gradients = gradients;
            _moments = moments;
            _blocks = first;
            (_parameterCount, _momentCount, _blockCount) = (step.Parameters.Length, step.Moments.Length, blocks.Length);
            (_clipValue, _factor, _weightDecay) = (step.ClipValue, step.Factor, step.WeightDecay);
            Run(Math.Clamp(_parameterCount / ThreadLength, 1, Threads));
        }
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override void RunPart(int part, int parts)
    {
        int first = (int)((long)_blockCount * part / parts), last = (int)((long)_blockCount * (part + 1) / parts);
        _optimizer!.StepOf(new OptimizerStep<T>
        {
            Parameters = new(_parameters, _parameterCount),
            Gradients = new(_gradients, _parameterCount),
            Segments = new(_blocks + first, last - first),
            Moments = new(_moments, _momentCount),
            ClipValue = _clipValue,
            Factor = _factor,
            WeightDecay = _weightDecay,
            Pack = pack,
        });
    }
}
