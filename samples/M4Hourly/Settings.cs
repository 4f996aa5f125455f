using RnnGen;
using RnnGen.Forecasting;

namespace M4Hourly;

/// <summary>What was tuned, on the training series alone: on their last 48 hours (<c>--validate</c>), the calibration on three origins.</summary>
internal static class Settings
{
    public const int Day = 24, Week = 168, Days = 14, Horizon = 48, Statics = 6;

    /// <summary>Networks of the ensemble, which differ in their seeds; every second one learns without dropout.</summary>
    public const int Networks = 6;

    /// <summary>Networks that learn without the windows on which the intervals are calibrated.</summary>
    public const int Calibrators = 2;

    /// <summary>The windows of 48 hours at the end of the history on which the intervals are calibrated.</summary>
    public const int CalibrationWindows = 2;

    public const double LearningRate = 2e-3;

    public const int WarmUpSteps = 100;

    /// <summary>The levels of the networks' quantiles.</summary>
    public static IReadOnlyList<double> Levels { get; } = [0.025, 0.5, 0.975];

    /// <summary>
    /// Forecasts are errors of the better seasonal naive forecast, by day or by week, of the logarithm, divided by how large they usually are.
    /// Networks read logarithms less the mean of the last week, divided by a root of their size.
    /// </summary>
    public static WindowOptions Hours { get; } = new()
    {
        ContextLength = Day,
        Horizon = Horizon,
        HistoryLength = 4 * Week,
        Stride = 5,
        ExtraStride = Day,
        Scaling = Scaling.Log.Then(Scaling.BestSeasonalDifferences(Day, Week)).Then(Scaling.MeanAbsolute),
        InputScaling = Scaling.Log.Then(Scaling.MeanOfLast(Week)).Then(Scaling.MeanAbsolutePower(0.5)),
        SeasonLags = [new(Day, Days)],
        PastStatics = [PastStatic.Variation, PastStatic.SeasonalError(1), PastStatic.SeasonalError(Day), PastStatic.SeasonalError(Week), PastStatic.Trend(Day), PastStatic.Trend(Week)],
    };
}
