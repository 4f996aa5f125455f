using RnnGen.Generator.Planning.Calls;
using RnnGen.Generator.Planning.Flow;
using RnnGen.Generator.Planning.Memory;


namespace RnnGen.Generator.Planning.Ops;

/// <summary>What recurrent dropout leaves out of the states that products read (Y. Gal, Z. Ghahramani 2016), and of their adjoints.</summary>
internal static class DroppedState
{
    /// <summary>A state before a step goes to where products read it.</summary>
    public static Call Forward(ForwardLayout layout, PlannedLayer layer, string state, int step) =>
        Of(layout, layer, state, step, layout.Before(layer, state, step).Offset, layout.Read(layer, state, step).Offset) with { Note = $"{state} before t = {step}, with dropout" };

    /// <summary>What products gave goes to the adjoint of the state before a step.</summary>
    /// <param name="target">Where that is.</param>
    /// <param name="adds">Whether what flows to the state by other ways than products is there already.</param>
    public static Call Backward(BackwardLayout layout, PlannedLayer layer, string state, int step, int target, bool adds) =>
        Of(layout.Forward, layer, state, step, layout.DropScratchOf(layer).Offset, target) with { Note = $"∂L/∂{state} before t = {step}", Adds = adds };

    private static MaskValues Of(ForwardLayout layout, PlannedLayer layer, string state, int step, int from, int to)
    {
        int row = layer.Plan.StateRow(state);
        return new MaskValues(new(from, 0, row), new(to, 0, row), new MaskRows(layout.StateMask(layer, state).Offset, row, layer.Plan.StateSize(state)), 1, RowRange.Live(layer, step), Adds: false);
    }
}
