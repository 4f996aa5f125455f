using System.Numerics;
using RnnGen.Samples;

namespace Capture;

/// <summary>The mean spectrum of a sound.</summary>
internal static class Spectrum
{
    private const int Size = 2048;

    /// <summary>Level in decibels at each multiple of the rate over 2,048, up to half of it: the mean power of windows that overlap by half (P. Welch 1967, with Hann's window).</summary>
    /// <param name="sound">At least 2,048 samples.</param>
    public static double[] Of(float[] sound)
    {
        double[] power = new double[Size / 2];
        int windows = 0;
        for (int start = 0; start + Size <= sound.Length; start += Size / 2, windows++)
        {
            Complex[] values = [.. Enumerable.Range(0, Size).Select(i => new Complex(sound[start + i] * (0.5 - (0.5 * Math.Cos(2 * Math.PI * i / Size))), 0))];
            Transform(values);
            for (int k = 0; k < power.Length; k++)
            {
                power[k] += values[k].Magnitude * values[k].Magnitude;
            }
        }

        // A sine of amplitude 1 is at 0 dB: Hann's window halves it, and half of it is at the negative frequency.
        const double full = Size / 4.0;
        return [.. power.Select(p => Math.Max(-120, 10 * Math.Log10((p / Math.Max(1, windows) / (full * full)) + 1e-12)))];
    }

    /// <summary>Draws the spectrum of what is played and of what comes out.</summary>
    public static string Draw(float[] before, float[] after, int rate)
    {
        double[] frequencies = [.. Enumerable.Range(0, Size / 4).Select(k => k * rate / (1000.0 * Size))];
        double[] Part(float[] sound) => Of(sound)[..frequencies.Length];
        return LineChart.Draw("A string before and after the capture", [
            new ChartPanel("Spectrum", "kHz", "dB", frequencies, [new ChartLine("before", Part(before), 0), new ChartLine("after", Part(after), 1)]),
        ], panelHeight: 320);
    }

    // J. Cooley and J. Tukey 1965, in place.
    private static void Transform(Complex[] values)
    {
        for (int i = 1, j = 0; i < values.Length; i++)
        {
            int bit = values.Length >> 1;
            for (; (j & bit) != 0; bit >>= 1)
            {
                j ^= bit;
            }

            j ^= bit;
            if (i < j)
            {
                (values[i], values[j]) = (values[j], values[i]);
            }
        }

        for (int length = 2; length <= values.Length; length *= 2)
        {
            Complex turn = Complex.FromPolarCoordinates(1, -2 * Math.PI / length);
            for (int start = 0; start < values.Length; start += length)
            {
                Complex factor = Complex.One;
                for (int k = start; k < start + (length / 2); k++, factor *= turn)
                {
                    Complex even = values[k], odd = values[k + (length / 2)] * factor;
                    (values[k], values[k + (length / 2)]) = (even + odd, even - odd);
                }
            }
        }
    }
}
