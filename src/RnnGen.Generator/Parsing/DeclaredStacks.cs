using Microsoft.CodeAnalysis;
using RnnGen.Generator.Common;
using RnnGen.Generator.Model;

namespace RnnGen.Generator.Parsing;

/// <summary>A model's layers in one stack, or in two where the second decodes.</summary>
/// <param name="First">The layers that read the input.</param>
/// <param name="Second">The layers that are fed their own output.</param>
/// <param name="Decoder">What stands between the two, if anything.</param>
/// <param name="IsDecoded">Whether the architecture has a second stack.</param>
internal sealed record DeclaredStacks(
    IReadOnlyList<DeclaredAttribute> First, IReadOnlyList<DeclaredAttribute> Second, DeclaredAttribute? Decoder, bool IsDecoded)
{
    public static DeclaredStacks Of(INamedTypeSymbol type, DeclaredAttributes attributes, Architecture? architecture, List<Issue> issues)
    {
        bool isDecoded = architecture switch
        {
            Architecture.OneToMany or Architecture.EncoderDecoder => true,
            Architecture.ManyToOne or Architecture.ManyToMany or null => false,
            { } unknown => throw Choices.Unimplemented(unknown),
        };
        DeclaredAttribute? decoder = attributes.Decoders.Count > 0 ? attributes.Decoders[0] : null;
        if (!isDecoded)
        {
            if (decoder is { } odd && architecture is { } other)
            {
                issues.Add(new Issue(Rules.NothingIsDecoded, IssuePlace.OfAttribute(odd.Index), AttributeArguments.Strings(type.Name, "a [Decoder]", other.ToString())));
            }

            return new DeclaredStacks(attributes.Layers, [], null, false);
        }

        if (decoder is null)
        {
            if (architecture == Architecture.EncoderDecoder)
            {
                issues.Add(new Issue(Rules.NoDecoder, IssuePlace.OfAttribute(attributes.Models[0].Index), AttributeArguments.Strings(type.Name)));
                return new DeclaredStacks(attributes.Layers, attributes.Layers, null, true);
            }

            return new DeclaredStacks([], attributes.Layers, null, true);
        }

        return new DeclaredStacks(
            attributes.Layers.Where(l => l.Index < decoder.Value.Index).ToList(),
            attributes.Layers.Where(l => l.Index > decoder.Value.Index).ToList(),
            decoder, true);
    }
}
