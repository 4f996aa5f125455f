using System.Globalization;
using System.Text;

namespace RnnGen.Display;

/// <summary>
/// A heat map of a quantity of one layer, such as ‖∂L/∂h(t)‖, with training steps from left to right and time
/// steps from bottom to top, coloured by the logarithm. Any number of training steps may be added: the number of columns is bounded, and neighbouring steps share one.
/// </summary>
/// <example>
/// <code>
/// var flow = new GradientFlowMap("‖∂L/∂h(t)‖ of layer 0", SequenceLength);
/// flow.Add(step, norms);      // after each training step, or some of them
/// report.Add(flow);
/// </code>
/// </example>
public sealed class GradientFlowMap : ReportSection
{
    private const int MostColumns = 160, MostRows = 64;
    private readonly int _rowCount;
    private readonly int _stepsPerRow;
    private readonly List<Column> _columns = [];
    private int _width = 1;

    /// <summary>Creates an empty map.</summary>
    /// <param name="title">The heading: the quantity and the layer.</param>
    /// <param name="timeSteps">Time steps of a sequence, at least 1.</param>
    public GradientFlowMap(string title, int timeSteps) : base(title)
    {
        Guard.AtLeast(timeSteps, 1);
        TimeSteps = timeSteps;
        _stepsPerRow = (timeSteps + MostRows - 1) / MostRows;
        _rowCount = (timeSteps + _stepsPerRow - 1) / _stepsPerRow;
    }

    /// <summary>The number of time steps of a sequence.</summary>
    public int TimeSteps { get; }

    /// <summary>Adds the values of one training step.</summary>
    /// <param name="trainingStep">The number of the step; it must rise from call to call.</param>
    /// <param name="norms">One value for each time step, first to last, at least 0. A value that is not finite has a colour of its own.</param>
    /// <exception cref="ArgumentException">The number of values is not <see cref="TimeSteps"/>.</exception>
    public void Add(long trainingStep, ReadOnlySpan<float> norms)
    {
        Column column = NextColumn(trainingStep, norms.Length);
        for (int t = 0; t < norms.Length; t++)
        {
            column.Add(t / _stepsPerRow, norms[t]);
        }
    }

    /// <inheritdoc cref="Add(long, ReadOnlySpan{float})"/>
    public void Add(long trainingStep, ReadOnlySpan<double> norms)
    {
        Column column = NextColumn(trainingStep, norms.Length);
        for (int t = 0; t < norms.Length; t++)
        {
            column.Add(t / _stepsPerRow, norms[t]);
        }
    }

    internal override void Write(StringBuilder html)
    {
        static string Span(long first, long last) => first == last ? first.ToString(CultureInfo.InvariantCulture) : string.Create(CultureInfo.InvariantCulture, $"{first}–{last}");

        if (_columns.Count == 0)
        {
            html.Append("<p class=\"none\">Nothing was recorded.</p>\n");
            return;
        }

        new HeatMap(
            "training step",
            "time step",
            [.. _columns.Select(c => Span(c.First, c.Last))],
            [.. Enumerable.Range(0, _rowCount).Select(row => Span((row * _stepsPerRow) + 1, Math.Min((row + 1) * _stepsPerRow, TimeSteps)))],
            (column, row) => _columns[column].Logarithm(row)).Draw(html);
    }

    private Column NextColumn(long trainingStep, int count)
    {
        if (count != TimeSteps)
        {
            throw new ArgumentException(Invariant($"{Title}: there are {TimeSteps} time steps but {count} norms."), nameof(count));
        }

        if (_columns.Count > 0 && _columns[^1].Count < _width)
        {
            _columns[^1].Count++;
            _columns[^1].Last = trainingStep;
            return _columns[^1];
        }

        if (_columns.Count == MostColumns)
        {
            for (int i = 0; i < MostColumns / 2; i++)
            {
                _columns[i] = _columns[2 * i];
                _columns[i].Join(_columns[(2 * i) + 1]);
            }

            _columns.RemoveRange(MostColumns / 2, MostColumns / 2);
            _width *= 2;
        }

        _columns.Add(new Column(_rowCount, trainingStep));
        return _columns[^1];
    }

    /// <summary>The training steps of one column: for each row the mean of the logarithms, the logarithm of the geometric mean.</summary>
    private sealed class Column(int rows, long first)
    {
        private readonly double[] _sums = new double[rows];
        private readonly int[] _positive = new int[rows];
        private readonly bool[] _isBad = new bool[rows];

        public long First { get; } = first;

        public long Last { get; set; } = first;

        public int Count { get; set; } = 1;

        public void Add(int row, double norm)
        {
            if (!double.IsFinite(norm) || norm < 0)
            {
                _isBad[row] = true;
            }
            else if (norm > 0)
            {
                _sums[row] += Math.Log10(norm);
                _positive[row]++;
            }
        }

        public double Logarithm(int row) => _isBad[row] ? double.NaN : _positive[row] == 0 ? double.NegativeInfinity : _sums[row] / _positive[row];

        public void Join(Column next)
        {
            for (int row = 0; row < _sums.Length; row++)
            {
                _sums[row] += next._sums[row];
                _positive[row] += next._positive[row];
                _isBad[row] |= next._isBad[row];
            }

            Last = next.Last;
            Count += next.Count;
        }
    }
}
