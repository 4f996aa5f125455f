using System.Xml.Linq;
using Sentiment;
using Shouldly;
using Vowels;
using Xunit;

namespace RnnGen.Samples.Tests;

/// <summary>The parts of <c>samples/Vowels</c> and <c>samples/Sentiment</c> that need no model.</summary>
public sealed class VowelsAndSentimentSampleTests
{
    [Fact]
    public void The_confusion_matrix_shows_each_count_that_is_not_0()
    {
        XDocument svg = XDocument.Parse(ConfusionPicture.Draw(new ConfusionMatrix(2, [12, 0, 3, 7])));
        string[] texts = [.. svg.Descendants().Where(e => e.Name.LocalName == "text").Select(e => e.Value)];
        texts.ShouldContain("12");
        texts.ShouldContain("3");
        texts.ShouldNotContain("0");
        svg.Descendants().Count(e => (string?)e.Attribute("class") == "wrong").ShouldBe(1);
    }

    [Fact]
    public void Naive_Bayes_is_what_a_hand_computes()
    {
        NaiveBayes bayes = new([new(["good", "film"], 1), new(["good"], 1), new(["bad", "film"], 0)], 1);

        // 3 words: good 2 of 3 and 0 of 2, film 1 of 3 and 1 of 2; with one added to each, of 6 and of 5. Two reviews of three praise.
        bayes.Score(["good", "film", "unheard"]).ShouldBe(Math.Log(2.0 / 1) + Math.Log(3.0 / 6 / (1.0 / 5)) + Math.Log(2.0 / 6 / (2.0 / 5)), 1e-12);
        bayes.Accuracy([new(["good"], 1), new(["bad"], 0), new(["good"], 0)]).ShouldBe(2 / 3.0, 1e-12);
        new NaiveBayes([new(["not", "good"], 0), new(["good"], 1)], 2).Score(["not", "good"]).ShouldBeLessThan(0);
    }

    [Fact]
    public void Made_reviews_are_turned_round_by_a_word()
    {
        List<Review> reviews = Reviews.Make(1, 2000);
        reviews.Average(r => r.Class).ShouldBe(0.5, 0.05);
        reviews.ShouldAllBe(r => r.Words.Length <= 40);
        reviews.Select(r => string.Join(' ', r.Words)).ShouldBe(Reviews.Make(1, 2000).Select(r => string.Join(' ', r.Words)));
        (List<Review> train, List<Review> test) = Reviews.Split(reviews, 3);
        (train.Count, test.Count).ShouldBe((1800, 200));
        train.Intersect(test).ShouldBeEmpty();
        new NaiveBayes(train, 1).Accuracy(test).ShouldBeLessThan(0.65, "counting words does not do");
    }

    [Fact]
    public void Missing_files_are_named()
    {
        Should.Throw<UsageException>(() => Reviews.Read("nowhere")).Message.ShouldContain("rt-polarity.pos");
        Should.Throw<UsageException>(() => Recordings.Read("nowhere")).Message.ShouldContain("JapaneseVowels_TRAIN.ts");
    }

    [Fact]
    public void Made_recordings_are_normalised_over_what_is_learned_from()
    {
        (Recordings train, Recordings test) = Recordings.Make(1);
        (train.Count, test.Count).ShouldBe((270, 370));
        float[] channel = [.. Enumerable.Range(0, train.Count).SelectMany(i => Enumerable.Range(0, train.Lengths[i]).Select(t => train.Values[(i * Recordings.Length) + (t * Recordings.Channels) + 3]))];
        channel.Average().ShouldBe(0, 1e-5);
        channel.Average(v => v * v).ShouldBe(1, 1e-4);
        Baseline.Accuracy(train, train).ShouldBe(1);
        Baseline.Accuracy(train, test).ShouldBeInRange(0.5, 0.99);
    }

    [Fact]
    public void The_verdicts_are_drawn_word_by_word()
    {
        Verdict[] verdicts = [new(new(["a", "<great>", "film"], 1), 1, [0, 2, -1]), new(new(["bad"], 1), -1, [-0.04])];
        XDocument svg = XDocument.Parse(VerdictPicture.Draw(verdicts));
        svg.Descendants().Where(e => (string?)e.Attribute("class") == "code").Select(e => e.Value).ShouldBe(["a", "<great>", "film", "bad"]);
        svg.Descendants().Count(e => (string?)e.Attribute("class") == "f2").ShouldBe(1);
        verdicts[0].Describe().ShouldBe("praise (right): a <great> film\n         <great> +2.0, film -1.0, a +0.0");
        verdicts[1].Describe().ShouldBe("blame  (wrong): bad\n         bad +0.0");
    }
}
