namespace RnnGen.Comparison;

/// <summary>Rows of what is done for many sequences at once: streams in one step, and a batch that threads share.</summary>
internal static class ManyAtOnce
{
    public static IReadOnlyList<Row> All { get; } =
    [
        Streams<Streams_32_16_32>(model => model.CreateStreams(Streams_32_16_32.BatchSize).Step, model => model.CreateState().Step, (m, n) => m.Threads = n),
        Streams<Streams_32_64_128>(model => model.CreateStreams(Streams_32_64_128.BatchSize).Step, model => model.CreateState().Step, (m, n) => m.Threads = n, share: 0.85),
        Streams<Streams_256_64_128>(model => model.CreateStreams(Streams_256_64_128.BatchSize).Step, model => model.CreateState().Step, (m, n) => m.Threads = n),
        Batch<Lstm_64_64_64_128>((m, n) => m.Threads = n, gain: 1.75),
    ];

    private static Row Streams<TModel>(Func<TModel, StepAction> streams, Func<TModel, StepAction> state, Action<TModel, int> setThreads, double? share = null)
        where TModel : class, IRnnModel<TModel, float, float, float> =>
        new(Work.Streams, TModel.Layout, (problem, threads) => new StreamsSubject(problem, [streams(Create(problem, setThreads, threads))], threads), Rows.Draw<TModel>)
        {
            ShareGoal = share,
            HasTwoThreads = true,
            Beside =
            [
                new(Rows.States, problem =>
                {
                    TModel model = Create(problem, setThreads, 1);
                    return new StreamsSubject(problem, [.. Enumerable.Range(0, problem.Row.Batch).Select(_ => state(model))], 1);
                }),
            ],
        };

    private static Row Batch<TModel>(Action<TModel, int> setThreads, double gain) where TModel : class, IRnnModel<TModel, float, float, float> =>
        new(Work.Forward, TModel.Layout, (problem, threads) => new Compiled.Forward<TModel>(problem, Create(problem, setThreads, threads), threads), Rows.Draw<TModel>)
        {
            HasTwoThreads = true,
            GainGoal = gain,
        };

    private static TModel Create<TModel>(Problem problem, Action<TModel, int> setThreads, int threads) where TModel : IRnnModel<TModel, float, float, float>
    {
        TModel model = Rows.Create<TModel>(problem);
        setThreads(model, threads);
        return model;
    }

    internal delegate void StepAction(ReadOnlySpan<float> inputs, Span<float> outputs);

    /// <summary>A step of all streams: in one call, or each of its own.</summary>
    /// <param name="problem">Weights and data.</param>
    /// <param name="steps">What steps all, or each of the streams.</param>
    /// <param name="threads">Threads that work.</param>
    internal sealed class StreamsSubject(Problem problem, StepAction[] steps, int threads) : ISubject
    {
        private readonly float[] _inputs = ByStep(problem);
        private readonly float[] _outputs = new float[problem.Row.Batch];

        public float[] Check()
        {
            List<float> all = [];
            for (int step = 0; step < problem.Row.Steps; step++)
            {
                Step(step);
                all.AddRange(_outputs);
            }

            return [.. all];
        }

        public double Run(int count) => Clock.Time(
            () =>
            {
                for (int i = 0; i < count; i++)
                {
                    Step(i % problem.Row.Steps);
                }
            },
            threads);

        private void Step(int step)
        {
            int inputs = _inputs.Length / problem.Row.Steps / steps.Length, outputs = _outputs.Length / steps.Length;
            for (int i = 0; i < steps.Length; i++)
            {
                steps[i](_inputs.AsSpan((step * steps.Length + i) * inputs, inputs), _outputs.AsSpan(i * outputs, outputs));
            }
        }

        // [step, stream, input]
        private static float[] ByStep(Problem problem)
        {
            (int streams, int steps, int inputs) = (problem.Row.Batch, problem.Row.Steps, problem.Row.Inputs);
            float[] result = new float[problem.Inputs.Length];
            for (int stream = 0; stream < streams; stream++)
            {
                for (int step = 0; step < steps; step++)
                {
                    problem.Inputs.AsSpan((stream * steps + step) * inputs, inputs).CopyTo(result.AsSpan((step * streams + stream) * inputs));
                }
            }

            return result;
        }
    }
}

// Named after (streams, inputs, units).

[RnnModel(Architecture.ManyToOne, InputSize = 16, SequenceLength = 8, OutputSize = 1, BatchSize = 32)]
[Lstm(32)]
public sealed partial class Streams_32_16_32;

[RnnModel(Architecture.ManyToOne, InputSize = 64, SequenceLength = 8, OutputSize = 1, BatchSize = 32)]
[Lstm(128)]
public sealed partial class Streams_32_64_128;

[RnnModel(Architecture.ManyToOne, InputSize = 64, SequenceLength = 8, OutputSize = 1, BatchSize = 256)]
[Lstm(128)]
public sealed partial class Streams_256_64_128;

[RnnModel(Architecture.ManyToOne, InputSize = 64, SequenceLength = 64, OutputSize = 1, BatchSize = 64)]
[Lstm(128)]
public sealed partial class Lstm_64_64_64_128;
