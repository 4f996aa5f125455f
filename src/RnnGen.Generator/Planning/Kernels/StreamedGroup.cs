using System.Collections.Generic;
using System.Linq;
using RnnGen.Generator.Common;

namespace RnnGen.Generator.Planning.Kernels;

/// <summary>
/// Blocks of a streamed layer that are computed together. Its weights do not fit into the first-level cache, so each step reads them the other way than the step before,
/// from the first group to the last and then back, and begins with what the step before has left there. A group at an end that is larger than what stays is split:
/// its sums are those of two ranges of columns, each in the order of its columns, so that both ways give the same bits.
/// </summary>
/// <param name="Block">Its first block.</param>
/// <param name="Blocks">Their number.</param>
/// <param name="Ranges">One range of columns or two; each has, per source, its columns. None where the columns are all that is left.</param>
internal sealed record StreamedGroup(int Block, int Blocks, EquatableArray<EquatableArray<SegmentRun>> Ranges)
{
    // Bytes of weights that stay in the first-level cache, of 32 to 64 KB, while a step ends and the next begins.
    private const int Kept = 34_000;

    // Panels that one row is multiplied with at once.
    private const int MaximumPanels = 16;

    public bool IsSplit => Ranges.Count > 1;

    /// <summary>How many groups differ in more than their place.</summary>
    public static int FormsOf(LayerPlan layer) =>
        Splits(SizeOf(layer) * BlockBytes(layer)) ? Math.Min(3, (layer.Blocks + SizeOf(layer) - 1) / SizeOf(layer)) : layer.Blocks % SizeOf(layer) == 0 ? 1 : 2;

    /// <summary>The groups of a layer, in the order of its blocks: at least two.</summary>
    public static IReadOnlyList<StreamedGroup> Of(LayerPlan layer)
    {
        int size = SizeOf(layer), columns = layer.Sources.Sum(s => s.Columns);
        List<StreamedGroup> groups = [];
        for (int block = 0; block < layer.Blocks; block += size)
        {
            int blocks = Math.Min(size, layer.Blocks - block);
            bool isFirst = block == 0, isLast = block + blocks == layer.Blocks;
            long bytes = blocks * BlockBytes(layer);
            int kept = (int)((long)columns * Kept / bytes);
            int split = !Splits(bytes) || kept == 0 ? 0 : isFirst ? kept : isLast ? columns - kept : 0;
            groups.Add(new StreamedGroup(block, blocks, (split == 0 ? [Range(0, columns)] : new[] { Range(0, split), Range(split, columns) }).ToEquatableArray()));
        }

        return groups;

        // The columns of all sources, one after the other, from one to another, as those of each source.
        EquatableArray<SegmentRun> Range(int start, int end)
        {
            List<SegmentRun> runs = [];
            int first = 0;
            foreach (ProductSource source in layer.Sources)
            {
                runs.Add(new SegmentRun(Math.Min(Math.Max(start - first, 0), source.Columns), Math.Min(Math.Max(end - first, 0), source.Columns)));
                first += source.Columns;
            }

            return runs.ToEquatableArray();
        }
    }

    /// <summary>
    /// The groups of a layer of which only the products with states are left, none of them split: those at both ends are small enough that the cache keeps them whole. None where one block is
    /// too large for that, or all are small enough.
    /// </summary>
    public static IReadOnlyList<StreamedGroup> Recurrent(LayerPlan layer)
    {
        long bytes = layer.Sources.Where(s => !s.IsInput).Sum(s => (long)s.Columns * layer.ColumnStep(s)) * Scalar.Bytes(layer.Shape.Precision);
        int end = (int)Math.Min(Math.Min(MaximumPanels / layer.Lanes, layer.Blocks / 2), Kept / bytes);
        if (end == 0 || layer.Blocks * bytes <= LayerPlan.CachedWeights)
        {
            return [];
        }

        // Those between are as large as the registers allow, and alike.
        int rest = layer.Blocks - 2 * end, most = Math.Max(1, MaximumPanels / layer.Lanes), between = (rest + most - 1) / most;
        List<StreamedGroup> groups = [new StreamedGroup(0, end, EquatableArray<EquatableArray<SegmentRun>>.Empty)];
        for (int i = 0, block = end; i < between; i++)
        {
            int blocks = (layer.Blocks - end - block + between - i - 1) / (between - i);
            groups.Add(new StreamedGroup(block, blocks, EquatableArray<EquatableArray<SegmentRun>>.Empty));
            block += blocks;
        }

        groups.Add(new StreamedGroup(layer.Blocks - end, end, EquatableArray<EquatableArray<SegmentRun>>.Empty));
        return groups;
    }

    private static bool Splits(long bytes) => 2 * bytes > 3 * Kept;

    private static long BlockBytes(LayerPlan layer) =>
        (layer.Panels * layer.Block + layer.Sources.Sum(s => (long)s.Columns * layer.ColumnStep(s))) * Scalar.Bytes(layer.Shape.Precision);

    private static int SizeOf(LayerPlan layer) => Math.Max(1, Math.Min(MaximumPanels / layer.Lanes, layer.Blocks / 2));
}
