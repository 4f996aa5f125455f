using System.Numerics;
using RnnGen.Trainee;

namespace RnnGen.Runtime.Tests;

/// <summary>Generated models go on from a checkpoint in the middle of an epoch to the same bits: with dropout, scheduled sampling, carried and learned states, and embeddings whose rows are updated when they are read.</summary>
public class GeneratedResumeTests
{
    [Fact]
    public void With_dropout() => GoesOn<DroppingModel, double, double, double>(seed => new(seed), model => model.DropoutSeed = 7, new FitOptions());

    [Fact]
    public void With_scheduled_sampling_and_dropout_of_tokens() => GoesOn<SamplingModel, double, int, int>(seed => new(seed), model => model.ScheduledSampling = 0.5, new FitOptions());

    [Fact]
    public void With_carried_states() => GoesOn<CarryingModel, double, double, double>(seed => new(seed), _ => { }, new FitOptions { CarryState = true });

    [Fact]
    public void With_an_embedding() => GoesOn<TokenModel, float, int, int>(seed => new(seed), _ => { }, new FitOptions { AverageDecay = 0.9 });

    [Fact]
    public void On_two_threads_from_one() => GoesOn<TraineeModel, float, float, float>(seed => new(seed) { Threads = 1 + (seed % 2) }, _ => { }, new FitOptions());

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
            Epochs = 3, BatchSize = batchSize, Optimizer = new Adam(1e-2) { ClipNorm = 1 }, CarryState = settings.CarryState, AverageDecay = settings.AverageDecay,
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

            // The checkpoint has what was prepared, and the parameters.
            TModel model = create(2);
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
