using System.Collections.Generic;
using System.Globalization;
using Microsoft.CodeAnalysis;
using RnnGen.Generator.Common;
using RnnGen.Generator.Model;
using RnnGen.Generator.Parsing;
using RnnGen.Generator.Planning;
using RnnGen.Generator.Planning.Kernels;
using RnnGen.Generator.Planning.Ops;

namespace RnnGen.Generator.Checking;

/// <summary>What could be better in a declaration that compiles. Only the analyzer asks, so the generator pays nothing for it.</summary>
internal static class ModelAdvice
{
    /// <summary>Steps over which a plain recurrent layer still learns; Y. Bengio et al. 1994 found it hard far below that.</summary>
    private const int PlainSteps = 100;

    /// <summary>Rows of the smallest tile of the training kernels.</summary>
    private const int TileRows = 4;

    /// <param name="layout">The model's layout, which is made only where an advice needs it.</param>
    public static IReadOnlyList<Issue> Of(INamedTypeSymbol type, ModelSpecification model, Lazy<PlanLayout> layout, CancellationToken cancellation)
    {
        DeclaredAttributes attributes = DeclaredAttributes.Of(type, cancellation);
        var issues = new List<Issue>();
        DeclaredAttribute declared = attributes.Models[0];
        OfModel(type, model, layout, new AttributeArguments(declared.Data, declared.Index, issues, cancellation));

        // The parser leaves out what is no layer of its own: the embeddings.
        List<DeclaredAttribute> layers = attributes.Layers.Where(static layer => layer.Data.AttributeClass?.Name != "EmbeddingAttribute").ToList();
        IEnumerable<(LayerSpecification Layer, int Steps)> specified = model.Layers.Select(layer => (layer, model.SequenceLength))
            .Concat((model.Decoder?.Layers ?? EquatableArray<LayerSpecification>.Empty).Select(layer => (layer, model.Decoder!.Length)));
        // Without attention a decoder only starts from the encoder, and not from each of its layers.
        List<LayerSpecification>? read = model is { Architecture: Architecture.EncoderDecoder, Decoder.Attention: Attention.None }
            ? DataFlow.Plan(model, EmbeddingTables.Plan(model)).ReadLayers().ToList()
            : null;
        foreach ((DeclaredAttribute attribute, (LayerSpecification layer, int steps)) in layers.Zip(specified, static (a, s) => (a, s)))
        {
            bool isFirst = attribute.Index == layers[0].Index;
            OfLayer(type, model, layer, steps, isFirst, new AttributeArguments(attribute.Data, attribute.Index, issues, cancellation), issues);

            // The layer itself: another may be equal to it.
            if (read?.Any(r => ReferenceEquals(r, layer)) == false)
            {
                issues.Add(new Issue(Advice.UnreadLayer, IssuePlace.OfAttribute(attribute.Index), AttributeArguments.Strings(type.Name)));
            }
        }

        return issues;
    }

    private static void OfModel(INamedTypeSymbol type, ModelSpecification model, Lazy<PlanLayout> layout, AttributeArguments arguments)
    {
        if (arguments.IsWritten("BatchSize") && model.BatchSize < TileRows)
        {
            arguments.Report(Advice.SmallBatch, "BatchSize", type.Name, AttributeArguments.Text(model.BatchSize), AttributeArguments.Text(TileRows));
        }

        if (model is { Precision: Precision.Double, Accuracy: Accuracy.Fast })
        {
            arguments.Report(Advice.FastDouble, "Accuracy", type.Name);
        }

        if (arguments.Number("Deadline") is > 0 and var deadline && StepCost.Of(layout.Value) is var cost && !(cost.Microseconds <= deadline))
        {
            arguments.Report(
                Advice.MissedDeadline, "Deadline", type.Name, cost.IsStep ? "A step" : "The prediction of a sequence",
                cost.Microseconds.ToString("F1", CultureInfo.InvariantCulture), deadline.ToString("R", CultureInfo.InvariantCulture),
                AttributeArguments.Text(cost.Operations), AttributeArguments.Text(cost.OperationRate), AttributeArguments.Text(cost.Bytes), AttributeArguments.Text(StepCost.ByteRate));
        }
    }

    private static void OfLayer(
        INamedTypeSymbol type, ModelSpecification model, LayerSpecification layer, int steps, bool isFirst, AttributeArguments arguments, List<Issue> issues)
    {
        // With ReLU and identity weights its gradients last (Q. Le et al. 2015).
        bool isIdentity = layer is { Activation: Activation.Relu, Initializer: Initializer.Identity };
        if (layer.Cell == "rnn" && steps > PlainSteps && !isIdentity && !layer.Frozen)
        {
            issues.Add(new Issue(Advice.VanishingGradient, IssuePlace.OfAttribute(arguments.Index), AttributeArguments.Strings(type.Name, AttributeArguments.Text(steps))));
        }

        // A size below a block may be a wish for few parameters, and a frozen layer's size is that of the file it comes from.
        int block = Scalar.PerBlock(model.Precision);
        int padded = (layer.Size + block - 1) / block * block;
        if (layer.IsRecurrent && !layer.Frozen && layer.Size > block && 4 * (padded - layer.Size) >= padded)
        {
            arguments.Report(
                Advice.IdleLanes, "hiddenSize", AttributeArguments.Text(layer.Size), AttributeArguments.Text(padded), AttributeArguments.Text(block), AttributeArguments.Text(padded - block));
        }

        if (isFirst && model.Embedding is null && model.Decoder is null && model.FeatureSize == 1 && layer.Dropout > 0)
        {
            arguments.Report(Advice.DropoutOfOnlyInput, "Dropout", type.Name, layer.Dropout.ToString("R", CultureInfo.InvariantCulture));
        }
    }
}
