using System.Collections.Generic;
using System.Linq;
using RnnGen.Generator.Common;
using RnnGen.Generator.Planning.Calls;
using RnnGen.Generator.Planning.Kernels;

namespace RnnGen.Generator.Emitting;

/// <summary>Writes a panel product: the loops over blocks and rows, and one method per form of register tile.</summary>
/// <param name="context">The kernel file.</param>
/// <param name="prefix">Begins the tiles' names: <c>Forward</c>.</param>
/// <param name="strides">Per segment: the text of its row stride.</param>
/// <param name="outputStride">The output's row stride.</param>
/// <param name="sharesBlocks">Whether several rows are computed in the blocks from firstBlock to lastBlock only, which are whole groups.</param>
/// <param name="reduced">Writes the tiles where weights take fewer bits; null where they are numbers.</param>
internal sealed class ProductEmitter(
    KernelContext context, string prefix, IReadOnlyList<string> strides, int outputStride, bool sharesBlocks = false, ReducedTileEmitter? reduced = null)
{
    private readonly SharedMethods _tiles = new(context.Writer, $"{prefix}Tile");

    /// <summary>
    /// Writes the loops of one product over all its blocks, in groups; <paramref name="weightStep"/> and
    /// <paramref name="outputStep"/> are what a block advances the weights and the <paramref name="output"/> (an offset in the arena) by.
    /// </summary>
    /// <param name="isOneRow">Whether only the row <c>row</c> is computed, instead of first to last.</param>
    public void WriteLoops(
        int blocks, int group, Func<int, PanelProduct> product, int weightStep, string output, string outputStep, bool isOneRow, Action<string, int>? afterGroup)
    {
        SourceWriter writer = context.Writer;
        PanelProduct widest = product(Math.Min(group, blocks));
        List<RowRange> ranges = [];
        if (!isOneRow)
        {
            string start = "first";
            foreach (TileShape shape in reduced?.Shapes ?? context.Target.ProductTiles(widest.Panels.Count, context.VectorsOf(widest.LiveUnits), widest.SavesReads))
            {
                string end = shape.Rows > 1 ? $"tiled{shape.Rows}" : "last";
                if (shape.Rows > 1)
                {
                    writer.Write($"int {end} = {start} + (last - {start}) / {shape.Rows} * {shape.Rows};");
                }

                ranges.Add(new RowRange(shape, start, end));
                start = end;
            }
        }

        int whole = blocks / group * group;
        bool isShared = sharesBlocks && !isOneRow;
        if (whole > group || (whole > 0 && isShared))
        {
            string first = isShared ? "firstBlock" : "0", last = !isShared ? $"{whole}" : whole == blocks ? "lastBlock" : $"global::System.Math.Min(lastBlock, {whole})";
            using (writer.Open($"for (int block = {first}; block < {last}; {(group == 1 ? "block++" : $"block += {group}")})"))
            {
                WriteGroup("block", product(group), ranges, weightStep, output, outputStep);
                afterGroup?.Invoke("block", group);
            }
        }
        else if (whole > 0)
        {
            using (writer.Open(""))
            {
                WriteGroup("0", product(group), ranges, weightStep, output, outputStep);
                afterGroup?.Invoke("0", group);
            }
        }

        if (blocks > whole)
        {
            using (writer.Open(isShared ? $"if (lastBlock > {whole})" : ""))
            {
                WriteGroup($"{whole}", product(blocks - whole), ranges, weightStep, output, outputStep);
                afterGroup?.Invoke($"{whole}", blocks - whole);
            }
        }
    }

    private void WriteGroup(
        string block, PanelProduct product, List<RowRange> ranges, int weightStep, string output, string outputStep)
    {
        SourceWriter writer = context.Writer;
        string number = context.Number;
        writer.Write($"""
            ref {number} w = ref {(block == "0" ? Weights : $"Unsafe.Add(ref {Weights}, {block} * {weightStep})")};
            ref {number} o = ref Unsafe.Add(ref arena, {(block == "0" ? output : $"{output} + {block} * {outputStep}")});
            """);
        if (ranges.Count == 0)
        {
            WriteRow(product);
        }

        foreach (RowRange range in ranges)
        {
            foreach (PanelTile tile in product.Tiles(range.Shape.Panels))
            {
                string call = Call(product, tile, range.Shape.Rows);
                using (writer.Open($"for (int row = {range.Start}; row < {range.End}; row{Step(range.Shape.Rows)})"))
                {
                    writer.Write(call);
                }
            }
        }
    }

    /// <summary>Writes the calls for the one row <c>row</c>, with weights from <c>w</c> and outputs from <c>o</c>.</summary>
    /// <param name="isReversed">Whether the last panels come first.</param>
    public void WriteRow(PanelProduct product, bool isReversed = false)
    {
        IEnumerable<PanelTile> tiles = product.Tiles(reduced?.RowPanels ?? context.Target.RowPanels(context.VectorsOf(product.LiveUnits)));
        foreach (PanelTile tile in isReversed ? tiles.Reverse() : tiles)
        {
            context.Writer.Write(Call(product, tile, 1));
        }
    }

    private string Weights => reduced is null ? "weights" : ReducedTileEmitter.Weights;

    private string Call(PanelProduct product, PanelTile tile, int rows) => $"{MethodOf(product, tile, rows)}({SourceWriter.Join(Arguments(product, tile))});";

    // The rows that a shape computes.
    private sealed record RowRange(TileShape Shape, string Start, string End);

    private static string Step(int rows) => rows == 1 ? "++" : $" += {rows}";

    private IEnumerable<string> Arguments(PanelProduct product, PanelTile tile)
    {
        for (int s = 0; s < product.Segments.Count; s++)
        {
            if (IsRead(tile, s))
            {
                yield return $"ref Unsafe.Add(ref {product.Segments[s].Name}, row * {strides[s]})";
            }
        }

        if (strides.Contains("xStride") && IsRead(tile, 0))
        {
            yield return "xStride";
        }

        if (NeedsBlockStride(product, tile))
        {
            yield return "blockStride";
        }

        yield return tile.First.Weights == 0 ? "ref w" : $"ref Unsafe.Add(ref w, {tile.First.Weights})";
        string offset = tile.First.OutputBlock == 0 ? "" : $"{tile.First.OutputBlock} * blockStride + ";
        yield return $"ref Unsafe.Add(ref o, {offset}row * {outputStride}{(tile.First.Output == 0 ? "" : $" + {tile.First.Output}")})";
    }

    // Whether any panel of the tile is fed by the segment.
    private static bool IsRead(PanelTile tile, int segment) => tile.Panels.Any(p => p.Segments[segment] is not null);

    private static bool NeedsBlockStride(PanelProduct product, PanelTile tile) =>
        product.Segments.Any(s => s.IsBlocked) || tile.Panels.Any(p => p.OutputBlock != tile.First.OutputBlock);

    /// <summary>Writes the tile methods that the loops call.</summary>
    public void WriteTiles() => _tiles.Write();

    // The method of a tile; tiles that differ in their place only share one.
    private string MethodOf(PanelProduct product, PanelTile tile, int rows)
    {
        int vectors = context.VectorsOf(product.LiveUnits);
        List<int> segments = KernelContext.Range(product.Segments.Count).Where(s => IsRead(tile, s)).ToList();
        List<string> parameters = segments.Select(s => $"ref {context.Number} {product.Segments[s].Name}").ToList();
        if (strides.Contains("xStride") && segments.Contains(0))
        {
            parameters.Add("int xStride");
        }

        if (NeedsBlockStride(product, tile))
        {
            parameters.Add("int blockStride");
        }

        parameters.Add($"ref {context.Number} w");
        parameters.Add($"ref {context.Number} o");

        string panels = tile.Panels.Count == 1 ? "one panel" : $"{tile.Panels.Count} panels";
        string comment = $"{rows} row{(rows == 1 ? "" : "s")} × {panels} of {product.Block}";
        return reduced is null
            ? _tiles.Share($"{comment}: {rows * tile.Panels.Count * vectors} accumulators.", parameters, () => WriteTile(product, tile, rows, vectors, segments))
            : _tiles.Share($"{comment}, {reduced.Description}.", parameters, () => reduced.Write(new ReducedTile(product, tile, rows, segments), (panel, row, unit) => OutputOffset(panel, tile, row, unit)));
    }

    private void WriteTile(PanelProduct product, PanelTile tile, int rows, int vectors, List<int> segments)
    {
        SourceWriter writer = context.Writer;
        WriteStart(product, tile, rows, vectors);
        foreach (int s in segments)
        {
            writer.Line();
            WriteSegment(product, tile, rows, vectors, s);
        }

        writer.Line();
        for (int r = 0; r < rows; r++)
        {
            ForEachVector(tile, vectors, (panel, p, v) => writer.Write(
                $"a{r}_{p * vectors + v}.StoreUnsafe(ref o, {OutputOffset(panel, tile, r, v * context.VectorLength)});"));
        }
    }

    private void WriteStart(PanelProduct product, PanelTile tile, int rows, int vectors)
    {
        for (int r = 0; r < rows; r++)
        {
            int row = r;
            ForEachVector(tile, vectors, (panel, p, v) =>
            {
                int vector = p * vectors + v;
                string start = product.Start switch
                {
                    ProductStart.Bias => row == 0
                        ? $"{context.Vectors}.LoadUnsafe(ref w, {panel.Weights - tile.First.Weights + v * context.VectorLength})"
                        : $"a0_{vector}",
                    ProductStart.Zero => $"{context.Vector}.Zero",
                    ProductStart.Sum => $"{context.Vectors}.LoadUnsafe(ref o, {OutputOffset(panel, tile, row, v * context.VectorLength)})",
                    _ => throw Choices.Unimplemented(product.Start),
                };
                context.Writer.Write($"{context.Vector} a{row}_{vector} = {start};");
            });
        }
    }

    private string OutputOffset(Panel panel, PanelTile tile, int row, int unit)
    {
        int constant = panel.Output - tile.First.Output + row * outputStride + unit;
        int block = panel.OutputBlock - tile.First.OutputBlock;
        return block == 0 ? $"{constant}" : $"(nuint)({block} * blockStride + {constant})";
    }

    private void WriteSegment(PanelProduct product, PanelTile tile, int rows, int vectors, int index)
    {
        SourceWriter writer = context.Writer;
        ProductSegment segment = product.Segments[index];
        string source = segment.Name;
        Panel first = tile.Panels.First(p => p.Segments[index] is not null);
        int origin = first.Weights - tile.First.Weights + first.Segments[index]!.Value;
        string pointer = $"{source}w";
        writer.Write($"ref {context.Number} {pointer} = ref Unsafe.Add(ref w, {origin});");
        for (int r = 1; r < rows; r++)
        {
            string offset = r == 1 ? strides[index] : int.TryParse(strides[index], out int stride) ? $"{r * stride}" : $"{r} * {strides[index]}";
            writer.Write($"ref {context.Number} {source}{r} = ref Unsafe.Add(ref {source}, {offset});");
        }

        if (!segment.IsBlocked)
        {
            WriteRun(segment.Runs[0]);
            return;
        }

        if (segment.Blocks > 0)
        {
            using (writer.OpenRange("int", "block", 0, segment.Blocks))
            {
                foreach (SegmentRun run in segment.Runs)
                {
                    WriteRun(run);
                }

                for (int r = 0; r < rows; r++)
                {
                    writer.Write($"{Row(r)} = ref Unsafe.Add(ref {Row(r)}, blockStride);");
                }
            }
        }

        for (int i = 0; i < segment.Tail.Count; i++)
        {
            WriteRun(segment.Tail[i]);
            if (i + 1 < segment.Tail.Count)
            {
                writer.Write($"{pointer} = ref Unsafe.Add(ref {pointer}, {(product.Block - segment.Tail[i].Length) * segment.Step});");
            }
        }

        string Row(int r) => r == 0 ? source : $"{source}{r}";

        void WriteRun(SegmentRun run)
        {
            using (writer.OpenRange("nint", "k", run.Start, run.End))
            {
                List<(int Panel, int Vector)> fed = [];
                ForEachVector(tile, vectors, (panel, p, v) =>
                {
                    if (panel.Segments[index] is { } offset)
                    {
                        int relative = panel.Weights - tile.First.Weights + offset - origin + v * context.VectorLength;
                        fed.Add((p, v));
                        writer.Write($"{context.Vector} w{p * vectors + v} = {context.Vectors}.LoadUnsafe(ref {pointer}, {relative});");
                    }
                });
                for (int r = 0; r < rows; r++)
                {
                    writer.Write($"{context.Vector} v{r} = {context.Vectors}.Create(Unsafe.Add(ref {Row(r)}, k));");
                    foreach ((int p, int v) in fed)
                    {
                        string accumulator = $"a{r}_{p * vectors + v}";
                        writer.Write($"{accumulator} = VectorMath.MultiplyAdd(v{r}, w{p * vectors + v}, {accumulator});");
                    }
                }

                writer.Write($"{pointer} = ref Unsafe.Add(ref {pointer}, {segment.Step});");
            }
        }
    }

    private static void ForEachVector(PanelTile tile, int vectors, Action<Panel, int, int> action)
    {
        for (int p = 0; p < tile.Panels.Count; p++)
        {
            for (int v = 0; v < vectors; v++)
            {
                action(tile.Panels[p], p, v);
            }
        }
    }
}
