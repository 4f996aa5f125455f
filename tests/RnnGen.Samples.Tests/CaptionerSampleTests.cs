using System.Xml.Linq;
using Captioner;
using Shouldly;
using Xunit;

namespace RnnGen.Samples.Tests;

/// <summary>The parts of <c>samples/Captioner</c> that need no model.</summary>
public sealed class CaptionerSampleTests
{
    [Fact]
    public void Every_caption_is_made_of_words_that_there_are()
    {
        Random random = new(1);
        HashSet<int> used = [];
        for (int i = 0; i < 5000; i++)
        {
            Scene scene = Scene.Draw(random, heldOut: i % 2 == 0);
            int[] tokens = Words.Tokens(scene.Caption);
            tokens.ShouldAllBe(t => t > Words.End && t < Words.Count);
            tokens.Length.ShouldBeLessThan(14);
            Words.Text(tokens).ShouldBe(scene.Caption);
            used.UnionWith(tokens);
        }

        used.Count.ShouldBe(Words.Count - 2);
    }

    [Fact]
    public void A_fifth_of_the_combinations_is_never_learned_from()
    {
        Random random = new(2);
        HashSet<string> learned = [], tested = [];
        for (int i = 0; i < 60_000; i++)
        {
            learned.Add(Scene.Draw(random, heldOut: false).Caption);
            tested.Add(Scene.Draw(random, heldOut: true).Caption);
        }

        learned.Overlaps(tested).ShouldBeFalse();
        (learned.Count + tested.Count).ShouldBe(24 * 24 * 2 * 3);
        (tested.Count / 3456.0).ShouldBe(0.2, 0.02);
    }

    [Fact]
    public void Pictures_follow_from_the_seed_and_differ()
    {
        float[] Render(int seed)
        {
            Random random = new(seed);
            float[] pixels = new float[Scene.Pixels];
            Scene.Draw(random, false).Render(random, pixels);
            return pixels;
        }

        Render(1).ShouldBe(Render(1));
        Render(1).ShouldNotBe(Render(2));
        Render(1).ShouldAllBe(p => p >= 0 && p <= 1);
    }

    [Fact]
    public void The_gallery_marks_what_is_wrong_and_shows_it_first()
    {
        Scenes scenes = new(new float[2 * Scene.Pixels], ["a red circle", "a red square"]);
        XDocument svg = XDocument.Parse(Gallery.Draw(scenes, ["a red circle", "a red circle"], 12));
        svg.Descendants().Count(e => (string?)e.Attribute("class") == "small f2").ShouldBe(2);
        svg.Descendants().Count(e => e.Name.LocalName == "image").ShouldBe(2);
        svg.Descendants().Where(e => e.Name.LocalName == "text").Select(e => e.Value).Skip(1).ShouldBe(["a red", "circle", "a red", "circle"]);
    }

    [Fact]
    public void Captions_are_scored_whole_and_word_by_word()
    {
        ResultTable results = new();
        Scores.Add("written", ["a red circle", "a red circle"], ["a red circle", "a blue circle"], results);
        results.Format("").ShouldContain("50.0");
        results.Format("").ShouldContain("83.33");
    }
}
