using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Better = RnnGen.Generator.Common.Advice;
using Broken = RnnGen.Generator.Common.Rules;

namespace RnnGen.CodeFixes;

/// <summary>Which rule is mended how.</summary>
internal static class Mends
{
    private static readonly Dictionary<string, Func<Place, IEnumerable<Mend>>> All = new(StringComparer.Ordinal)
    {
        [Broken.NotPartial.Id] = TypeMends.MakePartial,
        [Broken.UnsupportedKind.Id] = TypeMends.MakeOrdinary,
        [Broken.ContainingType.Id] = TypeMends.OpenAround,
        [Broken.Constructor.Id] = TypeMends.LeadThroughGenerated,
        [Broken.NoRecurrentLayer.Id] = LayerMends.AddRecurrent,
        [Broken.NoModel.Id] = LayerMends.AddModel,
        [Broken.ScatteredLayers.Id] = LayerMends.MoveToModel,
        [Broken.SecondModel.Id] = LayerMends.Remove,
        [Broken.MissingSize.Id] = ArgumentMends.AddSize,
        [Broken.SizeOutOfRange.Id] = ArgumentMends.RaiseSize,
        [Broken.UndefinedChoice.Id] = ArgumentMends.Choose,
        [Broken.RecurrentActivation.Id] = place => ArgumentMends.Set(place, "Activation.Tanh", "Activation.Relu"),
        [Broken.LossNeedsLogits.Id] = ArgumentMends.Remove,
        [Broken.SingleClass.Id] = ArgumentMends.TwoClasses,
        [Broken.EmbeddingNotFirst.Id] = LayerMends.EmbedFirst,
        [Broken.TokensHaveNoFeatures.Id] = ArgumentMends.Remove,
        [Broken.PoolingNeedsOneOutput.Id] = place => ArgumentMends.Remove(place).Concat(ArgumentMends.SetArchitecture(place, "ManyToOne")),
        [Broken.NothingIsDecoded.Id] = place => place.Argument is null ? LayerMends.Remove(place) : ArgumentMends.Remove(place),
        [Broken.NoDecoder.Id] = LayerMends.AddDecoder,
        [Broken.FedBack.Id] = LayerMends.FeedBack,
        [Broken.DecoderLooksAhead.Id] = ArgumentMends.Remove,
        [Broken.OneVectorHasNoSteps.Id] = LayerMends.MakeDense,
        [Broken.NothingToAttendTo.Id] = ArgumentMends.Remove,
        [Broken.TokenOutOfRange.Id] = ArgumentMends.NearestToken,
        [Broken.ShareOutOfRange.Id] = ArgumentMends.Remove,
        [Broken.EmbeddingDropout.Id] = LayerMends.DropoutOfNextLayer,
        [Broken.CtcNeedsSteps.Id] = place => ArgumentMends.SetArchitecture(place, "ManyToMany"),
        [Broken.TooManyLabels.Id] = ArgumentMends.Remove,
        [Broken.NothingStartsThere.Id] = ArgumentMends.Remove,
        [Broken.NoLayerBefore.Id] = LayerMends.NothingBefore,
        [Broken.ResidualSize.Id] = ArgumentMends.Remove,
        [Broken.NothingToTie.Id] = ArgumentMends.Remove,
        [Broken.NothingToMask.Id] = ArgumentMends.Remove,
        [Broken.NoRecomputation.Id] = place => ArgumentMends.Divisor(place).Concat(ArgumentMends.Remove(place)),
        [Broken.NoEffect.Id] = ArgumentMends.Remove,
        [Broken.NumberOutOfRange.Id] = ArgumentMends.Remove,
        [Broken.NoWeights.Id] = ArgumentMends.Remove,
        [UsingMends.AmbiguousName] = UsingMends.TakeOurs,
        [Better.VanishingGradient.Id] = LayerMends.UseGates,
        [Better.IdleLanes.Id] = place => ArgumentMends.Set(place, place.Said(1), place.Said(3)),
        [Better.SmallBatch.Id] = ArgumentMends.Remove,
        [Better.DropoutOfOnlyInput.Id] = ArgumentMends.Remove,
        [Better.FastDouble.Id] = ArgumentMends.Remove,
        [Better.UnreadLayer.Id] = LayerMends.Remove,
    };

    public static ImmutableArray<string> Rules { get; } = All.Keys.OrderBy(static id => id, StringComparer.Ordinal).ToImmutableArray();

    public static IEnumerable<Mend> Of(Place place) => All.TryGetValue(place.Rule, out Func<Place, IEnumerable<Mend>>? mends) ? mends(place) : [];

    /// <summary>The file with one node in place of another.</summary>
    public static Mend Replace(this Place place, string title, SyntaxNode old, SyntaxNode by) => new(title, place.Root.ReplaceNode(old, by));

    /// <summary>An attribute as a title names it: its own name, without the namespace.</summary>
    public static string NameOf(AttributeSyntax attribute)
    {
        string name = attribute.Name.ToString();
        return name.Substring(name.LastIndexOfAny(['.', ':']) + 1);
    }
}
