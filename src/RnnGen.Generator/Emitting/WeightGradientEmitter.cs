using System.Collections.Generic;
using System.Linq;
using RnnGen.Generator.Planning.Calls;
using RnnGen.Generator.Planning.Kernels;

namespace RnnGen.Generator.Emitting;

/// <summary>
/// Writes the deferred weight gradient of one source, or of the biases: tiles of columns × panels that are summed
/// over steps and rows in that order, so that the bits depend neither on the tile nor on who computes it.
/// </summary>
internal sealed class WeightGradientEmitter(KernelContext context)
{
    /// <summary>Writes the kernel for a source, or for the biases where there is none.</summary>
    public void Write(string kernel, ProductSource? source)
    {
        SourceWriter writer = context.Writer;
        LayerPlan layer = context.Layer;
        SharedMethods tiles = new(writer, $"{kernel}Tile");
        int columnStep = ColumnStep(source);
        bool skips = layer.SkipsSteps(source);

        string from = source is null ? "" : "int source, int sourceStep, int sourceRow, ";
        writer.Write(KernelContext.Optimized);
        using (writer.Open($"public static void {kernel}(ref {context.Number} arena, ref {context.Number} sums, {from}int slots, int slotStep, int blockStride, int gradient, int steps, {(skips ? "int stride, " : "")}ref int live{(layer.Scans ? $", {ScanEmitter.Part}" : "")})"))
        {
            writer.Write("if (live == 0) return;");
            int whole = layer.Blocks / layer.BlockGroup * layer.BlockGroup;
            if (layer.Scans)
            {
                ScanEmitter.WriteBlocks(context);
            }

            using (writer.Open($"for (int block = {(layer.Scans ? "firstBlock; block < lastBlock" : $"0; block < {layer.Blocks}")}; {(layer.BlockGroup == 1 ? "block++" : $"block += {layer.BlockGroup}")})"))
            {
                writer.Write($"""
                    ref {context.Number} g = ref Unsafe.Add(ref arena, slots + block * blockStride);
                    ref {context.Number} d = ref Unsafe.Add(ref sums, gradient + block * {layer.PackBlock});
                    """);
                if (whole < layer.Blocks)
                {
                    using (writer.Open($"if (block == {whole})"))
                    {
                        WriteGroup(layer.Blocks - whole);
                        writer.Write("break;");
                    }

                    writer.Line();
                }

                if (whole > 0)
                {
                    WriteGroup(layer.BlockGroup);
                }
            }
        }

        tiles.Write();

        void WriteGroup(int blocks)
        {
            List<GradientPanel> fed = Panels(blocks, source);
            for (int i = 0; i < fed.Count; i += context.Target.GradientPanels)
            {
                List<GradientPanel> panels = fed.Skip(i).Take(context.Target.GradientPanels).ToList();
                if (source is null)
                {
                    Call(0, panels, "0");
                    continue;
                }

                // As few tiles as the accumulators allow, as equal as can be: some of one column more, then the rest.
                int count = (source.Columns + context.Target.GradientColumns(panels.Count) - 1) / context.Target.GradientColumns(panels.Count);
                int width = source.Columns / count;
                int wide = source.Columns % count * (width + 1);
                WriteColumns(0, wide, width + 1, panels);
                WriteColumns(wide, source.Columns, width, panels);
            }
        }

        void WriteColumns(int start, int end, int width, List<GradientPanel> panels)
        {
            if (end - start == width)
            {
                Call(width, panels, $"{start}");
            }
            else if (end > start)
            {
                using (writer.Open($"for (int column = {start}; column < {end}; column += {width})"))
                {
                    Call(width, panels, "column");
                }
            }
        }

        void Call(int columns, List<GradientPanel> panels, string column)
        {
            GradientPanel origin = panels[0];
            IReadOnlyList<GradientPanel> form = panels
                .Select(p => new GradientPanel(p.Block - origin.Block, p.Lane - origin.Lane, p.Offset - origin.Offset)).ToList();
            string tile = MethodOf(tiles, columns, columnStep, skips, form);
            string g = $"ref Unsafe.Add(ref g, {(origin.Block > 0 ? $"{origin.Block} * blockStride + " : "")}{origin.Lane * layer.Block})";
            string d = $"ref Unsafe.Add(ref d, {origin.Offset}{(column == "0" ? "" : $" + {column} * {columnStep}")})";
            string x = source is null ? "" : $"ref Unsafe.Add(ref arena, {(column == "0" ? "source" : $"source + {column}")}), sourceStep, sourceRow, ";
            string stride = form.Any(p => p.Block > 0) ? ", blockStride" : "";
            writer.Write($"{tile}({x}{g}, slotStep{stride}, {d}, steps, {(skips ? "stride, " : "")}ref live);");
        }
    }

    private List<GradientPanel> Panels(int blocks, ProductSource? source)
    {
        LayerPlan layer = context.Layer;
        return KernelContext.Range(blocks)
            .SelectMany(block => KernelContext.Range(layer.Lanes)
                .Where(lane => source is null ? layer.BiasesOf(lane).Count > 0 : layer.Feeds(source, lane))
                .Select(lane => new GradientPanel(
                    block,
                    lane,
                    block * layer.PackBlock + (source is null ? layer.BiasOffset(lane) : layer.WeightOffset(lane, source)))))
            .ToList();
    }

    private int ColumnStep(ProductSource? source) => source is null ? 0 : context.Layer.ColumnStep(source);

    // The method of a tile; tiles that differ in their place only share one. No columns: the biases' tile, whose source is the constant 1.
    private string MethodOf(SharedMethods tiles, int columns, int columnStep, bool skips, IReadOnlyList<GradientPanel> panels)
    {
        string number = context.Number;
        List<string> parameters = columns == 0 ? [] : [$"ref {number} source", "int sourceStep", "int sourceRow"];
        parameters.Add($"ref {number} slots");
        parameters.Add("int slotStep");
        if (panels.Any(p => p.Block > 0))
        {
            parameters.Add("int blockStride");
        }

        parameters.AddRange([$"ref {number} gradient", "int steps", .. skips ? (string[])["int stride"] : [], "ref int live"]);
        return tiles.Share(
            $"{(columns == 0 ? "Bias" : $"{columns} column{(columns == 1 ? "" : "s")}")} × {panels.Count} panel{(panels.Count == 1 ? "" : "s")} of {context.Layer.Block}.",
            parameters,
            () => WriteTile(columns, columnStep, skips, panels));
    }

    private void WriteTile(int columns, int columnStep, bool skips, IReadOnlyList<GradientPanel> panels)
    {
        SourceWriter writer = context.Writer;
        LayerPlan layer = context.Layer;
        string number = context.Number;
        int vectors = context.VectorsOf(layer.LiveVectors(layer.WidestSize));
        int accumulatorRows = Math.Max(columns, 1);

        ForEach((c, p, v) => writer.Write(
            $"{context.Vector} {Sum(c, p, v)} = {context.Vectors}.LoadUnsafe(ref gradient, {Offset(c, p, v)});"));
        writer.Line();
        using (writer.Open("for (int step = 0; step < steps; step++)"))
        {
            writer.Write($"ref {number} g = ref Unsafe.Add(ref slots, step * slotStep);");
            if (columns > 0)
            {
                writer.Write($"ref {number} x = ref Unsafe.Add(ref source, step * sourceStep);");
            }

            writer.Write($"int rows = Unsafe.Add(ref live, step{(skips ? " * stride" : "")});");
            using (writer.Open("for (int row = 0; row < rows; row++)"))
            {
                for (int p = 0; p < panels.Count; p++)
                {
                    for (int v = 0; v < vectors; v++)
                    {
                        int constant = panels[p].Lane * layer.Block + v * context.VectorLength;
                        string address = panels[p].Block == 0
                            ? $"{constant}"
                            : $"(nuint)({panels[p].Block} * blockStride + {constant})";
                        writer.Write($"{context.Vector} g{p * vectors + v} = {context.Vectors}.LoadUnsafe(ref g, {address});");
                    }
                }

                for (int c = 0; c < accumulatorRows; c++)
                {
                    if (columns > 0)
                    {
                        writer.Write($"{context.Vector} x{c} = {context.Vectors}.Create(Unsafe.Add(ref x, {c}));");
                    }

                    for (int p = 0; p < panels.Count; p++)
                    {
                        for (int v = 0; v < vectors; v++)
                        {
                            string sum = Sum(c, p, v);
                            writer.Write(columns > 0
                                ? $"{sum} = VectorMath.MultiplyAdd(x{c}, g{p * vectors + v}, {sum});"
                                : $"{sum} += g{p * vectors + v};");
                        }
                    }
                }

                writer.Write($"g = ref Unsafe.Add(ref g, {layer.SlotRow});");
                if (columns > 0)
                {
                    writer.Write("x = ref Unsafe.Add(ref x, sourceRow);");
                }
            }
        }

        writer.Line();
        ForEach((c, p, v) => writer.Write($"{Sum(c, p, v)}.StoreUnsafe(ref gradient, {Offset(c, p, v)});"));

        string Sum(int c, int p, int v) => $"a{c}_{p * vectors + v}";

        int Offset(int c, int p, int v) => panels[p].Offset + c * columnStep + v * context.VectorLength;

        void ForEach(Action<int, int, int> action)
        {
            for (int c = 0; c < accumulatorRows; c++)
            {
                for (int p = 0; p < panels.Count; p++)
                {
                    for (int v = 0; v < vectors; v++)
                    {
                        action(c, p, v);
                    }
                }
            }
        }
    }

    private sealed record GradientPanel(int Block, int Lane, int Offset);
}
