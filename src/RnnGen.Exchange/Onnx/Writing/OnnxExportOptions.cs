namespace RnnGen.Exchange;

/// <summary>What an ONNX graph has besides its input and its output.</summary>
public sealed class OnnxExportOptions
{
    /// <summary>
    /// Whether states are inputs and outputs, so that a sequence can be fed in parts: <c>h_l0</c> and <c>h_l0_next</c>, [batch, units], for each state of each layer. The first part reads zeros, or the model's
    /// <c>initial.h_l0</c>. Default: <see langword="false"/>.
    /// </summary>
    public bool States { get; init; }

    /// <summary>Whether the steps of each sequence are an input, <c>lengths</c>, int32 [batch]; outputs of later steps are 0. Default: <see langword="false"/>.</summary>
    public bool Lengths { get; init; }
}
