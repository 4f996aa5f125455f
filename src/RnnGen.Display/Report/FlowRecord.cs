namespace RnnGen.Display;

/// <summary>How a model's gradient flowed during a training, in bounded memory.</summary>
internal sealed class FlowRecord
{
    private readonly GradientFlow _flow;
    private readonly List<(StateFlow State, GradientFlowMap Map)> _states = [];
    private readonly List<(GateFlow Gate, Curve Saturation)> _gates = [];
    private readonly List<(LayerFlow Layer, Curve Dead)> _mortals = [];
    private long _seen;

    public FlowRecord(GradientFlow flow)
    {
        _flow = flow;
        _seen = flow.StepCount;
        foreach (LayerFlow layer in flow.Layers)
        {
            _states.AddRange(layer.States.Select(s => (s, new GradientFlowMap($"‖∂L/∂{s.Name}(t)‖ of {layer.Name}", layer.Steps))));
            _gates.AddRange(layer.Gates.Select(g => (g, new Curve())));
            if (layer.Gates.Any(g => g.Function == GateFunction.Relu))
            {
                _mortals.Add((layer, new Curve()));
            }
        }
    }

    /// <summary>The heat maps, one for each state.</summary>
    public IEnumerable<GradientFlowMap> Maps => _states.Select(s => s.Map);

    /// <summary>The share of saturated values of each gate, one chart per layer, and the units that do not learn.</summary>
    public IEnumerable<(string Title, LineChart Chart)> Charts
    {
        get
        {
            foreach (LayerFlow layer in _flow.Layers)
            {
                ChartLine[] lines = [.. _gates.Where(g => layer.Gates.Contains(g.Gate) && g.Gate.Function != GateFunction.Relu).Select((g, i) => new ChartLine(g.Gate.Name, i + 1, g.Saturation.Points))];
                if (lines.Length > 0)
                {
                    yield return ($"Saturated share of each gate of {layer.Name}", new LineChart("step", lines));
                }
            }

            foreach (var (layer, dead) in _mortals)
            {
                yield return (Invariant($"Dead units of {layer.Name}, of {layer.Units}"), new LineChart("step", [new ChartLine("dead units", 2, dead.Points)]));
            }
        }
    }

    /// <summary>Adds the measurements of the latest step, if there are any.</summary>
    public void Add(long step)
    {
        if (_flow.StepCount == _seen)
        {
            return;
        }

        _seen = _flow.StepCount;
        foreach (var (state, map) in _states)
        {
            map.Add(step, state.Norms);
        }

        foreach (var (gate, saturation) in _gates)
        {
            saturation.Add(step, gate.Saturation);
        }

        foreach (var (layer, dead) in _mortals)
        {
            dead.Add(step, layer.DeadUnits);
        }
    }
}
