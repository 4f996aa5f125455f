using System.ComponentModel;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace RnnGen.Runtime;

/// <summary>Where a state stands in a training arena.</summary>
/// <param name="Values">Row 0 before the first step.</param>
/// <param name="Step">From a step to the next.</param>
/// <param name="Row">From a row to the next.</param>
/// <param name="Adjoint">Row 0 of the adjoint of the state before the first step.</param>
/// <param name="Size">Units.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly record struct CarriedPlace(int Values, int Step, int Row, int Adjoint, int Size);

/// <summary>What training reads of a <see cref="BatchState{T}"/> and leaves in it; without one, nothing. Generated code calls this.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class CarriedStates
{
    /// <summary>Puts the states that a group's sequences start from before its first step.</summary>
    /// <typeparam name="T">The number type.</typeparam>
    /// <param name="state">The states, if any are carried.</param>
    /// <param name="arena">The training arena.</param>
    /// <param name="places">Where the states are in it.</param>
    /// <param name="rows">The group's rows.</param>
    /// <param name="start">The group's first sequence.</param>
    /// <param name="first">The first row.</param>
    /// <param name="last">The row after the last.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Load<T>(BatchState<T>? state, ref T arena, ReadOnlySpan<CarriedPlace> places, GroupRows rows, int start, int first, int last) where T : unmanaged, INumber<T> =>
        state?.Load(ref arena, places, rows, start, first, last);

    /// <summary>Takes the states that a group's sequences end in.</summary>
    /// <inheritdoc cref="Load"/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Take<T>(BatchState<T>? state, ref T arena, ReadOnlySpan<CarriedPlace> places, GroupRows rows, int start, int first, int last) where T : unmanaged, INumber<T> =>
        state?.Take(ref arena, places, rows, start, first, last);

    /// <summary>Takes the gradient with respect to the states that a group's sequences start from.</summary>
    /// <inheritdoc cref="Load"/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void TakeGradients<T>(BatchState<T>? state, ref T arena, ReadOnlySpan<CarriedPlace> places, GroupRows rows, int start, int first, int last) where T : unmanaged, INumber<T> =>
        state?.TakeGradients(ref arena, places, rows, start, first, last);

    /// <summary>Keeps what a call took of the states, when nothing can fail any more.</summary>
    /// <typeparam name="T">The number type.</typeparam>
    /// <param name="state">The states, if any are carried.</param>
    /// <param name="count">Sequences of the call.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void CommitStates<T>(BatchState<T>? state, int count) where T : unmanaged, INumber<T> => state?.CommitStates(count);

    /// <summary>Keeps what a call took of the states and of their gradient, when nothing can fail any more.</summary>
    /// <inheritdoc cref="CommitStates"/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void CommitGradients<T>(BatchState<T>? state, int count) where T : unmanaged, INumber<T> => state?.CommitGradients(count);
}
