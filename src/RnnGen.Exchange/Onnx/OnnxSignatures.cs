using RnnGen.Exchange.Files;
using RnnGen.Exchange.Model;
using RnnGen.Exchange.Onnx.Graphs;

namespace RnnGen.Exchange.Onnx;

/// <summary>What the nodes of a chain may have: inputs and attributes that are read. Anything else is rejected by its name, so that nothing is passed over.</summary>
internal static class OnnxSignatures
{
    private static readonly string[] s_recurrent = ["activation_alpha", "activation_beta", "activations", "clip", "direction", "hidden_size", "layout"];

    private static readonly Dictionary<string, (int Inputs, string[] Attributes)> s_all = new(StringComparer.Ordinal)
    {
        ["RNN"] = (6, s_recurrent),
        ["GRU"] = (6, [.. s_recurrent, "linear_before_reset"]),
        ["LSTM"] = (8, [.. s_recurrent, "input_forget"]),
        ["Conv"] = (3, ["auto_pad", "dilations", "group", "kernel_shape", "pads", "strides"]),
        ["Pad"] = (4, ["mode", "pads", "value"]),
        ["Gemm"] = (3, ["alpha", "beta", "transA", "transB"]),
        ["MatMul"] = (2, []),
        ["Add"] = (2, []),
        ["LayerNormalization"] = (3, ["axis", "epsilon", "stash_type"]),
        ["BatchNormalization"] = (5, ["epsilon", "momentum", "spatial", "training_mode"]),
        ["Relu"] = (1, []),
        ["Tanh"] = (1, []),
        ["Sigmoid"] = (1, []),
        ["Softmax"] = (1, ["axis"]),
        ["LogSoftmax"] = (1, ["axis"]),
        ["Transpose"] = (1, ["perm"]),
        ["Squeeze"] = (2, ["axes"]),
        ["Reshape"] = (2, ["allowzero"]),
        ["Gather"] = (2, ["axis"]),
        ["Slice"] = (5, ["axes", "ends", "starts"]),
        ["Concat"] = (int.MaxValue, ["axis"]),
        ["ReduceMean"] = (2, ["axes", "keepdims", "noop_with_empty_axes"]),
        ["ReduceMax"] = (2, ["axes", "keepdims", "noop_with_empty_axes"]),
        ["ReduceSum"] = (2, ["axes", "keepdims", "noop_with_empty_axes"]),
        ["GatherND"] = (2, ["batch_dims"]),
        ["Where"] = (3, []),
        ["Dropout"] = (3, ["ratio", "seed"]),
        ["Identity"] = (1, []),
        ["Cast"] = (1, ["round_mode", "saturate", "to"]),
    };

    /// <summary>Whether nodes of an operator may stand on a chain.</summary>
    public static bool Knows(OnnxNode node) => s_all.ContainsKey(node.Op);

    /// <summary>Rejects what is not read of a node.</summary>
    /// <param name="node">The node.</param>
    /// <param name="value">The value of the chain, which it must read once.</param>
    public static void Require(OnnxNode node, string value)
    {
        (int inputs, string[] attributes) = s_all[node.Op];
        string? unread = node.Attributes.Keys.FirstOrDefault(name => !attributes.Contains(name, StringComparer.Ordinal)), input = node.Inputs.Skip(inputs).FirstOrDefault(static name => name.Length > 0);
        int reads = node.Inputs.Count(name => name == value);
        string? wrong = unread is not null ? Invariant($"with the attribute {ForeignText.Shown(unread)}, which is not read")
            : input is not null ? Invariant($"with the input {ForeignText.Shown(input)}, which is not read")
            : reads != 1 ? Invariant($"that reads {ForeignText.Shown(value)} {reads} times, where layers read it once")
            : null;
        if (wrong is not null)
        {
            throw ForeignModelBuilder.Undeclarable(node.Place, Invariant($"a {node.Op} {wrong}"), "leave it out, or export the model without it");
        }
    }

    /// <summary>An error that names a node and what can be read in its place.</summary>
    public static ForeignFileException Unknown(OnnxNode node, string how) =>
        ForeignModelBuilder.Undeclarable(node.Place, Invariant($"{(node.Op.Length > 0 && "AEIOU".Contains(node.Op[0], StringComparison.Ordinal) ? "an" : "a")} {ForeignText.Shown(node.Op)}{(how.Length == 0 ? "" : " ")}{how}"), "RNN, GRU, LSTM, Gather of an embedding or of the last step, Gemm, MatMul with Add, Conv over steps, LayerNormalization behind a layer, BatchNormalization beside a layer, Add of a layer's or the model's inputs, ReduceMean and ReduceMax over steps, and the functions Relu, Tanh and Sigmoid behind dense layers and convolutions can");
}
