using System.ComponentModel;
using System.Runtime.CompilerServices;

namespace RnnGen.Runtime;

/// <summary>Where a state is stored in a training arena.</summary>
/// <param name="Values">Row 0 before the first step.</param>
/// <param name="Step">From a step to the next.</param>
/// <param name="Row">From a row to the next.</param>
/// <param name="Adjoint">Row 0 of the adjoint of the state before the first step.</param>
/// <param name="Size">Units.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly record struct CarriedPlace(int Values, int Step, int Row, int Adjoint, int Size)
{
    /// <summary>From a row of the adjoint to the next; 0 if that is as of the values.</summary>
    public int AdjointRow { get; init; }

    /// <summary>The number of stretches in which steps are stored, those of one remainder by it after the other; 0 if a step follows the other.</summary>
    public int Phases { get; init; }

    /// <summary>From a stretch to the next.</summary>
    public int PhaseLength { get; init; }

    /// <summary>The step by whose place the state is stored before the first step.</summary>
    public int First { get; init; }

    // Where a row's state is stored after a number of steps.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal int ValuesAt(int steps, int row) => Values + row * Row + (Phases == 0 ? steps * Step : (First + steps) % Phases * PhaseLength + (First + steps) / Phases * Step);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal int AdjointAt(int row) => Adjoint + row * (AdjointRow == 0 ? Row : AdjointRow);
}
