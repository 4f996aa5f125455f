namespace RnnGen;

/// <summary>
/// Cuts the parameters that a step updates into blocks, between rows of tensors: what is done to one parameter after the other is done block by block, while a block is in the cache, and by several
/// threads at once. The blocks depend on the model alone, so a number for each of them can be added up in one order.
/// </summary>
internal static class ParameterBlocks
{
    /// <summary>Blocks that the segments may have more than there are segments.</summary>
    public const int Count = 256;

    private const int MinimumLength = 2048;

    // Rows that are packed together: those of a block of units.
    private const int Rows = 16;

    /// <summary>Cuts segments into blocks: at most <see cref="Count"/> more than there are segments.</summary>
    /// <param name="layout">The model's layout.</param>
    /// <param name="segments">The segments.</param>
    public static ParameterSegment[] Cut(ModelLayout layout, ReadOnlySpan<ParameterSegment> segments)
    {
        int total = 0;
        foreach (ParameterSegment segment in segments)
        {
            total += segment.Length;
        }

        int length = Math.Max(MinimumLength, (total + Count - 1) / Count);
        List<ParameterSegment> blocks = [];
        foreach (ParameterSegment segment in segments)
        {
            for (int at = segment.Offset; at < segment.End;)
            {
                int next = segment.End - at <= length ? segment.End : Math.Min(segment.End, BetweenRows(layout, at + length));
                blocks.Add(new(at, next - at));
                at = next;
            }
        }

        return [.. blocks];
    }

    // The first place from a parameter on that is between two blocks of rows.
    private static int BetweenRows(ModelLayout layout, int parameter)
    {
        foreach (ParameterInfo tensor in layout.Parameters)
        {
            if (parameter < tensor.Offset + tensor.Length)
            {
                int rows = Rows * (tensor.Length / tensor.Shape[0]);
                return (int)Math.Min(tensor.Offset + tensor.Length, tensor.Offset + ((long)parameter - tensor.Offset + rows - 1) / rows * rows);
            }
        }

        return layout.ParameterCount;
    }
}
