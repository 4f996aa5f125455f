namespace RnnGen.Comparison;

/// <summary>Rows of a cell whose gates do not read the state: one long sequence, whose steps are multiplied together.</summary>
internal static class Scans
{
    // 150 GFLOP/s on a core whose peak is 210.
    private const double Share = 0.71, Gain = 1.7;

    public static IReadOnlyList<Row> All { get; } = [Training<MinGru_1_512_128_128>((m, n) => m.Threads = n), Forward<MinGru_1_512_128_128>()];

    private static Row Training<TModel>(Action<TModel, int> setThreads) where TModel : class, IRnnModel<TModel, float, float, float> =>
        Rows.Training(setThreads, new()) with
        {
            Cell = "mingru",
            HasPeers = false,
            Goals = [],
            ShareGoal = Share,
            GainGoal = Gain,
        };

    private static Row Forward<TModel>() where TModel : class, IRnnModel<TModel, float, float, float> =>
        new(Work.Forward, TModel.Layout, (problem, _) => new Compiled.Forward<TModel>(problem, Rows.Create<TModel>(problem), 1), Rows.Draw<TModel>) { Cell = "mingru", HasPeers = false, ShareGoal = Share };
}

// Named after (batch, steps, inputs, units).

[RnnModel(Architecture.ManyToOne, InputSize = 128, SequenceLength = 512, OutputSize = 1, BatchSize = 1)]
[MinGru(128)]
public sealed partial class MinGru_1_512_128_128;
