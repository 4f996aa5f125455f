using System.ComponentModel;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace RnnGen.Runtime;

/// <summary>
/// Draws first weights. Generated models call this. Every number is a function of (seed, tensor, element), the same on
/// every platform; models of float and of double get the same numbers up to rounding.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class Initialization
{
    /// <summary>Uniform in ±√(6 / (fan in + fan out)), with the fans of one block: columns and rows (X. Glorot and Y. Bengio 2010).</summary>
    /// <typeparam name="T">The number type.</typeparam>
    /// <param name="weight">Receives <c>[blocks × rows, columns]</c>.</param>
    /// <param name="blocks">Matrices stacked along the rows: gates.</param>
    /// <param name="rows">Rows of one block.</param>
    /// <param name="columns">Columns.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="tensor">Index of the tensor in the model.</param>
    public static void Glorot<T>(Span<T> weight, int blocks, int rows, int columns, int seed, int tensor)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        CheckShape(weight.Length, blocks, rows, columns);
        Uniform(weight, Math.Sqrt(6.0 / ((double)rows + columns)), seed, tensor);
    }

    /// <summary>
    /// Makes each block's rows orthonormal, or its columns where it has more rows than columns: the Q, with a positive
    /// diagonal in R, of the QR decomposition of a Gaussian matrix (A. Saxe et al. 2014; F. Mezzadri 2007 for the sign).
    /// </summary>
    /// <typeparam name="T">The number type.</typeparam>
    /// <param name="weight">Receives <c>[blocks × rows, columns]</c>.</param>
    /// <param name="blocks">Matrices stacked along the rows: gates.</param>
    /// <param name="rows">Rows of one block.</param>
    /// <param name="columns">Columns.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="tensor">Index of the tensor in the model.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Orthogonal<T>(Span<T> weight, int blocks, int rows, int columns, int seed, int tensor)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        CheckShape(weight.Length, blocks, rows, columns);
        CounterRandom random = new(seed, tensor, RandomPurpose.Initialization);
        int count = Math.Min(rows, columns), length = Math.Max(rows, columns);
        double[] vectors = new double[count * length];
        for (int block = 0; block < blocks; block++)
        {
            for (int i = 0; i < vectors.Length; i++)
            {
                vectors[i] = random.Gaussian(((long)block * vectors.Length) + i);
            }

            Orthonormalize(vectors, count, length);
            Span<T> destination = weight.Slice(block * rows * columns, rows * columns);
            for (int row = 0; row < rows; row++)
            {
                for (int column = 0; column < columns; column++)
                {
                    double value = rows <= columns ? vectors[(row * length) + column] : vectors[(column * length) + row];
                    destination[(row * columns) + column] = T.CreateTruncating(value);
                }
            }
        }
    }

    /// <summary>Makes each block the identity: 1 on its diagonal, 0 elsewhere (Q. Le et al. 2015).</summary>
    /// <typeparam name="T">The number type.</typeparam>
    /// <param name="weight">Receives <c>[blocks × rows, columns]</c>.</param>
    /// <param name="blocks">Matrices stacked along the rows: gates.</param>
    /// <param name="rows">Rows of one block.</param>
    /// <param name="columns">Columns.</param>
    public static void Identity<T>(Span<T> weight, int blocks, int rows, int columns)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        CheckShape(weight.Length, blocks, rows, columns);
        weight.Clear();
        for (int block = 0; block < blocks; block++)
        {
            for (int i = 0; i < Math.Min(rows, columns); i++)
            {
                weight[(((block * rows) + i) * columns) + i] = T.One;
            }
        }
    }

    /// <summary>Makes a convolution the identity: 1 where a filter reads the channel of its number at one step, 0 elsewhere (as PyTorch's <c>dirac_</c>).</summary>
    /// <typeparam name="T">The number type.</typeparam>
    /// <param name="weight">Receives <c>[filters, channels, kernel]</c>.</param>
    /// <param name="filters">Filters.</param>
    /// <param name="channels">Channels.</param>
    /// <param name="kernel">Steps.</param>
    /// <param name="step">The step.</param>
    public static void Identity<T>(Span<T> weight, int filters, int channels, int kernel, int step)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        CheckShape(weight.Length, filters, channels, kernel);
        weight.Clear();
        for (int i = 0; i < Math.Min(filters, channels); i++)
        {
            weight[(((i * channels) + i) * kernel) + step] = T.One;
        }
    }

    /// <summary>Uniform in ±<paramref name="bound"/>.</summary>
    /// <typeparam name="T">The number type.</typeparam>
    /// <param name="values">Receives the numbers.</param>
    /// <param name="bound">The greatest magnitude.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="tensor">Index of the tensor in the model.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Uniform<T>(Span<T> values, double bound, int seed, int tensor)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        CounterRandom random = new(seed, tensor, RandomPurpose.Initialization);
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = T.CreateTruncating(bound * ((2 * random.Uniform(i)) - 1));
        }
    }

    /// <summary>Standard normal, as PyTorch draws embeddings.</summary>
    /// <typeparam name="T">The number type.</typeparam>
    /// <param name="values">Receives the numbers.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="tensor">Index of the tensor in the model.</param>
    public static void Normal<T>(Span<T> values, int seed, int tensor)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        CounterRandom random = new(seed, tensor, RandomPurpose.Initialization);
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = T.CreateTruncating(random.Gaussian(i));
        }
    }

    private static void CheckShape(int length, int blocks, int rows, int columns)
    {
        Guard.AtLeast(blocks, 1);
        Guard.AtLeast(rows, 1);
        Guard.AtLeast(columns, 1);
        if (length != (long)blocks * rows * columns)
        {
            throw new ArgumentException(Invariant($"A weight of {blocks} blocks [{rows}, {columns}] has {(long)blocks * rows * columns} values; found {length}."));
        }
    }

    /// <summary>Gram and Schmidt's process, each vector projected twice, which keeps the result orthogonal to rounding.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Orthonormalize(double[] vectors, int count, int length)
    {
        for (int i = 0; i < count; i++)
        {
            Span<double> vector = vectors.AsSpan(i * length, length);
            for (int pass = 0; pass < 2; pass++)
            {
                for (int j = 0; j < i; j++)
                {
                    ReadOnlySpan<double> other = vectors.AsSpan(j * length, length);
                    AddScaled(vector, -Dot(vector, other), other);
                }
            }

            double norm = Math.Sqrt(Dot(vector, vector));
            for (int k = 0; k < length; k++)
            {
                vector[k] /= norm;
            }
        }
    }

    // Vectors of one width on every platform: the order of summation, and so the bits, are the same everywhere.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static double Dot(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        ReadOnlySpan<Vector128<double>> xs = MemoryMarshal.Cast<double, Vector128<double>>(x), ys = MemoryMarshal.Cast<double, Vector128<double>>(y);
        Vector128<double> a = default, b = default;
        int i = 0;
        for (; i + 1 < xs.Length; i += 2)
        {
            a += xs[i] * ys[i];
            b += xs[i + 1] * ys[i + 1];
        }

        double sum = Vector128.Sum(a + b);
        for (i *= Vector128<double>.Count; i < x.Length; i++)
        {
            sum += x[i] * y[i];
        }

        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddScaled(Span<double> x, double factor, ReadOnlySpan<double> y)
    {
        Span<Vector128<double>> xs = MemoryMarshal.Cast<double, Vector128<double>>(x);
        ReadOnlySpan<Vector128<double>> ys = MemoryMarshal.Cast<double, Vector128<double>>(y);
        for (int i = 0; i < xs.Length; i++)
        {
            xs[i] += factor * ys[i];
        }

        for (int i = xs.Length * Vector128<double>.Count; i < x.Length; i++)
        {
            x[i] += factor * y[i];
        }
    }
}
