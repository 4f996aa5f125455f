using System.ComponentModel;

namespace RnnGen.Runtime;

/// <summary>How what the first layers read is made of the flat row of a sequence: which of its elements are numbers, and which name rows of embedding tables.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class InputShape
{
    /// <summary>Elements of a step in a row.</summary>
    public required int Step { get; init; }

    /// <summary>Where the elements begin that are given once.</summary>
    public required int Statics { get; init; }

    /// <summary>Their number.</summary>
    public int StaticSize { get; init; }

    /// <summary>Values that the first layer reads at a step.</summary>
    public required int Width { get; init; }

    /// <summary>Where the elements begin that are known for the decoded steps.</summary>
    public int Known { get; init; }

    /// <summary>Their number at a step.</summary>
    public int KnownSize { get; init; }

    /// <summary>Values that the decoder's first layer reads of them at a step, behind what it is fed.</summary>
    public int KnownWidth { get; init; }

    /// <summary>The parts of what the first layers read, each an input or a group of them.</summary>
    public required InputPart[] Parts { get; init; }
}

/// <summary>A part of what the first layer reads, or the decoder's.</summary>
/// <param name="From">Its first element, among those of a step, those that are given once, or those that are known for a decoded step.</param>
/// <param name="To">Its first value in what the layer reads.</param>
/// <param name="Size">Elements that are copied as they are, or 1 for the index of a category.</param>
/// <param name="Kind">When it is given.</param>
/// <param name="Table">The table of the categories; null for numbers.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed record InputPart(int From, int To, int Size, InputKind Kind, TrainedTable? Table = null);

/// <summary>Tokens, or indices of categories, that name rows of a table at each step.</summary>
/// <param name="Table">The table.</param>
/// <param name="Values">Where its rows go in the arena.</param>
/// <param name="IsDecoded">Whether they are of the decoder's steps.</param>
internal sealed record TokenRows(TrainedTable Table, StepValues Values, bool IsDecoded);
