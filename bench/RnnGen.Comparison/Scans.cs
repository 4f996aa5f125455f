namespace RnnGen.Comparison;

/// <summary>Rows of a cell whose gates do not read the state: one long sequence, whose steps are multiplied together.</summary>
internal static class Scans
{
    // 150 GFLOP/s on a core whose peak is 210.
    private const double Share = 0.71, Gain = 1.7;

    public static IReadOnlyList<Row> Rows { get; } = [Training<MinGru_1_512_128_128>((m, n) => m.Threads = n), Forward<MinGru_1_512_128_128>()];

    private static Row Training<TModel>(Action<TModel, int> setThreads) where TModel : class, IRnnModel<TModel, float, float, float> =>
        new(
            Work.Training,
            TModel.Layout,
            (problem, threads) =>
            {
                TModel model = Create<TModel>(problem);
                setThreads(model, threads);
                return new Compiled.Training<TModel>(problem, model, threads);
            },
            Draw<TModel>)
        {
            Cell = "mingru",
            HasPeers = false,
            ShareGoal = Share,
            GainGoal = Gain,
        };

    private static Row Forward<TModel>() where TModel : class, IRnnModel<TModel, float, float, float> =>
        new(Work.Forward, TModel.Layout, (problem, _) => new Compiled.Forward<TModel>(problem, Create<TModel>(problem), 1), Draw<TModel>) { Cell = "mingru", HasPeers = false, ShareGoal = Share };

    private static TModel Create<TModel>(Problem problem) where TModel : IRnnModel<TModel, float, float, float>
    {
        TModel model = TModel.Create(1);
        model.SetParameters(problem.Parameters);
        return model;
    }

    private static float[] Draw<TModel>() where TModel : IRnnModel<TModel, float, float, float> => TModel.Create(1).Parameters.ToArray();
}

// Named after (batch, steps, inputs, units).

[RnnModel(Architecture.ManyToOne, InputSize = 128, SequenceLength = 512, OutputSize = 1, BatchSize = 1)]
[MinGru(128)]
public sealed partial class MinGru_1_512_128_128;
