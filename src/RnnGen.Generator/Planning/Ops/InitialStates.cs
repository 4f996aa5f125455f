using System.Collections.Generic;
using System.Linq;
using RnnGen.Generator.Planning.Calls;
using RnnGen.Generator.Planning.Flow;
using RnnGen.Generator.Planning.Memory;

namespace RnnGen.Generator.Planning.Ops;

/// <summary>What a layer's states are before its first step: zero, a learned parameter, or what another unit gave.</summary>
internal static class InitialStates
{
    /// <summary>The parameters that a direction of a layer starts from, by its states; none where these start from zero.</summary>
    /// <param name="suffix">What the parameters' names end with: the direction.</param>
    public static IReadOnlyDictionary<string, PlannedVector> Learned(FlowBuilder flow, LayerPlace place, string suffix) => !flow.Model.LearnsStates ? new Dictionary<string, PlannedVector>()
        : place.Layer.Cell.Definition.States.ToDictionary(s => s.Code, s => flow.AddVector($"initial.{s.Name}_l{place.Index}{suffix}", place.Layer.StateSize(s.Name), "InitialState", place.Layer.Frozen));

    /// <summary>The states of a layer before its first step. In a layer that goes backwards each row has its own first step.</summary>
    public static IEnumerable<Call> Forward(ForwardLayout layout, PlannedLayer layer)
    {
        foreach (string state in layer.Plan.States)
        {
            int at = layout.Before(layer, state, layer.IsReverse ? layer.Steps - 1 : 0).Offset, row = layer.Plan.StateRow(state);
            if (layer.Starts.TryGetValue(state, out PlannedUnit? start))
            {
                ValueRows from = layout.Values(start);
                yield return new CopyRows(from.Offset, from.Row, layer.Plan.StateSize(state), at, row, RowRange.All) { Note = $"{state} before the first step = {start.Name}" };
            }
            else if (!layer.IsReverse)
            {
                yield return Start(layer, state, at, RowRange.All);
            }
        }
    }

    /// <summary>The same for the rows that begin at a step, in a layer that goes backwards.</summary>
    public static IEnumerable<Call> Begin(ForwardLayout layout, PlannedLayer layer, int step) => layer.Plan.States.Select(state =>
    {
        PlannedVector? initial = Learned(layer, state);
        return new BeginRows(initial, layout.Before(layer, state, step).Offset, layer.Plan.StateRow(state), step)
        {
            Note = $"{state} before t = {step} = {initial?.Tensor.Name ?? "0"} where that is a row's last step",
        };
    });

    /// <summary>A state becomes zero, or what is learned.</summary>
    public static StartRows Start(PlannedLayer layer, string state, int at, RowRange rows) => new(Learned(layer, state), at, layer.Plan.StateRow(state), rows)
    {
        Note = $"{state} before the first step = {Learned(layer, state)?.Tensor.Name ?? "0"}",
    };

    /// <summary>The same for a state during prediction.</summary>
    public static StartRows Start(PredictionState state, RowRange rows) => new(state.Initial, state.Even.Offset, state.Row, rows) { Note = $"{state.Unit.Name} {state.Name}" };

    /// <summary>The adjoints of a layer's first states go to where these came from.</summary>
    public static IEnumerable<Call> Backward(BackwardLayout layout, PlannedLayer layer)
    {
        foreach (KeyValuePair<string, PlannedUnit> start in layer.Starts.Where(s => s.Value.Flows))
        {
            ValueRows target = layout.Adjoint(start.Value);
            yield return new CopyRows(
                layout.Carry(layer, start.Key).Offset, layer.Plan.StateRow(start.Key), layer.Plan.StateSize(start.Key), target.Offset, target.Row, RowRange.All, Adds: !layout.IsLastReader(layer, start.Value))
            {
                Note = $"∂L/∂{start.Key} before the first step, to {start.Value.Name}",
            };
        }
    }

    /// <summary>Whether a state starts from zero, unless a sequence continues another.</summary>
    public static bool IsZero(PlannedLayer layer, string state) => !layer.Starts.ContainsKey(state) && !layer.Initials.ContainsKey(state);

    /// <summary>Whether the adjoint of a layer's first state is read.</summary>
    public static bool NeedsAdjoint(BackwardLayout layout, PlannedLayer layer, string state) =>
        (layer.Starts.TryGetValue(state, out PlannedUnit? start) && start.Flows) || layer.Initials.ContainsKey(state) || layout.MayCarry(layer);

    /// <summary>Where the adjoints of a learned state are left that each row started from: known only when the backward pass has ended.</summary>
    public static ValueRows? RowsOf(BackwardLayout layout, PlannedVector vector) => layout.Layers
        .SelectMany(l => l.Initials.Where(i => i.Value == vector).Select(i => new ValueRows(layout.Carry(l, i.Key).Offset, 0, l.Plan.StateRow(i.Key))))
        .FirstOrDefault();

    private static PlannedVector? Learned(PlannedLayer layer, string state) => layer.Initials.TryGetValue(state, out PlannedVector? initial) ? initial : null;
}

/// <summary>Rows of a state become what it starts from without another unit.</summary>
/// <param name="Initial">What is learned; null where it is zero.</param>
internal sealed record StartRows(PlannedVector? Initial, int Offset, int Row, RowRange Rows) : Call
{
    public override bool IsStart => true;

    public override Invocation Invocation => Initial is null
        ? new ClearRows(Offset, Row, Rows).Invocation
        : Invocation.OfRuntime("Rows.Fill", Initial, Argument.Arena, Offset, Row, Rows);
}

/// <summary>Rows that begin at a step of a layer that goes backwards begin with what the state starts from.</summary>
/// <param name="Initial">What is learned; null where it is zero.</param>
internal sealed record BeginRows(PlannedVector? Initial, int Offset, int Row, int Step) : Call
{
    public override Invocation Invocation => Invocation.OfRuntime(
        "Rows.Begin", [.. Initial is null ? [] : new Argument[] { Initial }, Argument.Arena, Offset, Row, Step, Named.SequenceLength, RowRange.OverSteps(Clock.Input)]);
}
