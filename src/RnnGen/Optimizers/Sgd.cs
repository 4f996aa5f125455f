using System.Globalization;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace RnnGen;

/// <summary>
/// Stochastic gradient descent, with momentum if wanted: b ← μ b + (1 - τ) g (b = g at the first step), then
/// θ ← θ - η b, or with Nesterov's momentum θ ← θ - η (g + μ b).
/// </summary>
/// <param name="learningRate">η, the size of a step; finite and at least 0.</param>
/// <remarks>I. Sutskever et al., "On the importance of initialization and momentum in deep learning", 2013; as <c>torch.optim.SGD</c>.</remarks>
public sealed class Sgd(double learningRate) : Optimizer(learningRate)
{
    /// <summary>μ, at least 0 and below 1. Default: 0, plain gradient descent.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public double Momentum
    {
        get;
        init => field = Hyperparameter.Decay(value, nameof(Momentum));
    }

    /// <summary>Whether the step looks ahead along the momentum. It needs <see cref="Momentum"/> above 0 and <see cref="Dampening"/> 0.</summary>
    public bool Nesterov { get; init; }

    /// <summary>τ, finite and at least 0. Default: 0.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public double Dampening
    {
        get;
        init => field = Hyperparameter.AtLeastZero(value, nameof(Dampening));
    }

    /// <inheritdoc/>
    protected override IReadOnlyDictionary<string, double> Settings => new Dictionary<string, double> { [nameof(Momentum)] = Momentum, [nameof(Nesterov)] = Nesterov ? 1 : 0, [nameof(Dampening)] = Dampening };

    /// <inheritdoc/>
    protected override int MomentCount => Momentum > 0 ? 1 : 0;

    private protected override bool IsElementwise => true;

    private protected override void CheckSettings<TNumber>(long step)
    {
        Hyperparameter.CheckFinite<TNumber>(Dampening, nameof(Dampening));
        if (Nesterov && (Momentum == 0 || Dampening != 0))
        {
            throw new InvalidOperationException(string.Create(
                CultureInfo.InvariantCulture, $"Nesterov's momentum needs Momentum above 0 and Dampening 0; found Momentum = {Momentum} and Dampening = {Dampening}."));
        }
    }

    private protected override double Reach(long step, double gradient, Span<double> moments)
    {
        double way = gradient;
        if (Momentum > 0)
        {
            moments[0] = (Momentum * moments[0]) + (Math.Max(1, Math.Abs(1 - Dampening)) * gradient);
            way = Nesterov ? gradient + moments[0] : moments[0];
        }

        return Math.Max(way, LearningRate * way);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override void Step<TNumber>(in OptimizerStep<TNumber> step)
    {
        if (Momentum == 0)
        {
            step.Run(new PlainRule<TNumber>(OptimizerStep<TNumber>.Constant(LearningRate)));
            return;
        }

        bool first = StepCount == 1;
        step.Run(new MomentumRule<TNumber>(
            OptimizerStep<TNumber>.Constant(LearningRate),
            OptimizerStep<TNumber>.Constant(Momentum),
            OptimizerStep<TNumber>.Constant(first ? 1 : 1 - Dampening),
            Nesterov));
    }

    private readonly struct PlainRule<T>(Vector<T> rate) : IUpdateRule<T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector<T> Apply(Vector<T> parameter, Vector<T> gradient, ref T moments, nuint stride) => parameter - (rate * gradient);
    }

    private readonly struct MomentumRule<T>(Vector<T> rate, Vector<T> momentum, Vector<T> share, bool nesterov) : IUpdateRule<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector<T> Apply(Vector<T> parameter, Vector<T> gradient, ref T moments, nuint stride)
        {
            Vector<T> buffer = (momentum * Vector.LoadUnsafe(ref moments)) + (share * gradient);
            buffer.StoreUnsafe(ref moments);
            return parameter - (rate * (nesterov ? gradient + (momentum * buffer) : buffer));
        }
    }
}
