using System.Collections.Generic;
using System.Linq;
using RnnGen.Generator.Model;

namespace RnnGen.Generator.Planning;

/// <summary>A model ready to be printed: units with their tensors and packs, memory, and schedules.</summary>
/// <param name="Tables">The tables that tokens are looked up in, which have no packs.</param>
/// <param name="Vectors">Parameters that stand in no layer's packs.</param>
/// <param name="PackLength">Length of the packed weights of all layers.</param>
/// <param name="Unrolled">Prediction layer by layer, where a step depends on later ones; null where prediction goes step by step.</param>
/// <param name="Prediction">Whole sequences, of up to a batch at once, step by step.</param>
/// <param name="Single">One whole sequence.</param>
/// <param name="Streaming">An even and an odd step of one sequence; every layer runs at each.</param>
internal sealed record ModelPlan(
    ModelSpecification Specification,
    IReadOnlyList<PlannedTable> Tables,
    IReadOnlyList<PlannedUnit> Units,
    IReadOnlyList<PlannedVector> Vectors,
    int PackLength,
    TrainingPlan Training,
    UnrolledPrediction? Unrolled,
    PredictionPlan? Prediction,
    PredictionPlan? Single,
    PredictionPlan? Streaming)
{
    public IReadOnlyList<PlannedLayer> Layers { get; } = Units.OfType<PlannedLayer>().ToList();

    public IReadOnlyList<PlannedTensor> Tensors { get; } = Tables.Select(t => t.Tensor)
        .Concat(Units.OfType<PlannedLayer>().SelectMany(l => l.Tensors).Where(t => !t.IsTied))
        .Concat(Vectors.Select(v => v.Tensor))
        .OrderBy(t => t.Offset)
        .ToList();

    public int ParameterCount => Tensors.Sum(t => t.Length);

    /// <summary>The table of the input's tokens; null where inputs are numbers.</summary>
    public PlannedTensor? Embedding => Tables.FirstOrDefault(t => !t.IsDecoders)?.Tensor;

    public bool IsDecoded => Specification.Decoder is not null;

    /// <summary>The table that the output layer shares; it is updated as a whole.</summary>
    public PlannedTable? TiedTable => Specification.TiedEmbedding ? Tables[Tables.Count - 1] : null;

    /// <summary>The tables of which a step updates the rows that it touches.</summary>
    public IReadOnlyList<PlannedTable> SparseTables => Tables.Where(t => !t.Table.Frozen && t != TiedTable).ToList();

    public bool HasFrozen => Tensors.Any(t => t.IsFrozen);

    /// <summary>Stretches of the flat buffer that a step updates as a whole: all that is learned but the sparse tables.</summary>
    public IReadOnlyList<(int Offset, int Length)> DenseSegments => Segments(Tensors.Where(t => !t.IsFrozen && !SparseTables.Any(s => s.Tensor == t)));

    /// <summary>Stretches of the flat buffer that are learned.</summary>
    public IReadOnlyList<(int Offset, int Length)> LearnedSegments => Segments(Tensors.Where(t => !t.IsFrozen));

    private static IReadOnlyList<(int Offset, int Length)> Segments(IEnumerable<PlannedTensor> tensors)
    {
        List<(int Offset, int Length)> segments = [];
        foreach (PlannedTensor tensor in tensors)
        {
            (int Offset, int Length) before = segments.Count == 0 ? (-1, 0) : segments[segments.Count - 1];
            if (before.Offset + before.Length == tensor.Offset)
            {
                segments[segments.Count - 1] = (before.Offset, before.Length + tensor.Length);
            }
            else
            {
                segments.Add((tensor.Offset, tensor.Length));
            }
        }

        return segments;
    }

    /// <summary>Steps with a loss and an output.</summary>
    public int OutputSteps => Specification.OutputSteps;

    /// <summary>Whether several sequences are ever predicted at once; one after the other is what a model that predicts layer by layer does too.</summary>
    public bool PredictsBatches => Specification.BatchSize > 1 || Unrolled is not null;

    /// <summary>Length of the prediction scratch, for one sequence or a batch.</summary>
    public long ScratchLength => Unrolled?.ArenaLength ?? Math.Max(Prediction!.ArenaLength, Single!.ArenaLength);

    /// <summary>Length of what says how a group's rows stand: live rows of each step, each row's sequence and length, and whether they start from states.</summary>
    public int GroupRowsLength => Specification.SequenceLength + 2 + 2 * Specification.BatchSize;

    /// <summary>The same for what is trained at once, which also says which part of the sequences it is.</summary>
    public int TrainedRowsLength => Specification.IsRecomputed ? Specification.RecomputeEvery + 4 + 2 * Training.GroupSize : WholeRowsLength;

    /// <summary>The same for a group of whole sequences that is trained.</summary>
    public int WholeRowsLength => Specification.SequenceLength + 2 + 2 * Training.GroupSize;

    /// <summary>The states that are kept of one sequence at the end of one window.</summary>
    public int CarriedLength => Training.States.Sum(s => s.Layer.Plan.StateSize(s.State));

    /// <summary>Values of the states that training keeps.</summary>
    public long KeptStatesLength => Specification.IsRecomputed ? (long)Specification.SequenceLength / Specification.RecomputeEvery * Training.GroupSize * CarriedLength : 0;

    /// <summary>Elements of one sequence's target in what is trained at once.</summary>
    public int TrainedTargetLength => Specification.IsRecomputed && OutputSteps > 1 ? TargetLength / OutputSteps * Specification.RecomputeEvery : TargetLength;

    /// <summary>Steps of what is trained at once, with a loss and an output.</summary>
    public int TrainedOutputSteps => Specification.Window.OutputSteps;

    /// <summary>Steps of a layer in the whole sequence, of which a window may be trained at once.</summary>
    public int StepsOf(WatchedLayer watched) => Specification.IsRecomputed && !watched.Layer.RunsAtEnd ? Specification.SequenceLength : watched.Layer.Steps;

    /// <summary>The same for the decoded sequences.</summary>
    public int DecodedRowsLength => OutputSteps + 2 + 2 * Training.GroupSize;

    /// <summary>What is allocated with the model: the parameters, and their packs.</summary>
    public IEnumerable<HeapArray> ModelArrays => [new(ParameterCount, NumberBytes, false), new(PackLength, NumberBytes, true)];

    /// <summary>
    /// What is allocated at the first gradient, with one thread: the sums of the gradients, the flat gradient, what is kept of each row
    /// of an embedding, and a group.
    /// </summary>
    public IEnumerable<HeapArray> TrainingArrays => Enumerable.Repeat(GroupArrays, Math.Max(GroupsTogether, 1)).Aggregate(SharedArrays, Enumerable.Concat);

    /// <summary>
    /// Groups that run at once whatever the number of threads, or 0: tables take what tokens give them window after window, so which groups do
    /// decides on the order.
    /// </summary>
    public int GroupsTogether => Specification.IsRecomputed && Tables.Any(t => !t.Table.Frozen) ? Math.Min(2, Training.SumCount) : 0;

    /// <summary>What each thread after the first allocates.</summary>
    public IEnumerable<HeapArray> ThreadArrays => GroupsTogether > 0 || Training.SumCount == 1 ? [] : GroupArrays;

    /// <summary>What each thread allocates to train a group in: the arena, the rows, the copies of the group's targets and tokens.</summary>
    public IEnumerable<HeapArray> GroupArrays
    {
        get
        {
            yield return new(Training.ArenaLength, NumberBytes, true);
            yield return new(TrainedRowsLength, sizeof(int), false);
            if (Specification.IsRecomputed)
            {
                yield return new(WholeRowsLength, sizeof(int), false);
                yield return new(KeptStatesLength, NumberBytes, false);
            }

            yield return new((long)Training.GroupSize * TrainedTargetLength, TargetsAreClasses ? sizeof(int) : NumberBytes, false);
            if (IsCtc)
            {
                yield return new(WorkspaceLength, sizeof(double), false);
            }

            if (IsDecoded)
            {
                yield return new(DecodedRowsLength, sizeof(int), false);
                yield return new(Training.GroupSize, sizeof(long), false);
                yield return new(Training.GroupSize, sizeof(int), false);
            }

            foreach (PlannedTable table in Tables)
            {
                yield return new((long)Training.GroupSize * (table.IsDecoders ? OutputSteps : Specification.Window.SequenceLength), sizeof(int), false);
            }
        }
    }

    /// <summary>Rows that what is measured of the gradient is kept for: whole groups.</summary>
    public int FlowRows => (Specification.BatchSize + Training.GroupSize - 1) / Training.GroupSize * Training.GroupSize;

    private IEnumerable<HeapArray> SharedArrays
    {
        get
        {
            yield return new(Training.SumCount * Training.SumLength, NumberBytes, true);
            yield return new(ParameterCount, NumberBytes, false);
            yield return new(Training.SumCount, sizeof(long), false);
            if (Specification.GradientFlow)
            {
                yield return new(((FlowRows + 3L) / 4 + 1) * Training.Watched.Sum(w => StepsOf(w) * w.States.Count), sizeof(double), false);
                yield return new(3L * FlowRows * Training.Watched.Sum(w => w.Gates.Count), sizeof(long), false);
                yield return new(Training.Watched.Sum(w => w.Gates.Count(g => g.CanDie) * w.Layer.Plan.Size), sizeof(bool), false);
                yield return new(ParameterCount, NumberBytes, false);
            }

            IReadOnlyList<PlannedTable> sparse = SparseTables;
            foreach (PlannedTable table in sparse)
            {
                yield return new(table.Table.VocabularySize, sizeof(int), false);
            }

            if (sparse.Count > 0)
            {
                yield return new(DenseSegments.Count + sparse.Sum(t => (long)t.Table.VocabularySize), 2 * sizeof(int), false);
            }
        }
    }

    /// <summary>What is allocated for a prediction, at most: the scratch, and for several sequences their rows and, where their lengths differ, their inputs in order.</summary>
    public IEnumerable<HeapArray> PredictionArrays
    {
        get
        {
            yield return new(ScratchLength, NumberBytes, true);
            if (PredictsBatches)
            {
                yield return new(GroupRowsLength, sizeof(int), !IsDecoded);
                yield return new((long)Specification.BatchSize * Specification.InputLength, Embedding is null ? NumberBytes : sizeof(int), !IsDecoded);
            }

            if (Unrolled?.Decoder is { } decoder)
            {
                yield return new(decoder.Rows, sizeof(int), false);
                yield return new(decoder.Rows, sizeof(bool), false);
            }
        }
    }

    /// <summary>What each state that is fed step by step allocates.</summary>
    public IEnumerable<HeapArray> StateArrays => Streaming is null ? [] : [new(Streaming.ArenaLength, NumberBytes, true)];

    private int NumberBytes => Scalar.Bytes(Specification.Precision);

    /// <summary>Whether sequences may start from states, and end in some.</summary>
    public bool CarriesState => Training.States.Count > 0;

    public PlannedLayer Head => Layers[Layers.Count - 1];

    public bool TargetsAreClasses => Specification.LossTraits.TargetsAreClasses;

    public bool IsCtc => Specification.LossTraits.Targets == LossTargets.Labels;

    /// <summary>Numbers that the loss works with.</summary>
    public long WorkspaceLength => IsCtc ? Training.GroupSize * (Specification.SequenceLength * (2L * Specification.LabelLength + 2) + 2 * (2L * Specification.LabelLength + 1)) : 0;

    /// <summary>Elements of one sequence's target.</summary>
    public int TargetLength => IsCtc ? Specification.LabelLength : TargetsAreClasses ? OutputSteps : OutputSteps * Specification.OutputSize;

    /// <summary>Multiplications and additions of the matrix products of one sequence's forward pass.</summary>
    public long ForwardFlops => Layers.Sum(l => 2L * l.Steps * l.Tensors.Where(t => t.Shape.Count == 2).Sum(t => (long)t.Length));
}

/// <summary>A table of one row per token.</summary>
/// <param name="IsDecoders">Whether it is of the decoder's tokens, and not of the input's.</param>
internal sealed record PlannedTable(int Index, PlannedTensor Tensor, EmbeddingSpecification Table, bool IsDecoders);

/// <summary>A parameter tensor in the flat buffer.</summary>
/// <param name="IsFrozen">Whether training leaves it alone.</param>
/// <param name="IsTied">Whether it is a table of the model too, by which name it goes.</param>
internal sealed record PlannedTensor(
    string Name, IReadOnlyList<int> Shape, int Offset, string Kind, Cells.CellTensor Tensor, int Columns, bool IsFrozen = false, bool IsTied = false)
{
    public int Length => Shape.Aggregate(1, (product, size) => product * size);
}

/// <summary>What a call does.</summary>
internal enum KernelKind
{
    /// <summary>Rows of a state or adjoint become zero.</summary>
    Clear,

    /// <summary>The embedding's rows of one step's tokens.</summary>
    Gather,

    /// <summary>Rows of a state become the learned initial one.</summary>
    Initial,

    /// <summary>Rows of a state become what it starts from.</summary>
    Start,

    /// <summary>Rows that begin at a step of a layer that goes backwards begin with zero.</summary>
    Begin,

    /// <summary>Rows of an adjoint go to where they came from.</summary>
    Carry,

    /// <summary>A step's adjoints are added to those of other readers.</summary>
    Add,

    /// <summary>Values of several units side by side.</summary>
    Concat,

    /// <summary>Each row with mean 0 and variance 1, scaled and shifted.</summary>
    Norm,

    /// <summary>The adjoint of normalised values becomes that of the values, and each row's part of the gradients of scale and shift.</summary>
    NormAdjoint,

    /// <summary>The adjoint of values side by side becomes those of each.</summary>
    Split,

    /// <summary>The weighted mean of the memory.</summary>
    Attend,

    /// <summary>The adjoint of the weighted mean becomes those of query, memory and keys.</summary>
    AttendAdjoint,

    /// <summary>A vector's gradient, from what each row gives.</summary>
    SumRows,

    /// <summary>Adjoints of states are measured before a step back.</summary>
    Watch,

    /// <summary>Values of gates are counted after a step forward.</summary>
    Count,

    /// <summary>Values with some left out.</summary>
    Dropout,

    /// <summary>One step's state, or its adjoint, with some left out.</summary>
    DropState,

    /// <summary>Rows that end before the final step have their last state where the final step's stands.</summary>
    KeepLast,

    /// <summary>The same, where the state alternates between two buffers.</summary>
    KeepLastOfTwo,

    /// <summary>The outputs of all steps become one.</summary>
    Pool,

    /// <summary>One step's output is added to those before.</summary>
    PoolStep,

    /// <summary>The sum of a sequence's outputs becomes their mean.</summary>
    PoolEnd,

    /// <summary>The adjoint of the pooled output becomes those of all steps' outputs.</summary>
    PoolAdjoint,

    /// <summary>One step.</summary>
    Forward,

    /// <summary>One step, without what training keeps.</summary>
    Predict,

    /// <summary>One step of one sequence, without what training keeps.</summary>
    Step,

    /// <summary>The same for a sequence that is fed step by step, where nothing but the chain of dependent sums counts.</summary>
    Stream,

    /// <summary>The same for a layer of one unit that has no state, whose input is another layer's output.</summary>
    Dot,

    /// <summary>One step back: the adjoints of the pre-activations.</summary>
    Backward,

    /// <summary>From the pre-activations' adjoints to a source's.</summary>
    Adjoint,

    /// <summary>The gradient of a source's weights over a chunk of steps.</summary>
    WeightGradient,

    /// <summary>The gradient of the biases over a chunk of steps.</summary>
    BiasGradient,
}

/// <summary>One call of a kernel.</summary>
/// <param name="Source">The source, where the kernel is one of several.</param>
/// <param name="Pack">Offset of the weights that it reads in the packed buffer; null where it reads none.</param>
/// <param name="Arguments">Offsets and strides in the arena, in the order of the kernel's parameters.</param>
/// <param name="Time">The time step, or the first of a chunk.</param>
/// <param name="Note">What it does, where its name does not say so.</param>
/// <param name="When">The steps that a joint's call runs over.</param>
/// <param name="Joint">The joint, where its form matters.</param>
/// <param name="IsFirst">Whether an adjoint is written, and not added to what stands there.</param>
/// <param name="NeedsStates">Whether it has nothing to do where all sequences start from zero.</param>
/// <param name="NeedsEnd">Whether it has nothing to do in a window that others follow.</param>
/// <param name="NeedsOutputs">Whether it has nothing to do in a window whose outputs are not wanted.</param>
internal sealed record KernelCall(
    KernelKind Kind, PlannedLayer Layer, ProductSource? Source, int? Pack, IReadOnlyList<int> Arguments, int Time, string Note = "",
    Clock When = Clock.Input, PlannedJoint? Joint = null, bool IsFirst = true, bool NeedsStates = false, bool NeedsEnd = false, bool NeedsOutputs = false)
{
    /// <summary>Whether it sums over all rows, which threads share by blocks of units instead.</summary>
    public bool IsGradient => Kind is KernelKind.WeightGradient or KernelKind.BiasGradient or KernelKind.SumRows;

    /// <summary>Whether it is a step of one sequence.</summary>
    public bool IsStep => Kind is KernelKind.Step or KernelKind.Stream or KernelKind.Dot;

    /// <summary>Whether it is a call of the layer's own kernels, and not of what the runtime does for all models.</summary>
    public bool IsKernel => Kind >= KernelKind.Forward;

    public static KernelCall Clear(PlannedLayer layer, string state, int offset, int time, string note) =>
        new(KernelKind.Clear, layer, null, null, [offset, layer.Plan.StateRow(state)], time, note);
}

/// <summary>Memory and schedule of one training step.</summary>
/// <param name="GroupSize">Sequences that one thread takes through it at once, in an arena.</param>
/// <param name="SumCount">Sums of the weight gradients, which groups take turns to add to.</param>
/// <param name="SumBuffers">The gradients in one of them.</param>
/// <param name="States">The states that may come from a sequence before and go to the one after; none where a step depends on later ones.</param>
/// <param name="Starts">What the states of layers that read the input are before the first step.</param>
/// <param name="Watched">The layers whose gates are counted on the way forward and whose adjoints are measured on the way back.</param>
/// <param name="Backward">BPTT, with the weight gradients of each chunk of steps right after it, while its adjoints are in the cache.</param>
internal sealed record TrainingPlan(
    int GroupSize,
    int SumCount,
    long ArenaLength,
    IReadOnlyList<ArenaBuffer> Buffers,
    long SumLength,
    IReadOnlyList<ArenaBuffer> SumBuffers,
    ArenaBuffer Inputs,
    int InputRow,
    ArenaBuffer? InputAdjoints,
    ArenaBuffer? Fed,
    int FedRow,
    ArenaBuffer? FedAdjoints,
    ArenaBuffer Outputs,
    ArenaBuffer OutputAdjoints,
    ArenaBuffer Losses,
    IReadOnlyDictionary<int, ArenaBuffer> WeightGradients,
    IReadOnlyDictionary<int, ArenaBuffer> Slots,
    IReadOnlyDictionary<int, ArenaBuffer> LayerOutputs,
    IReadOnlyList<PlannedVectorGradient> VectorGradients,
    IReadOnlyList<PlannedMask> Masks,
    IReadOnlyList<CarriedState> States,
    IReadOnlyList<WatchedLayer> Watched,
    IReadOnlyList<KernelCall> Starts,
    IReadOnlyList<KernelCall> Forward,
    IReadOnlyList<KernelCall> Backward)
{
    /// <summary>Where a layer's output stands; a state's buffer begins with its value before the first step.</summary>
    public ArenaBuffer OutputOf(PlannedLayer layer) => LayerOutputs[layer.Index];
}

/// <summary>What dropout leaves out of each row.</summary>
/// <param name="Index">Position among the masks: each draws its own numbers.</param>
/// <param name="Rate">Share that is left out.</param>
/// <param name="InPlace">The model's input, or what a decoder is fed, which is masked where it stands, and its adjoint, if it has one; null for a joint.</param>
internal sealed record PlannedMask(int Index, ArenaBuffer Mask, int Width, double Rate, PlannedLayer? InPlace);

/// <summary>A parameter of one value a unit that the runtime reads, and no layer's kernels.</summary>
/// <param name="Pack">Where it stands among the packs.</param>
internal sealed record PlannedVector(PlannedTensor Tensor, int Pack)
{
    public int Length => Tensor.Length;
}

/// <summary>The gradient of a vector.</summary>
/// <param name="Sum">Where it is summed over groups.</param>
/// <param name="Rows">What each row gives, where that is known only after all of the way back; null where the schedule sums it.</param>
internal sealed record PlannedVectorGradient(PlannedVector Vector, ArenaBuffer Sum, ValueRows? Rows);

/// <summary>A state that may be given to the first step and taken after the last one.</summary>
/// <param name="Values">The state before each step, and after the last.</param>
/// <param name="Adjoint">The adjoint of the state before the first step, at the end of the way back.</param>
internal sealed record CarriedState(PlannedLayer Layer, string State, ValueRows Values, ArenaBuffer Adjoint);

/// <summary>Where a unit's values, or their adjoints, stand in an arena.</summary>
internal sealed record ValueRows(int Offset, int StepLength, int Row)
{
    public int At(int step) => Offset + step * StepLength;
}

/// <summary>
/// Memory and schedule of prediction layer by layer, for models in which a step depends on later ones; and then, where the model
/// decodes, step by step.
/// </summary>
/// <param name="Embedded">Where the input's embedded tokens go, a step after the other; null where inputs are numbers, which are read where they stand.</param>
/// <param name="Forward">The layers that read the input, and what starts a decoder.</param>
/// <param name="Outputs">The output layer's values; null where they are decoded.</param>
/// <param name="Decoder">The decoder's steps.</param>
internal sealed record UnrolledPrediction(
    long ArenaLength, ValueRows? Embedded, IReadOnlyList<KernelCall> Forward, ValueRows? Outputs, DecoderPlan? Decoder);

/// <summary>One step of a decoder, for several rows: sequences, or beams of one.</summary>
/// <param name="Rows">Rows, at most.</param>
/// <param name="Fed">Where the first layer's input stands: an embedded token, or numbers.</param>
/// <param name="Weights">The attention of each row over the input's steps, if it attends.</param>
/// <param name="Starts">What each state starts from.</param>
/// <param name="Steps">The calls of an even and of an odd step.</param>
internal sealed record DecoderPlan(
    int Rows, ValueRows Fed, IReadOnlyList<PredictionState> States, IReadOnlyList<ValueRows> Starts, ValueRows Outputs, ValueRows? Weights, IReadOnlyList<IReadOnlyList<KernelCall>> Steps);

/// <summary>
/// Memory and schedule of prediction, step by step: a state that products read alternates between two buffers, any
/// other is updated in place.
/// </summary>
/// <param name="States">Each layer's states.</param>
/// <param name="Outputs">Where the output layer writes: [rows][width].</param>
/// <param name="Pool">What is kept of a pooled layer's outputs; null where none is.</param>
/// <param name="Steps">Per time step its calls; the first step finds the states in their even buffers.</param>
internal sealed record PredictionPlan(
    long ArenaLength,
    IReadOnlyList<PredictionState> States,
    ArenaBuffer Outputs,
    PlannedPool? Pool,
    IReadOnlyList<IReadOnlyList<KernelCall>> Steps);

/// <summary>A layer's outputs pooled over the steps, during prediction.</summary>
/// <param name="Unit">What is pooled.</param>
/// <param name="SoFar">The sum, the maximum or the last of the steps so far.</param>
/// <param name="Pooled">What the layer above reads: the mean, or the maximum or the last itself.</param>
internal sealed record PlannedPool(PlannedUnit Unit, ArenaBuffer SoFar, ArenaBuffer Pooled);

/// <summary>A state during prediction.</summary>
/// <param name="Even">Where it stands before steps 0, 2, 4….</param>
/// <param name="Odd">Where it stands before steps 1, 3, 5….</param>
internal sealed record PredictionState(PlannedLayer Layer, string Name, ArenaBuffer Even, ArenaBuffer Odd);
