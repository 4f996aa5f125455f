using Microsoft.CodeAnalysis;
using RnnGen.Generator.Cells;
using RnnGen.Generator.Common;
using RnnGen.Generator.Losses;
using RnnGen.Generator.Model;

namespace RnnGen.Generator.Parsing;

/// <summary>Properties that are written where they change nothing: whoever writes one means something that does not happen.</summary>
internal static class IdleProperties
{
    /// <summary>Reports those of <c>[RnnModel]</c>.</summary>
    public static void CheckModel(string model, AttributeArguments arguments, Architecture? architecture, bool isDecoded, LossDefinition? loss)
    {
        if (loss is { Targets: not LossTargets.Labels })
        {
            Report("LabelLength", "it is for Loss.Ctc, whose labels it limits");
            Report("InfeasibleLabels", "it is for Loss.Ctc, whose labels may need more steps than a sequence has");
        }

        foreach (string token in (string[])["StartToken", "EndToken"])
        {
            if (!isDecoded && architecture is { } other && arguments.IsSet(token))
            {
                arguments.Report(Rules.NothingIsDecoded, token, model, token, other.ToString());
            }
            else if (isDecoded && loss is { Targets: not LossTargets.Classes })
            {
                Report(token, "it is for tokens; numbers start from 0 and have OutputLength steps");
            }
        }

        void Report(string property, string why)
        {
            if (arguments.IsSet(property))
            {
                ReportIdle(model, arguments, property, why);
            }
        }
    }

    /// <summary>Reports the output layer's, where its weights are those of an embedding.</summary>
    public static void CheckTied(string model, AttributeArguments arguments, ModelSpecification specification)
    {
        // Uniform draws the bias too.
        if (specification is { TiedEmbedding: true, OutputInitializer: not (Initializer.Default or Initializer.Uniform) })
        {
            ReportIdle(model, arguments, "OutputInitializer", "the output layer's weights are the embedding (TiedEmbedding), whose own Initializer draws them");
        }
    }

    /// <summary>Reports those of a decoder.</summary>
    public static void CheckDecoder(string model, AttributeArguments arguments, Attention? attention)
    {
        if (attention == Attention.None && arguments.IsSet("InputFeeding"))
        {
            ReportIdle(model, arguments, "InputFeeding", "it feeds back what attention makes of a step, and the decoder has no Attention");
        }
    }

    /// <summary>Reports those of an input.</summary>
    public static void CheckInput(string model, AttributeArguments arguments, bool isCategory)
    {
        foreach (string property in (string[])["EmbeddingSize", "Initializer", "Frozen"])
        {
            if (!isCategory && arguments.IsSet(property))
            {
                ReportIdle(model, arguments, property, "it is for categories, and the input has none (Categories)");
            }
        }
    }

    /// <summary>Reports those of a layer.</summary>
    public static void CheckLayer(string model, AttributeArguments arguments, LayerSpecification layer)
    {
        // A plain recurrent or a dense layer has its own rules for what f may be.
        if (layer.Op is { } op)
        {
            if (arguments.Choice("Initializer", Initializer.Default) is not (null or Initializer.Default))
            {
                ReportIdle(model, arguments, "Initializer", op.Beginning);
            }
        }
        else if (!layer.Cell.Definition.HasActivation && arguments.IsSet("Activation"))
        {
            ReportIdle(model, arguments, "Activation", $"the equations of '{layer.Cell.Name}' do not call f");
        }

        if (layer.RecurrentDropout > 0 && !CellReader.MultipliesState(layer.Cell, layer.Activation))
        {
            ReportIdle(model, arguments, "RecurrentDropout", $"no matrix of '{layer.Cell.Name}' is multiplied by a previous state");
        }
    }

    private static void ReportIdle(string model, AttributeArguments arguments, string property, string why) => arguments.Report(Rules.NoEffect, property, property, model, why);
}
