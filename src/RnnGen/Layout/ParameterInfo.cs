namespace RnnGen;

/// <summary>One parameter tensor of a model: its PyTorch name and shape, and where it is stored in the flat buffer.</summary>
public sealed record ParameterInfo
{
    /// <summary>Creates it.</summary>
    /// <param name="name">PyTorch's name, such as <c>rnn.weight_ih_l0</c>.</param>
    /// <param name="shape">The tensor's shape, row-major, such as <c>[4 × hidden, input]</c> for an LSTM's input weights.</param>
    /// <param name="offset">Index of the first value in the flat buffer.</param>
    /// <param name="length">Number of values.</param>
    /// <param name="kind">The role of the tensor in its layer.</param>
    public ParameterInfo(string name, IReadOnlyList<int> shape, int offset, int length, ParameterKind kind) => (Name, Shape, Offset, Length, Kind) = (name, shape, offset, length, kind);

    /// <summary>PyTorch's name, such as <c>rnn.weight_ih_l0</c>.</summary>
    public string Name { get; init; }

    /// <summary>The tensor's shape, row-major, such as <c>[4 × hidden, input]</c> for an LSTM's input weights.</summary>
    public IReadOnlyList<int> Shape { get; init; }

    /// <summary>Index of the first value in the flat buffer.</summary>
    public int Offset { get; init; }

    /// <summary>Number of values.</summary>
    public int Length { get; init; }

    /// <summary>The role of the tensor in its layer.</summary>
    public ParameterKind Kind { get; init; }

    /// <summary>Whether training leaves the tensor as it is; its gradient is 0.</summary>
    public bool IsFrozen { get; init; }
}

/// <summary>The role of a parameter tensor in its layer.</summary>
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

    /// <summary>The gain of a layer normalisation.</summary>
    Gain,

    /// <summary>A learned initial state of a layer.</summary>
    InitialState,
}
