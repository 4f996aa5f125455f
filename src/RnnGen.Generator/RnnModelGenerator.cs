using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;
using RnnGen.Generator.Emitting;
using RnnGen.Generator.Parsing;
using RnnGen.Generator.Weights;

namespace RnnGen.Generator;

/// <summary>
/// Writes the code of every class with <c>[RnnModel]</c>: one main file a model, and one file for each kernel,
/// shared by all models that need the same one. It is silent about declarations with issues; <see cref="Diagnostics.RnnModelAnalyzer"/> reports those.
/// </summary>
[Generator(LanguageNames.CSharp)]
public sealed class RnnModelGenerator : IIncrementalGenerator
{
    /// <summary>Names of the pipeline's steps, for tests of what is cached.</summary>
    internal static class Steps
    {
        public const string Models = "Models";
        public const string ClashingNames = "ClashingNames";
        public const string KernelsOfModels = "KernelsOfModels";
        public const string Kernels = "Kernels";
    }

    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        IncrementalValueProvider<EquatableArray<WeightsFile>> weights = context.AdditionalTextsProvider
            .Where(static text => WeightsFile.IsHeaders(text))
            .SelectMany(static (text, cancellation) => WeightsFile.Read(text, cancellation))
            .Collect()
            .Select(static (files, _) => files.ToEquatableArray());

        IncrementalValuesProvider<ModelSpecification> models = context.SyntaxProvider
            .ForAttributeWithMetadataName(
                ModelParser.ModelAttribute,
                static (node, _) => node is TypeDeclarationSyntax,
                static (attributed, cancellation) => attributed.TargetSymbol is INamedTypeSymbol type
                    ? ModelParser.Parse(type, cancellation).Specification
                    : null)
            .Where(static model => model is not null)
            .Combine(weights)
            .Where(static pair => WeightsCheck.Find(pair.Left!, 0, pair.Right) is null)
            .Select(static (pair, _) => pair.Left!)
            .WithTrackingName(Steps.Models);

        IncrementalValuesProvider<KernelKey> kernels = models
            .SelectMany(static (model, _) => ModelEmitter.KernelsOf(model))
            .WithTrackingName(Steps.KernelsOfModels)
            .Collect()
            .SelectMany(static (keys, _) => keys.Distinct())
            .WithTrackingName(Steps.Kernels);

        // An array that stays equal, and so keeps every model cached, unless file names begin or cease to clash.
        IncrementalValueProvider<EquatableArray<string>> clashing = models
            .Select(static (model, _) => model.HintName)
            .Collect()
            .Select(static (names, _) => HintNames.Clashing(names))
            .WithTrackingName(Steps.ClashingNames);

        context.RegisterSourceOutput(models.Combine(clashing), static (output, pair) =>
        {
            (ModelSpecification model, EquatableArray<string> names) = pair;
            foreach (GeneratedFile file in ModelEmitter.Emit(model))
            {
                Add(output, HintNames.Unique(file.HintName, model, names), file.Text);
            }
        });
        context.RegisterSourceOutput(kernels, static (output, key) =>
        {
            GeneratedFile file = KernelEmitter.Emit(key);
            Add(output, file.HintName, file.Text);
        });
    }

    private static void Add(SourceProductionContext output, string hintName, string text) =>
        output.AddSource(hintName, SourceText.From(text, Encoding.UTF8));
}
