using System.Text;

namespace RnnGen.Runtime.Tests;

/// <summary>Normalisers and tokenisers, alone and inside a model's file.</summary>
public sealed class MetadataTests
{
    [Fact]
    public void NormalisersOfFeaturesAreFittedInOnePassAndPassOverWhatIsMissing()
    {
        double[] rows = [2, 100, 4, double.NaN, 4, 300, 4, 200, 5, double.NaN, 5, 200, 7, 200, 9, 200];
        FeatureNormalizer normalizer = FeatureNormalizer.StandardScore<double>(rows.AsMemory(), 2);
        (normalizer.Count, normalizer[0].Offset, normalizer[0].Scale, normalizer[1].Offset).ShouldBe((2, 5, 2, 200));
        double[] values = [9, double.NaN, 1, 200];
        normalizer.Apply(values.AsSpan());
        values.ShouldBe([2.0, double.NaN, -2, 0]); // what is missing stays missing
        normalizer.Invert(values.AsSpan());
        values.ShouldBe([9.0, double.NaN, 1, 200]);
        normalizer.Select(1)[0].Offset.ShouldBe(200);
        FeatureNormalizer.MinMax<double>(rows.AsMemory(), 2)[1].Scale.ShouldBe(200);
        normalizer.Apply(Enumerable.Range(0, 2).Select(i => (ReadOnlyMemory<double>)new double[] { 7 + (2 * i), 200 })).Select(r => r.ToArray()[0]).ShouldBe([1.0, 2]);
        double[] odd = [1, 2, 3];
        Should.Throw<ArgumentException>(() => normalizer.Apply(odd.AsSpan())).Message.ShouldContain("rows of 2 features");
        odd.ShouldBe([1.0, 2, 3]);
        Should.Throw<ArgumentException>(() => FeatureNormalizer.StandardScore<double>(new[] { 1, double.NaN }.AsMemory(), 2)).Message.ShouldContain("Feature 1 has no value");
        Should.Throw<ArgumentException>(() => FeatureNormalizer.MinMax<double>(new[] { double.PositiveInfinity }.AsMemory(), 1)).Message.ShouldContain("Feature 0 of row 0");
    }

    [Fact]
    public void ANormaliserIsReadBackToTheBit()
    {
        FeatureNormalizer normalizer = new([new(0.1 + 0.2, 1e-300), new(-1e17, 1 / 3.0)]);
        FeatureNormalizer again = FeatureNormalizer.FromJson(normalizer.ToJson());
        (again[0].Offset, again[0].Scale, again[1].Offset, again[1].Scale).ShouldBe((0.1 + 0.2, 1e-300, -1e17, 1 / 3.0));
        foreach (string bad in new[] { "", "[]", "[[1]]", "[[1,0]]", "[[1,2,3]]", "[[1,2]]x", "[[1,1e999]]", "[[1,\"2\"]]", "{}", "[[1,2]", "[[1,2],3]" })
        {
            Should.Throw<ModelFileException>(() => FeatureNormalizer.FromJson(bad), bad);
        }
    }

    [Fact]
    public void LabelsComeBackInTheirOrder()
    {
        string[] labels = ["up", "down", "größer \"x\"", "", "\uFFFD"];
        ModelMetadata metadata = new();
        metadata.SetLabels("target", labels);
        ModelMetadata again = new();
        ModelFile.Load<double>(LinearModel.Layout, new double[3], Saved(metadata), null, again);
        again.GetLabels("target").ShouldBe(labels);
        (again.HasLabels("target"), again.HasLabels("input")).ShouldBe((true, false));
        Should.Throw<ModelFileException>(() => again.GetLabels("input")).Message.ShouldContain("no labels 'input'");
        foreach (string[] bad in (string[][])[[], ["a", "a"], ["a", null!], ["a\ud800"]])
        {
            Should.Throw<ArgumentException>(() => metadata.SetLabels("target", bad));
        }

        metadata.GetLabels("target").ShouldBe(labels);
        foreach (string bad in new[] { "", "[]", "{}", "[1]", "[null]", "[\"a\",\"a\"]", "[\"\\ud800\"]", "[\"a\"]x", "[[\"a\"]]" })
        {
            Should.Throw<ModelFileException>(() => new ModelMetadata { ["labels.target"] = bad }.GetLabels("target"), bad).Message.ShouldContain("damaged");
        }
    }

    [Fact]
    public void AModelsFileCarriesItsMetadata()
    {
        ModelMetadata metadata = new() { ["note"] = "größer als \"vorher\" -> \u2028" };
        metadata.SetNormalizer("input", new Normalizer(3, 4));
        metadata.SetTokenizer("input", CharacterTokenizer.Train(["abc"]));
        byte[] file = Saved(metadata);
        ModelMetadata again = new() { ["old"] = "gone" };
        ModelFile.Load<double>(LinearModel.Layout, new double[3], file, null, again);
        again.ShouldBe(metadata);
        again.GetNormalizer("input")[0].Scale.ShouldBe(4);
        again.GetTokenizer("input").Encode("ca").ShouldBe(metadata.GetTokenizer("input").Encode("ca"));
        again.HasNormalizer("target").ShouldBeFalse();
        Should.Throw<ModelFileException>(() => again.GetNormalizer("target")).Message.ShouldContain("no normaliser 'target'; it has 'normalizer.input'");
        Should.Throw<ModelFileException>(() => new ModelMetadata { ["tokenizer.input"] = "{}" }.GetTokenizer("input")).Message.ShouldContain("damaged");
        Should.Throw<ArgumentException>(() => again["format"] = "x");
        Should.Throw<ArgumentException>(() => again["rnngen.model"] = "x");
        Should.Throw<ArgumentException>(() => again["note"] = "half \ud83d").Message.ShouldContain("half of a surrogate pair");
        Should.Throw<ArgumentException>(() => again["half \ude42"] = "note");
        again.ShouldBe(metadata);
        again["note"] = null;
        again["note"].ShouldBeNull();

        // What cannot be loaded leaves the metadata as they were.
        ModelMetadata kept = new() { ["old"] = "kept" };
        Should.Throw<ModelFileException>(() => ModelFile.Load<double>(LinearModel.Layout, new double[3], file.AsSpan(0, file.Length - 1), null, kept));
        kept["old"].ShouldBe("kept");
    }

    [Fact]
    public void AModelWithItsNormalisersPredictsInOriginalUnits()
    {
        LinearModel model = new();
        model.SetParameters([1, 0, 0.5]); // y = x₀ + 0.5, in normalised units
        ModelMetadata metadata = [];
        Should.Throw<ModelFileException>(() => new NormalizedModel<LinearModel, double>(model, metadata)).Message.ShouldContain("it has no metadata");
        metadata.SetNormalizer("input", new Normalizer(10, 2));
        metadata.SetNormalizer("target", new Normalizer(100, 4));
        NormalizedModel<LinearModel, double> predictor = new(model, metadata);
        double[] input = [14, double.NaN];
        predictor.Predict(input).ShouldBe([100 + (4 * 2.5)]);
        input[0].ShouldBe(14);
        Should.Throw<ArgumentException>(() => predictor.Predict([1])).Message.ShouldContain("2 inputs and 1 outputs, not 1 and 1");
        metadata.SetNormalizer("input", new FeatureNormalizer([new(0, 1), new(0, 1), new(0, 1)]));
        Should.Throw<ModelFileException>(() => new NormalizedModel<LinearModel, double>(model, metadata)).Message.ShouldContain("'input' has 3 features, but LinearModel reads 1 feature per step");
        metadata.SetNormalizer("input", new FeatureNormalizer([new(0, 1), new(0, 1)])); // as many as the sequence has values
        Should.Throw<ModelFileException>(() => new NormalizedModel<LinearModel, double>(model, metadata)).Message.ShouldContain("2 features, but LinearModel reads 1 feature per step");
        metadata.SetNormalizer("input", new Normalizer(10, 2));
        metadata.SetNormalizer("target", new FeatureNormalizer([new(0, 1), new(0, 1)]));
        Should.Throw<ModelFileException>(() => new NormalizedModel<LinearModel, double>(model, metadata)).Message.ShouldContain("'target' has 2 features, but LinearModel predicts 1 feature per step");
    }

    [Fact]
    public void CharactersAndWordsAreTokensInTheOrderOfTheirFrequency()
    {
        CharacterTokenizer characters = CharacterTokenizer.Train(["banana 🙂🙂"]);
        characters.VocabularySize.ShouldBe(4 + 5);
        characters.Encode("an🙂x").ShouldBe([4, 5, 6, Tokenizer.Unknown], "a 3, n 2, 🙂 2; of equals in ordinal order");
        characters.Decode(characters.Encode("banana 🙂")).ShouldBe("banana 🙂");
        characters.Decode([Tokenizer.Start, 4, Tokenizer.Unknown, Tokenizer.End, Tokenizer.Padding]).ShouldBe("a\uFFFD");
        Should.Throw<ArgumentOutOfRangeException>(() => characters.Decode([9])).Message.ShouldContain("from 0 to 8");
        CharacterTokenizer.Train(["banana"], maxVocabularySize: 5).VocabularySize.ShouldBe(5);

        WordTokenizer words = WordTokenizer.Train(["The cat, the hat; don't!", "the well-known cat"], minCount: 2);
        words.VocabularySize.ShouldBe(6);
        words.TokenText(4).ShouldBe("the");
        words.Encode("The CAT sat").ShouldBe([4, 5, Tokenizer.Unknown]);
        words.Decode([4, 5]).ShouldBe("the cat");
        WordTokenizer all = WordTokenizer.Train(["Don't, well-known - 'quoted'"], lowerCase: false);
        all.Decode(all.Encode("Don't, well-known - 'quoted'")).ShouldBe("Don't , well-known - ' quoted '");
        Should.Throw<ArgumentOutOfRangeException>(() => WordTokenizer.Train([], maxVocabularySize: 4));
    }

    [Fact]
    public void BytePairsJoinWhatIsFrequentAndGiveEveryTextBack()
    {
        BytePairTokenizer tokenizer = BytePairTokenizer.Train(["low low low low low lower lower newest newest newest newest newest newest widest widest widest"], 260 + 6);
        // Sennrich et al.'s example: e s is the most frequent pair, then es t.
        tokenizer.TokenText(260).ShouldBe("es");
        tokenizer.TokenText(261).ShouldBe("est");
        tokenizer.VocabularySize.ShouldBe(266);
        tokenizer.Encode(" newest").Length.ShouldBeLessThan(" newest".Length - 2);
        foreach (string text in new[] { "", "lowest", "  größer\n\t🙂🙂 ", new string('x', 1000), "\u2028\0", "half \ud83d" })
        {
            tokenizer.Decode(tokenizer.Encode(text)).ShouldBe(Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)));
        }

        BytePairTokenizer.Train(["ab"], 1000).VocabularySize.ShouldBe(260, "no pair is there twice");
        BytePairTokenizer.Train(["aaaa aaaa"], 1000).Decode(BytePairTokenizer.Train(["aaaa aaaa"], 1000).Encode("aaaaaaa aaa")).ShouldBe("aaaaaaa aaa");
        Should.Throw<ArgumentOutOfRangeException>(() => BytePairTokenizer.Train([], 259));
    }

    [Fact]
    public void TokenisersAreSavedAndLoaded()
    {
        string path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.json");
        try
        {
            foreach (Tokenizer tokenizer in new Tokenizer[] { CharacterTokenizer.Train(["grün \"€\"🙂"]), WordTokenizer.Train(["Ein Wort"], lowerCase: false), BytePairTokenizer.Train(["abab abab"]) })
            {
                tokenizer.Save(path);
                Tokenizer again = Tokenizer.Load(path);
                again.GetType().ShouldBe(tokenizer.GetType());
                again.ToJson().ShouldBe(tokenizer.ToJson());
                again.Encode("Ein Wort grün €🙂 ab abab").ShouldBe(tokenizer.Encode("Ein Wort grün €🙂 ab abab"));
            }

            File.WriteAllText(path, "{}");
            Should.Throw<InvalidDataException>(() => Tokenizer.Load(path)).Message.ShouldStartWith(path);
        }
        finally
        {
            File.Delete(path);
        }

        foreach (string bad in new[]
        {
            "", "[]", "{\"format\":\"rnngen.tokenizer\",\"version\":2,\"kind\":\"character\",\"tokens\":[]}", "{\"format\":\"rnngen.tokenizer\",\"version\":1,\"kind\":\"character\",\"tokens\":[\"a\",\"a\"]}",
            "{\"format\":\"rnngen.tokenizer\",\"version\":1,\"kind\":\"bytePair\",\"merges\":[[4,260]]}", "{\"format\":\"rnngen.tokenizer\",\"version\":1,\"kind\":\"bytePair\",\"merges\":[[4,5],[4,5]]}",
            "{\"format\":\"rnngen.tokenizer\",\"version\":1,\"kind\":\"word\",\"tokens\":[\"a\"]}", "{\"format\":\"rnngen.tokenizer\",\"version\":1,\"kind\":\"character\",\"tokens\":[\"\\ud800\"]}",
        })
        {
            Should.Throw<InvalidDataException>(() => Tokenizer.FromJson(bad), bad);
        }
    }

    private static byte[] Saved(ModelMetadata metadata)
    {
        using MemoryStream stream = new();
        ModelFile.Save<double>(LinearModel.Layout, new double[3], stream, metadata);
        return stream.ToArray();
    }
}
