using System.Xml.Linq;
using CharLanguageModel;
using Shouldly;
using Xunit;

namespace RnnGen.Samples.Tests;

/// <summary>The parts of <c>samples/CharLanguageModel</c> that need no model.</summary>
public sealed class CharLanguageModelSampleTests
{
    [Fact]
    public void Characters_and_tokens_are_each_others_inverse()
    {
        Enumerable.Range(0, Alphabet.Size).Select(t => Alphabet.Token(Alphabet.Character(t))).ShouldBe(Enumerable.Range(0, Alphabet.Size));
        Alphabet.Text(Alphabet.Tokens("Grüße,\r\n~ \t")).ShouldBe("Gr??e,\n~ ?");
    }

    [Fact]
    public void Counting_is_smoothed_towards_shorter_contexts()
    {
        int[] text = Alphabet.Tokens("abab");
        CharacterCounts counts = new(text, order: 1);

        // Of 4 characters 2 are b, of 2 different ones; after the 2 a's that have a follower both times a b, of 1 kind.
        double single = (2 + 2.0 / Alphabet.Size) / (4 + 2);
        counts.Probability(text, 0).ShouldBe(single, 1e-15);
        counts.Probability(text, 1).ShouldBe((2 + single) / (2 + 1), 1e-15);
        counts.Nats(Alphabet.Tokens("ab")).ShouldBe(-(Math.Log(single) + Math.Log((2 + single) / 3)) / 2, 1e-15);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    public void Probabilities_of_all_characters_add_up_to_one(int order)
    {
        int[] text = Alphabet.Tokens(HarbourLog.Write(5_000, seed: 3));
        CharacterCounts counts = new(text, order);
        foreach (int place in (int[])[0, 1, 700, 4_900])
        {
            double sum = Enumerable.Range(0, Alphabet.Size).Sum(token => counts.Probability([.. text[..place], token], place));
            sum.ShouldBe(1, 1e-12, $"place {place}");
        }
    }

    [Fact]
    public void The_made_text_is_the_same_each_time_and_uses_the_alphabet()
    {
        string text = HarbourLog.Write(20_000, seed: 1);
        text.ShouldBe(HarbourLog.Write(20_000, seed: 1));
        text.ShouldNotBe(HarbourLog.Write(20_000, seed: 2));
        text.Length.ShouldBeInRange(20_000, 21_000);
        Alphabet.Text(Alphabet.Tokens(text)).ShouldBe(text);
    }

    [Fact]
    public void The_picture_is_whole()
    {
        XDocument svg = XDocument.Parse(Curve.Draw(new("learned from", [2, 1.5, 1.2]), new("held out", [2.1, 1.6, 1.5]), [new("counting", [1.7])]));
        svg.Descendants().Count(e => e.Name.LocalName == "polyline").ShouldBe(3);
        svg.ToString().ShouldContain("held out: 1.500");
        svg.ToString().ShouldContain("counting: 1.700");
        svg.ToString().ShouldNotContain("NaN");
        Curve.Draw(new("learned from", [2]), new("held out", [2.1]), [new("counting", [1.7])]).ShouldNotContain("NaN");
    }
}
