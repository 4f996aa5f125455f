namespace RnnGen.Generator.Common;

/// <summary>The largest sizes that a declaration may ask for.</summary>
internal static class Limits
{
    /// <summary>Of layers, widths, sequences and batches.</summary>
    public const int Size = 65_536;

    /// <summary>Tokens of an embedding.</summary>
    public const int Vocabulary = 1 << 24;
}
