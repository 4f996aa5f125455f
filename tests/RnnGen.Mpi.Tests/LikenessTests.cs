using RnnGen.Mpi.Worker;

using Shouldly;
using Xunit;

namespace RnnGen.Mpi.Tests;

/// <summary>What processes must have in common is compared by name before the first exchange that depends on it; what need not be is free.</summary>
public sealed class LikenessTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("rnngen-alike").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    // Every property of FitOptions: another value of it, and what processes with both are told; null where they may differ.
    private Dictionary<string, (object? Value, string? Told)> OtherOptions => new()
    {
        [nameof(FitOptions.Epochs)] = (3, "It has Epochs = 3, and process 0 has 2. Pass the same options"),
        [nameof(FitOptions.Optimizer)] = (new Sgd(0.1), "It has optimiser = Sgd, and process 0 has Adam"),
        [nameof(FitOptions.Schedule)] = (LearningRateSchedule.Cosine(), "It has Schedule = "),
        [nameof(FitOptions.Patience)] = (7, "It has Patience = 7, and process 0 has 9"),
        [nameof(FitOptions.Monitor)] = (Monitor.Accuracy, "it has Monitor = accuracy, and process 0 has loss"),
        [nameof(FitOptions.RestoreBest)] = (false, "It has keeping of the best parameters = false, and process 0 has true"),
        [nameof(FitOptions.AverageDecay)] = (0.5, "It has AverageDecay = 0.5, and process 0 has none"),
        [nameof(FitOptions.BatchSize)] = (30, "It has BatchSize = 30, and process 0 has 64"),
        [nameof(FitOptions.ClassWeights)] = (ClassWeights.Of(1, 2, 3, 4), "It has ClassWeights = 1, 2, 3, 4, and process 0 has none"),
        [nameof(FitOptions.Shuffle)] = (false, "It has Shuffle = false, and process 0 has true"),
        [nameof(FitOptions.ResetProbability)] = (0.5, "It has ResetProbability = 0.5, and process 0 has 0"),
        [nameof(FitOptions.CarryState)] = (true, "CarryState"),
        [nameof(FitOptions.Seed)] = (8, "It has Seed = 8, and process 0 has 3"),
        [nameof(FitOptions.Processes)] = (null, null), // a process alone exchanges nothing
        [nameof(FitOptions.ShardOptimizer)] = (true, "It has ShardOptimizer = true, and process 0 has false"),
        ["Verbose"] = (true, null), // until it is removed
        [nameof(FitOptions.Progress)] = (new Progress<EpochResult>(), null),
        [nameof(FitOptions.Callbacks)] = (new TrainingCallback[] { new Silent() }, null),
        [nameof(FitOptions.Metrics)] = (true, "It has Metrics = true, and process 0 has false"),
        [nameof(FitOptions.NonFinite)] = (NonFinitePolicy.SkipBatch(), "It has NonFinite = "),
        [nameof(FitOptions.Checkpoint)] = (new CheckpointOptions(_folder), "It has Checkpoint = EveryEpochs 1, EverySteps 0, and process 0 has none"),
        [nameof(FitOptions.Resume)] = (true, "It has Resume = true, and process 0 has false"),
    };

    public static TheoryData<string> EveryOption => [.. typeof(FitOptions).GetProperties().Select(p => p.Name)];

    [Theory, MemberData(nameof(EveryOption))]
    public void AnOptionIsComparedOrIsFree(string name)
    {
        OtherOptions.ShouldContainKey(name, "FitOptions has a property of which nobody has said whether processes may differ in it: compare it in Training.CheckSettings, or say there that it is free");
        (object? value, string? told) = OtherOptions[name];
        if (name == nameof(FitOptions.Processes))
        {
            return;
        }

        string?[] messages = LocalProcesses.Run(2, group =>
        {
            FitOptions options = new()
            {
                Epochs = 2, BatchSize = name is nameof(FitOptions.CarryState) or nameof(FitOptions.ResetProbability) ? null : 64, Optimizer = new Adam(0.1), Patience = 9, Seed = 3, Processes = group,
                CarryState = name == nameof(FitOptions.ResetProbability), Checkpoint = name == nameof(FitOptions.Resume) ? new CheckpointOptions(_folder) : null,
            };
            if (group.Rank == 1)
            {
                typeof(FitOptions).GetProperty(name)!.SetValue(options, value);
            }

            SequenceDataset<float, float> windows = SequenceDataset.FromArrays(new float[96 * 8], new float[96 * 4], 96).WithStreams(32);
            return Record.Exception(() => name is nameof(FitOptions.CarryState) or nameof(FitOptions.ResetProbability)
                ? new Carrying(1).Fit(windows, windows, options)
                : new Classifier(1).Fit(Data(), Data(), options))?.Message;
        });
        if (told is null)
        {
            messages.ShouldAllBe(message => message == null);
        }
        else
        {
            messages[0].ShouldNotBeNull().ShouldStartWith("Process 1 does not train as process 0 does. ");
            messages[0].ShouldNotBeNull().ShouldContain(told);
            messages[1].ShouldBe(messages[0]);
        }
    }

    [Fact]
    public void WhatCheckpointsAreWrittenForIsCompared() => LocalProcesses.Run(2, group =>
    {
        string message = Should.Throw<ProcessGroupException>(() =>
            new Classifier(1).Fit(Data(), options: new FitOptions { Processes = group, Checkpoint = new CheckpointOptions(_folder) { EverySteps = group.Rank + 1 } })).Message;
        Directory.GetFiles(_folder).ShouldBeEmpty();
        return message;
    }).ShouldAllBe(message => message.Contains("It has Checkpoint = EveryEpochs 1, EverySteps 2, and process 0 has EveryEpochs 1, EverySteps 1."));

    [Fact]
    public void OfTheModelAndTheDataEachDifferenceHasItsNameAndFix()
    {
        Told(group => new Classifier(1).Fit(Data(), group.Rank == 0 ? Data() : null, With(group)))
            .ShouldBe("Process 1 does not train as process 0 does. It has validation data = none, and process 0 has in memory. Pass validation data of the same kind in all processes, or none in any.");
        Told(group => new Classifier(1).Fit(group.Rank == 0 ? Data() : Data().WithWeights(new float[70].Select(_ => 1f).ToArray()), options: With(group))).ShouldContain("It has training data's weights' hash = ");
        Told(group => new Classifier(1) { DropoutStep = group.Rank }.Fit(Data(), options: With(group)))
            .ShouldBe("Process 1 does not train as process 0 does. It has steps of dropout = 1, and process 0 has 0. Create the model anew in each process, or set its DropoutStep and SamplingStep alike.");
        LocalProcesses.Run(2, group => Should.Throw<ProcessGroupException>(() => Fit(group)).Message).ShouldAllBe(message => message.IndexOf("It has model = ") == message.LastIndexOf("it has model = ", StringComparison.OrdinalIgnoreCase));
        Told(group => new Classifier(1) { VectorWidth = group.Rank == 0 ? VectorWidth.V128 : VectorWidth.V256 }.Fit(Data(), options: With(group)))
            .ShouldBe("Process 1 does not train as process 0 does. It has VectorWidth = V256, and process 0 has V128. Set the model's VectorWidth to one that all machines have in hardware.");
        Told(group =>
        {
            Classifier model = new(1);
            model.DropoutRates[0] = group.Rank == 0 ? 0.2 : 0.3;
            return model.Fit(Data(), options: With(group));
        }).ShouldContain("It has model's dropout rate of ");
    }

    private static void Fit(LocalProcesses group)
    {
        if (group.Rank == 0)
        {
            new Classifier(1).Fit(Data(), Data(), With(group));
        }
        else
        {
            new Wide(1).Fit(Data(), Data(), With(group));
        }
    }

    /// <summary>What a program measures itself decides which parameters are kept, and when to stop.</summary>
    [Fact]
    public void MeasuresOfTheProgramAreCompared()
    {
        Told(group => new Classifier(1).Fit(Data(), Data(), new FitOptions { Processes = group, Epochs = 3, Patience = 2, Monitor = Monitor.Of(e => group.Rank == 0 ? 1.5 : e.Count + 2.5, false, "own") }))
            .ShouldBe("Process 1 does not train as process 0 does. It has Monitor 'own' after epoch 1 = 72.5, and process 0 has 1.5. Monitor.Of computes the same from the same evaluation in all processes.");
        Told(group => new Classifier(1).Fit(Data(), Data(), new FitOptions { Processes = group, Monitor = Monitor.Of(e => e.Loss, group.Rank == 0) })).ShouldContain("It has Monitor's HigherIsBetter = false, and process 0 has true");
    }

    /// <summary>Which method augments is compared; what it does is not.</summary>
    [Fact]
    public void AugmentationsAreComparedByTheirMethods()
    {
        Told(group => new Classifier(1).Fit(group.Rank == 0 ? Data().Augment(First) : Data().Augment(Second), options: With(group)))
            .ShouldBe("Process 1 does not train as process 0 does. It has training data's augmentation = RnnGen.Mpi.Tests.LikenessTests.Second, and process 0 has RnnGen.Mpi.Tests.LikenessTests.First. Augment the sequences by the same method in all processes.");
        Told(group => new Classifier(1).Fit(group.Rank == 0 ? Data().Augment(First) : Data(), options: With(group))).ShouldContain("It has training data's augmentation = none");
        LocalProcesses.Run(2, group => Should.Throw<ProcessGroupException>(() => (group.Rank == 0 ? Data().Augment(First) : Data().Augment(First).Augment(Second)).AsShard(group)).Message)
            .ShouldAllBe(message => message.Contains("augmentation is RnnGen.Mpi.Tests.LikenessTests.First, RnnGen.Mpi.Tests.LikenessTests.Second there"));
        LocalProcesses.Run(2, group => new Classifier(1).Fit(Data().Augment(First), options: With(group)).Epochs.Count).ShouldBe([1, 1]);
    }

    private static void First(SequenceDraw draw, Span<float> input, Span<int> target) => input[0] = (float)draw.Uniform(0);

    private static void Second(SequenceDraw draw, Span<float> input, Span<int> target) => input[1] = (float)draw.Uniform(0);

    private static FitOptions With(ProcessGroup group) => new() { Processes = group, Epochs = 1 };

    private static string Told(Func<LocalProcesses, TrainingResult> fit)
    {
        string[] messages = LocalProcesses.Run(2, group => Should.Throw<ProcessGroupException>(() => fit(group)).Message);
        messages[1].ShouldBe(messages[0]);
        return messages[0];
    }

    private static SequenceDataset<float, int> Data()
    {
        Random random = new(5);
        return SequenceDataset.FromArrays([.. Enumerable.Range(0, 70 * Classifier.Layout.InputLength).Select(_ => (float)random.NextDouble())], new int[70], 70);
    }

    private sealed class Silent : TrainingCallback;
}
