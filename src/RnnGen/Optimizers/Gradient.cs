using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace RnnGen;

/// <summary>The norm and the health of a flat gradient.</summary>
internal static class Gradient
{
    /// <summary>The sum of squares over segments, in their order.</summary>
    /// <param name="values">The values.</param>
    /// <param name="segments">Those that count.</param>
    /// <param name="limit">The greatest magnitude.</param>
    /// <param name="sum">What the sum starts from.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double SumOfSquares<T>(ReadOnlySpan<T> values, ReadOnlySpan<ParameterSegment> segments, double limit, double sum = 0)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        foreach (ParameterSegment segment in segments)
        {
            sum += SumOfSquares(values.Slice(segment.Offset, segment.Length), limit);
        }

        return sum;
    }

    /// <summary>
    /// The sum of squares of the values, each first limited to ±<paramref name="limit"/>, in double; not finite
    /// where a value is not (with no limit). The order of summation is fixed, that of vectors of 256 bits on every processor, so the same values produce the same bits.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double SumOfSquares<T>(ReadOnlySpan<T> values, double limit) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (typeof(T) == typeof(float))
        {
            return SumOfSquares(MemoryMarshal.Cast<T, float>(values), limit);
        }

        if (typeof(T) == typeof(double))
        {
            return SumOfSquares(MemoryMarshal.Cast<T, double>(values), limit);
        }

        throw new NotSupportedException($"Optimisers update models of float or double; found {typeof(T).Name}.");
    }

    /// <summary>The Euclidean norm of finite values, each first limited to ±<paramref name="limit"/>.</summary>
    /// <param name="values">The values.</param>
    /// <param name="segments">Those that count.</param>
    /// <param name="limit">The greatest magnitude.</param>
    /// <param name="squares">Their sum of squares, where it is known.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double Norm<T>(ReadOnlySpan<T> values, ReadOnlySpan<ParameterSegment> segments, double limit, double? squares) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        double sum = squares ?? SumOfSquares(values, segments, limit);
        if (double.IsFinite(sum))
        {
            return Math.Sqrt(sum);
        }

        // The squares of doubles beyond 1e154 overflow though the values are finite: scale by the greatest.
        double greatest = Math.Min(MaximumMagnitude(values, segments), limit);
        sum = 0;
        foreach (ParameterSegment segment in segments)
        {
            foreach (T value in values.Slice(segment.Offset, segment.Length))
            {
                double scaled = Math.Min(Math.Abs(double.CreateTruncating(value)), limit) / greatest;
                sum += scaled * scaled;
            }
        }

        return greatest * Math.Sqrt(sum);
    }

    /// <summary>Throws for the first value of the segments that is not finite, naming its tensor.</summary>
    /// <exception cref="NonFiniteException">A value is not finite.</exception>
    public static void ThrowIfNotFinite<T>(ReadOnlySpan<T> gradients, ReadOnlySpan<ParameterSegment> segments, ModelLayout layout)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        foreach (ParameterSegment segment in segments)
        {
            ThrowIfNotFinite(gradients, segment, layout);
        }
    }

    /// <summary>A parameter's name: its tensor, and where in it.</summary>
    public static string Place(ModelLayout layout, int parameter) => layout.Parameters.FirstOrDefault(p => parameter >= p.Offset && parameter < p.Offset + p.Length) is { } tensor
        ? Invariant($"{tensor.Name}[{parameter - tensor.Offset}]")
        : Invariant($"parameter {parameter}");

    /// <summary>The greatest magnitude of the values of some segments.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double MaximumMagnitude<T>(ReadOnlySpan<T> values, ReadOnlySpan<ParameterSegment> segments) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Vector<T> a = Vector<T>.Zero, b = a;
        T rest = T.Zero;
        foreach (ParameterSegment segment in segments)
        {
            ReadOnlySpan<T> part = values.Slice(segment.Offset, segment.Length);
            int i = 0;
            for (; i <= part.Length - (2 * Vector<T>.Count); i += 2 * Vector<T>.Count)
            {
                a = Vector.Max(a, Vector.Abs(new Vector<T>(part[i..])));
                b = Vector.Max(b, Vector.Abs(new Vector<T>(part[(i + Vector<T>.Count)..])));
            }

            for (; i < part.Length; i++)
            {
                rest = T.Max(rest, T.Abs(part[i]));
            }
        }

        a = Vector.Max(a, b);
        for (int lane = 0; lane < Vector<T>.Count; lane++)
        {
            rest = T.Max(rest, a[lane]);
        }

        return double.CreateTruncating(rest);
    }

    private static void ThrowIfNotFinite<T>(ReadOnlySpan<T> gradients, ParameterSegment segment, ModelLayout layout)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (int i = segment.Offset; i < segment.Offset + segment.Length; i++)
        {
            if (T.IsFinite(gradients[i]))
            {
                continue;
            }

            throw new NonFiniteException(
                Invariant($"The gradient of {Place(layout, i)} in {layout.ModelName} is {gradients[i]}; no parameter was changed. ") +
                "Check the data for extreme values, lower the learning rate, or set ClipNorm before the gradients grow.");
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static double SumOfSquares(ReadOnlySpan<float> values, double limit)
    {
        // Squares of floats are exact in double and cannot overflow.
        int width = Vector256<float>.Count;
        ReadOnlySpan<Vector256<float>> vectors = MemoryMarshal.Cast<float, Vector256<float>>(values);
        limit = (float)limit;
        Vector256<float> high = Vector256.Create((float)limit), low = -high;
        Vector256<double> a = default, b = default, c = default, d = default;
        int i = 0;
        for (; i + 1 < vectors.Length; i += 2)
        {
            (Vector256<double> p, Vector256<double> q) = Vector256.Widen(Vector256.MinNative(Vector256.MaxNative(vectors[i], low), high));
            (Vector256<double> r, Vector256<double> s) = Vector256.Widen(Vector256.MinNative(Vector256.MaxNative(vectors[i + 1], low), high));
            a += p * p;
            b += q * q;
            c += r * r;
            d += s * s;
        }

        double sum = Vector256.Sum(a + b + (c + d));
        for (i *= width; i < values.Length; i++)
        {
            double value = Math.Clamp(values[i], -limit, limit);
            sum += value * value;
        }

        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static double SumOfSquares(ReadOnlySpan<double> values, double limit)
    {
        int width = Vector256<double>.Count;
        ReadOnlySpan<Vector256<double>> vectors = MemoryMarshal.Cast<double, Vector256<double>>(values);
        Vector256<double> high = Vector256.Create(limit), low = -high;
        Vector256<double> a = default, b = default, c = default, d = default;
        int i = 0;
        for (; i + 3 < vectors.Length; i += 4)
        {
            Vector256<double> p = Vector256.MinNative(Vector256.MaxNative(vectors[i], low), high);
            Vector256<double> q = Vector256.MinNative(Vector256.MaxNative(vectors[i + 1], low), high);
            Vector256<double> r = Vector256.MinNative(Vector256.MaxNative(vectors[i + 2], low), high);
            Vector256<double> s = Vector256.MinNative(Vector256.MaxNative(vectors[i + 3], low), high);
            a += p * p;
            b += q * q;
            c += r * r;
            d += s * s;
        }

        double sum = Vector256.Sum(a + b + (c + d));
        for (i *= width; i < values.Length; i++)
        {
            double value = Math.Clamp(values[i], -limit, limit);
            sum += value * value;
        }

        return sum;
    }
}
