using RnnGen.Trainee;

namespace RnnGen.Runtime.Tests;

/// <summary>The measures of an evaluation against counts by hand; means over classes as scikit-learn defines them.</summary>
public sealed class MetricsTests
{
    private static ModelLayout Layout(int classes, bool binary = false, bool masked = false, int steps = 1, int targets = 1, int outputs = 0, int labels = 0) => new()
    {
        ModelName = "Measured", Declaration = "", Parameters = [], ParameterCount = 0, SequenceLength = steps, OutputSteps = steps, InputLength = 1, TargetLength = targets,
        OutputLength = outputs > 0 ? outputs : Math.Max(classes, 1), LabelLength = labels, ClassCount = classes, IsBinary = binary, MaskedTargets = masked, BatchSize = 1, TrainingMemory = 0, PredictionMemory = 0, ForwardFlops = 0,
    };

    private static Evaluation Classes(int classes, int[] actual, int[] predicted, double loss = 0)
    {
        float[] logits = new float[classes * actual.Length];
        for (int i = 0; i < predicted.Length; i++)
        {
            logits[(i * classes) + predicted[i]] = 1;
        }

        Metrics<float, int> measures = new(Layout(classes, masked: true));
        measures.Add(logits, actual, actual.Length);
        return measures.Result(loss);
    }

    [Fact]
    public void OfClasses()
    {
        // y_true = [0,0,0,1,1,2,2,2,2], y_pred = [0,0,1,1,2,2,2,0,2]; class 3 is neither there nor predicted, so it has no part in the means.
        Evaluation e = Classes(4, [0, 0, 0, 1, 1, 2, 2, 2, 2, -1], [0, 0, 1, 1, 2, 2, 2, 0, 2, 0], loss: 0.5);
        e.Accuracy.ShouldNotBeNull().ShouldBe(6.0 / 9, 1e-15);
        e.Precision.ShouldNotBeNull().ShouldBe((2.0 / 3 + 1.0 / 2 + 3.0 / 4) / 3, 1e-15);
        e.Recall.ShouldNotBeNull().ShouldBe((2.0 / 3 + 1.0 / 2 + 3.0 / 4) / 3, 1e-15);
        e.F1.ShouldNotBeNull().ShouldBe((2.0 / 3 + 1.0 / 2 + 3.0 / 4) / 3, 1e-15);
        e.Perplexity.ShouldNotBeNull().ShouldBe(Math.Exp(0.5));
        e.Rmse.ShouldBeNull();
        ConfusionMatrix confusion = e.Confusion.ShouldNotBeNull();
        confusion.Counts.ToArray().ShouldBe([2, 1, 0, 0, 0, 1, 1, 0, 1, 0, 3, 0, 0, 0, 0, 0]);
        (confusion[2, 0], confusion.Support(2), confusion.Predicted(0)).ShouldBe((1, 4, 3));
        (confusion.Precision(3), confusion.Recall(3), confusion.F1(3)).ShouldBe((0, 0, 0));
        confusion.F1(2).ShouldBe(0.75);
        e.ToString().ShouldBe("10 sequences: loss 0.5, accuracy 0.66667, F1 0.63889, perplexity 1.6487");

        // A class that is there and never predicted pulls the mean down: precision 0, recall 0.
        Evaluation missed = Classes(2, [0, 0, 0, 1], [0, 0, 0, 0]);
        (missed.Accuracy, missed.Precision, missed.Recall).ShouldBe((0.75, 0.375, 0.5));
        missed.F1.ShouldNotBeNull().ShouldBe(6.0 / 7 / 2, 1e-15);
    }

    /// <summary>scikit-learn's measures with sample_weight. What weighs 0 does not count, whatever its logits are; the matrix counts the others.</summary>
    [Fact]
    public void OfClassesWithWeights()
    {
        int[] actual = [0, 0, 1, 1, -1, 2], predicted = [0, 1, 1, 0, 1, 0];
        float[] weights = [2, 1, 0.5f, 0.5f, 9, 0], logits = new float[3 * actual.Length];
        for (int i = 0; i < predicted.Length; i++)
        {
            logits[(3 * i) + predicted[i]] = 1;
        }

        logits[^1] = float.NaN;
        Metrics<float, int> measures = new(Layout(3, masked: true));
        measures.Add(logits, actual, actual.Length, [], weights);
        Evaluation e = measures.Result(0.5);
        e.Accuracy.ShouldNotBeNull().ShouldBe(2.5 / 4, 1e-15);
        e.Precision.ShouldNotBeNull().ShouldBe((2 / 2.5 + 0.5 / 1.5) / 2, 1e-15);
        e.Recall.ShouldNotBeNull().ShouldBe((2 / 3.0 + 0.5 / 1) / 2, 1e-15);
        e.F1.ShouldNotBeNull().ShouldBe((4 / 5.5 + 1 / 2.5) / 2, 1e-15);
        e.Confusion.ShouldNotBeNull().Counts.ToArray().ShouldBe([1, 1, 0, 1, 1, 0, 0, 0, 0]);
        e.Count.ShouldBe(6);
        Should.Throw<NonFiniteException>(() => measures.Add(logits, actual, actual.Length));
    }

    /// <summary>Two outputs at each of two steps; a weight for each sequence, and for each of its steps.</summary>
    [Fact]
    public void OfNumbersWithWeights()
    {
        ModelLayout layout = Layout(0, steps: 2, targets: 4, outputs: 4);
        float[] targets = [1, 2, 3, 4, 5, 6, 7, 8], outputs = [1, 3, 3, 2, 5, 6, 4, float.NaN];
        Metrics<float, float> ofSequences = new(layout), ofSteps = new(layout);

        // Errors 0 1 | 0 -2 with weight 3, and 0 0 with weight 1; the second sequence has one step.
        ofSequences.Add(outputs, targets, 2, [2, 1], [3, 1]);
        Evaluation e = ofSequences.Result(0);
        e.Mae.ShouldNotBeNull().ShouldBe(3 * 3 / 14.0, 1e-15);
        e.Rmse.ShouldNotBeNull().ShouldBe(Math.Sqrt(3 * 5 / 14.0), 1e-15);
        double mean = ((3 * 10) + 11) / 14.0, deviations = (3 * new[] { 1, 2, 3, 4.0 }.Sum(t => Math.Pow(t - mean, 2))) + new[] { 5, 6.0 }.Sum(t => Math.Pow(t - mean, 2));
        e.RSquared.ShouldNotBeNull().ShouldBe(1 - (15 / deviations), 1e-14);

        // Steps weigh 1, 0.5, 2 and nothing.
        ofSteps.Add(outputs, targets, 2, [], [1, 0.5f, 2, 0]);
        e = ofSteps.Result(0);
        e.Mae.ShouldNotBeNull().ShouldBe((1 + (0.5 * 2)) / 7, 1e-15);
        e.Rmse.ShouldNotBeNull().ShouldBe(Math.Sqrt((1 + (0.5 * 4)) / 7), 1e-15);
        Should.Throw<ArgumentException>(() => ofSteps.Add(outputs, targets, 2, [], [1])).Message.ShouldContain("one for each sequence");
        Should.Throw<ArgumentOutOfRangeException>(() => ofSteps.Add(outputs, targets, 2, [], [1, -1])).Message.ShouldContain("weights[1] is -1");
        ofSteps.Count.ShouldBe(2);

        // Without any weight there is no measure.
        Metrics<float, float> none = new(layout);
        none.Add(outputs, targets, 2, [], [0, 0]);
        (none.Result(double.NaN).Mae, none.Result(double.NaN).RSquared).ShouldBe((null, null));
    }

    /// <summary>The labels of one sequence weigh twice those of the other.</summary>
    [Fact]
    public void OfLabelsWithWeights()
    {
        ModelLayout layout = Layout(3, steps: 2, targets: 2, outputs: 6, labels: 2);
        Metrics<float, int> measures = new(layout);
        measures.Add([0, 1, 0, 0, 0, 1, 0, 1, 0, 1, 0, 0], [1, 2, 2, 0], 2, [], [1, 2]);
        measures.Result(0).LabelErrorRate.ShouldNotBeNull().ShouldBe(2 * 1 / (2 + (2 * 1.0)), 1e-15);
    }

    [Fact]
    public void OfManyClassesThereIsNoMatrix()
    {
        Evaluation e = Classes(513, [512, 3, 3], [512, 3, 4]);
        e.Confusion.ShouldBeNull();
        e.Precision.ShouldNotBeNull().ShouldBe(2.0 / 3, 1e-15);
        Classes(512, [511], [511]).Confusion.ShouldNotBeNull().ClassCount.ShouldBe(512);
    }

    [Fact]
    public void OfYesOrNo()
    {
        // y_true = [1,1,1,0,0,0,0], y_pred = [1,1,0,1,0,0,0]; NaN has no target.
        Metrics<float, float> measures = new(Layout(0, binary: true, masked: true));
        measures.Add([2, 0.1f, -1, 0.5f, -3, 0, -9, 4], [1, 1, 0.9f, 0, 0, 0.5f, 0, float.NaN], 8);
        Evaluation e = measures.Result(0.3);
        e.Accuracy.ShouldNotBeNull().ShouldBe(5.0 / 7, 1e-15);
        e.Precision.ShouldNotBeNull().ShouldBe(2.0 / 3, 1e-15);
        e.Recall.ShouldNotBeNull().ShouldBe(2.0 / 3, 1e-15);
        e.F1.ShouldNotBeNull().ShouldBe(2.0 / 3, 1e-15);
        e.Confusion.ShouldNotBeNull().Counts.ToArray().ShouldBe([3, 1, 1, 2]);
        (e.Mae, e.Rmse, e.RSquared, e.Perplexity).ShouldBe((null, null, null, null));
    }

    [Fact]
    public void AGeneratedModelOfYesOrNoKnowsWhatItIs()
    {
        YesOrNoModel model = new(1);
        YesOrNoModel.Layout.IsBinary.ShouldBeTrue();
        TraineeModel.Layout.IsBinary.ShouldBeFalse();
        Random random = new(2);
        float[] inputs = [.. Enumerable.Range(0, 60).Select(_ => random.NextSingle() - 0.5f)], targets = [.. Enumerable.Range(0, 60).Select(_ => (float)random.Next(2))];
        int[] lengths = [3, 1, 2, 3, 3, 2, 1, 3, 3, 3];
        float[] probabilities = new float[6];
        int right = 0, steps = 0;
        for (int i = 0; i < 10; i++)
        {
            model.PredictProbabilities(inputs.AsSpan(i * 6, 6), probabilities);
            for (int k = 0; k < 2 * lengths[i]; k++)
            {
                right += probabilities[k] > 0.5f == targets[(i * 6) + k] > 0.5f ? 1 : 0;
                steps++;
            }
        }

        Evaluation evaluation = model.Evaluate(SequenceDataset.FromArrays(inputs, targets, 10, lengths));
        evaluation.Accuracy.ShouldBe((double)right / steps);
        evaluation.Confusion.ShouldNotBeNull().Counts.ToArray().Sum().ShouldBe(steps);
        evaluation.Mae.ShouldBeNull();
    }

    [Fact]
    public void LengthsAreChecked()
    {
        Metrics<float, int> measures = new(Layout(3));
        Should.Throw<ArgumentException>(() => measures.Add(new float[5], new int[2], 2)).Message.ShouldContain("OutputLength");
        Should.Throw<ArgumentException>(() => measures.Add(new float[6], new int[3], 2)).ParamName.ShouldBe("targets");
        measures.Count.ShouldBe(0);
    }

    [Fact]
    public void MatricesAreCheckedAndEqualByValue()
    {
        new ConfusionMatrix(2, [1, 2, 3, 4]).ShouldBe(new ConfusionMatrix(2, [1, 2, 3, 4]));
        new ConfusionMatrix(2, [1, 2, 3, 4]).ShouldNotBe(new ConfusionMatrix(2, [1, 2, 3, 5]));
        Should.Throw<ArgumentException>(() => new ConfusionMatrix(2, [1, 2, 3])).Message.ShouldContain("2 classes have 4 counts");
        Should.Throw<ArgumentOutOfRangeException>(() => new ConfusionMatrix(1, [-1]));
        Should.Throw<ArgumentOutOfRangeException>(() => new ConfusionMatrix(2, [1, 2, 3, 4])[2, 0]).Message.ShouldContain("2 classes");
        (new Evaluation { Loss = 1, Count = 2, Confusion = new(1, [3]) } == new Evaluation { Loss = 1, Count = 2, Confusion = new(1, [3]) }).ShouldBeTrue();
    }
}
