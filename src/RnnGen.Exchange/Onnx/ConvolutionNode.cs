using RnnGen.Exchange.Files;
using RnnGen.Exchange.Model;
using RnnGen.Exchange.Onnx.Graphs;
using RnnGen.Exchange.StateDicts;

namespace RnnGen.Exchange.Onnx;

/// <summary>Reads a Conv over steps: what it reads at a step must be the step and earlier ones, or as many behind as before.</summary>
internal static class ConvolutionNode
{
    private const int MaximumReach = 65_536;

    /// <param name="node">The node.</param>
    /// <param name="weight">Its filters, <c>[filters, inputs, kernel]</c>.</param>
    /// <param name="bias">Null for zeros.</param>
    /// <param name="padded">Steps of zeros that a Pad in front of it put before and behind the sequence.</param>
    public static ConvolutionModule Read(OnnxNode node, Tensor weight, Tensor? bias, (long Before, long Behind) padded)
    {
        long kernel = weight.Shape[2], dilation = One(node, "dilations", 1);
        if (node.Integer("group", 1) != 1 || One(node, "strides", 1) != 1 || One(node, "kernel_shape", kernel) != kernel || kernel < 1 || dilation < 1 || kernel > MaximumReach || dilation > MaximumReach || (kernel - 1) * dilation > MaximumReach)
        {
            throw ForeignModelBuilder.Undeclarable(node.Place, "a Conv with groups, a stride or a kernel of another shape", "[Conv1D] has one group and an output at each step");
        }

        long reach = (kernel - 1) * dilation;
        (long before, long behind) = Padding(node, reach);
        (before, behind) = (before + padded.Before, behind + padded.Behind);
        bool isCausal = before == reach && behind == 0, isCentred = before == reach / 2 && before + behind == reach;
        return isCausal || isCentred
            ? new ConvolutionModule(node.Place, weight, bias) { Dilation = (int)dilation, Back = (int)before }
            : throw ForeignModelBuilder.Undeclarable(node.Place, Invariant($"a Conv over {reach + 1} steps with {before} zeros before the sequence and {behind} behind it"), Invariant($"[Conv1D] has {reach} before it and none behind, or with Causal = false {reach / 2} before and {reach - (reach / 2)} behind"));
    }

    private static (long Before, long Behind) Padding(OnnxNode node, long reach) => node.Text("auto_pad", "NOTSET") switch
    {
        "NOTSET" => node.Integers("pads") switch
        {
            null or { Count: 0 } => (0, 0),
            [long before, long behind] => (before, behind),
            _ => throw ForeignModelBuilder.Undeclarable(node.Place, "a Conv over more than one dimension", "a convolution over steps can"),
        },
        "VALID" => (0, 0),
        "SAME_UPPER" => (reach / 2, reach - (reach / 2)),
        "SAME_LOWER" => (reach - (reach / 2), reach / 2),
        string other => throw ForeignModelBuilder.Undeclarable(node.Place, Invariant($"a Conv with auto_pad {ForeignText.Shown(other)}"), "NOTSET, VALID and SAME can"),
    };

    private static long One(OnnxNode node, string name, long standard) => node.Integers(name) switch
    {
        null or { Count: 0 } => standard,
        [long only] => only,
        _ => throw ForeignModelBuilder.Undeclarable(node.Place, "a Conv over more than one dimension", "a convolution over steps can"),
    };
}
