using System.ComponentModel;

namespace RnnGen.Runtime;

/// <summary>The shape of many streams at once: arenas of a fixed number of rows, one row a stream.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class StreamsShape
{
    /// <summary>Rows of an arena.</summary>
    public required int Rows { get; init; }

    /// <summary>Values of an arena.</summary>
    public required int ArenaLength { get; init; }

    /// <summary>The layers' states, in the order in which they are saved.</summary>
    public required StreamedRowState[] States { get; init; }

    /// <summary>Where the output layer's values of a step are stored, if the outputs are read of them.</summary>
    public StepValues Head { get; init; }

    /// <summary>Where pooled outputs are stored; of width 0 if outputs are not pooled.</summary>
    public PooledRows Pool { get; init; }
}

/// <summary>A state of all rows of an arena in two buffers, used in turn, or in one twice.</summary>
/// <param name="Even">Where row 0 is stored before steps 0, 2, 4….</param>
/// <param name="Odd">Where row 0 is stored before steps 1, 3, 5….</param>
/// <param name="Row">From a row to the next.</param>
/// <param name="Size">Units.</param>
/// <param name="Learned">Where its learned initial value is stored in the packs; -1 if it starts from zero.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly record struct StreamedRowState(int Even, int Odd, int Row, int Size, int Learned = -1)
{
    /// <summary>Values of a step, if it is a ring of past steps, behind which the place of the oldest is stored; 0 if it is none.</summary>
    public int Slot { get; init; }
}

/// <summary>The pooled outputs of all rows of an arena.</summary>
/// <param name="Offset">Where row 0 is stored.</param>
/// <param name="Row">From a row to the next.</param>
/// <param name="Width">Their number.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly record struct PooledRows(int Offset, int Row, int Width);
