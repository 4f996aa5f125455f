namespace RnnGen.Generator.Tests.Cells;

/// <summary>Cells that are not compiled yet, which the graph and its reverse pass take all the same.</summary>
internal static class CellTexts
{
    /// <summary>LSTM whose gates see the cell state: F. Gers, N. Schraudolph and J. Schmidhuber 2002.</summary>
    public const string PeepholeLstm = """
        cell   PeepholeLSTM
        state  h, c
        gates  i, f, g, o
        weight W = weight_ih
        weight U = weight_hh
        bias   b = bias
        vector p = peephole

        i  = sigmoid(W_i x + U_i h + b_i + p_i * c)
        f  = sigmoid(W_f x + U_f h + b_f + p_f * c)
        g  = tanh(W_g x + U_g h + b_g + p_g * c)
        c' = f * c + i * g
        o  = sigmoid(W_o x + U_o h + b_o + p_o * c')
        h' = o * tanh(c')

        output h'
        """;

    /// <summary>GRU with the reset gate before the product: K. Cho et al. 2014, as first published.</summary>
    public const string ResetBeforeGru = """
        cell   ResetBeforeGRU
        state  h
        gates  r, z, n
        weight W = weight_ih
        weight U = weight_hh
        bias   b = bias

        r  = sigmoid(W_r x + U_r h + b_r)
        z  = sigmoid(W_z x + U_z h + b_z)
        n  = tanh(W_n x + U_n (r * h) + b_n)
        h' = (1 - z) * n + z * h

        output h'
        """;

    /// <summary>LSTM with a projected hidden state: H. Sak, A. Senior and F. Beaufays 2014; parameters as PyTorch's proj_size.</summary>
    public const string ProjectedLstm = """
        cell   ProjectedLSTM
        state  h[P], c
        gates  i, f, g, o
        weight W = weight_ih
        weight U = weight_hh
        bias   b = bias_ih
        weight R[P] = weight_hr

        i  = sigmoid(W_i x + U_i h + b_i)
        f  = sigmoid(W_f x + U_f h + b_f)
        g  = tanh(W_g x + U_g h + b_g)
        o  = sigmoid(W_o x + U_o h + b_o)
        c' = f * c + i * g
        h' = R (o * tanh(c'))

        output h'
        """;

    /// <summary>Shared subexpressions, subtraction, negation, numbers, a weight used twice, a bias alone, an output of its own.</summary>
    public const string Entangled = """
        cell   Entangled
        state  h, c
        weight W = weight_ih
        weight U = weight_hh
        weight V = weight_mix
        bias   b = bias
        bias   d = bias_alone
        vector p = scale

        a  = tanh(W x - U h + b)
        e  = -(a * a) - (c - h) * sigmoid(U h - b)
        q  = 0.5 * (V (a * a) - V (e - c)) + p * (p * c - d)
        c' = q - -c * 0.25 - 1
        h' = relu(c' - a * a) - tanh(q) * (1 - tanh(q)) + p * tanh(q)
        y  = h' * h' - c' - (h' - a) * -2

        output y
        """;

    /// <summary>A state that is only delayed, one that nothing reads, and one that is the output as well as another's next value.</summary>
    public const string Delays = """
        cell   Delays
        state  h, s, k, u
        weight W = weight_ih
        weight U = weight_hh

        h' = tanh(W x + U s)
        s' = h
        k' = h'
        u' = h' * h'

        output h'
        """;
}
