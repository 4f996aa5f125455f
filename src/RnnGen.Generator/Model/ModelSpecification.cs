using RnnGen.Generator.Cells;
using RnnGen.Generator.Cells.Graph;
using RnnGen.Generator.Common;
using RnnGen.Generator.Losses;

namespace RnnGen.Generator.Model;

/// <summary>
/// One declared model, as values only: no symbols, no syntax, no locations. Two equal specifications
/// produce the same text, so this record is what the incremental pipeline caches on.
/// </summary>
/// <param name="Namespace">The namespace, empty for the global one; identifiers are escaped where they are keywords.</param>
/// <param name="ContainingTypes">The types around the model, outermost first.</param>
/// <param name="Declaration">The model's own partial header.</param>
/// <param name="InputSize">Elements of one step's input: features, columns of features and categories, or one token.</param>
/// <param name="Embedding">The table that tokens are looked up in; null where inputs are numbers.</param>
/// <param name="Layers">Recurrent and dense layers in data-flow order, those of the encoder where there is a decoder; the output layer is not among them.</param>
/// <param name="Decoder">The second stack, which is fed its own output; null where the model has one stack.</param>
/// <param name="GradientSums">The leaves of the tree in which gradients are summed, a power of two.</param>
/// <param name="OutputSkip">Whether the first inputs of a step are added to its outputs.</param>
/// <param name="InputGradients">Whether outputs can be differentiated with respect to the input.</param>
/// <param name="Columns">The inputs in the order of their places in a sequence's row, where they have names; null where a step is the same numbers, or a token.</param>
/// <param name="Weights">The file that the constructor without parameters loads, by its name in the project, with slashes; null where there is none.</param>
internal sealed record ModelSpecification(
    string Namespace,
    EquatableArray<TypeHeader> ContainingTypes,
    TypeHeader Declaration,
    Architecture Architecture,
    int InputSize,
    int SequenceLength,
    int OutputSize,
    Pooling Pooling,
    LossSource Loss,
    Activation OutputActivation,
    Initializer OutputInitializer,
    Precision Precision,
    Accuracy Accuracy,
    int BatchSize,
    EmbeddingSpecification? Embedding,
    EquatableArray<LayerSpecification> Layers,
    DecoderSpecification? Decoder = null,
    double OutputDropout = 0,
    int LabelLength = 0,
    InitialState InitialState = InitialState.Zero,
    bool TiedEmbedding = false,
    bool MaskedTargets = false,
    int RecomputeEvery = 0,
    bool GradientFlow = false,
    string? Weights = null,
    int GradientSums = ModelSpecification.DefaultGradientSums,
    WeightFormat PredictionWeights = WeightFormat.Float,
    bool OutputSkip = false,
    InfeasibleLabels InfeasibleLabels = InfeasibleLabels.Throw,
    bool InputGradients = false,
    EquatableArray<DeclaredInput>? Columns = null)
{
    /// <summary>The leaves of the tree of gradient sums where the declaration does not say.</summary>
    public const int DefaultGradientSums = 8;

    /// <summary>Whether training computes the steps between kept states again in the backward pass.</summary>
    public bool IsRecomputed => RecomputeEvery > 0;

    /// <summary>What is trained at once: the model itself, or a window of it between two kept states.</summary>
    public ModelSpecification Window => IsRecomputed ? this with { SequenceLength = RecomputeEvery } : this;

    /// <summary>Whether the input is one vector and no sequence.</summary>
    public bool ReadsVector => Architecture switch
    {
        Architecture.OneToMany => true,
        Architecture.ManyToOne or Architecture.ManyToMany or Architecture.EncoderDecoder => false,
        _ => throw Choices.Unimplemented(Architecture),
    };

    /// <summary>Whether what is read of the input's steps is one value at the end, for the output or for a decoder to start from.</summary>
    public bool EndsInOne => Architecture switch
    {
        Architecture.ManyToOne => true,
        Architecture.ManyToMany => false,
        Architecture.OneToMany or Architecture.EncoderDecoder => !Attends,
        _ => throw Choices.Unimplemented(Architecture),
    };

    /// <summary>Whether a decoder looks back at the encoder's steps.</summary>
    public bool Attends => Decoder?.Attention switch
    {
        null or Attention.None => false,
        Attention.Multiplicative or Attention.Additive => true,
        { } other => throw Choices.Unimplemented(other),
    };

    /// <summary>Whether a decoder's first layer also reads what attention made of the step before.</summary>
    public bool FeedsAttention => Decoder is { InputFeeding: true };

    /// <summary>Whether the outputs of all steps are pooled, and not the last one read.</summary>
    public bool IsPooled => Pooling switch
    {
        Pooling.Last => false,
        Pooling.Mean or Pooling.Max => true,
        _ => throw Choices.Unimplemented(Pooling),
    };

    /// <summary>Whether states start from parameters.</summary>
    public bool LearnsStates => InitialState switch
    {
        InitialState.Zero => false,
        InitialState.Learned => true,
        _ => throw Choices.Unimplemented(InitialState),
    };

    /// <summary>Steps with a loss and an output.</summary>
    public int OutputSteps => Architecture switch
    {
        Architecture.ManyToOne => 1,
        Architecture.ManyToMany => SequenceLength,
        Architecture.OneToMany or Architecture.EncoderDecoder => Decoder!.Length,
        _ => throw Choices.Unimplemented(Architecture),
    };

    /// <summary>At which steps there are outputs and targets.</summary>
    public OutputTiming OutputTiming => Architecture switch
    {
        Architecture.ManyToOne => OutputTiming.Once,
        Architecture.ManyToMany => SequenceLength == 1 ? OutputTiming.Once : OutputTiming.EachStep,
        Architecture.OneToMany or Architecture.EncoderDecoder => Decoder!.Embedding is null ? OutputTiming.Decoded : OutputTiming.UntilEndToken,
        _ => throw Choices.Unimplemented(Architecture),
    };

    /// <summary>Whether each step's output depends on the steps up to it only, so that sequences can be fed step by step.</summary>
    public bool IsCausal => Decoder is null && !Layers.Any(l => l.Bidirectional || l.Convolution is { Causal: false });

    /// <summary>All declared layers of both stacks, and the output layer.</summary>
    public IEnumerable<LayerSpecification> AllLayers => Layers.Concat(Decoder?.Layers ?? new EquatableArray<LayerSpecification>([])).Append(Output);

    /// <summary>The table of the tokens that the outputs are: the one that a tied output layer shares.</summary>
    public EmbeddingSpecification? OutputEmbedding => Decoder is null ? Embedding : Decoder.Embedding;

    /// <summary>The output layer, a dense one.</summary>
    public LayerSpecification Output => new("dense", HeadSize, OutputActivation, OutputInitializer, Dropout: OutputDropout);

    /// <summary>Values of the output layer: one for each output, or as many as the loss reads for each target, laid [OutputSize, k].</summary>
    public int HeadSize => OutputSize * Loss.Definition.ValuesPerTarget;

    /// <summary>Values that the first layer reads at a step.</summary>
    public int FeatureSize => Embedding?.Size ?? Columns?.Where(static c => c.Kind != InputKind.Known).Sum(static c => c.Width) ?? InputSize;

    /// <summary>Elements of a sequence's input that are given once.</summary>
    public int StaticSize => Columns?.Where(static c => c.Kind == InputKind.Static).Sum(static c => c.Size) ?? 0;

    /// <summary>Elements of a sequence's input that are known for a decoded step.</summary>
    public int KnownSize => Columns?.Where(static c => c.Kind == InputKind.Known).Sum(static c => c.Size) ?? 0;

    /// <summary>Values that the decoder's first layer reads of them.</summary>
    public int KnownWidth => Columns?.Where(static c => c.Kind == InputKind.Known).Sum(static c => c.Width) ?? 0;

    /// <summary>Whether a sequence's input is more than its steps.</summary>
    public bool IsRow => StaticSize + KnownSize > 0;

    /// <summary>Elements of one input sequence: its steps, what is given once, and what is known for the decoded steps.</summary>
    public int InputLength => SequenceLength * InputSize + StaticSize + (Decoder?.Length ?? 0) * KnownSize;

    /// <summary>Elements of one input sequence as the first layer reads it.</summary>
    public long ReadLength => Embedding is null ? (long)SequenceLength * FeatureSize : InputLength;

    /// <summary>The model's full name, from which its files take theirs: <c>Namespace.Outer.Model</c>, without <c>@</c>.</summary>
    public string HintName => string.Join(".", new[] { Namespace }.Concat(ContainingTypes.Select(static type => type.Name)).Append(Declaration.Name)
        .Where(static name => name.Length > 0)).Replace("@", "");
}

/// <summary>A type header that can be printed again in another part: <c>partial record struct Name</c>.</summary>
/// <param name="Keyword"><c>class</c>, <c>record</c>, <c>struct</c>, <c>record struct</c> or <c>interface</c>.</param>
/// <param name="Name">The name as it must be written, with <c>@</c> where it is a keyword.</param>
/// <param name="IsPublic">Whether the type's effective accessibility reaches other assemblies, for a model's XML docs.</param>
internal sealed record TypeHeader(string Keyword, string Name, bool IsPublic);

/// <summary>One declared layer.</summary>
/// <param name="Cell">The cell's equations: a file's name, such as <c>lstm</c>, or a user's text.</param>
/// <param name="Size">Units.</param>
/// <param name="Activation">What the equation's free function f stands for; <see cref="Activation.Identity"/> where the cell has none.</param>
/// <param name="Initializer">How the weights are drawn.</param>
/// <param name="Bidirectional">Whether a second layer reads the sequence backwards.</param>
/// <param name="Dropout">Share of its inputs that training leaves out.</param>
/// <param name="Residual">Whether its inputs are added to its outputs.</param>
/// <param name="Frozen">Whether training leaves its parameters alone.</param>
/// <param name="RecurrentDropout">Share of its previous states that training leaves out of the products.</param>
/// <param name="Convolution">The steps that it reads at a step; null where that is the step alone.</param>
internal sealed record LayerSpecification(
    CellSource Cell, int Size, Activation Activation, Initializer Initializer, bool Bidirectional = false, double Dropout = 0, bool Residual = false, bool Frozen = false, double RecurrentDropout = 0,
    ConvolutionSpecification? Convolution = null)
{
    /// <summary>The op that it is, by whose name <see cref="Cell"/> goes; null for a cell.</summary>
    public DeclaredOp? Op => Cell.Text is null ? DeclaredOps.Find(Cell.Name) : null;

    public bool IsOp => Op is not null;

    /// <summary>A number of the op that it is.</summary>
    public double OpNumber(string name) => Cell.Numbers.FirstOrDefault(n => n.Name == name)?.Value ?? Op!.Numbers.First(n => n.Name == name).Standard;

    public bool IsRecurrent => !IsOp && Cell.Definition.IsRecurrent;

    /// <summary>Whether its output is the next value of a state, and so its final one where it has had its last step.</summary>
    public bool OutputIsState => !IsOp && Cell.Definition.Output.EndsWith("'", StringComparison.Ordinal);

    /// <summary>Width of its output: both directions' states.</summary>
    public int Width => (Bidirectional ? 2 : 1) * (IsOp ? Size : CellGraph.OutputSize(Cell, Size));

    /// <summary>Values of a state.</summary>
    public int StateSize(string state) => Cell.Definition.SizeOf(Cell.Definition.States.First(s => s.Name == state).Width, Size);
}

/// <summary>The steps that a convolution reads at a step.</summary>
/// <param name="Kernel">Their number.</param>
/// <param name="Dilation">From one to the next.</param>
/// <param name="Causal">Whether the last of them is the step itself; if not, the middle one is, or of two the one before.</param>
internal sealed record ConvolutionSpecification(int Kernel, int Dilation, bool Causal)
{
    /// <summary>From the first of them to the last.</summary>
    public long Reach => (Kernel - 1L) * Dilation;

    /// <summary>From the first of them to the step.</summary>
    public long Back => Causal ? Reach : Reach / 2;

    /// <summary>From the step to the last of them.</summary>
    public long Ahead => Reach - Back;
}

/// <summary>The stack that is fed its own output, step by step.</summary>
/// <param name="Length">Steps, at most.</param>
/// <param name="StartToken">The token read at the first step.</param>
/// <param name="EndToken">The token after which a sequence has ended.</param>
/// <param name="Attention">How it looks back at the encoder's outputs.</param>
/// <param name="Embedding">The table in which tokens are looked up; null where the outputs are numbers.</param>
/// <param name="Layers">Recurrent and dense layers in data-flow order.</param>
/// <param name="InputFeeding">Whether its first layer also reads what attention made of the step before.</param>
internal sealed record DecoderSpecification(
    int Length, int StartToken, int EndToken, Attention Attention, EmbeddingSpecification? Embedding, EquatableArray<LayerSpecification> Layers, bool InputFeeding = false)
{
    /// <summary>Values that it is fed at a step, for a number of outputs.</summary>
    public int FedSize(int outputSize) => Embedding?.Size ?? outputSize;
}

/// <summary>A table of one row per token, in front of the first layer.</summary>
/// <param name="VocabularySize">Rows.</param>
/// <param name="Size">Values of a row.</param>
/// <param name="Initializer">How the table is drawn.</param>
/// <param name="Frozen">Whether training leaves it alone.</param>
internal sealed record EmbeddingSpecification(int VocabularySize, int Size, Initializer Initializer, bool Frozen = false)
{
    /// <summary>The embedding as it is declared.</summary>
    public string Declared => $"Embedding({VocabularySize}, {Size}{(Frozen ? ", Frozen" : "")})";
}
