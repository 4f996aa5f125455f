using System.Globalization;
using System.Text;

namespace RnnGen.Display;

/// <summary>A series and what was forecast for it, one above the other, with the errors of each forecast.</summary>
/// <example>
/// <code>
/// report.Add(ForecastPlot.Of("Held-out months", model, test, normalizer));
///
/// // Or from numbers of any origin, with several forecasts.
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
    /// <param name="truth">What was, in order; at least one value.</param>
    public ForecastPlot(string title, ReadOnlySpan<float> truth) : this(title, Doubles(truth)) { }

    /// <inheritdoc cref="ForecastPlot(string, ReadOnlySpan{float})"/>
    public ForecastPlot(string title, ReadOnlySpan<double> truth) : this(title, truth.ToArray()) { }

    private ForecastPlot(string title, double[] truth) : base(title) =>
        _truth = truth.Length > 0 ? truth : throw new ArgumentException("There are no values to plot.", nameof(truth));

    /// <summary>Has a model forecast the sequences of a dataset, such as the held-out windows of a series.</summary>
    /// <typeparam name="TModel">A model of numbers.</typeparam>
    /// <param name="title">The heading.</param>
    /// <param name="model">The model.</param>
    /// <param name="data">The sequences, in order, with what was as their targets.</param>
    /// <param name="normalizer">Brings targets and outputs back to the series' own units. Default: <see langword="null"/>, they are shown as they are.</param>
    /// <param name="output">Which of a sequence's output elements to show, from 0; with several horizons each has its own.</param>
    /// <param name="xLabel">What the horizontal axis counts.</param>
    /// <exception cref="ArgumentException">The dataset's sequences have another length than the model's.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such output.</exception>
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
                Invariant($"{layout.ModelName} reads sequences of {layout.InputLength} elements and gives {layout.OutputLength}; the data has {data.InputLength} with targets of {data.TargetLength}."), nameof(data));
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

    /// <summary>What the horizontal axis counts. Default: <c>index</c>.</summary>
    /// <exception cref="ArgumentNullException">The value is <see langword="null"/>.</exception>
    public string XLabel
    {
        get;
        init => field = value ?? throw new ArgumentNullException(nameof(XLabel));
    } = "index";

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
            throw new ArgumentException(Invariant($"The plot has {_truth.Length} values; found {found}."), name);
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
