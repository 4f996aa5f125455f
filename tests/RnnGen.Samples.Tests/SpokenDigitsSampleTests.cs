using System.Xml.Linq;
using RnnGen.Data.Tests;
using RnnGen.Tests;
using Shouldly;
using SpokenDigits;
using Xunit;

namespace RnnGen.Samples.Tests;

/// <summary>The parts of <c>samples/SpokenDigits</c> that need no model.</summary>
public sealed class SpokenDigitsSampleTests
{
    [LongFact, Trait(Tiers.Tier, Tiers.Long)]
    public void Made_recordings_follow_from_the_seed_and_are_heard()
    {
        Sounds sounds = Sounds.Make(1);
        (sounds.Train.Count, sounds.Test.Count).ShouldBe((900, 300));
        sounds.Train.ShouldAllBe(r => r.Samples.All(s => s >= -1 && s <= 1));
        sounds.Test[7].Samples.ShouldBe(Sounds.Make(1).Test[7].Samples);
        Ear ear = new(sounds.Train);
        float[] features = ear.Hear(sounds.Test[0].Samples, 96);
        features.Length.ShouldBe(ear.FrameCount(sounds.Test[0].Samples.Length) * Ear.Bands);
        ear.Hear(sounds.Test[0].Samples, 5).Length.ShouldBe(5 * Ear.Bands);
        float[] all = [.. sounds.Train.SelectMany(r => ear.Hear(r.Samples, 1000))];
        all.Average().ShouldBe(0, 0.05);
        Math.Sqrt(all.Average(f => f * f)).ShouldBe(1, 0.05);
        features.ShouldAllBe(f => float.IsFinite(f));
    }

    [Fact]
    public void Strings_are_three_to_six_recordings()
    {
        IReadOnlyList<Recording> recordings = Sounds.Make(2).Test;
        Random random = new(3);
        HashSet<int> lengths = [];
        for (int i = 0; i < 100; i++)
        {
            (float[] samples, int[] digits) = Sounds.Glue(recordings, random);
            lengths.Add(digits.Length);
            samples.Length.ShouldBeGreaterThan(digits.Length * Sounds.Rate / 4);
        }

        lengths.Order().ShouldBe([3, 4, 5, 6]);
    }

    [SharedSeriesFact]
    public void The_official_test_is_indices_0_to_4()
    {
        Sounds sounds = Sounds.Read(Path.Combine(Path.GetDirectoryName(SharedSeriesFactAttribute.Folder!)!, "spoken-digits"));
        (sounds.Train.Count, sounds.Test.Count).ShouldBe((2700, 300));
        sounds.Test.GroupBy(r => r.Digit).ShouldAllBe(g => g.Count() == 30);
    }

    [Fact]
    public void The_picture_is_whole_and_bad_folders_are_named()
    {
        XDocument svg = XDocument.Parse(HeardPicture.Draw("Said: 12. Heard: 12.", [.. Enumerable.Range(0, 120).Select(i => i / 40f)], 40, [.. Enumerable.Range(0, 33).Select(i => i % 11 == 2 ? 1f : 0)]));
        svg.Descendants().Where(e => e.Name.LocalName == "text").Select(e => e.Value).ShouldContain("Said: 12. Heard: 12.");
        svg.Descendants().Count(e => e.Name.LocalName == "g").ShouldBe(2);

        // The frames at which the digit 1 is certain: one stroke each, in the lower map.
        svg.Descendants().Last(e => e.Name.LocalName == "path").Attribute("d")!.Value.ShouldBe("M0 1h3");
        Should.Throw<UsageException>(() => Sounds.Read("nowhere")).Message.ShouldContain("nowhere");
    }
}
