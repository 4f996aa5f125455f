using System.Collections.Generic;
using System.Linq;
using RnnGen.Generator.Common;

namespace RnnGen.Generator.Planning.Kernels;

/// <summary>
/// A matrix product over panels, the one primitive of the forward and the reverse pass: for each row and panel,
/// out[16] = start + Σ source[k] · weights[k][panel][16], summed in the order of k whatever the tile.
/// </summary>
/// <param name="Panels">The panels computed together, with constant offsets.</param>
/// <param name="Segments">The sources, in the order in which they are summed.</param>
/// <param name="LiveUnits">Values of a panel that are ever read; vectors beyond are not computed.</param>
internal sealed record PanelProduct(
    IReadOnlyList<Panel> Panels,
    IReadOnlyList<ProductSegment> Segments,
    ProductStart Start,
    int LiveUnits,
    int Block)
{
    // Bytes of weights beyond which the first-level cache does not hold them beside the rows.
    private const int CachedWeights = 24_000;

    /// <summary>Whether tiles of more rows and fewer panels pay: the weights come from the second-level cache, and every source feeds every panel.</summary>
    public bool SavesReads => Panels.All(p => p.Segments.All(s => s is not null))
        && Panels.Count * VectorTarget.BlockBytes * Segments.Sum(s => s.Values) > CachedWeights;

    /// <summary>The panels in tiles of at most <paramref name="width"/>.</summary>
    public IEnumerable<PanelTile> Tiles(int width)
    {
        for (int i = 0; i < Panels.Count; i += width)
        {
            yield return new PanelTile(Panels.Skip(i).Take(width).ToList());
        }
    }
}

/// <summary>Panels that one register tile computes.</summary>
internal sealed record PanelTile(IReadOnlyList<Panel> Panels)
{
    public Panel First => Panels[0];
}

/// <param name="Weights">Offset of the panel's weights.</param>
/// <param name="OutputBlock">The output's block, whose stride is known at run time only.</param>
/// <param name="Output">Offset of the output within its block's row.</param>
/// <param name="Segments">Per segment: the offset of its weights within the panel, or null where it does not feed the panel.</param>
internal sealed record Panel(int Weights, int OutputBlock, int Output, EquatableArray<int?> Segments);

/// <summary>A source of a product: a row of values, or blocks of a row.</summary>
/// <param name="Step">From one value's weights to the next one's.</param>
/// <param name="Blocks">Whole blocks to walk, at a stride known at run time; 0 for a plain row, which is read once by <paramref name="Runs"/>.</param>
/// <param name="Runs">What is read of the row, or of each whole block.</param>
/// <param name="Tail">What is read of a last, partial block.</param>
internal sealed record ProductSegment(string Name, int Step, int Blocks, IReadOnlyList<SegmentRun> Runs, IReadOnlyList<SegmentRun> Tail)
{
    public bool IsBlocked => Blocks > 0 || Tail.Count > 0;

    /// <summary>Values that are read.</summary>
    public int Values => (IsBlocked ? Blocks : 1) * Runs.Sum(r => r.Length) + Tail.Sum(r => r.Length);
}

/// <summary>Consecutive values from <paramref name="Start"/> up to, not including, <paramref name="End"/>.</summary>
internal sealed record SegmentRun(int Start, int End)
{
    public int Length => End - Start;
}

/// <summary>What a product's sums start from.</summary>
internal enum ProductStart
{
    /// <summary>The bias that stands in front of the panel's weights.</summary>
    Bias,

    Zero,

    /// <summary>What the output holds already.</summary>
    Sum,
}
