using RnnGen.Tests;
using Shouldly;
using Xunit;

namespace RnnGen.Numerics.Tests;

/// <summary>
/// Decoding. Gradients, widths, lengths, threads and memory are held by the tests of all models; here a step of the decoder that predicts
/// is held against teacher forcing, and each way of choosing tokens against all sequences there are.
/// </summary>
[Collection(nameof(Alone))]
public class DecoderTests
{
    private const int Steps = FewSequences.OutputLength, End = FewSequences.EndToken;

    /// <summary>A model whose weights are large enough that its sequences differ in probability.</summary>
    private static FewSequences Model(int seed)
    {
        FewSequences model = new(seed);
        model.SetParameters([.. model.Parameters.ToArray().Select(p => 2.5 * p)]);
        return model;
    }

    [Theory]
    [InlineData(VectorWidth.V128)]
    [InlineData(VectorWidth.V256)]
    [InlineData(VectorWidth.V512)]
    public void Feeding_back_gives_what_teacher_forcing_gives_for_the_same_tokens(VectorWidth width)
    {
        for (int seed = 0; seed < 8; seed++)
        {
            Attentive model = new(seed) { VectorWidth = width };
            int count = 6, length = Attentive.OutputLength, size = Attentive.OutputSize;
            var sample = Sample<double, int>.Draw<Attentive>(count, seed);
            int[] lengths = [7, 1, 3, 7, 2, 5], tokens = new int[length];
            double[] outputs = new double[count * length * size];
            model.PredictBatch(sample.Inputs, outputs, count, lengths);
            for (int i = 0; i < count; i++)
            {
                ReadOnlySpan<double> input = sample.Inputs.AsSpan(i * Attentive.SequenceLength * 3, lengths[i] * 3);
                int[] targets = [.. Enumerable.Repeat(Attentive.EndToken, length)];
                int n = model.Generate(input, tokens, length: lengths[i]);
                tokens.AsSpan(0, n).CopyTo(targets);

                // The mean of -log softmax at each step up to the end token.
                double loss = 0;
                int steps = Math.Min(n + 1, length);
                for (int t = 0; t < steps; t++)
                {
                    double[] logits = outputs[((i * length + t) * size)..((i * length + t + 1) * size)];
                    logits[targets[t]].ShouldBe(logits.Max());
                    loss += LogSumExp(logits) - logits[targets[t]];
                }

                double[] whole = [.. sample.Inputs.AsSpan(i * Attentive.SequenceLength * 3, Attentive.SequenceLength * 3)];
                model.ComputeLoss(whole, targets, 1, lengths.AsSpan(i, 1)).ShouldBe(loss / steps, 1e-12);
                outputs.AsSpan((i * length + steps) * size, (length - steps) * size).ToArray().ShouldAllBe(y => y == 0);
            }
        }
    }

    [Fact]
    public void Numbers_are_fed_back_as_they_are()
    {
        SequenceForecaster model = new(3);
        var sample = Sample<double, double>.Draw<SequenceForecaster>(7);
        double[] outputs = new double[7 * SequenceForecaster.OutputLength];
        model.PredictBatch(sample.Inputs, outputs, 7);

        // Fed with its own outputs, the decoder gives them again.
        model.ComputeLoss(sample.Inputs, outputs, 7).ShouldBe(0, 1e-28);
        outputs.Distinct().Count().ShouldBe(outputs.Length);
        for (int i = 0; i < 7; i++)
            model.Predict(sample.Inputs.AsSpan(i * 12, 12)).ShouldBe(outputs.AsSpan(i * 4, 4).ToArray());
    }

    /// <summary>All sequences with their probabilities, by teacher forcing.</summary>
    private static List<(int[] Tokens, double P)> All(FewSequences model, double[] input)
    {
        List<(int[], double)> all = [];
        Visit([]);
        all.Sum(s => s.Item2).ShouldBe(1, 1e-12);
        return all;

        void Visit(int[] tokens)
        {
            if (tokens.Length == Steps || tokens.Contains(End))
            {
                int[] target = [.. tokens, .. Enumerable.Repeat(End, Steps - tokens.Length)];
                all.Add((tokens.Contains(End) ? tokens[..^1] : tokens, Math.Exp(-tokens.Length * model.ComputeLoss(input, target, 1))));
                return;
            }

            for (int token = 0; token < FewSequences.OutputSize; token++)
                Visit([.. tokens, token]);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.6)]
    [InlineData(2)]
    public void Enough_beams_find_the_best_of_all_sequences(double penalty)
    {
        for (int seed = 0; seed < 12; seed++)
        {
            FewSequences model = Model(seed);
            double[] input = [0.3 * seed - 1, 1 - 0.2 * seed];
            List<(int[] Tokens, double P)> all = All(model, input);
            double Score((int[] Tokens, double P) s) => Math.Log(s.P) / Math.Pow((5.0 + Math.Min(s.Tokens.Length + 1, Steps)) / 6, penalty);
            int[] tokens = new int[Steps];
            int n = model.Generate(input, tokens, new DecodingOptions { Beams = 16, LengthPenalty = penalty });
            tokens[..n].ShouldBe(all.MaxBy(Score).Tokens, $"seed {seed}");
        }
    }

    [Fact]
    public void One_beam_takes_the_most_probable_token_at_each_step()
    {
        FewSequences model = Model(5);
        double[] input = [0.5, -1], logits = model.Predict(input);
        int[] tokens = new int[Steps];
        int n = model.Generate(input, tokens);
        for (int t = 0; t < n; t++)
            tokens[t].ShouldBe(Array.IndexOf(logits[(t * 3)..(t * 3 + 3)], logits[(t * 3)..(t * 3 + 3)].Max()));
    }

    [Theory]
    [InlineData(1, 0, 1)]
    [InlineData(0.7, 0, 1)]
    [InlineData(1, 2, 1)]
    [InlineData(1, 0, 0.6)]
    public void Samples_come_as_often_as_they_are_probable(double temperature, int topK, double topP)
    {
        FewSequences model = Model(2);
        double[] input = [0.4, 0.7], logits = model.Predict(input);

        // What the first token's probability becomes.
        double[] p = [.. logits.Take(3).Select(l => Math.Exp(l / temperature))];
        double sum = p.Sum(), reached = 0;
        int rank = 0;
        double[] kept = new double[3];
        foreach (int token in Enumerable.Range(0, 3).OrderByDescending(i => p[i]))
        {
            if ((topK == 0 || rank < topK) && reached < topP)
                kept[token] = p[token] / sum;
            reached += p[token] / sum;
            rank++;
        }

        const int draws = 4000;
        double[] found = new double[3];
        int[] tokens = new int[Steps], again = new int[Steps];
        for (int seed = 0; seed < draws; seed++)
        {
            DecodingOptions options = new() { Temperature = temperature, TopK = topK, TopP = topP, Seed = seed };
            int n = model.Generate(input, tokens, options);
            found[n == 0 ? End : tokens[0]] += 1.0 / draws;
            model.Generate(input, again, options).ShouldBe(n);
            again.ShouldBe(tokens);
        }

        for (int token = 0; token < 3; token++)
            found[token].ShouldBe(kept[token] / kept.Sum(), 0.03, $"token {token}");
    }

    [Fact]
    public void Attention_is_a_distribution_over_the_steps_that_were_read()
    {
        foreach (int length in (int[])[1, 3, 7])
        {
            Attentive model = new(4);
            double[] input = Sample<double, int>.Draw<Attentive>(1).Inputs, weights = new double[Attentive.OutputLength * Attentive.SequenceLength];
            int[] tokens = new int[Attentive.OutputLength], plain = new int[Attentive.OutputLength];
            int n = model.GenerateWithAttention(input.AsSpan(0, length * 3), tokens, weights, length);
            model.Generate(input.AsSpan(0, length * 3), plain, length: length).ShouldBe(n);
            tokens.ShouldBe(plain);
            for (int t = 0; t < Attentive.OutputLength; t++)
            {
                double[] row = weights[(t * 7)..(t * 7 + 7)];
                row.Sum().ShouldBe(t < n ? 1 : 0, 1e-12);
                row[length..].ShouldAllBe(w => w == 0);
            }
        }
    }

    [Fact]
    public void Decoding_does_not_allocate()
    {
        Attentive model = new(4);
        double[] input = Sample<double, int>.Draw<Attentive>(1).Inputs, output = new double[Attentive.OutputLength * Attentive.OutputSize];
        int[] tokens = new int[Attentive.OutputLength];
        DecodingOptions[] options = [DecodingOptions.Greedy, new() { Beams = 4 }, new() { Temperature = 1 }, new() { Temperature = 1, TopK = 3, TopP = 0.9 }];
        foreach (DecodingOptions option in options)
            model.Generate(input, tokens, option);
        model.Predict(input, output);
        Allocations.Of(() =>
        {
            for (int i = 0; i < 50; i++)
            {
                foreach (DecodingOptions option in options)
                    model.Generate(input, tokens, option);
                model.Predict(input, output);
            }
        }).ShouldBe(0);
    }

    [Fact]
    public void Bad_arguments_are_named_and_change_nothing()
    {
        Attentive model = new(1);
        int[] tokens = new int[Attentive.OutputLength], targets = [0, 1, 5, -7, 99];
        double[] input = new double[21];
        Should.Throw<ArgumentException>(() => model.Generate(input, new int[4])).Message.ShouldContain("room for 5");
        Should.Throw<ArgumentException>(() => model.Generate(input, tokens, length: 8)).Message.ShouldContain("1 to 7");
        Should.Throw<ArgumentException>(() => model.Generate(input.AsSpan(1), tokens)).Message.ShouldContain("must hold 21");
        Should.Throw<ArgumentException>(() => model.Generate(input, tokens, new DecodingOptions { Beams = 17 })).Message.ShouldContain("at most 16");
        Should.Throw<ArgumentOutOfRangeException>(() => new DecodingOptions { Beams = 0 });
        Should.Throw<ArgumentOutOfRangeException>(() => new DecodingOptions { TopP = 0 });
        Should.Throw<ArgumentOutOfRangeException>(() => new DecodingOptions { Temperature = double.NaN });

        // What follows the end token (5) is not read; what stands before it is checked.
        model.ComputeLoss(input, targets, 1).ShouldBeGreaterThan(0);
        targets[2] = 8;
        Should.Throw<ArgumentException>(() => model.ComputeLoss(input, targets, 1)).Message.ShouldContain("targets[2] is 8");
    }

    private static double LogSumExp(ReadOnlySpan<double> logits)
    {
        double sum = 0;
        foreach (double logit in logits)
            sum += Math.Exp(logit);
        return Math.Log(sum);
    }
}
