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
        get => Work != Work.Streaming ? field : Footprint > Limits.Machine.L1 && Footprint <= Limits.Machine.L2 ? 0.9 : null;
        init;
    }

    /// <summary>Whether RnnGen is measured with two threads as well.</summary>
    public bool HasTwoThreads { get => field || Work == Work.Training; init; }

    /// <summary>What two threads must gain over one, or null.</summary>
    public double? GainGoal { get; init; }

    /// <summary>The same streams as a state each, stepped one after the other; null where that is not compared.</summary>
    public Func<Problem, ISubject>? States { get; init; }

    /// <summary>Which part of what two threads that share nothing gain RnnGen's two threads must gain, or null.</summary>
    public double? ThreadsGoal => Work != Work.Training || IsOwn ? null : Units >= 64 ? 0.97 : Units >= 32 ? 0.9 : null;

    /// <summary>The built-in cell that a cell of a user's own is held against at the same sizes, measured in the same rounds; null for built-in cells.</summary>
    public Func<Problem, ISubject>? BuiltIn { get; init; }

    /// <summary>Whether the cell is written in equations by a user, or ships as such.</summary>
    public bool IsOwn => BuiltIn is not null;

    public int Inputs => Layout.Parameters[0].Shape[1];

    public int Units => Layout.Parameters[1].Shape[1];

    public int Gates => Layout.Parameters[0].Shape[0] / Units;

    public int Steps => Layout.InputLength / Inputs;

    public int Batch => Layout.BatchSize;

    /// <summary>The cell in lower case, as the peers' harnesses call it.</summary>
    public string Cell { get => field ?? Gates switch { 4 => "lstm", 3 => "gru", _ => "rnn" }; init; }

    /// <summary>What the row is called in tables: batch, steps, inputs, units; when streaming inputs → units, of many the number first.</summary>
    public string Sizes => Work switch
    {
        Work.Training or Work.Forward => $"{Batch},{Steps},{Inputs},{Units}",
        Work.Streaming => $"{Inputs}→{Units}",
        Work.Streams => $"{Batch} × {Inputs}→{Units}",
        _ => throw new InvalidOperationException($"{Work} has no name for its sizes."),
    };

    /// <summary>Unique name, which <c>--rows</c> filters on.</summary>
    public string Name => $"{Work.ToString().ToLowerInvariant()} {(IsOwn ? "own " : "")}{Cell.ToUpperInvariant()} {Sizes}";

    /// <summary>
    /// Floating-point operations of the products that one repetition must do. Training: forward, weight gradients, and
    /// the gradient towards the previous state; none towards the first layer's input, and none with the zero state
    /// before the first step. The pointwise parts, the head and the optimiser are not counted.
    /// </summary>
    public double Operations
    {
        get
        {
            double input = 2.0 * Batch * Layout.Parameters[0].Length, state = 2.0 * Batch * Layout.Parameters[1].Length;
            return Work switch
            {
                Work.Training => (2 * Steps * input) + (3 * (Steps - 1) * state),
                Work.Forward => (Steps * input) + ((Steps - 1) * state),
                Work.Streaming or Work.Streams => input + state,
                _ => throw new InvalidOperationException($"{Work} has no operations."),
            };
        }
    }

    /// <summary>Bytes of weights that a streaming step reads: both matrices and one summed bias.</summary>
    public int WeightBytes => sizeof(float) * (Layout.Parameters[0].Length + Layout.Parameters[1].Length + (Gates * Units));

    /// <summary>Bytes that a streaming step touches: these, the head's, and the state.</summary>
    public int Footprint => WeightBytes + (sizeof(float) * Layout.Parameters[^2].Length) + (int)Layout.StateMemory;
}
