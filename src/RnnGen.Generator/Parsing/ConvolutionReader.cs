using Microsoft.CodeAnalysis;
using RnnGen.Generator.Common;
using RnnGen.Generator.Model;

namespace RnnGen.Generator.Parsing;

/// <summary>Reads which steps a convolution reads at a step, and checks that there are such steps.</summary>
internal static class ConvolutionReader
{
    public const string Attribute = "Conv1DAttribute";

    private const string Kernel = "kernel", Dilation = "Dilation", Causal = "Causal";

    /// <summary>A convolution, of the layer that multiplies what it reads; null where it cannot be read.</summary>
    public static LayerSpecification? Read(AttributeArguments arguments, LayerSpecification? layer)
    {
        int? kernel = arguments.PositionalSize(Kernel, Limits.Size), dilation = arguments.OptionalSize(Dilation, Limits.Size, unlessWritten: 1);
        bool? causal = arguments.IsWritten(Causal) ? arguments.Flag(Causal) : true;
        return layer is null || kernel is null || dilation is null || causal is null ? null
            : layer with { Convolution = new ConvolutionSpecification(kernel.Value, dilation.Value, causal.Value) };
    }

    /// <summary>Checks the convolutions of a stack; false where one cannot be planned.</summary>
    /// <param name="stack">The attributes of its layers, without an embedding.</param>
    /// <param name="layers">The layers that these declare.</param>
    /// <param name="width">What the first of them reads at a step.</param>
    public static bool Check(ModelSpecification model, string name, IReadOnlyList<AttributeArguments> stack, IReadOnlyList<LayerSpecification> layers, int width)
    {
        bool isSound = true, isDecoder = layers != (object)model.Layers;
        int lastRecurrent = layers.ToList().FindLastIndex(l => l.IsRecurrent);
        for (int i = 0; i < layers.Count; i++)
        {
            // In front of the decoder of one vector, RNN028 says that there are no steps.
            if (layers[i].Convolution is { } windows && (isDecoder || !model.ReadsVector))
            {
                bool isEnd = model.EndsInOne && i > lastRecurrent;
                isSound &= Check(model, new Place(name, stack[i], isDecoder, isEnd), windows, width);
            }

            width = layers[i].Width;
        }

        return isSound;
    }

    private static bool Check(ModelSpecification model, Place place, ConvolutionSpecification windows, int width)
    {
        AttributeArguments arguments = place.Arguments;
        if (windows.Kernel == 1)
        {
            foreach (string idle in (string[])[Dilation, Causal])
            {
                if (arguments.IsSet(idle))
                {
                    arguments.Report(Rules.NoEffect, idle, idle, place.Model, "a kernel of one step reads its own step alone");
                }
            }
        }

        (string? Argument, string Problem)? problem =
            place.IsDecoder ? (null, "is in a decoder, whose next step is not known before the one before it is decoded; "
                + (model.ReadsVector ? "use [Dense] there, or make the model EncoderDecoder and put it in front of [Decoder]" : "put it in front of [Decoder]"))
            : place.IsEnd ? (null, "follows the last recurrent layer, of which one step is read; put it in front of that layer")
            : Math.Max(windows.Back, windows.Ahead) >= model.SequenceLength
                ? (arguments.IsSet(Dilation) ? Dilation : Kernel, $"reads {AttributeArguments.Text(Math.Max(windows.Back, windows.Ahead))} steps away, but a sequence has {AttributeArguments.Text(model.SequenceLength)} (SequenceLength); lower the kernel or the dilation")
            : (long)windows.Kernel * width > Limits.Size
                ? (Kernel, $"reads {AttributeArguments.Text((long)windows.Kernel * width)} values at a step; at most {AttributeArguments.Text(Limits.Size)} are possible")
            : null;
        if (problem is { Argument: { } argument } wrong)
        {
            arguments.Report(Rules.ConvolutionDoesNotFit, argument, place.Model, wrong.Problem);
        }
        else if (problem is { } misplaced)
        {
            arguments.Report(Rules.ConvolutionDoesNotFit, [place.Model, misplaced.Problem]);
        }

        return problem is null;
    }

    /// <summary>A convolution's place.</summary>
    /// <param name="IsEnd">Whether what is before it has one step.</param>
    private sealed record Place(string Model, AttributeArguments Arguments, bool IsDecoder, bool IsEnd);
}
