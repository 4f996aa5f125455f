namespace RnnGen;

/// <summary>One parameter tensor of a model: its PyTorch name and shape, and where it stands in the flat buffer.</summary>
/// <param name="Name">PyTorch's name, such as <c>rnn.weight_ih_l0</c>.</param>
/// <param name="Shape">The tensor's shape, row-major, such as <c>[4 × hidden, input]</c> for an LSTM's input weights.</param>
/// <param name="Offset">Index of the first value in the flat buffer.</param>
/// <param name="Length">Number of values.</param>
/// <param name="Kind">What the tensor is to its layer.</param>
public sealed record ParameterInfo(string Name, IReadOnlyList<int> Shape, int Offset, int Length, ParameterKind Kind)
{
    /// <summary>Whether training leaves the tensor as it is; its gradient is 0.</summary>
    public bool IsFrozen { get; init; }
}

/// <summary>What a parameter tensor is to its layer.</summary>
public enum ParameterKind
{
    /// <summary>A matrix applied to the layer's input.</summary>
    InputWeight,

    /// <summary>A matrix applied to a state of the layer.</summary>
    RecurrentWeight,

    /// <summary>A bias vector.</summary>
    Bias,

    /// <summary>A table with one row for each token.</summary>
    Embedding,

    /// <summary>The factor of each of a layer normalisation's values.</summary>
    Gain,

    /// <summary>What a layer's state is before the first step.</summary>
    InitialState,
}
