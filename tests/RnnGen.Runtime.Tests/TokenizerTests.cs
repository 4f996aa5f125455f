using System.Text;
using CsCheck;

namespace RnnGen.Runtime.Tests;

/// <summary>What is saved loads to the same tokens, whatever the texts are; words stay whole.</summary>
public sealed class TokenizerTests
{
    private static readonly string[] s_pieces =
    [
        "\ud83d", "\ude42", "🙂", "\ud83d\ud83d", "👨‍👩‍👧", "🇩🇪", "👍🏽", "❤️", "e\u0301", "\u0301", "\u200D", "\u200C", "\uFE0F", "हिन्दी", "भाषा", "ضَمَّة", "한", "\u1112\u1161\u11AB", "𝒜", "𐐀", "ß", "İ", "ı", "ﬁ", "Σ", "ς",
        "\uFFFD", "\uFFFE", "\uFEFF", "\0", "\u001F", "\u2028", "\u00A0", " ", "\t", "\r\n", "\"", "\\", "<", "&", "'", "-", "'s", "a", "B", "9", "<pad>", "<unk>",
    ];

    private static readonly Gen<string> s_text = Gen.OneOf(
        Gen.String[Gen.Char, 0, 20],
        Gen.OneOf(s_pieces).Array[0, 12].Select(string.Concat),
        Gen.Select(Gen.OneOf(s_pieces).Array[0, 4], Gen.String[0, 6], (pieces, text) => string.Concat(pieces) + text + string.Concat(pieces)));

    private static readonly (string Name, Func<string[], Tokenizer> Train)[] s_kinds =
    [
        ("characters", t => CharacterTokenizer.Train(t)), ("few characters", t => CharacterTokenizer.Train(t, maxVocabularySize: 9)),
        ("words", t => WordTokenizer.Train(t)), ("words with capitals", t => WordTokenizer.Train(t, lowerCase: false)), ("few words", t => WordTokenizer.Train(t, maxVocabularySize: 8, minCount: 2)),
        ("pairs", t => BytePairTokenizer.Train(t, 300)),
    ];

    public static TheoryData<string> Kinds => [.. s_kinds.Select(k => k.Name)];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void WhatIsSavedLoadsToTheSameTokens(string kind)
    {
        Func<string[], Tokenizer> train = s_kinds.Single(k => k.Name == kind).Train;
        Gen.Select(s_text.Array[1, 6], s_text).Sample(
            (texts, other) =>
            {
                Tokenizer tokenizer = train(texts);
                ModelMetadata metadata = [];
                metadata.SetTokenizer("input", tokenizer);
                using MemoryStream file = new();
                ModelFile.Save<double>(LinearModel.Layout, new double[3], file, metadata);
                ModelMetadata again = [];
                ModelFile.Load<double>(LinearModel.Layout, new double[3], file.ToArray(), null, again);
                foreach (Tokenizer loaded in new[] { Tokenizer.FromJson(tokenizer.ToJson()), again.GetTokenizer("input") })
                {
                    loaded.VocabularySize.ShouldBe(tokenizer.VocabularySize);
                    loaded.ToJson().ShouldBe(tokenizer.ToJson());
                    foreach (string text in texts.Append(other))
                    {
                        int[] tokens = tokenizer.Encode(text);
                        loaded.Encode(text).ShouldBe(tokens);
                        loaded.Decode(tokens).ShouldBe(tokenizer.Decode(tokens));
                        tokens.ShouldAllBe(t => t >= 0 && t < tokenizer.VocabularySize);
                    }

                    for (int token = 0; token < tokenizer.VocabularySize; token++)
                    {
                        loaded.TokenText(token).ShouldBe(tokenizer.TokenText(token));
                    }
                }
            },
            iter: 300);
    }

    [Fact]
    public void ATextThatIsNullIsNamed()
    {
        string[] texts = ["a b", "c", null!];
        foreach (Action train in new Action[] { () => WordTokenizer.Train(texts), () => CharacterTokenizer.Train(texts), () => BytePairTokenizer.Train(texts) })
        {
            ArgumentException e = Should.Throw<ArgumentException>(train);
            (e.ParamName, e.Message).ShouldBe(("texts", "Item 2 (from 0) of 'texts' is null. (Parameter 'texts')"));
        }
    }

    [Fact]
    public void EveryTextIsGivenBackByCharactersAndPairs()
    {
        s_text.Array[1, 6].Sample(
            texts =>
            {
                Tokenizer characters = CharacterTokenizer.Train(texts), pairs = BytePairTokenizer.Train(texts, 280);
                foreach (string text in texts)
                {
                    string unicode = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
                    characters.Decode(characters.Encode(text)).ShouldBe(unicode);
                    pairs.Decode(pairs.Encode(text)).ShouldBe(unicode);
                }
            },
            iter: 500);
    }

    [Theory]
    [InlineData("हिन्दी भाषा", "हिन्दी|भाषा")]
    [InlineData("ضَمَّة", "ضَمَّة")]
    [InlineData("cafe\u0301, na\u00EFve", "cafe\u0301|,|na\u00EFve")]
    [InlineData("e\u0301t\u0301e\u0301-la\u0300 l'e\u0301te\u0301 rock'n'roll", "e\u0301t\u0301e\u0301-la\u0300|l'e\u0301te\u0301|rock'n'roll")]
    [InlineData("می‌خواهم کتاب", "می‌خواهم|کتاب")]
    [InlineData("ภาษาไทย ที่นี่", "ภาษาไทย|ที่นี่")]
    [InlineData("\u1112\u1161\u11AB\u1100\u1173\u11AF", "\u1112\u1161\u11AB\u1100\u1173\u11AF")]
    [InlineData("𝒜𝒷 𐐀𐐁x", "𝒜𝒷|𐐀𐐁x")]
    [InlineData("hi👨‍👩‍👧🇩🇪 👍🏽❤️!!", "hi|👨‍👩‍👧|🇩🇪|👍🏽|❤️|!|!")]
    [InlineData("a \u0301b", "a|\u0301|b")]
    [InlineData("'quoted' -- 3-4 x'", "'|quoted|'|-|-|3-4|x|'")]
    [InlineData("\t \u00A0\u2028", "")]
    public void WordsWithMarksStayWhole(string text, string words)
    {
        WordTokenizer tokenizer = WordTokenizer.Train([text], lowerCase: false);
        tokenizer.Encode(text).Select(tokenizer.TokenText).ShouldBe(words.Split('|', StringSplitOptions.RemoveEmptyEntries));
        tokenizer.Encode(text).ShouldAllBe(t => t != Tokenizer.Unknown);
    }

    [Fact]
    public void HalfAPairIsTheReplacementCharacter()
    {
        WordTokenizer tokenizer = WordTokenizer.Train(["half \ud83d x\ude42y"]);
        tokenizer.Encode("half \ud83d x\ude42y").Select(tokenizer.TokenText).ShouldBe(["half", "\uFFFD", "x", "\uFFFD", "y"]);
        tokenizer.Encode("\ud83e \uFFFD").ShouldBe([tokenizer.Encode("\ude42")[0], tokenizer.Encode("\ud83d")[0]]);
    }

    [Fact]
    public void ATokeniserOfTheFirstVersionSplitsAsItDidThen()
    {
        Tokenizer tokenizer = Tokenizer.FromJson("{\"format\":\"rnngen.tokenizer\",\"version\":1,\"kind\":\"word\",\"lowerCase\":true,\"tokens\":[\"cafe\",\"\\u0301\",\"\uFFFD\"]}");
        tokenizer.Encode("Cafe\u0301 \ud83d").ShouldBe([4, 5, 6]);
        Tokenizer.FromJson(tokenizer.ToJson()).Encode("Cafe\u0301").ShouldBe([4, 5]);
        WordTokenizer.Train(["cafe\u0301"]).Encode("Cafe\u0301").ShouldBe([4]);
    }

    [Fact]
    public void AVocabularyThatCouldNotBeLoadedIsNotSaved()
    {
        Should.Throw<ArgumentOutOfRangeException>(() => WordTokenizer.Train(["a"], maxVocabularySize: int.MaxValue));
        Should.Throw<ArgumentOutOfRangeException>(() => CharacterTokenizer.Train(["a"], maxVocabularySize: int.MaxValue));
        Should.Throw<ArgumentOutOfRangeException>(() => BytePairTokenizer.Train(["a"], maxVocabularySize: int.MaxValue));
        WordTokenizer tokenizer = WordTokenizer.Train([new string('x', (64 << 20) + 1)]);
        Should.Throw<InvalidOperationException>(tokenizer.ToJson).Message.ShouldContain("can be loaded");
    }

    /// <summary>Every way to name the parameters by their former names calls the same method, and a call without a name is never one of those.</summary>
    [Fact]
    public void TheFormerNamesOfParametersAreForwarded()
    {
        string[] texts = ["one two two three three three three"];
        WordTokenizer.Train(texts).VocabularySize.ShouldBe(7);
        WordTokenizer.Train(texts, 5).VocabularySize.ShouldBe(5);
        WordTokenizer.Train(texts, 6, 2).VocabularySize.ShouldBe(6);
        WordTokenizer.Train(texts, lowerCase: false).VocabularySize.ShouldBe(7);
        WordTokenizer.Train(texts, 5, lowerCase: false).VocabularySize.ShouldBe(5);
        CharacterTokenizer.Train(texts, 5).VocabularySize.ShouldBe(5);
        BytePairTokenizer.Train(texts, 261).VocabularySize.ShouldBe(261);
#pragma warning disable CS0618 // obsolete
        WordTokenizer.Train(texts, largest: 5).VocabularySize.ShouldBe(5);
        WordTokenizer.Train(texts, least: 2).VocabularySize.ShouldBe(6);
        WordTokenizer.Train(texts, least: 4, largest: 100).VocabularySize.ShouldBe(5);
        WordTokenizer.Train(texts, 100, least: 2).VocabularySize.ShouldBe(6);
        WordTokenizer.Train(["One one"], least: 1, lowerCase: false).VocabularySize.ShouldBe(6);
        WordTokenizer.Train(["One one"], largest: 100, lowerCase: false).VocabularySize.ShouldBe(6);
        CharacterTokenizer.Train(texts, largest: 5).VocabularySize.ShouldBe(5);
        BytePairTokenizer.Train(texts, largest: 261).VocabularySize.ShouldBe(261);
#pragma warning restore CS0618
    }
}
