using RnnGen.Tests;

namespace RnnGen.Runtime.Tests;

/// <summary>Tokens that are chosen by logits: as often as the softmax says, among those that top-k and top-p leave, and each draw by the seed and its place alone.</summary>
public sealed class TokenSamplerTests
{
    private const int Draws = 20_000;

    private static readonly double[] s_logits = [1, 3, -2, 0.5, 2.5, double.NegativeInfinity, 0.5];

    /// <summary>Temperature, top-k, top-p.</summary>
    public static TheoryData<double, int, double> Choices => new()
    {
        { 1, 0, 1 }, { 0.5, 0, 1 }, { 2, 0, 1 }, { 1, 3, 1 }, { 1, 4, 1 }, { 1, 100, 1 }, { 1, 0, 0.8 }, { 2, 0, 0.95 }, { 2, 5, 0.7 }, { 0.7, 2, 0.2 },
    };

    [Theory]
    [MemberData(nameof(Choices))]
    public void TokensAreDrawnAsOftenAsTheirProbabilitiesSay(double temperature, int topK, double topP)
    {
        DecodingOptions options = new() { Temperature = temperature, TopK = topK, TopP = topP, Seed = 3 };
        double[] expected = Expected(temperature, topK, topP);
        Check(expected, new TokenSampler<double>(options), s_logits);
        Check(expected, new TokenSampler<float>(options), Array.ConvertAll(s_logits, l => (float)l));
    }

    // The probabilities of the tokens that are left, from the definition.
    private static double[] Expected(double temperature, int topK, double topP)
    {
        double[] weights = [.. s_logits.Select(l => Math.Exp(l / temperature))], kept = new double[weights.Length];
        double reached = 0;
        int rank = 0;
        foreach (int token in Enumerable.Range(0, weights.Length).OrderByDescending(i => weights[i]))
        {
            kept[token] = (topK == 0 || rank++ < topK) && reached < topP ? weights[token] / weights.Sum() : 0;
            reached += weights[token] / weights.Sum();
        }

        return [.. kept.Select(p => p / kept.Sum())];
    }

    // Pearson's χ²: above the 99.99 % quantile once in ten thousand seeds, and this one is fixed.
    private static void Check<T>(double[] expected, TokenSampler<T> sampler, T[] logits) where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
    {
        int[] drawn = new int[expected.Length];
        for (int i = 0; i < Draws; i++)
        {
            drawn[sampler.Next(logits)]++;
        }

        double statistic = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            double mean = Draws * expected[i];
            if (mean == 0)
            {
                drawn[i].ShouldBe(0, $"token {i} is left out");
                continue;
            }

            statistic += (drawn[i] - mean) * (drawn[i] - mean) / mean;
        }

        double[] quantiles = [1e-9, 15.14, 18.42, 21.11, 23.51, 25.74];
        statistic.ShouldBeLessThan(quantiles[expected.Count(p => p > 0) - 1]);
    }

    /// <summary>Where top-k or top-p cuts tokens of one probability apart, those of smaller index are left.</summary>
    [Theory]
    [InlineData(5, 1)]
    [InlineData(0, 0.0499)]
    public void OfEquallyProbableTokensTheFirstAreLeft(int topK, double topP)
    {
        float[] logits = new float[100];
        TokenSampler<float> sampler = new(new() { Temperature = 1, TopK = topK, TopP = topP, Seed = 3 });
        HashSet<int> drawn = [.. Enumerable.Range(0, 500).Select(_ => sampler.Next(logits))];
        drawn.Order().ShouldBe([0, 1, 2, 3, 4]);
    }

    [Fact]
    public void TheMostProbableTokenIsTakenWithoutATemperature()
    {
        TokenSampler<double> sampler = new(DecodingOptions.Greedy);
        Enumerable.Range(0, 50).Select(_ => sampler.Next(s_logits)).ShouldAllBe(token => token == 1);
        sampler.Position.ShouldBe(50);
        new TokenSampler<double>(new DecodingOptions { Temperature = 1e-30, TopK = 4 }).Next(s_logits).ShouldBe(1);
    }

    [Fact]
    public void ADrawDependsOnSeedPlaceAndRowAlone()
    {
        DecodingOptions options = new() { Temperature = 1.5, Seed = 8 };
        int[] Text(int seed, int from, int count)
        {
            TokenSampler<float> sampler = new(new DecodingOptions { Temperature = 1.5, Seed = seed }) { Position = from };
            return [.. Enumerable.Range(from, count).Select(i => sampler.Next([i % 3, 1, 0.5f, 2, i % 7]))];
        }

        Text(8, 0, 60).ShouldBe(Text(8, 0, 60));
        Text(8, 20, 40).ShouldBe(Text(8, 0, 60)[20..]);
        Text(9, 0, 60).ShouldNotBe(Text(8, 0, 60));

        // Rows of the same logits are drawn apart, and the first as a single one.
        TokenSampler<float> rows = new(options), single = new(options);
        int[] tokens = new int[3];
        List<int>[] drawn = [[], [], []];
        float[] logits = [0, 1, 2, 0.5f];
        for (int i = 0; i < 60; i++)
        {
            rows.Next([.. logits, .. logits, .. logits], tokens);
            tokens[0].ShouldBe(single.Next(logits));
            for (int row = 0; row < 3; row++)
            {
                drawn[row].Add(tokens[row]);
            }
        }

        drawn[1].ShouldNotBe(drawn[0]);
        drawn[2].ShouldNotBe(drawn[0]);
        drawn[2].ShouldNotBe(drawn[1]);
    }

    [Fact]
    public void ChoosingDoesNotAllocate()
    {
        TokenSampler<float> sampler = new(new DecodingOptions { Temperature = 1, TopK = 3, TopP = 0.9 }), all = new(new DecodingOptions { Temperature = 1 });
        float[] logits = [1, 2, 3, 4, 5, 6];
        int[] tokens = new int[2];
        Allocations.Of(() =>
        {
            for (int i = 0; i < 50; i++)
            {
                sampler.Next(logits);
                all.Next(logits, tokens);
                all.Next(logits);
            }
        }).ShouldBe(0);
    }

    [Fact]
    public void WhatCannotBeChosenIsRejected()
    {
        TokenSampler<double> sampler = new(new DecodingOptions { Temperature = 1 });
        sampler.Next([1.0]).ShouldBe(0);
        Should.Throw<NonFiniteException>(() => sampler.Next([1, double.NaN])).Message.ShouldContain("at step 1, where the logit of class 1 is NaN");
        Should.Throw<NonFiniteException>(() => sampler.Next([1, 2, double.PositiveInfinity, 4], new int[2]));
        Should.Throw<ArgumentException>(() => sampler.Next([]));
        Should.Throw<ArgumentException>(() => sampler.Next([1, 2, 3], new int[2]));
        Should.Throw<ArgumentException>(() => sampler.Next([1], []));
        sampler.Position.ShouldBe(1);
        Should.Throw<ArgumentOutOfRangeException>(() => sampler.Position = -1);
        Should.Throw<ArgumentException>(() => new TokenSampler<double>(new DecodingOptions { Beams = 4 })).Message.ShouldStartWith("A sampler chooses one token at a time and cannot follow 4 beams");
        Should.Throw<ArgumentNullException>(() => new TokenSampler<double>(null!));
    }
}
