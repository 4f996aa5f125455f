using System.Collections.Generic;
using System.Linq;
using RnnGen.Generator.Cells;
using RnnGen.Generator.Common;
using RnnGen.Generator.Model;
using RnnGen.Generator.Planning.Flow;
using RnnGen.Generator.Planning.Kernels;
using RnnGen.Generator.Planning.Memory;
using RnnGen.Generator.Planning.Ops;

namespace RnnGen.Generator.Planning;

/// <summary>From the declared layers to the units of the data flow: both directions, ops, a decoder's start, attention, the output layer.</summary>
internal sealed class UnitPlanner
{
    private static readonly CellTensor s_vector = new(CellTensorKind.Vector, "v", "weight", "H", [], new Dictionary<string, double>());

    private readonly ModelSpecification _specification;
    private readonly List<PlannedUnit> _units = [];
    private readonly List<PlannedLayer> _encoder = [];
    private readonly List<PlannedVector> _vectors = [];
    private readonly List<(string Prefix, string Name)> _ops = [];
    private readonly PlannedTensor? _tied;
    private long _parameters;
    private long _packLength;
    private int _dense;

    private const string TiedWeight = "head.weight";

    /// <param name="parameters">Parameters that stand before those of the layers.</param>
    /// <param name="tied">The table that the output layer's weights are; null where they are their own.</param>
    public UnitPlanner(ModelSpecification specification, long parameters, PlannedTensor? tied)
    {
        _specification = specification;
        _parameters = parameters;
        _tied = tied;
        PlannedUnit? last = specification.ReadsVector ? PlanVector() : PlanSequence();
        if (specification.Decoder is { } decoder)
        {
            last = PlanDecoder(decoder, last);
        }

        AddLayer(new("Head", t => $"head.{t}", specification.Output, Dropped(specification.Output, last), last!.Clock));
    }

    public IReadOnlyList<PlannedUnit> Units => _units;

    /// <summary>Parameters that stand in no layer's packs.</summary>
    public IReadOnlyList<PlannedVector> Vectors => _vectors;

    /// <summary>All parameters, those before the layers too.</summary>
    public long ParameterCount => _parameters;

    public long PackLength => _packLength;

    private int StepsOf(Clock clock) => clock switch
    {
        Clock.Input => _specification.SequenceLength,
        Clock.Output => _specification.Decoder!.Length,
        Clock.End => 1,
        _ => throw Choices.Unimplemented(clock),
    };

    // The layers over one vector; null where there is none, and the input itself is read.
    private PlannedUnit? PlanVector()
    {
        PlannedUnit? last = null;
        foreach (LayerSpecification layer in _specification.Layers)
        {
            last = AddFlat(layer, last, Clock.End);
        }

        return last;
    }

    // What has no state.
    private PlannedUnit AddFlat(LayerSpecification layer, PlannedUnit? source, Clock clock, string prefix = "") =>
        Residual(layer, source, layer.IsOp ? AddOp(layer, source!, prefix) : AddDense(layer, source, clock, prefix));

    private PlannedUnit Residual(LayerSpecification layer, PlannedUnit? source, PlannedUnit outputs) => layer.Residual ? Add(new ResidualSum(outputs, source!)) : outputs;

    private PlannedUnit AddOp(LayerSpecification layer, PlannedUnit source, string prefix)
    {
        int index = _ops.Count(o => o == (prefix, layer.Cell.Name));
        _ops.Add((prefix, layer.Cell.Name));
        Op op = LayerOps.Make(new OpDeclaration(layer, Dropped(layer, source)!, Title(prefix), index, (name, size, kind) => AddVector(prefix + name, size, kind, layer.Frozen)));
        return Add(op);
    }

    // The layers over a sequence, and what is read of them: every step, or once at the end.
    private PlannedUnit PlanSequence()
    {
        IReadOnlyList<LayerSpecification> layers = _specification.Layers;
        int lastRecurrent = layers.ToList().FindLastIndex(l => l.IsRecurrent);
        bool endsInOne = _specification.EndsInOne, isPooled = _specification.IsPooled;
        PlannedUnit? last = null;
        for (int i = 0; i < layers.Count; i++)
        {
            LayerSpecification layer = layers[i];
            bool isPooledHere = isPooled || layer.Residual || !layer.OutputIsState;
            bool isRead = !endsInOne || i < lastRecurrent || isPooledHere;
            if (!layer.IsRecurrent)
            {
                last = AddFlat(layer, last, endsInOne && i > lastRecurrent ? Clock.End : Clock.Input);
                continue;
            }

            IReadOnlyList<PlannedLayer> directions = AddRecurrent("", layer, _encoder.Count(l => !l.IsReverse), last, Clock.Input, isRead, new Dictionary<string, PlannedUnit>());
            _encoder.AddRange(directions);
            PlannedUnit outputs = isRead ? Together(directions) : Together([.. directions.Select(d => Final(d, d.OutputState!))]);
            last = Residual(layer, last, outputs);

            // The sum at a row's last step is no layer's final state, nor is an output of its own.
            if (i == lastRecurrent && endsInOne && isPooledHere)
            {
                last = Add(new Pooled(last));
            }
        }

        return last!;
    }

    private PlannedUnit PlanDecoder(DecoderSpecification decoder, PlannedUnit? encoded)
    {
        // What starts the layers that find no counterpart in the encoder: its last recurrent layer's final output, or what dense layers make of it.
        PlannedUnit? ends = encoded is null or { Clock: Clock.End } ? encoded : null;
        int lastRecurrent = decoder.Layers.ToList().FindLastIndex(l => l.IsRecurrent);
        List<(LayerSpecification Layer, Dictionary<string, PlannedUnit> Starts)> recurrent = [];
        foreach (LayerSpecification layer in decoder.Layers.Where(l => l.IsRecurrent))
        {
            Dictionary<string, PlannedUnit> starts = [];
            foreach (CellState state in layer.Cell.Definition.States)
            {
                starts[state.Code] = StartOf(layer, recurrent.Count, state);
            }

            recurrent.Add((layer, starts));
        }

        PlannedUnit? last = null;
        int index = 0;
        for (int i = 0; i < decoder.Layers.Count; i++)
        {
            LayerSpecification layer = decoder.Layers[i];
            if (!layer.IsRecurrent)
            {
                last = AddFlat(layer, last, Clock.Output, "decoder.");
                continue;
            }

            last = Residual(layer, last, AddRecurrent("decoder.", layer, index, last, Clock.Output, isRead: true, recurrent[index].Starts)[0]);
            index++;
            if (i == lastRecurrent && _specification.Attends)
            {
                last = PlanAttention(decoder.Attention, last, encoded!);
            }
        }

        return last!;

        PlannedUnit StartOf(LayerSpecification layer, int position, CellState state)
        {
            PlannedLayer? counterpart = _encoder.Where(l => !l.IsReverse).ElementAtOrDefault(position);
            LayerSpecification? declared = _specification.Layers.Where(l => l.IsRecurrent).ElementAtOrDefault(position);
            if (counterpart is not null && declared is { Bidirectional: false } && (declared.Cell, declared.Size, declared.Activation) == (layer.Cell, layer.Size, layer.Activation))
            {
                return Final(counterpart, state.Code);
            }

            if (ends is null && _encoder.Count > 0)
            {
                int directions = _encoder[_encoder.Count - 1].IsReverse ? 2 : 1;
                ends = Together([.. _encoder.Skip(_encoder.Count - directions).Select(l => Final(l, l.OutputState ?? l.Plan.States[0]))]);
            }

            LayerSpecification bridge = new("dense", layer.StateSize(state.Name), Activation.Tanh, Initializer.Default);
            return AddLayer(new($"Bridge{char.ToUpperInvariant(state.Code[0])}{state.Code.Substring(1)}{position}", t => $"bridge.{state.Name}_l{position}.{t}", bridge, ends, Clock.End));
        }
    }

    // tanh(W [Σ softmax(score) memory; h] + b)
    private PlannedUnit PlanAttention(Attention attention, PlannedUnit h, PlannedUnit memory)
    {
        bool isAdditive = attention switch
        {
            Attention.Additive => true,
            Attention.Multiplicative => false,
            _ => throw Choices.Unimplemented(attention),
        };
        int size = isAdditive ? h.Width : memory.Width;
        PlannedLayer query = AddLayer(new("Query", t => $"attention.query.{t}", new(isAdditive ? "dense" : "linear", size, Activation.Identity, Initializer.Default), h, Clock.Output));
        PlannedVector? score = null;
        PlannedUnit? keys = null;
        if (isAdditive)
        {
            keys = AddLayer(new("Keys", t => $"attention.key.{t}", new("linear", size, Activation.Identity, Initializer.Default), memory, Clock.Input));
            score = AddVector("attention.score.weight", size, "InputWeight");
        }

        PlannedUnit context = Add(new Attend(query, memory, keys, score));
        return AddLayer(new("Attended", t => $"attention.output.{t}", new("dense", h.Width, Activation.Tanh, Initializer.Default), Together([context, h]), Clock.Output));
    }

    private PlannedUnit Final(PlannedLayer layer, string state) =>
        _units.OfType<FinalState>().FirstOrDefault(f => f.Layer == layer && f.State == state) ?? Add(new FinalState(layer, state));

    private PlannedUnit Together(IReadOnlyList<PlannedUnit> parts) => parts.Count == 1 ? parts[0] : Add(new SideBySide(parts));

    private PlannedLayer AddDense(LayerSpecification layer, PlannedUnit? source, Clock clock, string prefix = "")
    {
        int index = prefix.Length == 0 ? _dense++ : _units.OfType<PlannedLayer>().Count(l => l.Name.StartsWith("DecoderDense", StringComparison.Ordinal));
        return AddLayer(new($"{Title(prefix)}Dense{index}", t => $"{prefix}dense.{index}.{t}", layer, Dropped(layer, source), clock));
    }

    // The model's input is left out where it stands.
    private PlannedUnit? Dropped(LayerSpecification layer, PlannedUnit? source) => layer.Dropout == 0 || source is null ? source : Add(new Dropout(source, layer.Dropout));

    private static string Title(string prefix) => prefix.Length == 0 ? "" : "Decoder";

    private IReadOnlyList<PlannedLayer> AddRecurrent(
        string prefix, LayerSpecification layer, int index, PlannedUnit? source, Clock clock, bool isRead, IReadOnlyDictionary<string, PlannedUnit> starts)
    {
        string name = $"{Title(prefix)}{layer.Cell.Title}{index}";
        source = Dropped(layer, source);
        PlannedLayer forward = AddLayer(new(name, t => $"{prefix}rnn.{t}_l{index}", layer, source, clock) { IsRead = isRead, Starts = starts, Initials = Initials("") });
        return layer.Bidirectional
            ? [forward, AddLayer(new($"{name}Reverse", t => $"{prefix}rnn.{t}_l{index}_reverse", layer, source, clock) { IsRead = isRead, IsReverse = true, Starts = starts, Initials = Initials("_reverse") })]
            : [forward];

        Dictionary<string, PlannedVector> Initials(string suffix) => _specification.LearnsStates && starts.Count == 0
            ? layer.Cell.Definition.States.ToDictionary(s => s.Code, s => AddVector($"initial.{s.Name}_l{index}{suffix}", layer.StateSize(s.Name), "InitialState", layer.Frozen))
            : [];
    }

    // A layer to be added.
    private sealed record NewLayer(string Name, Func<string, string> TensorName, LayerSpecification Layer, PlannedUnit? Source, Clock Clock)
    {
        // Whether its outputs are read at every step, and not only its final state.
        public bool IsRead { get; init; } = true;

        public bool IsReverse { get; init; }

        public IReadOnlyDictionary<string, PlannedUnit> Starts { get; init; } = new Dictionary<string, PlannedUnit>();

        public IReadOnlyDictionary<string, PlannedVector> Initials { get; init; } = new Dictionary<string, PlannedVector>();
    }

    private PlannedLayer AddLayer(NewLayer added)
    {
        (string name, Func<string, string> tensorName, LayerSpecification layer, PlannedUnit? source, Clock clock) = added;
        bool isFed = source is null && clock == Clock.Output;
        int inputSize = source?.Width ?? (isFed ? _specification.Decoder!.FeatureSize(_specification.OutputSize) : _specification.FeatureSize);
        bool isLearned = source?.IsTrained ?? (isFed ? _specification.Decoder!.Embedding : _specification.Embedding) is { Frozen: false };
        bool isTrained = isLearned || !layer.Frozen || added.Starts.Values.Any(s => s.IsTrained);
        bool isStateful = source?.IsStateful == true || (_specification.IsCausal && layer.Cell.Definition.States.Count > 0);
        LayerPlan plan = LayerPlan.Create(new LayerShape(
            layer.Cell, layer.Activation, inputSize, layer.Size, _specification.Precision, _specification.Accuracy,
            new LayerGradients(
                HasReverse: isTrained || isStateful,
                HasOutputAdjoint: added.IsRead && (isTrained || isStateful),
                NeedsInputAdjoint: isLearned || source?.IsStateful == true,
                DropsStates: layer.RecurrentDropout > 0)));
        IReadOnlyList<PlannedTensor> tensors = PlanTensors(plan, tensorName, layer.Frozen);
        int pack = Saturated.ToInt(_packLength);
        _packLength += plan.PackLength;
        Dictionary<string, int> reversePacks = [];
        foreach (ProductSource product in plan.ReverseSources)
        {
            reversePacks[product.Name] = Saturated.ToInt(_packLength);
            _packLength += plan.ReversePackLength(product);
        }

        return Add(new PlannedLayer(name, clock, StepsOf(clock))
        {
            Declared = layer,
            Sources = source is null ? [] : [source],
            Plan = plan,
            Initializer = layer.Initializer,
            IsFrozen = layer.Frozen,
            IsTrained = isTrained,
            IsStateful = isStateful,
            RecurrentDropout = layer.RecurrentDropout,
            InputDropout = source is null ? layer.Dropout : 0,
            Tensors = tensors,
            Pack = pack,
            ReversePacks = reversePacks,
            IsReverse = added.IsReverse,
            Starts = added.Starts,
            Initials = added.Initials,
        });
    }

    private PlannedVector AddVector(string name, int size, string kind, bool isFrozen = false)
    {
        PlannedVector vector = new(new PlannedTensor(name, [size], Saturated.ToInt(_parameters), kind, s_vector, 1) { IsFrozen = isFrozen }, Saturated.ToInt(_packLength));
        _vectors.Add(vector);
        _parameters += size;
        _packLength += Scalar.PaddedRow(size, _specification.Precision);
        return vector;
    }

    private T Add<T>(T unit) where T : PlannedUnit
    {
        unit.Index = _units.Count;
        _units.Add(unit);
        unit.IsTrained |= unit.Learns || unit.Sources.Any(s => s.IsTrained);
        unit.IsStateful |= unit.Sources.Any(s => s.IsStateful);
        return unit;
    }

    private IReadOnlyList<PlannedTensor> PlanTensors(LayerPlan plan, Func<string, string> name, bool isFrozen)
    {
        List<PlannedTensor> tensors = [];
        foreach (CellTensor tensor in plan.Definition.Tensors)
        {
            int rows = tensor.BlockCount * plan.SizeOf(tensor.Width);
            ProductSource? source = plan.Sources.FirstOrDefault(s =>
                Enumerable.Range(0, plan.Lanes).Any(l => plan.WeightsOf(l, s).Any(w => w.Tensor == tensor)));
            string kind = source is null ? tensor.Kind == CellTensorKind.Vector ? "Gain" : "Bias" : source.IsInput ? "InputWeight" : "RecurrentWeight";
            IReadOnlyList<int> shape = source is null ? [rows] : [rows, source.Columns];
            if (source is not null && _tied is { } table && name(tensor.TensorName) == TiedWeight)
            {
                tensors.Add(new PlannedTensor(table.Name, shape, table.Offset, kind, tensor, source.Columns) { IsTied = true });
                continue;
            }

            tensors.Add(new PlannedTensor(name(tensor.TensorName), shape, Saturated.ToInt(_parameters), kind, tensor, source?.Columns ?? 1) { IsFrozen = isFrozen });
            _parameters += tensors[tensors.Count - 1].Count;
        }

        return tensors;
    }
}
