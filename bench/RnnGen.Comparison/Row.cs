namespace RnnGen.Comparison;

/// <summary>The kinds of work that are measured.</summary>
internal enum Work
{
    /// <summary>One training step: forward, BPTT, clip, Adam.</summary>
    Training,

    /// <summary>Forward over a batch of sequences.</summary>
    Forward,

    /// <summary>One step of one sequence.</summary>
    Streaming,

    /// <summary>One step of many sequences at once.</summary>
    Streams,

    /// <summary>A step of one sequence that is given in blocks.</summary>
    Blocks,
}

/// <summary>One line of the comparison: a kind of work on one model.</summary>
/// <param name="Work">What is done.</param>
/// <param name="Layout">The model's layout.</param>
/// <param name="Create">Makes RnnGen's subject for a problem and a number of threads.</param>
/// <param name="Draw">Draws a new model's parameters.</param>
internal sealed record Row(Work Work, ModelLayout Layout, Func<Problem, int, ISubject> Create, Func<float[]> Draw)
{
    /// <summary>Ratios peer / RnnGen that the project asks for, by the peer's name.</summary>
    public Dictionary<string, double> Goals { get; init; } = [];

    /// <summary>The share of the limit that the project asks for, or null. Of a streaming row it depends on the caches, whose sizes may have to be measured: not before it is asked for.</summary>
    public double? ShareGoal
    {
        get => Work != Work.Streaming ? field : Format == WeightFormat.Float && Footprint > Limits.Machine.L1 && Footprint <= Limits.Machine.L2 ? 0.9 : null;
        init;
    }

    /// <summary>Whether RnnGen is measured with two threads as well.</summary>
    public bool HasTwoThreads { get => field || Work == Work.Training; init; }

    /// <summary>What two threads must gain over one, or null.</summary>
    public double? GainGoal { get; init; }

    /// <summary>The time that one repetition may take, or null.</summary>
    public TimeGoal? TimeGoal { get; init; }

    /// <summary>What the weights are that predictions read.</summary>
    public WeightFormat Format { get; init; }

    /// <summary>Other ways of RnnGen's own to do the work, measured in the same rounds.</summary>
    public IReadOnlyList<Beside> Beside { get; init; } = [];

    /// <summary>The lengths of the sequences, where they are not all as long as the model allows.</summary>
    public IReadOnlyList<int>? Lengths { get; init; }

    /// <summary>What a training step is made of, for a row that misses its share of the peak; null where that is not measured.</summary>
    public StepParts? Parts { get; init; }

    /// <summary>Which part of what two threads that share nothing gain RnnGen's two threads must gain, or null.</summary>
    public double? ThreadsGoal => Work != Work.Training || IsOwn || Lengths is not null ? null : Units >= 64 ? 0.97 : Units >= 32 ? 0.9 : null;

    /// <summary>Whether the cell is written in equations by a user, or ships as such.</summary>
    public bool IsOwn { get; init; }

    /// <summary>Whether another library has the cell.</summary>
    public bool HasPeers { get; init; } = true;

    public int Inputs => Layout.Parameters[0].Shape[1];

    /// <summary>Units, each of which the output layer reads.</summary>
    public int Units => Layout.Parameters[^2].Shape[1];

    public int Gates => Layout.Parameters[0].Shape[0] / Units;

    public int Steps => Layout.InputLength / Inputs;

    public int Batch => Layout.BatchSize;

    /// <summary>The cell in lower case, as the peers' harnesses call it.</summary>
    public string Cell { get => field ?? Gates switch { 4 => "lstm", 3 => "gru", _ => "rnn" }; init; }

    /// <summary>What the row is called in tables: batch, steps, inputs, units; when streaming inputs → units of each layer, of many the number first.</summary>
    public string Sizes => Work switch
    {
        Work.Training or Work.Forward => $"{Batch},{(Lengths is null ? "" : "≤")}{Steps},{Inputs},{Units}",
        Work.Streaming or Work.Blocks => $"{Inputs}{string.Concat(Matrices(ParameterKind.InputWeight).Select(m => $"→{m.Shape[0] / Gates}"))}",
        Work.Streams => $"{Batch} × {Inputs}→{Units}",
        _ => throw new InvalidOperationException($"{Work} has no name for its sizes."),
    };

    /// <summary>Unique name, which <c>--rows</c> filters on.</summary>
    public string Name => $"{Work.ToString().ToLowerInvariant()} {(IsOwn ? "own " : "")}{Title} {Sizes}";

    /// <summary>The cell, and what its weights are where they are not floats.</summary>
    public string Title => $"{Cell.ToUpperInvariant()}{(Format == WeightFormat.Float ? "" : $" {Format}")}";

    /// <summary>
    /// Floating-point operations of the products that one repetition must do. Training: forward, weight gradients, and
    /// the gradient towards the previous state and the layer below; none towards the first layer's input, and none with
    /// the zero state before the first step. The pointwise parts, the head and the optimiser are not counted.
    /// </summary>
    public double Operations
    {
        get
        {
            double input = 2.0 * Values(ParameterKind.InputWeight), first = 2.0 * FirstLayersInputWeights, state = 2.0 * Values(ParameterKind.RecurrentWeight);
            long steps = Lengths?.Sum() ?? ((long)Batch * Steps);
            return Work switch
            {
                Work.Training => (steps * ((3 * input) - first)) + (3 * (steps - Batch) * state),
                Work.Forward => (steps * input) + ((steps - Batch) * state),
                Work.Streaming or Work.Streams or Work.Blocks => Batch * (input + state),
                _ => throw new InvalidOperationException($"{Work} has no operations."),
            };
        }
    }

    /// <summary>Bytes of weights that a streaming step reads: the matrices, of integers where their rows' sums start and their scales, and one summed bias of each layer.</summary>
    public int WeightBytes
    {
        get
        {
            int biases = sizeof(float) * Rows(ParameterKind.InputWeight), values = Values(ParameterKind.InputWeight) + Values(ParameterKind.RecurrentWeight);
            return biases + Format switch
            {
                WeightFormat.Float => sizeof(float) * values,
                WeightFormat.BFloat16 => 2 * values,
                WeightFormat.Int8 => values + (2 * sizeof(float) * (Rows(ParameterKind.InputWeight) + Rows(ParameterKind.RecurrentWeight))),
                _ => throw new InvalidOperationException($"{Format} has no size."),
            };
        }
    }

    /// <summary>Bytes that a streaming step touches: these, the head's, and the state.</summary>
    public int Footprint => WeightBytes + (sizeof(float) * Layout.Parameters[^2].Length) + (int)Layout.StateMemory;

    // Those that the input, or the previous state, is multiplied by in each layer; none of the state in a cell whose gates do not read it. The last two parameters are the head's.
    private IEnumerable<ParameterInfo> Matrices(ParameterKind kind) => Layout.Parameters.SkipLast(2).Where(p => p.Kind == kind);

    // A layer's matrices stand before its biases.
    private int FirstLayersInputWeights =>
        Layout.Parameters.SkipLast(2).TakeWhile(p => p.Kind != ParameterKind.Bias).Where(p => p.Kind == ParameterKind.InputWeight).Sum(p => p.Length);

    private int Values(ParameterKind kind) => Matrices(kind).Sum(m => m.Length);

    private int Rows(ParameterKind kind) => Matrices(kind).Sum(m => m.Shape[0]);
}

/// <summary>Another way of RnnGen's own to do a row's work.</summary>
/// <param name="Name">Its name in tables.</param>
/// <param name="Create">Makes it for a problem.</param>
/// <param name="Bits">Bits of precision to which it computes the same numbers, which is then checked; null where it computes others.</param>
internal sealed record Beside(string Name, Func<Problem, ISubject> Create, int? Bits = 24);

/// <summary>The time that one repetition may take.</summary>
/// <param name="Seconds">The time.</param>
/// <param name="Against">Whose time it is.</param>
/// <param name="Version">Its version, and what is published of it.</param>
internal sealed record TimeGoal(double Seconds, string Against, string Version);

/// <summary>Two subjects that tell what a training step is made of.</summary>
/// <param name="WithoutFunctions">The step of a cell with the same products and no functions.</param>
/// <param name="Update">Clipping, Adam and packing alone.</param>
internal sealed record StepParts(Func<Problem, ISubject> WithoutFunctions, Func<Problem, ISubject> Update);
