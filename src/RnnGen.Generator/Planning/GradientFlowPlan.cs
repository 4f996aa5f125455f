using System.Collections.Generic;
using System.Linq;
using RnnGen.Generator.Cells.Graph;
using RnnGen.Generator.Planning.Calls;
using RnnGen.Generator.Planning.Flow;
using RnnGen.Generator.Planning.Kernels;
using RnnGen.Generator.Planning.Memory;

namespace RnnGen.Generator.Planning;

/// <summary>A layer whose gates are counted in the forward pass and whose adjoints are measured in the backward pass.</summary>
/// <param name="States">Its states, whose adjoints are measured before each step back.</param>
/// <param name="Gates">Its gates, which are counted after each step forward, while their values are in the cache.</param>
internal sealed record WatchedLayer(PlannedLayer Layer, IReadOnlyList<WatchedState> States, IReadOnlyList<WatchedGate> Gates)
{
    private const int MinimumCounted = 32;

    /// <summary>The layers that learn and have something to measure, in a model that shows its gradient's flow; none in others.</summary>
    public static IReadOnlyList<WatchedLayer> Of(BackwardLayout layout) => !layout.Specification.GradientFlow ? []
        : layout.Layers.Where(l => l.IsTrained).Select(l => Of(layout, l)).Where(w => w.States.Count + w.Gates.Count > 0).ToList();

    // What a state's adjoint is before a step back: what the step after left, and what the layer above gives to an output that is a state.
    private static WatchedLayer Of(BackwardLayout layout, PlannedLayer layer)
    {
        LayerPlan plan = layer.Plan;
        ForwardLayout forward = layout.Forward;
        List<WatchedState> states = plan.States
            .Select(s => new WatchedState(plan.WrittenName(s), plan.StateSize(s), layout.Carry(layer, s), plan.Shape.HasOutputAdjoint && layer.OutputState == s ? layout.Adjoint(layer) : null))
            .ToList();
        List<WatchedGate> gates = [];
        foreach (Node node in plan.Graph.Nodes.Where(n => n.Name.Length > 0 && n.Width == "H" && WatchedGate.Knows(n.Function) && plan.Program.Places.ContainsKey(n.Id)))
        {
            Place place = plan.Program.Places[node.Id];
            LaneRows lanes = forward.LanesOf(layer);
            gates.Add(place.Kind == PlaceKind.Lane
                ? new(node.Name.TrimEnd('\''), node.Function!, lanes.Offset + place.Index * plan.Block, lanes.StepLength, lanes.BlockStride, plan.SlotRow)
                : new(node.Name.TrimEnd('\''), node.Function!, forward.OffsetOf(layer, place, 0), layout.Rows * plan.RowOf(place), plan.Block, plan.RowOf(place)));
        }

        return new(layer, states, gates);
    }

    /// <summary>The call before a layer's step back, if its states are watched.</summary>
    public static IEnumerable<Call> Watches(IReadOnlyList<WatchedLayer> watched, PlannedLayer layer, int step)
    {
        for (int i = 0; i < watched.Count; i++)
        {
            if (watched[i].Layer == layer && watched[i].States.Count > 0)
            {
                yield return new MeasureFlow("Watch", i, step, RowRange.Live(layer, step)) { Note = watched[i].Note(step) };
            }
        }
    }

    /// <summary>The call after a layer's step forward, if its gates are counted there.</summary>
    public static IEnumerable<Call> Counts(IReadOnlyList<WatchedLayer> watched, PlannedLayer layer, int step)
    {
        for (int i = 0; i < watched.Count; i++)
        {
            if (watched[i].Layer == layer && watched[i].Counts(step))
            {
                yield return new MeasureFlow("Count", i, step, RowRange.Live(layer, step)) { Note = watched[i].GateNote(step) };
            }
        }
    }

    /// <summary>What is measured before a step back, for readers.</summary>
    public string Note(int step) => string.Join(", ", States.Select(s => $"|∂L/∂{s.Name}({step})|"));

    /// <summary>
    /// Whether its gates are counted after a step. A share is known well from <see cref="MinimumCounted"/> steps; that a unit is dead, only from all of them.
    /// </summary>
    public bool Counts(int step) => Gates.Count > 0 && (Gates.Any(g => g.CanDie) || step % Math.Max(1, Layer.Steps / MinimumCounted) == 0);

    /// <summary>What is counted after a step forward.</summary>
    public string GateNote(int step) => $"{string.Join(", ", Gates.Select(g => g.Name))} at t = {step}";
}

/// <summary>Adjoints of states are measured before a step back, or values of gates are counted after a step forward.</summary>
/// <param name="Method">Which of the two.</param>
/// <param name="Watched">The layer's position among those that are watched.</param>
internal sealed record MeasureFlow(string Method, int Watched, int Step, RowRange Rows) : Call
{
    public override Invocation Invocation => Invocation.OfRuntime($"FlowMeasurement.{Method}", Named.Flow, Argument.Arena, Watched, Step, Rows, Named.FlowRow);
}

/// <summary>A state, whose adjoint is the sum of what the steps after made of it and of what the layer above gives.</summary>
/// <param name="Name">Its name in the equations.</param>
/// <param name="Width">Its values.</param>
/// <param name="Carry">What the steps after made of it.</param>
/// <param name="OutputAdjoint">What the layer above gives, where the state is the layer's output and that is read at every step.</param>
internal sealed record WatchedState(string Name, int Width, ArenaBuffer Carry, ValueRows? OutputAdjoint);

/// <summary>A value that an equation names and that a bounded function gives, or a ReLU.</summary>
/// <param name="Offset">The first block of the first step's first row.</param>
/// <param name="BlockLength">From a block of units to the next.</param>
/// <param name="Row">From a row to the next.</param>
internal sealed record WatchedGate(string Name, Function Function, int Offset, int StepLength, int BlockLength, int Row)
{
    /// <summary>Whether a unit whose gate is zero at every step learns nothing.</summary>
    public bool CanDie => Function == Function.Relu;

    public static bool Knows(Function? function) => function == Function.Sigmoid || function == Function.Tanh || function == Function.Relu;
}
