using System.Text;

namespace RnnGen.Display;

/// <summary>A chart of the end of a history, its forecast, and the intervals of the forecast as bands that open over time.</summary>
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
    private const int MostIntervals = 4;
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
    /// <exception cref="ArgumentException">There is another number of ends than of forecasts, or there are four intervals already.</exception>
    public void AddInterval(string name, ReadOnlySpan<double> lower, ReadOnlySpan<double> upper)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (lower.Length != _forecast.Length || upper.Length != _forecast.Length)
        {
            throw new ArgumentException(Invariant($"The interval has {lower.Length} lower and {upper.Length} upper ends; {_forecast.Length} steps are forecast."), nameof(lower));
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
            lines.Add(new(name, lines.Count + 2, [.. lower.Zip(upper, (low, high) => (low, high)).Select((ends, i) => Band(i + 1, ends.low, ends.high))]) { IsBand = true });
        }

        lines.Add(new("observed", 0, [.. observed.Select((value, i) => Point(1 + i - _history.Length, value, isUnknown: double.IsNaN(value)))]));
        lines.Add(new("forecast", 1, [.. _forecast.Select((value, i) => Point(i + 1, value, isUnknown: false))]));
        new LineChart(XLabel, lines) { Mark = (0, "forecast") }.Draw(html);
    }

    // What is missing interrupts the line, and is no value that is not finite.
    private static CurvePoint Point(int place, double value, bool isUnknown)
    {
        double drawn = Curve.Drawn(value);
        return new(place, drawn, drawn, drawn, double.IsFinite(value) || isUnknown ? 0 : 1);
    }

    private static CurvePoint Band(int place, double lower, double upper)
    {
        (double low, double high) = (Curve.Drawn(lower), Curve.Drawn(upper));
        return new(place, low, (low / 2) + (high / 2), high, double.IsFinite(lower) && double.IsFinite(upper) ? 0 : 1);
    }
}
