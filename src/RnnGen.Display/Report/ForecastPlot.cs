using System.Globalization;
using System.Text;

namespace RnnGen.Display;

/// <summary>A series and what was forecast for it, one above the other, with the errors of each forecast.</summary>
/// <example>
/// <code>
/// var plot = new ForecastPlot("Held-out months", truth) { XLabel = "month" };
/// plot.Add("LSTM", forecast);
/// report.Add(plot);
/// </code>
/// </example>
public sealed class ForecastPlot : ReportSection
{
    private const int MostPoints = 1200;
    private readonly double[] _truth;
    private readonly List<(string Name, double[] Values)> _forecasts = [];
    private readonly double[]? _places;

    /// <summary>Creates the plot.</summary>
    /// <param name="title">The heading.</param>
    /// <param name="truth">What was, in order; at least one value.</param>
    public ForecastPlot(string title, ReadOnlySpan<float> truth) : this(title, Doubles(truth)) { }

    /// <inheritdoc cref="ForecastPlot(string, ReadOnlySpan{float})"/>
    public ForecastPlot(string title, ReadOnlySpan<double> truth) : this(title, truth.ToArray()) { }

    private ForecastPlot(string title, double[] truth) : base(title) =>
        _truth = truth.Length > 0 ? truth : throw new ArgumentException("There are no values to plot.", nameof(truth));

    /// <summary>What the horizontal axis counts. Default: <c>index</c>.</summary>
    public string XLabel { get; init; } = "index";

    /// <summary>Where the values stand: as many rising numbers as there are values. Default: 1, 2, 3, ….</summary>
    /// <exception cref="ArgumentException">There are more or fewer of them, or they do not rise.</exception>
    public IReadOnlyList<double> Places
    {
        get => _places ?? [.. Enumerable.Range(1, _truth.Length).Select(i => (double)i)];
        init
        {
            ArgumentNullException.ThrowIfNull(value);
            CheckCount(value.Count, nameof(Places));
            if (!value.Zip(value.Skip(1), (a, b) => a < b && double.IsFinite(a) && double.IsFinite(b)).All(rises => rises))
            {
                throw new ArgumentException("Places are finite and rise from value to value.", nameof(Places));
            }

            _places = [.. value];
        }
    }

    /// <summary>Adds a forecast.</summary>
    /// <param name="name">Its name in the legend.</param>
    /// <param name="values">One value for each true one.</param>
    /// <exception cref="ArgumentException">There are more or fewer of them, or four forecasts already.</exception>
    public void Add(string name, ReadOnlySpan<float> values) => Add(name, Doubles(values));

    /// <inheritdoc cref="Add(string, ReadOnlySpan{float})"/>
    public void Add(string name, ReadOnlySpan<double> values) => Add(name, values.ToArray());

    internal override void Write(StringBuilder html)
    {
        IReadOnlyList<double> places = Places;
        Curve Line(double[] values) => Curve.Of(places.Zip(values), MostPoints);

        new LineChart(XLabel, [new ChartLine("observed", 0, Line(_truth).Points), .. _forecasts.Select((f, i) => new ChartLine(f.Name, i + 1, Line(f.Values).Points))]).Draw(html);
        foreach (var (name, values) in _forecasts)
        {
            double squares = 0, absolute = 0;
            for (int i = 0; i < values.Length; i++)
            {
                double error = values[i] - _truth[i];
                squares += error * error;
                absolute += Math.Abs(error);
            }

            html.Add($"<p class=\"note\">{Html.Text(name)}: RMSE {Html.Number(Math.Sqrt(squares / values.Length))}, MAE {Html.Number(absolute / values.Length)}, {Html.Count(values.Length)} values</p>\n");
        }
    }

    private void Add(string name, double[] values)
    {
        ArgumentNullException.ThrowIfNull(name);
        CheckCount(values.Length, nameof(values));
        if (_forecasts.Count == 4)
        {
            throw new ArgumentException("A plot has at most four forecasts; add another plot.", nameof(values));
        }

        _forecasts.Add((name, values));
    }

    private void CheckCount(int found, string name)
    {
        if (found != _truth.Length)
        {
            throw new ArgumentException($"The plot has {_truth.Length} values; found {found}.", name);
        }
    }

    private static double[] Doubles(ReadOnlySpan<float> values)
    {
        double[] result = new double[values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            result[i] = values[i];
        }

        return result;
    }
}
