using Shouldly;
using Xunit;

namespace RnnGen.Data.Tests;

public sealed class ResampleTests
{
    [Theory]
    [InlineData(8000, 16000, 440)]
    [InlineData(16000, 8000, 440)]
    [InlineData(44100, 16000, 3000)]
    [InlineData(11025, 44100, 2500)]
    [InlineData(22050, 22051, 5000)]
    public void A_tone_stays_the_same_tone(int from, int to, double frequency)
    {
        WavAudio resampled = new WavAudio(Tone(from, from, frequency), from).Resample(to);
        resampled.SampleRate.ShouldBe(to);
        resampled.Samples.Length.ShouldBe(to);
        float[] expected = Tone(to, to, frequency);
        int edge = to / 20; // silence stands before and behind the sound
        double error = Math.Sqrt(Enumerable.Range(edge, to - (2 * edge)).Average(i => Math.Pow(resampled.Samples[i] - expected[i], 2)));
        error.ShouldBeLessThan(2e-4);
    }

    [Fact]
    public void What_the_lower_rate_cannot_hold_is_taken_out()
    {
        WavAudio resampled = new WavAudio(Tone(16000, 16000, 6000), 16000).Resample(8000);
        resampled.Samples.Skip(400).Take(7200).Max(Math.Abs).ShouldBeLessThan(3e-4f); // it would be heard at 2,000 Hz otherwise
    }

    [Fact]
    public void Channels_are_resampled_alone_and_mixed_to_one()
    {
        float[] left = Tone(800, 8000, 500), right = Tone(800, 8000, 900);
        WavAudio stereo = new([.. left.Zip(right, (a, b) => new[] { a, b }).SelectMany(x => x)], 8000, 2);
        WavAudio resampled = stereo.Resample(12000);
        resampled.Samples.Where((_, i) => i % 2 == 0).ShouldBe(new WavAudio(left, 8000).Resample(12000).Samples);
        resampled.Samples.Where((_, i) => i % 2 == 1).ShouldBe(new WavAudio(right, 8000).Resample(12000).Samples);
        stereo.ToMono().Samples[10].ShouldBe((left[10] + right[10]) / 2, 1e-7f);
        stereo.Resample(8000).ShouldBeSameAs(stereo);
        Should.Throw<ArgumentOutOfRangeException>(() => stereo.Resample(0));
        Should.Throw<ArgumentOutOfRangeException>(() => new WavAudio(new float[1000], 1).Resample(int.MaxValue)).Message.ShouldContain("do not fit into an array");
    }

    [Theory]
    [InlineData(WavEncoding.EightBit, 1 / 128.0)]
    [InlineData(WavEncoding.SixteenBit, 1 / 32768.0)]
    [InlineData(WavEncoding.TwentyFourBit, 1 / 8388608.0)]
    [InlineData(WavEncoding.ThirtyTwoBit, 1 / 8388608.0)]
    [InlineData(WavEncoding.FloatingPoint, 0)]
    public void Every_encoding_is_read_as_it_was_written(WavEncoding encoding, double step)
    {
        float[] samples = [0, 0.25f, -0.75f, -1, 0.333f, -0.001f];
        float[] read = WavFile.Read(WavFile.ToBytes(new WavAudio(samples, 8000, 2), encoding)).Samples;
        for (int i = 0; i < samples.Length; i++)
        {
            Math.Abs(read[i] - (double)samples[i]).ShouldBeLessThanOrEqualTo(0.51 * step);
        }

        WavFile.Read(WavFile.ToBytes(new WavAudio(read, 8000, 2), encoding)).Samples.ShouldBe(read);
        if (encoding != WavEncoding.FloatingPoint)
        {
            WavFile.Read(WavFile.ToBytes(new WavAudio([9, -9], 8000), encoding)).Samples.ShouldAllBe(s => Math.Abs(s) <= 1 && Math.Abs(s) >= 0.99f);
        }
    }

    private static float[] Tone(int count, int rate, double frequency) => [.. Enumerable.Range(0, count).Select(i => (float)Math.Sin(2 * Math.PI * frequency * i / rate))];
}
