using System.ComponentModel;

namespace RnnGen.Runtime;

/// <summary>Where a value of every step and row is stored in the arena.</summary>
/// <param name="Offset">Row 0 of the first step.</param>
/// <param name="Step">From a step to the next.</param>
/// <param name="Row">From a row to the next.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly record struct StepValues(int Offset, int Step, int Row)
{
    internal int At(int step, int row) => Offset + step * Step + row * Row;
}
