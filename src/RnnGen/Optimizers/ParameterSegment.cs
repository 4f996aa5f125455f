using System.ComponentModel;

namespace RnnGen;

/// <summary>
/// A stretch of a model's flat parameter buffer that one step updates. What no segment covers (a frozen layer, the rows
/// of an embedding that no token named) is neither read, clipped, decayed nor changed.
/// </summary>
/// <param name="Offset">Index of the first parameter.</param>
/// <param name="Length">Number of parameters.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly record struct ParameterSegment(int Offset, int Length);
