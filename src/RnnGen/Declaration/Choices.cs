namespace RnnGen;

/// <summary>How an input sequence maps to an output.</summary>
public enum Architecture
{
    /// <summary>A sequence in, one output vector after the final step; the loss is at the final step.</summary>
    ManyToOne,

    /// <summary>A sequence in, one output vector for each step (aligned); the loss is at every step.</summary>
    ManyToMany,

    /// <summary>
    /// One vector in, a sequence out. The decoder starts from the vector, or from the output of the dense layers before
    /// <see cref="DecoderAttribute"/>, and reads its own output.
    /// </summary>
    OneToMany,

    /// <summary>
    /// A sequence in, another sequence of its own length out. The layers before <see cref="DecoderAttribute"/> read the first sequence; those
    /// after it start from the final state and read their own output.
    /// </summary>
    EncoderDecoder,
}

/// <summary>How a many-to-one model reduces the last recurrent layer's outputs to one.</summary>
public enum Pooling
{
    /// <summary>The output at the last step.</summary>
    Last,

    /// <summary>Each unit's mean over the sequence's steps.</summary>
    Mean,

    /// <summary>Each unit's maximum over the sequence's steps; the gradient goes to the first step with this value.</summary>
    Max,
}

/// <summary>How a decoder attends to the encoder's outputs; it always starts from the encoder's final state.</summary>
public enum Attention
{
    /// <summary>No attention: the decoder knows the final state only.</summary>
    None,

    /// <summary>score(h, e) = (W h) · e (M.-T. Luong et al. 2015, "general").</summary>
    Multiplicative,

    /// <summary>score(h, e) = v · tanh(W h + b + U e) (D. Bahdanau et al. 2015), with h after the decoder's step as in Luong et al.</summary>
    Additive,
}

/// <summary>What training minimises. All losses are means, as with PyTorch's <c>reduction='mean'</c>.</summary>
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

    /// <summary>The mean of -(target log σ(y) + (1 - target) log(1 - σ(y))); targets are in [0, 1], y are logits.</summary>
    BinaryCrossEntropy,

    /// <summary>
    /// Connectionist temporal classification (A. Graves et al. 2006), for many-to-many models: targets are <c>int</c> labels from 1 to OutputSize - 1
    /// in order, without their steps; class 0 is the blank and pads shorter targets. The loss is the mean over sequences of -log p(labels),
    /// divided by the number of labels; y are logits.
    /// </summary>
    Ctc,

    /// <summary>
    /// The mean over <see cref="RnnModelAttribute.Quantiles"/> of the pinball loss (R. Koenker and G. Bassett 1978). Each quantile is the one before plus a softplus, so that they
    /// cannot cross. <c>Predict</c> outputs the middle one, <c>PredictQuantiles</c> all of them.
    /// </summary>
    Quantile,

    /// <summary>The mean of -log p(target), p normal with a mean and a scale of its own for each target (D. A. Nix and A. S. Weigend 1994). <c>Predict</c> outputs the mean, <c>PredictParameters</c> mean and scale, <c>Sample</c> a draw.</summary>
    Gaussian,

    /// <summary>The mean of -log p(target), p a Laplace distribution with a centre and a scale of its own for each target. <c>Predict</c> outputs the centre.</summary>
    Laplace,

    /// <summary>The mean of -log p(target), p Student's t with a centre, a scale and degrees of freedom above 2 of its own for each target. <c>Predict</c> outputs the centre.</summary>
    StudentT,

    /// <summary>The mean of -log p(target), p negative binomial with a mean and a number of successes of its own for each target; targets are counts. <c>Predict</c> outputs the mean.</summary>
    NegativeBinomial,

    /// <summary>The mean of -log p(target), p a Poisson distribution; y is the logarithm of its mean, and targets are counts. <c>Predict</c> outputs the mean.</summary>
    Poisson,

    /// <summary>The mean of log cosh(y - target).</summary>
    LogCosh,

    /// <summary>The mean of |y - target| / max(|target|, ε), a share; ε = 1e-6.</summary>
    MeanAbsolutePercentageError,

    /// <summary>The mean of 2 |y - target| / max(|y| + |target|, ε), a share from 0 to 2; ε = 1e-6.</summary>
    SymmetricMeanAbsolutePercentageError,

    /// <summary>The mean over steps of -(1 - p)^γ log p, p = softmax(y)[class] and γ = 2 (T.-Y. Lin et al. 2017); targets are <c>int</c> classes, y are logits.</summary>
    Focal,

    /// <summary>The mean over steps of the cross-entropy with a share of 0.1 of each target's weight spread over all classes (C. Szegedy et al. 2016); targets are <c>int</c> classes, y are logits.</summary>
    SmoothedCrossEntropy,
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

/// <summary>The states of the layers that read the input, before a sequence's first step.</summary>
public enum InitialState
{
    /// <summary>Zero.</summary>
    Zero,

    /// <summary>Learned parameters, one for each unit of each state; they start at zero.</summary>
    Learned,
}

/// <summary>What becomes of a sequence whose labels need more steps than it has, so that CTC has no path for them and an infinite loss.</summary>
public enum InfeasibleLabels
{
    /// <summary>An <see cref="ArgumentException"/> that names the sequence: in <c>Fit</c> and <c>Evaluate</c> by its place in the data.</summary>
    Throw,

    /// <summary>Its loss and its gradient are zero, and it counts in the mean as other sequences do: PyTorch's <c>zero_infinity</c>.</summary>
    Zero,
}

/// <summary>How a layer's weights are drawn. Unless noted, biases are 0, except an LSTM's forget gate (<c>bias_ih</c> = 1).</summary>
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

    /// <summary>Weights and biases uniform in ±1/√size, as in PyTorch's recurrent layers (in a dense layer: ±1/√(fan in)).</summary>
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
    /// Rational functions with about half the operations: tanh is within 6.5e-5 and the sigmoid within 3.3e-5 of the true value, so results may lie that far outside their range.
    /// Small errors add up from step to step: compare a model's outputs with those of <see cref="Exact"/> before relying on it.
    /// </summary>
    Fast,
}

/// <summary>In how many bits weights are kept where nothing is trained: in predictions, streams and files.</summary>
public enum WeightFormat
{
    /// <summary>The model's number type: the parameters as they are.</summary>
    Float,

    /// <summary>
    /// bfloat16: the upper 16 bits of a <see cref="float"/>, rounded to the nearest, ties to even. A weight keeps its range and is within 1/256 of its value, relative, unless it is subnormal or beyond the largest bfloat16, 3.39e38, which becomes infinite; it takes half the memory.
    /// </summary>
    BFloat16,

    /// <summary>
    /// Integers of 8 bits, -127 to 127, with one scale for each row of a matrix: max |row| / 127. A weight is within half a scale of its value; it takes a quarter of the memory.
    /// </summary>
    Int8,
}
