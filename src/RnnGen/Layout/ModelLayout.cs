namespace RnnGen;

/// <summary>What is known about a model at compile time: its parameters, the lengths of its buffers and its memory.</summary>
public sealed class ModelLayout
{
    /// <summary>The model's class name.</summary>
    public required string ModelName { get; init; }

    /// <summary>The declaration in one line, such as <c>ManyToOne 48x1 -> Lstm(64) -> Dense(1), MeanSquaredError</c>; saved with the model.</summary>
    public required string Declaration { get; init; }

    /// <summary>Details of the computation that <see cref="Declaration"/> leaves out, separated by semicolons: hashes of the equations of your own cells, numbers of cells, the start token of decoding, and the steps between kept states. Empty if there are none.</summary>
    public string Details { get; init; } = "";

    /// <summary>
    /// The complete declaration as JSON, with the equations of your own cells and losses; saved with the model. Equal declarations have equal texts: names are
    /// in a fixed order, and default values are left out. Empty for a model that is written by hand.
    /// </summary>
    public string Specification { get; init; } = "";

    /// <summary>The parameter tensors in the order of the flat buffer.</summary>
    public required IReadOnlyList<ParameterInfo> Parameters { get; init; }

    /// <summary>Number of parameters: the length of the flat buffer.</summary>
    public required int ParameterCount { get; init; }

    /// <summary>The maximum number of time steps of a sequence.</summary>
    public required int SequenceLength { get; init; }

    /// <summary>Steps of one sequence's output and target: 1, or one for each time step.</summary>
    public required int OutputSteps { get; init; }

    /// <summary>Elements of one input sequence: from one sequence of a batch to the next.</summary>
    public required int InputLength { get; init; }

    /// <summary>Elements of one time step of an input. Default: <see cref="InputLength"/> over <see cref="SequenceLength"/>, a sequence that consists of its steps.</summary>
    public int InputStep
    {
        get => field > 0 ? field : InputLength / SequenceLength;
        init;
    }

    /// <summary>
    /// The inputs in the order of their places in a sequence's flat row <c>[SequenceLength × InputStep | inputs given once | OutputLength × inputs known for a decoded step]</c>.
    /// Default: one group with the name <c>inputs</c>, given at each step.
    /// </summary>
    public IReadOnlyList<InputInfo> Inputs
    {
        get => field ??= [new InputInfo("inputs", InputKind.Step, 0, InputStep) { Step = InputStep, Steps = SequenceLength, Categories = VocabularySize }];
        init;
    }

    /// <summary>The inputs that are indices of categories in a row of numbers.</summary>
    internal InputInfo[] CategoryInputs => field ??= [.. Inputs.Where(static i => i.Categories > 0)];

    /// <summary>Whether a row has more than its steps, so that it is given whole, whatever the length of the sequence.</summary>
    internal bool IsRow => InputLength != SequenceLength * InputStep;

    /// <summary>An input by its name.</summary>
    /// <param name="name">The name, as declared.</param>
    /// <exception cref="ArgumentException">There is no such input; the message has the names.</exception>
    public InputInfo Input(string name)
    {
        foreach (InputInfo input in Inputs)
        {
            if (input.Name == name)
            {
                return input;
            }
        }

        throw new ArgumentException(Invariant($"{ModelName} has no input '{name}'; it has {string.Join(", ", Inputs.Select(static i => $"'{i.Name}'"))}."), nameof(name));
    }

    /// <summary>Elements of one sequence's target.</summary>
    public required int TargetLength { get; init; }

    /// <summary>Elements of one sequence's output.</summary>
    public required int OutputLength { get; init; }

    /// <summary>
    /// Values of one step of the output layer, laid <c>[OutputSize, k]</c> where the loss reads k values for each target. Default: as many as a step has outputs.
    /// </summary>
    public int HeadSize
    {
        get => field > 0 ? field : OutputLength / OutputSteps;
        init;
    }

    /// <summary>The levels of the quantiles that the loss reads for each target, ascending; empty if it reads none.</summary>
    public IReadOnlyList<double> Quantiles { get; init; } = [];

    /// <summary>The number of classes, if targets are classes; otherwise 0.</summary>
    public int ClassCount { get; init; }

    /// <summary>Whether targets are 0 for no and 1 for yes, and outputs their logits: the loss is binary cross-entropy.</summary>
    public bool IsBinary { get; init; }

    /// <summary>Whether targets are counts, at least 0: of a negative one the loss says nothing.</summary>
    public bool AreCounts { get; init; }

    /// <summary>The maximum number of labels in a sequence's target, if the loss is CTC; otherwise 0.</summary>
    public int LabelLength { get; init; }

    /// <summary>What becomes of a sequence whose labels need more steps than it has, if the loss is CTC.</summary>
    public InfeasibleLabels InfeasibleLabels { get; init; }

    /// <summary>Whether targets may be missing: class -1, or NaN.</summary>
    public bool MaskedTargets { get; init; }

    /// <summary>Whether the output is a sequence of its own, decoded step by step.</summary>
    public bool IsDecoded { get; init; }

    /// <summary>The token that ends a decoded sequence; -1 if there is none.</summary>
    public int EndToken { get; init; } = -1;

    /// <summary>The size of the vocabulary, if inputs are tokens; otherwise 0.</summary>
    public int VocabularySize { get; init; }

    /// <summary>The usual number of sequences in a training step.</summary>
    public required int BatchSize { get; init; }

    /// <summary>Bytes of the arrays that a model holds from the start: its parameters and their packed copies. Like all figures here, for a 64-bit runtime.</summary>
    public long ModelMemory { get; init; }

    /// <summary>Bytes of the arrays that training adds at the first loss or gradient. An optimiser's moments come on top: for Adam two values per parameter.</summary>
    public required long TrainingMemory { get; init; }

    /// <summary>Bytes of the arrays that each further thread adds to it when it first trains.</summary>
    public long ThreadMemory { get; init; }

    /// <summary>
    /// Bytes of the arrays that one call of PredictBatch with lengths adds; other predictions need a part of them.
    /// They are kept for the next call; calls that overlap have their own, as has each of the threads that share a call.
    /// </summary>
    public required long PredictionMemory { get; init; }

    /// <summary>Bytes of the arrays of a streaming state (<c>CreateState</c>); 0 for a model that cannot stream.</summary>
    public long StateMemory { get; init; }

    /// <summary>Bytes of the arrays of each 32 streams, or part of them, of a set (<c>CreateStreams</c>); 0 for a model that cannot stream.</summary>
    public long StreamsMemory { get; init; }

    /// <summary>Bytes of the arrays that a streaming state adds at its first <c>Process</c>; 0 for a model that processes a block one step after the other.</summary>
    public long BlockMemory { get; init; }

    /// <summary>Multiplications and additions of one sequence's forward pass in the matrix products.</summary>
    public required long ForwardFlops { get; init; }
}
