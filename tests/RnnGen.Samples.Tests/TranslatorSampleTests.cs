using System.Xml.Linq;
using Shouldly;
using Translator;
using Xunit;

namespace RnnGen.Samples.Tests;

/// <summary>The parts of <c>samples/Translator</c> that need no model.</summary>
public sealed class TranslatorSampleTests
{
    private static double Score(params (string Candidate, string Reference)[] sentences) =>
        Bleu.Score(sentences.Select(s => ((IReadOnlyList<string>)s.Candidate.Split(' '), (IReadOnlyList<string>)s.Reference.Split(' '))));

    [Fact]
    public void Bleu_is_what_a_hand_computes()
    {
        Score(("a b c d e", "a b c d e")).ShouldBe(100, 1e-9);

        // Of 6 words 5, of 5 pairs 3, of 4 triples 2, of 3 quadruples 1.
        Score(("the cat sat on a mat", "the cat sat on the mat")).ShouldBe(100 * Math.Pow(5.0 / 6 * 3 / 5 * 2 / 4 * 1 / 3, 0.25), 1e-9);

        // A word counts as often as the reference has it: 2 of 5; no pair is right.
        Score(("the the the the the", "the cat on the mat")).ShouldBe(0);

        // All is right and a third is missing: exp(1 - 6 / 4).
        Score(("a b c d", "a b c d e f")).ShouldBe(100 * Math.Exp(1 - 6.0 / 4), 1e-9);

        // Over the corpus, not the mean of sentences: 9 of 10, 7 of 8, 5 of 6, 3 of 4.
        Score(("a b c d e", "a b c d e"), ("a b c d x", "a b c d e")).ShouldBe(100 * Math.Pow(9.0 / 10 * 7 / 8 * 5 / 6 * 3 / 4, 0.25), 1e-9);
        Score(("a", "b")).ShouldBe(0);
    }

    [Fact]
    public void The_most_frequent_words_have_tokens()
    {
        Vocabulary words = new([["b", "a", "b"], ["c", "b", "a", "d"]], 5);
        words.Count.ShouldBe(5);
        words.Token("b").ShouldBe(3);
        words.Token("a").ShouldBe(4);
        words.Token("c").ShouldBe(Vocabulary.Unknown);
        words.Words([3, 4, Vocabulary.End]).ShouldBe(["b", "a", "</s>"]);
    }

    [Fact]
    public void Without_culture_data_the_message_says_so()
    {
        // This project runs with the invariant culture only.
        Should.Throw<UsageException>(() => Dates.Write(1, 40)).Message.ShouldContain("ICU");
    }

    [Fact]
    public void Missing_files_are_named()
    {
        Should.Throw<UsageException>(() => ParallelText.Read("nowhere")).Message.ShouldContain("train.lc.norm.tok.en");
    }

    [Fact]
    public void The_picture_has_a_cell_where_there_is_attention()
    {
        XDocument svg = XDocument.Parse(AttentionMap.Draw(["a", "<b>", "c"], ["x", "&"], [[0.2f, 0.3f, 0.5f], [1, 0, 0]]));
        svg.Descendants().Count(e => (string?)e.Attribute("class") == "f1").ShouldBe(4);
        svg.Descendants().Where(e => e.Name.LocalName == "text").Select(e => e.Value).Skip(2).ShouldBe(["a", "<b>", "c", "x", "&"]);
    }

    [Fact]
    public void Word_by_word_takes_what_comes_together_beyond_chance()
    {
        Pair[] train = [new(["the", "dog"], ["le", "chien"]), new(["the", "cat"], ["le", "chat"]), new(["a", "cat"], ["un", "chat"])];
        WordByWord.Translate(new ParallelText(train, [], [new Pair(["the", "cat", "sleeps"], [])])).ShouldBe([["le", "chat", "sleeps"]]);
    }
}
