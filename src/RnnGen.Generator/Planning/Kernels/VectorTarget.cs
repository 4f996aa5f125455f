using System.Collections.Generic;
using RnnGen.Generator.Common;
using RnnGen.Generator.Model;

namespace RnnGen.Generator.Planning.Kernels;

/// <summary>
/// One vector width that kernels are written for, and the register tiles that fit its register file.
/// </summary>
/// <param name="Bits">512, 256 or 128.</param>
internal sealed record VectorTarget(int Bits)
{
    /// <summary>All memory is laid out in blocks of this many bytes; narrower vectors walk a block in parts.</summary>
    public const int BlockBytes = 64;

    public static IReadOnlyList<VectorTarget> All { get; } = [new(512), new(256), new(128)];

    public string Name => $"V{Bits}";

    public string VectorType => $"Vector{Bits}";

    public int VectorsPerBlock => 512 / Bits;

    public int Lanes(Precision precision) => Bits / 8 / Scalar.Bytes(precision);

    /// <summary>
    /// Tiles of a matrix product over <paramref name="panels"/> panels of <paramref name="vectors"/> vectors each. With 32
    /// registers 16 accumulators, with 16 registers 8, keep the multipliers busy and leave room for the operands; narrow
    /// products take more rows instead. What is left over goes to a tile of half the rows, where one row alone has too few accumulators to keep the multipliers busy, and to one of one row.
    /// </summary>
    /// <param name="savesReads">Whether eight rows × two panels come first, which read the weights half as often.</param>
    public IReadOnlyList<TileShape> ProductTiles(int panels, int vectors, bool savesReads)
    {
        int accumulators = Bits == 512 ? 16 : 8;
        int width = Math.Min(panels, Bits == 512 ? 4 : Math.Max(1, 2 / vectors));
        int rows = Math.Min(8, Math.Max(2, accumulators / (width * vectors)));
        TileShape tile = new(rows, width), half = new(rows / 2, width), row = new(1, RowPanels(vectors));
        return Bits < 512 ? [tile, row] : savesReads && width == 4 ? [new(8, 2), tile, half, row] : [tile, half, row];
    }

    /// <summary>Panels of <paramref name="vectors"/> vectors each that one row is multiplied with at once.</summary>
    public int RowPanels(int vectors) => Math.Max(1, (Bits == 512 ? 16 : 8) / vectors);

    /// <summary>Panels of one tile of the weight gradient.</summary>
    public int GradientPanels => Bits == 512 ? 4 : 1;

    /// <summary>Columns of one tile of the weight gradient over a number of panels.</summary>
    public int GradientColumns(int panels) => Bits switch
    {
        512 => panels switch { 1 => 8, 2 => 8, 3 => 7, 4 => 6, _ => throw new InvalidOperationException($"No tile has {panels} panels.") },
        256 => 6,
        128 => 2,
        _ => throw new InvalidOperationException($"No tiles are chosen for vectors of {Bits} bits."),
    };
}

/// <summary>A register tile: rows × panels.</summary>
internal sealed record TileShape(int Rows, int Panels);

/// <summary>Facts of the scalar type.</summary>
internal static class Scalar
{
    public static int Bytes(Precision precision) => precision switch
    {
        Precision.Single => 4,
        Precision.Double => 8,
        _ => throw Choices.Unimplemented(precision),
    };

    /// <summary>Values in a block of 64 bytes: 16 floats or 8 doubles.</summary>
    public static int PerBlock(Precision precision) => VectorTarget.BlockBytes / Bytes(precision);

    /// <summary>
    /// Length of a row of a number of values: whole blocks, and an odd number of them where there are several, since rows
    /// a power of two apart would fall into a few sets of the first-level cache and push each other out.
    /// </summary>
    public static int PaddedRow(int values, Precision precision)
    {
        int block = PerBlock(precision);
        int blocks = (values + block - 1) / block;
        return (blocks > 2 && blocks % 2 == 0 ? blocks + 1 : blocks) * block;
    }

    /// <summary>Length of a row of the inputs' copy: as it is, but for the lengths that collide in the cache.</summary>
    public static int InputRow(int values, Precision precision) =>
        values % (4 * PerBlock(precision)) == 0 ? values + PerBlock(precision) : values;

    public static string TypeName(Precision precision) => precision switch
    {
        Precision.Single => "float",
        Precision.Double => "double",
        _ => throw Choices.Unimplemented(precision),
    };

    /// <summary>A number of the type as C# writes it; beyond the type's range it is infinite.</summary>
    public static string Literal(double value, Precision precision)
    {
        double own = precision == Precision.Single ? (float)value : value;
        return double.IsNaN(own) ? $"{TypeName(precision)}.NaN"
            : double.IsInfinity(own) ? $"{TypeName(precision)}.{(own > 0 ? "Positive" : "Negative")}Infinity"
            : value.ToString("R", System.Globalization.CultureInfo.InvariantCulture) + (precision == Precision.Single ? "f" : "d");
    }
}
