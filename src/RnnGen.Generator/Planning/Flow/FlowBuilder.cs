using System.Collections.Generic;
using System.Linq;
using RnnGen.Generator.Cells;
using RnnGen.Generator.Common;
using RnnGen.Generator.Model;
using RnnGen.Generator.Planning.Kernels;

namespace RnnGen.Generator.Planning.Flow;

/// <summary>A data flow as it grows: its units in their order, and the places of their parameters and packs.</summary>
/// <param name="parameters">Parameters that stand before those of the units.</param>
internal sealed class FlowBuilder(ModelSpecification model, long parameters)
{
    private static readonly CellTensor s_vector = new(CellTensorKind.Vector, "v", "weight", "H", [], new Dictionary<string, double>());

    private readonly List<PlannedUnit> _units = [];
    private readonly List<PlannedVector> _vectors = [];

    public ModelSpecification Model => model;

    public IReadOnlyList<PlannedUnit> Units => _units;

    /// <summary>Parameters that stand in no layer's packs.</summary>
    public IReadOnlyList<PlannedVector> Vectors => _vectors;

    /// <summary>All parameters, those before the units too.</summary>
    public long ParameterCount { get; private set; } = parameters;

    public long PackLength { get; private set; }

    /// <summary>Adds a unit behind those that it reads.</summary>
    public T Add<T>(T unit) where T : PlannedUnit
    {
        unit.Index = _units.Count;
        _units.Add(unit);
        unit.IsTrained |= unit.Learns || unit.Sources.Any(s => s.IsTrained);
        unit.IsStateful |= unit.Sources.Any(s => s.IsStateful);
        return unit;
    }

    /// <summary>Adds a layer with kernels of its own.</summary>
    public PlannedLayer AddLayer(NewLayer added)
    {
        (string name, Func<string, string> tensorName, LayerSpecification layer, PlannedUnit source, Clock clock) = added;
        bool isTrained = source.IsTrained || !layer.Frozen || added.Starts.Values.Any(s => s.IsTrained);
        bool isStateful = source.IsStateful || (model.IsCausal && layer.Cell.Definition.States.Count > 0);
        LayerShape shape = new(
            layer.Cell, layer.Activation, source.Width, layer.Size, model.Precision, model.Accuracy,
            new LayerGradients(
                HasReverse: isTrained || isStateful,
                HasOutputAdjoint: added.IsRead && (isTrained || isStateful),
                NeedsInputAdjoint: source.Flows,
                DropsStates: layer.RecurrentDropout > 0,
                SkipsSteps: layer.Convolution is { Kernel: > 1, Dilation: > 1 }))
        {
            PredictionWeights = ReadsFewerBits(layer) ? model.PredictionWeights : WeightFormat.Float,
        };
        LayerPlan plan = LayerPlan.Create(shape);
        if (plan.Scans && clock == Clock.Output && model.FeedsAttention)
        {
            plan = LayerPlan.Create(shape with { Gradients = shape.Gradients with { StepsAlone = true } });
        }

        IReadOnlyList<PlannedTensor> tensors = AddTensors(plan, tensorName, layer, added.Tied);
        int pack = AddPack(plan.PackLength);
        int reducedPack = AddPack(plan.Reduced?.Length ?? 0);
        Dictionary<string, int> reversePacks = plan.ReverseSources.ToDictionary(product => product.Name, product => AddPack(plan.ReversePackLength(product)));
        return Add(new PlannedLayer(name, clock, StepsOf(clock))
        {
            Declared = layer,
            Sources = [source],
            Plan = plan,
            Initializer = layer.Initializer,
            IsFrozen = layer.Frozen,
            IsTrained = isTrained,
            IsStateful = isStateful,
            RecurrentDropout = layer.RecurrentDropout,
            Tensors = [.. tensors.Select(t => t.HasMatrix(layer) ? t with { Matrix = AddPack(t.MatrixCount) } : t)],
            Pack = pack,
            ReducedPack = reducedPack,
            ReversePacks = reversePacks,
            IsReverse = added.IsReverse,
            Starts = added.Starts,
            Initials = added.Initials,
        });
    }

    /// <summary>Adds the packs of the last units that a stream reads, behind all others: so those are where they are without them.</summary>
    public void AddTails()
    {
        foreach (PlannedLayer layer in model.IsCausal ? _units.OfType<PlannedLayer>() : [])
        {
            layer.TailPack = layer.Plan.Tail is { } tail ? AddPack(tail.PackLength) : null;
        }
    }

    /// <summary>Adds a parameter that an op reads.</summary>
    public PlannedVector AddVector(string name, int size, string kind, bool isFrozen = false)
    {
        PlannedVector vector = new(new PlannedTensor(name, [size], Saturated.ToInt(ParameterCount), kind, s_vector, 1) { IsFrozen = isFrozen }, AddPack(Scalar.PaddedRow(size, model.Precision)));
        _vectors.Add(vector);
        ParameterCount += size;
        return vector;
    }

    // A layer of one block of units that has no state is read as fast in floats, and is often the output, whose errors nothing evens out.
    private bool ReadsFewerBits(LayerSpecification layer) => layer.IsRecurrent || layer.Size > Scalar.PerBlock(model.Precision);

    private int AddPack(long length)
    {
        int pack = Saturated.ToInt(PackLength);
        PackLength += length;
        return pack;
    }

    private IReadOnlyList<PlannedTensor> AddTensors(LayerPlan plan, Func<string, string> name, LayerSpecification layer, PlannedTensor? tied)
    {
        List<PlannedTensor> tensors = [];
        foreach (CellTensor tensor in plan.Definition.Tensors)
        {
            int rows = tensor.BlockCount * plan.SizeOf(tensor.Width);
            ProductSource? source = plan.Sources.FirstOrDefault(s =>
                Enumerable.Range(0, plan.Lanes).Any(l => plan.WeightsOf(l, s).Any(w => w.Tensor == tensor)));
            string kind = source is null ? tensor.Kind == CellTensorKind.Vector ? "Gain" : "Bias" : source.IsInput ? "InputWeight" : "RecurrentWeight";
            int heads = source is null || source.IsInput ? 1 : plan.Definition.Heads ?? 1, columns = (source?.Columns ?? 1) / heads;
            IReadOnlyList<int> shape = source is null ? [rows] : layer.Convolution is { } windows ? [rows, columns / windows.Kernel, windows.Kernel] : [rows, columns];
            if (source is not null && tied is not null)
            {
                tensors.Add(new PlannedTensor(tied.Name, shape, tied.Offset, kind, tensor, source.Columns) { IsTied = true });
                continue;
            }

            tensors.Add(new PlannedTensor(name(tensor.TensorName), shape, Saturated.ToInt(ParameterCount), kind, tensor, columns) { IsFrozen = layer.Frozen, Heads = heads });
            ParameterCount += tensors[tensors.Count - 1].Count;
        }

        return tensors;
    }

    private int StepsOf(Clock clock) => clock switch
    {
        Clock.Input => model.SequenceLength,
        Clock.Output => model.Decoder!.Length,
        Clock.End => 1,
        _ => throw Choices.Unimplemented(clock),
    };
}

/// <summary>A layer to be added.</summary>
/// <param name="TensorName">From a tensor's name in its cell to that in the model.</param>
/// <param name="Source">What it reads.</param>
internal sealed record NewLayer(string Name, Func<string, string> TensorName, LayerSpecification Layer, PlannedUnit Source, Clock Clock)
{
    /// <summary>Whether its outputs are read at every step, and not only its final state.</summary>
    public bool IsRead { get; init; } = true;

    public bool IsReverse { get; init; }

    /// <summary>The table that its weights are; null where they are their own.</summary>
    public PlannedTensor? Tied { get; init; }

    public IReadOnlyDictionary<string, PlannedUnit> Starts { get; init; } = new Dictionary<string, PlannedUnit>();

    public IReadOnlyDictionary<string, PlannedVector> Initials { get; init; } = new Dictionary<string, PlannedVector>();
}
