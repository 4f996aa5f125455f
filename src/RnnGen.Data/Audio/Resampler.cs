using MathNet.Numerics;

namespace RnnGen.Data;

/// <summary>Band-limited interpolation with a windowed sinc, see <see cref="WavAudio.Resample"/>.</summary>
internal static class Resampler
{
    private const int Crossings = 32;      // of the sinc, to each side
    private const int PerCrossing = 512;   // points of the table; between them it is interpolated linearly
    private const double Beta = 8;         // of the Kaiser window: 80 dB
    private const double PassBand = 0.95;  // of half the lower rate: the rest is the filter's slope

    private static readonly Lazy<double[]> s_table = new(Table);

    public static float[] Resample(float[] samples, int channels, int from, int to)
    {
        long frames = samples.Length / channels, count = (long)Math.Ceiling((double)frames * to / from);
        if (count * channels > Array.MaxLength)
        {
            throw new ArgumentOutOfRangeException(nameof(to), Invariant($"{to}"), Invariant($"{frames} frames at {from} Hz would be {count} at {to} Hz, which do not fit into an array; resample it in parts."));
        }

        // Input frames from one crossing of the sinc to the next; a lower rate stretches it.
        double spacing = Math.Max(1, (double)from / to) / PassBand, reach = Crossings * spacing;
        double[] table = s_table.Value;
        float[] resampled = new float[count * channels];
        for (long n = 0; n < count; n++)
        {
            double center = (double)n * from / to;
            long first = Math.Max(0, (long)Math.Ceiling(center - reach)), last = Math.Min(frames - 1, (long)Math.Floor(center + reach));
            for (int channel = 0; channel < channels; channel++)
            {
                double sum = 0;
                for (long k = first; k <= last; k++)
                {
                    double at = Math.Abs(k - center) / spacing * PerCrossing;
                    int point = (int)at;
                    double weight = table[point] + ((at - point) * (table[point + 1] - table[point]));
                    sum += weight * samples[(k * channels) + channel];
                }

                resampled[(n * channels) + channel] = (float)(sum / spacing);
            }
        }

        return resampled;
    }

    private static double[] Table()
    {
        double[] table = new double[(Crossings * PerCrossing) + 2];
        double scale = SpecialFunctions.BesselI0(Beta);
        for (int i = 0; i <= Crossings * PerCrossing; i++)
        {
            double x = (double)i / PerCrossing, edge = x / Crossings;
            table[i] = Trig.Sinc(x) * SpecialFunctions.BesselI0(Beta * Math.Sqrt(1 - (edge * edge))) / scale;
        }

        return table;
    }
}
