using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace RnnGen.Comparison.Limits;

/// <summary>Reads a buffer of a given size over and over with the widest vectors: the bandwidth of the cache that holds it.</summary>
internal sealed unsafe class ReadBandwidth : IDisposable
{
    private readonly byte* _buffer;
    private readonly int _lines;

    /// <summary>Prepares a probe.</summary>
    /// <param name="bytes">Size of the buffer, at least 1; rounded up to 1,024.</param>
    public ReadBandwidth(int bytes)
    {
        _lines = ((bytes + 1023) / 1024) * 1024 / 64;
        nuint length = (nuint)_lines * 64;
        _buffer = (byte*)NativeMemory.AlignedAlloc(length, 4096);
        NativeMemory.Clear(_buffer, length);
    }

    /// <summary>Measures once, over some 16 MB: bytes a second.</summary>
    public double Measure()
    {
        int passes = Math.Max(2, 16_000_000 / (_lines * 64));
        Read(2);
        float sum = 0;
        double seconds = Clock.Time(() => sum = Read(passes));
        return sum == 0 ? (double)passes * _lines * 64 / seconds : throw new InvalidOperationException("The probe's buffer has changed.");
    }

    /// <summary>Measures how large the cache is that holds a few kilobytes: up to where a buffer is read at three quarters of the rate at which a small one is.</summary>
    /// <param name="maxSize">The maximum size to try, in kilobytes.</param>
    /// <param name="step">From one size to the next; twice it is the small one.</param>
    /// <returns>Bytes.</returns>
    public static int LevelUpTo(int maxSize, int step)
    {
        double small = Best(2 * step);
        int size = 2 * step;
        while (size + step <= maxSize && Best(size + step) > 0.75 * small)
        {
            size += step;
        }

        return size * 1024;

        static double Best(int kilobytes)
        {
            using ReadBandwidth probe = new(kilobytes * 1024);
            return Enumerable.Range(0, 5).Max(_ => probe.Measure());
        }
    }

    /// <summary>Frees the buffer.</summary>
    public void Dispose() => NativeMemory.AlignedFree(_buffer);

    private float Read(int passes) =>
        Vector512.IsHardwareAccelerated ? Read512(passes) : Vector256.IsHardwareAccelerated ? Read256(passes) : Read128(passes);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private float Read128(int passes)
    {
        Vector128<float> a = default, b = default, c = default, d = default, e = default, f = default, g = default, h = default;
        float* end = (float*)(_buffer + (_lines * 64L));
        for (int pass = 0; pass < passes; pass++)
        {
            for (float* p = (float*)_buffer; p < end; p += 32)
            {
                a += Vector128.LoadAligned(p);
                b += Vector128.LoadAligned(p + 4);
                c += Vector128.LoadAligned(p + 8);
                d += Vector128.LoadAligned(p + 12);
                e += Vector128.LoadAligned(p + 16);
                f += Vector128.LoadAligned(p + 20);
                g += Vector128.LoadAligned(p + 24);
                h += Vector128.LoadAligned(p + 28);
            }
        }

        return Vector128.Sum(a + b + (c + d) + (e + f + (g + h)));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private float Read256(int passes)
    {
        Vector256<float> a = default, b = default, c = default, d = default, e = default, f = default, g = default, h = default;
        float* end = (float*)(_buffer + (_lines * 64L));
        for (int pass = 0; pass < passes; pass++)
        {
            for (float* p = (float*)_buffer; p < end; p += 64)
            {
                a += Vector256.LoadAligned(p);
                b += Vector256.LoadAligned(p + 8);
                c += Vector256.LoadAligned(p + 16);
                d += Vector256.LoadAligned(p + 24);
                e += Vector256.LoadAligned(p + 32);
                f += Vector256.LoadAligned(p + 40);
                g += Vector256.LoadAligned(p + 48);
                h += Vector256.LoadAligned(p + 56);
            }
        }

        return Vector256.Sum(a + b + (c + d) + (e + f + (g + h)));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private float Read512(int passes)
    {
        Vector512<float> a = default, b = default, c = default, d = default, e = default, f = default, g = default, h = default;
        float* end = (float*)(_buffer + (_lines * 64L));
        for (int pass = 0; pass < passes; pass++)
        {
            for (float* p = (float*)_buffer; p < end; p += 128)
            {
                a += Vector512.LoadAligned(p);
                b += Vector512.LoadAligned(p + 16);
                c += Vector512.LoadAligned(p + 32);
                d += Vector512.LoadAligned(p + 48);
                e += Vector512.LoadAligned(p + 64);
                f += Vector512.LoadAligned(p + 80);
                g += Vector512.LoadAligned(p + 96);
                h += Vector512.LoadAligned(p + 112);
            }
        }

        return Vector512.Sum(a + b + (c + d) + (e + f + (g + h)));
    }
}
