using RnnGen.Tests;

namespace RnnGen.Runtime.Tests;

/// <summary>A training that was interrupted anywhere resumes from its checkpoint with the same bits; a checkpoint that does not belong to it is rejected.</summary>
public sealed class ResumeTests
{
    private static readonly SequenceDataset<double, double> s_train = Numbers(20, 0), s_validation = Numbers(9, 100);

    private static SequenceDataset<double, double> Numbers(int count, int from) =>
        SequenceDataset.FromArrays([.. Enumerable.Range(from, 2 * count).Select(i => Math.Sin(i))], [.. Enumerable.Range(from, count).Select(i => Math.Cos(i * i))], count);

    private static TrainingResult Fit(LinearModel model, FitOptions options, CancellationToken token = default) =>
        TrainingLoop.Fit<LinearModel, double, double, double>(model, s_train, s_validation, options, token);

    public static TheoryData<string> Settings =>
    [
        "Adam", "AdamW, average", "Sgd", "Sgd with momentum, plateau", "RmsProp, centred, best", "Adagrad, one cycle, average, best", "patience", "metrics",
    ];

    private static FitOptions Options(string settings, CheckpointOptions? checkpoint, bool resume, int epochs = 6) => new()
    {
        Epochs = epochs,
        BatchSize = 6,
        Seed = 5,
        Optimizer = settings.Split(',')[0] switch
        {
            "AdamW" => new AdamW(0.05) { Beta1 = 0.8 },
            "Sgd" => new Sgd(0.05),
            "Sgd with momentum" => new Sgd(0.05) { Momentum = 0.9, Nesterov = true },
            "RmsProp" => new RmsProp(0.01) { Centered = true, Momentum = 0.5 },
            "Adagrad" => new Adagrad(0.1),
            "patience" => new Sgd(0.9),
            _ => new Adam(0.05) { ClipNorm = 0.5, WeightDecay = 0.01 },
        },
        Schedule = settings.Contains("plateau") ? LearningRateSchedule.ReduceOnPlateau(0.5, patience: 0) : settings.Contains("one cycle") ? LearningRateSchedule.OneCycle() : null,
        AverageDecay = settings.Contains("average") ? 0.9 : null,
        RestoreBest = settings.Contains("best") ? true : null,
        Patience = settings == "patience" ? 2 : null,
        Metrics = settings == "metrics",
        Checkpoint = checkpoint,
        Resume = resume,
    };

    // Stops before a step, as often as is said, and goes on each time with a new model and a new optimiser.
    private static (LinearModel Model, TrainingResult Result) Interrupted(string settings, string folder, params int[] afterSteps)
    {
        foreach (int steps in afterSteps)
        {
            using CancellationTokenSource source = new();
            int taken = 0;
            LinearModel stopped = new()
            {
                OnStep = () =>
                {
                    if (++taken == steps)
                    {
                        source.Cancel();
                    }
                },
            };
            Should.Throw<OperationCanceledException>(() => Fit(stopped, Options(settings, new(folder), resume: true), source.Token));
        }

        LinearModel model = new();
        return (model, Fit(model, Options(settings, new(folder), resume: true)));
    }

    private static void ShouldBeTheSame(TrainingResult result, TrainingResult expected)
    {
        result.HasStoppedEarly.ShouldBe(expected.HasStoppedEarly);
        result.Epochs.Select(e => (e.Epoch, e.TrainingLoss, e.ValidationLoss, e.LearningRate, e.Validation))
            .ShouldBe(expected.Epochs.Select(e => (e.Epoch, e.TrainingLoss, e.ValidationLoss, e.LearningRate, e.Validation)));
    }

    [Theory, MemberData(nameof(Settings))]
    public void InterruptedAnywhereItGoesOnToTheSameBits(string settings)
    {
        LinearModel whole = new();
        TrainingResult expected = Fit(whole, Options(settings, null, resume: false));
        int steps = expected.Epochs.Count * 4;

        // Steps 4, 8, … end an epoch: there the validation is still to come. The others meet them too, at 16.
        for (int step = 1; step < Math.Min(steps, 18); step += settings == "Adam" ? 1 : 5)
        {
            using TemporaryFolder folder = new();
            (LinearModel model, TrainingResult result) = Interrupted(settings, folder.Path, step);
            model.Parameters.ToArray().ShouldBe(whole.Parameters.ToArray(), $"interrupted after {step} steps");
            ShouldBeTheSame(result, expected);
        }
    }

    [Fact]
    public void InterruptedOftenItGoesOnToTheSameBits()
    {
        LinearModel whole = new();
        TrainingResult expected = Fit(whole, Options("Adagrad, one cycle, average, best", null, resume: false));
        using TemporaryFolder folder = new();
        (LinearModel model, TrainingResult result) = Interrupted("Adagrad, one cycle, average, best", folder.Path, 1, 1, 2, 4, 3, 1, 5);
        model.Parameters.ToArray().ShouldBe(whole.Parameters.ToArray());
        ShouldBeTheSame(result, expected);
    }

    [Fact]
    public void FourEpochsAndSixMoreAreTen()
    {
        LinearModel whole = new(), model = new();
        TrainingResult expected = Fit(whole, Options("Adam", null, resume: false, epochs: 10));
        using TemporaryFolder folder = new();
        Fit(model, Options("Adam", new(folder.Path), resume: false, epochs: 4)).Epochs.Count.ShouldBe(4);
        LinearModel again = new();
        ShouldBeTheSame(Fit(again, Options("Adam", new(folder.Path), resume: true, epochs: 10)), expected);
        again.Batches.Count.ShouldBe(24);
        again.Parameters.ToArray().ShouldBe(whole.Parameters.ToArray());

        // A training that has ended is not trained again: the model gets what it had.
        LinearModel ended = new();
        ShouldBeTheSame(Fit(ended, Options("Adam", new(folder.Path), resume: true, epochs: 10)), expected);
        ended.Batches.ShouldBeEmpty();
        ended.Parameters.ToArray().ShouldBe(whole.Parameters.ToArray());
        Should.Throw<CheckpointException>(() => Fit(new(), Options("Adam", new(folder.Path), resume: true, epochs: 9))).Message
            .ShouldEndWith("has trained 10 epochs, but Epochs is 9 here: raise Epochs to at least 10 to continue it, or use another folder.");
    }

    [Fact]
    public void CheckpointsComeAsOftenAsIsSaidAndTheNewestAreKept()
    {
        using TemporaryFolder folder = new();
        Fit(new(), Options("Adam", new(folder.Path) { EverySteps = 3, EveryEpochs = 100, Keep = 100 }, resume: false));
        folder.Files.ShouldBe(((int[])[3, 6, 9, 12, 15, 18, 21, 24]).Select(s => $"checkpoint-{s:D12}.rnngen"));

        using TemporaryFolder epochs = new();
        File.WriteAllText(epochs.File("checkpoint-000000000003.rnngen.0.tmp"), "left over from a crash");
        File.WriteAllText(epochs.File("other.txt"), "not ours");
        Fit(new(), Options("Adam", new(epochs.Path) { EveryEpochs = 2, Keep = 2 }, resume: false));
        epochs.Files.ShouldBe(["checkpoint-000000000016.rnngen", "checkpoint-000000000024.rnngen", "other.txt"]);
    }

    [Theory, InlineData("truncated"), InlineData("one byte changed"), InlineData("empty"), InlineData("longer")]
    public void TheNewestWholeCheckpointIsFoundBehindDamagedOnes(string damage)
    {
        LinearModel whole = new(), model = new();
        TrainingResult expected = Fit(whole, Options("AdamW, average", null, resume: false));
        using TemporaryFolder folder = new();
        Fit(new(), Options("AdamW, average", new(folder.Path), resume: false));
        string[] names = folder.Files;
        names.Length.ShouldBe(3);
        foreach (string name in names.Skip(1))
        {
            byte[] bytes = File.ReadAllBytes(folder.File(name));
            bytes[bytes.Length / 2] ^= damage == "one byte changed" ? (byte)1 : (byte)0;
            File.WriteAllBytes(folder.File(name), damage switch { "truncated" => bytes[..^1], "empty" => [], "longer" => [.. bytes, 0], _ => bytes });
        }

        ShouldBeTheSame(Fit(model, Options("AdamW, average", new(folder.Path), resume: true)), expected);
        model.Batches.Count.ShouldBe(8);
        model.Parameters.ToArray().ShouldBe(whole.Parameters.ToArray());
        folder.Files.ShouldBe([.. names.Take(2), names[1] + ".damaged", names[2], names[2] + ".damaged"]);
    }

    [Fact]
    public void WhereNoneIsWholeNothingBeginsAnew()
    {
        using TemporaryFolder folder = new();
        Fit(new(), Options("Adam", new(folder.Path) { Keep = 1 }, resume: false));
        File.WriteAllText(folder.File(folder.Files.Single()), "x");
        LinearModel model = new();
        Should.Throw<CheckpointException>(() => Fit(model, Options("Adam", new(folder.Path), resume: true))).Message.ShouldContain("None of the 1 checkpoints");
        model.Batches.ShouldBeEmpty();
    }

    [Fact]
    public void WithoutResumeAFolderWithCheckpointsIsRefused()
    {
        using TemporaryFolder folder = new();
        Fit(new(), Options("Adam", new(folder.Path), resume: false));
        string[] files = folder.Files;
        LinearModel model = new();
        Should.Throw<CheckpointException>(() => Fit(model, Options("Adam", new(folder.Path), resume: false))).Message.ShouldContain("Set Resume");
        model.Batches.ShouldBeEmpty();
        folder.Files.ShouldBe(files);
        Should.Throw<ArgumentException>(() => Fit(model, Options("Adam", null, resume: true))).Message.ShouldContain("set Checkpoint too");
        Should.Throw<ArgumentException>(() => new CheckpointOptions(" "));
        Should.Throw<ArgumentOutOfRangeException>(() => new CheckpointOptions("x") { Keep = 0 });
        Should.Throw<ArgumentOutOfRangeException>(() => new CheckpointOptions("x") { EverySteps = 0 });
    }

    [Fact]
    public void WhatDiffersFromTheInterruptedTrainingIsNamed()
    {
        using TemporaryFolder folder = new();
        Fit(new(), Options("Adam", new(folder.Path), resume: false));
        void Refused(string words, FitOptions options)
        {
            LinearModel model = new();
            string message = Should.Throw<CheckpointException>(() => Fit(model, options)).Message;
            message.ShouldContain("belongs to another training");
            message.ShouldContain(words);
            model.Batches.ShouldBeEmpty();
            model.Parameters.ToArray().ShouldBe([0, 0, 0]);
            options.Optimizer!.StepCount.ShouldBe(0);
        }

        FitOptions With(Optimizer? optimizer = null, int batchSize = 6, int seed = 5, bool shuffle = true, double? average = null, bool? best = null) => new()
        {
            Epochs = 6, Optimizer = optimizer ?? new Adam(0.05) { ClipNorm = 0.5, WeightDecay = 0.01 }, BatchSize = batchSize, Seed = seed, Shuffle = shuffle, AverageDecay = average, RestoreBest = best,
            Checkpoint = new(folder.Path), Resume = true,
        };
        Refused("optimiser is Adam, but here it is Sgd", With(new Sgd(0.05)));
        Refused("LearningRate is 0.05, but here it is 0.06", With(new Adam(0.06) { ClipNorm = 0.5, WeightDecay = 0.01 }));
        Refused("ClipNorm is 0.5, but here it is none", With(new Adam(0.05) { WeightDecay = 0.01 }));
        Refused("Beta2 is 0.999, but here it is 0.99", With(new Adam(0.05) { Beta2 = 0.99, ClipNorm = 0.5, WeightDecay = 0.01 }));
        Refused("BatchSize is 6, but here it is 5", With(batchSize: 5));
        Refused("Seed is 5, but here it is 6", With(seed: 6));
        Refused("Shuffle is true", With(shuffle: false));
        Refused("AverageDecay is none, but here it is 0.9", With(average: 0.9));
        Refused("best", With(best: true));

        // An optimiser of another model is refused before its moments are lost.
        Adam taken = new(0.05) { ClipNorm = 0.5, WeightDecay = 0.01 };
        LinearModel owner = new();
        owner.TrainStep([1, 2], [3], 1, taken);
        Should.Throw<InvalidOperationException>(() => Fit(new(), With(taken))).Message.ShouldContain("belongs to another");
    }

    private sealed class OwnSchedule(int step, double factor) : LearningRateSchedule
    {
        public override double Factor(TrainingPosition position) => position.Step < step ? 1 : factor;
    }

    // What a training of the small model with all its options may differ in, one at a time.
    private sealed record Setting
    {
        public LearningRateSchedule? Schedule { get; init; } = LearningRateSchedule.Cosine();

        public int? Patience { get; init; } = 50;

        public NonFinitePolicy NonFinite { get; init; } = NonFinitePolicy.SkipBatch();

        public VectorWidth Width { get; init; } = VectorWidth.V256;

        public int Length { get; init; } = 2;

        public double Input { get; init; } = 1;

        public double Target { get; init; } = 1;

        public double ValidationTarget { get; init; } = 1;

        public bool HasValidation { get; init; } = true;

        public bool IsAugmented { get; init; }

        public bool IsStreamed { get; init; }

        public int ShuffleBuffer { get; init; } = 4;

        public int Epochs { get; init; } = 4;

        public SequenceSource<double, double> Train
        {
            get
            {
                SequenceSource<double, double> source = IsStreamed
                    ? StreamedSequences.Create(Enumerable.Range(0, 10).Select(i => new Sequence<double, double>(Inputs.AsMemory(i * 6, 6), Targets(Target).AsMemory(i * 3, 3))), 6, 3, new StreamOptions { ShuffleBuffer = ShuffleBuffer })
                    : SequenceDataset.FromArrays(Inputs, Targets(Target), 10, [Length, 3, 3, 3, 3, 3, 3, 3, 3, 3]);
                return IsAugmented ? source.Augment((_, input, _) => input[0]++) : source;
            }
        }

        private double[] Inputs => [Input, .. Enumerable.Range(1, 59).Select(i => Math.Sin(i))];

        private static double[] Targets(double last) => [.. Enumerable.Range(0, 29).Select(i => Math.Cos(i)), last];

        public (LoopModel Model, TrainingResult Result) Fit(string folder, bool resume = true)
        {
            LoopModel model = new() { VectorWidth = Width };
            return (model, TrainingLoop.Fit<LoopModel, double, double, double>(model, Train, HasValidation ? SequenceDataset.FromArrays(Inputs, Targets(ValidationTarget), 10) : null, new FitOptions
            {
                Epochs = Epochs, BatchSize = 4, Optimizer = new Sgd(0.1), Schedule = Schedule, Patience = Patience, RestoreBest = true, NonFinite = NonFinite, Checkpoint = new(folder), Resume = resume,
            }, default));
        }
    }

    [Fact]
    public void AnotherCourseOrOtherDataIsRefusedWithBothNamed()
    {
        void Refused(Setting saved, Setting resumed, params string[] words)
        {
            using TemporaryFolder folder = new();
            saved.Fit(folder.Path, resume: false);
            string[] files = folder.Files;
            string message = Should.Throw<CheckpointException>(() => resumed.Fit(folder.Path)).Message;
            foreach (string word in words)
            {
                message.ShouldContain(word, Case.Sensitive);
            }

            folder.Files.ShouldBe(files);
            saved.Fit(folder.Path).Model.Visited.ShouldBeEmpty();
        }

        // One difference is one, and not a list of all that comes with it.
        void Only(Setting saved, Setting resumed, string difference) => Refused(saved, resumed, $"belongs to another training: {difference}. Pass to Fit");

        Setting s = new();
        Refused(s, s with { Schedule = null }, "its Schedule is Cosine(end: 0) with hash", "but here it is none");
        Refused(s, s with { Schedule = LearningRateSchedule.Cosine(0.1) }, "Cosine(end: 0)", "Cosine(end: 0.1)");
        Refused(s with { Schedule = null }, s with { Schedule = LearningRateSchedule.Constant }, "Schedule is none, but here it is Constant");
        Refused(s with { Schedule = LearningRateSchedule.Step(2).After(3) }, s with { Schedule = LearningRateSchedule.Step(2).After(4) }, "Step(epochs: 2, factor: 0.1).After(3)", ".After(4)");
        Refused(s with { Schedule = LearningRateSchedule.ReduceOnPlateau(patience: 2) }, s with { Schedule = LearningRateSchedule.ReduceOnPlateau(patience: 3) }, "patience: 2", "patience: 3");
        Refused(s with { Schedule = new OwnSchedule(5, 0.5) }, s with { Schedule = new OwnSchedule(6, 0.5) }, "OwnSchedule with hash");
        Refused(s with { Schedule = new OwnSchedule(9, 0.5) }, s with { Schedule = new OwnSchedule(9, 0.4) }, "OwnSchedule with hash");
        Refused(s, s with { Patience = 51 }, "its Patience is 50, but here it is 51");
        Refused(s, s with { Patience = null }, "its Patience is 50, but here it is none");
        Refused(s, s with { NonFinite = NonFinitePolicy.Throw }, "its NonFinite is SkipBatch(rateFactor: 0.5, limit: 10), but here it is Throw");
        Refused(s, s with { NonFinite = NonFinitePolicy.SkipBatch(0.25) }, "but here it is SkipBatch(rateFactor: 0.25, limit: 10)");
        Refused(s, s with { NonFinite = NonFinitePolicy.RollBack(0.5) }, "RollBack(rateFactor: 0.5, limit: 10)");
        Refused(s, s with { Width = VectorWidth.V512 }, "its VectorWidth is V256, but here it is V512");
        Refused(s, s with { Length = 1 }, "its training data's lengths' hash is");
        Refused(s, s with { Input = 1.0000000000000002 }, "its training data's inputs' hash is");
        Refused(s, s with { Target = 2 }, "its training data's targets' hash is");
        Refused(s, s with { ValidationTarget = 2 }, "its validation data's targets' hash is");
        Only(s, s with { HasValidation = false }, "its validation data is in memory, but here it is none");
        Only(s with { HasValidation = false }, s, "its validation data is none, but here it is in memory");
        Only(s, s with { IsStreamed = true }, "its training data is in memory, but here it is streamed");
        Refused(s, s with { IsAugmented = true }, "its training data's augmentation is none, but here it is some");
        Refused(s with { IsStreamed = true }, s with { IsStreamed = true, Target = 2 }, "its training data's hash of up to 1000 sequences is");
        Refused(s with { IsStreamed = true }, s with { IsStreamed = true, ShuffleBuffer = 5 }, "its training data's shuffle buffer is 4, but here it is 5");

        // All that differs is named, up to ten.
        Refused(s, s with { Width = VectorWidth.V512, Patience = 3, Target = 2 }, "VectorWidth", "Patience", "targets' hash");
    }

    // Every property of FitOptions: another value of it, and what a training that resumes with it is refused with; null where it is free.
    private static Dictionary<string, (object? Value, string? Refused)> OtherOptions(string folder) => new()
    {
        [nameof(FitOptions.Epochs)] = (3, null),
        [nameof(FitOptions.Optimizer)] = (new Sgd(0.2), "optimiser's LearningRate is 0.1, but here it is 0.2"),
        [nameof(FitOptions.Schedule)] = (LearningRateSchedule.Cosine(), "Schedule is none"),
        [nameof(FitOptions.Patience)] = (7, "Patience is 9, but here it is 7"),
        [nameof(FitOptions.Monitor)] = (Monitor.Mae, "Monitor is loss, but here it is MAE"),
        [nameof(FitOptions.RestoreBest)] = (false, "keeping of the best parameters is true, but here it is false"),
        [nameof(FitOptions.AverageDecay)] = (0.5, "AverageDecay is none, but here it is 0.5"),
        [nameof(FitOptions.BatchSize)] = (3, "BatchSize is 4, but here it is 3"),
        [nameof(FitOptions.Shuffle)] = (false, "Shuffle is true, but here it is false"),
        [nameof(FitOptions.ResetProbability)] = (0.5, "ResetProbability is 0, but here it is 0.5"),
        [nameof(FitOptions.CarryState)] = (true, "CarryState is false, but here it is true"),
        [nameof(FitOptions.Seed)] = (8, "Seed is 0, but here it is 8"),
        [nameof(FitOptions.Processes)] = (new Alone(), null),
        [nameof(FitOptions.ShardOptimizer)] = (true, null),
        ["Verbose"] = (true, null), // until it is removed
        [nameof(FitOptions.Progress)] = (new Progress<EpochResult>(), null),
        [nameof(FitOptions.Callbacks)] = (new TrainingCallback[] { new Started() }, null),
        [nameof(FitOptions.Metrics)] = (true, null),
        [nameof(FitOptions.NonFinite)] = (NonFinitePolicy.SkipBatch(), "NonFinite is Throw"),
        [nameof(FitOptions.Checkpoint)] = (new CheckpointOptions(folder) { EverySteps = 1, Keep = 9 }, null),
        [nameof(FitOptions.Resume)] = (true, null),
    };

    /// <summary>All but those of classes, of which this model has none: WeightedFitTests resumes with other weights of classes.</summary>
    public static TheoryData<string> EveryOption => [.. typeof(FitOptions).GetProperties().Select(p => p.Name).Where(name => name != nameof(FitOptions.ClassWeights))];

    [Theory, MemberData(nameof(EveryOption))]
    public void AnOptionIsHeldAgainstTheCheckpointOrIsFree(string name)
    {
        using TemporaryFolder folder = new();
        SequenceDataset<double, double> data = SequenceDataset.FromArrays([.. Enumerable.Range(0, 48).Select(i => Math.Sin(i))], [.. Enumerable.Range(0, 24).Select(i => Math.Cos(i))], 8).WithStreams(4);
        (LoopModel Model, TrainingResult Result) Run(bool resume, string? changed)
        {
            FitOptions options = new() { Epochs = 2, BatchSize = 4, Optimizer = new Sgd(0.1), Patience = 9, Checkpoint = new(folder.Path), Resume = resume, CarryState = name == nameof(FitOptions.ResetProbability) };
            if (changed is not null)
            {
                typeof(FitOptions).GetProperty(changed)!.SetValue(options, OtherOptions(folder.Path)[changed].Value);
            }

            LoopModel model = new();
            return (model, TrainingLoop.Fit<LoopModel, double, double, double>(model, data, data, options, default));
        }

        (LoopModel whole, _) = Run(resume: false, null);
        OtherOptions(folder.Path).ShouldContainKey(name, "FitOptions has a property of which nobody has said whether a training that resumes may change it: hold it against the checkpoint, or say in CheckpointOptions that it is free");
        string[] files = folder.Files;
        if (OtherOptions(folder.Path)[name].Refused is { } words)
        {
            string message = Should.Throw<CheckpointException>(() => Run(resume: true, name)).Message;
            message.ShouldContain("belongs to another training: its ");
            message.ShouldContain(words);
            folder.Files.ShouldBe(files);
            return;
        }

        (LoopModel model, TrainingResult result) = Run(resume: true, name);
        result.Epochs.Count.ShouldBe(name == nameof(FitOptions.Epochs) ? 3 : 2);
        if (name != nameof(FitOptions.Epochs))
        {
            model.Visited.ShouldBeEmpty();
            model.Parameters.ToArray().ShouldBe(whole.Parameters.ToArray());
        }
    }

    [Fact]
    public void EverySettingOfEveryOptimiserIsHeldAgainstTheCheckpoint()
    {
        Type[] shipped = [.. typeof(Optimizer).Assembly.GetTypes().Where(t => t.IsSubclassOf(typeof(Optimizer)) && !t.IsAbstract)];
        string[] names = [.. shipped.Select(type => ShippedOptimizers.Names.FirstOrDefault(name => ShippedOptimizers.Create(name).GetType() == type).ShouldNotBeNull($"{type.Name} has no line in tests/ShippedOptimizers.cs"))];
        foreach (string name in names)
        {
            Optimizer Create() => ShippedOptimizers.Create(name, 0.1);
            using TemporaryFolder folder = new();
            FitOptions Options(Optimizer optimizer, bool resume) => new() { Epochs = 1, BatchSize = 6, Optimizer = optimizer, Checkpoint = new(folder.Path), Resume = resume };
            Fit(new(), Options(Create(), resume: false));
            foreach (System.Reflection.PropertyInfo setting in Create().GetType().GetProperties().Where(p => p.SetMethod is { IsPublic: true }))
            {
                Optimizer other = Create();
                setting.SetValue(other, setting.GetValue(other) is bool isSet ? !isSet : setting.GetValue(other) is 0.25 ? 0.5 : (object)0.25);
                Should.Throw<CheckpointException>(() => Fit(new(), Options(other, resume: true)), $"{other.GetType().Name}.{setting.Name}").Message.ShouldContain($"belongs to another training: its optimiser's {setting.Name} is");
            }

            Fit(new(), Options(Create(), resume: true));
        }
    }

    [Fact]
    public void AnotherOptimiserIsNamedWithoutAllItsSettings()
    {
        using TemporaryFolder folder = new();
        Fit(new(), new FitOptions { Epochs = 1, Optimizer = new Adam(0.1), Checkpoint = new(folder.Path) });
        Should.Throw<CheckpointException>(() => Fit(new(), new FitOptions { Epochs = 1, Optimizer = new Sgd(0.1), Checkpoint = new(folder.Path), Resume = true })).Message
            .ShouldContain("belongs to another training: its optimiser is Adam, but here it is Sgd. Pass to Fit");
    }

    [Fact]
    public void FewerEpochsThanTheTrainingHasBegunAreRefusedWithBothNumbers()
    {
        using TemporaryFolder folder = new();
        using CancellationTokenSource source = new();
        int taken = 0;
        LinearModel stopped = new()
        {
            OnStep = () =>
            {
                if (++taken == 10)
                {
                    source.Cancel();
                }
            },
        };
        Should.Throw<OperationCanceledException>(() => Fit(stopped, Options("Adam", new(folder.Path), resume: true), source.Token));
        foreach (int epochs in (int[])[1, 2])
        {
            LinearModel model = new();
            Should.Throw<CheckpointException>(() => Fit(model, Options("Adam", new(folder.Path), resume: true, epochs))).Message
                .ShouldEndWith($"has trained 2 epochs and 2 of the 4 steps of the next, but Epochs is {epochs} here: raise Epochs to at least 3 to continue it, or use another folder.");
            model.Batches.ShouldBeEmpty();
        }

        // Fewer than were planned, and no fewer than have begun.
        Fit(new(), Options("Adam", new(folder.Path), resume: true, epochs: 3)).Epochs.Count.ShouldBe(3);
    }

    [Fact]
    public void MoreEpochsGoOn()
    {
        using TemporaryFolder folder = new();
        Setting setting = new() { Schedule = LearningRateSchedule.OneCycle() };
        setting.Fit(folder.Path, resume: false);
        (setting with { Epochs = 6 }).Fit(folder.Path).Model.Visited.Count.ShouldBe(2 * 3);
    }

    [Fact]
    public void ACheckpointOfTheFormatBeforeSaysWhatToDo()
    {
        using TemporaryFolder folder = new();
        new Setting().Fit(folder.Path, resume: false);
        string path = folder.File(folder.Files[^1]);
        byte[] bytes = File.ReadAllBytes(path)[..^32];
        "RnnGen checkpoint 1\n"u8.CopyTo(bytes);
        File.WriteAllBytes(path, [.. bytes, .. System.Security.Cryptography.SHA256.HashData(bytes)]);
        string message = Should.Throw<CheckpointException>(() => new Setting().Fit(folder.Path)).Message;
        message.ShouldContain("was written by RnnGen 0.1.0");
        message.ShouldContain("another folder");
    }

    [Fact]
    public void WhatWasBeforeIsTold()
    {
        using TemporaryFolder folder = new();
        Fit(new(), Options("Adam", new(folder.Path), resume: false, epochs: 2));
        Started started = new();
        FitOptions options = Options("Adam", new(folder.Path), resume: true);
        Fit(new(), new FitOptions { Epochs = 6, BatchSize = 6, Seed = 5, Optimizer = options.Optimizer, Checkpoint = options.Checkpoint, Resume = true, Callbacks = [started] });
        started.Training.ShouldNotBeNull().StepsBefore.ShouldBe(8);
        started.Training.EpochsBefore.Select(e => e.Epoch).ShouldBe([1, 2]);
        started.FirstStep.ShouldBe(9);
    }

    private sealed class Alone() : ProcessGroup(0, 1)
    {
        protected override void Exchange(int partner, ReadOnlySpan<byte> sent, Span<byte> received) => throw new InvalidOperationException("There is no partner.");
    }

    private sealed class Started : TrainingCallback
    {
        public TrainingStarted? Training { get; private set; }

        public long FirstStep { get; private set; }

        public override void OnTrainingStarted(TrainingStarted training) => Training = training;

        public override void OnStepEnded(in StepResult result) => FirstStep = FirstStep == 0 ? result.Step : FirstStep;
    }
}
