using System.Collections.Generic;
using System.Linq;
using RnnGen.Generator.Parsing;

namespace RnnGen.Generator.Planning;

/// <summary>A model ready to be printed: layers with their tensors and packs, memory, and schedules.</summary>
/// <param name="Embedding">The table that tokens are looked up in, which has no packs; null where inputs are numbers.</param>
/// <param name="PackLength">Length of the packed weights of all layers.</param>
/// <param name="Prediction">Whole sequences, of up to a batch at once.</param>
/// <param name="Single">One whole sequence.</param>
/// <param name="Streaming">An even and an odd step of one sequence; every layer runs at each.</param>
internal sealed record ModelPlan(
    ModelSpecification Specification,
    PlannedTensor? Embedding,
    IReadOnlyList<PlannedLayer> Layers,
    int PackLength,
    TrainingPlan Training,
    PredictionPlan Prediction,
    PredictionPlan Single,
    PredictionPlan Streaming)
{
    public IEnumerable<PlannedTensor> Tensors => (Embedding is null ? [] : (IEnumerable<PlannedTensor>)[Embedding]).Concat(Layers.SelectMany(l => l.Tensors));

    public int ParameterCount => Tensors.Sum(t => t.Length);

    /// <summary>Stretches of the flat buffer that a step updates as a whole: all parameters but an embedding.</summary>
    public IReadOnlyList<(int Offset, int Length)> DenseSegments => [(Embedding?.Length ?? 0, ParameterCount - (Embedding?.Length ?? 0))];

    /// <summary>Steps with a loss and an output.</summary>
    public int OutputSteps => Specification.Architecture == Architecture.ManyToOne ? 1 : Specification.SequenceLength;

    /// <summary>Whether several sequences are ever predicted at once.</summary>
    public bool PredictsBatches => Specification.BatchSize > 1;

    /// <summary>Length of the prediction scratch, for one sequence or a batch.</summary>
    public long ScratchLength => Math.Max(Prediction.ArenaLength, Single.ArenaLength);

    /// <summary>Length of what says how a group's rows stand: live rows of each step, and each row's sequence and length.</summary>
    public int GroupRowsLength => Specification.SequenceLength + 1 + 2 * Specification.BatchSize;

    /// <summary>What is allocated with the model: the parameters, and their packs.</summary>
    public IEnumerable<HeapArray> ModelArrays => [new(ParameterCount, NumberBytes, false), new(PackLength, NumberBytes, true)];

    /// <summary>
    /// What is allocated at the first gradient: the arena, the flat gradient, the rows, the copies of a group's targets and
    /// tokens, and what is kept of each row of an embedding.
    /// </summary>
    public IEnumerable<HeapArray> TrainingArrays
    {
        get
        {
            yield return new(Training.ArenaLength, NumberBytes, true);
            yield return new(ParameterCount, NumberBytes, false);
            yield return new(GroupRowsLength, sizeof(int), false);
            yield return new((long)Specification.BatchSize * TargetLength, TargetsAreClasses ? sizeof(int) : NumberBytes, false);
            if (Specification.Embedding is { } embedding)
            {
                yield return new((long)Specification.BatchSize * Specification.SequenceLength, sizeof(int), false);
                yield return new(embedding.VocabularySize, sizeof(int), false);
                yield return new(DenseSegments.Count + embedding.VocabularySize, 2 * sizeof(int), false);
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
                yield return new(GroupRowsLength, sizeof(int), true);
                yield return new((long)Specification.BatchSize * Specification.InputLength, Embedding is null ? NumberBytes : sizeof(int), true);
            }
        }
    }

    private int NumberBytes => Scalar.Bytes(Specification.Precision);

    public PlannedLayer Head => Layers[Layers.Count - 1];

    public bool TargetsAreClasses => Specification.Loss == Loss.CrossEntropy;

    /// <summary>Elements of one sequence's target.</summary>
    public int TargetLength => TargetsAreClasses ? OutputSteps : OutputSteps * Specification.OutputSize;

    /// <summary>Multiplications and additions of the matrix products of one sequence's forward pass.</summary>
    public long ForwardFlops => Layers.Sum(l => 2L * l.Steps * l.Tensors.Where(t => t.Shape.Count == 2).Sum(t => (long)t.Length));
}

/// <summary>A layer in its model.</summary>
/// <param name="Index">Position in the data flow.</param>
/// <param name="Name">Its name in the generated code: <c>Lstm0</c>, <c>Head</c>.</param>
/// <param name="Steps">Steps that it runs at: all, or only the final one.</param>
/// <param name="Tensors">Its parameters.</param>
/// <param name="Pack">Where its forward pack begins.</param>
/// <param name="ReversePacks">Where the reverse pack of each source begins.</param>
/// <param name="RunsAtEnd">Whether it runs once, when each row has had its last step.</param>
/// <param name="IsPooled">Whether the layer above, which runs at the end, reads its outputs pooled over the steps.</param>
internal sealed record PlannedLayer(
    int Index,
    string Name,
    LayerPlan Plan,
    Initializer Initializer,
    int Steps,
    IReadOnlyList<PlannedTensor> Tensors,
    int Pack,
    IReadOnlyDictionary<string, int> ReversePacks,
    bool RunsAtEnd,
    bool IsPooled)
{
    /// <summary>The state that is the layer's output; null where the output has a buffer of its own.</summary>
    public string? OutputState => Plan.Program.Cell.States.Where(s => s.Next == Plan.Program.Cell.Output).Select(s => s.Name).FirstOrDefault();

    /// <summary>Where in its buffer in the training arena the first step's output stands: a state's begins with the value before the first step.</summary>
    public int FirstOutput => OutputState is null ? 0 : 1;
}

/// <summary>A parameter tensor in the flat buffer.</summary>
internal sealed record PlannedTensor(
    string Name, IReadOnlyList<int> Shape, int Offset, string Kind, Cells.CellTensor Tensor, int Columns)
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

    /// <summary>Rows that end before the final step have their last state where the final step's stands.</summary>
    KeepLast,

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
internal sealed record KernelCall(
    KernelKind Kind, PlannedLayer Layer, ProductSource? Source, int? Pack, IReadOnlyList<int> Arguments, int Time, string Note = "")
{
    /// <summary>Whether it sums over all rows, which threads share by blocks of units instead.</summary>
    public bool IsGradient => Kind is KernelKind.WeightGradient or KernelKind.BiasGradient;

    /// <summary>Whether it is a call of the layer's own kernels, and not of what the runtime does for all models.</summary>
    public bool IsKernel => Kind >= KernelKind.Forward;

    public static KernelCall Clear(PlannedLayer layer, int offset, int time, string note) =>
        new(KernelKind.Clear, layer, null, null, [offset, layer.Plan.RowStride], time, note);
}

/// <summary>Memory and schedule of one training step.</summary>
/// <param name="Backward">BPTT, with the weight gradients of each chunk of steps right after it, while its adjoints are in the cache.</param>
internal sealed record TrainingPlan(
    long ArenaLength,
    IReadOnlyList<ArenaBuffer> Buffers,
    ArenaBuffer Inputs,
    int InputRow,
    ArenaBuffer? InputAdjoints,
    ArenaBuffer Outputs,
    ArenaBuffer OutputAdjoints,
    ArenaBuffer Losses,
    IReadOnlyDictionary<int, ArenaBuffer> WeightGradients,
    IReadOnlyDictionary<int, ArenaBuffer> Slots,
    IReadOnlyDictionary<int, ArenaBuffer> LayerOutputs,
    IReadOnlyList<KernelCall> Forward,
    IReadOnlyList<KernelCall> Backward)
{
    /// <summary>The weight gradients alone, in the order in which <see cref="Backward"/> has them.</summary>
    public IEnumerable<KernelCall> Gradients => Backward.Where(c => c.IsGradient);

    /// <summary>Where a layer's output stands; a state's buffer begins with its value before the first step.</summary>
    public ArenaBuffer OutputOf(PlannedLayer layer) => LayerOutputs[layer.Index];
}

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
/// <param name="SoFar">The sum or the maximum of the steps so far.</param>
/// <param name="Pooled">What the layer above reads: the mean, or the maximum itself.</param>
internal sealed record PlannedPool(PlannedLayer Layer, ArenaBuffer SoFar, ArenaBuffer Pooled);

/// <summary>A state during prediction.</summary>
/// <param name="Even">Where it stands before steps 0, 2, 4….</param>
/// <param name="Odd">Where it stands before steps 1, 3, 5….</param>
internal sealed record PredictionState(PlannedLayer Layer, string Name, ArenaBuffer Even, ArenaBuffer Odd);
