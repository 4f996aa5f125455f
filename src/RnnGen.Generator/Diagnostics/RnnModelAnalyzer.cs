using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using RnnGen.Generator.Parsing;
using RnnGen.Generator.Weights;

namespace RnnGen.Generator.Diagnostics;

/// <summary>Reports what is wrong with a declared model, and what could be better, at the place where it is to be mended.</summary>
/// <remarks>The generator stays silent about the same issues, so that severities and <c>#pragma</c> work as for any analyzer.</remarks>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class RnnModelAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(
        Rules.NotPartial, Rules.UnsupportedKind, Rules.ContainingType, Rules.MemberCollision, Rules.Constructor,
        Rules.BaseClass, Rules.NoRecurrentLayer, Rules.NoModel, Rules.ScatteredLayers, Rules.SecondModel,
        Rules.MissingSize, Rules.SizeOutOfRange, Rules.TooLarge, Rules.UndefinedChoice, Rules.RecurrentActivation,
        Rules.LossNeedsLogits, Rules.SingleClass, Rules.UnknownLayer, Rules.LanguageVersion, Rules.TooLong,
        Rules.EmbeddingNotFirst, Rules.TokensHaveNoFeatures, Rules.PoolingNeedsOneOutput, Rules.NothingIsDecoded, Rules.NoDecoder,
        Rules.FedBack, Rules.DecoderLooksAhead, Rules.OneVectorHasNoSteps, Rules.NothingToAttendTo, Rules.TokenOutOfRange,
        Rules.ShareOutOfRange, Rules.EmbeddingDropout, Rules.CtcNeedsSteps, Rules.TooManyLabels, Rules.NothingStartsThere,
        Rules.NoLayerBefore, Rules.ResidualSize, Rules.NothingToTie, Rules.NothingToMask, Rules.NoCheckpoints,
        Rules.NoWeights, Rules.WeightsNotRead, Rules.OtherWeights,
        Rules.CellSyntax, Rules.CellUnknownName, Rules.CellShape, Rules.CellUnused, Rules.CellNoNextValue,
        Rules.CellCycle, Rules.CellNoDerivative, Rules.CellName, Rules.CellNotCompiled, Rules.NoCell,
        Advice.VanishingGradient, Advice.IdleLanes, Advice.SmallBatch, Advice.DropoutOfOnlyInput, Advice.FastDouble, Rules.CellPhases,
        Advice.UnreadLayer,
        Advice.MissedDeadline);

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        // A declaration in a checked-in generated file deserves the same answer as one written by hand.
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.Analyze | GeneratedCodeAnalysisFlags.ReportDiagnostics);
        context.EnableConcurrentExecution();
        context.RegisterSymbolAction(
            static symbolContext =>
            {
                var type = (INamedTypeSymbol)symbolContext.Symbol;
                ParseResult result = ModelParser.Parse(type, symbolContext.CancellationToken);
                IEnumerable<Issue> advice = result.Specification is { } model
                    ? ModelAdvice.Of(type, model, symbolContext.CancellationToken).Concat(OfWeights(type, model, symbolContext))
                    : [];
                foreach (Issue issue in result.Issues.Concat(CellReader.Check(type, symbolContext.CancellationToken)).Concat(advice))
                {
                    Location location = IssueLocator.Locate(type, issue.Place, symbolContext.CancellationToken);
                    symbolContext.ReportDiagnostic(Diagnostic.Create(issue.Rule, location, Properties(issue), issue.Arguments.ToArray<object>()));
                }
            },
            SymbolKind.NamedType);
    }

    private static IEnumerable<Issue> OfWeights(INamedTypeSymbol type, ModelSpecification model, SymbolAnalysisContext context)
    {
        if (model.Weights is not null)
        {
            int attribute = DeclaredAttributes.Of(type, context.CancellationToken).Models[0].Index;
            if (WeightsCheck.Find(model, attribute, WeightsFile.Of(context.Options.AdditionalFiles, context.CancellationToken)) is { } issue)
            {
                yield return issue;
            }
        }
    }

    // The code fixes read what the message says.
    private static ImmutableDictionary<string, string?> Properties(Issue issue) => issue.Arguments
        .Select(static (argument, index) => (Key: AttributeArguments.Text(index), Value: (string?)argument))
        .ToImmutableDictionary(static pair => pair.Key, static pair => pair.Value);
}
