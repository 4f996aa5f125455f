namespace RnnGen.Exchange;

/// <summary>What a layer of a foreign model computes, as the attribute of the same name declares it.</summary>
public enum ForeignLayerKind
{
    /// <summary>A row of a table for each token.</summary>
    Embedding,

    /// <summary>A plain recurrent layer, tanh or ReLU.</summary>
    Rnn,

    /// <summary>A long short-term memory.</summary>
    Lstm,

    /// <summary>A gated recurrent unit, reset gate after the product.</summary>
    Gru,

    /// <summary>A gated recurrent unit, reset gate before the product.</summary>
    ResetBeforeGru,

    /// <summary>An LSTM whose gates see the cell state.</summary>
    PeepholeLstm,

    /// <summary>An LSTM whose input gate is what its forget gate leaves.</summary>
    CoupledLstm,

    /// <summary>An LSTM whose hidden state is a projection.</summary>
    ProjectedLstm,

    /// <summary>A matrix, a bias and a function at each step.</summary>
    Dense,

    /// <summary>A layer normalisation.</summary>
    LayerNorm,

    /// <summary>A convolution over steps.</summary>
    Conv1D,

    /// <summary>A recurrent layer with a cell of its own, which is <see cref="ForeignLayer.Cell"/>.</summary>
    Recurrent,
}

/// <summary>A layer of a foreign model.</summary>
public sealed record ForeignLayer
{
    /// <summary>The epsilon of a declared layer normalisation that says none, and the smallest that it may say.</summary>
    internal const double StandardEpsilon = 1e-5, MinimumEpsilon = 1e-12;

    /// <summary>What the file calls it.</summary>
    public required string Source { get; init; }

    /// <summary>What it computes.</summary>
    public required ForeignLayerKind Kind { get; init; }

    /// <summary>Values of a step that it reads; the size of the vocabulary for an embedding.</summary>
    public required int InputSize { get; init; }

    /// <summary>Its size as a declaration says it: the hidden size of a recurrent layer.</summary>
    public required int Size { get; init; }

    /// <summary>Values of the hidden state of an LSTM with projection; 0 for all others.</summary>
    public int Projection { get; init; }

    /// <summary>The function of a dense or a plain recurrent layer.</summary>
    public Activation Activation { get; init; }

    /// <summary>The equations of a recurrent layer that no attribute of RnnGen's declares; <see langword="null"/> for all others.</summary>
    public ForeignCell? Cell { get; init; }

    /// <summary>Whether a second layer reads the sequence backwards.</summary>
    public bool IsBidirectional { get; init; }

    /// <summary>Whether its inputs are added to its outputs.</summary>
    public bool IsResidual { get; init; }

    /// <summary>Steps that a convolution reads at a step; 0 for all others.</summary>
    public int Kernel { get; init; }

    /// <summary>From one of these steps to the next.</summary>
    public int Dilation { get; init; } = 1;

    /// <summary>Whether the last of these steps is the step itself, and not one of those around it.</summary>
    public bool IsCausal { get; init; }

    /// <summary>What a layer normalisation adds to the variance; 0 for all others.</summary>
    public double Epsilon { get; init; }

    /// <summary>Whether it is recurrent.</summary>
    public bool IsRecurrent => Kind is not (ForeignLayerKind.Embedding or ForeignLayerKind.Dense or ForeignLayerKind.LayerNorm or ForeignLayerKind.Conv1D);

    /// <summary>Values of a step that it outputs.</summary>
    public int OutputSize => (Projection > 0 ? Projection : Size) * (IsBidirectional ? 2 : 1);
}
