using RnnGen.Tests;
using Shouldly;
using Xunit;

namespace RnnGen.Numerics.Tests;

/// <summary>
/// CTC. PyTorch's numbers are held by the tests of architectures; here the loss against all paths there are, the gradient against the
/// stencil, decoding against all labellings, bad labels, no allocation.
/// </summary>
[Collection(nameof(Alone))]
public class CtcTests
{
    private static readonly int[] s_targets = [1, 1, 2, 0, 4, 0, 7, -1, 0, 0, 0, 0, 3, 2, 1, 4];
    private static readonly int[] s_lengths = [9, 1, 6, 4];

    private static double[] Inputs(int count, int seed = 1)
    {
        Random random = new(seed);
        return [.. Enumerable.Range(0, count * Labelling.Layout.InputLength).Select(_ => 4 * random.NextDouble() - 2)];
    }

    /// <summary>The probability of each labelling, by walking through all paths.</summary>
    private static Dictionary<string, double> All(double[] logits, int classes)
    {
        int steps = logits.Length / classes;
        Dictionary<string, double> all = [];
        Walk(0, 1, "", 0);
        return all;

        void Walk(int t, double p, string labels, int last)
        {
            if (t == steps)
            {
                all[labels] = all.GetValueOrDefault(labels) + p;
                return;
            }

            double sum = Enumerable.Range(0, classes).Sum(k => Math.Exp(logits[t * classes + k]));
            for (int k = 0; k < classes; k++)
                Walk(t + 1, p * Math.Exp(logits[t * classes + k]) / sum, k == 0 || k == last ? labels : labels + k, k);
        }
    }

    [Fact]
    public void The_loss_is_that_of_all_paths()
    {
        Labelling model = new(2);
        double[] inputs = Inputs(4);
        foreach (int length in (int[])[1, 2, 5])
        {
            double[] logits = model.Predict(inputs.AsSpan(0, 3 * length), length)[..(5 * length)];
            Dictionary<string, double> all = All(logits, 5);
            all.Values.Sum().ShouldBe(1, 1e-12);
            foreach ((string labels, double p) in all)
            {
                if (labels.Length > 4)
                    continue;
                int[] target = [.. labels.Select(c => c - '0'), .. new int[4 - labels.Length]];
                model.ComputeLoss(inputs.AsSpan(0, 27), target, 1, [length]).ShouldBe(-Math.Log(p) / Math.Max(1, labels.Length), 1e-10, labels);
            }
        }
    }

    [Fact]
    public void Gradients_match_a_five_point_stencil()
    {
        Labelling model = new(3), probe = new(0);
        double[] inputs = Inputs(4), gradients = new double[Labelling.ParameterCount], shifted = model.Parameters.ToArray();
        model.ComputeGradients(inputs, s_targets, 4, gradients, s_lengths).ShouldBe(model.ComputeLoss(inputs, s_targets, 4, s_lengths));
        foreach (ParameterInfo p in Labelling.Layout.Parameters)
        {
            double Loss(double[] direction, double step)
            {
                for (int i = 0; i < p.Length; i++)
                    shifted[p.Offset + i] = model.Parameters[p.Offset + i] + step * direction[i];
                probe.SetParameters(shifted);
                return probe.ComputeLoss(inputs, s_targets, 4, s_lengths);
            }

            new Stencil(Loss, hasKinks: false).CheckDirections(gradients[p.Offset..(p.Offset + p.Length)], p.Name);
            Loss(new double[p.Length], 0);
        }

        foreach (int threads in (int[])[2, 3])
        {
            double[] again = new double[gradients.Length];
            new Labelling(3) { Threads = threads }.ComputeGradients(inputs, s_targets, 4, again, s_lengths);
            again.ShouldBe(gradients);
        }
    }

    [Fact]
    public void Enough_beams_find_the_most_probable_labels()
    {
        Random random = new(5);
        for (int n = 0; n < 60; n++)
        {
            int steps = 1 + n % 6, classes = 2 + n % 3;
            double[] logits = [.. Enumerable.Range(0, steps * classes).Select(_ => 3 * random.NextDouble())];
            Dictionary<string, double> all = All(logits, classes);
            CtcBeamSearch search = new(classes, 6, beams: 400);
            int[] labels = new int[steps];
            int count = search.Decode<double>(logits, labels, out double log);
            string found = string.Concat(labels[..count]);
            Math.Exp(log).ShouldBe(all[found], 1e-12);
            all[found].ShouldBe(all.Values.Max(), 1e-12);

            // The most probable class of each step is one path.
            int greedy = CtcDecoder.Greedy<double>(logits, classes, labels);
            string path = string.Concat(Enumerable.Range(0, steps).Select(t => Array.IndexOf(logits[(t * classes)..((t + 1) * classes)], logits[(t * classes)..((t + 1) * classes)].Max())));
            string.Concat(labels[..greedy]).ShouldBe(string.Concat(path.Where((c, i) => c != '0' && (i == 0 || path[i - 1] != c))));
        }
    }

    [Fact]
    public void Labels_and_probabilities_are_predicted()
    {
        Labelling model = new(4);
        double[] input = Inputs(1);
        foreach (int length in (int[])[1, 4, 9])
        {
            int[] found = new int[9], expected = new int[9];
            double[] logits = model.Predict(input.AsSpan(0, 3 * length), length);
            int count = model.PredictLabels(input.AsSpan(0, 3 * length), found, length);
            CtcDecoder.Greedy<double>(logits.AsSpan(0, 5 * length), 5, expected).ShouldBe(count);
            found.ShouldBe(expected);
            model.PredictProbabilities(input.AsSpan(0, 3 * length), length).Take(5).Sum().ShouldBe(1, 1e-12);
        }
    }

    [Theory]
    [InlineData("", "", 0)]
    [InlineData("1", "", 1)]
    [InlineData("12", "21", 2)]
    [InlineData("1234", "134", 1)]
    [InlineData("1234", "15534", 2)]
    public void The_edit_distance_is_the_least(string a, string b, int distance)
    {
        int[] x = [.. a.Select(c => (int)c)], y = [.. b.Select(c => (int)c)];
        CtcDecoder.EditDistance(x, y).ShouldBe(distance);
        CtcDecoder.EditDistance(y, x).ShouldBe(distance);
    }

    /// <summary>What the steps cannot hold is an error that names the sequence of the user's data; where a model is declared so, it counts as zero, and all others as they did.</summary>
    [Fact]
    public void Labels_that_need_more_steps_are_named_or_count_as_zero()
    {
        const int count = 40, bad = 27;
        Random random = new(1);
        double[] inputs = [.. Enumerable.Range(0, count * 27).Select(_ => 2 * random.NextDouble() - 1)];
        int[] targets = [.. Enumerable.Range(0, count).SelectMany(i => (int[])[1 + i % 4, 2, 0, 0])], lengths = [.. Enumerable.Range(0, count).Select(i => 4 + i % 6)];
        (targets[bad * 4], targets[bad * 4 + 1], lengths[bad]) = (2, 2, 2);
        SequenceDataset<double, int> data = SequenceDataset.FromArrays(inputs, targets, count, lengths);
        FitOptions shuffled = new() { Epochs = 1, BatchSize = 7, Seed = 5 };
        StreamedSequences<double, int> stream = StreamedSequences.Create(
            Enumerable.Range(0, count).Select(i => new Sequence<double, int>(data.Input(i).ToArray(), data.Target(i).ToArray(), lengths[i])), 27, 4, new StreamOptions { HasLengths = true });
        foreach (Action action in (Action[])[() => new Labelling(1).Fit(data, options: shuffled), () => new Labelling(1).Fit(stream, options: shuffled), () => new Labelling(1).Fit(data.Slice(0, 5), data, shuffled), () => new Labelling(1).Evaluate(data)])
        {
            string message = Should.Throw<ArgumentException>(action).Message;
            message.ShouldContain($"Sequence {bad} (from 0) of ");
            message.ShouldContain("at least 3 steps");
            message.ShouldContain("InfeasibleLabels.Zero");
        }

        InfeasibleLabelling model = new(1);
        double[] gradients = new double[InfeasibleLabelling.ParameterCount], expected = new double[gradients.Length];
        double loss = model.ComputeGradients(inputs, targets, count, gradients, lengths);
        float[] weights = [.. Enumerable.Range(0, count).Select(i => i == bad ? 0f : 1f)];
        double others = model.ComputeGradients(new() { Inputs = inputs, Targets = targets, Count = count, Lengths = lengths, Weights = weights }, expected);
        loss.ShouldBe(others * (count - 1) / count, 1e-13);
        gradients.ShouldBeNear([.. expected.Select(g => g * (count - 1) / count)], InfeasibleLabelling.Layout, 1e-12, "without it");
        model.Evaluate(data).Loss.ShouldBe(loss, 1e-13);
        new InfeasibleLabelling(1).Fit(data, data, shuffled).Epochs[0].TrainingLoss.ShouldBeGreaterThan(0);
        new InfeasibleLabelling(1).Fit(stream, options: shuffled).Epochs[0].TrainingLoss.ShouldBeGreaterThan(0);
        Should.Throw<ArgumentException>(() => model.ComputeLoss(inputs.AsSpan(0, 27), [1, 5, 0, 0], 1)).Message.ShouldContain("targets[1] is 5");
    }

    [Fact]
    public void Fitting_learns_labels_and_measures_their_errors()
    {
        // Each input of three says its label, for one to three steps; a pause of none between them.
        Random random = new(1);
        float[] inputs = new float[200 * 27];
        int[] targets = new int[200 * 4], lengths = new int[200];
        for (int i = 0; i < 200; i++)
        {
            int t = 0;
            for (int k = 0; k < 3; k++)
            {
                int label = 1 + random.Next(3);
                targets[i * 4 + k] = label;
                for (int n = 1 + random.Next(2); n > 0; n--)
                    inputs[i * 27 + 3 * t++ + label - 1] = 1;
                t++;
            }

            lengths[i] = t - 1 == 0 ? 1 : Math.Min(9, t);
        }

        LabellingFloat model = new(1);
        SequenceDataset<float, int> data = SequenceDataset.FromArrays(inputs, targets, 200, lengths);
        Evaluation before = model.Evaluate(data);
        model.Fit(data, options: new FitOptions { Epochs = 30, Optimizer = new Adam(0.01) { ClipNorm = 1 } });
        Evaluation after = model.Evaluate(data);
        before.LabelErrorRate!.Value.ShouldBeGreaterThan(0.5);
        after.LabelErrorRate!.Value.ShouldBeLessThan(0.02);
        after.ToString().ShouldContain("label errors");
    }

    [Fact]
    public void Bad_labels_are_named_and_nothing_allocates()
    {
        Labelling model = new(1);
        double[] inputs = Inputs(1), gradients = new double[Labelling.ParameterCount];
        Should.Throw<ArgumentException>(() => model.ComputeLoss(inputs, [1, 5, 0, 0], 1)).Message.ShouldContain("targets[1] is 5");
        Should.Throw<ArgumentException>(() => model.ComputeLoss(inputs, [-1, 5, 0, 0], 1)).Message.ShouldContain("targets[0] is -1");
        Should.Throw<ArgumentException>(() => model.ComputeLoss(inputs, [1, 1, 2, 0], 1, [3])).Message.ShouldContain("at least 4 steps");
        Should.Throw<ArgumentException>(() => CtcDecoder.Greedy<double>(inputs, 5, new int[9])).Message.ShouldContain("whole number of steps");
        Should.Throw<ArgumentException>(() => new CtcBeamSearch(5, 3).Decode<double>(new double[20], new int[9], out _)).Message.ShouldContain("at most 3");
        Should.Throw<ArgumentException>(() => new CtcBeamSearch(5, 9).Decode<double>(new double[20], new int[3], out _)).Message.ShouldContain("room for 4");
        CtcBeamSearch search = new(5, 9);
        int[] labels = new int[9], target = [1, 2, 0, 0];
        double[] logits = model.Predict(inputs);
        void Once()
        {
            model.ComputeGradients(inputs, target, 1, gradients);
            model.PredictLabels(inputs, labels);
            search.Decode<double>(logits, labels, out _);
        }

        Once();
        Allocations.Of(() =>
        {
            for (int i = 0; i < 50; i++)
                Once();
        }).ShouldBe(0);
    }
}
