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

    /// <summary>Time steps per input sequence, at least 1. Required, but for one-to-many models; back-propagation is unrolled over all of them.</summary>
    public int SequenceLength { get; set; }

    /// <summary>Size of the output layer y = f(W h + b), at least 1. Required; with <see cref="RnnGen.Loss.CrossEntropy"/> it is the number of classes.</summary>
    public int OutputSize { get; set; }

    /// <summary>
    /// Steps of a decoded sequence, at most, at least 1. Required for <see cref="Architecture.OneToMany"/> and
    /// <see cref="Architecture.EncoderDecoder"/>, and only there.
    /// </summary>
    public int OutputLength { get; set; }

    /// <summary>Labels of one sequence's target, at most, at least 1, with <see cref="RnnGen.Loss.Ctc"/>. Default: SequenceLength.</summary>
    public int LabelLength { get; set; }

    /// <summary>The token that a decoder of tokens reads at its first step. Default: 0.</summary>
    public int StartToken { get; set; }

    /// <summary>The token that ends a decoded sequence; targets after it have no loss. Default: 1.</summary>
    public int EndToken { get; set; } = 1;

    /// <summary>
    /// What a many-to-one model reads of the last recurrent layer's outputs. Default: <see cref="Pooling.Last"/>. Where sequences
    /// have lengths, steps beyond them do not count.
    /// </summary>
    public Pooling Pooling { get; set; }

    /// <summary>
    /// What states are before a sequence's first step. Default: <see cref="InitialState.Zero"/>. Whatever it says, a <see cref="BatchState{T}"/> gives
    /// states to training, or carries them from window to window.
    /// </summary>
    public InitialState InitialState { get; set; }

    /// <summary>What training minimises. Default: <see cref="RnnGen.Loss.MeanSquaredError"/>.</summary>
    public Loss Loss { get; set; }

    /// <summary>
    /// Whether targets may be missing: class -1, or NaN for a number. They have no loss and no gradient, and means are over the targets that are there. Default: false, where
    /// a target of -1 or NaN is an error.
    /// </summary>
    public bool MaskedTargets { get; set; }

    /// <summary>The output layer's function f. Default: <see cref="Activation.Identity"/>; the cross-entropies need identity, since they read logits.</summary>
    public Activation OutputActivation { get; set; }

    /// <summary>Share of the output layer's inputs that training leaves out, as <see cref="LayerAttribute.Dropout"/>. Default: 0.</summary>
    public double OutputDropout { get; set; }

    /// <summary>
    /// Whether the output layer's weights are the embedding of the tokens that are its outputs, the decoder's where there is one (O. Press and L. Wolf 2017). The
    /// model then has no <c>head.weight</c>, and the table, drawn uniform in ±1/√size unless said otherwise, is updated as a whole at every step. The output layer must
    /// read as many values as a row of the table has. Default: false.
    /// </summary>
    public bool TiedEmbedding { get; set; }

    /// <summary>How the output layer's weights are drawn. Default: <see cref="Initializer.Default"/>.</summary>
    public Initializer OutputInitializer { get; set; }

    /// <summary>The number type of parameters, inputs and outputs. Default: <see cref="Precision.Single"/>.</summary>
    public Precision Precision { get; set; }

    /// <summary>
    /// Steps between the states that training keeps, a divisor of SequenceLength; 0 keeps everything of every step. The backward pass recomputes the steps between two kept
    /// states: about a third more time, and memory for this many steps instead of all. It is also known as gradient checkpointing (T. Chen et al. 2016, "Training deep
    /// nets with sublinear memory cost"). The minimum of memory is near √SequenceLength. Not for models that read sequences as a whole. Default: 0.
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
    /// Whether training measures how the gradient flows: the model then has a property <c>GradientFlow</c> (see <see cref="RnnGen.GradientFlow"/>) with the norm of
    /// ∂L/∂h and ∂L/∂c of every layer and time step, of each parameter's gradient and update, and what the gates and ReLU units did. Default: false, where nothing
    /// is generated for it.
    /// </summary>
    public bool GradientFlow { get; set; }

    /// <summary>
    /// A safetensors file with the parameters, relative to the project's folder. The build checks its shapes against the declaration and makes it part of the assembly, and the
    /// model has a constructor without parameters that loads it from there: no file is needed at run time. Files outside the project's folder are named in the project,
    /// <c>&lt;RnnWeights Include="…" /&gt;</c>. Default: none.
    /// </summary>
    public string? Weights { get; set; }

    /// <summary>
    /// Microseconds that a streaming step may take (of a model that does not stream, the prediction of a sequence). It changes no code: where a careful estimate for a small machine is
    /// above it, the editor advises (RNN069). Default: 0, none.
    /// </summary>
    public double Deadline { get; set; }

    /// <summary>
    /// How exactly tanh and the sigmoid are computed when predicting and streaming. Default: <see cref="Accuracy.Exact"/>.
    /// Losses, gradients and training are exact whatever it says.
    /// </summary>
    public Accuracy Accuracy { get; set; }

    /// <summary>
    /// Sequences of a usual training step, at least 1. Default: 32. Training takes them in groups of 8, or of 16 to 32 where a layer's weights do
    /// not fit into the second-level cache, each on one thread: this many sequences are as many groups, of which at most 8 run at once, and
    /// so it sizes the training memory. Any number may be passed to the training methods.
    /// </summary>
    public int BatchSize { get; set; } = 32;
}
