namespace RnnGen.Generator.Model;

/// <summary>At which steps a model has outputs, and its targets with them.</summary>
internal enum OutputTiming
{
    /// <summary>Once for each sequence.</summary>
    Once,

    /// <summary>At each step of the input.</summary>
    EachStep,

    /// <summary>At each step of a decoded sequence.</summary>
    Decoded,

    /// <summary>At the steps of a decoded sequence up to the token that ends it.</summary>
    UntilEndToken,
}
