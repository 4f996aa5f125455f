namespace RnnGen.Comparison;

/// <summary>Rows of convolutions over time, whose products are those of all steps: layers of 64 filters in front of one that reads the input alone.</summary>
internal static class Convolutions
{
    private const double Share = 0.8;

    public static IReadOnlyList<Row> All { get; } =
    [
        Training<Conv_32_64_64_64>((m, n) => m.Threads = n, "conv"), Training<DilatedConv_32_64_64_64>((m, n) => m.Threads = n, "dilated conv"),
        Forward<Conv_32_64_64_64>("conv"), Forward<DilatedConv_32_64_64_64>("dilated conv"),
    ];

    private static Row Training<TModel>(Action<TModel, int> setThreads, string name) where TModel : class, IRnnModel<TModel, float, float, float> =>
        Rows.Training(setThreads, new()) with { Cell = name, HasPeers = false, Goals = [], ShareGoal = Share };

    private static Row Forward<TModel>(string name) where TModel : class, IRnnModel<TModel, float, float, float> =>
        new(Work.Forward, TModel.Layout, (problem, _) => new Compiled.Forward<TModel>(problem, Rows.Create<TModel>(problem), 1), Rows.Draw<TModel>) { Cell = name, HasPeers = false, ShareGoal = Share };
}

// Named after (batch, steps, inputs, filters).

[RnnModel(Architecture.ManyToOne, InputSize = 64, SequenceLength = 64, OutputSize = 1, BatchSize = 32)]
[Conv1D(64, 3, Activation = Activation.Relu)]
[Conv1D(64, 3, Activation = Activation.Relu)]
[Conv1D(64, 3, Activation = Activation.Relu)]
[MinGru(64)]
public sealed partial class Conv_32_64_64_64;

[RnnModel(Architecture.ManyToOne, InputSize = 64, SequenceLength = 64, OutputSize = 1, BatchSize = 32)]
[Conv1D(64, 3, Activation = Activation.Relu)]
[Conv1D(64, 3, Dilation = 2, Activation = Activation.Relu)]
[Conv1D(64, 3, Dilation = 4, Activation = Activation.Relu)]
[MinGru(64)]
public sealed partial class DilatedConv_32_64_64_64;
