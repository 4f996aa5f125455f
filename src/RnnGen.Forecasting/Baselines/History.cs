namespace RnnGen.Forecasting;

/// <summary>What baselines ask of a history in which values may be missing.</summary>
internal static class History
{
    /// <summary>The last value that is known, of those a number of steps apart from the end; NaN if none is.</summary>
    /// <param name="history">The history.</param>
    /// <param name="back">Steps before the end, at least 1.</param>
    /// <param name="period">Steps from one such value to the one before it.</param>
    public static double Last(ReadOnlySpan<double> history, int back, int period)
    {
        for (int t = history.Length - back; t >= 0; t -= period)
        {
            if (!double.IsNaN(history[t]))
            {
                return history[t];
            }
        }

        return double.NaN;
    }

    /// <summary>The root of the mean of (x(t) - x(t - m))², 0 if no such pair is known: the standard deviation of the errors of a (seasonal) naive forecast.</summary>
    public static double NaiveDeviation(ReadOnlySpan<double> history, int period)
    {
        double sum = 0;
        int count = 0;
        for (int t = period; t < history.Length; t++)
        {
            double change = history[t] - history[t - period];
            if (!double.IsNaN(change))
            {
                sum += change * change;
                count++;
            }
        }

        return count > 0 ? Math.Sqrt(sum / count) : 0;
    }

    /// <summary>The history with straight lines over missing values, and the nearest value before the first and after the last.</summary>
    public static double[] Filled(ReadOnlySpan<double> history)
    {
        double[] filled = history.ToArray();
        int known = -1;
        for (int t = 0; t < filled.Length; t++)
        {
            if (double.IsNaN(filled[t]))
            {
                continue;
            }

            for (int i = known + 1; i < t; i++)
            {
                filled[i] = known < 0 ? filled[t] : filled[known] + ((filled[t] - filled[known]) * (i - known) / (t - known));
            }

            known = t;
        }

        filled.AsSpan(known + 1).Fill(filled[known]);
        return filled;
    }
}
