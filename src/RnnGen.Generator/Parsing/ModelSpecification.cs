namespace RnnGen.Generator.Parsing;

/// <summary>
/// One declared model, as values only: no symbols, no syntax, no locations. Two equal specifications
/// give the same text, so this record is what the incremental pipeline caches on.
/// </summary>
/// <param name="Namespace">The namespace, empty for the global one; identifiers are escaped where they are keywords.</param>
/// <param name="ContainingTypes">The types around the model, outermost first.</param>
/// <param name="Declaration">The model's own partial header.</param>
/// <param name="InputSize">Elements of one step's input: features, or one token.</param>
/// <param name="Embedding">The table that tokens are looked up in; null where inputs are numbers.</param>
/// <param name="Layers">Recurrent and dense layers in data-flow order; the output layer is not among them.</param>
internal sealed record ModelSpecification(
    string Namespace,
    EquatableArray<TypeHeader> ContainingTypes,
    TypeHeader Declaration,
    Architecture Architecture,
    int InputSize,
    int SequenceLength,
    int OutputSize,
    Pooling Pooling,
    Loss Loss,
    Activation OutputActivation,
    Initializer OutputInitializer,
    Precision Precision,
    Accuracy Accuracy,
    int BatchSize,
    EmbeddingSpecification? Embedding,
    EquatableArray<LayerSpecification> Layers)
{
    /// <summary>Values that the first layer reads at a step.</summary>
    public int FeatureSize => Embedding?.Size ?? InputSize;

    /// <summary>Elements of one input sequence.</summary>
    public int InputLength => SequenceLength * InputSize;

    /// <summary>The model's full name, from which its files take theirs: <c>Namespace.Outer.Model</c>, without <c>@</c>.</summary>
    public string HintName => string.Join(".", new[] { Namespace }.Concat(ContainingTypes.Select(static type => type.Name)).Append(Declaration.Name)
        .Where(static name => name.Length > 0)).Replace("@", "");
}

/// <summary>A type header that can be printed again in another part: <c>partial record struct Name</c>.</summary>
/// <param name="Keyword"><c>class</c>, <c>record</c>, <c>struct</c>, <c>record struct</c> or <c>interface</c>.</param>
/// <param name="Name">The name as it must be written, with <c>@</c> where it is a keyword.</param>
/// <param name="IsPublic">Whether the type's effective accessibility reaches other assemblies, for a model's XML docs.</param>
internal sealed record TypeHeader(string Keyword, string Name, bool IsPublic);

/// <summary>One declared layer.</summary>
/// <param name="Cell">Name of the cell's equation file: <c>rnn</c>, <c>lstm</c>, <c>gru</c> or <c>dense</c>.</param>
/// <param name="Size">Units.</param>
/// <param name="Activation">What the equation's free function f stands for; <see cref="Activation.Identity"/> where the cell has none.</param>
/// <param name="Initializer">How the weights are drawn.</param>
internal sealed record LayerSpecification(string Cell, int Size, Activation Activation, Initializer Initializer);

/// <summary>A table of one row per token, in front of the first layer.</summary>
/// <param name="VocabularySize">Rows.</param>
/// <param name="Size">Values of a row.</param>
/// <param name="Initializer">How the table is drawn.</param>
internal sealed record EmbeddingSpecification(int VocabularySize, int Size, Initializer Initializer);
