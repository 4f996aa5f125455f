using System.Globalization;
using CsCheck;
using Xunit.Abstractions;

namespace RnnGen.Runtime.Tests;

/// <summary>
/// Trainings with random options and data, with masks, lengths, weights, carried states and values that are not finite at random places: every figure that <c>Fit</c> reports, and the parameters, against
/// <see cref="SlowLoop"/>; and stopped at random steps and resumed, to the same bits. Without RNNGEN_FUZZ_FIT the same 2,000; it says how many
/// random ones instead, and <c>CsCheck_Seed</c> brings one back.
/// </summary>
public sealed class LoopPropertyTests(ITestOutputHelper output)
{
    private static readonly Gen<int[]> s_indices = Gen.Frequency((3, Gen.Const(Array.Empty<int>())), (1, Gen.Int[0, 30].Array[1, 3]));

    private static readonly Gen<Course> s_courses =
        from count in Gen.Int[1, 14]
        from validationCount in Gen.Int[0, 10]
        from hasLengths in Gen.Bool
        from masked in Gen.Frequency((3, Gen.Const(0)), (2, Gen.Int[10, 60]), (1, Gen.Int[90, 100]))
        from weighted in One(0, 0, 1, LoopModel.Steps)
        from carries in Gen.Frequency((3, Gen.Const(false)), (1, Gen.Const(true)))
        from streams in Gen.Int[1, count]
        from validationStreams in Gen.Int[1, Math.Max(1, validationCount)]
        from dataSeed in Gen.Int[0, 1_000_000]
        from epochs in Gen.Int[1, 7]
        from batchSize in Gen.Int[0, 7]
        from shuffle in Gen.Bool
        from seed in Gen.Int[0, 1000]
        from patience in Gen.Int[0, 4]
        from best in Gen.Int[0, 2]
        from average in Gen.Frequency((2, Gen.Const(-1.0)), (1, Gen.Double[0, 0.99]))
        from metrics in Gen.Bool
        from rule in One("sgd", "momentum", "adam")
        from rate in Gen.Frequency((3, Gen.Double[0.001, 0.3]), (1, Gen.Double[0.3, 3]))
        from clipNorm in Gen.Frequency((2, Gen.Const(0.0)), (1, Gen.Double[0.01, 2]))
        from clipValue in Gen.Frequency((3, Gen.Const(0.0)), (1, Gen.Double[0.01, 2]))
        from decay in Gen.Frequency((3, Gen.Const(0.0)), (1, Gen.Double[0.001, 0.1]))
        from schedule in One("none", "step", "cosine", "plateau")
        from policy in One("throw", "skip", "roll back")
        from limit in Gen.Int[1, 6]
        from badInputs in s_indices
        from badTargets in s_indices
        from badValidation in s_indices
        from badValidationTargets in s_indices
        from spike in Gen.Frequency((1, Gen.Const(-1)), (1, Gen.Int[0, 20]))
        from factor in One(5, 20, 100, 1e10, 1e100, 1e200, 1e300)
        select new Course
        {
            Count = count, ValidationCount = validationCount, HasLengths = hasLengths, PercentMasked = masked, WeightsPerSequence = weighted, Streams = carries ? streams : 0, ValidationStreams = validationStreams, DataSeed = dataSeed,
            Epochs = epochs, BatchSize = carries || batchSize == 0 ? null : batchSize, Shuffle = shuffle, Seed = seed, Patience = patience == 0 ? null : patience, RestoreBest = best == 0 ? null : best == 1,
            AverageDecay = average < 0 ? null : average, Metrics = metrics, Rule = rule, Rate = rate, ClipNorm = clipNorm == 0 ? null : clipNorm, ClipValue = clipValue == 0 ? null : clipValue,
            WeightDecay = decay, Schedule = schedule, Policy = policy, Limit = limit, BadInputs = badInputs, BadTargets = badTargets, BadValidation = badValidation, BadValidationTargets = badValidationTargets, SpikeStep = spike, SpikeFactor = factor,
        };

    private static Gen<T> One<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    private sealed class WithSpike(LearningRateSchedule? schedule, int step, double factor) : LearningRateSchedule
    {
        public override double Factor(TrainingPosition position) => (position.Step == step ? factor : 1) * (schedule?.Factor(position) ?? 1);
    }

    private sealed class Listener(Said said) : TrainingCallback
    {
        public Exception? Failure { get; private set; }

        public TrainingResult? Result { get; private set; }

        public override void OnStepEnded(in StepResult result) => said.Steps.Add((result.Step, result.Epoch, result.Loss, result.LearningRate, result.GradientNorm, result.Sequences));

        public override void OnStepSkipped(long number, NonFiniteException exception) => said.Skipped.Add(number);

        public override void OnValidationNonFinite(int epoch, NonFiniteException exception) => said.Validations.Add(epoch);

        public override void OnEpochEnded(EpochResult e) => said.Epochs.Add((
            e.Epoch, e.TrainingLoss, e.ValidationLoss, e.LearningRate, e.SkippedSteps, e.SkippedValidation, e.HasOvershot, e.Validation?.Mae, e.Validation?.Rmse, e.Validation?.Count ?? 0));

        public override void OnTrainingEnded(TrainingResult result) => Result = result;

        public override void OnTrainingFailed(Exception exception) => Failure = exception;
    }

    private static FitOptions Options(Course course, Optimizer optimizer, TrainingCallback? callback, string? folder) => new()
    {
        Epochs = course.Epochs, BatchSize = course.BatchSize, Shuffle = course.Shuffle, CarryState = course.Carries, Seed = course.Seed, Patience = course.Patience, RestoreBest = course.RestoreBest,
        AverageDecay = course.AverageDecay, Metrics = course.Metrics, Optimizer = optimizer, Callbacks = callback is null ? [] : [callback],
        Schedule = new WithSpike(
            course.Schedule switch
            {
                "none" => null,
                "step" => LearningRateSchedule.Step(2, 0.5),
                "cosine" => LearningRateSchedule.Cosine(),
                "plateau" => LearningRateSchedule.ReduceOnPlateau(0.5, patience: 1),
                _ => throw new ArgumentException(course.Schedule),
            },
            course.SpikeStep, course.SpikeFactor),
        NonFinite = course.Policy switch
        {
            "throw" => NonFinitePolicy.Throw,
            "skip" => NonFinitePolicy.SkipBatch(limit: course.Limit),
            "roll back" => NonFinitePolicy.RollBack(limit: course.Limit),
            _ => throw new ArgumentException(course.Policy),
        },
        Checkpoint = folder is null ? null : new(folder) { EverySteps = course.Seed % 3 == 0 ? 2 : null, OnFailure = CheckpointFailure.Continue }, Resume = folder is not null,
    };

    private static Optimizer Create(Course course)
    {
        Optimizer optimizer = course.Rule switch
        {
            "sgd" => new Sgd(course.Rate),
            "momentum" => new Sgd(course.Rate) { Momentum = 0.9 },
            "adam" => new Adam(course.Rate),
            _ => throw new ArgumentException(course.Rule),
        };
        (optimizer.ClipNorm, optimizer.ClipValue, optimizer.WeightDecay) = (course.ClipNorm, course.ClipValue, course.WeightDecay);
        return optimizer;
    }

    // Trains; a stop is a number of steps after which it is cancelled.
    private static (Said Said, LoopModel Model, bool WasStopped) Fit(Course course, Sequences train, Sequences? validation, string? folder = null, int? stop = null)
    {
        Said said = new();
        Listener listener = new(said);
        using CancellationTokenSource source = new();
        int steps = 0;
        LoopModel model = new()
        {
            OnStep = () =>
            {
                if (++steps == stop)
                {
                    source.Cancel();
                }
            },
        };
        bool wasStopped = false;
        Optimizer optimizer = Create(course);
        try
        {
            TrainingResult result = TrainingLoop.Fit<LoopModel, double, double, double>(
                model, train.Dataset(course.Streams), validation?.Dataset(course.Carries ? course.ValidationStreams : 0), Options(course, optimizer, listener, folder), source.Token);
            listener.Result.ShouldBeSameAs(result);
            (said.HasStoppedEarly, said.Best) = (result.HasStoppedEarly, result.HasBest ? result.Best.Epoch : null);
            if (!result.HasBest)
            {
                Should.Throw<InvalidOperationException>(() => result.Best);
            }
        }
        catch (NonFiniteException e)
        {
            e.ShouldBeSameAs(listener.Failure ?? e); // what is seen before the first step reaches nobody
            said.Failed = true;
        }
        catch (OperationCanceledException)
        {
            wasStopped = true;
        }

        optimizer.LearningRate.ShouldBe(course.Rate);
        said.Parameters = model.Parameters.ToArray();
        return (said, model, wasStopped);
    }

    private static void Check(Course course)
    {
        Sequences train = new Sequences(course, course.Count, course.DataSeed, course.BadInputs, course.BadTargets).Draw();
        Sequences? validation = course.ValidationCount == 0 ? null : new Sequences(course, course.ValidationCount, course.DataSeed + 1, course.BadValidation, course.BadValidationTargets).Draw();
        (Said said, LoopModel model, _) = Fit(course, train, validation);
        CheckOrder(course, model.Visited);
        Said expected = new SlowLoop(course, train, validation, model.Visited).Run();
        Same(said, expected);
        using TemporaryFolder folder = new(inMemory: true);
        Resume(course, train, validation, said, folder.Path);
    }

    // Each epoch takes each sequence once, in batches of the size, and in order where that is asked for.
    private static void CheckOrder(Course course, List<int[]> visited)
    {
        foreach (int[][] epoch in visited.Chunk(course.StepsPerEpoch))
        {
            int[] all = [.. epoch.SelectMany(rows => rows)];
            all.Distinct().Count().ShouldBe(all.Length);
            epoch.Select(rows => rows.Length).ShouldBe(Enumerable.Range(0, epoch.Length).Select(i => Math.Min(course.Size, course.Count - (i * course.Size))));
            if (!course.Shuffle || course.Carries)
            {
                all.ShouldBe(Enumerable.Range(0, all.Length));
            }
        }
    }

    // Stopped twice and resumed, the training says the same to the bit, and leaves the same parameters.
    private static void Resume(Course course, Sequences train, Sequences? validation, Said whole, string folder)
    {
        if (whole.Failed)
        {
            return;
        }

        // An epoch's end is a place of its own: its validation is still to come there.
        int within = 1 + (course.DataSeed % 7), end = course.StepsPerEpoch * (1 + (course.DataSeed % 3));
        foreach (int stop in (int[])[course.DataSeed % 2 == 0 ? within : end, 1 + (course.DataSeed % 3)])
        {
            Fit(course, train, validation, folder, stop);
        }

        (Said said, _, _) = Fit(course, train, validation, folder);
        said.Parameters.ShouldBe(whole.Parameters);
        (said.Failed, said.HasStoppedEarly, said.Best).ShouldBe((whole.Failed, whole.HasStoppedEarly, whole.Best));
        said.Epochs.ShouldBe(whole.Epochs.TakeLast(said.Epochs.Count));
        said.Steps.ShouldBe(whole.Steps.TakeLast(said.Steps.Count));
    }

    private static void Same(Said said, Said expected)
    {
        (said.Failed, said.HasStoppedEarly).ShouldBe((expected.Failed, expected.HasStoppedEarly));
        if (!said.Failed)
        {
            said.Best.ShouldBe(expected.Best);
        }

        said.Skipped.ShouldBe(expected.Skipped);
        said.Validations.ShouldBe(expected.Validations);
        Near(said.Parameters, expected.Parameters);
        said.Epochs.Select(e => (e.Epoch, e.Skipped, e.LeftOut, e.Overshot, e.Measured)).ShouldBe(expected.Epochs.Select(e => (e.Epoch, e.Skipped, e.LeftOut, e.Overshot, e.Measured)));
        Near([.. said.Epochs.SelectMany(e => (double?[])[e.Training, e.Validation, e.Rate, e.Mae, e.Rmse])], [.. expected.Epochs.SelectMany(e => (double?[])[e.Training, e.Validation, e.Rate, e.Mae, e.Rmse])]);
        said.Steps.Select(s => (s.Step, s.Epoch, s.Sequences)).ShouldBe(expected.Steps.Select(s => (s.Step, s.Epoch, s.Sequences)));
        Near([.. said.Steps.SelectMany(s => (double?[])[s.Loss, s.Rate, s.Norm])], [.. expected.Steps.SelectMany(s => (double?[])[s.Loss, s.Rate, s.Norm])]);
    }

    private static void Near(IReadOnlyList<double> found, IReadOnlyList<double> expected) => Near([.. found.Select(x => (double?)x)], [.. expected.Select(x => (double?)x)]);

    private static void Near(double?[] found, double?[] expected)
    {
        found.Length.ShouldBe(expected.Length);
        for (int i = 0; i < found.Length; i++)
        {
            bool isNear = found[i] is { } x && expected[i] is { } y ? x.Equals(y) || Math.Abs(x - y) <= 1e-7 * Math.Max(1e-3, Math.Abs(y)) : found[i] is null && expected[i] is null;
            isNear.ShouldBeTrue($"figure {i} is {found[i]:R}, and {expected[i]:R} was expected");
        }
    }

    [Fact]
    public void FitSaysWhatASlowLoopSays()
    {
        if (Environment.GetEnvironmentVariable("RNNGEN_FUZZ_FIT") is { } more)
        {
            // Others at each run; what fails is made smaller, and its seed is said.
            s_courses.Sample(Check, iter: int.Parse(more, CultureInfo.InvariantCulture), threads: 1);
            output.WriteLine($"{more} trainings agree.");
            return;
        }

        for (ulong i = 0; i < 2000; i++)
        {
            Course course = s_courses.Generate(new PCG(1, i), null, out _);
            try
            {
                Check(course);
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"Training {i}, {course}: {e.Message}", e);
            }
        }
    }
}
