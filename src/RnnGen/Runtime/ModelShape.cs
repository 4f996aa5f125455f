using System.ComponentModel;

namespace RnnGen.Runtime;

/// <summary>The shape of a model: the lengths of its memory and of its rows.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class ModelShape
{
    private ParameterSegment[]? _trainedBlocks;
    private ParameterSegment[]? _learnedBlocks;

    /// <summary>Parameters, lengths of the buffers that callers see, memory.</summary>
    public required ModelLayout Layout { get; init; }

    /// <summary>Values of the packed weights.</summary>
    public required int PackLength { get; init; }

    /// <summary>Values of the memory of one prediction.</summary>
    public required int ScratchLength { get; init; }

    /// <summary>Values of one step of an output.</summary>
    public required int OutputSize { get; init; }

    /// <summary>What is read of the output layer; null if its values are the outputs.</summary>
    public HeadShape? Head { get; init; }

    /// <summary>Whether one sequence has a schedule of its own.</summary>
    public bool PredictsOne { get; init; } = true;

    /// <summary>Whether several sequences are predicted at once.</summary>
    public bool PredictsBatches { get; init; } = true;

    /// <summary>The formula of an input's length, for messages.</summary>
    public string InputName { get; init; } = "SequenceLength × InputSize";

    /// <summary>The formula of an output's length.</summary>
    public required string OutputName { get; init; }

    /// <summary>The formula of the length of several sequences' targets.</summary>
    public required string TargetName { get; init; }

    /// <summary>Values of one sequence's states, if they can be carried from window to window; otherwise 0.</summary>
    public int StateLength { get; init; }

    /// <summary>The segments that an update without a training step changes: everything that is learned; empty for all parameters.</summary>
    public ParameterSegment[] Learned { get; init; } = [];

    /// <summary>Where the declaration has dropout, in the order of the masks.</summary>
    public DropoutPlace[] Dropouts { get; init; } = [];

    /// <summary>The segments that every training step changes, in blocks.</summary>
    internal ParameterSegment[] TrainedBlocks => _trainedBlocks ??= ParameterBlocks.Cut(Layout, Training.Segments);

    /// <summary>Everything that is learned, in blocks.</summary>
    internal ParameterSegment[] LearnedBlocks => _learnedBlocks ??= ParameterBlocks.Cut(Layout, Learned.Length == 0 ? [new ParameterSegment(0, Layout.ParameterCount)] : Learned);

    /// <summary>The shape of its training.</summary>
    public required TrainingShape Training { get; init; }

    /// <summary>The shape of its streaming states; null if it cannot stream.</summary>
    public StreamShape? Stream { get; init; }

    /// <summary>The shape of many streams at once; null if it cannot stream.</summary>
    public StreamsShape? Streams { get; init; }
}

/// <summary>The shape of a model's training: groups of sequences, sums of gradients, and where values are stored in the arena.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class TrainingShape
{
    private TokenRows[]? _tokenRows;

    /// <summary>Sequences that a thread takes through forward, loss and BPTT at once.</summary>
    public required int GroupSize { get; init; }

    /// <summary>The leaves of the tree in which gradients and losses are summed, a power of two, so that the bits do not depend on threads.</summary>
    public required int Sums { get; init; }

    /// <summary>Values of one sum.</summary>
    public required int SumLength { get; init; }

    /// <summary>Values of a group's memory.</summary>
    public required int ArenaLength { get; init; }

    /// <summary>Steps that are trained at once: all of a sequence, or a window.</summary>
    public required int Steps { get; init; }

    /// <summary>Elements of one sequence's target in what is trained at once.</summary>
    public required int TargetLength { get; init; }

    /// <summary>Values of the memory that the loss needs, if any.</summary>
    public int WorkspaceLength { get; init; }

    /// <summary>Where the inputs are stored.</summary>
    public required StepValues Inputs { get; init; }

    /// <summary>Where the decoder's inputs are stored.</summary>
    public StepValues Fed { get; init; }

    /// <summary>Where each row's losses are stored, one step after the other.</summary>
    public required int Losses { get; init; }

    /// <summary>Steps with a loss of their own.</summary>
    public required int LossSteps { get; init; }

    /// <summary>Whether the loss is that of the last step, which all rows have.</summary>
    public bool LossAtEnd { get; init; }

    /// <summary>Where the loss writes ∂L/∂y.</summary>
    public required StepValues OutputAdjoints { get; init; }

    /// <summary>Values of it at a step.</summary>
    public required int OutputWidth { get; init; }

    /// <summary>The maximum number of steps of a decoded sequence; 0 if nothing is decoded.</summary>
    public int DecodedSteps { get; init; }

    /// <summary>The segments that every update changes: everything that is learned except the rows of tables.</summary>
    public required ParameterSegment[] Segments { get; init; }

    /// <summary>The table of the input's tokens, if inputs are tokens.</summary>
    public TrainedTable? Table { get; init; }

    /// <summary>The table of the tokens that the decoder reads.</summary>
    public TrainedTable? FedTable { get; init; }

    /// <summary>How what the first layer reads is made of flat rows; null where it reads steps as they are given.</summary>
    public InputShape? Columns { get; init; }

    /// <summary>What names rows of tables: tokens of the input, tokens that the decoder reads, then each column of categories.</summary>
    internal TokenRows[] TokenRows => _tokenRows ??= FindTokenRows();

    /// <summary>The position of the tokens that the decoder reads.</summary>
    internal int FedTokens => Table is null ? 0 : 1;

    /// <summary>The position of the first column of categories.</summary>
    internal int FirstCategory => FedTokens + (FedTable is null ? 0 : 1);

    /// <summary>Where the states that sequences start from and end in are stored.</summary>
    public CarriedPlace[] States { get; init; } = [];

    /// <summary>Gradients that are sums over the rows of a group, after the backward pass.</summary>
    public SummedRows[] Learned { get; init; } = [];

    /// <summary>Where outputs are differentiated with respect to the input; null if the model does not have that.</summary>
    public ExplainedPlaces? Explained { get; init; }

    /// <summary>Whether threads that have no group of their own share the steps of some layers.</summary>
    public bool SharesSteps { get; init; }

    /// <summary>Where to look for the first value that is not finite in the forward pass.</summary>
    public required TracedBuffer[] Forward { get; init; }

    /// <summary>Where to look for it in the backward pass, from the output down.</summary>
    public required TracedBuffer[] Backward { get; init; }

    private TokenRows[] FindTokenRows()
    {
        List<TokenRows> rows = [];
        if (Table is not null)
        {
            rows.Add(new(Table, Inputs, IsDecoded: false));
        }

        if (FedTable is not null)
        {
            rows.Add(new(FedTable, Fed, IsDecoded: true));
        }

        foreach (InputPart part in Columns?.Parts ?? [])
        {
            if (part.Table is not null)
            {
                bool isKnown = part.Kind == InputKind.Known;
                StepValues values = isKnown ? Fed : Inputs;
                rows.Add(new(part.Table, values with { Offset = values.Offset + part.To }, isKnown));
            }
        }

        return [.. rows];
    }
}

/// <summary>Where the gradient of an output with respect to the input begins and ends.</summary>
/// <param name="InputAdjoints">The adjoints of what the first layers read.</param>
/// <param name="Outputs">The values of the outputs.</param>
/// <param name="OutputAdjoints">Their adjoints.</param>
/// <param name="Features">Values that the first layers read at a step.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed record ExplainedPlaces(StepValues InputAdjoints, StepValues Outputs, StepValues OutputAdjoints, int Features);

/// <summary>An embedding table in training, with one row per token.</summary>
/// <param name="Offset">Where it begins in the parameters.</param>
/// <param name="Rows">Tokens.</param>
/// <param name="Size">Values of a row.</param>
/// <param name="Kind">How it is learned.</param>
/// <param name="Adjoints">Where the adjoints of the rows read are stored.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed record TrainedTable(int Offset, int Rows, int Size, TableKind Kind, StepValues Adjoints = default);

/// <summary>How a table is learned.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public enum TableKind
{
    /// <summary>The rows that a step touches.</summary>
    Sparse,

    /// <summary>All of it, with the output layer that shares it.</summary>
    Tied,

    /// <summary>It is not learned.</summary>
    Frozen,
}

/// <summary>A parameter whose gradient is a sum over the rows of a group.</summary>
/// <param name="Rows">Row 0 in the arena.</param>
/// <param name="Row">From a row to the next.</param>
/// <param name="Size">Values.</param>
/// <param name="Sum">Where they are summed.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly record struct SummedRows(int Rows, int Row, int Size, int Sum);

/// <summary>The shape of a streaming state.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class StreamShape
{
    /// <summary>Values of a state's memory.</summary>
    public required int ArenaLength { get; init; }

    /// <summary>Where a step's output is stored.</summary>
    public required int Outputs { get; init; }

    /// <summary>Where the output layer's values of a step are stored, if the outputs are read of them.</summary>
    public int Head { get; init; }

    /// <summary>Values of a saved state.</summary>
    public required int Length { get; init; }

    /// <summary>The layers' states, in the order in which they are saved.</summary>
    public required StreamedState[] States { get; init; }

    /// <summary>Where the pooled outputs so far are stored.</summary>
    public int Pool { get; init; }

    /// <summary>Their number; 0 if outputs are not pooled.</summary>
    public int PoolWidth { get; init; }

    /// <summary>How several steps are computed at once; null where they are computed one after the other.</summary>
    public BlockShape? Block { get; init; }
}

/// <summary>The shape of a block of steps that are computed at once.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class BlockShape
{
    /// <summary>Values of its memory.</summary>
    public required int ArenaLength { get; init; }

    /// <summary>The maximum number of steps; longer blocks go in pieces.</summary>
    public required int Steps { get; init; }

    /// <summary>Where the outputs of its steps are stored.</summary>
    public required StepValues Outputs { get; init; }

    /// <summary>Where the output layer's values of its steps are stored, if the outputs are read of them.</summary>
    public StepValues Head { get; init; }

    /// <summary>The layers' states, in the order of the stream's.</summary>
    public required BlockState[] States { get; init; }

    /// <summary>Where the pooled outputs so far are stored.</summary>
    public int Pool { get; init; }

    /// <summary>Sequences of a group up to which each is predicted as a block of its steps; 0 if none is.</summary>
    public int Sequences { get; init; }
}

/// <summary>A state in a block.</summary>
/// <param name="First">Where it is stored before the first step.</param>
/// <param name="Step">From a step to the next; 0 if each step overwrites it.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly record struct BlockState(int First, int Step)
{
    /// <summary>Values of all past steps that are stored before the first step; 0 if that is one step's state.</summary>
    public int Past { get; init; }

    // Values that are before the first step.
    internal int Length => Past > 0 ? Past : Step;
}

/// <summary>A state in two buffers, used in turn, or in one twice.</summary>
/// <param name="Even">Where it is stored before steps 0, 2, 4….</param>
/// <param name="Odd">Where it is stored before steps 1, 3, 5….</param>
/// <param name="Size">Units.</param>
/// <param name="Learned">Where its learned initial value is stored in the packs; -1 if it starts from zero.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly record struct StreamedState(int Even, int Odd, int Size, int Learned = -1)
{
    /// <summary>Values of a step, if it is a ring of past steps, behind which the place of the oldest is stored; 0 if it is none.</summary>
    public int Slot { get; init; }
}
