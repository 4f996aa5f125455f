namespace RnnGen.Forecasting;

/// <summary>A forecaster that says what its forecasts depend on beside the series, for processes to compare.</summary>
internal interface IDescribedForecaster
{
    /// <summary>Names the settings.</summary>
    /// <param name="add">Receives each and its value as text.</param>
    void Describe(Action<string, string> add);
}

/// <summary>Descriptions of forecasters.</summary>
internal static class DescribedForecaster
{
    /// <summary>Names the type of a forecaster within another, and its settings where it says what they are.</summary>
    public static void DescribeTo(this IForecaster forecaster, string place, Action<string, string> add)
    {
        add(place, $"{forecaster.GetType()}");
        (forecaster as IDescribedForecaster)?.Describe((name, value) => add($"{place}'s {name}", value));
    }

    /// <summary>Numbers as text.</summary>
    public static string Listed<T>(IEnumerable<T> values) => values.Any() ? string.Join(", ", values.Select(value => Invariant($"{value}"))) : "none";
}
