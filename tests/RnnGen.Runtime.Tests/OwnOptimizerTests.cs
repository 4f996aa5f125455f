using RnnGen.Trainee;

namespace RnnGen.Runtime.Tests;

/// <summary>An optimiser of a user's own: it is clipped and decayed as the others are, keeps its moments, updates what is to be updated, and resumes from a checkpoint.</summary>
public sealed class OwnOptimizerTests
{
    private static readonly SequenceDataset<double, double> s_data =
        SequenceDataset.FromArrays([.. Enumerable.Range(0, 40).Select(i => Math.Sin(i))], [.. Enumerable.Range(0, 20).Select(i => Math.Cos(i))], 20);

    [Fact]
    public void AStepIsItsEquation()
    {
        double[] parameters = [1, -2, 0.5], gradients = [3, -0.25, 0], expected = [.. parameters], moment = new double[3];
        Lion lion = new(0.01) { Beta1 = 0.8, Beta2 = 0.9, ClipValue = 2, ClipNorm = 1, WeightDecay = 0.125 };
        double factor = 1 / (Math.Sqrt(4 + 0.0625) + 1e-6);
        for (int step = 0; step < 3; step++)
        {
            for (int i = 0; i < 3; i++)
            {
                double gradient = (Math.Clamp(gradients[i], -2, 2) * factor) + (0.125 * expected[i]);
                expected[i] -= 0.01 * Math.Sign((0.8 * moment[i]) + ((1 - 0.8) * gradient));
                moment[i] = (0.9 * moment[i]) + ((1 - 0.9) * gradient);
            }

            ParameterUpdate.Apply<double>(lion, this, parameters, gradients, Layouts.Flat(3));
            parameters.ShouldBe(expected);
        }

        lion.StepCount.ShouldBe(3);

        // What no segment covers is left alone.
        ParameterUpdate.Apply<double>(lion, this, parameters, gradients, Layouts.Flat(3), [new(0, 1), new(2, 1)]);
        parameters[1].ShouldBe(expected[1]);
        parameters[0].ShouldNotBe(expected[0]);
    }

    [Fact]
    public void ADecayOfItsOwnIsNotAddedToTheGradient()
    {
        Shrink shrink = new() { WeightDecay = 0.5 };
        double[] parameters = [8];
        ParameterUpdate.Apply<double>(shrink, this, parameters, [1], Layouts.Flat(1));
        parameters.ShouldBe([8 - 4 - 1]);
    }

    [Fact]
    public void TheWrongNumberOfMomentsIsAnError()
    {
        double[] parameters = [1];
        Counting counting = new() { Count = -1 };
        Should.Throw<InvalidOperationException>(() => ParameterUpdate.Apply<double>(counting, this, parameters, [1], Layouts.Flat(1))).Message.ShouldContain("Counting.MomentCount is -1");
        counting.Count = 1;
        ParameterUpdate.Apply<double>(counting, this, parameters, [1], Layouts.Flat(1));
        counting.Count = 2;
        Should.Throw<InvalidOperationException>(() => ParameterUpdate.Apply<double>(counting, this, parameters, [1], Layouts.Flat(1))).Message.ShouldContain("was 1 and is 2");
        counting.Count = 1;
        counting.Read = 1;
        Should.Throw<ArgumentOutOfRangeException>(() => ParameterUpdate.Apply<double>(counting, this, parameters, [1], Layouts.Flat(1))).Message.ShouldContain("The rule keeps 1 moments");
        parameters.ShouldBe([1]);
    }

    /// <summary>Rows of the embedding are updated when they are read; a frozen layer is not.</summary>
    [Fact]
    public void ItTrainsAGeneratedModelAndGoesOnToTheSameBits()
    {
        ModelLayout layout = TokenModel.Layout;
        Random random = new(3);
        int[] Draw(int length) => [.. Enumerable.Range(0, length).Select(_ => random.Next(5))];
        SequenceDataset<int, int> data = SequenceDataset.FromArrays(Draw(20 * layout.InputLength), Draw(20 * layout.TargetLength), 20);
        using TemporaryFolder folder = new();
        FitOptions Options(int epochs, bool isSaved) => new()
        {
            Epochs = epochs, BatchSize = 4, Optimizer = new Lion(1e-3), Checkpoint = isSaved ? new(folder.Path) { EverySteps = 3 } : null, Resume = isSaved,
        };

        TokenModel whole = new(1), first = new(1), second = new(2);
        TrainingResult expected = whole.Fit(data, options: Options(4, isSaved: false));
        expected.Epochs[^1].TrainingLoss.ShouldBeLessThan(expected.Epochs[0].TrainingLoss);
        first.Fit(data, options: Options(2, isSaved: true));
        TrainingResult result = second.Fit(data, options: Options(4, isSaved: true));
        second.Parameters.ToArray().ShouldBe(whole.Parameters.ToArray());
        result.Epochs.Select(e => e.TrainingLoss).ShouldBe(expected.Epochs.Select(e => e.TrainingLoss));
    }

    [Fact]
    public void ACheckpointNamesItsTypeAndSettings()
    {
        using TemporaryFolder folder = new();
        void Fit(Optimizer optimizer, int epochs, bool resume) =>
            new LinearModel().Fit(s_data, options: new FitOptions { Epochs = epochs, Optimizer = optimizer, Checkpoint = new(folder.Path), Resume = resume });
        Fit(new Lion(0.01), 1, resume: false);

        string refused = Should.Throw<CheckpointException>(() => Fit(new Lion(0.01) { Beta1 = 0.5 }, 2, resume: true)).Message;
        refused.ShouldContain("Beta1");
        refused.ShouldContain("0.5");
        refused = Should.Throw<CheckpointException>(() => Fit(new Other.Lion(0.01), 2, resume: true)).Message;
        refused.ShouldContain("RnnGen.Runtime.Tests.OwnOptimizerTests+Other+Lion");
        refused.ShouldContain("RnnGen.Runtime.Tests.OwnOptimizerTests+Lion");
        Should.Throw<CheckpointException>(() => Fit(new Adam(0.01), 2, resume: true)).Message.ShouldContain("Adam");
        Should.Throw<CheckpointException>(() => Fit(new Lion(0.02), 2, resume: true)).Message.ShouldContain("LearningRate");
        Fit(new Lion(0.01), 2, resume: true);
    }

    /// <summary>As in <c>docs/how-to/own-optimizer.md</c>.</summary>
    private sealed class Lion(double learningRate) : Optimizer(learningRate)
    {
        public double Beta1 { get; init; } = 0.9;

        public double Beta2 { get; init; } = 0.99;

        protected override int MomentCount => 1;

        protected override IReadOnlyDictionary<string, double> Settings => new Dictionary<string, double> { [nameof(Beta1)] = Beta1, [nameof(Beta2)] = Beta2 };

        protected override void Step<T>(in OptimizerStep<T> step)
        {
            T rate = T.CreateTruncating(LearningRate), beta1 = T.CreateTruncating(Beta1), rest1 = T.CreateTruncating(1 - Beta1), beta2 = T.CreateTruncating(Beta2), rest2 = T.CreateTruncating(1 - Beta2);
            Span<T> moment = step.Moment(0);
            foreach (ParameterSegment segment in step.Segments)
            {
                for (int i = segment.Offset; i < segment.End; i++)
                {
                    T gradient = step.Gradient(i);
                    step.Parameters[i] -= rate * T.CreateTruncating(T.Sign((beta1 * moment[i]) + (rest1 * gradient)));
                    moment[i] = (beta2 * moment[i]) + (rest2 * gradient);
                }
            }
        }
    }

    private static class Other
    {
        public sealed class Lion(double learningRate) : Optimizer(learningRate)
        {
            protected override int MomentCount => 1;

            protected override void Step<T>(in OptimizerStep<T> step) => step.Moment(0).Clear();
        }
    }

    private sealed class Shrink() : Optimizer(1)
    {
        protected override int MomentCount => 0;

        protected override bool AddsWeightDecay => false;

        protected override void Step<T>(in OptimizerStep<T> step) => step.Parameters[0] -= (T.CreateTruncating(WeightDecay) * step.Parameters[0]) + step.Gradient(0);
    }

    private sealed class Counting() : Optimizer(1)
    {
        public int Count { get; set; }

        public int Read { get; set; }

        protected override int MomentCount => Count;

        protected override void Step<T>(in OptimizerStep<T> step) => step.Moment(Read)[0] = T.One;
    }
}
