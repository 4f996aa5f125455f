using System.Xml.Linq;
using Amplifier;
using Shouldly;
using Xunit;

namespace RnnGen.Samples.Tests;

/// <summary>The parts of <c>samples/Amplifier</c> that need no model.</summary>
public sealed class AmplifierSampleTests
{
    [Fact]
    public void The_circuit_is_a_low_pass_for_soft_sounds_and_clips_loud_ones()
    {
        float[] Tone(double hertz, double loudness) => [.. Enumerable.Range(0, 9600).Select(i => (float)(loudness * Math.Sin(2 * Math.PI * hertz * i / Sound.Rate)))];

        // Without the diodes RC v' = u - v, so that 1 / √(1 + (2π f RC)²) of the drive comes out, 0.964 at 2 kHz; straight lines between
        // samples leave 0.994 of that. Softly the diodes carry next to nothing.
        Sound.Clip(Tone(100, 0.002))[4800..].Max().ShouldBe(4.5f * 0.002f, 2e-4f);
        Sound.Clip(Tone(2000, 0.002))[4800..].Max().ShouldBe(4.5f * 0.002f * 0.964f * 0.994f, 1.2e-4f);

        // Loudly they hold the voltage: where it stands still, (u - v) / R = 2 Is sinh(v / Vt).
        double v = Sound.Clip([.. Enumerable.Repeat(0.8f, 4800)])[^1];
        ((4.5 * 0.8 - v) / 2200).ShouldBe(2 * 2.52e-9 * Math.Sinh(v / 0.0453), 1e-5);
        Sound.Clip(Tone(200, 0.9)).Max(Math.Abs).ShouldBeLessThan(0.75f);
    }

    [Fact]
    public void Strings_follow_from_the_seed_and_the_error_is_relative()
    {
        float[] sound = Sound.Pluck(0.5, 3);
        sound.ShouldBe(Sound.Pluck(0.5, 3));
        sound.Max(Math.Abs).ShouldBe(0.95f, 1e-5f);
        Sound.ErrorToSignal(sound, sound).ShouldBe(0);
        Sound.ErrorToSignal(new float[sound.Length], sound).ShouldBe(1);
        Sound.ErrorToSignal([.. sound.Select(s => 0.9f * s)], sound).ShouldBe(0.01, 1e-6);
        Sound.NearestGain([1, 2], [3, 4], [10]).ShouldBe([22f]);
    }

    [Fact]
    public void The_picture_is_whole()
    {
        XDocument svg = XDocument.Parse(WavePicture.Draw([0, 1, 0], [0, 0.5f, 0], [0, 0.4f, 0.1f], 8));
        svg.Descendants().Count(e => e.Name.LocalName == "polyline").ShouldBe(3);
        svg.ToString().ShouldNotContain("NaN");
    }
}
