using Microsoft.CodeAnalysis;
using RnnGen.Generator.Common;
using RnnGen.Generator.Model;
using RnnGen.Generator.Parsing;
using RnnGen.Generator.Planning;

namespace RnnGen.Generator.Checking;

/// <summary>Whether a model's memory can be addressed, and its unrolled code be compiled.</summary>
internal static class SizeCheck
{
    /// <summary>What is too large about a model; nothing for nearly all.</summary>
    public static IReadOnlyList<Issue> Of(INamedTypeSymbol type, ModelSpecification model, CancellationToken cancellation)
    {
        List<Issue> issues = [];
        int layers = model.Layers.Count + (model.Decoder?.Layers.Count ?? 0);
        if (layers > ModelSize.LayersLimit)
        {
            ReportLength((long)layers * Math.Max(model.SequenceLength, model.Decoder?.Length ?? 1));
            return issues;
        }

        ModelSize size = ModelSize.Of(model);
        if (size.Parameters.Sum() is > ModelSize.ParametersLimit and var parameters)
        {
            ReportWeights(parameters, "parameters", ModelSize.ParametersLimit);
        }
        else if (size.PackedWeights > ModelSize.BufferLimit)
        {
            ReportWeights(size.PackedWeights, "values for its weights in the forms that the kernels read", ModelSize.BufferLimit);
        }
        else if (Math.Max(Math.Max(size.TrainingValues, size.SumValues), size.PredictionValues) is > ModelSize.BufferLimit and var values)
        {
            ReportLengthwise(
                Rules.TooLarge, AttributeArguments.Text(values), "values of memory for a batch", AttributeArguments.Text(ModelSize.BufferLimit),
                "BatchSize, SequenceLength or the sizes of its layers");
        }

        if (size.Lines > ModelSize.LinesLimit)
        {
            ReportLength(size.Lines);
        }

        return issues;

        // At the layer that needs the most, which is the output layer where none is declared for it.
        void ReportWeights(long count, string what, long limit)
        {
            DeclaredAttributes attributes = DeclaredAttributes.Of(type, cancellation);
            int largest = Enumerable.Range(0, size.Parameters.Count).OrderByDescending(i => size.Parameters[i]).First();
            IssuePlace place = largest < attributes.Layers.Count
                ? IssuePlace.OfAttribute(attributes.Layers[largest].Index)
                : IssuePlace.OfArgument(attributes.Models[0].Index, "OutputSize");
            issues.Add(new Issue(Rules.TooLarge, place, AttributeArguments.Strings(
                type.Name, AttributeArguments.Text(count), what, AttributeArguments.Text(limit), "this size or the size of what it reads")));
        }

        void ReportLength(long lines) => ReportLengthwise(Rules.TooLong, AttributeArguments.Text(lines), AttributeArguments.Text(ModelSize.LinesLimit));

        void ReportLengthwise(DiagnosticDescriptor rule, params string[] arguments)
        {
            int attribute = DeclaredAttributes.Of(type, cancellation).Models[0].Index;
            issues.Add(new Issue(rule, IssuePlace.OfArgument(attribute, "SequenceLength"), AttributeArguments.Strings([type.Name, .. arguments])));
        }
    }
}
