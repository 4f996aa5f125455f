namespace RnnGen.Display;

/// <summary>One or more neighbouring points of a curve.</summary>
/// <param name="X">The centre of their positions.</param>
/// <param name="Minimum">The minimum of the finite values; NaN if none is finite.</param>
/// <param name="Mean">The mean of the finite values; NaN if none is finite.</param>
/// <param name="Maximum">The maximum of the finite values; NaN if none is finite.</param>
/// <param name="NonFinite">The number of values that are not finite.</param>
internal readonly record struct CurvePoint(double X, double Minimum, double Mean, double Maximum, long NonFinite);

/// <summary>
/// A curve of any number of points in bounded memory: when it exceeds its capacity, neighbours are merged in pairs, each of which then has the
/// mean, the minimum and the maximum of its points. A short curve is kept exactly.
/// </summary>
/// <param name="capacity">The maximum number of points to keep, an even number.</param>
internal sealed class Curve(int capacity = Curve.DefaultCapacity)
{
    public const int DefaultCapacity = 600;

    // So that sums of a few values stay finite.
    private const double Largest = 1e300;

    /// <summary>A value as it is drawn: within a size whose sums are finite, and NaN where it is not finite.</summary>
    public static double Drawn(double value) => double.IsFinite(value) ? Math.Clamp(value, -Largest, Largest) : double.NaN;

    /// <summary>Whether NaN is a value that is missing, which interrupts the line and is not counted as one that is not finite.</summary>
    public bool HasMissing { get; init; }

    private readonly List<Stretch> _stretches = [];
    private long _width = 1;

    /// <summary>The number of points that were added.</summary>
    public long Count { get; private set; }

    /// <summary>The points, or the points that they were merged into.</summary>
    public IReadOnlyList<CurvePoint> Points => [.. _stretches.Select(s => s.Point)];

    /// <summary>A curve of some values at 1, 2, 3, ….</summary>
    public static Curve Of(IEnumerable<double> values) => Of(values.Select((y, i) => (i + 1.0, y)));

    /// <summary>A curve of some values at their positions.</summary>
    public static Curve Of(IEnumerable<(double X, double Y)> values, int capacity = DefaultCapacity, bool hasMissing = false)
    {
        Curve curve = new(capacity) { HasMissing = hasMissing };
        foreach (var (x, y) in values)
        {
            curve.Add(x, y);
        }

        return curve;
    }

    /// <summary>Adds a point after all others.</summary>
    public void Add(double x, double y)
    {
        Count++;
        if (_stretches.Count > 0 && _stretches[^1].Count < _width)
        {
            _stretches[^1] = _stretches[^1].Join(One(x, y));
            return;
        }

        if (_stretches.Count == capacity)
        {
            for (int i = 0; i < capacity / 2; i++)
            {
                _stretches[i] = _stretches[2 * i].Join(_stretches[(2 * i) + 1]);
            }

            _stretches.RemoveRange(capacity / 2, capacity / 2);
            _width *= 2;
        }

        _stretches.Add(One(x, y));
    }

    private Stretch One(double x, double y)
    {
        double value = Drawn(y);
        return new Stretch(x, x, 1, double.IsFinite(y) ? 1 : 0, double.IsFinite(y) || (HasMissing && double.IsNaN(y)) ? 0 : 1, value, value, value);
    }

    private readonly record struct Stretch(double First, double Last, long Count, long Finite, long NonFinite, double Mean, double Minimum, double Maximum)
    {
        public CurvePoint Point => new((First + Last) / 2, Minimum, Mean, Maximum, NonFinite);

        public Stretch Join(Stretch next)
        {
            long finite = Finite + next.Finite;
            (double mean, double minimum, double maximum) = Finite == 0 ? (next.Mean, next.Minimum, next.Maximum)
                : next.Finite == 0 ? (Mean, Minimum, Maximum)
                : ((Mean * ((double)Finite / finite)) + (next.Mean * ((double)next.Finite / finite)), Math.Min(Minimum, next.Minimum), Math.Max(Maximum, next.Maximum));
            return new Stretch(First, next.Last, Count + next.Count, finite, NonFinite + next.NonFinite, mean, minimum, maximum);
        }
    }
}
