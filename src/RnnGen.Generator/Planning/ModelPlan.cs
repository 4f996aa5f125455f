using System.Collections.Generic;
using System.Linq;
using RnnGen.Generator.Losses;
using RnnGen.Generator.Model;
using RnnGen.Generator.Planning.Flow;

namespace RnnGen.Generator.Planning;

/// <summary>A model ready to be printed: units with their tensors and packs, memory, and schedules.</summary>
internal sealed record ModelPlan
{
    private IReadOnlyList<PlannedLayer>? _layers;
    private IReadOnlyList<PlannedTensor>? _tensors;

    public required ModelSpecification Specification { get; init; }

    /// <summary>What it consists of, and where all of it is stored.</summary>
    public required PlanLayout Layout { get; init; }

    public DataFlow Flow => Layout.Flow;

    /// <summary>Length of the packed weights of all layers.</summary>
    public required int PackLength { get; init; }

    public required TrainingPlan Training { get; init; }

    /// <summary>Prediction layer by layer, where a step depends on later ones; null where prediction goes step by step.</summary>
    public required UnrolledPrediction? Unrolled { get; init; }

    /// <summary>Whole sequences, of up to a batch at once, step by step; null where there is never more than one, which is predicted as a block.</summary>
    public required PredictionPlan? Prediction { get; init; }

    /// <summary>One whole sequence; null where it is predicted as a block, or layer by layer.</summary>
    public required PredictionPlan? Single { get; init; }

    /// <summary>An even and an odd step of one sequence; every layer runs at each.</summary>
    public required PredictionPlan? Streaming { get; init; }

    /// <summary>The same of many sequences at once: up to <see cref="PredictionPlanner.StreamRows"/>.</summary>
    public required PredictionPlan? Streams { get; init; }

    /// <summary>Several steps of one sequence at once, unit by unit; null where they are computed one after the other.</summary>
    public required PredictionPlan? Block { get; init; }

    /// <summary>The tables that tokens are looked up in, which have no packs.</summary>
    public IReadOnlyList<PlannedTable> Tables => Flow.Tables;

    public IReadOnlyList<PlannedUnit> Units => Flow.Units;

    /// <summary>Parameters that stand in no layer's packs.</summary>
    public IReadOnlyList<PlannedVector> Vectors => Flow.Vectors;

    public IReadOnlyList<PlannedLayer> Layers => _layers ??= Units.OfType<PlannedLayer>().ToList();

    public IReadOnlyList<PlannedTensor> Tensors => _tensors ??= Flow.Tensors;

    public int ParameterCount => Tensors.Sum(t => t.Length);

    /// <summary>The table of the input's tokens; null where inputs are numbers.</summary>
    public PlannedTensor? Embedding => Tables.FirstOrDefault(t => t is { IsDecoders: false, Input: null })?.Tensor;

    /// <summary>One step of the decoder that predicts; null where nothing is decoded.</summary>
    public DecoderPlan? Decoder => Unrolled?.Decoder;

    /// <summary>The table that the output layer shares; it is updated as a whole.</summary>
    public PlannedTable? TiedTable => Specification.TiedEmbedding ? Tables.Last(t => t.Input is null) : null;

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

    /// <summary>The bytes of all of it.</summary>
    public MemoryAccount Memory { get; init; } = new(0, 0, 0, 0, 0, 0, 0);

    /// <summary>Steps with a loss and an output.</summary>
    public int OutputSteps => Specification.OutputSteps;

    /// <summary>Whether several sequences are ever predicted at once; one after the other is what a model that predicts layer by layer does too.</summary>
    public bool PredictsBatches => Specification.BatchSize > Math.Max(1, SequencesInBlocks) || Unrolled is not null;

    /// <summary>Length of the prediction scratch, for one sequence or a batch.</summary>
    public long ScratchLength => Unrolled?.ArenaLength ?? new[] { Prediction?.ArenaLength ?? 0, Single?.ArenaLength ?? 0, PredictsInBlocks ? Block!.ArenaLength : 0 }.Max();

    /// <summary>Whether one sequence is predicted as a block of its steps.</summary>
    public bool PredictsInBlocks => Block is not null && Single is null;

    /// <summary>Sequences up to which each is predicted so, one after the other: a few at once read as many weights in a tile that they do not fill.</summary>
    public int SequencesInBlocks => !PredictsInBlocks ? 0 : Layers.All(l => l.Plan.States.Count == 0 || l.Plan.InputShare >= 0.5) ? 3 : 1;

    /// <summary>Where a prediction of one sequence keeps the output layer's values; null where it does not, as in blocks.</summary>
    public int? KeptHead => (Unrolled is null ? Single?.Kept : Unrolled.Kept)?.Offset;

    /// <summary>Length of what says how a group's rows stand: live rows of each step, each row's sequence and length, and whether they start from states.</summary>
    public int GroupRowsLength => Specification.SequenceLength + 2 + 2 * Specification.BatchSize;

    /// <summary>The same for what is trained at once, which also says which part of the sequences it is.</summary>
    public int TrainedRowsLength => Specification.IsRecomputed ? Specification.RecomputeEvery + 4 + 2 * Training.GroupSize : WholeRowsLength;

    /// <summary>The same for a group of whole sequences that is trained.</summary>
    public int WholeRowsLength => Specification.SequenceLength + 2 + 2 * Training.GroupSize;

    /// <summary>Values of one sequence's states that are kept between two windows.</summary>
    public int CarriedLength => checked((int)Layout.CarriedLength);

    /// <summary>Values of the states that training keeps.</summary>
    public long KeptStatesLength => Layout.KeptStatesLength;

    /// <summary>Elements of one sequence's target in what is trained at once.</summary>
    public int TrainedTargetLength => Specification.IsRecomputed && OutputSteps > 1 ? TargetLength / OutputSteps * Specification.RecomputeEvery : TargetLength;

    /// <summary>Steps of what is trained at once, with a loss and an output.</summary>
    public int TrainedOutputSteps => Specification.Window.OutputSteps;

    /// <summary>Steps of a layer in the whole sequence, of which a window may be trained at once.</summary>
    public int StepsOf(WatchedLayer watched) => Layout.StepsOf(watched);

    /// <summary>The same for the decoded sequences.</summary>
    public int DecodedRowsLength => OutputSteps + 2 + 2 * Training.GroupSize;

    /// <summary>Rows that what is measured of the gradient is kept for: a group of each leaf of the tree of sums.</summary>
    public int FlowRows => Layout.FlowRows;

    /// <summary>Whether sequences may start from states, and end in some.</summary>
    public bool CarriesState => Training.States.Count > 0;

    public PlannedLayer Head => Layers[Layers.Count - 1];

    public bool TargetsAreClasses => Specification.Loss.Definition.TargetsAreClasses;

    public bool IsCtc => Specification.Loss.Definition.Targets == LossTargets.Labels;

    /// <summary>Numbers that the loss works with.</summary>
    public long WorkspaceLength => Layout.WorkspaceLength;

    /// <summary>Elements of one sequence's target.</summary>
    public int TargetLength => IsCtc ? Specification.LabelLength : TargetsAreClasses ? OutputSteps : OutputSteps * Specification.OutputSize;

    /// <summary>Multiplications and additions of the matrix products of one sequence's forward pass.</summary>
    public long ForwardFlops => Layers.Sum(l => 2L * l.Steps * l.MatrixValues);

    /// <summary>Whether predictions or streams read packs that training does not.</summary>
    public bool PacksToPredict => Layers.Any(l => l.TailPack is not null || l.Plan.Reduced is not null);
}
