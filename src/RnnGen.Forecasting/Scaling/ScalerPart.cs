namespace RnnGen.Forecasting;

/// <summary>What a scaling found in the values that it was fitted to; the later is the worse.</summary>
internal enum ScaleState
{
    /// <summary>All that it subtracts and divides by.</summary>
    Found,

    /// <summary>Known values, but a scale of 0, or of rounding alone.</summary>
    Zero,

    /// <summary>No known value to measure.</summary>
    Unknown,
}

/// <summary>One scaling, fitted to the context of one window.</summary>
internal abstract class ScalerPart
{
    /// <summary>Rounding relative to a value, with room for a few operations.</summary>
    public const double Rounding = 1e-13;

    /// <summary>Fits the context, and replaces it by its scaled values.</summary>
    /// <param name="context">The values.</param>
    /// <param name="rounding">What of a value may be rounding alone: a spread that is not above it is none.</param>
    /// <returns>What of a scaled value may be rounding alone.</returns>
    /// <exception cref="ArgumentException">A value cannot be scaled, or a scale is beyond the range of double.</exception>
    public abstract double FitApply(Span<double> context, double rounding);

    /// <summary>What the last fit found.</summary>
    public virtual ScaleState State => ScaleState.Found;

    /// <summary>From now until the next fit, a scale that was not found is 0: every value is scaled to 0, and every scaled value is the offset.</summary>
    public virtual void Collapse()
    {
    }

    /// <summary>A value of the horizon, scaled.</summary>
    public abstract double Scale(double value, int step);

    /// <summary>A scaled value of the horizon, as it was.</summary>
    public abstract double Invert(double scaled, int step);

    /// <summary>A number that the scaling subtracts or divides by, if double holds it.</summary>
    /// <exception cref="ArgumentException">It is infinite or NaN.</exception>
    protected static double Finite(double number) => double.IsFinite(number)
        ? number
        : throw BeyondDouble();

    /// <summary>What is thrown where a scale is beyond the range of double.</summary>
    public static ArgumentException BeyondDouble() => new("The context is too large or too small: its scale, or a scaled value, is beyond the range of double. Give the series in another unit, or choose another scaling.");

    /// <summary>The mean over the values that are known; 0 if there is none.</summary>
    protected static double Mean(ReadOnlySpan<double> values, Func<double, double> of)
    {
        double sum = 0;
        int count = 0;
        foreach (double value in values)
        {
            if (!double.IsNaN(value))
            {
                sum += of(value);
                count++;
            }
        }

        return count > 0 ? sum / count : 0;
    }
}

/// <summary>(value - offset) / scale.</summary>
internal abstract class AffinePart : ScalerPart
{
    private double _offset, _factor = 1; // a factor of 0: collapsed
    private ScaleState _state;

    public sealed override ScaleState State => _state;

    public sealed override void Collapse() => _factor = _state == ScaleState.Found ? _factor : 0;

    public sealed override double Scale(double value, int step) => _factor == 0 && !double.IsNaN(value) ? 0 : (value - _offset) / _factor;

    public sealed override double Invert(double scaled, int step) => _factor == 0 ? _offset : (scaled * _factor) + _offset;

    public sealed override double FitApply(Span<double> context, double rounding)
    {
        (double offset, double? measured) = Fit(context, rounding);
        _offset = Finite(offset);
        bool isZero = measured is { } scale && !(Finite(scale) > rounding);
        _state = !context.ContainsAnyExceptNaN() ? ScaleState.Unknown : isZero ? ScaleState.Zero : ScaleState.Found;
        _factor = isZero ? 1 : measured ?? 1;
        if (!double.IsNormal(_factor))
        {
            throw BeyondDouble();
        }

        for (int i = 0; i < context.Length; i++)
        {
            context[i] = Scale(context[i], 0);
        }

        return rounding / _factor;
    }

    /// <summary>The offset and the scale, which is <see langword="null"/> where nothing is divided; a scale that is rounding alone becomes 1, and one that is NaN is an error.</summary>
    protected abstract (double Offset, double? Scale) Fit(ReadOnlySpan<double> context, double rounding);
}

internal sealed class MeanAbsolutePart(double exponent) : AffinePart
{
    protected override (double Offset, double? Scale) Fit(ReadOnlySpan<double> context, double rounding) =>
        (0, exponent == 1 ? Mean(context, Math.Abs) : Math.Pow(Mean(context, Math.Abs), exponent));
}

internal sealed class RecentMeanPart(int values) : AffinePart
{
    protected override (double Offset, double? Scale) Fit(ReadOnlySpan<double> context, double rounding)
    {
        double sum = 0;
        int count = 0;
        for (int i = context.Length - 1; i >= 0 && count < values; i--)
        {
            if (!double.IsNaN(context[i]))
            {
                sum += context[i];
                count++;
            }
        }

        return (count > 0 ? sum / count : 0, null);
    }
}

internal sealed class LastValuePart : AffinePart
{
    protected override (double Offset, double? Scale) Fit(ReadOnlySpan<double> context, double rounding)
    {
        for (int i = context.Length - 1; i >= 0; i--)
        {
            if (!double.IsNaN(context[i]))
            {
                return (context[i], null);
            }
        }

        return (0, null);
    }
}

internal sealed class StandardScorePart : AffinePart
{
    protected override (double Offset, double? Scale) Fit(ReadOnlySpan<double> context, double rounding)
    {
        double mean = Mean(context, static value => value), sum = 0, largest = 0;
        int count = 0;
        foreach (double value in context)
        {
            if (!double.IsNaN(value))
            {
                sum += (value - mean) * (value - mean);
                largest = Math.Max(largest, Math.Abs(value - mean));
                count++;
            }
        }

        // Where the square of the largest difference is 0 or infinite in double, the root of the mean square says nothing.
        return (mean, largest <= rounding ? 0 : double.IsNormal(largest * largest) ? Math.Sqrt(sum / count) : double.NaN);
    }
}

internal sealed class LogPart : ScalerPart
{
    public override double FitApply(Span<double> context, double rounding)
    {
        double size = 1;
        for (int i = 0; i < context.Length; i++)
        {
            if (context[i] <= 0)
            {
                throw new ArgumentException(Invariant($"Value {i} of the context is {context[i]}, but a logarithm needs values above 0; shift the series, or choose another scaling."));
            }

            context[i] = Math.Log(context[i]);
            size = Math.Max(size, double.IsNaN(context[i]) ? 0 : Math.Abs(context[i]));
        }

        return size * Rounding;
    }

    public override double Scale(double value, int step) => value <= 0
        ? throw new ArgumentException(Invariant($"The value {value} has no logarithm; shift the series, or choose another scaling."))
        : Math.Log(value);

    public override double Invert(double scaled, int step) => Math.Exp(scaled);
}

internal sealed class DifferencePart(int period) : ScalerPart
{
    private readonly double[] _last = new double[period]; // by the place in the season of the horizon's steps
    private ScaleState _state;

    public override ScaleState State => _state;

    public override double FitApply(Span<double> context, double rounding)
    {
        _state = context.ContainsAnyExceptNaN() ? ScaleState.Found : ScaleState.Unknown;
        for (int place = 0; place < period; place++)
        {
            // The latest value of this place that is known; the mean of the context stands in where none is.
            int at = context.Length - period + place;
            while (at >= 0 && double.IsNaN(context[at]))
            {
                at -= period;
            }

            _last[place] = at >= 0 ? context[at] : Finite(Mean(context, static value => value));
        }

        // Backwards, so that what is subtracted is still a value.
        for (int i = context.Length - 1; i >= 0; i--)
        {
            context[i] = i >= period ? context[i] - context[i - period] : double.NaN;
        }

        return 2 * rounding;
    }

    public override double Scale(double value, int step) => value - _last[step % period];

    public override double Invert(double scaled, int step) => scaled + _last[step % period];
}

/// <summary>The differences of the period whose seasonal naive forecast has the smallest mean absolute error in the context.</summary>
internal sealed class BestDifferencePart(int[] periods) : ScalerPart
{
    private readonly DifferencePart[] _parts = [.. periods.Select(period => new DifferencePart(period))];
    private int _best;

    public override ScaleState State => _parts[_best].State;

    public override double FitApply(Span<double> context, double rounding)
    {
        double smallest = double.PositiveInfinity;
        _best = 0;
        for (int i = 0; i < periods.Length; i++)
        {
            double error = ErrorOf(context, periods[i]);
            (smallest, _best) = error < smallest ? (error, i) : (smallest, _best);
        }

        return _parts[_best].FitApply(context, rounding);
    }

    public override double Scale(double value, int step) => _parts[_best].Scale(value, step);

    public override double Invert(double scaled, int step) => _parts[_best].Invert(scaled, step);

    // NaN where no pair is known, which is below nothing.
    private static double ErrorOf(ReadOnlySpan<double> context, int period)
    {
        double sum = 0;
        int count = 0;
        for (int t = period; t < context.Length; t++)
        {
            double change = context[t] - context[t - period];
            if (!double.IsNaN(change))
            {
                sum += Math.Abs(change);
                count++;
            }
        }

        return sum / count;
    }
}
