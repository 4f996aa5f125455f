namespace RnnGen;

/// <summary>
/// Declares a recurrent model. Put it on a <c>partial</c> class together with one attribute per layer
/// (first layer on top); the source generator writes the class's inference, loss, back-propagation
/// through time and streaming code for exactly these sizes.
/// </summary>
/// <example>
/// <code>
/// [RnnModel(Architecture.ManyToOne, InputSize = 1, SequenceLength = 48, OutputSize = 1, Loss = Loss.MeanSquaredError)]
/// [Lstm(64)]
/// public sealed partial class Forecaster;
/// </code>
/// </example>
/// <param name="architecture">How the input sequence maps to the output.</param>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class RnnModelAttribute(Architecture architecture) : Attribute
{
    /// <summary>How the input sequence maps to the output.</summary>
    public Architecture Architecture { get; } = architecture;

    /// <summary>Features per time step, at least 1. Required, unless the first layer is an <see cref="EmbeddingAttribute"/>: then it is one token per step.</summary>
    public int InputSize { get; set; }

    /// <summary>Time steps per input sequence, at least 1. Required except in one-to-many models; back-propagation is unrolled over all of them.</summary>
    public int SequenceLength { get; set; }

    /// <summary>What is predicted at a step, at least 1: the number of targets; with <see cref="RnnGen.Loss.CrossEntropy"/> the number of classes. Required. The output layer has as many values, times those that the loss reads for each target.</summary>
    public int OutputSize { get; set; }

    /// <summary>
    /// The maximum number of steps of a decoded sequence, at least 1. Required for <see cref="Architecture.OneToMany"/> and
    /// <see cref="Architecture.EncoderDecoder"/>, and only there.
    /// </summary>
    public int OutputLength { get; set; }

    /// <summary>The maximum number of labels in one sequence's target, at least 1; only with <see cref="RnnGen.Loss.Ctc"/>. Default: SequenceLength.</summary>
    public int LabelLength { get; set; }

    /// <summary>
    /// What becomes of a sequence whose labels need more steps than it has: one for each label, and one between equal ones; only with <see cref="RnnGen.Loss.Ctc"/>. Default:
    /// <see cref="InfeasibleLabels.Throw"/>.
    /// </summary>
    public InfeasibleLabels InfeasibleLabels { get; set; }

    /// <summary>The token that a decoder of tokens reads at its first step. Default: 0.</summary>
    public int StartToken { get; set; }

    /// <summary>The token that ends a decoded sequence; targets after it have no loss. Default: 1.</summary>
    public int EndToken { get; set; } = 1;

    /// <summary>
    /// How a many-to-one model reduces the last recurrent layer's outputs to one. Default: <see cref="Pooling.Last"/>. Steps beyond a
    /// sequence's length do not count.
    /// </summary>
    public Pooling Pooling { get; set; }

    /// <summary>
    /// The states before a sequence's first step. Default: <see cref="InitialState.Zero"/>. A <see cref="BatchState{T}"/> overrides it: it sets
    /// the states that training starts from, or carries them from window to window.
    /// </summary>
    public InitialState InitialState { get; set; }

    /// <summary>What training minimises. Default: <see cref="RnnGen.Loss.MeanSquaredError"/>.</summary>
    public Loss Loss { get; set; }

#pragma warning disable CA1819 // An attribute's argument cannot be another kind of list.
    /// <summary>
    /// The quantiles that are predicted, above 0 and below 1 and in ascending order, at most 99; with <see cref="RnnGen.Loss.Quantile"/>. Default: 0.1, 0.5 and 0.9.
    /// </summary>
    public double[]? Quantiles { get; set; }
#pragma warning restore CA1819

    /// <summary>Overrides of the numbers of a loss that ships, such as <c>"gamma = 3"</c> for <see cref="RnnGen.Loss.Focal"/>; <c>docs/losses.md</c> lists them.</summary>
    public string LossNumbers { get; set; } = "";

    /// <summary>
    /// Whether targets may be missing: class -1, or NaN for a number. Missing targets have no loss and no gradient, and are left out of means. Default: false: a target of
    /// -1 or NaN is an error.
    /// </summary>
    public bool MaskedTargets { get; set; }

    /// <summary>The output layer's function f. Default: <see cref="Activation.Identity"/>; the cross-entropies need identity, since they read logits.</summary>
    public Activation OutputActivation { get; set; }

    /// <summary>Share of the output layer's inputs that training drops, as <see cref="LayerAttribute.Dropout"/>. Default: 0.</summary>
    public double OutputDropout { get; set; }

    /// <summary>
    /// Whether the output layer shares its weights with the embedding: the decoder's where there is one (O. Press and L. Wolf 2017). The model then has no
    /// <c>head.weight</c>. The table is drawn uniformly from ±1/√size by default, and the whole of it is updated at every step. The output layer's input size must be
    /// the size of the embedding. Default: false.
    /// </summary>
    public bool TiedEmbedding { get; set; }

    /// <summary>
    /// Whether the model adds the first <c>OutputSize</c> inputs of a step to its outputs: y(t) = f(W h(t) + b) + x(t), so that it learns what to change, as GuitarML's models of amplifiers
    /// do (A. Wright et al. 2020). For <see cref="Architecture.ManyToMany"/> models of numbers with an input for each output. Default: false.
    /// </summary>
    public bool OutputSkip { get; set; }

    /// <summary>How the output layer's weights are drawn. Default: <see cref="Initializer.Default"/>.</summary>
    public Initializer OutputInitializer { get; set; }

    /// <summary>The number type of parameters, inputs and outputs. Default: <see cref="Precision.Single"/>.</summary>
    public Precision Precision { get; set; }

    /// <summary>
    /// Gradient checkpointing (T. Chen et al. 2016, "Training deep nets with sublinear memory cost"): the number of steps between the states that training keeps, a divisor of
    /// SequenceLength; 0 keeps every step. The backward pass recomputes the steps between two kept states. That takes about a third more time, and memory for this
    /// many steps instead of all; memory is lowest near √SequenceLength. Only for causal models. Default: 0.
    /// </summary>
    public int RecomputeEvery { get; set; }

    /// <summary>The old name of <see cref="RecomputeEvery"/>.</summary>
    [Obsolete("Use RecomputeEvery, which is the same. CheckpointEvery will be removed in the next version.")]
    public int CheckpointEvery
    {
        get => RecomputeEvery;
        set => RecomputeEvery = value;
    }

    /// <summary>
    /// Whether training measures how the gradient flows. The model then has a property <c>GradientFlow</c> (see <see cref="RnnGen.GradientFlow"/>): the norms of
    /// ∂L/∂h and ∂L/∂c at every layer and time step and of each parameter's gradient and update, and statistics of gates and ReLU units. Default: false, which
    /// generates no code for it.
    /// </summary>
    public bool GradientFlow { get; set; }

    /// <summary>
    /// Whether outputs can be differentiated with respect to the input, to explain predictions. The model then has <c>ComputeInputGradients</c>, and <c>ComputeIntegratedGradients</c>
    /// (M. Sundararajan et al. 2017). Its training steps compute the input's gradient too, which takes one more product at the first layer; the trained bits stay the same. Only for models
    /// without a decoder. Default: false, which generates no code for it.
    /// </summary>
    public bool InputGradients { get; set; }

    /// <summary>
    /// A safetensors file with the parameters, relative to the project's folder. The build checks its shapes against the declaration and makes it part of the assembly, and the
    /// model has a constructor without parameters that loads it from there, so no file is needed at run time. Files outside the project's folder are named in the project,
    /// <c>&lt;RnnWeights Include="…" /&gt;</c>. Default: none.
    /// </summary>
    public string? Weights { get; set; }

    /// <summary>
    /// The time that a streaming step may take, in microseconds; for a model that does not stream, the time of a prediction. It changes no code: where a conservative estimate for a small
    /// machine exceeds it, the editor says so (RNN069). Default: 0, no deadline.
    /// </summary>
    public double Deadline { get; set; }

    /// <summary>
    /// How exactly tanh and the sigmoid are computed when predicting and streaming. Default: <see cref="Accuracy.Exact"/>.
    /// Losses, gradients and training are always exact.
    /// </summary>
    public Accuracy Accuracy { get; set; }

    /// <summary>
    /// In how many bits the layers' weights are read when predicting and streaming: quantisation after training. Fewer bits take less time where a layer's weights outgrow the first-level cache,
    /// and move the outputs a little. Losses, gradients, training and the parameters stay <see cref="float"/>; the reduced weights follow every change of the parameters. A layer of up to 16 units
    /// without a state, such as most output layers, keeps its floats. Not for <see cref="Precision.Double"/>. Default: <see cref="WeightFormat.Float"/>.
    /// </summary>
    public WeightFormat PredictionWeights { get; set; }

    /// <summary>
    /// The usual number of sequences in a training step, at least 1; it sizes the training memory. Default: 32. Training splits a batch into groups of 8, or of
    /// 16 to 32 where a layer's weights do not fit into the second-level cache. Each group runs on one thread, and at most <see cref="GradientSums"/> run at once. The training methods
    /// accept any number of sequences; the first batch of more groups than any before may allocate more sums.
    /// </summary>
    public int BatchSize { get; set; } = 32;

    /// <summary>
    /// The leaves of the binary tree in which gradients and losses are summed, a power of two from 1 to 1,024. The groups of a batch (see <see cref="BatchSize"/>) are shared among the leaves in
    /// order and as evenly as they can be; a leaf adds up its groups in order, and the tree adds up the leaves. So the bits of a training depend on this number and on the batch, and not on
    /// threads. As many threads have work as there are leaves with groups, and each of these keeps a sum of the gradients. Default: 8.
    /// </summary>
    public int GradientSums { get; set; } = 8;
}
