using System.Numerics;
using System.Runtime.CompilerServices;

namespace RnnGen;

/// <summary>Adagrad: s ← s + g², then θ ← θ - η g / (√s + ε); a parameter's steps shrink as its gradients add up.</summary>
/// <param name="learningRate">η, the size of a step; finite and at least 0.</param>
/// <remarks>J. Duchi et al., "Adaptive subgradient methods for online learning and stochastic optimization", 2011; as <c>torch.optim.Adagrad</c>.</remarks>
public sealed class Adagrad(double learningRate = 1e-2) : Optimizer(learningRate)
{
    /// <summary>ε, finite and above 0. Default: 1e-10.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public double Epsilon
    {
        get;
        init => field = Hyperparameter.AboveZero(value, nameof(Epsilon));
    } = 1e-10;

    /// <inheritdoc/>
    protected override IReadOnlyDictionary<string, double> Settings => new Dictionary<string, double> { [nameof(Epsilon)] = Epsilon };

    /// <inheritdoc/>
    protected override int MomentCount => 1;

    private protected override bool IsElementwise => true;

    private protected override void CheckSettings<TNumber>(long step) => Hyperparameter.CheckAboveZero<TNumber>(Epsilon, nameof(Epsilon));

    private protected override double Reach(long step, double gradient, Span<double> moments)
    {
        moments[0] += gradient * gradient;
        return Math.Max(1, LearningRate) * (gradient / Epsilon);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override void Step<TNumber>(in OptimizerStep<TNumber> step) => step.Run(
        new Rule<TNumber>(OptimizerStep<TNumber>.Constant(LearningRate), OptimizerStep<TNumber>.Constant(Epsilon)));

    private readonly struct Rule<T>(Vector<T> rate, Vector<T> epsilon) : IUpdateRule<T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector<T> Apply(Vector<T> parameter, Vector<T> gradient, ref T moments, nuint stride)
        {
            Vector<T> sum = Vector.LoadUnsafe(ref moments) + (gradient * gradient);
            sum.StoreUnsafe(ref moments);
            return parameter - (rate * (gradient / (Vector.SquareRoot(sum) + epsilon)));
        }
    }
}
