using Microsoft.CodeAnalysis;
using RnnGen.Generator.Common;
using RnnGen.Generator.Model;

namespace RnnGen.Generator.Parsing;

/// <summary>Reads the inputs that a model declares by attributes of their own: columns of each step, what is given once, and what is known of decoded steps.</summary>
internal static class InputReader
{
    private const string Feature = "FeatureAttribute", Static = "StaticAttribute", Known = "KnownAttribute";

    /// <summary>Whether an attribute's class declares an input.</summary>
    public static bool IsInput(INamedTypeSymbol? type) => DeclaredAttributes.IsOurs(type, Feature) || DeclaredAttributes.IsOurs(type, Static) || DeclaredAttributes.IsOurs(type, Known);

    /// <summary>The declared inputs in their order; null stands for one that cannot be read.</summary>
    /// <param name="readsTokens">Whether the first layer is an embedding of tokens.</param>
    public static List<DeclaredInput?> Read(
        INamedTypeSymbol type, DeclaredAttribute model, DeclaredAttributes attributes, Architecture? architecture, bool readsTokens, List<Issue> issues, CancellationToken cancellation)
    {
        List<DeclaredInput?> inputs = [];
        foreach (DeclaredAttribute declared in attributes.Inputs)
        {
            if (declared.Part != model.Part)
            {
                issues.Add(new Issue(Rules.ScatteredLayers, IssuePlace.OfAttribute(declared.Index), AttributeArguments.Strings(type.Name)));
            }

            AttributeArguments arguments = new(declared.Data, declared.Index, issues, cancellation);
            DeclaredInput? input = Read(type.Name, arguments, KindOf(declared.Data.AttributeClass!.Name));
            string? problem = input is null ? null
                : readsTokens ? "but its first layer is an embedding, whose inputs are tokens only; remove the [Embedding], and declare the tokens as a [Feature] with Categories"
                : architecture == Architecture.OneToMany && input.Kind == InputKind.Static ? "but all inputs of a OneToMany model are given once; declare it as a [Feature]"
                : architecture is Architecture.ManyToOne or Architecture.ManyToMany && input.Kind == InputKind.Known ? $"but a {architecture} model decodes nothing; what is known of its steps is a [Feature]"
                : input.Name == DeclaredInput.Unnamed ? "which is the name of the numbers that have none of their own; choose another"
                : inputs.Any(i => i?.Name == input.Name) ? "whose name another one has; choose another"
                : null;
            if (problem is not null)
            {
                arguments.Report(Rules.InputNotPossible, "name", type.Name, input!.Name, problem);
                input = null;
            }

            inputs.Add(input);
        }

        return inputs;
    }

    /// <summary>Elements of a step: those of its columns, and numbers before them where more are declared.</summary>
    public static int? ReadSize(string model, AttributeArguments arguments, IReadOnlyList<DeclaredInput?> inputs)
    {
        List<DeclaredInput> columns = inputs.OfType<DeclaredInput>().Where(i => i.Kind == InputKind.Step).ToList();
        long sum = columns.Sum(c => (long)c.Size);
        if (sum == 0 && !inputs.Contains(null))
        {
            return arguments.RequiredSize("InputSize", Limits.Size, model);
        }

        if (sum > Limits.Size || (arguments.IsSet("InputSize") && arguments.SizeOrZero("InputSize", Limits.Size) is > 0 and { } size && size < sum))
        {
            arguments.Report(Rules.InputNotPossible, "InputSize", model, columns[columns.Count - 1].Name, $"but the columns have {AttributeArguments.Text(sum)} elements a step, which InputSize must count too (at most {AttributeArguments.Text(Limits.Size)}); {(arguments.IsSet("InputSize") ? "change InputSize, or remove it" : "lower a column's Size")}");
            return null;
        }

        // Of a column that cannot be read the size may be all that is missing.
        return arguments.OptionalSize("InputSize", Limits.Size, unlessWritten: Math.Max(1, (int)sum));
    }

    /// <summary>All inputs: those that have a name, behind the numbers of a step that have none; null where none has a name.</summary>
    public static EquatableArray<DeclaredInput>? All(IReadOnlyList<DeclaredInput?> named, int inputSize)
    {
        int unnamed = inputSize - named.OfType<DeclaredInput>().Where(i => i.Kind == InputKind.Step).Sum(i => i.Size);
        return named.Count == 0 ? null : new[] { unnamed == 0 ? null : new DeclaredInput(DeclaredInput.Unnamed, InputKind.Step, unnamed, null) }
            .Concat(named).OfType<DeclaredInput>().OrderBy(i => i.Kind).ToEquatableArray();
    }

    private static InputKind KindOf(string attribute) => attribute switch
    {
        Feature => InputKind.Step,
        Static => InputKind.Static,
        Known => InputKind.Known,
        _ => throw new InvalidOperationException($"{attribute} declares no input."),
    };

    private static DeclaredInput? Read(string model, AttributeArguments arguments, InputKind kind)
    {
        string? name = arguments.PositionalWords("name");
        if (arguments.IsPositionalNull("name") || (name is not null && !IsName(name)))
        {
            arguments.Report(Rules.InputNotPossible, "name", model, name ?? "null", "which is no name; use the letters A to Z, digits and underscores, beginning with a letter");
            return null;
        }

        int? size = arguments.OptionalSize("Size", Limits.Size, unlessWritten: 1);
        Initializer? initializer = arguments.Choice("Initializer", Initializer.Default);
        bool? frozen = arguments.Flag("Frozen");
        bool isCategory = arguments.IsWritten("Categories");
        int? categories = arguments.OptionalSize("Categories", Limits.Vocabulary, unlessWritten: 0);
        int? embeddingSize = arguments.OptionalSize("EmbeddingSize", Limits.Size, unlessWritten: 0);
        if (name is null || size is null || initializer is null || frozen is null || categories is null || embeddingSize is null)
        {
            return null;
        }

        (string Argument, string Text)? problem = isCategory && embeddingSize == 0 ? ("Categories", "whose categories have no EmbeddingSize; add EmbeddingSize, the values of a category's row")
            : isCategory && size > 1 ? ("Size", "whose element is a category, and there is one; remove Size, or declare an input for each")
            : null;
        if (problem is { } found)
        {
            arguments.Report(Rules.InputNotPossible, found.Argument, model, name, found.Text);
            return null;
        }

        IdleProperties.CheckInput(model, arguments, isCategory);
        return new DeclaredInput(name, kind, size.Value, isCategory ? new EmbeddingSpecification(categories.Value, embeddingSize.Value, initializer.Value, frozen.Value) : null);
    }

    private static bool IsName(string name) => name.Length > 0 && IsLetter(name[0]) && name.All(c => IsLetter(c) || c is (>= '0' and <= '9') or '_');

    // Names are part of those of tensors in files.
    private static bool IsLetter(char letter) => letter is (>= 'a' and <= 'z') or (>= 'A' and <= 'Z');
}
