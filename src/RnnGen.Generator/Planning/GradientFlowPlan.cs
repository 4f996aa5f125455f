using System.Collections.Generic;
using System.Linq;
using RnnGen.Generator.Cells.Graph;

namespace RnnGen.Generator.Planning;

/// <summary>A layer whose gates are counted on the way forward and whose adjoints are measured on the way back.</summary>
/// <param name="States">Its states, whose adjoints are measured before each step back.</param>
/// <param name="Gates">Its gates, which are counted after each step forward, while their values are in the cache.</param>
internal sealed record WatchedLayer(PlannedLayer Layer, IReadOnlyList<WatchedState> States, IReadOnlyList<WatchedGate> Gates)
{
    private const int LeastCounted = 32;

    /// <summary>What is measured before a step back, for readers.</summary>
    public string Note(int step) => string.Join(", ", States.Select(s => $"|∂L/∂{s.Name}({step})|"));

    /// <summary>
    /// Whether its gates are counted after a step. A share is known well from <see cref="LeastCounted"/> steps; that a unit is dead, only from all of them.
    /// </summary>
    public bool Counts(int step) => Gates.Count > 0 && (Gates.Any(g => g.CanDie) || step % Math.Max(1, Layer.Steps / LeastCounted) == 0);

    /// <summary>What is counted after a step forward.</summary>
    public string GateNote(int step) => $"{string.Join(", ", Gates.Select(g => g.Name))} at t = {step}";
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
