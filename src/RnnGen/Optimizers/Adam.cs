using System.Numerics;
using System.Runtime.CompilerServices;

namespace RnnGen;

/// <summary>
/// Adam: m ← β₁ m + (1 - β₁) g and v ← β₂ v + (1 - β₂) g², then at step t
/// θ ← θ - η / (1 - β₁ᵗ) · m / (√(v / (1 - β₂ᵗ)) + ε).
/// </summary>
/// <param name="learningRate">η, the size of a step; finite and at least 0.</param>
/// <remarks>D. Kingma and J. Ba, "Adam: a method for stochastic optimization", 2015; as <c>torch.optim.Adam</c>.</remarks>
public sealed class Adam(double learningRate = 1e-3) : Optimizer(learningRate)
{
    /// <summary>β₁, the decay of the gradient's mean, at least 0 and below 1. Default: 0.9.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public double Beta1
    {
        get;
        init => field = Hyperparameter.Decay(value, nameof(Beta1));
    } = 0.9;

    /// <summary>β₂, the decay of the gradient's mean square, at least 0 and below 1. Default: 0.999.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public double Beta2
    {
        get;
        init => field = Hyperparameter.Decay(value, nameof(Beta2));
    } = 0.999;

    /// <summary>ε, finite and above 0. Default: 1e-8.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public double Epsilon
    {
        get;
        init => field = Hyperparameter.AboveZero(value, nameof(Epsilon));
    } = 1e-8;

    /// <inheritdoc/>
    protected override IReadOnlyDictionary<string, double> Settings => new Dictionary<string, double> { [nameof(Beta1)] = Beta1, [nameof(Beta2)] = Beta2, [nameof(Epsilon)] = Epsilon };

    /// <inheritdoc/>
    protected override int MomentCount => 2;

    private protected override bool IsElementwise => true;

    private protected override void CheckSettings<TNumber>(long step) => AdamRule<TNumber>.Check(step, LearningRate, Beta1, Epsilon, decay: 0);

    private protected override double Reach(long step, double gradient, Span<double> moments) => AdamRule<double>.Reach(step, LearningRate, Beta1, Epsilon, 0, gradient, moments);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override void Step<TNumber>(in OptimizerStep<TNumber> step) => step.Run(
        new AdamRule<TNumber>(StepCount, LearningRate, Beta1, Beta2, Epsilon, decay: 0));
}

/// <summary>
/// Adam with decoupled weight decay: θ ← (1 - η λ) θ, then <see cref="Adam"/>'s step; the decay λ is
/// <see cref="Optimizer.WeightDecay"/>, 0.01 unless said otherwise, and does not enter the moments.
/// </summary>
/// <remarks>I. Loshchilov and F. Hutter, "Decoupled weight decay regularization", 2019; as <c>torch.optim.AdamW</c>.</remarks>
public sealed class AdamW : Optimizer
{
    /// <summary>Creates the optimiser, with a weight decay of 0.01.</summary>
    /// <param name="learningRate">η, the size of a step; finite and at least 0.</param>
    public AdamW(double learningRate = 1e-3) : base(learningRate) => WeightDecay = 0.01;

    /// <summary>β₁, the decay of the gradient's mean, at least 0 and below 1. Default: 0.9.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public double Beta1
    {
        get;
        init => field = Hyperparameter.Decay(value, nameof(Beta1));
    } = 0.9;

    /// <summary>β₂, the decay of the gradient's mean square, at least 0 and below 1. Default: 0.999.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public double Beta2
    {
        get;
        init => field = Hyperparameter.Decay(value, nameof(Beta2));
    } = 0.999;

    /// <summary>ε, finite and above 0. Default: 1e-8.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public double Epsilon
    {
        get;
        init => field = Hyperparameter.AboveZero(value, nameof(Epsilon));
    } = 1e-8;

    /// <inheritdoc/>
    protected override IReadOnlyDictionary<string, double> Settings => new Dictionary<string, double> { [nameof(Beta1)] = Beta1, [nameof(Beta2)] = Beta2, [nameof(Epsilon)] = Epsilon };

    /// <inheritdoc/>
    protected override int MomentCount => 2;

    private protected override bool IsElementwise => true;

    /// <inheritdoc/>
    protected override bool AddsWeightDecay => false;

    private protected override void CheckSettings<TNumber>(long step) => AdamRule<TNumber>.Check(step, LearningRate, Beta1, Epsilon, WeightDecay);

    private protected override double Reach(long step, double gradient, Span<double> moments) => AdamRule<double>.Reach(step, LearningRate, Beta1, Epsilon, WeightDecay, gradient, moments);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override void Step<TNumber>(in OptimizerStep<TNumber> step) => step.Run(
        new AdamRule<TNumber>(StepCount, LearningRate, Beta1, Beta2, Epsilon, WeightDecay));
}

/// <summary>The step of <see cref="Adam"/> and, with a decay of the parameters, of <see cref="AdamW"/>. Moments: m, v.</summary>
[method: MethodImpl(MethodImplOptions.AggressiveInlining)]
internal readonly struct AdamRule<T>(long step, double rate, double beta1, double beta2, double epsilon, double decay) : IUpdateRule<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly Vector<T> _keep = OptimizerStep<T>.Constant(1 - (rate * decay));
    private readonly Vector<T> _share1 = OptimizerStep<T>.Constant(1 - beta1);
    private readonly Vector<T> _beta2 = OptimizerStep<T>.Constant(beta2);
    private readonly Vector<T> _share2 = OptimizerStep<T>.Constant(1 - beta2);
    private readonly Vector<T> _rate = OptimizerStep<T>.Constant(rate / (1 - Math.Pow(beta1, step)));
    private readonly Vector<T> _rootScale = OptimizerStep<T>.Constant(1 / Math.Sqrt(1 - Math.Pow(beta2, step)));
    private readonly Vector<T> _epsilon = OptimizerStep<T>.Constant(epsilon);

    /// <summary>Throws where a constant of the rule is beyond the number type's range; roots of numbers below 1 are not.</summary>
    public static void Check(long step, double rate, double beta1, double epsilon, double decay)
    {
        Hyperparameter.CheckFinite<T>(rate / (1 - Math.Pow(beta1, step)), "LearningRate / (1 - Beta1^step)");
        Hyperparameter.CheckFinite<T>(1 - (rate * decay), "1 - LearningRate × WeightDecay");
        Hyperparameter.CheckAboveZero<T>(epsilon, "Epsilon");
    }

    /// <summary>Bounds the numbers of a step; see <see cref="Optimizer"/>. A parameter that shrinks stays finite, and one that a decay makes grow may not.</summary>
    public static double Reach(long step, double rate, double beta1, double epsilon, double decay, double gradient, Span<double> moments)
    {
        moments[0] = Math.Max(moments[0], gradient);
        moments[1] = Math.Max(moments[1], gradient * gradient);
        double way = moments[0] / epsilon * Math.Max(1, rate / (1 - Math.Pow(beta1, step)));
        return Math.Abs(1 - (rate * decay)) <= 1 ? Math.Max(2 * moments[0], way) : double.PositiveInfinity;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector<T> Apply(Vector<T> parameter, Vector<T> gradient, ref T moments, nuint stride)
    {
        Vector<T> mean = Vector.LoadUnsafe(ref moments);
        mean += _share1 * (gradient - mean);
        mean.StoreUnsafe(ref moments);
        Vector<T> square = (_beta2 * Vector.LoadUnsafe(ref moments, stride)) + (_share2 * (gradient * gradient));
        square.StoreUnsafe(ref moments, stride);
        return (_keep * parameter) - (_rate * (mean / ((_rootScale * Vector.SquareRoot(square)) + _epsilon)));
    }
}
