namespace RnnGen.Comparison;

/// <summary>Rows of losses that read several values of the output layer for each target, beside the squared error on the same layers.</summary>
internal static class HeadRows
{
    private const string SquaredError = "squared error";

    // A step takes up to 4 % more.
    private const double Floor = 1 / 1.04;

    public static IReadOnlyList<Row> All { get; } =
    [
        Training<QuantileLstm_32_64_64_128, Lstm_32_64_64_128>("lstm-quantiles", (m, n) => m.Threads = n),
        Training<GaussianLstm_32_64_64_128, Lstm_32_64_64_128>("lstm-gaussian", (m, n) => m.Threads = n),
        Training<QuantileGru_32_64_16_32, Gru_32_64_16_32>("gru-quantiles", (m, n) => m.Threads = n),
        Training<GaussianGru_32_64_16_32, Gru_32_64_16_32>("gru-gaussian", (m, n) => m.Threads = n),
    ];

    private static Row Training<TModel, TSquared>(string cell, Action<TModel, int> setThreads)
        where TModel : class, IRnnModel<TModel, float, float, float>
        where TSquared : class, IRnnModel<TSquared, float, float, float> =>
        Rows.Training(setThreads, new()) with
        {
            Cell = cell,
            HasPeers = false,
            Goals = new() { [SquaredError] = Floor },
            Beside = [new(SquaredError, problem => new Compiled.Training<TSquared>(problem, TSquared.Create(1), 1), Bits: null)],
        };
}

// Named after (batch, steps, inputs, units). Three quantiles, and mean and scale, of one target.

[RnnModel(Architecture.ManyToOne, InputSize = 64, SequenceLength = 64, OutputSize = 1, BatchSize = 32, Loss = Loss.Quantile)]
[Lstm(128)]
public sealed partial class QuantileLstm_32_64_64_128;

[RnnModel(Architecture.ManyToOne, InputSize = 64, SequenceLength = 64, OutputSize = 1, BatchSize = 32, Loss = Loss.Gaussian)]
[Lstm(128)]
public sealed partial class GaussianLstm_32_64_64_128;

[RnnModel(Architecture.ManyToOne, InputSize = 16, SequenceLength = 64, OutputSize = 1, BatchSize = 32, Loss = Loss.Quantile)]
[Gru(32)]
public sealed partial class QuantileGru_32_64_16_32;

[RnnModel(Architecture.ManyToOne, InputSize = 16, SequenceLength = 64, OutputSize = 1, BatchSize = 32, Loss = Loss.Gaussian)]
[Gru(32)]
public sealed partial class GaussianGru_32_64_16_32;
