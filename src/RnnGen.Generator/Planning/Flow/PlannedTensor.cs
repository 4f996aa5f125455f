using System.Collections.Generic;
using System.Linq;
using RnnGen.Generator.Model;
using RnnGen.Generator.Planning.Kernels;

namespace RnnGen.Generator.Planning.Flow;

/// <summary>A table of one row per token, or per category of an input.</summary>
/// <param name="IsDecoders">Whether it is of the decoder's tokens, and not of the input's.</param>
internal sealed record PlannedTable(int Index, PlannedTensor Tensor, EmbeddingSpecification Table, bool IsDecoders)
{
    /// <summary>The input whose categories it has rows of; null for tokens.</summary>
    public DeclaredInput? Input { get; init; }
}

/// <summary>An input in the row of a sequence, and in what the first layer reads.</summary>
/// <param name="From">Its first element, among those of a step, or among those that are given once.</param>
/// <param name="To">Its first value in what the layer reads at a step.</param>
/// <param name="Table">The table of its categories; null for numbers.</param>
internal sealed record PlannedColumn(DeclaredInput Input, int From, int To, PlannedTable? Table);

/// <summary>A parameter tensor in the flat buffer.</summary>
internal sealed record PlannedTensor(
    string Name, IReadOnlyList<int> Shape, int Offset, string Kind, Cells.CellTensor Tensor, int Columns)
{
    /// <summary>Whether training leaves it alone.</summary>
    public bool IsFrozen { get; init; }

    /// <summary>Whether it is a table of the model too, by which name it goes.</summary>
    public bool IsTied { get; init; }

    /// <summary>Heads of a block-diagonal matrix, whose rows have a head's columns alone.</summary>
    public int Heads { get; init; } = 1;

    /// <summary>Where among the packs the matrix is stored that kernels' packs are made of; null where that is the parameter itself. Of a convolution it is in the order of its windows, of a block-diagonal one with what is zero.</summary>
    public int? Matrix { get; init; }

    /// <summary>Whether the matrix is laid out in another way than the parameter.</summary>
    public bool HasMatrix(LayerSpecification layer) => Heads > 1 || (Shape.Count > 1 && layer.Convolution is { Kernel: > 1 });

    /// <summary>Values of the matrix that kernels multiply by.</summary>
    public long MatrixCount => Count * Heads;

    /// <summary>Its values, however many.</summary>
    public long Count => Shape.Aggregate(1L, (product, size) => product * size);

    public int Length => Saturated.ToInt(Count);
}

/// <summary>A parameter of one value a unit that the runtime reads, and no layer's kernels.</summary>
/// <param name="Pack">Where it is stored among the packs.</param>
internal sealed record PlannedVector(PlannedTensor Tensor, int Pack)
{
    public int Length => Tensor.Length;
}
