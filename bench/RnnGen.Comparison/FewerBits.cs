using System.Diagnostics;
using RnnGen.Runtime;

namespace RnnGen.Comparison;

/// <summary>Rows of predictions whose weights take fewer bits, each beside its float twin with the same parameters.</summary>
internal static class FewerBits
{
    /// <summary>The twin that predicts with floats.</summary>
    public const string Float = "float";

    /// <summary>What 99 of 100 steps stay within, each timed by itself.</summary>
    public const string Percentile = "99th percentile";

    private const WeightFormat Int8 = WeightFormat.Int8, BFloat16 = WeightFormat.BFloat16;

    public static IReadOnlyList<Row> All { get; } =
    [
        Step<StreamLstm_64_64_Int8, StreamLstm_64_64>(Int8, m => m.CreateState(), m => m.CreateState(), 2.8),
        Step<StreamLstm_64_128_Int8, StreamLstm_64_128>(Int8, m => m.CreateState(), m => m.CreateState(), 3),
        Step<StreamLstm_256_256_Int8, StreamLstm_256_256>(Int8, m => m.CreateState(), m => m.CreateState(), 4.5),
        WithPercentile<TwoLstms_128_Int8>(
            Step<TwoLstms_128_Int8, TwoLstms_128>(Int8, m => m.CreateState(), m => m.CreateState()), m => m.CreateState(), new(1.9e-6, "Vollo, an FPGA, as published", "25.1.2, 1.9 to 2.8 µs")),
        Step<StreamLstm_64_64_BFloat16, StreamLstm_64_64>(BFloat16, m => m.CreateState(), m => m.CreateState(), 1.5),
        Step<StreamLstm_64_128_BFloat16, StreamLstm_64_128>(BFloat16, m => m.CreateState(), m => m.CreateState(), 1.5),
        Step<StreamLstm_256_256_BFloat16, StreamLstm_256_256>(BFloat16, m => m.CreateState(), m => m.CreateState(), 1.5),
        WithPercentile<TwoLstms_128_BFloat16>(Step<TwoLstms_128_BFloat16, TwoLstms_128>(BFloat16, m => m.CreateState(), m => m.CreateState(), 1.5), m => m.CreateState()),
        Batch<Lstm_32_64_64_128_Int8, Lstm_32_64_64_128>(Int8, 1.5),
        Batch<Lstm_32_128_256_256_Int8, Lstm_32_128_256_256>(Int8, 1.5),
        Batch<Lstm_32_64_64_128_BFloat16, Lstm_32_64_64_128>(BFloat16),
        Batch<Lstm_32_128_256_256_BFloat16, Lstm_32_128_256_256>(BFloat16),
        Streams<Streams_32_64_128_Int8, Streams_32_64_128>(
            Int8, m => m.CreateStreams(Streams_32_64_128_Int8.BatchSize).Step, m => m.CreateStreams(Streams_32_64_128.BatchSize).Step, 1.5),
    ];

    private static Row Step<TModel, TFloat>(WeightFormat format, Func<TModel, StreamState<float, float, float>> state, Func<TFloat, StreamState<float, float, float>> twin, double? goal = null)
        where TModel : class, IRnnModel<TModel, float, float, float>
        where TFloat : class, IRnnModel<TFloat, float, float, float> =>
        Of<TModel>(Work.Streaming, format, problem => new Steps(problem, state(Rows.Create<TModel>(problem))), problem => new Steps(problem, twin(Rows.Create<TFloat>(problem))), goal);

    private static Row WithPercentile<TModel>(Row row, Func<TModel, StreamState<float, float, float>> state, TimeGoal? goal = null) where TModel : class, IRnnModel<TModel, float, float, float> =>
        row with { Beside = [.. row.Beside, new(Percentile, problem => new StepTimes(problem, state(Rows.Create<TModel>(problem))))], TimeGoal = goal };

    private static Row Batch<TModel, TFloat>(WeightFormat format, double? goal = null)
        where TModel : class, IRnnModel<TModel, float, float, float>
        where TFloat : class, IRnnModel<TFloat, float, float, float> =>
        Of<TModel>(
            Work.Forward, format,
            problem => new Compiled.Forward<TModel>(problem, Rows.Create<TModel>(problem), 1),
            problem => new Compiled.Forward<TFloat>(problem, Rows.Create<TFloat>(problem), 1), goal);

    private static Row Streams<TModel, TFloat>(WeightFormat format, Func<TModel, ManyAtOnce.StepAction> streams, Func<TFloat, ManyAtOnce.StepAction> twin, double goal)
        where TModel : class, IRnnModel<TModel, float, float, float>
        where TFloat : class, IRnnModel<TFloat, float, float, float> =>
        Of<TModel>(
            Work.Streams, format,
            problem => new ManyAtOnce.StreamsSubject(problem, [streams(Rows.Create<TModel>(problem))], 1),
            problem => new ManyAtOnce.StreamsSubject(problem, [twin(Rows.Create<TFloat>(problem))], 1), goal);

    private static Row Of<TModel>(Work work, WeightFormat format, Func<Problem, ISubject> create, Func<Problem, ISubject> twin, double? goal) where TModel : class, IRnnModel<TModel, float, float, float> =>
        new(work, TModel.Layout, (problem, _) => create(problem), Rows.Draw<TModel>)
        {
            Format = format,
            HasPeers = false,
            Goals = goal is { } ratio ? new() { [Float] = ratio } : [],
            Beside = [new(Float, twin, Bits: 8)],
        };

    /// <summary>Steps of one state, over and over the problem's sequence.</summary>
    private sealed class Steps(Problem problem, StreamState<float, float, float> state) : ISubject
    {
        private readonly float[] _y = new float[problem.Row.Layout.OutputLength / problem.Row.Layout.OutputSteps];

        public float[] Check()
        {
            state.Reset();
            List<float> all = [];
            for (int step = 0; step < problem.Row.Steps; step++)
            {
                Step(step);
                all.AddRange(_y);
            }

            return [.. all];
        }

        public double Run(int count) => Clock.Time(() =>
        {
            for (int i = 0; i < count; i++)
            {
                Step(i % problem.Row.Steps);
            }
        });

        public void Step(int step) => state.Step(problem.Inputs.AsSpan(step * problem.Row.Inputs, problem.Row.Inputs), _y);
    }

    /// <summary>The same, each step timed by the wall, reading the clock included.</summary>
    private sealed class StepTimes(Problem problem, StreamState<float, float, float> state) : ISubject
    {
        private readonly Steps _steps = new(problem, state);

        public float[] Check() => _steps.Check();

        /// <summary>As long as all would have taken, had each taken what 99 of 100 stay within.</summary>
        public double Run(int count)
        {
            long[] times = new long[count];
            for (int i = 0; i < count; i++)
            {
                long start = Stopwatch.GetTimestamp();
                _steps.Step(i % problem.Row.Steps);
                times[i] = Stopwatch.GetTimestamp() - start;
            }

            Array.Sort(times);
            return times[count * 99L / 100] * count / (double)Stopwatch.Frequency;
        }
    }
}

// Named after their float twins.

[RnnModel(Architecture.ManyToMany, InputSize = 64, SequenceLength = 16, OutputSize = 1, BatchSize = 1, PredictionWeights = WeightFormat.Int8)]
[Lstm(64)]
public sealed partial class StreamLstm_64_64_Int8;

[RnnModel(Architecture.ManyToMany, InputSize = 64, SequenceLength = 16, OutputSize = 1, BatchSize = 1, PredictionWeights = WeightFormat.BFloat16)]
[Lstm(64)]
public sealed partial class StreamLstm_64_64_BFloat16;

[RnnModel(Architecture.ManyToMany, InputSize = 64, SequenceLength = 16, OutputSize = 1, BatchSize = 1, PredictionWeights = WeightFormat.Int8)]
[Lstm(128)]
public sealed partial class StreamLstm_64_128_Int8;

[RnnModel(Architecture.ManyToMany, InputSize = 64, SequenceLength = 16, OutputSize = 1, BatchSize = 1, PredictionWeights = WeightFormat.BFloat16)]
[Lstm(128)]
public sealed partial class StreamLstm_64_128_BFloat16;

[RnnModel(Architecture.ManyToMany, InputSize = 256, SequenceLength = 16, OutputSize = 1, BatchSize = 1)]
[Lstm(256)]
public sealed partial class StreamLstm_256_256;

[RnnModel(Architecture.ManyToMany, InputSize = 256, SequenceLength = 16, OutputSize = 1, BatchSize = 1, PredictionWeights = WeightFormat.Int8)]
[Lstm(256)]
public sealed partial class StreamLstm_256_256_Int8;

[RnnModel(Architecture.ManyToMany, InputSize = 256, SequenceLength = 16, OutputSize = 1, BatchSize = 1, PredictionWeights = WeightFormat.BFloat16)]
[Lstm(256)]
public sealed partial class StreamLstm_256_256_BFloat16;

// Vollo's lstm_tiny: as many inputs as units, 32 outputs.

[RnnModel(Architecture.ManyToMany, InputSize = 128, SequenceLength = 16, OutputSize = 32, BatchSize = 1)]
[Lstm(128)]
[Lstm(128)]
public sealed partial class TwoLstms_128;

[RnnModel(Architecture.ManyToMany, InputSize = 128, SequenceLength = 16, OutputSize = 32, BatchSize = 1, PredictionWeights = WeightFormat.Int8)]
[Lstm(128)]
[Lstm(128)]
public sealed partial class TwoLstms_128_Int8;

[RnnModel(Architecture.ManyToMany, InputSize = 128, SequenceLength = 16, OutputSize = 32, BatchSize = 1, PredictionWeights = WeightFormat.BFloat16)]
[Lstm(128)]
[Lstm(128)]
public sealed partial class TwoLstms_128_BFloat16;

[RnnModel(Architecture.ManyToOne, InputSize = 64, SequenceLength = 64, OutputSize = 1, BatchSize = 32, PredictionWeights = WeightFormat.Int8)]
[Lstm(128)]
public sealed partial class Lstm_32_64_64_128_Int8;

[RnnModel(Architecture.ManyToOne, InputSize = 64, SequenceLength = 64, OutputSize = 1, BatchSize = 32, PredictionWeights = WeightFormat.BFloat16)]
[Lstm(128)]
public sealed partial class Lstm_32_64_64_128_BFloat16;

[RnnModel(Architecture.ManyToOne, InputSize = 256, SequenceLength = 128, OutputSize = 1, BatchSize = 32, PredictionWeights = WeightFormat.Int8)]
[Lstm(256)]
public sealed partial class Lstm_32_128_256_256_Int8;

[RnnModel(Architecture.ManyToOne, InputSize = 256, SequenceLength = 128, OutputSize = 1, BatchSize = 32, PredictionWeights = WeightFormat.BFloat16)]
[Lstm(256)]
public sealed partial class Lstm_32_128_256_256_BFloat16;

[RnnModel(Architecture.ManyToOne, InputSize = 64, SequenceLength = 8, OutputSize = 1, BatchSize = 32, PredictionWeights = WeightFormat.Int8)]
[Lstm(128)]
public sealed partial class Streams_32_64_128_Int8;
