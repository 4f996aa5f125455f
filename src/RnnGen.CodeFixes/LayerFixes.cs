using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using RnnGen.Generator.Common;
using RnnGen.Generator.Losses;

namespace RnnGen.CodeFixes;

/// <summary>Fixes of whole attributes: layers that are missing, too many, or in the wrong place.</summary>
internal static class LayerFixes
{
    private const string LikelySize = "32";

    public static IEnumerable<Fix> Remove(Place place)
    {
        if (place is { Type: { } type, Attribute: { } attribute })
        {
            yield return place.Replace($"Remove [{Fixes.NameOf(attribute)}]", type, Edit.Without(type, attribute));
        }
    }

    public static IEnumerable<Fix> AddRecurrent(Place place)
    {
        foreach (string layer in (string[])[$"Lstm({LikelySize})", $"Gru({LikelySize})"])
        {
            if (place.Type is { } type && place.Attributes(type).LastOrDefault() is { } last)
            {
                yield return place.Replace($"Add [{layer}]", type, Edit.Beside(type, last, Edit.Attribute(layer), before: false));
            }
        }
    }

    public static IEnumerable<Fix> AddModel(Place place)
    {
        if (place is { Type: { } type, Attribute: { } first })
        {
            string input = place.Is(first, "EmbeddingAttribute") ? "" : "InputSize = 1, ";
            AttributeSyntax model = Edit.Attribute($"RnnModel(Architecture.ManyToOne, {input}SequenceLength = {LikelySize}, OutputSize = 1)");
            yield return place.Replace("Add [RnnModel]", type, Edit.Beside(type, first, model, before: true));
        }
    }

    /// <summary>Moves a layer to the part with the model, behind the layers there.</summary>
    public static IEnumerable<Fix> MoveToModel(Place place)
    {
        if (place is { Type: { } type, Attribute: { } layer } && place.PartWithModel() is { } part && part != type)
        {
            AttributeSyntax last = place.Attributes(part).Last();
            SyntaxNode root = place.Root.ReplaceNodes([type, part], (old, _) =>
                old == type ? Edit.Without(type, layer) : Edit.Beside(part, last, layer, before: false));
            yield return new Fix("Move the layer to the part with [RnnModel]", root);
        }
    }

    /// <summary>Moves an embedding in front of its stack, or removes it if there is one already.</summary>
    public static IEnumerable<Fix> EmbedFirst(Place place)
    {
        if (place is not { Type: { } type, Attribute: { } embedding })
        {
            return [];
        }

        AttributeSyntax first = Stack(place, type, embedding)[0];
        return place.Is(first, "EmbeddingAttribute")
            ? Remove(place)
            : [place.Replace("Make the embedding the first layer", type, Move(type, embedding, first, before: true))];
    }

    /// <summary>Puts [Decoder] in front of the second embedding, or else of the last layer.</summary>
    public static IEnumerable<Fix> AddDecoder(Place place)
    {
        if (place.Type is { } type)
        {
            List<AttributeSyntax> layers = [.. place.Attributes(type).Where(attribute => place.Is(attribute, "LayerAttribute"))];
            AttributeSyntax? writer = layers.Skip(1).FirstOrDefault(layer => place.Is(layer, "EmbeddingAttribute")) ?? layers.Skip(1).LastOrDefault();
            if (writer is not null)
            {
                yield return place.Replace("Add [Decoder]", type, Edit.Beside(type, writer, Edit.Attribute("Decoder"), before: true));
            }
        }
    }

    /// <summary>Classes are fed back through an embedding of as many tokens as there are outputs, numbers through none.</summary>
    public static IEnumerable<Fix> FeedBack(Place place)
    {
        if (place is not { Type: { } type, Attribute: { } at, Model: { } model } || Edit.Find(model, "OutputSize")?.Expression is not { } outputs)
        {
            return [];
        }

        bool isEmbedding = place.Is(at, "EmbeddingAttribute");
        LossTargets targets = Edit.Loss(model)?.Targets ?? LossTargets.Numbers;
        if (targets == LossTargets.Probabilities)
        {
            return [];
        }

        if (targets != LossTargets.Classes)
        {
            return isEmbedding ? Remove(place) : [];
        }

        if (isEmbedding)
        {
            AttributeArgumentSyntax? tokens = Edit.Find(at, "vocabularySize") ?? at.ArgumentList?.Arguments.FirstOrDefault(static argument => argument.NameColon is null);
            return tokens is null ? [] : [place.Replace("Embed as many tokens as there are outputs", tokens, tokens.WithExpression(outputs.WithTriviaFrom(tokens.Expression)))];
        }

        AttributeSyntax table = Edit.Attribute($"Embedding({outputs.WithoutTrivia()}, {LikelySize})");
        return [place.Replace("Add an embedding of the outputs", type, Edit.Beside(type, at, table, before: false))];
    }

    /// <summary>A dense layer of the same size, where there are no steps to recur over.</summary>
    public static IEnumerable<Fix> MakeDense(Place place)
    {
        if (place.Attribute?.ArgumentList?.Arguments.FirstOrDefault(static argument => argument.NameEquals is null) is { Expression: var size } && !place.Is(place.Attribute, "EmbeddingAttribute"))
        {
            return [place.Replace($"Use [Dense({size})]", place.Attribute, Edit.Attribute($"Dense({size.WithoutTrivia()})"))];
        }

        return Remove(place);
    }

    /// <summary>A layer with gates of the same size in place of a plain one.</summary>
    public static IEnumerable<Fix> UseGates(Place place)
    {
        if (place.Attribute is not { } plain)
        {
            yield break;
        }

        // Gates have activations of their own.
        AttributeSyntax without = Edit.Find(plain, "Activation") is { } activation ? Edit.Without(plain, activation) : plain;
        foreach (string layer in (string[])["Lstm", "Gru"])
        {
            yield return place.Replace($"Use [{layer}]", plain, without.WithName(Edit.Attribute(layer).Name.WithTriviaFrom(plain.Name)));
        }
    }

    /// <summary>Moves an embedding's dropout to the layer that reads the embedded values.</summary>
    public static IEnumerable<Fix> DropoutOfNextLayer(Place place)
    {
        if (place is { Type: { } type, Attribute: { } embedding, Argument: { } dropout })
        {
            AttributeSyntax? next = Stack(place, type, embedding).Skip(1).FirstOrDefault();
            if (next is not null && Edit.Find(next, "Dropout") is null)
            {
                yield return place.Replace("Move 'Dropout' to the next layer", type, type.ReplaceNodes([embedding, next], (old, _) =>
                    old == embedding ? Edit.Without(embedding, dropout) : Edit.With(next, "Dropout", dropout.Expression)));
            }
            else
            {
                yield return place.Replace("Remove 'Dropout'", embedding, Edit.Without(embedding, dropout));
            }
        }
    }

    /// <summary>A layer that is an op goes behind the next one that is none, or away; a residual connection goes away.</summary>
    public static IEnumerable<Fix> NothingBefore(Place place)
    {
        if (place is not { Type: { } type, Attribute: { } layer })
        {
            yield break;
        }

        if (Edit.Find(layer, "Residual") is { } residual)
        {
            yield return place.Replace("Remove 'Residual'", layer, Edit.Without(layer, residual));
            yield break;
        }

        List<AttributeSyntax> stack = Stack(place, type, layer);
        AttributeSyntax? next = stack.SkipWhile(at => at != layer).Skip(1).FirstOrDefault(at => !DeclaredOps.All.Any(op => place.Is(at, op.Name + "Attribute")));
        if (next is not null)
        {
            yield return place.Replace($"Move [{Fixes.NameOf(layer)}] after the next layer", type, Move(type, layer, next, before: false));
        }

        yield return place.Replace($"Remove [{Fixes.NameOf(layer)}]", type, Edit.Without(type, layer));
    }

    /// <summary>The layers between the model or [Decoder] and the next [Decoder] or the end, around one of them.</summary>
    private static List<AttributeSyntax> Stack(Place place, TypeDeclarationSyntax type, AttributeSyntax layer)
    {
        List<AttributeSyntax> all = place.Attributes(type);
        int at = all.IndexOf(layer);
        int start = at;
        while (start > 0 && place.Is(all[start - 1], "LayerAttribute"))
        {
            start--;
        }

        return [.. all.Skip(start).TakeWhile(attribute => place.Is(attribute, "LayerAttribute"))];
    }

    private static TypeDeclarationSyntax Move(TypeDeclarationSyntax type, AttributeSyntax moved, AttributeSyntax beside, bool before)
    {
        TypeDeclarationSyntax tracked = type.TrackNodes(moved, beside);
        TypeDeclarationSyntax without = Edit.Without(tracked, tracked.GetCurrentNode(moved)!);
        return Edit.Beside(without, without.GetCurrentNode(beside)!, moved, before);
    }
}
