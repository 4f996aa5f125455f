namespace RnnGen.Forecasting;

/// <summary>A <see cref="Scaling"/> for windows of one size, fitted to one window after the other without an allocation. It belongs to one thread.</summary>
public sealed class WindowScaler
{
    private readonly ScalerPart[] _parts;
    private readonly double[] _context;
    private double[] _longer = [];

    internal WindowScaler(ScalerPart[] parts, int contextLength, int horizon) => (_parts, _context, Horizon) = (parts, new double[contextLength], horizon);

    /// <summary>Values of a window's past.</summary>
    public int ContextLength => _context.Length;

    /// <summary>Steps to forecast.</summary>
    public int Horizon { get; }

    /// <summary>The scaled context <c>[step]</c> of the window fitted last. The first values of differences are missing (NaN).</summary>
    public ReadOnlySpan<double> Context => _context;

    /// <summary>
    /// Whether the values that were fitted last have a scale: <see langword="false"/> if none is known that a part of the scaling could measure, or if what a part divides by is 0 or rounding alone, as of
    /// constant values.
    /// </summary>
    public bool HasScale => State == ScaleState.Found;

    /// <summary>What the last fit found.</summary>
    internal ScaleState State { get; private set; }

    /// <summary>Fits a window's past; what was fitted before is forgotten.</summary>
    /// <param name="context">Its values <c>[step]</c>, oldest first; NaN where one is missing.</param>
    /// <exception cref="ArgumentException">There is another number of values, one that a logarithm does not take, or a scale or a scaled value is beyond the range of double.</exception>
    public void Fit(ReadOnlySpan<double> context)
    {
        if (context.Length != _context.Length)
        {
            throw new ArgumentException(Invariant($"There are {context.Length} values; the scaler is for {_context.Length}."), nameof(context));
        }

        context.CopyTo(_context);
        FitApply(_context);
    }

    /// <summary>Fits a longer past, of which <see cref="Context"/> has the last values.</summary>
    /// <param name="past">Its values, more than <see cref="ContextLength"/>.</param>
    /// <exception cref="ArgumentException">As <see cref="Fit"/>.</exception>
    internal void FitLonger(ReadOnlySpan<double> past)
    {
        _longer = _longer.Length < past.Length ? new double[Math.Max(past.Length, (int)Math.Min(2L * _longer.Length, Array.MaxLength))] : _longer;
        Span<double> all = _longer.AsSpan(0, past.Length);
        past.CopyTo(all);
        FitApply(all);
        all[^_context.Length..].CopyTo(_context);
    }

    /// <summary>Until the next fit, a scale that was not found is 0: every scaled value is the offset, whatever the unit.</summary>
    internal void Collapse()
    {
        foreach (ScalerPart part in _parts)
        {
            part.Collapse();
        }
    }

    private void FitApply(Span<double> context)
    {
        double size = 0;
        foreach (double value in context)
        {
            size = Math.Max(size, double.IsNaN(value) ? 0 : Math.Abs(value));
        }

        State = ScaleState.Found;
        double rounding = size * ScalerPart.Rounding;
        foreach (ScalerPart part in _parts)
        {
            rounding = part.FitApply(context, rounding);
            State = part.State > State ? part.State : State;
            foreach (double value in context)
            {
                if (double.IsInfinity(value))
                {
                    throw ScalerPart.BeyondDouble();
                }
            }
        }
    }

    /// <summary>A value of the horizon, scaled; NaN stays NaN.</summary>
    /// <param name="value">The value.</param>
    /// <param name="step">Its step, from 0 to below <see cref="Horizon"/>.</param>
    /// <exception cref="ArgumentException">The scaling does not take the value.</exception>
    public double Scale(double value, int step)
    {
        Guard.Within(step, 0, Horizon - 1);
        foreach (ScalerPart part in _parts)
        {
            value = part.Scale(value, step);
        }

        return value;
    }

    /// <summary>A scaled value of the horizon, a quantile or a value of a sample path, in the series' unit.</summary>
    /// <param name="scaled">The scaled value.</param>
    /// <param name="step">Its step, from 0 to below <see cref="Horizon"/>.</param>
    public double Invert(double scaled, int step)
    {
        Guard.Within(step, 0, Horizon - 1);
        for (int i = _parts.Length - 1; i >= 0; i--)
        {
            scaled = _parts[i].Invert(scaled, step);
        }

        return scaled;
    }

    /// <summary>Scales values <c>[step, column]</c> of the horizon back in place: quantiles with a column for each level, or sample paths with one for each path.</summary>
    /// <param name="values">The scaled values.</param>
    /// <exception cref="ArgumentException">They do not make whole steps of the horizon.</exception>
    public void Invert(Span<double> values)
    {
        int columns = values.Length / Horizon;
        if (columns == 0 || values.Length != columns * Horizon)
        {
            throw new ArgumentException(Invariant($"{values.Length} values do not make {Horizon} steps with one column or more."), nameof(values));
        }

        for (int i = 0; i < values.Length; i++)
        {
            values[i] = Invert(values[i], i / columns);
        }
    }
}
