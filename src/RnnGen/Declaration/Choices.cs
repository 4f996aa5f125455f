namespace RnnGen;

/// <summary>How an input sequence maps to an output.</summary>
public enum Architecture
{
    /// <summary>A sequence in, one output vector after the final step; the loss is at the final step.</summary>
    ManyToOne,

    /// <summary>A sequence in, one output vector for each step (aligned); the loss is at every step.</summary>
    ManyToMany,

    /// <summary>
    /// One vector in, a sequence out. The vector, or what dense layers before <see cref="DecoderAttribute"/> make of it, gives the
    /// decoder's initial state; the decoder is fed its own output.
    /// </summary>
    OneToMany,

    /// <summary>
    /// A sequence in, another sequence out, of a length of its own. The layers before <see cref="DecoderAttribute"/> read the first; those
    /// after it start from their final state and are fed their own output.
    /// </summary>
    EncoderDecoder,
}

/// <summary>What a many-to-one model reads of the last recurrent layer's outputs.</summary>
public enum Pooling
{
    /// <summary>The output at the last step.</summary>
    Last,

    /// <summary>Each unit's mean over the sequence's steps.</summary>
    Mean,

    /// <summary>Each unit's greatest value over the sequence's steps; the gradient goes to the first step that has it.</summary>
    Max,
}

/// <summary>How a decoder looks back at the encoder's outputs, beside starting from its final state.</summary>
public enum Attention
{
    /// <summary>Not at all: the final state says everything.</summary>
    None,

    /// <summary>score(h, e) = (W h) · e (M.-T. Luong et al. 2015, "general").</summary>
    Multiplicative,

    /// <summary>score(h, e) = v · tanh(W h + b + U e) (D. Bahdanau et al. 2015), with h after the decoder's step as in Luong et al.</summary>
    Additive,
}

/// <summary>What training minimises. All reduce as PyTorch's <c>reduction='mean'</c>.</summary>
public enum Loss
{
    /// <summary>The mean of (y - target)² over sequences, steps with a loss, and features.</summary>
    MeanSquaredError,

    /// <summary>The mean of |y - target|. Its gradient at y = target is 0.</summary>
    MeanAbsoluteError,

    /// <summary>The mean of ½ d² where |d| ≤ 1 and |d| - ½ elsewhere, with d = y - target (P. J. Huber 1964, δ = 1).</summary>
    Huber,

    /// <summary>The mean over steps of -log softmax(y)[class]; targets are <c>int</c> classes from 0 to OutputSize - 1, y are logits.</summary>
    CrossEntropy,

    /// <summary>The mean of -(target log σ(y) + (1 - target) log(1 - σ(y))); targets lie in [0, 1], y are logits.</summary>
    BinaryCrossEntropy,

    /// <summary>
    /// Connectionist temporal classification (A. Graves et al. 2006), for many-to-many models: targets are <c>int</c> labels from 1 to OutputSize - 1
    /// in their order, without saying at which step each comes; class 0 is the blank, with which targets are filled up. The mean over
    /// sequences of -log p(labels) over the number of labels; y are logits.
    /// </summary>
    Ctc,
}

/// <summary>An element-wise function of a layer.</summary>
public enum Activation
{
    /// <summary>f(a) = a.</summary>
    Identity,

    /// <summary>f(a) = tanh(a).</summary>
    Tanh,

    /// <summary>f(a) = max(0, a); its derivative at 0 is 0.</summary>
    Relu,

    /// <summary>f(a) = 1 / (1 + exp(-a)).</summary>
    Sigmoid,
}

/// <summary>What the states of layers that read the input are before a sequence's first step.</summary>
public enum InitialState
{
    /// <summary>Zero.</summary>
    Zero,

    /// <summary>Parameters, one for each unit of each state, which are zero at first and learned like all others.</summary>
    Learned,
}

/// <summary>How a layer's weights are drawn. Biases are 0, except an LSTM's forget gate (<c>bias_ih</c> = 1), unless said otherwise.</summary>
public enum Initializer
{
    /// <summary>Glorot for input weights, orthogonal for recurrent weights, standard normal for embeddings.</summary>
    Default,

    /// <summary>Uniform in ±√(6 / (fan in + fan out)), fans per gate (X. Glorot and Y. Bengio 2010).</summary>
    Glorot,

    /// <summary>Orthogonal rows or columns, per gate (A. Saxe et al. 2014).</summary>
    Orthogonal,

    /// <summary>Recurrent weights are the identity, input weights Glorot (Q. Le et al. 2015, for ReLU networks).</summary>
    Identity,

    /// <summary>Weights and biases uniform in ±1/√size as PyTorch's recurrent layers draw them (a dense layer: ±1/√(fan in)).</summary>
    Uniform,
}

#pragma warning disable CA1720 // The field calls them single and double precision.
/// <summary>The number type of a model's parameters, inputs and outputs.</summary>
public enum Precision
{
    /// <summary><see cref="float"/>.</summary>
    Single,

    /// <summary><see cref="double"/>.</summary>
    Double,
}

/// <summary>How exactly tanh and the sigmoid are computed when a model predicts or streams; training is always exact.</summary>
public enum Accuracy
{
    /// <summary>Within 2e-7 (<see cref="Precision.Single"/>) or 1e-15 (<see cref="Precision.Double"/>): the same bits as in training.</summary>
    Exact,

    /// <summary>
    /// Rational functions that take about half the operations: tanh within 6.5e-5 and the sigmoid within 3.3e-5 of the true value, which may take results that far beyond ±1 or below 0.
    /// Small errors add up from step to step: compare a model's outputs with those of <see cref="Exact"/> before relying on it.
    /// </summary>
    Fast,
}
