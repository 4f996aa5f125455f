using System.Numerics;

namespace RnnGen.Forecasting;

/// <summary>Reads one window after the other into buffers of its own; what it read before is forgotten. It belongs to one thread.</summary>
public sealed class WindowReader
{
    private readonly ForecastWindows _windows;
    private readonly WindowOptions _options;
    private readonly WindowPast _window;
    private readonly double[] _past, _known, _statics, _targets;
    private TimeSeries? _series;
    private int _origin;

    internal WindowReader(ForecastWindows windows)
    {
        (_windows, _options) = (windows, windows.Options);
        _window = new(_options);
        _statics = new double[windows.StaticNames.Count];
        _past = new double[_options.ContextLength * windows.PastNames.Count];
        _known = new double[(_options.ContextLength + _options.Horizon) * windows.KnownNames.Count];
        _targets = new double[_options.Horizon];
    }

    /// <summary>
    /// The scaler, fitted to the window: it scales forecasts back. Where the window's past has no scale, it is fitted to the whole past of the series up to the window's origin. Where that has none either, as the
    /// constant history of a window of <see cref="ForecastWindows.Latest"/>, it scales every value to 0, and back to what the scaling subtracts.
    /// </summary>
    public WindowScaler Scaler => _window.Scaler;

    /// <summary>The scaler of what a model reads, fitted to the window; <see cref="Scaler"/> where <see cref="WindowOptions.InputScaling"/> is not set.</summary>
    public WindowScaler InputScaler => _window.InputScaler ?? _window.Scaler;

    /// <summary>The window's series.</summary>
    /// <exception cref="InvalidOperationException">No window has been read.</exception>
    public TimeSeries Series => _series ?? throw new InvalidOperationException("No window has been read; call Read first.");

    /// <summary>The first step that the window forecasts.</summary>
    public int Origin => _origin;

    /// <summary>What is past, <c>[step of the context, <see cref="ForecastWindows.PastNames"/>]</c>.</summary>
    public ReadOnlySpan<double> Past => _past;

    /// <summary>What is known, <c>[step of the context and then of the horizon, <see cref="ForecastWindows.KnownNames"/>]</c>.</summary>
    public ReadOnlySpan<double> Known => _known;

    /// <summary>The statics <c>[static]</c>.</summary>
    public ReadOnlySpan<double> Statics => _statics;

    /// <summary>The scaled targets of the horizon <c>[step]</c>; NaN where one is missing, or not known yet.</summary>
    public ReadOnlySpan<double> Targets => _targets;

    /// <summary>Reads a window.</summary>
    /// <param name="window">From 0 to below <see cref="ForecastWindows.Count"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such window.</exception>
    /// <exception cref="SeriesDataException">The window cannot be scaled; or it is one to forecast, and its scaling has no known value to measure.</exception>
    public void Read(int window)
    {
        (_series, _origin) = _windows[window];
        _window.Read(_series, _origin);
        if (_windows.IsLatest)
        {
            _window.CheckMeasured(_series, _origin);
        }

        FillStatics(_series);
        FillPast(_series);
        FillKnown(_series);
        SeriesCheck.Scale(Scaler, _series, _origin, _targets);
    }

    /// <summary>Copies what a model reads at the steps of the context: past, known and static values, <c>[step, value]</c>.</summary>
    /// <typeparam name="T">The model's number type.</typeparam>
    /// <param name="inputs">Receives <see cref="ForecastWindows.SequenceLength"/> values.</param>
    /// <exception cref="ArgumentException">It has another length.</exception>
    /// <exception cref="SeriesDataException">A value is beyond the range of the number type.</exception>
    public void CopyInputs<T>(Span<T> inputs) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        SameLength(inputs.Length, _windows.SequenceLength);
        int past = _windows.PastNames.Count, known = _windows.KnownNames.Count, to = 0;
        for (int step = 0; step < _options.ContextLength; step++)
        {
            to = Copy(_past.AsSpan(step * past, past), inputs, to);
            to = Copy(_known.AsSpan(step * known, known), inputs, to);
            to = Copy(Statics, inputs, to);
        }

        CheckRange<T>(inputs);
    }

    /// <summary>Copies the scaled targets.</summary>
    /// <typeparam name="T">The model's number type.</typeparam>
    /// <param name="targets">Receives a value for each step of the horizon.</param>
    /// <exception cref="ArgumentException">It has another length.</exception>
    /// <exception cref="SeriesDataException">A value is beyond the range of the number type.</exception>
    public void CopyTargets<T>(Span<T> targets) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        SameLength(targets.Length, _targets.Length);
        Copy(_targets, targets, 0);
        CheckRange<T>(targets);
    }

    /// <summary>Checks that a model's numbers hold what it reads of the window, or learns to forecast.</summary>
    /// <typeparam name="T">The model's number type.</typeparam>
    /// <param name="values">The values in the model's numbers; NaN where one is missing.</param>
    /// <exception cref="SeriesDataException">A value is beyond their range.</exception>
    internal void CheckRange<T>(ReadOnlySpan<T> values) where T : INumberBase<T>
    {
        foreach (T value in values)
        {
            if (T.IsInfinity(value))
            {
                throw new SeriesDataException(Invariant($"a value of the window whose past ends before step {Origin} is beyond the range of the model's numbers. Scale the targets ({nameof(WindowOptions)}.{nameof(WindowOptions.Scaling)}), and give covariates and statics in a larger unit."), Series.Id, Series.TimeOf(Origin));
            }
        }
    }

    /// <summary>What a scaled forecast of 0 says of a step of the horizon, as a model reads it: such as the seasonal naive forecast, where seasonal differences are forecast.</summary>
    /// <param name="step">The step, from 0.</param>
    internal double Base(int step) => ReferenceEquals(InputScaler, Scaler) ? 0 : Readable(InputScaler.Scale(Scaler.Invert(0, step), step));

    private void FillStatics(TimeSeries series)
    {
        series.Statics.Span.CopyTo(_statics);
        int first = series.Statics.Length;
        for (int i = 0; i < _options.PastStatics.Count; i++)
        {
            _statics[first + i] = _options.PastStatics[i].Of(_window.Values);
        }
    }

    private void FillPast(TimeSeries series)
    {
        int columns = _windows.PastNames.Count, covariates = columns - 1, lags = _options.PastLength - _options.ContextLength;
        ReadOnlySpan<double> observed = series.Observed.Span;
        for (int step = 0; step < _options.ContextLength; step++)
        {
            int at = _origin - _options.ContextLength + step;
            Span<double> row = _past.AsSpan(step * columns, columns);
            row[0] = Readable(InputScaler.Context[lags + step]);
            for (int i = 0; i < covariates; i++)
            {
                row[i + 1] = at < 0 ? _options.MissingInput : Readable(observed[(at * covariates) + i]);
            }
        }
    }

    private void FillKnown(TimeSeries series)
    {
        int columns = _windows.KnownNames.Count, covariates = _windows.Set.KnownNames.Count;
        ReadOnlySpan<double> known = series.Known.Span, past = InputScaler.Context;
        for (int step = 0; step < _options.ContextLength + _options.Horizon; step++)
        {
            int at = _origin - _options.ContextLength + step, to = 0;
            Span<double> row = _known.AsSpan(step * columns, columns);
            foreach (int lag in _options.Lags)
            {
                int from = _options.PastLength - _options.ContextLength + step - lag;
                row[to++] = from < past.Length ? Readable(past[from]) : _options.MissingInput;
            }

            foreach (SeasonLags lags in _options.SeasonLags)
            {
                // The step itself in the context, its place in the season that follows the past in the horizon.
                int ahead = step - _options.ContextLength, place = past.Length + (ahead < 0 ? ahead : ahead % lags.Period);
                for (int i = 1; i <= lags.Count; i++)
                {
                    row[to++] = Readable(past[place - (i * lags.Period)]);
                }
            }

            for (int i = 0; i < covariates; i++)
            {
                row[to++] = at < 0 ? _options.MissingInput : Readable(known[(at * covariates) + i]);
            }

            foreach (CalendarFeature feature in _options.Calendar)
            {
                to = AddCycle(row, to, Calendar.Share(feature, series.Times!.Local(at)));
            }

            foreach (int period in _options.Periods)
            {
                to = AddCycle(row, to, (((at % period) + period) % period) / (double)period);
            }
        }
    }

    private static int AddCycle(Span<double> row, int to, double share)
    {
        (row[to], row[to + 1]) = Math.SinCos(2 * Math.PI * share);
        return to + 2;
    }

    private double Readable(double value) => double.IsNaN(value) ? _options.MissingInput : value;

    private static int Copy<T>(ReadOnlySpan<double> from, Span<T> to, int at) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        foreach (double value in from)
        {
            to[at++] = T.CreateTruncating(value);
        }

        return at;
    }

    private static void SameLength(int given, int expected)
    {
        if (given != expected)
        {
            throw new ArgumentException(Invariant($"The buffer has {given} values; {expected} are expected."));
        }
    }
}
