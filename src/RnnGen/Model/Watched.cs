using System.ComponentModel;

namespace RnnGen.Runtime;

/// <summary>A layer whose adjoints and gates a model with <c>GradientFlow</c> measures.</summary>
/// <param name="Name">Its name in the generated code, such as <c>Lstm0</c>.</param>
/// <param name="Units">Units.</param>
/// <param name="Steps">Steps of the longest sequence.</param>
/// <param name="States">Its states.</param>
/// <param name="Gates">Its gates.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed record WatchedLayer(string Name, int Units, int Steps, WatchedState[] States, WatchedGate[] Gates);

/// <summary>Where a state's adjoint is stored before a step of the backward pass.</summary>
/// <param name="Name">The state's name in the cell's equations.</param>
/// <param name="Width">Values of a row.</param>
/// <param name="Carry">Row 0 of the part from later steps.</param>
/// <param name="CarryRow">From a row to the next.</param>
/// <param name="Output">Row 0 of the part from the layer above at the first step, or -1 if there is none.</param>
/// <param name="OutputStep">From a step to the next.</param>
/// <param name="OutputRow">From a row to the next.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed record WatchedState(string Name, int Width, int Carry, int CarryRow, int Output = -1, int OutputStep = 0, int OutputRow = 0);

/// <summary>Where a gate's values are stored, in blocks of 64 bytes of units.</summary>
/// <param name="Name">Its name in the cell's equations.</param>
/// <param name="Function">The function that computes it.</param>
/// <param name="Offset">The first unit of row 0 at the first step.</param>
/// <param name="StepLength">From a step to the next.</param>
/// <param name="BlockLength">From a block to the next.</param>
/// <param name="RowLength">From a row to the next.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed record WatchedGate(string Name, GateFunction Function, int Offset, int StepLength, int BlockLength, int RowLength);
