using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Better = RnnGen.Generator.Common.Advice;
using Broken = RnnGen.Generator.Common.Rules;

namespace RnnGen.CodeFixes;

/// <summary>Which rule is fixed how.</summary>
internal static class Fixes
{
    private static readonly Dictionary<string, Func<Place, IEnumerable<Fix>>> All = new(StringComparer.Ordinal)
    {
        [Broken.NotPartial.Id] = TypeFixes.MakePartial,
        [Broken.UnsupportedKind.Id] = TypeFixes.MakeOrdinary,
        [Broken.ContainingType.Id] = TypeFixes.OpenAround,
        [Broken.Constructor.Id] = TypeFixes.LeadThroughGenerated,
        [Broken.NoRecurrentLayer.Id] = LayerFixes.AddRecurrent,
        [Broken.NoModel.Id] = LayerFixes.AddModel,
        [Broken.ScatteredLayers.Id] = LayerFixes.MoveToModel,
        [Broken.SecondModel.Id] = LayerFixes.Remove,
        [Broken.MissingSize.Id] = ArgumentFixes.AddSize,
        [Broken.SizeOutOfRange.Id] = ArgumentFixes.RaiseSize,
        [Broken.UndefinedChoice.Id] = ArgumentFixes.Choose,
        [Broken.RecurrentActivation.Id] = place => ArgumentFixes.Set(place, "Activation.Tanh", "Activation.Relu"),
        [Broken.LossNeedsLogits.Id] = ArgumentFixes.Remove,
        [Broken.SingleClass.Id] = ArgumentFixes.TwoClasses,
        [Broken.EmbeddingNotFirst.Id] = LayerFixes.EmbedFirst,
        [Broken.TokensHaveNoFeatures.Id] = ArgumentFixes.Remove,
        [Broken.PoolingNeedsOneOutput.Id] = place => ArgumentFixes.Remove(place).Concat(ArgumentFixes.SetArchitecture(place, "ManyToOne")),
        [Broken.NothingIsDecoded.Id] = place => place.Argument is null ? LayerFixes.Remove(place) : ArgumentFixes.Remove(place),
        [Broken.NoDecoder.Id] = LayerFixes.AddDecoder,
        [Broken.FedBack.Id] = LayerFixes.FeedBack,
        [Broken.DecoderLooksAhead.Id] = ArgumentFixes.Remove,
        [Broken.OneVectorHasNoSteps.Id] = LayerFixes.MakeDense,
        [Broken.NothingToAttendTo.Id] = ArgumentFixes.Remove,
        [Broken.TokenOutOfRange.Id] = ArgumentFixes.NearestToken,
        [Broken.ShareOutOfRange.Id] = ArgumentFixes.Remove,
        [Broken.EmbeddingDropout.Id] = LayerFixes.DropoutOfNextLayer,
        [Broken.CtcNeedsSteps.Id] = place => ArgumentFixes.SetArchitecture(place, "ManyToMany"),
        [Broken.TooManyLabels.Id] = ArgumentFixes.Remove,
        [Broken.NothingStartsThere.Id] = ArgumentFixes.Remove,
        [Broken.NoLayerBefore.Id] = LayerFixes.NothingBefore,
        [Broken.ResidualSize.Id] = ArgumentFixes.Remove,
        [Broken.NothingToTie.Id] = ArgumentFixes.Remove,
        [Broken.NothingToSkip.Id] = ArgumentFixes.Remove,
        [Broken.ConvolutionDoesNotFit.Id] = place => place.Argument is null ? LayerFixes.Remove(place) : ArgumentFixes.Remove(place),
        [Broken.NothingToMask.Id] = ArgumentFixes.Remove,
        [Broken.NoInputGradients.Id] = ArgumentFixes.Remove,
        [Broken.NoRecomputation.Id] = place => ArgumentFixes.Divisor(place).Concat(ArgumentFixes.Remove(place)),
        [Broken.NoEffect.Id] = ArgumentFixes.Remove,
        [Broken.ReducedDouble.Id] = ArgumentFixes.Remove,
        [Broken.NumberOutOfRange.Id] = ArgumentFixes.Remove,
        [Broken.NoWeights.Id] = ArgumentFixes.Remove,
        [Broken.SecondLoss.Id] = place => place.Argument is null ? LayerFixes.Remove(place) : ArgumentFixes.Remove(place),
        [UsingFixes.AmbiguousName] = UsingFixes.TakeOurs,
        [Better.VanishingGradient.Id] = LayerFixes.UseGates,
        [Better.IdleLanes.Id] = place => ArgumentFixes.Set(place, place.Said(1), place.Said(3)),
        [Better.SmallBatch.Id] = ArgumentFixes.Remove,
        [Better.DropoutOfOnlyInput.Id] = ArgumentFixes.Remove,
        [Better.FastDouble.Id] = ArgumentFixes.Remove,
        [Better.UnreadLayer.Id] = LayerFixes.Remove,
    };

    public static ImmutableArray<string> Rules { get; } = All.Keys.OrderBy(static id => id, StringComparer.Ordinal).ToImmutableArray();

    public static IEnumerable<Fix> Of(Place place) => All.TryGetValue(place.Rule, out Func<Place, IEnumerable<Fix>>? fixes) ? fixes(place) : [];

    /// <summary>The file with one node in place of another.</summary>
    public static Fix Replace(this Place place, string title, SyntaxNode old, SyntaxNode by) => new(title, place.Root.ReplaceNode(old, by));

    /// <summary>An attribute as a title names it: its own name, without the namespace.</summary>
    public static string NameOf(AttributeSyntax attribute)
    {
        string name = attribute.Name.ToString();
        return name.Substring(name.LastIndexOfAny(['.', ':']) + 1);
    }
}
