using System.Collections.ObjectModel;
using System.Globalization;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace RnnGen;

/// <summary>
/// The rule by which training changes a model's parameters. An optimiser keeps its moments in the model's precision,
/// allocates them at its first step and belongs to that model from then on.
/// </summary>
/// <remarks>
/// Each step clips by value, clips by global norm, adds the weight decay, and then applies the rule, as
/// <c>clip_grad_value_</c>, <c>clip_grad_norm_</c> and <c>torch.optim</c> do in PyTorch, with the same defaults.
/// </remarks>
/// <example>
/// <code>
/// var optimizer = new Adam(1e-3) { ClipNorm = 1 };
/// float loss = model.TrainStep(inputs, targets, count, optimizer);
/// </code>
/// An optimiser of your own defines how many moments it keeps and what a step does:
/// <code>
/// public sealed class SignDescent(double learningRate) : Optimizer(learningRate)
/// {
///     protected override int MomentCount =&gt; 0;
///
///     protected override void Step&lt;T&gt;(in OptimizerStep&lt;T&gt; step)
///     {
///         foreach (ParameterSegment segment in step.Segments)
///         {
///             for (int i = segment.Offset; i &lt; segment.End; i++)
///             {
///                 step.Parameters[i] -= T.CreateTruncating(LearningRate * T.Sign(step.Gradient(i)));
///             }
///         }
///     }
/// }
/// </code>
/// </example>
public abstract partial class Optimizer
{
    private object? _model;
    private Array? _moments;
    private int _momentCount;
    private OptimizerShard? _shard;

    /// <summary>Creates the optimiser.</summary>
    /// <param name="learningRate">Size of a step; finite and at least 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">The learning rate is negative or not finite.</exception>
    protected Optimizer(double learningRate) => LearningRate = learningRate;

    /// <summary>
    /// The learning rate; finite and at least 0. In a training loop of your own it may change between steps. <c>Fit</c> sets it before each step to its value at the start of the training,
    /// times the factors of <see cref="FitOptions.Schedule"/> and of <see cref="FitOptions.NonFinite"/>, so changes by a callback have no effect, and restores it
    /// at the end. Use a <see cref="LearningRateSchedule"/> to change it.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative or not finite.</exception>
    public double LearningRate
    {
        get;
        set => field = Hyperparameter.AtLeastZero(value, nameof(LearningRate));
    }

    /// <summary>
    /// The maximum Euclidean norm of the whole gradient; a larger one is scaled by ClipNorm / (norm + 1e-6).
    /// Finite and above 0, or <see langword="null"/> (default) for no limit.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not above 0 or not finite.</exception>
    public double? ClipNorm
    {
        get;
        set => field = value is { } limit ? Hyperparameter.AboveZero(limit, nameof(ClipNorm)) : null;
    }

    /// <summary>
    /// The maximum magnitude of a single value of the gradient, applied before <see cref="ClipNorm"/>.
    /// Finite and above 0, or <see langword="null"/> (default) for no limit.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not above 0 or not finite.</exception>
    public double? ClipValue
    {
        get;
        set => field = value is { } limit ? Hyperparameter.AboveZero(limit, nameof(ClipValue)) : null;
    }

    /// <summary>
    /// The weight decay; 0 for none. It adds WeightDecay × parameter to the clipped gradient (an L2 penalty),
    /// except in <see cref="AdamW"/>, which shrinks the parameters directly.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative or not finite.</exception>
    public double WeightDecay
    {
        get;
        set => field = Hyperparameter.AtLeastZero(value, nameof(WeightDecay));
    }

    /// <summary>Steps taken so far.</summary>
    public long StepCount { get; private set; }

    /// <summary>The Euclidean norm of the last step's whole gradient, before clipping; <see langword="null"/> before the first step.</summary>
    public double? GradientNorm { get; private set; }

    /// <summary>How many moments the rule keeps for each parameter, at least 0; the same at every step. They are 0 before the first step, and saved in checkpoints.</summary>
    protected abstract int MomentCount { get; }

    /// <summary>
    /// Whether <see cref="WeightDecay"/> × parameter is added to the gradient that <see cref="OptimizerStep{T}.Gradient"/> returns. A rule with another decay, as <see cref="AdamW"/> has, returns
    /// <see langword="false"/> and reads <see cref="WeightDecay"/> itself. Default: <see langword="true"/>.
    /// </summary>
    protected virtual bool AddsWeightDecay
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        get => true;
    }

    /// <summary>
    /// Whether the rule works element by element, so that a step may be taken in parts, each with some of the segments, at once. Not so where nothing is known of the rule.
    /// </summary>
    private protected virtual bool IsElementwise
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        get => false;
    }

    /// <summary>Clips the gradient and updates the parameters of some segments.</summary>
    /// <typeparam name="TNumber">The number type: <see cref="float"/> or <see cref="double"/>.</typeparam>
    /// <param name="model">The model whose parameters these are.</param>
    /// <param name="change">Parameters, gradient and segments. Moments, weight decay and the norm of the gradient are limited to the segments.</param>
    /// <returns>Whether the pass has packed the blocks.</returns>
    /// <exception cref="InvalidOperationException">The optimiser belongs to another model, or its settings contradict each other.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A setting is beyond the number type's range; nothing has changed.</exception>
    /// <exception cref="ArgumentException">A length differs from the layout's.</exception>
    /// <exception cref="NonFiniteException">A gradient is not finite, or a parameter or moment would not be after the update; nothing has changed.</exception>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal bool Update<TNumber>(object model, in ParameterChange<TNumber> change)
        where TNumber : unmanaged, IBinaryFloatingPointIeee754<TNumber>
    {
        ArgumentNullException.ThrowIfNull(change.Layout);
        CheckUpdate<TNumber>(model);
        CheckLength(change.Parameters.Length, change.Layout, "parameters");
        CheckLength(change.Gradients.Length, change.Layout, "gradients");
        if (_shard is not null && !ReferenceEquals(_shard.Group, change.Processes))
        {
            throw Sharded();
        }

        double squares = change.SumOfSquares();
        if (!double.IsFinite(squares))
        {
            Gradient.ThrowIfNotFinite(change.Gradients, change.Segments, change.Layout);
        }

        double whole = Gradient.Norm(change.Gradients, change.Segments, double.PositiveInfinity, squares), factor = 1;
        if (ClipNorm is { } clipNorm)
        {
            double norm = ClipValue is { } limit ? Gradient.Norm(change.Gradients, change.Segments, limit, null) : whole;
            factor = Math.Min(1, clipNorm / (norm + 1e-6));
        }

        int first = _shard?.First ?? 0, count = _shard?.Count ?? change.Parameters.Length;
        TNumber[] moments = (TNumber[]?)_moments ?? new TNumber[MomentLength(count)];
        OptimizerStep<TNumber> step = new()
        {
            Parameters = change.Parameters.Slice(first, count),
            Gradients = change.Gradients.Slice(first, count),
            Segments = _shard is null ? change.Segments : _shard.Own(change.Segments),
            Moments = moments,
            ClipValue = ClipValue,
            Factor = factor,
            WeightDecay = AddsWeightDecay ? WeightDecay : 0,
        };
        bool isPacked = Take(step, whole, change);
        _shard?.Gather(change.Parameters);
        (_model, _moments, GradientNorm) = (model, moments, whole);
        return isPacked;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private bool Take<TNumber>(in OptimizerStep<TNumber> step, double norm, in ParameterChange<TNumber> change) where TNumber : unmanaged, IBinaryFloatingPointIeee754<TNumber>
    {
        StepCount++;
        if (!MayOverflow(step, norm))
        {
            if (change.Pass is not { } pass || !IsElementwise || IsShared)
            {
                Step(step);
                return false;
            }

            pass.Run(this, step, change.Blocks);
            Step(step.Of(change.Rows));
            return true;
        }

        try
        {
            StepOnTrial(step, change.Layout);
            return false;
        }
        catch
        {
            StepCount--;
            throw;
        }
    }

    /// <summary>A part of a step.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal void StepOf<TNumber>(in OptimizerStep<TNumber> step) where TNumber : unmanaged, IBinaryFloatingPointIeee754<TNumber> => Step(step);

    /// <summary>Checks everything about an update that is known before its gradient is.</summary>
    /// <typeparam name="TNumber">The number type: <see cref="float"/> or <see cref="double"/>.</typeparam>
    /// <param name="model">The model that is to be updated.</param>
    /// <exception cref="InvalidOperationException">The optimiser belongs to another model, or its settings contradict each other.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A setting is beyond the number type's range.</exception>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal void CheckUpdate<TNumber>(object model) where TNumber : unmanaged, IBinaryFloatingPointIeee754<TNumber>
    {
        ArgumentNullException.ThrowIfNull(model);
        CheckOwner(model);
        Hyperparameter.CheckFinite<TNumber>(LearningRate, nameof(LearningRate));
        Hyperparameter.CheckFinite<TNumber>(WeightDecay, nameof(WeightDecay));
        Hyperparameter.CheckAboveZero<TNumber>(ClipNorm ?? 1, nameof(ClipNorm));
        Hyperparameter.CheckAboveZero<TNumber>(ClipValue ?? 1, nameof(ClipValue));
        CheckSettings<TNumber>(StepCount + 1);
        if (_moments is not null && MomentCount != _momentCount)
        {
            throw new InvalidOperationException(Invariant($"{GetType().Name}.MomentCount was {_momentCount} and is {MomentCount}; a rule keeps the same moments at every step."));
        }
    }

    /// <summary>
    /// The settings of the rule by name, without those that every optimiser has. A checkpoint stores them with the optimiser's type, and a training does not resume with another type or other
    /// settings. Default: none.
    /// </summary>
    protected virtual IReadOnlyDictionary<string, double> Settings => ReadOnlyDictionary<string, double>.Empty;

    /// <summary>What checkpoints call the rule: the name of a type of this library, and the full name of another.</summary>
    internal string RuleName => GetType().Assembly == typeof(Optimizer).Assembly ? GetType().Name : GetType().FullName ?? GetType().Name;

    /// <summary>Adds all settings but the learning rate by name; <see langword="null"/> where one is off.</summary>
    internal void Describe(Action<string, double?> add)
    {
        add(nameof(ClipNorm), ClipNorm);
        add(nameof(ClipValue), ClipValue);
        add(nameof(WeightDecay), WeightDecay);
        foreach ((string name, double value) in Settings)
        {
            add(name, value);
        }
    }

    /// <summary>The moments of all parameters, or of those of this process's shard, one moment after the other; empty before the first step.</summary>
    internal ReadOnlySpan<TNumber> Moments<TNumber>() => (TNumber[]?)_moments;

    /// <summary>Where processes share the moments, those of all parameters in process 0; otherwise <see langword="null"/>. All processes make the call.</summary>
    internal TNumber[]? WholeMoments<TNumber>() where TNumber : unmanaged => _shard?.Whole(Moments<TNumber>());

    /// <summary>Whether processes share the moments.</summary>
    internal bool IsShared => _shard is not null;

    /// <summary>Shares the moments among processes; <see langword="null"/> keeps them all here.</summary>
    /// <exception cref="InvalidOperationException">The optimiser keeps moments that are shared in another way, or those of its kind cannot be shared.</exception>
    internal void Share(OptimizerShard? shard)
    {
        if (shard is not null && !IsElementwise)
        {
            throw new InvalidOperationException($"{GetType().Name} may read any parameter for the update of another, so that its moments cannot be shared among processes. Do not set ShardOptimizer.");
        }

        if (_moments is not null && (shard?.First, shard?.Count) != (_shard?.First, _shard?.Count))
        {
            throw Sharded();
        }

        _shard = shard;
    }

    private InvalidOperationException Sharded() => new(
        $"This {GetType().Name} keeps the moments of {(_shard is null ? "all parameters" : Invariant($"the parameters {_shard.First} to {_shard.First + _shard.Count - 1}"))} from an earlier training, and this one shares them in another way. Give it a new optimiser, or train with the same Processes and ShardOptimizer.");

    /// <summary>How many moments of all parameters there are after the first step.</summary>
    internal int MomentLength(int parameterCount)
    {
        _momentCount = MomentCount;
        return _momentCount >= 0
            ? checked(_momentCount * parameterCount)
            : throw new InvalidOperationException(Invariant($"{GetType().Name}.MomentCount is {_momentCount}; it is how many moments the rule keeps for each parameter, at least 0."));
    }

    /// <summary>Throws where the optimiser belongs to another model.</summary>
    internal void CheckOwner(object model)
    {
        if (_model is not null && !ReferenceEquals(_model, model))
        {
            throw new InvalidOperationException(
                $"This {GetType().Name} belongs to another {_model.GetType().Name}, whose moments it keeps. Give each model an optimiser of its own.");
        }
    }

    /// <summary>Continues from earlier moments of all parameters, of which it takes those of its shard.</summary>
    internal void RestoreWhole<TNumber>(object model, long stepCount, ReadOnlySpan<TNumber> moments) where TNumber : unmanaged => Restore(model, stepCount, _shard is null ? moments : _shard.Own(moments));

    /// <summary>Continues from earlier moments, which are copied; from then on the optimiser belongs to the model.</summary>
    internal void Restore<TNumber>(object model, long stepCount, ReadOnlySpan<TNumber> moments)
    {
        CheckOwner(model);
        _model = model;
        _areBoundsKnown = false;
        StepCount = stepCount;
        if (_moments?.Length != moments.Length)
        {
            _moments = stepCount == 0 ? null : new TNumber[moments.Length];
        }

        moments.CopyTo((TNumber[]?)_moments);
    }

    /// <summary>Throws where settings that are right each on its own contradict each other, and where a constant of the rule is beyond the number type's range.</summary>
    /// <param name="step">The step that comes next, from 1 on.</param>
    private protected virtual void CheckSettings<TNumber>(long step) where TNumber : unmanaged, IBinaryFloatingPointIeee754<TNumber> { }

    /// <summary>Updates the parameters of all segments, with their moments. <see cref="StepCount"/> already counts this step, and <see cref="LearningRate"/> is its rate.</summary>
    /// <typeparam name="T">The model's number type: <see cref="float"/> or <see cref="double"/>.</typeparam>
    /// <param name="step">Parameters, gradient, moments and the segments to update. A rule reads and writes nothing outside the segments.</param>
    /// <remarks>
    /// It runs after all checks. If it throws, or leaves a parameter or a moment that is not finite, parameters and moments are restored. To resume from a checkpoint to the same bits it must depend on nothing but the step, the optimiser's settings
    /// and <see cref="StepCount"/>.
    /// </remarks>
    protected abstract void Step<T>(in OptimizerStep<T> step)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>;

    private static void CheckLength(int found, ModelLayout layout, string name)
    {
        if (found != layout.ParameterCount)
        {
            throw new ArgumentException(Invariant($"{layout.ModelName} has {layout.ParameterCount} parameters; {name} has {found} values."), name);
        }
    }
}

/// <summary>Checks of hyper-parameters, with messages that say the range.</summary>
internal static class Hyperparameter
{
    public static double AtLeastZero(double value, string name) => double.IsFinite(value) && value >= 0
        ? value
        : throw new ArgumentOutOfRangeException(name, Invariant($"{value}"), $"{name} must be finite and at least 0.");

    public static double AboveZero(double value, string name) => double.IsFinite(value) && value > 0
        ? value
        : throw new ArgumentOutOfRangeException(name, Invariant($"{value}"), $"{name} must be finite and above 0.");

    public static double Decay(double value, string name) => value is >= 0 and < 1
        ? value
        : throw new ArgumentOutOfRangeException(name, Invariant($"{value}"), $"{name} must be at least 0 and below 1.");

    public static double Share(double value, string name) => value is > 0 and <= 1
        ? value
        : throw new ArgumentOutOfRangeException(name, Invariant($"{value}"), $"{name} must be above 0 and at most 1.");

    /// <summary>Throws where a number that is finite in double is not in <typeparamref name="TNumber"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void CheckFinite<TNumber>(double value, string name) where TNumber : unmanaged, IBinaryFloatingPointIeee754<TNumber>
    {
        if (!TNumber.IsFinite(TNumber.CreateTruncating(value)))
        {
            throw BeyondRange<TNumber>(value, name, "not finite");
        }
    }

    /// <summary>Throws where a number that is finite and above 0 in double is not in <typeparamref name="TNumber"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void CheckAboveZero<TNumber>(double value, string name) where TNumber : unmanaged, IBinaryFloatingPointIeee754<TNumber>
    {
        CheckFinite<TNumber>(value, name);
        if (TNumber.CreateTruncating(value) == TNumber.Zero)
        {
            throw BeyondRange<TNumber>(value, name, "0");
        }
    }

    private static ArgumentOutOfRangeException BeyondRange<TNumber>(double value, string name, string becomes) => new(
        name, Invariant($"{value}"), string.Create(CultureInfo.InvariantCulture, $"{name} is {value:R}, which is {becomes} in the model's number type, {(typeof(TNumber) == typeof(float) ? "float" : "double")}; nothing was updated. Choose a number within its range."));

    public static int AtLeastOne(int value, string name)
    {
        Guard.AtLeast(value, 1, name);
        return value;
    }
}
