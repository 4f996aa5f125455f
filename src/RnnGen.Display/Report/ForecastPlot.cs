using System.Globalization;
using System.Text;

namespace RnnGen.Display;

/// <summary>A chart of a series and up to four forecasts of it, with the error measures of each forecast.</summary>
/// <example>
/// <code>
/// report.Add(ForecastPlot.Of("Held-out months", model, test, normalizer));
///
/// // Or from any numbers, with several forecasts.
/// var plot = new ForecastPlot("Held-out months", truth) { XLabel = "month" };
/// plot.Add("LSTM", forecast);
/// plot.Add("last value", naive);
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
    /// <param name="truth">The true values, in order; at least one.</param>
    public ForecastPlot(string title, ReadOnlySpan<float> truth) : this(title, Doubles(truth)) { }

    /// <inheritdoc cref="ForecastPlot(string, ReadOnlySpan{float})"/>
    public ForecastPlot(string title, ReadOnlySpan<double> truth) : this(title, truth.ToArray()) { }

    private ForecastPlot(string title, double[] truth) : base(title) =>
        _truth = truth.Length > 0 ? truth : throw new ArgumentException("There are no values to plot.", nameof(truth));

    /// <summary>Lets a model forecast the sequences of a dataset, such as the held-out windows of a series.</summary>
    /// <typeparam name="TModel">A model of numbers.</typeparam>
    /// <param name="title">The heading.</param>
    /// <param name="model">The model.</param>
    /// <param name="data">The sequences, in order, with the true values as targets.</param>
    /// <param name="normalizer">Converts targets and outputs to the original units. Default: <see langword="null"/>, no conversion.</param>
    /// <param name="output">Index of the output to show, from 0: with several horizons, the horizon. Default: 0.</param>
    /// <param name="xLabel">Label of the horizontal axis. Default: <c>index</c>.</param>
    /// <exception cref="ArgumentException">The shape of the dataset's sequences is not the model's.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The model has no such output.</exception>
    public static ForecastPlot Of<TModel>(
        string title, TModel model, SequenceDataset<float, float> data, Normalizer? normalizer = null, int output = 0, string xLabel = "index")
        where TModel : IRnnModel<TModel, float, float, float>
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(data);
        ModelLayout layout = TModel.Layout;
        if (data.InputLength != layout.InputLength || data.TargetLength != layout.OutputLength)
        {
            throw new ArgumentException(
                Invariant($"{layout.ModelName} reads sequences of {layout.InputLength} elements and outputs {layout.OutputLength}; the data has {data.InputLength} with targets of {data.TargetLength}."), nameof(data));
        }

        Guard.Within(output, 0, layout.OutputLength - 1);
        float[] outputs = new float[layout.OutputLength];
        double[] truth = new double[data.Count], forecast = new double[data.Count];
        for (int i = 0; i < data.Count; i++)
        {
            model.PredictBatch(data.Input(i), outputs, 1, data.Lengths.IsEmpty ? default : data.Lengths.Slice(i, 1));
            (truth[i], forecast[i]) = (data.Target(i)[output], outputs[output]);
            if (normalizer is not null)
            {
                (truth[i], forecast[i]) = (normalizer.Invert(truth[i]), normalizer.Invert(forecast[i]));
            }
        }

        ForecastPlot plot = new(title, truth) { XLabel = xLabel };
        plot.Add(layout.ModelName, forecast);
        return plot;
    }

    /// <summary>Label of the horizontal axis. Default: <c>index</c>.</summary>
    /// <exception cref="ArgumentNullException">The value is <see langword="null"/>.</exception>
    public string XLabel
    {
        get;
        init => field = value ?? throw new ArgumentNullException(nameof(XLabel));
    } = "index";

    /// <summary>Positions of the values on the horizontal axis: one rising number for each. Default: 1, 2, 3, ….</summary>
    /// <exception cref="ArgumentException">Their number is not that of the values, or they do not rise.</exception>
    public IReadOnlyList<double> Places
    {
        get => _places ?? [.. Enumerable.Range(1, _truth.Length).Select(i => (double)i)];
        init
        {
            ArgumentNullException.ThrowIfNull(value);
            CheckCount(value.Count, nameof(Places));
            if (!value.Zip(value.Skip(1), (a, b) => a < b && double.IsFinite(a) && double.IsFinite(b)).All(rises => rises))
            {
                throw new ArgumentException("Places must be finite and rise from value to value.", nameof(Places));
            }

            _places = [.. value];
        }
    }

    /// <summary>Adds a forecast.</summary>
    /// <param name="name">The name in the legend.</param>
    /// <param name="values">One forecast for each true value, in its units.</param>
    /// <exception cref="ArgumentException">Their number is not that of the true values, or there are four forecasts already.</exception>
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
            // In units of the largest error, whose square double may not hold.
            double[] errors = [.. values.Zip(_truth, (value, truth) => Math.Abs(value - truth))];
            double unit = errors.Max() is > 0 and < double.PositiveInfinity and var largest ? largest : 1;
            double squares = errors.Sum(error => error / unit * (error / unit)), absolute = errors.Sum(error => error / unit);
            html.Add($"<p class=\"note\">{Html.Text(name)}: RMSE {Html.Number(unit * Math.Sqrt(squares / values.Length))}, MAE {Html.Number(unit * (absolute / values.Length))}, {Html.Count(values.Length)} values</p>\n");
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
            throw new ArgumentException(Invariant($"The plot has {_truth.Length} values, not {found}."), name);
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
