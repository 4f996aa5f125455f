using System.Numerics;
using RnnGen.Trainee;

namespace RnnGen.Runtime.Tests;

/// <summary>Generated models resume from a checkpoint in the middle of an epoch to the same bits: with dropout, scheduled sampling, carried and learned states, and embeddings whose rows are updated when they are read.</summary>
public class GeneratedResumeTests
{
    [Fact]
    public void With_dropout() => GoesOn<DroppingModel, double, double, double>(seed => new(seed), model => model.DropoutSeed = 7, new FitOptions());

    [Fact]
    public void With_scheduled_sampling_and_dropout_of_tokens() => GoesOn<SamplingModel, double, int, int>(seed => new(seed), model => model.ScheduledSampling = 0.5, new FitOptions());

    [Fact]
    public void With_carried_states() => GoesOn<CarryingModel, double, double, double>(seed => new(seed), _ => { }, new FitOptions { CarryState = true });

    [Fact]
    public void With_states_that_are_reset_now_and_then() => GoesOn<CarryingModel, double, double, double>(seed => new(seed), _ => { }, new FitOptions { CarryState = true, ResetProbability = 0.4 });

    [Fact]
    public void With_an_embedding() => GoesOn<TokenModel, float, int, int>(seed => new(seed), _ => { }, new FitOptions { AverageDecay = 0.9 });

    [Fact]
    public void On_two_threads_from_one() => GoesOn<TraineeModel, float, float, float>(seed => new(seed) { Threads = 1 + (seed % 2) }, _ => { }, new FitOptions());

    // Every property of a model that can be set: another value of it, and whether a training that resumes with it is refused.
    private static readonly Dictionary<string, (object Value, bool IsRefused)> s_properties = new()
    {
        [nameof(SamplingModel.Threads)] = (2, false),
        [nameof(SamplingModel.VectorWidth)] = (VectorWidths.Default == VectorWidth.V128 ? VectorWidth.V256 : VectorWidth.V128, true),
        [nameof(SamplingModel.DropoutSeed)] = (5, true),
        [nameof(SamplingModel.DropoutStep)] = (77L, false),
        [nameof(SamplingModel.ScheduledSampling)] = (0.75, true),
        [nameof(SamplingModel.SamplingSeed)] = (5, true),
        [nameof(SamplingModel.SamplingStep)] = (77L, false),
    };

    public static TheoryData<string> EveryProperty => [.. typeof(SamplingModel).GetProperties().Where(p => p.SetMethod is { IsPublic: true }).Select(p => p.Name)];

    [Theory, MemberData(nameof(EveryProperty))]
    public void APropertyOfTheModelIsHeldAgainstTheCheckpointOrIsTheCheckpoints(string name)
    {
        SequenceDataset<int, int> data = SequenceDataset.FromArrays(new int[16], [.. Enumerable.Repeat(2, 12)], 4);
        using TemporaryFolder folder = new();
        SamplingModel Run(int epochs, string? changed, TrainingCallback? callback = null, bool checkpoints = true)
        {
            SamplingModel model = new(1) { ScheduledSampling = 0.25 };
            if (changed is not null)
            {
                typeof(SamplingModel).GetProperty(changed)!.SetValue(model, s_properties[changed].Value);
            }

            model.Fit(data, options: new FitOptions
            {
                Epochs = epochs, Optimizer = new Adam(0.01), Callbacks = callback is null ? [] : [callback],
                Checkpoint = checkpoints ? new(folder.Path) : null, Resume = checkpoints,
            });
            return model;
        }

        s_properties.ShouldContainKey(name, "a model has a property of which nobody has said whether a training that resumes may change it");
        Run(2, null);
        if (s_properties[name].IsRefused)
        {
            string message = Should.Throw<CheckpointException>(() => Run(4, name)).Message;
            message.ShouldContain("belongs to another training: its ");
            message.ShouldContain(name);
        }
        else
        {
            Run(4, name).Parameters.ToArray().ShouldBe(Run(4, null, checkpoints: false).Parameters.ToArray());
        }
    }

    [Fact]
    public void OtherDropoutRatesAreNamed()
    {
        using TemporaryFolder folder = new();
        SequenceDataset<int, int> data = SequenceDataset.FromArrays(new int[16], [.. Enumerable.Repeat(2, 12)], 4);
        FitOptions Options() => new() { Epochs = 1, Optimizer = new Adam(0.01), Checkpoint = new(folder.Path), Resume = true };
        new SamplingModel(1).Fit(data, options: Options());
        SamplingModel other = new(1);
        other.DropoutRates[0] = 0.125;
        Should.Throw<CheckpointException>(() => other.Fit(data, options: Options())).Message.ShouldContain($"it has no model's dropout rate of {other.DropoutRates.Places[0].Name}, which here is 0.125");
    }

    [Fact]
    public void ACellsOtherNumbersOrEquationsAreNamed()
    {
        using TemporaryFolder folder = new();
        SequenceDataset<float, float> data = SequenceDataset.FromArrays(new float[4], new float[2], 2);
        FitOptions Options() => new() { Epochs = 1, Optimizer = new Adam(0.01), Checkpoint = new(folder.Path), Resume = true };
        new BlendModel(1).Fit(data, options: Options());
        string numbers = Should.Throw<CheckpointException>(() => new OtherNumbersModel(1).Fit(data, options: Options())).Message;
        numbers.ShouldContain("belongs to another training: its model's set of numbers of the cell Blend is k = 0.5, but here it is k = 0.25. Pass");
        string equations = Should.Throw<CheckpointException>(() => new OtherEquationsModel(1).Fit(data, options: Options())).Message;
        equations.ShouldContain("belongs to another training: its model's set of equations of the cell Blend is the one with hash ");
        equations.ShouldNotContain("numbers");
    }

    [Fact]
    public void WhatACallbackRaisesFromEpochToEpochIsTheCheckpoints()
    {
        SequenceDataset<int, int> data = SequenceDataset.FromArrays(new int[16], [.. Enumerable.Repeat(2, 12)], 4);
        using TemporaryFolder folder = new();
        SamplingModel Run(int epochs, bool checkpoints)
        {
            SamplingModel model = new(1);
            model.Fit(data, options: new FitOptions
            {
                Epochs = epochs, Optimizer = new Adam(0.01), Callbacks = [new Raise(model)], Checkpoint = checkpoints ? new(folder.Path) : null, Resume = checkpoints,
            });
            return model;
        }

        SamplingModel whole = Run(4, checkpoints: false);
        Run(1, checkpoints: true);
        Run(2, checkpoints: true);
        SamplingModel resumed = Run(4, checkpoints: true);
        resumed.ScheduledSampling.ShouldBe(whole.ScheduledSampling);
        resumed.DropoutRates[0].ShouldBe(0.4);
        resumed.Parameters.ToArray().ShouldBe(whole.Parameters.ToArray());
    }

    private sealed class Raise(SamplingModel model) : TrainingCallback
    {
        public override void OnEpochEnded(EpochResult result)
        {
            model.ScheduledSampling = 0.2 * result.Epoch;
            model.DropoutRates.SetAll(0.1 * result.Epoch);
        }
    }

    private static void GoesOn<TModel, TNumber, TInput, TTarget>(Func<int, TModel> create, Action<TModel> prepare, FitOptions settings)
        where TModel : IRnnModel<TModel, TNumber, TInput, TTarget>
        where TNumber : unmanaged, IBinaryFloatingPointIeee754<TNumber>
        where TInput : unmanaged
        where TTarget : unmanaged
    {
        ModelLayout layout = TModel.Layout;
        Random random = new(11);
        const int count = 22, batchSize = 4;
        SequenceDataset<TInput, TTarget> data = SequenceDataset.FromArrays(Draw<TInput>(count * layout.InputLength), Draw<TTarget>(count * layout.TargetLength), count).WithStreams(batchSize);
        T[] Draw<T>(int length) where T : unmanaged
        {
            if (typeof(T) == typeof(int))
            {
                return (T[])(object)Enumerable.Range(0, length).Select(_ => random.Next(5)).ToArray();
            }

            double[] values = [.. Enumerable.Range(0, length).Select(_ => random.NextDouble() - 0.5)];
            return typeof(T) == typeof(double) ? (T[])(object)values : (T[])(object)values.Select(x => (float)x).ToArray();
        }

        TrainingResult Fit(TModel model, string? folder, CancellationToken token = default, TrainingCallback? callback = null) => TrainingLoop.Fit<TModel, TNumber, TInput, TTarget>(model, data, data, new FitOptions
        {
            Epochs = 3, BatchSize = batchSize, Optimizer = new Adam(1e-2) { ClipNorm = 1 }, CarryState = settings.CarryState, ResetProbability = settings.ResetProbability, AverageDecay = settings.AverageDecay,
            Checkpoint = folder is null ? null : new(folder), Resume = folder is not null, Callbacks = callback is null ? [] : [callback],
        }, token);

        TModel whole = create(1);
        prepare(whole);
        TrainingResult expected = Fit(whole, null);
        string folder = Directory.CreateTempSubdirectory("rnngen-").FullName;
        try
        {
            // Six steps an epoch: within the first epoch, and twice within the second.
            foreach (int steps in (int[])[3, 5, 2])
            {
                using CancellationTokenSource source = new();
                TModel stopped = create(1);
                prepare(stopped);
                Should.Throw<OperationCanceledException>(() => Fit(stopped, folder, source.Token, new Stop(steps, source)));
            }

            // The checkpoint has the parameters.
            TModel model = create(2);
            prepare(model);
            TrainingResult result = Fit(model, folder);
            model.Parameters.ToArray().ShouldBe(whole.Parameters.ToArray());
            result.Epochs.Select(e => (e.TrainingLoss, e.ValidationLoss)).ShouldBe(expected.Epochs.Select(e => (e.TrainingLoss, e.ValidationLoss)));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private sealed class Stop(int steps, CancellationTokenSource source) : TrainingCallback
    {
        private int _left = steps;

        public override void OnStepEnded(in StepResult result)
        {
            if (--_left == 0)
            {
                source.Cancel();
            }
        }
    }
}
