using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using RnnGen.Generator.Common;
using RnnGen.Generator.Model;
using RnnGen.Generator.Parsing;
using RnnGen.Generator.Planning;
using RnnGen.Generator.Planning.Flow;

namespace RnnGen.Generator.Checking;

/// <summary>Whether a model's memory can be addressed, and its unrolled code be compiled: judged by its layout, before anything is scheduled.</summary>
internal static class SizeCheck
{
    /// <summary>A model's layout; null where something about it is too large.</summary>
    public static PlanLayout? LayOut(ModelSpecification model)
    {
        if (LayersOf(model) > ModelSize.LayersLimit)
        {
            return null;
        }

        PlanLayout layout = ModelPlanner.LayOut(model);
        return Excesses(layout).Any() ? null : layout;
    }

    /// <summary>What is too large about a model, at the places that decide it; nothing for nearly all.</summary>
    /// <param name="layout">The model's layout, which is made only where its layers are not too many for that.</param>
    public static IEnumerable<Issue> Of(INamedTypeSymbol type, ModelSpecification model, Lazy<PlanLayout> layout, CancellationToken cancellation)
    {
        int layers = LayersOf(model);
        IEnumerable<Excess> excesses = layers > ModelSize.LayersLimit
            ? [new Excess(ExcessKind.Lines, (long)layers * Math.Max(model.SequenceLength, model.Decoder?.Length ?? 1))]
            : Excesses(layout.Value);
        foreach (Excess excess in excesses)
        {
            DeclaredAttributes attributes = DeclaredAttributes.Of(type, cancellation);
            string count = AttributeArguments.Text(excess.Count);
            yield return excess.Kind switch
            {
                ExcessKind.Parameters => OfWeights("parameters", ModelSize.ParametersLimit),
                ExcessKind.Packs => OfWeights("values for its weights in the layouts that the kernels read", ModelSize.BufferLimit),
                ExcessKind.Memory => new Issue(Rules.TooLarge, Argument("SequenceLength"), AttributeArguments.Strings(
                    type.Name, count, "values of memory for a batch", AttributeArguments.Text(ModelSize.BufferLimit), "BatchSize, SequenceLength or the sizes of its layers")),
                ExcessKind.Lines => new Issue(Rules.TooLong, Argument("SequenceLength"), AttributeArguments.Strings(type.Name, count, AttributeArguments.Text(ModelSize.LinesLimit))),
                _ => throw Choices.Unimplemented(excess.Kind),
            };

            Issue OfWeights(string what, long limit) => new(Rules.TooLarge, LargestLayer(), AttributeArguments.Strings(
                type.Name, count, what, AttributeArguments.Text(limit), "this size or the size of what it reads"));

            // The layer that needs the most, which is the output layer where none is declared for it. An embedding is declared before the layers of its stack.
            IssuePlace LargestLayer()
            {
                List<long> parameters = ParametersOf(model, layout.Value.Flow);
                int largest = Enumerable.Range(0, parameters.Count).OrderByDescending(i => parameters[i]).First();
                PlannedTable? table = layout.Value.Flow.Tables.Where(t => t.Input is not null).OrderByDescending(t => t.Tensor.Count).FirstOrDefault();
                if (table?.Tensor.Count > parameters[largest])
                {
                    int input = attributes.Inputs.Select((a, i) => (a, i)).First(a => Equals(a.a.Data.ConstructorArguments[0].Value, table.Input!.Name)).i;
                    return IssuePlace.OfArgument(attributes.Inputs[input].Index, "Categories");
                }

                return largest < attributes.Layers.Count ? IssuePlace.OfAttribute(attributes.Layers[largest].Index) : Argument("OutputSize");
            }

            IssuePlace Argument(string name) => IssuePlace.OfArgument(attributes.Models[0].Index, name);
        }
    }

    private static int LayersOf(ModelSpecification model) => model.Layers.Count + (model.Decoder?.Layers.Count ?? 0);

    // Those of each declared layer in their order, and last those of what follows from them.
    private static List<long> ParametersOf(ModelSpecification model, DataFlow flow)
    {
        List<LayerSpecification> declared = [.. model.Layers, .. model.Decoder?.Layers ?? EquatableArray<LayerSpecification>.Empty];
        List<long> parameters = [.. Stack(model.Embedding is not null, false, model.Layers)];
        if (model.Decoder is { } decoder)
        {
            parameters.AddRange(Stack(decoder.Embedding is not null, true, decoder.Layers));
        }

        parameters.Add(flow.ParametersOf(null, declared));
        return parameters;

        IEnumerable<long> Stack(bool hasTable, bool isDecoders, IReadOnlyList<LayerSpecification> layers) =>
            (hasTable ? flow.Tables.Where(t => t.Input is null && t.IsDecoders == isDecoders).Select(t => t.Tensor.Count) : []).Concat(layers.Select(l => flow.ParametersOf(l, declared)));
    }

    // Of the weights one is enough to say; a batch's memory is no matter where they do not fit.
    private static IEnumerable<Excess> Excesses(PlanLayout layout)
    {
        if (layout.Flow.ParameterCount > ModelSize.ParametersLimit)
        {
            yield return new(ExcessKind.Parameters, layout.Flow.ParameterCount);
        }
        else if (layout.Flow.PackLength > ModelSize.BufferLimit)
        {
            yield return new(ExcessKind.Packs, layout.Flow.PackLength);
        }
        else if (layout.LongestBuffer is > ModelSize.BufferLimit and var values)
        {
            yield return new(ExcessKind.Memory, values);
        }

        if (ModelSize.LinesOf(layout) is > ModelSize.LinesLimit and var lines)
        {
            yield return new(ExcessKind.Lines, lines);
        }
    }

    private enum ExcessKind
    {
        Parameters,
        Packs,
        Memory,
        Lines,
    }

    private sealed record Excess(ExcessKind Kind, long Count);
}
