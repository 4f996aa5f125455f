using RnnGen.Generator.Cells;

namespace RnnGen.Exchange;

/// <summary>A layer of a declared model, the output layer among them.</summary>
public sealed record DeclaredLayer
{
    /// <summary>Where it is declared, for messages: <c>layer 2, Lstm(64)</c>.</summary>
    public required string Place { get; init; }

    /// <summary>The name of its equations: <c>lstm</c>, <c>gru</c>, <c>rnn</c>, <c>dense</c>, <c>LayerNorm</c>, another shipped cell, or the class of your own one. A convolution is a <c>dense</c> layer with a <see cref="Kernel"/>.</summary>
    public required string Cell { get; init; }

    /// <summary>Your own equations; <see langword="null"/> for what ships with RnnGen.</summary>
    public string? Equations { get; init; }

    /// <summary>Values of a step that it reads.</summary>
    public required int InputSize { get; init; }

    /// <summary>Its size as the declaration says it.</summary>
    public required int Size { get; init; }

    /// <summary>Values of a step that it outputs.</summary>
    public required int OutputSize { get; init; }

    /// <summary>The function of a dense layer, a convolution or a plain recurrent layer.</summary>
    public Activation Activation { get; init; }

    /// <summary>Whether a second layer reads the sequence backwards.</summary>
    public bool IsBidirectional { get; init; }

    /// <summary>Whether its inputs are added to its outputs.</summary>
    public bool IsResidual { get; init; }

    /// <summary>Steps that a convolution reads at a step; 0 for all others.</summary>
    public int Kernel { get; init; }

    /// <summary>From one of these steps to the next.</summary>
    public int Dilation { get; init; } = 1;

    /// <summary>Whether the last of these steps is the step itself.</summary>
    public bool IsCausal { get; init; }

    /// <summary>Hyper-parameters that the layer sets.</summary>
    public IReadOnlyDictionary<string, double> Numbers { get; init; } = new Dictionary<string, double>();

    /// <summary>Whether it is recurrent.</summary>
    public required bool IsRecurrent { get; init; }

    /// <summary>What a layer normalisation adds to the variance.</summary>
    internal double Epsilon => Numbers.GetValueOrDefault("epsilon", ForeignLayer.StandardEpsilon);

    /// <summary>Its equations, whoever wrote them; null for a layer normalisation.</summary>
    internal CellSource? Source { get; init; }

    /// <summary>Whether its output is the next value of a state, and so its final one after the last step.</summary>
    internal bool OutputIsState { get; init; }

    /// <summary>How many layers of its kind are in front of it, which is part of its parameters' names.</summary>
    internal int Index { get; init; }

    /// <summary>Whether it is the layer whose values are the outputs.</summary>
    internal bool IsHead { get; init; }

    /// <summary>Steps from the first that a convolution reads to the step.</summary>
    internal int Back => IsCausal ? Reach : Reach / 2;

    /// <summary>Steps from the step to the last that a convolution reads.</summary>
    internal int Ahead => Reach - Back;

    private int Reach => (Kernel - 1) * Dilation;
}
