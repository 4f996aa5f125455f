using RnnGen.Runtime;

namespace RnnGen;

/// <summary>The function that computes a gate's values.</summary>
public enum GateFunction
{
    /// <summary>From 0 to 1; saturated below 0.1 and above 0.9.</summary>
    Sigmoid,

    /// <summary>From -1 to 1; saturated below -0.8 and above 0.8, where a sigmoid of twice its argument is.</summary>
    Tanh,

    /// <summary>From 0 up; at 0 nothing flows back, and no value is too high.</summary>
    Relu,
}

/// <summary>The part of a <see cref="GradientFlow"/> for one layer.</summary>
public sealed class LayerFlow
{
    internal LayerFlow(string name, int units, int steps, StateFlow[] states, GateFlow[] gates) =>
        (Name, Units, Steps, StateList, GateList) = (name, units, steps, states, gates);

    /// <summary>The layer's name in the generated code: <c>Lstm0</c>, <c>Gru1Reverse</c>, <c>Dense0</c>.</summary>
    public string Name { get; }

    /// <summary>Units.</summary>
    public int Units { get; }

    /// <summary>Time steps of the longest sequence; 1 for a layer that runs once, after the last step.</summary>
    public int Steps { get; }

    /// <summary>The states in the order of the cell's equations: h, and c for an LSTM; none for a dense layer.</summary>
    public IReadOnlyList<StateFlow> States => StateList;

    /// <summary>The results of sigmoid, tanh and ReLU in the cell's equations, by name: i, f, g, o of an LSTM; r, z, n of a GRU; h of a plain RNN; y of a dense layer.</summary>
    public IReadOnlyList<GateFlow> Gates => GateList;

    /// <summary>Units whose ReLU was 0 at every step of every sequence, so that they learned nothing; 0 if the layer has no ReLU.</summary>
    public int DeadUnits => GateList.Sum(g => g.DeadUnits);

    internal StateFlow[] StateList { get; }

    internal GateFlow[] GateList { get; }
}

/// <summary>How the gradient flowed through one state over time.</summary>
public sealed class StateFlow
{
    private readonly GradientFlow _flow;
    private readonly int _steps;
    private long _seen;

    internal StateFlow(GradientFlow flow, WatchedState place, int start, int steps) => (_flow, Place, Start, _steps) = (flow, place, start, steps);

    /// <summary>The state's name in the cell's equations: <c>h</c> or <c>c</c>.</summary>
    public string Name => Place.Name;

    /// <summary>
    /// [<see cref="LayerFlow.Steps"/>] values: the Euclidean norm of ∂L/∂state after each time step, over the units of all sequences that have the step. Empty
    /// before the first gradient. L is the mean loss over the batch; the layer's other states are held constant, as in
    /// <see cref="BatchState{T}.Gradient"/>.
    /// </summary>
    public ReadOnlySpan<double> Norms
    {
        get
        {
            bool isNew = _seen != _flow.StepCount;
            _seen = _flow.StepCount;
            return _flow.Norms(Start, _steps, isNew);
        }
    }

    internal WatchedState Place { get; }

    internal int Start { get; }
}

/// <summary>
/// Statistics of the values of one gate over all units, sequences and steps. In a layer of 64 steps or more, every second, third, … step is counted, so that 32 to 63 are; a layer
/// with a ReLU is counted at every step.
/// </summary>
public sealed class GateFlow
{
    private readonly GradientFlow _flow;

    internal GateFlow(GradientFlow flow, WatchedGate place, int index, int start) => (_flow, Place, Index, Start) = (flow, place, index, start);

    /// <summary>The gate's name in the cell's equations, such as <c>f</c>.</summary>
    public string Name => Place.Name;

    /// <summary>The function that computes it.</summary>
    public GateFunction Function => Place.Function;

    /// <summary>Share of values, from 0 to 1, below 0.1 (sigmoid), below -0.8 (tanh) or at 0 (ReLU); 0 before the first gradient.</summary>
    public double Low => _flow.Share(Index, 0);

    /// <summary>Share of values, from 0 to 1, above 0.9 (sigmoid) or 0.8 (tanh); 0 for a ReLU and before the first gradient.</summary>
    public double High => _flow.Share(Index, 1);

    /// <summary>Share of values that let little or no gradient through: <see cref="Low"/> and <see cref="High"/> together.</summary>
    public double Saturation => Low + High;

    /// <summary>Units whose ReLU was 0 at every step of every sequence; 0 for other functions, and before the first gradient.</summary>
    public int DeadUnits => Function == GateFunction.Relu ? _flow.Dead(Start, Units) : 0;

    internal WatchedGate Place { get; }

    internal int Units { get; init; }

    // Position among all gates, and of its units among those that can die.
    internal int Index { get; }

    internal int Start { get; }
}
