using System.ComponentModel;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace RnnGen.Runtime;

/// <summary>Updates of a model's parameters by an optimiser. Generated models call this; call their <c>TrainStep</c> and <c>ApplyGradients</c>.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class ParameterUpdate
{
    /// <summary>Checks everything about an update that is known before its gradient is.</summary>
    /// <typeparam name="T">The number type: <see cref="float"/> or <see cref="double"/>.</typeparam>
    /// <param name="optimizer">The rule.</param>
    /// <param name="model">The model that is to be updated.</param>
    /// <exception cref="InvalidOperationException">The optimiser belongs to another model, or its settings contradict each other.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A setting is beyond the number type's range.</exception>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Check<T>(Optimizer optimizer, object model) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(optimizer);
        optimizer.CheckUpdate<T>(model);
    }

    /// <summary>Clips the gradient and updates all parameters.</summary>
    /// <typeparam name="T">The number type: <see cref="float"/> or <see cref="double"/>.</typeparam>
    /// <param name="optimizer">The rule.</param>
    /// <param name="model">The model whose parameters these are.</param>
    /// <param name="parameters">Updated; <c>layout.ParameterCount</c> values.</param>
    /// <param name="gradients">The same number of values; read only.</param>
    /// <param name="layout">The model's layout.</param>
    /// <exception cref="InvalidOperationException">The optimiser belongs to another model, or its settings contradict each other.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A setting is beyond the number type's range; nothing has changed.</exception>
    /// <exception cref="ArgumentException">A length differs from the layout's.</exception>
    /// <exception cref="NonFiniteException">A gradient is not finite; nothing has changed.</exception>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Apply<T>(Optimizer optimizer, object model, Span<T> parameters, ReadOnlySpan<T> gradients, ModelLayout layout)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        Apply(optimizer, model, parameters, gradients, layout, [new ParameterSegment(0, parameters.Length)]);

    /// <summary>Clips the gradient and updates the parameters of some segments.</summary>
    /// <typeparam name="T">The number type: <see cref="float"/> or <see cref="double"/>.</typeparam>
    /// <param name="optimizer">The rule.</param>
    /// <param name="model">The model whose parameters these are.</param>
    /// <param name="parameters">Updated; <c>layout.ParameterCount</c> values.</param>
    /// <param name="gradients">The same number of values; read only.</param>
    /// <param name="layout">The model's layout.</param>
    /// <param name="segments">The segments to update, which do not overlap. Moments, weight decay and the norm of the gradient are limited to them.</param>
    /// <exception cref="InvalidOperationException">The optimiser belongs to another model, or its settings contradict each other.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A setting is beyond the number type's range; nothing has changed.</exception>
    /// <exception cref="ArgumentException">A length differs from the layout's.</exception>
    /// <exception cref="NonFiniteException">A gradient is not finite; nothing has changed.</exception>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Apply<T>(
        Optimizer optimizer, object model, Span<T> parameters, ReadOnlySpan<T> gradients, ModelLayout layout, ReadOnlySpan<ParameterSegment> segments)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(optimizer);
        optimizer.Update(model, new ParameterChange<T> { Parameters = parameters, Gradients = gradients, Layout = layout, Segments = segments, Blocks = segments });
    }
}
