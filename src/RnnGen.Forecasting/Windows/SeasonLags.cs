namespace RnnGen.Forecasting;

/// <summary>
/// The last values of a step's place in the season, known at the window's origin: in the context those 1, 2, … seasons before the step, in the horizon the last ones before the origin, so that none is
/// missing there.
/// </summary>
/// <param name="Period">Steps of the season, at least 1.</param>
/// <param name="Count">How many of them, at least 1.</param>
public readonly record struct SeasonLags(int Period, int Count)
{
    /// <summary>Steps before a step that are read.</summary>
    internal int Reach => checked(Period * Count);

    /// <inheritdoc/>
    public override string ToString() => Invariant($"{nameof(SeasonLags)}({Period}, {Count})");

    /// <summary>The lags that <see cref="ToString"/> wrote.</summary>
    internal static SeasonLags Parse(string text) => NumberedName.Parse(text) is { Name: nameof(SeasonLags), Numbers.Count: 2 } named && named.Wholes() is [var period, var count]
        ? new(period, count)
        : throw new FormatException($"'{text}' is not the text of {nameof(SeasonLags)}.");
}
