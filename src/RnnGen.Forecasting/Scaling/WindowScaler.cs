namespace RnnGen.Forecasting;

/// <summary>A <see cref="Scaling"/> for windows of one size, fitted to one window after the other without an allocation. It belongs to one thread.</summary>
public sealed class WindowScaler
{
    private readonly ScalerPart[] _parts;
    private readonly double[] _context;

    internal WindowScaler(ScalerPart[] parts, int contextLength, int horizon) => (_parts, _context, Horizon) = (parts, new double[contextLength], horizon);

    /// <summary>Values of a window's past.</summary>
    public int ContextLength => _context.Length;

    /// <summary>Steps to forecast.</summary>
    public int Horizon { get; }

    /// <summary>The scaled context <c>[step]</c> of the window fitted last. The first values of differences are missing (NaN).</summary>
    public ReadOnlySpan<double> Context => _context;

    /// <summary>Fits a window's past; what was fitted before is forgotten.</summary>
    /// <param name="context">Its values <c>[step]</c>, oldest first; NaN where one is missing.</param>
    /// <exception cref="ArgumentException">There is another number of values, one that a logarithm does not take, or a scale or a scaled value is beyond the range of double.</exception>
    public void Fit(ReadOnlySpan<double> context)
    {
        if (context.Length != _context.Length)
        {
            throw new ArgumentException(Invariant($"There are {context.Length} values; the scaler is for {_context.Length}."), nameof(context));
        }

        double size = 0;
        for (int i = 0; i < context.Length; i++)
        {
            _context[i] = context[i];
            size = Math.Max(size, double.IsNaN(context[i]) ? 0 : Math.Abs(context[i]));
        }

        double rounding = size * ScalerPart.Rounding;
        foreach (ScalerPart part in _parts)
        {
            rounding = part.FitApply(_context, rounding);
            foreach (double value in _context)
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
