using System.Numerics;
using Shouldly;
using Xunit;

namespace RnnGen.Data.Tests;

/// <summary>Log-mel spectra: the place of a tone, a frame against the definition, frames of awkward lengths, normalisation.</summary>
public sealed class LogMelSpectrumTests
{
    private static float[] Tone(double hertz, int count, int rate = 8000) => [.. Enumerable.Range(0, count).Select(i => (float)Math.Sin(2 * Math.PI * hertz * i / rate))];

    [Theory]
    [InlineData(300)]
    [InlineData(1000)]
    [InlineData(3000)]
    public void A_tone_stands_in_its_band(double hertz)
    {
        LogMelSpectrum mel = new(8000);
        float[] frame = mel.Compute(Tone(hertz, 400))[..40];
        double Mel(double f) => 2595 * Math.Log10(1 + f / 700);
        double band = (Mel(hertz) - Mel(20)) / ((Mel(4000) - Mel(20)) / 41) - 1;
        ((double)Array.IndexOf(frame, frame.Max())).ShouldBe(band, 1);
    }

    [Fact]
    public void A_frame_is_what_the_definition_says()
    {
        Random random = new(1);
        float[] samples = [.. Enumerable.Range(0, 24).Select(_ => (float)(random.NextDouble() - 0.5))];
        LogMelSpectrum mel = new(1000, windowLength: 20, hop: 7, bands: 3, lowest: 50, highest: 450);
        float[] found = mel.Compute(samples);
        found.Length.ShouldBe(3);
        double[] power = [.. Enumerable.Range(0, 17).Select(k =>
        {
            Complex sum = 0;
            for (int i = 0; i < 20; i++)
                sum += samples[i] * (0.5 - 0.5 * Math.Cos(2 * Math.PI * i / 20)) * Complex.Exp(new Complex(0, -2 * Math.PI * k * i / 32));
            return sum.Real * sum.Real + sum.Imaginary * sum.Imaginary;
        })];
        double Mel(double f) => 2595 * Math.Log10(1 + f / 700);
        double[] edges = [.. Enumerable.Range(0, 5).Select(i => 700 * (Math.Pow(10, (Mel(50) + (Mel(450) - Mel(50)) * i / 4) / 2595) - 1) * 32 / 1000)];
        for (int band = 0; band < 3; band++)
        {
            double energy = Enumerable.Range(0, 17).Sum(k => power[k] * Math.Max(0, Math.Min((k - edges[band]) / (edges[band + 1] - edges[band]), (edges[band + 2] - k) / (edges[band + 2] - edges[band + 1]))));
            ((double)found[band]).ShouldBe(Math.Log(energy), 1e-5);
        }
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    [InlineData(199, 1)]
    [InlineData(200, 1)]
    [InlineData(299, 1)]
    [InlineData(300, 2)]
    public void Frames_lie_within_the_samples(int samples, int frames)
    {
        LogMelSpectrum mel = new(8000);
        float[] tone = Tone(500, samples), features = mel.Compute(tone);
        mel.FrameCount(samples).ShouldBe(frames);
        features.Length.ShouldBe(frames * 40);
        features.ShouldAllBe(f => float.IsFinite(f));

        // One frame at a time gives the same bits.
        float[] frame = new float[40];
        for (int i = 0; i < frames; i++)
        {
            mel.ComputeFrame(tone.AsSpan(i * mel.Hop), frame);
            frame.ShouldBe(features[(i * 40)..(i * 40 + 40)]);
        }
    }

    [Theory]
    [InlineData(8000, 64, 80)]
    [InlineData(8000, 64, 33)]
    [InlineData(8000, 0, 2000)]
    [InlineData(44_100, 256, 40)]
    [InlineData(8000, 2, 3)]
    [InlineData(16_000, 400, 128)]
    public void Bands_that_the_window_cannot_tell_apart_are_refused_with_what_fits(int rate, int window, int bands)
    {
        string message = Should.Throw<ArgumentOutOfRangeException>(() => new LogMelSpectrum(rate, window, bands: bands)).Message;
        if (message.Contains("At most"))
        {
            int fits = int.Parse(message.Split("At most ")[1].Split(' ')[0]);
            Different(new LogMelSpectrum(rate, window, bands: fits));
            Should.Throw<ArgumentOutOfRangeException>(() => new LogMelSpectrum(rate, window, bands: fits + 1));
        }
        else
        {
            message.ShouldContain("No number of bands fits");
            Should.Throw<ArgumentOutOfRangeException>(() => new LogMelSpectrum(rate, window, bands: 1));
        }

        int longer = int.Parse(message.Split("a window of at least ")[1].Split(' ')[0]);
        Different(new LogMelSpectrum(rate, longer, bands: bands));
        Should.Throw<ArgumentOutOfRangeException>(() => new LogMelSpectrum(rate, longer - 1, bands: bands));
    }

    [Theory]
    [InlineData(8000, 40)]
    [InlineData(8000, 64)]
    [InlineData(16_000, 40)]
    [InlineData(16_000, 80)]
    [InlineData(44_100, 80)]
    [InlineData(48_000, 40)]
    public void The_usual_numbers_fit(int rate, int bands) => Different(new LogMelSpectrum(rate, bands: bands));

    // No two bands of noise are alike, and none is silent.
    private static void Different(LogMelSpectrum mel)
    {
        Random random = new(1);
        float[] frame = mel.Compute([.. Enumerable.Range(0, mel.WindowLength).Select(_ => random.NextSingle() - 0.5f)]);
        frame.Distinct().Count().ShouldBe(mel.Bands);
        frame.ShouldAllBe(f => f > -20);
    }

    [Fact]
    public void Normalising_gives_mean_0_and_deviation_1_and_bad_arguments_are_named()
    {
        LogMelSpectrum mel = new(8000, bands: 2);
        float[] features = [1, 5, 3, 5, 5, 5];
        mel.Normalize(features);
        features[0].ShouldBe(-features[4]);
        features[2].ShouldBe(0);
        (features[0] * features[0] + features[4] * features[4]).ShouldBe(3, 1e-5f);
        features.Where((_, i) => i % 2 == 1).ShouldAllBe(f => f == 0);
        mel.Normalize([]);
        Should.Throw<ArgumentException>(() => mel.ComputeFrame([], new float[3])).Message.ShouldContain("must hold 2");
        Should.Throw<ArgumentOutOfRangeException>(() => new LogMelSpectrum(0));
        Should.Throw<ArgumentOutOfRangeException>(() => new LogMelSpectrum(8000, highest: 5000)).Message.ShouldContain("half of 8000");
    }
}
