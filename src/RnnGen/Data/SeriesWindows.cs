namespace RnnGen;

/// <summary>Cuts a series into windows: what a model sees, and the values that follow it.</summary>
public static class SeriesWindows
{
    /// <summary>
    /// Makes a dataset whose sequence i is <c>series[s .. s + sequenceLength]</c> with s = i × <paramref name="stride"/>,
    /// and whose target is the next <paramref name="horizon"/> values. The windows are views: the series is not copied.
    /// </summary>
    /// <typeparam name="T">The number type.</typeparam>
    /// <param name="series">One value for each time step.</param>
    /// <param name="sequenceLength">Values that the model sees, at least 1.</param>
    /// <param name="horizon">Values that it forecasts, at least 1: the target's length.</param>
    /// <param name="stride">Time steps from one window to the next, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is below 1.</exception>
    /// <exception cref="ArgumentException">The series is too short for one window.</exception>
    public static SequenceDataset<T, T> Create<T>(T[] series, int sequenceLength, int horizon = 1, int stride = 1)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(series);
        return Create(series, sequenceLength, horizon, stride, sequenceLength, series.Length, "The series");
    }

    /// <summary>Windows whose targets lie wholly in <c>[targetStart, targetEnd)</c>; inputs may reach back before it.</summary>
    internal static SequenceDataset<T, T> Create<T>(T[] series, int sequenceLength, int horizon, int stride, int targetStart, int targetEnd, string part)
        where T : unmanaged
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(sequenceLength, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(horizon, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(stride, 1);

        long firstTarget = Math.Max(targetStart, sequenceLength);
        long last = targetEnd - firstTarget - horizon;
        if (last < 0)
        {
            throw new ArgumentException(
                $"{part} is too short: a window of {sequenceLength} values and its {horizon} to forecast must fit, " +
                $"but only {Math.Max(0, targetEnd - firstTarget)} values can be targets (values {targetStart} to {targetEnd} of {series.Length}). " +
                "Give a longer series, a shorter sequence or horizon, or a larger share.",
                nameof(series));
        }

        int target = (int)firstTarget;
        return new(
            new SequenceViews<T>(series, target - sequenceLength, stride, sequenceLength),
            new SequenceViews<T>(series, target, stride, horizon),
            (int)(last / stride) + 1);
    }
}
