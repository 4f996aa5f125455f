namespace RnnGen.Comparison;

/// <summary>Steps of one sequence, a block at a time (<c>Process</c>), beside the same steps one after the other (<c>Step</c>).</summary>
internal static class BlockRows
{
    public const string StepByStep = "Step";

    /// <summary>Steps of a block, as audio hosts call.</summary>
    private const int BlockSize = 64;

    public static IReadOnlyList<Row> All { get; } =
    [
        Of<BlockLstm_1_20>(model => model.CreateState(), 1.0),
        Of<BlockLstm_64_64>(model => model.CreateState()),
        Of<BlockLstm_64_128>(model => model.CreateState(), 1.2),
        Of<BlockLstm_128_128>(model => model.CreateState(), 1.3),
        Of<BlockLstm_256_64>(model => model.CreateState(), 1.3),
        Of<BlockGru_64_128>(model => model.CreateState()),
    ];

    private static Row Of<TModel>(Func<TModel, Runtime.StreamState<float, float, float>> createState, double? goal = null)
        where TModel : class, IRnnModel<TModel, float, float, float> =>
        new(Work.Blocks, TModel.Layout, (problem, _) => new Blocks(problem, createState(Rows.Create<TModel>(problem))), Rows.Draw<TModel>)
        {
            Beside = [new(StepByStep, problem => new Steps(problem, createState(Rows.Create<TModel>(problem))))],
            Goals = goal is { } ratio ? new() { [StepByStep] = ratio } : [],
        };

    // The problem's sequence has as many steps as a block, and starts over.
    private sealed class Blocks(Problem problem, Runtime.StreamState<float, float, float> state) : ISubject
    {
        private readonly float[] _y = new float[BlockSize];

        public float[] Check()
        {
            state.Reset();
            state.Process(problem.Inputs, _y);
            return [.. _y];
        }

        public double Run(int count) => Clock.Time(() =>
        {
            for (int left = count; left > 0; left -= BlockSize)
            {
                int steps = Math.Min(BlockSize, left);
                state.Process(problem.Inputs.AsSpan(0, steps * problem.Row.Inputs), _y.AsSpan(0, steps));
            }
        });
    }

    private sealed class Steps(Problem problem, Runtime.StreamState<float, float, float> state) : ISubject
    {
        private readonly float[] _y = new float[BlockSize];

        public float[] Check()
        {
            state.Reset();
            Run(BlockSize);
            return [.. _y];
        }

        public double Run(int count) => Clock.Time(() =>
        {
            int inputs = problem.Row.Inputs;
            for (int i = 0; i < count; i++)
            {
                int step = i % BlockSize;
                state.Step(problem.Inputs.AsSpan(step * inputs, inputs), _y.AsSpan(step, 1));
            }
        });
    }
}

[RnnModel(Architecture.ManyToMany, InputSize = 1, SequenceLength = 64, OutputSize = 1, BatchSize = 1)]
[Lstm(20)]
public sealed partial class BlockLstm_1_20;

[RnnModel(Architecture.ManyToMany, InputSize = 64, SequenceLength = 64, OutputSize = 1, BatchSize = 1)]
[Lstm(64)]
public sealed partial class BlockLstm_64_64;

[RnnModel(Architecture.ManyToMany, InputSize = 64, SequenceLength = 64, OutputSize = 1, BatchSize = 1)]
[Lstm(128)]
public sealed partial class BlockLstm_64_128;

[RnnModel(Architecture.ManyToMany, InputSize = 128, SequenceLength = 64, OutputSize = 1, BatchSize = 1)]
[Lstm(128)]
public sealed partial class BlockLstm_128_128;

[RnnModel(Architecture.ManyToMany, InputSize = 256, SequenceLength = 64, OutputSize = 1, BatchSize = 1)]
[Lstm(64)]
public sealed partial class BlockLstm_256_64;

[RnnModel(Architecture.ManyToMany, InputSize = 64, SequenceLength = 64, OutputSize = 1, BatchSize = 1)]
[Gru(128)]
public sealed partial class BlockGru_64_128;
