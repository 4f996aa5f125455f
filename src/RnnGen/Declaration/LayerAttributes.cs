namespace RnnGen;

/// <summary>Base of the attributes that declare a layer. Layers are declared in data-flow order, first layer on top.</summary>
/// <param name="size">Units of the layer, at least 1.</param>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true, Inherited = false)]
public abstract class LayerAttribute(int size) : Attribute
{
    /// <summary>Units of the layer: the width of its output, or of the output of each direction; 0 for a normalisation, which has the width of the layer before it.</summary>
    public int Size { get; } = size;

    /// <summary>How the layer's weights are drawn. Default: <see cref="Initializer.Default"/>.</summary>
    public Initializer Initializer { get; set; }

    /// <summary>
    /// Share of the layer's inputs that training drops, from 0 to below 1; the rest are multiplied by 1 / (1 - share). One mask is drawn for all steps of
    /// a sequence (Y. Gal and Z. Ghahramani 2016). Predictions and measured losses drop nothing. Not for an embedding: set it on the layer
    /// after it. Default: 0.
    /// </summary>
    public double Dropout { get; set; }

    /// <summary>
    /// Whether the layer adds its inputs, before dropout, to its outputs; the two must have the same width (K. He et al. 2015). Not for the first layer of a stack. Default: false.
    /// </summary>
    public bool Residual { get; set; }

    /// <summary>
    /// Whether training leaves the layer's parameters as they were drawn or loaded. Their gradients are not computed, and no gradient flows further down
    /// where no lower layer is learned. Default: false.
    /// </summary>
    public bool Frozen { get; set; }
}

/// <summary>
/// A table with a learned row of <paramref name="size"/> values for each token. It is the first layer of its model, whose
/// inputs then are <see cref="int"/> tokens from 0 to below <paramref name="vocabularySize"/>, one per step.
/// </summary>
/// <param name="vocabularySize">Number of tokens, at least 1.</param>
/// <param name="size">Values of a row: the width of the output, at least 1.</param>
/// <remarks>
/// The parameter is <c>embedding.weight</c> [vocabularySize, size], as PyTorch's <c>torch.nn.Embedding</c>. Drawn from the
/// standard normal distribution by default, as there. <c>TrainStep</c> and <c>Fit</c> clear, clip and update only the rows of the tokens in
/// the batch; moments and weight decay of the other rows wait, as with PyTorch's <c>SparseAdam</c>.
/// </remarks>
/// <example>
/// <code>
/// [RnnModel(Architecture.ManyToOne, SequenceLength = 40, OutputSize = 2, Loss = Loss.CrossEntropy)]
/// [Embedding(10_000, 64)]
/// [Lstm(64)]
/// public sealed partial class Sentiment;
/// </code>
/// </example>
public sealed class EmbeddingAttribute(int vocabularySize, int size) : LayerAttribute(size)
{
    /// <summary>Number of tokens.</summary>
    public int VocabularySize { get; } = vocabularySize;
}

/// <summary>
/// Layer normalisation of the outputs of the layer before, at each step: y = (x - mean) / √(variance + epsilon) × gain + shift, with mean and variance over the
/// values of the step.
/// </summary>
/// <remarks>J. Ba, J. Kiros and G. Hinton 2016; parameters <c>norm.{k}.weight</c> and <c>norm.{k}.bias</c> as PyTorch's <c>torch.nn.LayerNorm</c>. Its size is that of the layer before.</remarks>
/// <example>
/// <code>
/// [Lstm(64)]
/// [LayerNorm]
/// [Lstm(64, Residual = true)]
/// </code>
/// </example>
public sealed class LayerNormAttribute() : LayerAttribute(0)
{
    /// <summary>What is added to the variance, from 1e-12 to 1. Default: 1e-5, as PyTorch's <c>eps</c>; Keras's default is 1e-3.</summary>
    public double Epsilon { get; set; } = 1e-5;
}

/// <summary>
/// A convolution over time: y(t) = f(Σ_k W_k x(t - (K - 1 - k) · dilation) + b), with zero in front of a sequence's first step. One without <see cref="Causal"/> reads as many steps
/// behind the step as before it. There is an output at each step: no stride, and no step less at the ends.
/// </summary>
/// <param name="filters">Values of an output, at least 1.</param>
/// <param name="kernel">K, the number of steps that an output reads, at least 1.</param>
/// <remarks>
/// Parameters <c>conv.{k}.weight</c> [filters, inputs, kernel] and <c>conv.{k}.bias</c> as PyTorch's <c>torch.nn.Conv1d</c>, whose cross-correlation it is: the last of K columns is of the
/// latest step. As Keras's <c>Conv1D(padding="causal")</c>, or <c>padding="same"</c>. A. Waibel et al. 1989; F. Yu and V. Koltun 2016 for dilation.
/// </remarks>
/// <example>
/// <code>
/// [RnnModel(Architecture.ManyToOne, InputSize = 12, SequenceLength = 29, OutputSize = 9, Loss = Loss.CrossEntropy)]
/// [Conv1D(32, 5, Activation = Activation.Relu)]
/// [Gru(32)]
/// public sealed partial class Vowels;
/// </code>
/// </example>
public sealed class Conv1DAttribute(int filters, int kernel) : LayerAttribute(filters)
{
    /// <summary>The number of steps that an output reads.</summary>
    public int Kernel { get; } = kernel;

    /// <summary>From one of these steps to the next, at least 1. Default: 1.</summary>
    public int Dilation { get; set; } = 1;

    /// <summary>
    /// Whether an output reads its own step and earlier ones only, so that the model can be streamed. If not, it reads (K - 1) · dilation / 2 steps, rounded down, before its own, and the rest behind
    /// it. Default: true.
    /// </summary>
    public bool Causal { get; set; } = true;

    /// <summary>f. Default: <see cref="Activation.Identity"/>.</summary>
    public Activation Activation { get; set; }
}

/// <summary>Base of the attributes that declare a recurrent layer.</summary>
/// <param name="hiddenSize">Width of the hidden state h, at least 1.</param>
public abstract class RecurrentLayerAttribute(int hiddenSize) : LayerAttribute(hiddenSize)
{
    /// <summary>
    /// Whether a second layer with weights of its own reads each sequence from its last step to its first; the output of a step is
    /// both states, [2 × hiddenSize], and a many-to-one model reads the final state of each direction. Such a model cannot be streamed.
    /// M. Schuster and K. K. Paliwal 1997; parameters as PyTorch's, the second layer's with <c>_reverse</c>. Default: false.
    /// </summary>
    public bool Bidirectional { get; set; }

    /// <summary>
    /// Share of the previous hidden state that training drops from the products with the recurrent weights, from 0 to below 1; the rest is multiplied by 1 / (1 - share). One
    /// mask is drawn for all steps of a sequence (Y. Gal and Z. Ghahramani 2016). Other uses of the state, such as a GRU's z h(t-1), see all of it. Default: 0.
    /// </summary>
    public double RecurrentDropout { get; set; }
}

/// <summary>
/// Separates the layers of the encoder from those of the decoder in an <see cref="Architecture.EncoderDecoder"/> model,
/// or in a <see cref="Architecture.OneToMany"/> model with dense layers over its input.
/// </summary>
/// <remarks>
/// Each layer of the decoder starts from the final state of the encoder's recurrent layer at the same position, if that has the same cell and size; otherwise
/// from tanh(W e + b) of the encoder's last output e, with parameters <c>bridge.…</c>. At each step the decoder reads its output of the previous
/// step, or in training the previous target (teacher forcing): an embedded token, or numbers, which are 0 at the first step.
/// </remarks>
/// <example>
/// <code>
/// [RnnModel(Architecture.EncoderDecoder, SequenceLength = 30, OutputLength = 32, OutputSize = 8000, Loss = Loss.CrossEntropy)]
/// [Embedding(9000, 256)]
/// [Gru(256, Bidirectional = true)]
/// [Decoder(Attention = Attention.Multiplicative)]
/// [Embedding(8000, 256)]
/// [Gru(256)]
/// public sealed partial class Translator;
/// </code>
/// </example>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class DecoderAttribute : Attribute
{
    /// <summary>
    /// How the decoder looks back at the encoder's outputs e(s). With attention the output layer reads
    /// tanh(W [c; h] + b) in place of the decoder's output h, where c = Σ softmax(score(h, e(s))) e(s). Default: <see cref="Attention.None"/>.
    /// </summary>
    public Attention Attention { get; set; }

    /// <summary>
    /// Whether the decoder's first layer also reads, behind what is fed back, what attention made of the step before: h̃(t-1) = tanh(W [c; h] + b), 0 at the first step. So a decoder knows where it looked
    /// (input feeding; M.-T. Luong, H. Pham, C. Manning 2015, "Effective approaches to attention-based neural machine translation", section 3.3). Training then takes the decoder through its steps one at a
    /// time. Default: false. It needs <see cref="Attention"/>.
    /// </summary>
    public bool InputFeeding { get; set; }
}

/// <summary>
/// A plain (Elman) recurrent layer: h(t) = f(W x(t) + b + U h(t-1) + d), with f tanh or ReLU.
/// Its gradients vanish or explode over long sequences; prefer <see cref="LstmAttribute"/> or <see cref="GruAttribute"/> there.
/// </summary>
/// <param name="hiddenSize">Width of the hidden state h, at least 1.</param>
/// <remarks>J. L. Elman, "Finding structure in time", 1990; parameters as PyTorch's <c>torch.nn.RNN</c>.</remarks>
public sealed class RnnAttribute(int hiddenSize) : RecurrentLayerAttribute(hiddenSize)
{
    /// <summary>f: <see cref="Activation.Tanh"/> (default) or <see cref="Activation.Relu"/>.</summary>
    public Activation Activation { get; set; } = Activation.Tanh;
}

/// <summary>
/// A long short-term memory layer with forget gate:
/// i, f, o = sigmoid(W x + b + U h + d), g = tanh(W x + b + U h + d), c(t) = f c(t-1) + i g, h(t) = o tanh(c(t)).
/// </summary>
/// <param name="hiddenSize">Width of the hidden state h and of the cell state c, at least 1.</param>
/// <remarks>S. Hochreiter and J. Schmidhuber 1997; F. Gers et al. 2000; parameters as PyTorch's <c>torch.nn.LSTM</c>.</remarks>
public sealed class LstmAttribute(int hiddenSize) : RecurrentLayerAttribute(hiddenSize);

/// <summary>
/// A gated recurrent unit layer, reset gate applied after the product:
/// r, z = sigmoid(W x + b + U h + d), n = tanh(W x + b + r (U h + d)), h(t) = (1 - z) n + z h(t-1).
/// </summary>
/// <param name="hiddenSize">Width of the hidden state h, at least 1.</param>
/// <remarks>K. Cho et al. 2014; parameters as PyTorch's <c>torch.nn.GRU</c>.</remarks>
public sealed class GruAttribute(int hiddenSize) : RecurrentLayerAttribute(hiddenSize);

/// <summary>
/// A fully connected layer applied to every time step on its own: y(t) = f(W x(t) + b).
/// After the last recurrent layer of a many-to-one model it is applied to the final step only.
/// </summary>
/// <param name="size">Width of the output, at least 1.</param>
public sealed class DenseAttribute(int size) : LayerAttribute(size)
{
    /// <summary>f. Default: <see cref="Activation.Identity"/>.</summary>
    public Activation Activation { get; set; }
}
