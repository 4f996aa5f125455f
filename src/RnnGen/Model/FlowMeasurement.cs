using System.ComponentModel;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace RnnGen.Runtime;

/// <summary>What training measures for a <see cref="GradientFlow"/>; without one, nothing. Generated code calls this.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class FlowMeasurement
{
    /// <summary>Creates what a model measures into.</summary>
    /// <param name="layout">The model's layout.</param>
    /// <param name="watched">Its layers.</param>
    /// <param name="rows">Rows that are measured apart.</param>
    public static GradientFlow Create(ModelLayout layout, IReadOnlyList<WatchedLayer> watched, int rows) => new(layout, watched, rows);

    /// <summary>Measures the adjoints of a layer's states before a step back.</summary>
    /// <typeparam name="T">The number type.</typeparam>
    /// <param name="flow">What is measured into.</param>
    /// <param name="arena">The training arena.</param>
    /// <param name="layer">The layer.</param>
    /// <param name="step">The step.</param>
    /// <param name="first">The first row.</param>
    /// <param name="last">The row after the last.</param>
    /// <param name="group">The group's first row among those that are measured apart.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Watch<T>(GradientFlow? flow, ref T arena, int layer, int step, int first, int last, int group) where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        flow?.Watch(ref arena, layer, step, first, last, group);

    /// <summary>Counts the values of a layer's gates after a step forward.</summary>
    /// <inheritdoc cref="Watch"/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Count<T>(GradientFlow? flow, ref T arena, int layer, int step, int first, int last, int group) where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        flow?.Count(ref arena, layer, step, first, last, group);
}
