namespace RnnGen.Generator.Model;

/// <summary>When an input is given, in the numeric order of the enum that users see in RnnGen.</summary>
internal enum InputKind
{
    /// <summary>At each step of the input sequence.</summary>
    Step,

    /// <summary>Once for the sequence.</summary>
    Static,

    /// <summary>At each decoded step.</summary>
    Known,
}

/// <summary>An input of a model, or a group of numbers under one name.</summary>
/// <param name="Size">Elements at a time in a sequence's row: numbers, or the index of a category.</param>
/// <param name="Table">The table of the categories' rows; null for numbers.</param>
internal sealed record DeclaredInput(string Name, InputKind Kind, int Size, EmbeddingSpecification? Table)
{
    /// <summary>The name of the numbers of a step that have none of their own.</summary>
    public const string Unnamed = "inputs";

    /// <summary>Values that the first layer reads of it.</summary>
    public int Width => Table?.Size ?? Size;

    /// <summary>The input as it is declared.</summary>
    public string Declared => $"{(Kind == InputKind.Step ? "Feature" : $"{Kind}")}({Name}{(Table is { } table ? $", {table.VocabularySize}, {table.Size}{(table.Frozen ? ", Frozen" : "")}" : Size > 1 ? $", {Size}" : "")})";
}
