using RnnGen.Data;
using RnnGen.Samples;

namespace Amplifier;

/// <summary>What is played, and what the simulated circuit makes of it; 48 kHz.</summary>
internal static class Sound
{
    public const int Rate = 48_000;

    /// <summary>Reads a recording.</summary>
    /// <exception cref="UsageException">It is not of 48 kHz and one channel, or shorter than a tenth of a second.</exception>
    public static float[] Read(string path)
    {
        WavAudio audio = WavFile.Read(path);
        return audio is { SampleRate: Rate, Channels: 1, Samples.Length: >= Rate / 10 }
            ? audio.Samples
            : throw new UsageException($"{path} has {audio.SampleRate} Hz, {audio.Channels} channels and {audio.Samples.Length} samples; the sample plays {Rate} Hz, one channel, at least a tenth of a second.");
    }

    /// <summary>Plucked strings: noise that circulates in a delay line as long as the tone's period, a little softer each time (K. Karplus and A. Strong 1983).</summary>
    /// <param name="seconds">How long.</param>
    /// <param name="seed">Draws notes, times and loudness.</param>
    /// <returns>Samples from -1 to 1.</returns>
    public static float[] Pluck(double seconds, int seed)
    {
        Random random = new(seed);
        float[] sound = new float[(int)(seconds * Rate)];
        for (int start = 0; start < sound.Length; start += (int)(Rate * (0.08 + 0.3 * random.NextDouble())))
        {
            double pitch = 82.4 * Math.Pow(2, random.Next(30) / 12.0), loudness = 0.15 + 0.6 * random.NextDouble();
            float[] line = new float[(int)(Rate / pitch)];
            for (int i = 0; i < line.Length; i++)
            {
                line[i] = (float)(loudness * (2 * random.NextDouble() - 1));
            }

            float last = 0;
            for (int i = 0; start + i < sound.Length; i++)
            {
                ref float value = ref line[i % line.Length];
                sound[start + i] += value;
                (value, last) = (0.4985f * (value + last), value);
            }
        }

        float peak = sound.Max(MathF.Abs);
        return [.. sound.Select(s => 0.95f * s / peak)];
    }

    /// <summary>
    /// A diode clipper: a resistor of 2.2 kΩ into 10 nF, with two diodes across it, driven at up to 4.5 V. The voltage v follows
    /// v' = (u - v) / RC - 2 Is / C sinh(v / Vt), in steps of an eighth of a sample by the implicit midpoint rule with Newton's method.
    /// </summary>
    /// <param name="sound">Samples from -1 to 1.</param>
    /// <returns>The voltage, scaled so that it stays within -1 to 1.</returns>
    public static float[] Clip(float[] sound)
    {
        const double Resistance = 2200, Capacity = 1e-8, Saturation = 2.52e-9, Thermal = 0.0453, Drive = 4.5;
        const int Substeps = 8;
        double h = 1.0 / (Rate * Substeps), v = 0, before = 0;
        float[] clipped = new float[sound.Length];
        for (int i = 0; i < sound.Length; i++)
        {
            double now = Drive * sound[i];
            for (int k = 0; k < Substeps; k++)
            {
                double u = before + (now - before) * (k + 0.5) / Substeps, next = v;
                for (int n = 0; n < 20; n++)
                {
                    double middle = (v + next) / 2;
                    double f = next - v - h * ((u - middle) / (Resistance * Capacity) - 2 * Saturation / Capacity * Math.Sinh(middle / Thermal));
                    double slope = 1 + h / 2 * (1 / (Resistance * Capacity) + 2 * Saturation / (Capacity * Thermal) * Math.Cosh(middle / Thermal));
                    double step = f / slope;
                    next -= step;
                    if (Math.Abs(step) < 1e-10)
                    {
                        break;
                    }
                }

                v = next;
            }

            before = now;
            clipped[i] = (float)v;
        }

        return clipped;
    }

    /// <summary>What needs no memory: a sound times the factor that brings what was played nearest to what came out.</summary>
    public static float[] NearestGain(float[] played, float[] expected, float[] sound)
    {
        double gain = played.Zip(expected).Sum(p => p.First * (double)p.Second) / played.Sum(s => s * (double)s);
        return [.. sound.Select(s => (float)(gain * s))];
    }

    /// <summary>Energy of the error over energy of what should be.</summary>
    public static double ErrorToSignal(float[] found, float[] expected) =>
        found.Zip(expected).Sum(p => (p.First - (double)p.Second) * (p.First - p.Second)) / expected.Sum(e => e * (double)e);
}
