using System.Collections.Generic;
using System.Linq;
using RnnGen.Generator.Common;

namespace RnnGen.Generator.Planning.Kernels;

/// <summary>
/// The last units of a layer that is streamed, where they fill a half or a quarter of a vector: there several lanes are in one vector, side by side, so that one multiplication serves
/// two or four gates, and one function those that take the same. They have a pack of their own: [lane][<paramref name="Width"/>] of biases, then for each
/// source [column][lane][<paramref name="Width"/>] of weights, each row of whole blocks; what a source does not feed is zero there.
/// </summary>
/// <param name="Start">Where in the last block it begins: at 0, or in the middle.</param>
/// <param name="Width">Units that it has room for: half a block, or a quarter.</param>
/// <param name="Units">Units that are the layer's.</param>
internal sealed record SharedTail(LayerPlan Layer, int Start, int Width, int Units)
{
    /// <summary>
    /// A layer's, or null: its last units fill more, or they are all it has, so that a step waits for their own chain of functions alone, or it has one lane,
    /// or reading the weights is what takes the time.
    /// </summary>
    public static SharedTail? Of(LayerPlan layer)
    {
        int units = layer.TailUnits(layer.WidestSize), half = layer.Block / 2, quarter = layer.Block / 4;
        SharedTail? tail = units <= quarter ? new(layer, 0, quarter, units)
            : units <= half ? new(layer, 0, half, units)
            : units <= half + quarter ? new(layer, half, quarter, units - half)
            : null;
        return layer.StreamsInRegisters && layer.Lanes > 1 && tail is { FirstUnit: > 0 } ? tail : null;
    }

    /// <summary>From a column's weights to the next one's.</summary>
    public int Row => (Layer.Lanes * Width + Layer.Block - 1) / Layer.Block * Layer.Block;

    public int PackLength => Row * (1 + Layer.Sources.Sum(s => s.Columns));

    /// <summary>The first of the layer's units that is one of the tail's.</summary>
    public int FirstUnit => (Layer.Blocks - 1) * Layer.Block + Start;

    /// <summary>Where a lane's values are in each row.</summary>
    public int LaneOffset(int lane) => lane * Width;

    /// <summary>Where the row of a source's first column is stored.</summary>
    public int RowOf(ProductSource source) => Row * (1 + Layer.Sources.Where(s => s.Index < source.Index).Sum(s => s.Columns));

    /// <summary>Lanes in one vector of a width; below two the tail has vectors as the other units have.</summary>
    public int LanesPerVector(int vectorLength) => Start % vectorLength == 0 ? vectorLength / Width : 1;

    /// <summary>The vectors of a width that hold the lanes.</summary>
    public int Vectors(int vectorLength) => (Layer.Lanes + LanesPerVector(vectorLength) - 1) / LanesPerVector(vectorLength);
}
