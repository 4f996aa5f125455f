using System.Collections.Generic;
using System.Linq;
using RnnGen.Generator.Model;
using RnnGen.Generator.Planning.Flow;
using RnnGen.Generator.Planning.Ops;

namespace RnnGen.Generator.Planning;

/// <summary>From the declared layers to the units of the data flow: stack by stack, each layer with the ops around it that <see cref="OpList"/> has.</summary>
internal sealed class UnitPlanner
{
    private readonly FlowBuilder _flow;
    private readonly Dictionary<string, int> _counts = [];

    private UnitPlanner(FlowBuilder flow)
    {
        _flow = flow;
    }

    /// <param name="parameters">Parameters that stand before those of the layers.</param>
    /// <param name="tied">The table that the output layer's weights are; null where they are their own.</param>
    public static FlowBuilder Plan(ModelSpecification model, long parameters, PlannedTensor? tied)
    {
        FlowBuilder flow = new(model, parameters);
        UnitPlanner planner = new(flow);
        PlannedUnit last = (model.Decoder is { } decoder ? planner.PlanDecoder(decoder, planner.PlanInput()) : planner.PlanInput())!;
        LayerPlace head = new(model.Output, last.Clock, last);
        flow.AddLayer(new("Head", t => $"head.{t}", head.Layer, OpList.Before(flow, head), head.Clock) { Tied = tied });
        return flow;
    }

    // The layers over the input, and what is read of them: every step, or once at the end; null where there is none, and the input itself is read.
    private PlannedUnit? PlanInput()
    {
        ModelSpecification model = _flow.Model;
        int lastRecurrent = LastRecurrent(model.Layers);
        PlannedUnit? last = null;
        for (int i = 0; i < model.Layers.Count; i++)
        {
            LayerSpecification layer = model.Layers[i];
            bool isEnd = model.EndsInOne && i == lastRecurrent;

            // The sum at a row's last step is no layer's final state, nor is an output of its own.
            bool isPooled = model.IsPooled || layer.Residual || !layer.OutputIsState;
            last = AddLayer(new LayerPlace(layer, model.EndsInOne && i > lastRecurrent ? Clock.End : Clock.Input, last)
            {
                IsLastRecurrent = i == lastRecurrent,
                ReadsFinalState = isEnd && !isPooled,
                PoolsSteps = isEnd && isPooled,
            });
        }

        return last;
    }

    private PlannedUnit PlanDecoder(DecoderSpecification decoder, PlannedUnit? encoded)
    {
        IReadOnlyList<IReadOnlyDictionary<string, PlannedUnit>> starts = DecoderStart.Plan(_flow, encoded);
        int lastRecurrent = LastRecurrent(decoder.Layers), recurrent = 0;
        PlannedUnit? last = null;
        for (int i = 0; i < decoder.Layers.Count; i++)
        {
            LayerPlace place = new(decoder.Layers[i], Clock.Output, last) { Prefix = "decoder.", IsLastRecurrent = i == lastRecurrent, Memory = encoded };
            last = AddLayer(place, place.Layer.IsRecurrent ? starts[recurrent++] : null);
        }

        return last!;
    }

    private static int LastRecurrent(IReadOnlyList<LayerSpecification> layers) => layers.ToList().FindLastIndex(l => l.IsRecurrent);

    // A layer between the ops before and behind it.
    private PlannedUnit AddLayer(LayerPlace place, IReadOnlyDictionary<string, PlannedUnit>? starts = null)
    {
        string kind = place.Prefix + (place.Layer.Op is { } op ? op.Title.ToLowerInvariant() : place.Layer.IsRecurrent ? "rnn" : "dense");
        _counts.TryGetValue(kind, out int index);
        _counts[kind] = index + 1;
        place = place with { Index = index };
        PlannedUnit? source = OpList.Before(_flow, place);
        IReadOnlyList<PlannedUnit> values = place.Layer.IsOp ? [AddOp(place, kind, source!)]
            : place.Layer.IsRecurrent ? AddRecurrent(place, kind, source, starts ?? new Dictionary<string, PlannedUnit>())
            : [_flow.AddLayer(new($"{place.Title}Dense{index}", t => $"{kind}.{index}.{t}", place.Layer, source, place.Clock))];
        return OpList.After(_flow, place, values);
    }

    private PlannedUnit AddOp(LayerPlace place, string kind, PlannedUnit source) => _flow.Add(OpList.Declared(new OpDeclaration(
        place.Layer, source, $"{place.Title}{place.Layer.Op!.Title}{place.Index}", (name, size, tensorKind) => _flow.AddVector($"{kind}.{place.Index}.{name}", size, tensorKind, place.Layer.Frozen))));

    private IReadOnlyList<PlannedUnit> AddRecurrent(LayerPlace place, string kind, PlannedUnit? source, IReadOnlyDictionary<string, PlannedUnit> starts)
    {
        string name = $"{place.Title}{place.Layer.Cell.Title}{place.Index}";
        PlannedLayer forward = Direction("", isReverse: false);
        return place.Layer.Bidirectional ? [forward, Direction("_reverse", isReverse: true)] : [forward];

        PlannedLayer Direction(string suffix, bool isReverse) => _flow.AddLayer(new(name + (isReverse ? "Reverse" : ""), t => $"{kind}.{t}_l{place.Index}{suffix}", place.Layer, source, place.Clock)
        {
            IsRead = !place.ReadsFinalState,
            IsReverse = isReverse,
            Starts = starts,
            Initials = starts.Count == 0 ? InitialStates.Learned(_flow, place, suffix) : new Dictionary<string, PlannedVector>(),
        });
    }
}
