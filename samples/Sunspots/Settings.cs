namespace Sunspots;

/// <summary>What was tuned, on the validation part.</summary>
internal static class Settings
{
    /// <summary>Months that a model sees.</summary>
    public const int Window = 48;

    /// <summary>Units of the recurrent layer.</summary>
    public const int Hidden = 32;

    public const int BatchSize = 32;

    public const int Epochs = 15;

    public const double LearningRate = 4e-3;

    /// <summary>Shares of the series, by time: training, validation; the rest, the last 20 %, is the test part.</summary>
    public const double TrainFraction = 0.7, ValidationFraction = 0.1;

    /// <summary>Months ahead that are forecast, scored and drawn, rising: the models' outputs in this order.</summary>
    public static IReadOnlyList<int> Horizons { get; } = [1, 12];
}
