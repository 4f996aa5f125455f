using RnnGen.Runtime;

namespace RnnGen;

/// <summary>Cuts a series into windows: the values that a model reads, and those that follow them.</summary>
public static class SeriesWindows
{
    /// <summary>
    /// Makes a dataset whose sequence i is <c>series[s .. s + sequenceLength]</c> with s = i × <paramref name="stride"/>,
    /// and whose target is the next <paramref name="horizon"/> values. The windows are views: the series is not copied.
    /// </summary>
    /// <typeparam name="T">The number type.</typeparam>
    /// <param name="series">One value for each time step.</param>
    /// <param name="sequenceLength">Values that the model reads, at least 1.</param>
    /// <param name="horizon">Values that it forecasts, at least 1: the target's length.</param>
    /// <param name="stride">Time steps from one window to the next, at least 1.</param>
    /// <param name="missingInput">
    /// The replacement of missing values (NaN) in inputs, which are then copied; in targets they stay missing, for a model with <c>MaskedTargets</c>.
    /// <see langword="null"/> (default): they stay NaN, and training stops at the first.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">A size is below 1, or <paramref name="missingInput"/> is not finite.</exception>
    /// <exception cref="ArgumentException">The series is too short for one window.</exception>
    public static SequenceDataset<T, T> Create<T>(T[] series, int sequenceLength, int horizon = 1, int stride = 1, T? missingInput = null)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(series);
        return missingInput is null
            ? Create(series, sequenceLength, horizon, stride, sequenceLength, series.Length, "The series")
            : OfRows(series, 1, sequenceLength, horizon, stride, missingInput: missingInput);
    }

    /// <summary>
    /// Makes a dataset of windows over rows of several columns: sequence i is the <paramref name="sequenceLength"/> rows from row i × <paramref name="stride"/> on, and its
    /// target the columns <paramref name="targets"/> of the next <paramref name="horizon"/> rows. The inputs are views: the rows are not copied.
    /// </summary>
    /// <typeparam name="T">The number type.</typeparam>
    /// <param name="rows">All rows, <c>[row, column]</c>, oldest first.</param>
    /// <param name="columns">Columns, at least 1: the model's features.</param>
    /// <param name="sequenceLength">Rows that the model reads, at least 1.</param>
    /// <param name="horizon">Rows that it forecasts, at least 1.</param>
    /// <param name="stride">Rows from one window to the next, at least 1.</param>
    /// <param name="targets">Columns that it forecasts, from 0; <see langword="null"/> for all.</param>
    /// <param name="missingInput">
    /// The replacement of missing values (NaN) in inputs, which are then copied, such as 0 in normalised rows: the mean, with the standard score. In targets they stay missing,
    /// for a model with <c>MaskedTargets</c>. <see langword="null"/> (default): they stay NaN, and training stops at the first.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">A size is below 1, there is no such column, or <paramref name="missingInput"/> is not finite.</exception>
    /// <exception cref="ArgumentException">The rows are too few for one window, or their length is not a multiple of <paramref name="columns"/>.</exception>
    public static SequenceDataset<T, T> OfRows<T>(T[] rows, int columns, int sequenceLength, int horizon = 1, int stride = 1, int[]? targets = null, T? missingInput = null)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(rows);
        Guard.AtLeast(columns, 1);
        Guard.AtLeast(sequenceLength, 1);
        Guard.AtLeast(horizon, 1);
        Guard.AtLeast(stride, 1);
        if (rows.Length % columns != 0)
        {
            throw new ArgumentException(Invariant($"{rows.Length} values do not make whole rows of {columns}."), nameof(rows));
        }

        T? replacement = missingInput is { } given ? MissingInputs.Finite(given, nameof(missingInput)) : null;
        int[] forecast = RowWindows<T>.TargetColumns(targets, columns);
        int count = rows.Length / columns;
        long last = (long)count - sequenceLength - horizon;
        if (last < 0)
        {
            throw new ArgumentException(
                Invariant($"A window of {sequenceLength} rows and its {horizon} to forecast must fit, but there are {count}. Use more rows, or a shorter sequence or horizon."), nameof(rows));
        }

        T[] values = new T[checked(count * forecast.Length)];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = rows[(i / forecast.Length * columns) + forecast[i % forecast.Length]];
        }

        if (replacement is { } missing)
        {
            rows = (T[])rows.Clone();
            MissingInputs.Replace(rows, missing);
        }

        return new(
            new SequenceViews<T>(rows, 0, checked(stride * columns), checked(sequenceLength * columns)),
            new SequenceViews<T>(values, sequenceLength * forecast.Length, checked(stride * forecast.Length), horizon * forecast.Length),
            (int)(last / stride) + 1);
    }

    /// <summary>Windows whose targets lie wholly in <c>[targetStart, targetEnd)</c>; inputs may reach back before it.</summary>
    internal static SequenceDataset<T, T> Create<T>(T[] series, int sequenceLength, int horizon, int stride, int targetStart, int targetEnd, string part)
        where T : unmanaged
    {
        Guard.AtLeast(sequenceLength, 1);
        Guard.AtLeast(horizon, 1);
        Guard.AtLeast(stride, 1);

        long firstTarget = Math.Max(targetStart, sequenceLength);
        long last = targetEnd - firstTarget - horizon;
        if (last < 0)
        {
            throw new ArgumentException(
                Invariant($"{part} is too short: a window of {sequenceLength} values and its {horizon} to forecast must fit, ") +
                Invariant($"but only {Math.Max(0, targetEnd - firstTarget)} values can be targets (values {targetStart} to {targetEnd} of {series.Length}). ") +
                "Use a longer series, a shorter sequence or horizon, or a larger share.",
                nameof(series));
        }

        int target = (int)firstTarget;
        return new(
            new SequenceViews<T>(series, target - sequenceLength, stride, sequenceLength),
            new SequenceViews<T>(series, target, stride, horizon),
            (int)(last / stride) + 1);
    }
}
