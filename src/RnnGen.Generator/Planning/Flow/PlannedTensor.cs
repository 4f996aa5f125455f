using System.Collections.Generic;
using System.Linq;
using RnnGen.Generator.Model;

namespace RnnGen.Generator.Planning.Flow;

/// <summary>A table of one row per token.</summary>
/// <param name="IsDecoders">Whether it is of the decoder's tokens, and not of the input's.</param>
internal sealed record PlannedTable(int Index, PlannedTensor Tensor, EmbeddingSpecification Table, bool IsDecoders);

/// <summary>A parameter tensor in the flat buffer.</summary>
/// <param name="IsFrozen">Whether training leaves it alone.</param>
/// <param name="IsTied">Whether it is a table of the model too, by which name it goes.</param>
internal sealed record PlannedTensor(
    string Name, IReadOnlyList<int> Shape, int Offset, string Kind, Cells.CellTensor Tensor, int Columns, bool IsFrozen = false, bool IsTied = false)
{
    public int Length => Shape.Aggregate(1, (product, size) => product * size);
}

/// <summary>A parameter of one value a unit that the runtime reads, and no layer's kernels.</summary>
/// <param name="Pack">Where it stands among the packs.</param>
internal sealed record PlannedVector(PlannedTensor Tensor, int Pack)
{
    public int Length => Tensor.Length;
}
