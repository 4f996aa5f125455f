using System.Numerics;
using System.Runtime.CompilerServices;
using RnnGen.Runtime;

namespace RnnGen;

// A step whose numbers stay finite, or that has not been taken.
public abstract partial class Optimizer
{
    private double[] _bounds = []; // of the magnitudes of each moment
    private bool _areBoundsKnown; // or are to be looked up
    private Array? _keptParameters, _keptMoments;

    /// <summary>
    /// Bounds the numbers of a step that comes next: how large anything can be that the rule computes, what it takes from a parameter included. It may be far too large, and is never too small.
    /// </summary>
    /// <param name="step">The step, from 1 on.</param>
    /// <param name="gradient">The greatest magnitude of the gradient that the rule is given.</param>
    /// <param name="moments">The greatest magnitude of each moment before the step; then a bound of that after it.</param>
    /// <remarks>Of a rule that does not say it nothing is known: each of its steps is taken on trial.</remarks>
    private protected virtual double Reach(long step, double gradient, Span<double> moments) => double.PositiveInfinity;

    /// <summary>
    /// Whether a step could leave a number that is not finite. Up to a quarter of the last digit of the greatest number may be taken from any finite parameter, and it stays finite; so nearly every step is
    /// known to be safe without a look at the parameters.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private bool MayOverflow<TNumber>(in OptimizerStep<TNumber> step, double gradient) where TNumber : unmanaged, IBinaryFloatingPointIeee754<TNumber>
    {
        gradient = Math.Min(gradient, ClipValue ?? double.PositiveInfinity) * step.Factor;
        if (step.WeightDecay != 0)
        {
            gradient += step.WeightDecay * OfAll(Gradient.MaximumMagnitude<TNumber>(step.Parameters, step.Segments));
        }

        TNumber last = TNumber.BitDecrement(TNumber.PositiveInfinity);
        double limit = double.CreateTruncating(last - TNumber.BitDecrement(last)) / 4;
        if (!_areBoundsKnown)
        {
            LookUpBounds(step);
        }

        double greatest = Math.Max(gradient, Reach(StepCount, gradient, _bounds));
        foreach (ref double bound in _bounds.AsSpan())
        {
            greatest = Math.Max(greatest, bound);
            bound *= 1 + 1e-6; // what rounding may add
        }

        return !(greatest <= limit);
    }

    // Steps on trial: where a number is not finite, or the rule throws, all is as it was.
    private void StepOnTrial<TNumber>(in OptimizerStep<TNumber> step, ModelLayout layout) where TNumber : unmanaged, IBinaryFloatingPointIeee754<TNumber>
    {
        TNumber[] parameters = (TNumber[])(_keptParameters ??= new TNumber[step.Parameters.Length]), moments = (TNumber[])(_keptMoments ??= new TNumber[step.Moments.Length]);
        step.Parameters.CopyTo(parameters);
        step.Moments.CopyTo(moments);
        _areBoundsKnown = false;
        try
        {
            Step(step);
            NonFiniteException? overflow = NonFinite.None(step.Parameters, step.Segments) && NonFinite.None<TNumber>(step.Moments) ? null : Overflow(step, layout);
            if ((_shard is null ? overflow : _shard.Group.First(overflow)) is { } found)
            {
                throw found;
            }
        }
        catch
        {
            parameters.CopyTo(step.Parameters);
            moments.CopyTo(step.Moments);
            throw;
        }
    }

    private NonFiniteException Overflow<TNumber>(in OptimizerStep<TNumber> step, ModelLayout layout) where TNumber : unmanaged, IBinaryFloatingPointIeee754<TNumber>
    {
        foreach (ParameterSegment segment in step.Segments)
        {
            for (int i = segment.Offset; i < segment.Offset + segment.Length; i++)
            {
                if (!TNumber.IsFinite(step.Parameters[i]))
                {
                    return Overflow(Invariant($"{Gradient.Place(layout, (_shard?.First ?? 0) + i)} would be {step.Parameters[i]}"));
                }
            }
        }

        return Overflow(Invariant($"a moment of {GetType().Name} would not be finite"));

        NonFiniteException Overflow(string found) => new(Invariant(
            $"The update of {layout.ModelName} overflows: {found} after it, at a learning rate of {LearningRate:G3}; no parameter was changed. Lower the learning rate, or set ClipNorm."));
    }

    // Processes that share the moments decide alike.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private double OfAll(double own) => _shard is null ? own : _shard.Group.Maximum(own);

    private void LookUpBounds<TNumber>(in OptimizerStep<TNumber> step) where TNumber : unmanaged, IBinaryFloatingPointIeee754<TNumber>
    {
        if (_bounds.Length != MomentCount)
        {
            _bounds = new double[MomentCount];
        }

        for (int i = 0; i < _bounds.Length; i++)
        {
            _bounds[i] = OfAll(Gradient.MaximumMagnitude<TNumber>(step.Moments, [new ParameterSegment(i * step.Parameters.Length, step.Parameters.Length)]));
        }

        _areBoundsKnown = true;
    }
}
