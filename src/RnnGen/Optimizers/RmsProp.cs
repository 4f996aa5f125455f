using System.Numerics;
using System.Runtime.CompilerServices;

namespace RnnGen;

/// <summary>
/// RMSProp: v ← α v + (1 - α) g², then θ ← θ - η g / (√v + ε). Centred, v is reduced by the square of the gradient's
/// running mean; with momentum the quotient is accumulated, b ← μ b + g / (√v + ε), and θ ← θ - η b.
/// </summary>
/// <param name="learningRate">η, the size of a step; finite and at least 0.</param>
/// <remarks>G. Hinton, lecture 6e of "Neural networks for machine learning", 2012; A. Graves 2013 for the centred form; as <c>torch.optim.RMSprop</c>.</remarks>
public sealed class RmsProp(double learningRate = 1e-2) : Optimizer(learningRate)
{
    /// <summary>α, the decay of the running means, at least 0 and below 1. Default: 0.99.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public double Alpha
    {
        get;
        init => field = Hyperparameter.Decay(value, nameof(Alpha));
    } = 0.99;

    /// <summary>ε, finite and above 0. Default: 1e-8.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public double Epsilon
    {
        get;
        init => field = Hyperparameter.AboveZero(value, nameof(Epsilon));
    } = 1e-8;

    /// <summary>μ, at least 0 and below 1. Default: 0.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public double Momentum
    {
        get;
        init => field = Hyperparameter.Decay(value, nameof(Momentum));
    }

    /// <summary>Whether the gradient is divided by its standard deviation instead of its root mean square.</summary>
    public bool Centered { get; init; }

    /// <inheritdoc/>
    protected override IReadOnlyDictionary<string, double> Settings => new Dictionary<string, double> { [nameof(Alpha)] = Alpha, [nameof(Epsilon)] = Epsilon, [nameof(Momentum)] = Momentum, [nameof(Centered)] = Centered ? 1 : 0 };

    /// <inheritdoc/>
    protected override int MomentCount => 1 + (Centered ? 1 : 0) + (Momentum > 0 ? 1 : 0);

    private protected override bool IsElementwise => true;

    private protected override void CheckSettings<TNumber>(long step) => Hyperparameter.CheckAboveZero<TNumber>(Epsilon, nameof(Epsilon));

    private protected override double Reach(long step, double gradient, Span<double> moments)
    {
        moments[0] = Math.Max(moments[0], gradient * gradient);
        double mean = 0, quotient = gradient / Epsilon;
        if (Centered)
        {
            mean = moments[1] = Math.Max(moments[1], gradient);
        }

        if (Momentum > 0)
        {
            quotient += Momentum * moments[^1];
            moments[^1] = quotient;
        }

        return Math.Max(Math.Max(gradient + mean, mean * mean), Math.Max(1, LearningRate) * quotient);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override void Step<TNumber>(in OptimizerStep<TNumber> step) => step.Run(new Rule<TNumber>(
        OptimizerStep<TNumber>.Constant(LearningRate),
        OptimizerStep<TNumber>.Constant(Alpha),
        OptimizerStep<TNumber>.Constant(1 - Alpha),
        OptimizerStep<TNumber>.Constant(Epsilon),
        OptimizerStep<TNumber>.Constant(Momentum),
        Centered,
        Momentum > 0));

    private readonly struct Rule<T>(
        Vector<T> rate, Vector<T> alpha, Vector<T> share, Vector<T> epsilon, Vector<T> momentum, bool centered, bool accumulates) : IUpdateRule<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        // Moments: the mean square; the mean if centred; the accumulated quotient, last, if there is momentum.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector<T> Apply(Vector<T> parameter, Vector<T> gradient, ref T moments, nuint stride)
        {
            Vector<T> square = (alpha * Vector.LoadUnsafe(ref moments)) + (share * (gradient * gradient));
            square.StoreUnsafe(ref moments);
            nuint last = stride;
            if (centered)
            {
                Vector<T> mean = Vector.LoadUnsafe(ref moments, stride);
                mean += share * (gradient - mean);
                mean.StoreUnsafe(ref moments, stride);
                // Rounding can take the variance just below 0.
                square = Vector.Max(square - (mean * mean), Vector<T>.Zero);
                last += stride;
            }

            Vector<T> quotient = gradient / (Vector.SquareRoot(square) + epsilon);
            if (accumulates)
            {
                quotient += momentum * Vector.LoadUnsafe(ref moments, last);
                quotient.StoreUnsafe(ref moments, last);
            }

            return parameter - (rate * quotient);
        }
    }
}
