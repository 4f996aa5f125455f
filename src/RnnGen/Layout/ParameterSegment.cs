namespace RnnGen;

/// <summary>
/// A stretch of a model's flat parameter buffer that one step updates. What no segment covers (a frozen layer, the rows
/// of an embedding that no token named) is neither read, clipped, decayed nor changed.
/// </summary>
/// <param name="offset">Index of the first parameter.</param>
/// <param name="length">Number of parameters.</param>
public readonly struct ParameterSegment(int offset, int length)
{
    /// <summary>Index of the first parameter.</summary>
    public int Offset { get; } = offset;

    /// <summary>Number of parameters.</summary>
    public int Length { get; } = length;

    /// <summary>Index behind the last parameter.</summary>
    public int End => Offset + Length;
}
