namespace RnnGen;

/// <summary>Base of the attributes that declare a layer. Layers stand in data-flow order, first layer on top.</summary>
/// <param name="size">Units of the layer, at least 1.</param>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true, Inherited = false)]
public abstract class LayerAttribute(int size) : Attribute
{
    /// <summary>Units of the layer: the width of its output.</summary>
    public int Size { get; } = size;

    /// <summary>How the layer's weights are drawn. Default: <see cref="Initializer.Default"/>.</summary>
    public Initializer Initializer { get; set; }
}

/// <summary>
/// A table with a learned row of <paramref name="size"/> values for each token. It is the first layer of its model, whose
/// inputs then are <see cref="int"/> tokens from 0 to below <paramref name="vocabularySize"/>, one per step.
/// </summary>
/// <param name="vocabularySize">Number of tokens, at least 1.</param>
/// <param name="size">Values of a row: the width of the output, at least 1.</param>
/// <remarks>
/// The parameter is <c>embedding.weight</c> [vocabularySize, size], as PyTorch's <c>torch.nn.Embedding</c>. Drawn from the
/// standard normal distribution by default, as there. <c>TrainStep</c> and <c>Fit</c> clear, clip and update only the rows of the tokens that
/// they see; moments and weight decay of the other rows wait, as with PyTorch's <c>SparseAdam</c>. So a step costs what it touches.
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
/// A plain (Elman) recurrent layer: h(t) = f(W x(t) + b + U h(t-1) + d), with f tanh or ReLU.
/// Its gradients vanish or explode over long sequences; prefer <see cref="LstmAttribute"/> or <see cref="GruAttribute"/> there.
/// </summary>
/// <param name="hiddenSize">Width of the hidden state h, at least 1.</param>
/// <remarks>J. L. Elman, "Finding structure in time", 1990; parameters as PyTorch's <c>torch.nn.RNN</c>.</remarks>
public sealed class RnnAttribute(int hiddenSize) : LayerAttribute(hiddenSize)
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
public sealed class LstmAttribute(int hiddenSize) : LayerAttribute(hiddenSize);

/// <summary>
/// A gated recurrent unit layer, reset gate applied after the product:
/// r, z = sigmoid(W x + b + U h + d), n = tanh(W x + b + r (U h + d)), h(t) = (1 - z) n + z h(t-1).
/// </summary>
/// <param name="hiddenSize">Width of the hidden state h, at least 1.</param>
/// <remarks>K. Cho et al. 2014; parameters as PyTorch's <c>torch.nn.GRU</c>.</remarks>
public sealed class GruAttribute(int hiddenSize) : LayerAttribute(hiddenSize);

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
