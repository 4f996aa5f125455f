using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;
using RnnGen.Generator.Checking;
using RnnGen.Generator.Common;
using RnnGen.Generator.Emitting;
using RnnGen.Generator.Model;
using RnnGen.Generator.Parsing;
using RnnGen.Generator.Weights;

namespace RnnGen.Generator;

/// <summary>
/// Writes the code of every class with <c>[RnnModel]</c>: one main file a model, and one file for each kernel,
/// shared by all models that need the same one. It is silent about declarations with issues, and about those on which it fails itself;
/// <see cref="Analyzing.RnnModelAnalyzer"/> reports both. No declaration takes the members of another model away.
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
        public const string KernelFiles = "KernelFiles";
    }

    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        IncrementalValueProvider<EquatableArray<WeightsFile>> weights = context.AdditionalTextsProvider
            .Where(static text => WeightsFile.IsHeaders(text))
            .SelectMany(static (text, cancellation) => WeightsFile.Read(text, cancellation))
            .Collect()
            .Select(static (files, _) => files.ToEquatableArray());

        // A specification is equal to the one before unless its model was edited; then it is planned, once, and all that follows is text.
        IncrementalValuesProvider<EmittedModel> models = context.SyntaxProvider
            .ForAttributeWithMetadataName(
                ModelParser.ModelAttribute,
                static (node, _) => node is TypeDeclarationSyntax,
                static (attributed, cancellation) => attributed.TargetSymbol is INamedTypeSymbol type
                    ? Stages.Contain(null, () => ModelCheck.Parsed(type, cancellation))
                    : null)
            .Where(static model => model is not null)
            .Select(static (model, _) => Stages.Contain(null, () => EmittedModel.Of(model!)))
            .Where(static model => model is not null)
            .Combine(weights)
            .Where(static pair => Stages.Contain(false, () => WeightsCheck.Find(pair.Left!.Model, 0, pair.Right, () => pair.Left.Tensors) is null))
            .Select(static (pair, _) => pair.Left!)
            .WithTrackingName(Steps.Models);

        IncrementalValuesProvider<KernelFile> kernels = models
            .SelectMany(static (model, _) => model.Kernels)
            .WithTrackingName(Steps.KernelsOfModels)
            .Collect()
            .SelectMany(static (keys, _) => keys.Distinct())
            .WithTrackingName(Steps.Kernels)
            .Select(static (key, _) => new KernelFile(key, Stages.Contain(null, () => KernelEmitter.Emit(key))))
            .WithTrackingName(Steps.KernelFiles);

        // Two arrays that stay equal, and so keep every model cached, unless file names begin or cease to clash, or kernels to fail.
        IncrementalValueProvider<EquatableArray<string>> clashing = models
            .Select(static (model, _) => model.Model.HintName)
            .Collect()
            .Select(static (names, _) => HintNames.Clashing(names))
            .WithTrackingName(Steps.ClashingNames);

        IncrementalValueProvider<EquatableArray<KernelKey>> failed = kernels
            .Where(static kernel => kernel.File is null)
            .Select(static (kernel, _) => kernel.Key)
            .Collect()
            .Select(static (keys, _) => keys.ToEquatableArray());

        context.RegisterSourceOutput(models.Combine(clashing.Combine(failed)), static (output, pair) =>
        {
            // No file where a kernel that the model calls could not be written.
            (EmittedModel model, (EquatableArray<string> names, EquatableArray<KernelKey> missing)) = pair;
            if (missing.Count == 0 || !model.Kernels.Any(missing.Contains))
            {
                foreach (GeneratedFile file in model.Files)
                {
                    Add(output, HintNames.Unique(file.HintName, model.Model, names), file.Text);
                }
            }
        });
        context.RegisterSourceOutput(kernels, static (output, kernel) =>
        {
            if (kernel.File is { } file)
            {
                Add(output, file.HintName, file.Text);
            }
        });
    }

    // A kernel with its text; null where writing it failed.
    private sealed record KernelFile(KernelKey Key, GeneratedFile? File);

    private static void Add(SourceProductionContext output, string hintName, string text) =>
        output.AddSource(hintName, SourceText.From(text, Encoding.UTF8));
}
