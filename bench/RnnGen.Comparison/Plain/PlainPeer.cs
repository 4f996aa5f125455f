namespace RnnGen.Comparison.Plain;

/// <summary>The loops that one writes by hand, as a peer.</summary>
internal sealed class PlainPeer : IPeer
{
    public string Name => Rows.PlainLoop;

    public string Version => $"{Name}: loops over System.Numerics.Tensors {typeof(System.Numerics.Tensors.TensorPrimitives).Assembly.GetName().Version?.ToString(3)}";

    public bool Does(Row row) => row.Work is not (Work.Streams or Work.Blocks) && !row.IsOwn && row.Cell != "rnn" && row.Lengths is null;

    public ISubject Prepare(Problem problem) => new Subject(problem);

    public void Dispose()
    {
    }

    private static PlainNetwork Create(Problem problem)
    {
        int steps = problem.Row.Work == Work.Streaming ? 1 : problem.Row.Steps;
        return problem.Row.Cell == "lstm"
            ? new PlainLstm(problem.Row, problem.Parameters, steps)
            : new PlainGru(problem.Row, problem.Parameters, steps);
    }

    private sealed class Subject(Problem problem) : ISubject
    {
        private readonly PlainNetwork _network = Create(problem);
        private readonly float[] _outputs = new float[problem.Row.Batch];

        public float[] Check()
        {
            switch (problem.Row.Work)
            {
                case Work.Training:
                    float loss = _network.ComputeGradients(problem.Inputs, problem.Targets);
                    return [loss, .. _network.Gradients];
                case Work.Forward:
                    Run(1);
                    return [.. _outputs];
                default:
                    return [.. Enumerable.Range(0, problem.Row.Steps).Select(t =>
                    {
                        Step(t);
                        return _outputs[0];
                    })];
            }
        }

        public double Run(int count) => Clock.Time(() =>
        {
            for (int i = 0; i < count; i++)
            {
                switch (problem.Row.Work)
                {
                    case Work.Training: _network.TrainStep(problem.Inputs, problem.Targets); break;
                    case Work.Forward: _network.Forward(problem.Inputs, _outputs); break;
                    default: Step(i); break;
                }
            }
        });

        private void Step(int n)
        {
            _network.Forward(problem.Inputs.AsSpan(n % problem.Row.Steps * problem.Row.Inputs, problem.Row.Inputs), _outputs);
            _network.Carry();
        }
    }
}
