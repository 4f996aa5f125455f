using System.Collections.Generic;
using System.Linq;
using RnnGen.Generator.Common;
using RnnGen.Generator.Planning.Kernels;

namespace RnnGen.Generator.Emitting;

/// <summary>A register tile of a product whose weights take fewer bits: the given number of rows, times panels.</summary>
/// <param name="Segments">The sources that feed any of its panels.</param>
internal sealed record ReducedTile(PanelProduct Product, PanelTile Tile, int Rows, IReadOnlyList<int> Segments)
{
    /// <summary>Its panels that a source feeds, by their place in it.</summary>
    public IEnumerable<int> Fed(int segment) => Enumerable.Range(0, Tile.Panels.Count).Where(p => Tile.Panels[p].Segments[segment] is not null);

    /// <summary>Where a panel's words of a source begin, from the tile's weights on.</summary>
    public int Words(int panel, int segment) => Tile.Panels[panel].Weights - Tile.First.Weights + Tile.Panels[panel].Segments[segment]!.Value;

    /// <summary>Where a panel's biases are, from the tile's weights on.</summary>
    public int Biases(int panel) => Tile.Panels[panel].Weights - Tile.First.Weights;
}

/// <summary>Writes register tiles over a <see cref="ReducedPack"/>: of words that hold two bfloat16 weights, or four integers.</summary>
internal abstract class ReducedTileEmitter(KernelContext context)
{
    /// <summary>The packed weights' name in kernels.</summary>
    public const string Weights = "reduced";

    public static ReducedTileEmitter Of(KernelContext context, IReadOnlyList<string> strides) =>
        context.Layer.Reduced!.ReadsCodes ? new Int8TileEmitter(context, strides) : new BFloat16TileEmitter(context, strides);

    /// <summary>What its tiles are, for readers.</summary>
    public abstract string Description { get; }

    /// <summary>The tiles of several rows; the last shape has one row.</summary>
    public abstract IReadOnlyList<TileShape> Shapes { get; }

    /// <summary>Panels that one row is multiplied with at once.</summary>
    public int RowPanels => Shapes[Shapes.Count - 1].Panels;

    /// <param name="output">A panel's place in the output, from the tile's on, at a row and a unit.</param>
    public abstract void Write(ReducedTile tile, Func<Panel, int, int, string> output);

    protected KernelContext Context => context;

    protected SourceWriter Writer => context.Writer;

    // The rows behind the first one, of a source.
    protected void WriteRows(string source, string stride, int rows)
    {
        for (int r = 1; r < rows; r++)
        {
            Writer.Write($"ref float {source}{r} = ref Unsafe.Add(ref {source}, {(r == 1 ? stride : int.TryParse(stride, out int length) ? $"{r * length}" : $"{r} * {stride}")});");
        }
    }

    protected static string Row(string source, int row) => row == 0 ? source : $"{source}{row}";

    protected static string Sum(int row, int panel, int vector) => $"a{row}_{panel}_{vector}";

    // Where the words of a source begin in a tile.
    protected static int Origin(ReducedTile tile, int segment) => tile.Words(tile.Fed(segment).First(), segment);
}

/// <summary>
/// Tiles of bfloat16 weights. A word's lower half is the weight of an even column and its upper half that of the odd one after it; shifted or masked, each is a float. Sums are added up in the
/// order of the columns.
/// </summary>
internal sealed class BFloat16TileEmitter(KernelContext context, IReadOnlyList<string> strides) : ReducedTileEmitter(context)
{
    public override string Description => "bfloat16 weights";

    // Eight accumulators and more, so that none waits for its last product.
    public override IReadOnlyList<TileShape> Shapes => Context.Target.Bits switch
    {
        512 => [new(4, 4), new(1, 8)],
        256 => [new(2, 2), new(1, 4)],
        128 => [new(1, 2)],
        _ => throw new InvalidOperationException($"No tiles are chosen for vectors of {Context.Target.Bits} bits."),
    };

    public override void Write(ReducedTile tile, Func<Panel, int, int, string> output)
    {
        int vectors = Context.VectorsOf(tile.Product.LiveUnits), length = Context.VectorLength;
        ForEachSum(tile, vectors, (row, panel, vector) =>
            Writer.Write($"{Context.Vector} {Sum(row, panel, vector)} = {(row == 0 ? $"{Context.Vectors}.LoadUnsafe(ref w, {tile.Biases(panel) + vector * length})" : Sum(0, panel, vector))};"));
        Writer.Write($"{Context.Vectors}<uint> upper = {Context.Vectors}.Create(0xFFFF0000u);");
        foreach (int segment in tile.Segments)
        {
            Writer.Line();
            WriteSegment(tile, segment, vectors);
        }

        Writer.Line();
        ForEachSum(tile, vectors, (row, panel, vector) =>
            Writer.Write($"{Sum(row, panel, vector)}.StoreUnsafe(ref o, {output(tile.Tile.Panels[panel], row, vector * length)});"));
    }

    private void WriteSegment(ReducedTile tile, int segment, int vectors)
    {
        ProductSegment source = tile.Product.Segments[segment];
        int columns = Context.Layer.Sources[segment].Columns;
        Writer.Write($"ref float {source.Name}w = ref Unsafe.Add(ref w, {Origin(tile, segment)});");
        WriteRows(source.Name, strides[segment], tile.Rows);
        if (columns > 1)
        {
            using (Writer.OpenRange("nint", "k", 0, columns / 2))
            {
                WriteWord(tile, segment, vectors, "2 * k", true);
                Writer.Write($"{source.Name}w = ref Unsafe.Add(ref {source.Name}w, {source.Step});");
            }
        }

        if (columns % 2 == 1)
        {
            using (Writer.Open(""))
            {
                WriteWord(tile, segment, vectors, $"{columns - 1}", false);
            }
        }
    }

    // A word of each panel, with the values of its columns.
    private void WriteWord(ReducedTile tile, int segment, int vectors, string column, bool isWhole)
    {
        string name = tile.Product.Segments[segment].Name;
        for (int row = 0; row < tile.Rows; row++)
        {
            Writer.Write($"{Context.Vector} even{row} = {Context.Vectors}.Create(Unsafe.Add(ref {Row(name, row)}, {column}));");
            if (isWhole)
            {
                Writer.Write($"{Context.Vector} odd{row} = {Context.Vectors}.Create(Unsafe.Add(ref {Row(name, row)}, {column} + 1));");
            }
        }

        foreach (int panel in tile.Fed(segment))
        {
            for (int vector = 0; vector < vectors; vector++)
            {
                string word = $"w{panel}_{vector}";
                Writer.Write($"{Context.Vectors}<uint> {word} = {Context.Vectors}.LoadUnsafe(ref {name}w, {tile.Words(panel, segment) - Origin(tile, segment) + vector * Context.VectorLength}).AsUInt32();");
                WriteProducts(tile.Rows, "even", panel, vector, $"({word} << 16).AsSingle()");
                if (isWhole)
                {
                    WriteProducts(tile.Rows, "odd", panel, vector, $"({word} & upper).AsSingle()");
                }
            }
        }
    }

    private void WriteProducts(int rows, string half, int panel, int vector, string weight)
    {
        string name = $"{half}Weight{panel}_{vector}";
        Writer.Write($"{Context.Vector} {name} = {weight};");
        for (int row = 0; row < rows; row++)
        {
            string sum = Sum(row, panel, vector);
            Writer.Write($"{sum} = VectorMath.MultiplyAdd({half}{row}, {name}, {sum});");
        }
    }

    private static void ForEachSum(ReducedTile tile, int vectors, Action<int, int, int> action)
    {
        for (int row = 0; row < tile.Rows; row++)
        {
            for (int panel = 0; panel < tile.Tile.Panels.Count; panel++)
            {
                for (int vector = 0; vector < vectors; vector++)
                {
                    action(row, panel, vector);
                }
            }
        }
    }
}

/// <summary>
/// Tiles of 8-bit weights: four columns of a row of integers times their weights are added to 32-bit sums, which are exact; then, source by source, the sums become floats by the scales of the
/// weights' rows and of the source's row. All of that is rounded alike at every width and on every machine.
/// </summary>
internal sealed class Int8TileEmitter(KernelContext context, IReadOnlyList<string> strides) : ReducedTileEmitter(context)
{
    // Words that are written one after the other: a loop of few turns ends where the processor foresees it.
    private const int Unrolled = 4;

    public override string Description => "8-bit weights";

    // Eight accumulators of two vectors of 256 bits a panel: 16 registers leave room for the operands, and no instruction has more.
    public override IReadOnlyList<TileShape> Shapes => Context.Target.Bits switch
    {
        512 or 256 => [new(2, 2), new(1, 4)],
        128 => [new(1, 2)],
        _ => throw new InvalidOperationException($"No tiles are chosen for vectors of {Context.Target.Bits} bits."),
    };

    public override void Write(ReducedTile tile, Func<Panel, int, int, string> output)
    {
        if (Context.Target.Bits < 512)
        {
            Write(tile, output, Context.Target.Bits);
            return;
        }

        // Instructions for sums of four products have 256 bits.
        using (Writer.Open("if (Int8Math.HasDot256)"))
        {
            Write(tile, output, 256);
        }

        using (Writer.Open("else"))
        {
            Write(tile, output, 512);
        }
    }

    private void Write(ReducedTile tile, Func<Panel, int, int, string> output, int bits)
    {
        HashSet<int> summed = [];
        foreach (int segment in tile.Segments)
        {
            using (Writer.Open(""))
            {
                WriteSegment(tile, segment, bits);
                foreach (int panel in tile.Fed(segment))
                {
                    WriteFloats(tile, output, segment, panel, bits, summed.Add(panel));
                }
            }
        }
    }

    private void WriteSegment(ReducedTile tile, int segment, int bits)
    {
        string vectors = $"Vector{bits}";
        ProductSegment source = tile.Product.Segments[segment];
        int origin = Origin(tile, segment);
        Writer.Write($"ref float starts = ref Unsafe.Add(ref w, {origin - Header(source)});");
        Writer.Write($"ref float words = ref Unsafe.Add(ref w, {origin});");
        WriteRows(source.Name, strides[segment], tile.Rows);
        ForEachSum(tile, segment, bits, (row, panel, vector) => Writer.Write(
            $"{vectors}<int> {Sum(row, panel, vector)} = {(row == 0 ? $"Int8Math.Start({vectors}.LoadUnsafe(ref starts, {Offset(tile, segment, panel, vector * bits / 32)}).AsInt32())" : Sum(0, panel, vector))};"));
        int words = source.Runs[0].Length, whole = words / Unrolled * Unrolled;
        if (whole > 0)
        {
            using (Writer.Open($"for (nint k = 0; k < {whole}; k += {Unrolled})"))
            {
                for (int i = 0; i < Unrolled; i++)
                {
                    WriteWord(tile, segment, bits, new(i, i == 0 ? "k" : $"k + {i}", $"{i}"));
                }

                Writer.Write($"words = ref Unsafe.Add(ref words, {Unrolled * source.Step});");
            }
        }

        for (int i = 0; i < words - whole; i++)
        {
            WriteWord(tile, segment, bits, new(i, $"{whole + i}", $"Rest{i}"));
        }

        Writer.Write($"ref float scales = ref Unsafe.Add(ref starts, {source.Step});");
        for (int row = 0; row < tile.Rows; row++)
        {
            Writer.Write($"{Context.Vector} scale{row} = {Context.Vectors}.Create(Unsafe.Add(ref {Row(source.Name, row)}, {source.Runs[0].Length}));");
        }
    }

    // A word of each row and panel: how many words it is behind the pointer, where its codes are, and what its names end with.
    private readonly record struct Word(int Offset, string Index, string Suffix);

    private void WriteWord(ReducedTile tile, int segment, int bits, Word word)
    {
        string vectors = $"Vector{bits}";
        ProductSegment source = tile.Product.Segments[segment];
        for (int row = 0; row < tile.Rows; row++)
        {
            Writer.Write($"{vectors}<byte> v{row}_{word.Suffix} = {vectors}.Create(Unsafe.Add(ref {Row(source.Name, row)}, {word.Index})).AsByte();");
        }

        ForEachSum(tile, segment, bits, (row, panel, vector) =>
        {
            string weight = $"w{panel}_{vector}_{word.Suffix}", sum = Sum(row, panel, vector);
            if (row == 0)
            {
                Writer.Write($"{vectors}<sbyte> {weight} = {vectors}.LoadUnsafe(ref words, {word.Offset * source.Step + Offset(tile, segment, panel, vector * bits / 32)}).AsSByte();");
            }

            Writer.Write($"{sum} = Int8Math.Dot({sum}, v{row}_{word.Suffix}, {weight});");
        });
    }

    // A panel's sums of one source, as floats: behind the bias, or what the sources before it gave.
    private void WriteFloats(ReducedTile tile, Func<Panel, int, int, string> output, int segment, int panel, int bits, bool isFirst)
    {
        int vectors = Vectors(tile, bits), floats = Context.VectorsOf(tile.Product.LiveUnits);
        for (int vector = 0; vector < floats; vector++)
        {
            int unit = vector * Context.VectorLength;
            string scale = $"s{panel}_{vector}";
            Writer.Write($"{Context.Vector} {scale} = {Context.Vectors}.LoadUnsafe(ref scales, {Offset(tile, segment, panel, unit)});");
            for (int row = 0; row < tile.Rows; row++)
            {
                // Two vectors of sums become one of floats, since what is stored in halves is slow to be read as a whole.
                string sums = bits == Context.Target.Bits ? Sum(row, panel, vector)
                    : vectors == 1 ? $"{Sum(row, panel, 0)}.ToVector512()"
                    : $"{Context.Vectors}.Create({Sum(row, panel, 0)}, {Sum(row, panel, 1)})";
                string to = output(tile.Tile.Panels[panel], row, unit);
                string start = isFirst ? $"ref w, {tile.Biases(panel) + unit}" : $"ref o, {to}";
                Writer.Write($"({Context.Vectors}.LoadUnsafe({start}) + {Context.Vectors}.ConvertToSingle({sums}) * ({scale} * scale{row})).StoreUnsafe(ref o, {to});");
            }
        }
    }

    private int Header(ProductSegment source) => Context.Layer.Reduced!.HeaderRows * source.Step;

    private static int Offset(ReducedTile tile, int segment, int panel, int unit) => tile.Words(panel, segment) - Origin(tile, segment) + unit;

    private static int Vectors(ReducedTile tile, int bits) => (tile.Product.LiveUnits * 32 + bits - 1) / bits;

    private static void ForEachSum(ReducedTile tile, int segment, int bits, Action<int, int, int> action)
    {
        foreach (int panel in tile.Fed(segment))
        {
            for (int vector = 0; vector < Vectors(tile, bits); vector++)
            {
                for (int row = 0; row < tile.Rows; row++)
                {
                    action(row, panel, vector);
                }
            }
        }
    }
}
