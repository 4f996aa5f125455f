namespace RnnGen.Forecasting;

/// <summary>
/// One series: a target at every step of its history, and what else is known of it. A missing target is NaN and stays so. The memory is the caller's or a reader's; parts of a series are views
/// of it.
/// </summary>
public sealed class TimeSeries
{
    /// <summary>Wraps a history.</summary>
    /// <param name="id">The series' id, which is not empty.</param>
    /// <param name="targets">The targets <c>[step]</c>, oldest first; NaN where one is missing. They are not copied.</param>
    /// <param name="times">The times of the steps; <see langword="null"/> where nobody knows them.</param>
    /// <exception cref="ArgumentException">The id is empty.</exception>
    /// <exception cref="SeriesDataException">A target is infinite.</exception>
    public TimeSeries(string id, ReadOnlyMemory<double> targets, TimeAxis? times = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(id);
        (Id, Targets, Times) = (id, targets, times);
        RejectInfinity(targets.Span, 1, "target");
    }

    private TimeSeries(TimeSeries whole, ReadOnlyMemory<double> targets, ReadOnlyMemory<double> observed)
    {
        (Id, Times, Known, Statics) = (whole.Id, whole.Times, whole.Known, whole.Statics);
        (Targets, Observed) = (targets, observed);
    }

    /// <summary>The id.</summary>
    public string Id { get; }

    /// <summary>The times of the steps, also of those to come; <see langword="null"/> where nobody knows them.</summary>
    public TimeAxis? Times { get; }

    /// <summary>The targets <c>[step]</c>; NaN where one is missing.</summary>
    public ReadOnlyMemory<double> Targets { get; }

    /// <summary>Steps of the history.</summary>
    public int Length => Targets.Length;

    /// <summary>Covariates that are observed with the targets, and not known in advance, <c>[step, covariate]</c>; NaN where one is missing.</summary>
    /// <exception cref="SeriesDataException">A value is infinite.</exception>
    public ReadOnlyMemory<double> Observed
    {
        get;
        init
        {
            RejectInfinity(value.Span, value.Length / Math.Max(1, Length), "observed covariate");
            field = value;
        }
    }

    /// <summary>Covariates that are known in advance, <c>[step, covariate]</c>, also at steps after the history; NaN where one is missing.</summary>
    /// <exception cref="SeriesDataException">A value is infinite.</exception>
    public ReadOnlyMemory<double> Known
    {
        get;
        init
        {
            RejectInfinity(value.Span, 0, "known covariate");
            field = value;
        }
    }

    /// <summary>What does not change over time, <c>[static]</c>.</summary>
    /// <exception cref="SeriesDataException">A value is infinite or NaN.</exception>
    public ReadOnlyMemory<double> Statics
    {
        get;
        init
        {
            foreach (double number in value.Span)
            {
                if (!double.IsFinite(number))
                {
                    throw new SeriesDataException(Invariant($"a static value is {number}; it must be finite."), Id);
                }
            }

            field = value;
        }
    }

    /// <summary>
    /// The series as it was known after some steps: targets and observed covariates end there, known covariates and times do not. A view.
    /// </summary>
    /// <param name="steps">Steps of the history to keep, from 0 to <see cref="Length"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The series has fewer steps, or the number is negative.</exception>
    public TimeSeries Until(int steps)
    {
        Guard.Within(steps, 0, Length);
        int width = Length == 0 ? 0 : Observed.Length / Length;
        return new(this, Targets[..steps], Observed[..(steps * width)]);
    }

    /// <summary>Where a step is, for a message.</summary>
    internal DateTime? TimeOf(int step) => Times?[step];

    private void RejectInfinity(ReadOnlySpan<double> values, int width, string what)
    {
        for (int i = 0; i < values.Length; i++)
        {
            if (double.IsInfinity(values[i]))
            {
                throw new SeriesDataException(Invariant($"a {what} is infinite; it must be finite, or NaN where it is missing."), Id, width > 0 ? TimeOf(i / width) : null);
            }
        }
    }
}
