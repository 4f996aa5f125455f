using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using RnnGen.Generator.Checking;
using RnnGen.Generator.Common;
using RnnGen.Generator.Emitting;
using RnnGen.Generator.Model;
using RnnGen.Generator.Parsing;
using RnnGen.Generator.Planning;
using RnnGen.Generator.Weights;

namespace RnnGen.Generator.Analyzing;

/// <summary>Reports what is wrong with a declared model, and what could be better, at the place where it is to be fixed.</summary>
/// <remarks>The generator stays silent about the same issues, so that severities and <c>#pragma</c> work as for any analyzer.</remarks>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class RnnModelAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.CreateRange(Rules.All);

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
                try
                {
                    Report(symbolContext, type);
                }
                catch (Exception exception) when (exception is not OperationCanceledException)
                {
                    symbolContext.ReportDiagnostic(Diagnostic.Create(Rules.Failure, DeclarationOf(type), type.Name, Describe(exception)));
                }
            },
            SymbolKind.NamedType);
    }

    private static void Report(SymbolAnalysisContext context, INamedTypeSymbol type)
    {
        CheckedModel result = ModelCheck.Of(type, context.CancellationToken);
        List<Issue> issues = [.. result.Issues, .. CellCheck.Of(type, context.CancellationToken), .. LossCheck.Of(type, context.CancellationToken)];
        if (result is { Specification: { } model, Layout: { } layout })
        {
            List<Issue> weights = [.. OfWeights(type, model, layout, context)];
            issues.AddRange(ModelAdvice.Of(type, model, layout, context.CancellationToken));
            issues.AddRange(weights);
            if (weights.Count == 0 && !ModelCheck.IsGenerated(type))
            {
                Generate(layout.Value, context.CancellationToken);
            }
        }

        foreach (Issue issue in issues)
        {
            Location location = IssueLocator.Locate(type, issue.Place, context.CancellationToken);
            context.ReportDiagnostic(Diagnostic.Create(issue.Rule, location, Properties(issue), issue.Arguments.ToArray<object>()));
        }
    }

    // A model without an issue and without its members: where the generator failed, it fails here again.
    private static void Generate(PlanLayout layout, CancellationToken cancellation)
    {
        ModelPlan plan = ModelPlanner.Schedule(layout);
        ModelEmitter.Emit(plan);
        foreach (KernelKey kernel in ModelEmitter.KernelsOf(plan))
        {
            cancellation.ThrowIfCancellationRequested();
            KernelEmitter.Emit(kernel);
        }
    }

    // The part of the class that is attributed, where there are several.
    private static Location? DeclarationOf(INamedTypeSymbol type)
    {
        SyntaxTree? tree = type.GetAttributes().Select(static a => a.ApplicationSyntaxReference?.SyntaxTree).FirstOrDefault(static t => t is not null);
        return type.Locations.FirstOrDefault(l => l.SourceTree == tree) ?? type.Locations.FirstOrDefault();
    }

    private static string Describe(Exception exception)
    {
        string place = exception.TargetSite is { DeclaringType: { } declaring } method ? $" in {declaring.Name}.{method.Name}" : "";
        return $"{exception.GetType().Name}{place}, {string.Join(" ", exception.Message.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries)).TrimEnd('.')}";
    }

    private static IEnumerable<Issue> OfWeights(INamedTypeSymbol type, ModelSpecification model, Lazy<PlanLayout> layout, SymbolAnalysisContext context)
    {
        if (model.Weights is not null)
        {
            int attribute = DeclaredAttributes.Of(type, context.CancellationToken).Models[0].Index;
            if (WeightsCheck.Find(model, attribute, WeightsFile.Of(context.Options.AdditionalFiles, context.CancellationToken), () => WeightsCheck.TensorsOf(layout.Value.Flow)) is { } issue)
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
