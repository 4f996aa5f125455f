using System.Collections.Generic;
using System.Linq;
using RnnGen.Generator.Cells;
using RnnGen.Generator.Model;
using RnnGen.Generator.Planning.Flow;

namespace RnnGen.Generator.Planning.Ops;

/// <summary>What the states of a decoder's layers start from: the final state of the encoder's layer that is like it at the same position, or a dense layer over what the encoder ends in.</summary>
internal static class DecoderStart
{
    /// <summary>Of each recurrent layer of the decoder, by its states.</summary>
    /// <param name="encoded">What the encoder's layers make of the input, or the input where there are none.</param>
    public static IReadOnlyList<IReadOnlyDictionary<string, PlannedUnit>> Plan(FlowBuilder flow, PlannedUnit encoded)
    {
        List<PlannedLayer> encoder = flow.Units.OfType<PlannedLayer>().Where(l => l.Declared!.IsRecurrent).ToList();
        List<LayerSpecification> declared = flow.Model.Layers.Where(l => l.IsRecurrent).ToList();

        // Of what runs at each step the last recurrent layer's final output.
        PlannedUnit? ends = encoder.Count == 0 || encoded.RunsAtEnd ? encoded : null;
        List<IReadOnlyDictionary<string, PlannedUnit>> starts = [];
        foreach (LayerSpecification layer in flow.Model.Decoder!.Layers.Where(l => l.IsRecurrent))
        {
            Dictionary<string, PlannedUnit> ofLayer = [];
            foreach (CellState state in layer.Cell.Definition.States)
            {
                ofLayer[state.Code] = StartOf(layer, state);
            }

            starts.Add(ofLayer);
        }

        return starts;

        PlannedUnit StartOf(LayerSpecification layer, CellState state)
        {
            int position = starts.Count;
            PlannedLayer? counterpart = encoder.Where(l => !l.IsReverse).ElementAtOrDefault(position);
            if (counterpart is not null && declared[position] is { Bidirectional: false } like && (like.Cell, like.Size, like.Activation) == (layer.Cell, layer.Size, layer.Activation))
            {
                return FinalState.Of(flow, counterpart, state.Code);
            }

            if (ends is null)
            {
                int directions = encoder[encoder.Count - 1].IsReverse ? 2 : 1;
                ends = SideBySide.Of(flow, [.. encoder.Skip(encoder.Count - directions).Select(l => FinalState.Of(flow, l, l.OutputState ?? l.Plan.States[0]))]);
            }

            LayerSpecification bridge = new("dense", layer.StateSize(state.Name), Activation.Tanh, Initializer.Default);
            return flow.AddLayer(new($"Bridge{char.ToUpperInvariant(state.Code[0])}{state.Code.Substring(1)}{position}", t => $"bridge.{state.Name}_l{position}.{t}", bridge, ends, Clock.End));
        }
    }
}
