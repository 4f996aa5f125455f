namespace RnnGen;

// Cells that ship as equation files, src/RnnGen.Generator/Cells/{Name}.cell: examples of cells of your own.

/// <summary>An LSTM whose gates also read the cell state (peepholes): i, f = sigmoid(W x + b + U h + d + p c(t-1)), o = sigmoid(W x + b + U h + d + p c(t)), else as <see cref="LstmAttribute"/>.</summary>
/// <param name="hiddenSize">Width of the output and of every state, at least 1.</param>
/// <remarks>F. Gers, N. Schraudolph and J. Schmidhuber 2002; parameters as PyTorch's LSTM, and <c>rnn.peephole_l{k}</c> [3 × hiddenSize], gates i, f, o.</remarks>
public sealed class PeepholeLstmAttribute(int hiddenSize) : RecurrentLayerAttribute(hiddenSize);

/// <summary>An LSTM with coupled gates, the input gate being 1 - f: c(t) = f c(t-1) + (1 - f) g, h(t) = o tanh(c(t)).</summary>
/// <param name="hiddenSize">Width of the output and of every state, at least 1.</param>
/// <remarks>K. Greff et al. 2017; parameters as PyTorch's LSTM, without the input gate: gates f, g, o.</remarks>
public sealed class CoupledLstmAttribute(int hiddenSize) : RecurrentLayerAttribute(hiddenSize);

/// <summary>An LSTM whose hidden state is a projection: h(t) = V (o tanh(c(t))), else as <see cref="LstmAttribute"/>.</summary>
/// <param name="hiddenSize">Width of the cell state, at least 1.</param>
/// <remarks>
/// H. Sak, A. Senior and F. Beaufays 2014; parameters as PyTorch's LSTM with <c>proj_size</c>: V is <c>rnn.weight_hr_l{k}</c> [Projection, hiddenSize], and
/// <c>rnn.weight_hh_l{k}</c> has Projection columns. It runs in several kernels a step.
/// </remarks>
public sealed class ProjectedLstmAttribute(int hiddenSize) : RecurrentLayerAttribute(hiddenSize)
{
    /// <summary>Width of the hidden state, which is the output; at least 1. Default: 32.</summary>
    public int Projection { get; set; } = 32;
}

/// <summary>An LSTM with layer normalisation: each gate adds m norm(W x) + n norm(U h) + b, and h(t) = o tanh(a norm(c(t)) + s).</summary>
/// <param name="hiddenSize">Width of the output and of every state, at least 1.</param>
/// <remarks>J. Ba, J. Kiros and G. Hinton 2016. It runs in several kernels a step.</remarks>
public sealed class LayerNormLstmAttribute(int hiddenSize) : RecurrentLayerAttribute(hiddenSize);

/// <summary>A GRU with layer normalisation: each gate adds m norm(W x) + q norm(U h) + b, the reset gate after the product.</summary>
/// <param name="hiddenSize">Width of the output and of every state, at least 1.</param>
/// <remarks>After J. Ba, J. Kiros and G. Hinton 2016. It runs in several kernels a step.</remarks>
public sealed class LayerNormGruAttribute(int hiddenSize) : RecurrentLayerAttribute(hiddenSize);

/// <summary>A GRU as first published, the reset gate before the product: n = tanh(W x + b + U (r h(t-1)) + d), else as <see cref="GruAttribute"/>.</summary>
/// <param name="hiddenSize">Width of the output and of every state, at least 1.</param>
/// <remarks>K. Cho et al. 2014; ONNX's GRU by default; parameters as PyTorch's GRU. It runs in several kernels a step.</remarks>
public sealed class ResetBeforeGruAttribute(int hiddenSize) : RecurrentLayerAttribute(hiddenSize);

/// <summary>An independently recurrent network, in which each unit reads only its own past: h(t) = relu(W x + b + u h(t-1)).</summary>
/// <param name="hiddenSize">Width of the output and of every state, at least 1.</param>
/// <remarks>S. Li et al. 2018; u is <c>rnn.weight_hh_l{k}</c> [hiddenSize].</remarks>
public sealed class IndRnnAttribute(int hiddenSize) : RecurrentLayerAttribute(hiddenSize);

/// <summary>A minimal gated unit, with one gate that both forgets and resets: f = sigmoid(W x + b + U h + d), n = tanh(W x + b + U (f h) + d), h(t) = (1 - f) h(t-1) + f n.</summary>
/// <param name="hiddenSize">Width of the output and of every state, at least 1.</param>
/// <remarks>G.-B. Zhou et al. 2016. It runs in several kernels a step.</remarks>
public sealed class MinimalGatedUnitAttribute(int hiddenSize) : RecurrentLayerAttribute(hiddenSize);

/// <summary>A simple recurrent unit: f, r = sigmoid(W x + b + v c(t-1)), c(t) = f c(t-1) + (1 - f) W x, h(t) = r c(t) + (1 - r) V x.</summary>
/// <param name="hiddenSize">Width of the output and of every state, at least 1.</param>
/// <remarks>T. Lei et al. 2018, with a matrix for the highway.</remarks>
public sealed class SruAttribute(int hiddenSize) : RecurrentLayerAttribute(hiddenSize);

/// <summary>The pooling of a quasi-recurrent network over convolutions of one step: z = tanh(W x + b), f, o = sigmoid(W x + b), c(t) = f c(t-1) + (1 - f) z, h(t) = o c(t).</summary>
/// <param name="hiddenSize">Width of the output and of every state, at least 1.</param>
/// <remarks>J. Bradbury et al. 2017.</remarks>
public sealed class QuasiRnnAttribute(int hiddenSize) : RecurrentLayerAttribute(hiddenSize);

/// <summary>A minGRU, whose gates do not read the state: z = sigmoid(W x + b), n = g(W x + b), h(t) = (1 - z) h(t-1) + z n, with g(v) = v + 0.5 from 0 on, and sigmoid(v) below.</summary>
/// <param name="hiddenSize">Width of the output and of every state, at least 1.</param>
/// <remarks>L. Feng et al. 2024.</remarks>
public sealed class MinGruAttribute(int hiddenSize) : RecurrentLayerAttribute(hiddenSize);

/// <summary>A minLSTM, whose gates do not read the state: f, i = sigmoid(W x + b), n = g(W x + b), h(t) = (f h(t-1) + i n) / (f + i), with g(v) = v + 0.5 from 0 on, and sigmoid(v) below.</summary>
/// <param name="hiddenSize">Width of the output and of every state, at least 1.</param>
/// <remarks>L. Feng et al. 2024.</remarks>
public sealed class MinLstmAttribute(int hiddenSize) : RecurrentLayerAttribute(hiddenSize);

/// <summary>
/// The scalar LSTM of xLSTM, with an exponential input gate and a normaliser: c(t) = f c(t-1) + i z, n(t) = f n(t-1) + i, h(t) = o c(t) / n(t), where i = exp(W x + U h(t-1) + b) and f, o are sigmoids,
/// z a tanh, of such sums. Its units are divided into heads, and U is block-diagonal: a head reads its own states.
/// </summary>
/// <param name="hiddenSize">Width of the output and of every state, a multiple of <see cref="Heads"/>.</param>
/// <remarks>
/// M. Beck et al. 2024. <c>rnn.weight_hh_l{k}</c> is [4 × hiddenSize, hiddenSize / Heads]: a row has the columns of its own head; gates i, f, z, o. A fourth state keeps the exponents at or below 0.
/// </remarks>
public sealed class SLstmAttribute(int hiddenSize) : RecurrentLayerAttribute(hiddenSize)
{
    /// <summary>Groups of units that read only their own states; they divide the layer's size. Default: 4.</summary>
    public int Heads { get; set; } = 4;
}

/// <summary>An Elman network with a residual state: h(t) = scale (h(t-1) + tanh(W x + b + U h(t-1) + d)).</summary>
/// <param name="hiddenSize">Width of the output and of every state, at least 1.</param>
/// <remarks>After J. L. Elman 1990 and K. He et al. 2015; parameters as PyTorch's RNN.</remarks>
public sealed class ResidualRnnAttribute(int hiddenSize) : RecurrentLayerAttribute(hiddenSize)
{
    /// <summary>Factor of each step's sum; at 1 the state may grow without bound. Default: 0.5.</summary>
    public double Scale { get; set; } = 0.5;
}

/// <summary>A leaky integrator, as in echo state networks: h(t) = (1 - leak) h(t-1) + leak tanh(W x + b + U h(t-1) + d).</summary>
/// <param name="hiddenSize">Width of the output and of every state, at least 1.</param>
/// <remarks>H. Jaeger et al. 2007; parameters as PyTorch's RNN.</remarks>
public sealed class LeakyRnnAttribute(int hiddenSize) : RecurrentLayerAttribute(hiddenSize)
{
    /// <summary>Share of the state that a step replaces, from 0 to 1. Default: 0.3.</summary>
    public double Leak { get; set; } = 0.3;
}

/// <summary>A Jordan network, which feeds its output back: s(t) = V sigmoid(W x + b + U s(t-1) + d) + e is both output and state.</summary>
/// <param name="hiddenSize">Width of the output and of every state, at least 1.</param>
/// <remarks>M. I. Jordan 1986; what is fed back is the layer's own output. It runs in several kernels a step.</remarks>
public sealed class JordanRnnAttribute(int hiddenSize) : RecurrentLayerAttribute(hiddenSize);

/// <summary>JANET, an LSTM with only the forget gate: s = W x + b + U h + d, g = tanh(W x + b + U h + d), h(t) = sigmoid(s) h(t-1) + (1 - sigmoid(s - beta)) g.</summary>
/// <param name="hiddenSize">Width of the output and of every state, at least 1.</param>
/// <remarks>J. van der Westhuizen and J. Lasenby 2018 (JANET); gates s, g.</remarks>
public sealed class JanetAttribute(int hiddenSize) : RecurrentLayerAttribute(hiddenSize)
{
    /// <summary>β in the factor 1 - sigmoid(s - β) of new input: above 0 a step adds more than it forgets. Default: 1.</summary>
    public double Beta { get; set; } = 1;
}
