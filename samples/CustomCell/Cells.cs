using RnnGen;

namespace CustomCell;

// Five kinds of LSTM, after K. Greff et al. 2017, "LSTM: A Search Space Odyssey". Each is its equations and nothing else.

/// <summary>The usual one, with forget gate.</summary>
[Cell("""
    start b_f = 1
    i  = sigmoid(W x + U h + b)
    f  = sigmoid(W x + U h + b)
    g  = tanh(W x + U h + b)
    o  = sigmoid(W x + U h + b)
    c' = f * c + i * g
    h' = o * tanh(c')
    """)]
internal sealed class Vanilla : ICell;

/// <summary>As first published in 1997: nothing is forgotten.</summary>
[Cell("""
    i  = sigmoid(W x + U h + b)
    g  = tanh(W x + U h + b)
    o  = sigmoid(W x + U h + b)
    c' = c + i * g
    h' = o * tanh(c')
    """)]
internal sealed class NoForgetGate : ICell;

/// <summary>All of the cell state is shown.</summary>
[Cell("""
    start b_f = 1
    i  = sigmoid(W x + U h + b)
    f  = sigmoid(W x + U h + b)
    g  = tanh(W x + U h + b)
    c' = f * c + i * g
    h' = tanh(c')
    """)]
internal sealed class NoOutputGate : ICell;

/// <summary>What is forgotten makes room for what is new, and nothing else does.</summary>
[Cell("""
    start b_f = 1
    f  = sigmoid(W x + U h + b)
    g  = tanh(W x + U h + b)
    o  = sigmoid(W x + U h + b)
    c' = f * c + (1 - f) * g
    h' = o * tanh(c')
    """)]
internal sealed class Coupled : ICell;

/// <summary>The gates see the cell state.</summary>
[Cell("""
    vector p
    start b_f = 1
    i  = sigmoid(W x + U h + p * c + b)
    f  = sigmoid(W x + U h + p * c + b)
    g  = tanh(W x + U h + b)
    c' = f * c + i * g
    o  = sigmoid(W x + U h + p * c' + b)
    h' = o * tanh(c')
    """)]
internal sealed class Peephole : ICell;
