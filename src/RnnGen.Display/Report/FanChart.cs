using System.Text;

namespace RnnGen.Display;

/// <summary>
/// A chart of the end of a history, its forecast, and the intervals of the forecast as bands that open over time. The size is bounded: of more than 1200 values neighbours are merged. A value beyond ±1e300 is drawn there.
/// </summary>
/// <example>
/// <code>
/// Forecast forecast = trained.Predict(sales)[0];
/// (double[] lower, double[] upper) = forecast.Interval(0.95);
/// var fan = new FanChart(forecast.Id, sales[0].Targets.Span[^168..], forecast.Values.Span) { XLabel = "hours from now" };
/// fan.AddInterval("95 %", lower, upper);
/// report.Add(fan);
/// </code>
/// </example>
public sealed class FanChart : ReportSection
{
    private const int MostIntervals = 4, MostPoints = 1200;
    private readonly double[] _history, _forecast;
    private readonly List<(string Name, double[] Lower, double[] Upper)> _intervals = [];

    /// <summary>Creates the chart.</summary>
    /// <param name="title">The heading.</param>
    /// <param name="history">The last values before the forecast, oldest first; NaN where one is missing.</param>
    /// <param name="forecast">The forecast values, at least one.</param>
    /// <exception cref="ArgumentException">There is no forecast.</exception>
    public FanChart(string title, ReadOnlySpan<double> history, ReadOnlySpan<double> forecast) : base(title)
    {
        if (forecast.IsEmpty)
        {
            throw new ArgumentException("There is no forecast to draw.", nameof(forecast));
        }

        (_history, _forecast) = (history.ToArray(), forecast.ToArray());
    }

    /// <summary>Label of the horizontal axis, on which the last value of the history is at 0. Default: <c>step</c>.</summary>
    /// <exception cref="ArgumentNullException">The value is <see langword="null"/>.</exception>
    public string XLabel
    {
        get;
        init => field = value ?? throw new ArgumentNullException(nameof(XLabel));
    } = "step";

    /// <summary>What came, as far as it is known: at most as many values as are forecast; NaN where one is missing. Default: none.</summary>
    /// <exception cref="ArgumentException">There are more values than forecasts.</exception>
    public IReadOnlyList<double> Actual
    {
        get;
        init
        {
            ArgumentNullException.ThrowIfNull(value, nameof(Actual));
            field = value.Count <= _forecast.Length ? [.. value] : throw new ArgumentException(Invariant($"{value.Count} values came, but {_forecast.Length} are forecast; leave the others out."), nameof(Actual));
        }
    } = [];

    /// <summary>Adds an interval; the widest first, so that the others are drawn over it.</summary>
    /// <param name="name">The name in the legend.</param>
    /// <param name="lower">Its lower end at each step.</param>
    /// <param name="upper">Its upper end at each step.</param>
    /// <exception cref="ArgumentException">There is another number of ends than of forecasts, a lower end is above its upper one, or there are four intervals already.</exception>
    public void AddInterval(string name, ReadOnlySpan<double> lower, ReadOnlySpan<double> upper)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (lower.Length != _forecast.Length || upper.Length != _forecast.Length)
        {
            throw new ArgumentException(Invariant($"The interval has {lower.Length} lower and {upper.Length} upper ends; {_forecast.Length} steps are forecast."), nameof(lower));
        }

        for (int step = 0; step < lower.Length; step++)
        {
            if (lower[step] > upper[step])
            {
                throw new ArgumentException(Invariant($"At step {step + 1} the lower end of the interval, {lower[step]}, is above its upper end, {upper[step]}."), nameof(lower));
            }
        }

        if (_intervals.Count == MostIntervals)
        {
            throw new ArgumentException(Invariant($"A fan has at most {MostIntervals} intervals; add another chart."), nameof(name));
        }

        _intervals.Add((name, lower.ToArray(), upper.ToArray()));
    }

    internal override void Write(StringBuilder html)
    {
        IEnumerable<double> observed = [.. _history, .. Actual];
        List<ChartLine> lines = [];
        foreach ((string name, double[] lower, double[] upper) in _intervals)
        {
            lines.Add(new(name, lines.Count + 2, Band(lower, upper)) { IsBand = true });
        }

        // What is missing interrupts the line, and is no value that is not finite.
        lines.Add(new("observed", 0, Curve.Of(observed.Select((value, i) => (1.0 + i - _history.Length, value)), MostPoints, hasMissing: true).Points));
        lines.Add(new("forecast", 1, Curve.Of(_forecast.Select((value, i) => (i + 1.0, value)), MostPoints).Points));
        new LineChart(XLabel, lines) { Mark = (0, "forecast") }.Draw(html);
    }

    // A step has both ends or none. Where steps are merged, the band is from their lowest end to their highest.
    private static CurvePoint[] Band(double[] lower, double[] upper)
    {
        IReadOnlyList<CurvePoint> low = Ends(lower, upper), high = Ends(upper, lower);
        return [.. low.Zip(high, (l, h) => new CurvePoint(l.X, l.Minimum, (l.Mean / 2) + (h.Mean / 2), h.Maximum, l.NonFinite))];
    }

    private static IReadOnlyList<CurvePoint> Ends(double[] own, double[] other) =>
        Curve.Of(own.Zip(other, (end, opposite) => double.IsFinite(opposite) ? end : double.NaN).Select((end, i) => (i + 1.0, end)), MostPoints).Points;
}
