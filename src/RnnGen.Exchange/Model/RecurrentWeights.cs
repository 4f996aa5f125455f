using RnnGen.Exchange.Files;

namespace RnnGen.Exchange.Model;

/// <summary>The weights of one direction of a recurrent layer, in RnnGen's layout and order of gates.</summary>
internal sealed record RecurrentWeights
{
    /// <summary><c>[gates × hidden, inputs]</c>.</summary>
    public required Tensor Input { get; init; }

    /// <summary><c>[gates × hidden, hidden]</c>.</summary>
    public required Tensor Recurrent { get; init; }

    /// <summary><c>[gates × hidden]</c>; null for zeros.</summary>
    public Tensor? InputBias { get; init; }

    /// <summary><c>[gates × hidden]</c>; null for zeros.</summary>
    public Tensor? RecurrentBias { get; init; }

    /// <summary><c>[3 × hidden]</c>, of a peephole LSTM.</summary>
    public Tensor? Peephole { get; init; }

    /// <summary><c>[projection, hidden]</c>.</summary>
    public Tensor? Projection { get; init; }

    /// <summary>The hidden state before the first step, <c>[hidden]</c>; null for zeros.</summary>
    public Tensor? InitialHidden { get; init; }

    /// <summary>The cell state before the first step, <c>[hidden]</c>; null for zeros.</summary>
    public Tensor? InitialCell { get; init; }
}
