using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace RnnGen.Generator.Parsing;

/// <summary>One of RnnGen's attributes on a class.</summary>
/// <param name="Data">What the compiler read.</param>
/// <param name="Index">Index among all attributes of the class.</param>
/// <param name="Part">The part of the class that carries it; null where the source is out of reach.</param>
internal readonly record struct DeclaredAttribute(AttributeData Data, int Index, TypeDeclarationSyntax? Part);

/// <summary>RnnGen's attributes on a class, in source order.</summary>
internal sealed class DeclaredAttributes
{
    private const string LayerBase = "LayerAttribute";

    private DeclaredAttributes(List<DeclaredAttribute> models, List<DeclaredAttribute> layers, List<DeclaredAttribute> decoders, List<DeclaredAttribute> losses, List<DeclaredAttribute> inputs, bool hasUnresolved)
    {
        Inputs = inputs;
        Losses = losses;
        Decoders = decoders;
        Models = models;
        Layers = layers;
        HasUnresolved = hasUnresolved;
    }

    public IReadOnlyList<DeclaredAttribute> Models { get; }

    public IReadOnlyList<DeclaredAttribute> Layers { get; }

    /// <summary>The attributes that stand between two stacks of layers.</summary>
    public IReadOnlyList<DeclaredAttribute> Decoders { get; }

    /// <summary>The attributes that name a class with the equations of a loss.</summary>
    public IReadOnlyList<DeclaredAttribute> Losses { get; }

    /// <summary>The attributes that declare inputs.</summary>
    public IReadOnlyList<DeclaredAttribute> Inputs { get; }

    /// <summary>Whether the compiler could not find one of the class's attributes, which might have been a layer.</summary>
    public bool HasUnresolved { get; }

    public bool IsEmpty => Models.Count == 0 && Layers.Count == 0 && Decoders.Count == 0 && Losses.Count == 0 && Inputs.Count == 0;

    public static DeclaredAttributes Of(INamedTypeSymbol type, CancellationToken cancellation)
    {
        var models = new List<DeclaredAttribute>();
        var layers = new List<DeclaredAttribute>();
        var decoders = new List<DeclaredAttribute>();
        var losses = new List<DeclaredAttribute>();
        var inputs = new List<DeclaredAttribute>();
        bool hasUnresolved = false;
        int index = -1;
        foreach (AttributeData data in type.GetAttributes())
        {
            index++;
            hasUnresolved |= data.AttributeClass is null or { TypeKind: TypeKind.Error };
            List<DeclaredAttribute>? list = IsOurs(data.AttributeClass, "RnnModelAttribute") ? models
                : IsOurs(data.AttributeClass, "DecoderAttribute") ? decoders
                : IsOurs(data.AttributeClass, LossReader.LossAttribute) && data.AttributeClass!.TypeArguments.Length == 1 ? losses
                : InputReader.IsInput(data.AttributeClass) ? inputs
                : IsLayer(data.AttributeClass) ? layers
                : null;
            if (list is not null)
            {
                SyntaxNode? syntax = data.ApplicationSyntaxReference?.GetSyntax(cancellation);
                list.Add(new DeclaredAttribute(data, index, syntax?.Parent?.Parent as TypeDeclarationSyntax));
            }
        }

        // Within one part the compiler keeps source order; between parts order has no meaning and is an issue of its own.
        return new DeclaredAttributes(models, layers, decoders, losses, inputs, hasUnresolved);
    }

    public static bool IsOurs(INamedTypeSymbol? type, string name) =>
        type is { ContainingType: null, ContainingNamespace: { Name: "RnnGen", ContainingNamespace.IsGlobalNamespace: true } } && type.Name == name;

    private static bool IsLayer(INamedTypeSymbol? type)
    {
        for (INamedTypeSymbol? at = type; at is not null; at = at.BaseType)
        {
            if (IsOurs(at, LayerBase))
            {
                return true;
            }
        }

        return false;
    }
}
