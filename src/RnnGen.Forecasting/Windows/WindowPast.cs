namespace RnnGen.Forecasting;

/// <summary>The past of one window after the other, and the scalers that are fitted to it. It belongs to one thread.</summary>
/// <param name="options">What a window is.</param>
internal sealed class WindowPast(WindowOptions options)
{
    private readonly int _length = options.PastLength;
    private ReadOnlyMemory<double> _values;
    private double[]? _padded; // of a window that begins before its series

    /// <summary>The scaler of the targets.</summary>
    public WindowScaler Scaler { get; } = options.Scaling.Create(options.PastLength, options.Horizon);

    /// <summary>The scaler of what a model reads; <see langword="null"/> where it is that of the targets.</summary>
    public WindowScaler? InputScaler { get; } = options.InputScaling?.Create(options.PastLength, options.Horizon);

    /// <summary>The past of the window read last, oldest first; NaN where a value is missing, and before the start of the series.</summary>
    public ReadOnlySpan<double> Values => _values.Span;

    /// <summary>Whether both scalers found what they measure.</summary>
    public bool HasScale => Scaler.HasScale && InputScaler is null or { HasScale: true };

    /// <summary>Reads the past of a window, and fits the scalers.</summary>
    /// <param name="series">The window's series.</param>
    /// <param name="origin">The first step after the past.</param>
    /// <exception cref="SeriesDataException">The past cannot be scaled.</exception>
    public void Read(TimeSeries series, int origin)
    {
        _values = origin < _length ? Padded(series.Targets.Span[..origin]) : series.Targets[(origin - _length)..origin];
        SeriesCheck.Fit(Scaler, Values, series, origin);
        if (InputScaler is not null)
        {
            SeriesCheck.Fit(InputScaler, Values, series, origin);
        }
    }

    /// <summary>Checks that there is something to forecast from; a scale of 0 is.</summary>
    /// <param name="series">The window's series.</param>
    /// <param name="origin">The first step after the past.</param>
    /// <exception cref="SeriesDataException">A scaling has nothing to measure.</exception>
    public void CheckMeasured(TimeSeries series, int origin)
    {
        SeriesCheck.IsMeasured(Scaler, options.Scaling, series, origin);
        if (InputScaler is not null)
        {
            SeriesCheck.IsMeasured(InputScaler, options.InputScaling!, series, origin);
        }
    }

    private double[] Padded(ReadOnlySpan<double> known)
    {
        _padded ??= new double[_length];
        _padded.AsSpan(0, _length - known.Length).Fill(double.NaN);
        known.CopyTo(_padded.AsSpan(_length - known.Length));
        return _padded;
    }
}
