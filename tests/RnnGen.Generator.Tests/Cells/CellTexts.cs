namespace RnnGen.Generator.Tests.Cells;

/// <summary>Cells that ask much of the graph, its reverse pass and the phases.</summary>
internal static class CellTexts
{
    /// <summary>LSTM whose gates see the cell state: F. Gers, N. Schraudolph and J. Schmidhuber 2002.</summary>
    public const string PeepholeLstm = """
        cell PeepholeLSTM
        state  h, c
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
        cell ResetBeforeGRU
        state  h
        bias   b = bias

        r  = sigmoid(W_r x + U_r h + b_r)
        z  = sigmoid(W_z x + U_z h + b_z)
        n  = tanh(W x + U (r * h) + b)
        h' = (1 - z) * n + z * h

        output h'
        """;

    /// <summary>LSTM with a projected hidden state: H. Sak, A. Senior and F. Beaufays 2014; parameters as PyTorch's proj_size.</summary>
    public const string ProjectedLstm = """
        cell ProjectedLSTM
        width  P = 2
        state  h[P], c
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
        cell Entangled
        state  h, c
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
        cell Delays
        state  h, s, e, u

        h' = tanh(W x + U s)
        s' = h
        e' = h'
        u' = h' * h'

        output h'
        """;

    /// <summary>Every function, with a gradient through each operand.</summary>
    public const string Functions = """
        number k = 0.7
        vector p, q

        a  = softplus(W x + U h + b) + sqrt(p * p + 1) / (2 + sin(h))
        e  = exp(-abs(W x - h)) * cos(U h + b) + log(1 + q * q)
        s  = max(min(a, e * k), -0.3 * h) + relu(e - 0.1)
        t  = select(a > h, elu(W x + d), gelu(h + p))
        u' = sigmoid(s) * t + (1 - sigmoid(s)) * u
        h' = select(u' <= 0.2, tanh(u'), u' * k - e / (3 + t * t))
        """;

    /// <summary>Layer normalisation of products, of a state's next value, and of a value between.</summary>
    public const string Normed = """
        vector g, s
        start g = 1

        i  = sigmoid(g * norm(W x) + s + norm(U h))
        f  = sigmoid(norm(W x + U h + b))
        c' = f * c + i * tanh(W x)
        h' = i * tanh(g * norm(c') + mean(f * f))
        """;

    /// <summary>Products of what the step makes, of products alone, and of what such products make.</summary>
    public const string Deep = """
        weight V, R
        vector p

        r  = sigmoid(W x + U h + b)
        m  = tanh(V (r * h) + b) * c
        n  = R (m + r) + p * m
        c' = r * c + (1 - r) * norm(n)
        h' = tanh(W x + V (U h)) * n + norm(U (p * h))
        """;

    /// <summary>Two widths of its own beside the layer's, states of each, products from each to each, and a norm of one; the output does not have the layer's width.</summary>
    public const string Widths = """
        width  P = 5, Q = 12
        state  h, s[P], u[Q]
        weight A[P], B, C[Q], E[Q], G[P]
        bias   e[P]
        vector p[P], q[Q]

        f  = sigmoid(W x + U h + B s + b)
        s' = p * tanh(A f + G u + e) + 0.5 * s
        u' = tanh(C h + q * norm(E s')) * q - u * 0.25
        h' = f * tanh(W x + B s' + b) + (1 - f) * h
        y  = norm(s') * s + p
        output y
        """;
}
