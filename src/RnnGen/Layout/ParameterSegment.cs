namespace RnnGen;

/// <summary>
/// A range of a model's flat parameter buffer that a step updates. Parameters outside all segments (frozen layers, rows
/// of an embedding that no token named) are not read, clipped, decayed or changed.
/// </summary>
/// <param name="offset">Index of the first parameter.</param>
/// <param name="length">Number of parameters.</param>
public readonly struct ParameterSegment(int offset, int length)
{
    /// <summary>Index of the first parameter.</summary>
    public int Offset { get; } = offset;

    /// <summary>Number of parameters.</summary>
    public int Length { get; } = length;

    /// <summary>The index after the last parameter.</summary>
    public int End => Offset + Length;
}
