using System.ComponentModel;

namespace RnnGen.Runtime;

/// <summary>Where a state is stored in a training arena.</summary>
/// <param name="Values">Row 0 before the first step.</param>
/// <param name="Step">From a step to the next.</param>
/// <param name="Row">From a row to the next.</param>
/// <param name="Adjoint">Row 0 of the adjoint of the state before the first step.</param>
/// <param name="Size">Units.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly record struct CarriedPlace(int Values, int Step, int Row, int Adjoint, int Size);
