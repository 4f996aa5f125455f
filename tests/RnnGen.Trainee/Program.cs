using RnnGen;
using RnnGen.Trainee;

if (args[0] == RealTime.Argument)
{
    // For a watch of the system calls of each thread.
    Console.WriteLine(string.Join(' ', RealTime.Watch()));
    return;
}

// Goes on in the folder given, says from where, says so at each step, and at the end writes its result.
string folder = args[0];
Console.WriteLine($"result {Trainee.Train(folder, new Announcer())}");

namespace RnnGen.Trainee
{
    /// <summary>A training whose result is the same however often it is interrupted.</summary>
    public static class Trainee
    {
        /// <summary>Trains to the end, from where the folder's newest checkpoint is, if there is a folder.</summary>
        /// <param name="folder">The folder of the checkpoints; <see langword="null"/> for none.</param>
        /// <param name="callback">Is told of the training.</param>
        /// <returns>All bits of the result: the parameters, and every epoch's losses.</returns>
        public static string Train(string? folder, TrainingCallback? callback = null)
        {
            TraineeModel model = new(seed: 3);
            TrainingResult result = model.Fit(Data(64, 1), Data(24, 2), new FitOptions
            {
                Epochs = 40,
                Optimizer = new Adam(5e-3) { ClipNorm = 1 },
                Schedule = LearningRateSchedule.Cosine().After(warmUpSteps: 20),
                AverageDecay = 0.98,
                RestoreBest = true,
                Metrics = true,
                Checkpoint = folder is null ? null : new(folder) { EverySteps = 2, Keep = 3 },
                Resume = folder is not null,
                Callbacks = callback is null ? [] : [callback],
            });
            HashCode64 hash = default;
            foreach (float value in model.Parameters)
            {
                hash.Add(BitConverter.SingleToUInt32Bits(value));
            }

            foreach (EpochResult epoch in result.Epochs)
            {
                hash.Add(BitConverter.DoubleToUInt64Bits(epoch.TrainingLoss));
                hash.Add(BitConverter.DoubleToUInt64Bits(epoch.ValidationLoss!.Value));
                hash.Add(BitConverter.DoubleToUInt64Bits(epoch.Validation!.Rmse!.Value));
            }

            return $"{hash.Value:x16} of {result.Epochs.Count} epochs";
        }

        private static SequenceDataset<float, float> Data(int count, int seed)
        {
            Random random = new(seed);
            float[] inputs = [.. Enumerable.Range(0, count * TraineeModel.SequenceLength * 2).Select(_ => random.NextSingle() - 0.5f)];
            return SequenceDataset.FromArrays(inputs, [.. inputs.Chunk(TraineeModel.SequenceLength * 2).Select(x => x[0] - x[3])], count);
        }

        // FNV-1a.
        private struct HashCode64
        {
            private ulong _value;

            public readonly ulong Value => _value;

            public void Add(ulong bits) => _value = (_value ^ bits ^ 0xcbf29ce484222325) * 0x100000001b3;
        }
    }

    internal sealed class Announcer : TrainingCallback
    {
        public override void OnTrainingStarted(TrainingStarted training)
        {
            Console.WriteLine($"from {training.StepsBefore}");
        }

        public override void OnStepEnded(in StepResult result) => Console.WriteLine("step");
    }
}
