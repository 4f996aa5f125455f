using System.Collections.Generic;
using System.Linq;
using RnnGen.Generator.Model;
using RnnGen.Generator.Planning.Flow;
using RnnGen.Generator.Planning.Memory;
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

    /// <param name="tables">The tables that stand before the layers' parameters.</param>
    public static FlowBuilder Plan(ModelSpecification model, IReadOnlyList<PlannedTable> tables)
    {
        FlowBuilder flow = new(model, tables.Sum(t => t.Tensor.Count));
        Dictionary<Clock, PlannedUnit> inputs = OpList.Inputs(model, tables).Select(flow.Add).ToDictionary(op => op.Clock, op => (PlannedUnit)op);
        UnitPlanner planner = new(flow);
        PlannedUnit last = planner.PlanInput(inputs[Clock.Input]);
        if (model.Decoder is { } decoder)
        {
            last = planner.PlanDecoder(decoder, last, inputs[Clock.Output]);
        }

        LayerPlace place = new(model.Output, last.Clock, last);
        PlannedTensor? tied = model.TiedEmbedding ? tables.Last(t => t.Input is null).Tensor : null;
        PlannedLayer head = flow.AddLayer(new(place.Name, t => $"head.{t}", place.Layer, OpList.Before(flow, place), place.Clock) { Tied = tied });
        foreach (Op end in OpList.Ends(model, OpList.AfterHead(flow, head, inputs[Clock.Input])))
        {
            flow.Add(end);
        }

        flow.AddTails();
        return flow;
    }

    // The layers over the input, and what is read of them: every step, or once at the end.
    private PlannedUnit PlanInput(PlannedUnit input)
    {
        ModelSpecification model = _flow.Model;
        int lastRecurrent = LastRecurrent(model.Layers);
        PlannedUnit last = input;
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

    private PlannedUnit PlanDecoder(DecoderSpecification decoder, PlannedUnit encoded, PlannedUnit fed)
    {
        IReadOnlyList<IReadOnlyDictionary<string, PlannedUnit>> starts = DecoderStart.Plan(_flow, encoded);
        int lastRecurrent = LastRecurrent(decoder.Layers), recurrent = 0;
        PlannedUnit last = OpList.ReadByDecoder(_flow, fed, decoder.Layers[lastRecurrent].Width);
        for (int i = 0; i < decoder.Layers.Count; i++)
        {
            LayerPlace place = new(decoder.Layers[i], Clock.Output, last) { Prefix = "decoder.", IsLastRecurrent = i == lastRecurrent, Memory = encoded };
            last = AddLayer(place, place.Layer.IsRecurrent ? starts[recurrent++] : null);
        }

        return last;
    }

    private static int LastRecurrent(IReadOnlyList<LayerSpecification> layers) => layers.ToList().FindLastIndex(l => l.IsRecurrent);

    // A layer between the ops before and behind it.
    private PlannedUnit AddLayer(LayerPlace place, IReadOnlyDictionary<string, PlannedUnit>? starts = null)
    {
        string kind = place.Prefix + (place.Layer.Op is { } op ? op.Title.ToLowerInvariant() : place.Layer.IsRecurrent ? "rnn" : place.Layer.Convolution is not null ? "conv" : "dense");
        _counts.TryGetValue(kind, out int index);
        _counts[kind] = index + 1;
        place = place with { Index = index, Name = $"{place.Title}{(place.Layer.Op is { } declared ? declared.Title : place.Layer.IsRecurrent ? place.Layer.Cell.Title : place.Layer.Convolution is null ? "Dense" : "Conv")}{index}" };
        PlannedUnit source = OpList.Before(_flow, place);
        IReadOnlyList<PlannedUnit> values = place.Layer.IsOp ? [AddOp(place, kind, source)]
            : place.Layer.IsRecurrent ? AddRecurrent(place, kind, source, starts ?? new Dictionary<string, PlannedUnit>())
            : [_flow.AddLayer(new(place.Name, t => $"{kind}.{index}.{t}", place.Layer, source, place.Clock))];
        return OpList.After(_flow, place, values);
    }

    private PlannedUnit AddOp(LayerPlace place, string kind, PlannedUnit source) => _flow.Add(OpList.Declared(new OpDeclaration(
        place.Layer, source, place.Name, (name, size, tensorKind) => _flow.AddVector($"{kind}.{place.Index}.{name}", size, tensorKind, place.Layer.Frozen))));

    private IReadOnlyList<PlannedUnit> AddRecurrent(LayerPlace place, string kind, PlannedUnit source, IReadOnlyDictionary<string, PlannedUnit> starts)
    {
        PlannedLayer forward = Direction("", isReverse: false);
        return place.Layer.Bidirectional ? [forward, Direction("_reverse", isReverse: true)] : [forward];

        PlannedLayer Direction(string suffix, bool isReverse) => _flow.AddLayer(new(place.Name + (isReverse ? "Reverse" : ""), t => $"{kind}.{t}_l{place.Index}{suffix}", place.Layer, source, place.Clock)
        {
            IsRead = !place.ReadsFinalState,
            IsReverse = isReverse,
            Starts = starts,
            Initials = starts.Count == 0 ? InitialStates.Learned(_flow, place, suffix) : new Dictionary<string, PlannedVector>(),
        });
    }
}
