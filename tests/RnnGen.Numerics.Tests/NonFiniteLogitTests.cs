using Shouldly;
using Xunit;

namespace RnnGen.Numerics.Tests;

/// <summary>Where a logit is NaN or infinite, no class is the most probable: whatever would choose one throws, and no accuracy is reported.</summary>
public class NonFiniteLogitTests
{
    // A head that gives NaN for one class, so that all its logits are NaN or not as the test wants.
    private static TModel Broken<TModel, TNumber, TInput, TTarget>(TNumber value)
        where TModel : IRnnModel<TModel, TNumber, TInput, TTarget>
        where TNumber : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<TNumber>
        where TInput : unmanaged
        where TTarget : unmanaged
    {
        TModel model = TModel.Create(1);
        TNumber[] parameters = model.Parameters.ToArray();
        ParameterInfo bias = TModel.Layout.Parameters.Single(p => p.Name == "head.bias");
        parameters[bias.Offset + bias.Length - 1] = value;
        model.SetParameters(parameters);
        return model;
    }

    [Theory, InlineData(double.NaN), InlineData(double.PositiveInfinity)]
    public void Classes_and_probabilities(double value)
    {
        RecomputedEnd model = Broken<RecomputedEnd, double, double, int>(value);
        double[] input = new double[24], output = new double[3];
        int[] classes = new int[1];
        Should.Throw<NonFiniteException>(() => model.PredictClass(input)).Message.ShouldContain("class 2");
        Should.Throw<NonFiniteException>(() => model.PredictClasses(input, classes));
        Should.Throw<NonFiniteException>(() => model.PredictProbabilities(input, output));
        Should.Throw<NonFiniteException>(() => model.PredictProbabilities(input));

        // The logits themselves are what they are.
        double.IsFinite(model.Predict(input)[2]).ShouldBeFalse();
    }

    [Fact]
    public void A_class_that_is_impossible_is_none_that_is_chosen()
    {
        RecomputedEnd model = Broken<RecomputedEnd, double, double, int>(double.NegativeInfinity);
        model.PredictClass(new double[24]).ShouldBeInRange(0, 1);
        double[] probabilities = model.PredictProbabilities(new double[24]);
        probabilities[2].ShouldBe(0);
        probabilities.Sum().ShouldBe(1, 1e-12);
    }

    [Fact]
    public void Yes_or_no()
    {
        LstmLastBce model = Broken<LstmLastBce, double, double, double>(double.NaN);
        Should.Throw<NonFiniteException>(() => model.PredictProbabilities(new double[15])).Message.ShouldContain("NaN");
        SequenceDataset<double, double> data = SequenceDataset.FromArrays(new double[45], new double[3], 3);
        Should.Throw<NonFiniteException>(() => model.Evaluate(data)).Sequence.ShouldBe(0);
        Broken<LstmLastBce, double, double, double>(double.PositiveInfinity).PredictProbabilities(new double[15])[0].ShouldBe(1);
    }

    [Fact]
    public void An_evaluation_names_the_sequence()
    {
        double[] inputs = new double[30 * 24];
        inputs[(17 * 24) + 5] = double.NaN;
        SequenceDataset<double, int> data = SequenceDataset.FromArrays(inputs, new int[30], 30);
        NonFiniteException error = Should.Throw<NonFiniteException>(() => new RecomputedEnd(1).Evaluate(data));
        error.Sequence.ShouldBe(17);
        error.Message.ShouldContain("sequence 17 (from 0) of data");

        // Where its target is missing, nothing is to be chosen; the data is to be finite all the same.
        double[] logits = new double[MaskedClasses.Layout.OutputLength];
        logits[^1] = double.NaN;
        int[] classes = new int[MaskedClasses.Layout.TargetLength];
        classes[^1] = -1;
        Metrics<double, int> measures = new(MaskedClasses.Layout);
        measures.Add(logits, classes, 1);
        measures.Count.ShouldBe(1);
        classes[^1] = 0;
        Should.Throw<NonFiniteException>(() => measures.Add(logits, classes, 1)).Sequence.ShouldBe(0);
        double[] steps = new double[3 * 15];
        steps[15 + 12] = double.NaN;
        int[] targets = new int[15];
        Should.Throw<NonFiniteException>(() => new MaskedClasses(1).Evaluate(SequenceDataset.FromArrays(steps, targets, 3))).Sequence.ShouldBe(1);
        targets[9] = -1;
        Should.Throw<NonFiniteException>(() => new MaskedClasses(1).Evaluate(SequenceDataset.FromArrays(steps, targets, 3))).Sequence.ShouldBe(1);
    }

    [Fact]
    public void No_accuracy_stands_beside_a_loss_that_is_NaN()
    {
        Metrics<double, int> measures = new(RecomputedEnd.Layout);
        measures.Add([1, 2, 3], [2], 1);
        Evaluation evaluation = measures.Result(double.NaN);
        (evaluation.Accuracy, evaluation.Precision, evaluation.Recall, evaluation.F1, evaluation.Confusion, evaluation.Perplexity).ShouldBe((null, null, null, null, null, null));
        Should.Throw<NonFiniteException>(() => measures.Add([1, 2, 3, double.NaN, 2, 3], [2, 1], 2)).Sequence.ShouldBe(1);
        measures.Count.ShouldBe(1);
        measures.Result(0).Accuracy.ShouldBe(1);
    }

    [Theory, InlineData(1, 0.0), InlineData(1, 0.8), InlineData(4, 0.0)]
    public void Decoders(int beams, double temperature)
    {
        Captions model = Broken<Captions, double, double, int>(double.NaN);
        int[] tokens = new int[6];
        DecodingOptions options = new() { Beams = beams, Temperature = temperature };
        Should.Throw<NonFiniteException>(() => model.Generate(new double[5], tokens, options)).Message.ShouldContain("step 0");
        double[] inputs = new double[35];
        inputs[(5 * 5) + 2] = double.NaN;
        NonFiniteException error = Should.Throw<NonFiniteException>(() => new Captions(1).PredictBatch(inputs, new double[7 * 54], 7));
        error.Sequence.ShouldBe(5);
        Should.Throw<NonFiniteException>(() => new Captions(1).Evaluate(SequenceDataset.FromArrays(inputs, new int[42], 7))).Message.ShouldContain("sequence 5 (from 0) of data");

        // In the training's own decoding, too.
        Captions sampling = new(1) { ScheduledSampling = 1 };
        Should.Throw<NonFiniteException>(() => sampling.TrainStep(inputs, new int[42], 7, new Sgd(0.1))).Sequence.ShouldBe(5);
        sampling.SamplingStep.ShouldBe(0);
    }

    [Fact]
    public void Of_decoders_on_several_threads_the_first_sequence_is_named()
    {
        int count = (int)(5_000_000 / Captions.Layout.ForwardFlops) + 9;
        double[] inputs = new double[count * 5], outputs = new double[count * 54];
        foreach (int bad in (int[])[count - 2, count / 2, 5])
            inputs[bad * 5] = double.NaN;
        Captions model = new(1) { Threads = 3 };
        for (int repeat = 0; repeat < 20; repeat++)
            Should.Throw<NonFiniteException>(() => model.PredictBatch(inputs, outputs, count)).Sequence.ShouldBe(5);
        inputs.AsSpan().Clear();
        model.PredictBatch(inputs, outputs, count);
        outputs.ShouldAllBe(value => double.IsFinite(value));
    }

    [Fact]
    public void Labels_without_alignment()
    {
        Labelling model = Broken<Labelling, double, double, int>(double.NaN);
        int[] labels = new int[9];
        Should.Throw<NonFiniteException>(() => model.PredictLabels(new double[27], labels));
        Should.Throw<NonFiniteException>(() => model.Evaluate(SequenceDataset.FromArrays(new double[27], new int[4], 1))).Sequence.ShouldBe(0);
        double[] logits = [0, 1, 2, 0, double.NaN, 1];
        CtcBeamSearch search = new(3, 4);
        Should.Throw<NonFiniteException>(() => CtcDecoder.Greedy<double>(logits, 3, labels)).Message.ShouldContain("step 1");
        Should.Throw<NonFiniteException>(() => search.Decode<double>(logits, labels, out _)).Message.ShouldContain("step 1");
        logits[4] = double.PositiveInfinity;
        Should.Throw<NonFiniteException>(() => search.Decode<double>(logits, labels, out _));
        logits[4] = double.NegativeInfinity;
        CtcDecoder.Greedy<double>(logits, 3, labels).ShouldBe(1);
        search.Decode<double>(logits, labels, out double log).ShouldBe(1);
        double.IsFinite(log).ShouldBeTrue();
        Should.Throw<NonFiniteException>(() => CtcDecoder.Greedy<double>([double.NegativeInfinity, double.NegativeInfinity, double.NegativeInfinity], 3, labels));
    }

    [Theory, InlineData(1e-38), InlineData(1.2e-38), InlineData(1e-45), InlineData(5e-324), InlineData(1e-30), InlineData(1e-20)]
    public void A_temperature_that_is_next_to_0_takes_the_most_probable_token(double temperature)
    {
        int[] greedy = new int[6], sampled = new int[6];
        CaptionsFloat model = new(3);
        Captions precise = new(3);
        for (int seed = 0; seed < 5; seed++)
        {
            Random random = new(seed);
            double[] input = [.. Enumerable.Range(0, 5).Select(_ => (2 * random.NextDouble()) - 1)];
            foreach (DecodingOptions options in (DecodingOptions[])[new() { Temperature = temperature, Seed = seed }, new() { Temperature = temperature, TopK = 3, Seed = seed }, new() { Temperature = temperature, TopP = 0.5, Seed = seed }])
            {
                int count = model.Generate([.. input.Select(v => (float)v)], greedy);
                model.Generate([.. input.Select(v => (float)v)], sampled, options).ShouldBe(count);
                sampled.AsSpan(0, count).SequenceEqual(greedy.AsSpan(0, count)).ShouldBeTrue();
                count = precise.Generate(input, greedy);
                precise.Generate(input, sampled, options).ShouldBe(count);
                sampled.AsSpan(0, count).SequenceEqual(greedy.AsSpan(0, count)).ShouldBeTrue();
            }
        }
    }
}
