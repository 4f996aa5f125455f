namespace RnnGen.Generator.Common;

/// <summary>The largest sizes that a declaration may ask for.</summary>
internal static class Limits
{
    /// <summary>Of layers, widths, sequences and batches.</summary>
    public const int Size = 65_536;

    /// <summary>Leaves of the tree of gradient sums.</summary>
    public const int GradientSums = 1024;

    /// <summary>Tokens of an embedding.</summary>
    public const int Vocabulary = 1 << 24;
}
