using System.Numerics;

namespace RnnGen;

/// <summary>
/// Maps values to a range in which networks train well, and back: y = (x - <see cref="Offset"/>) / <see cref="Scale"/>.
/// Fit it on the training part only. An error in normalised units times <see cref="Scale"/> is the error in original units.
/// </summary>
/// <example>
/// <code>
/// Normalizer normalizer = Normalizer.StandardScore&lt;float&gt;(series.AsSpan(0, trainCount));
/// float[] forecast = normalizer.Invert(model.Predict(window));   // in original units
/// </code>
/// </example>
public sealed class Normalizer
{
    /// <summary>Creates a normaliser from known numbers, such as those saved with a model.</summary>
    /// <param name="offset">What is subtracted; finite.</param>
    /// <param name="scale">What is divided by; finite and above 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is not finite, or <paramref name="scale"/> is not above 0.</exception>
    public Normalizer(double offset, double scale)
    {
        if (!double.IsFinite(offset))
        {
            throw new ArgumentOutOfRangeException(nameof(offset), Invariant($"{offset}"), "The offset must be finite.");
        }

        if (!double.IsFinite(scale) || scale <= 0)
        {
            throw new ArgumentOutOfRangeException(nameof(scale), Invariant($"{scale}"), "The scale must be finite and above 0.");
        }

        Offset = offset;
        Scale = scale;
    }

    /// <summary>What is subtracted, in original units.</summary>
    public double Offset { get; }

    /// <summary>What is divided by, in original units.</summary>
    public double Scale { get; }

    /// <summary>Fits the standard score: offset = mean, scale = standard deviation (of the population; 1 if all values are equal).</summary>
    /// <typeparam name="T">The number type.</typeparam>
    /// <param name="values">The training part, at least one value.</param>
    /// <exception cref="ArgumentException">There is no value, one is not finite, or their spread is beyond double.</exception>
    public static Normalizer StandardScore<T>(ReadOnlySpan<T> values) where T : IBinaryFloatingPointIeee754<T>
    {
        CheckValues(values);
        // Welford's update: a mean far from 0 does not cancel the deviations, large values do not overflow a sum.
        double mean = 0, squares = 0;
        for (int i = 0; i < values.Length; i++)
        {
            double value = double.CreateChecked(values[i]), delta = value - mean;
            mean += delta / (i + 1);
            squares += delta * (value - mean);
        }

        return OfScore(mean, squares, values.Length, "the values");
    }

    /// <summary>Fits the range: the minimum maps to 0, the maximum to 1 (all to 0 if all values are equal).</summary>
    /// <typeparam name="T">The number type.</typeparam>
    /// <param name="values">The training part, at least one value.</param>
    /// <exception cref="ArgumentException">There is no value, one is not finite, or their spread is beyond double.</exception>
    public static Normalizer MinMax<T>(ReadOnlySpan<T> values) where T : IBinaryFloatingPointIeee754<T>
    {
        CheckValues(values);
        T minimum = values[0], maximum = values[0];
        foreach (T value in values)
        {
            minimum = T.Min(minimum, value);
            maximum = T.Max(maximum, value);
        }

        return OfRange(double.CreateChecked(minimum), double.CreateChecked(maximum), "the values");
    }

    /// <summary>Normalises one value.</summary>
    /// <typeparam name="T">The number type.</typeparam>
    /// <param name="value">In original units.</param>
    public T Apply<T>(T value) where T : IBinaryFloatingPointIeee754<T> => T.CreateTruncating((double.CreateTruncating(value) - Offset) / Scale);

    /// <summary>Brings one value back to original units.</summary>
    /// <typeparam name="T">The number type.</typeparam>
    /// <param name="value">A normalised value.</param>
    public T Invert<T>(T value) where T : IBinaryFloatingPointIeee754<T> => T.CreateTruncating((double.CreateTruncating(value) * Scale) + Offset);

    /// <summary>Normalises many values into a new array.</summary>
    /// <typeparam name="T">The number type.</typeparam>
    /// <param name="values">In original units.</param>
    public T[] Apply<T>(T[] values) where T : IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(values);
        return Array.ConvertAll(values, Apply);
    }

    /// <summary>Brings many values back to original units, into a new array.</summary>
    /// <typeparam name="T">The number type.</typeparam>
    /// <param name="values">Normalised values, such as a model's forecast.</param>
    public T[] Invert<T>(T[] values) where T : IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(values);
        return Array.ConvertAll(values, Invert);
    }

    /// <summary>Offset and scale, for people.</summary>
    public override string ToString() => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"(x - {Offset:G6}) / {Scale:G6}");

    /// <exception cref="ArgumentException">The spread is not finite.</exception>
    internal static Normalizer OfScore(double mean, double squares, long count, string what) =>
        new(mean, ScaleOrOne(FiniteSpread(Math.Sqrt(squares / count), "standard deviation", what), Math.Abs(mean)));

    /// <exception cref="ArgumentException">The spread is not finite.</exception>
    internal static Normalizer OfRange(double minimum, double maximum, string what) => new(minimum, ScaleOrOne(FiniteSpread(maximum - minimum, "range", what), 0));

    // Of finite values; where their mean is not finite, neither are the deviations from it.
    private static double FiniteSpread(double spread, string name, string values) => double.IsFinite(spread) ? spread
        : throw new ArgumentException($"The {name} of {values} is not finite in double: they are too far apart. Remove implausible values, or divide all by a constant first.", nameof(values));

    // A spread that is nothing but rounding would blow noise up to size 1.
    private static double ScaleOrOne(double scale, double magnitude) => scale > 1e-14 * magnitude ? scale : 1;

    private static void CheckValues<T>(ReadOnlySpan<T> values) where T : IBinaryFloatingPointIeee754<T>
    {
        if (values.IsEmpty)
        {
            throw new ArgumentException("Fitting a normaliser needs at least one value.", nameof(values));
        }

        for (int i = 0; i < values.Length; i++)
        {
            if (!T.IsFinite(values[i]))
            {
                throw new ArgumentException(Invariant($"Every value must be finite; the value at index {i} is {values[i]}. Fill in or remove missing values first."), nameof(values));
            }
        }
    }
}
