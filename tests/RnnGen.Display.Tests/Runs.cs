namespace RnnGen.Display.Tests;

/// <summary>A small forecaster of a series.</summary>
[RnnModel(Architecture.ManyToOne, InputSize = 1, SequenceLength = 24, OutputSize = 1, Loss = Loss.MeanSquaredError)]
[Lstm(8)]
public sealed partial class SmallForecaster;

/// <summary>The same, and it measures how its gradient flows.</summary>
[RnnModel(Architecture.ManyToOne, InputSize = 1, SequenceLength = 24, OutputSize = 1, Loss = Loss.MeanSquaredError, GradientFlow = true)]
[Lstm(8)]
[Rnn(6, Activation = Activation.Relu)]
public sealed partial class WatchedForecaster;

/// <summary>Trainings that never ran, and one that does.</summary>
internal static class Runs
{
    /// <summary>A training of some epochs of ten steps.</summary>
    public static TrainingStarted Started(int epochs = 3, string name = "Forecaster", int validationCount = 20) =>
        new() { Layout = Layout(name), Epochs = epochs, StepsPerEpoch = 10, Optimizer = new Adam(1e-3), TrainingCount = 100, ValidationCount = validationCount };

    /// <summary>What the loop reports of such a training: ten steps and an epoch, again and again.</summary>
    public static void Play(TrainingCallback callback, TrainingStarted training, int epochs, Func<int, double> loss)
    {
        callback.OnTrainingStarted(training);
        for (int epoch = 1; epoch <= epochs; epoch++)
        {
            for (int i = 1; i <= training.StepsPerEpoch; i++)
            {
                callback.OnStepEnded(new StepResult { Step = ((epoch - 1) * training.StepsPerEpoch) + i, Epoch = epoch, Loss = loss(epoch), LearningRate = 1e-3, GradientNorm = 0.5, Sequences = 10 });
            }

            callback.OnEpochEnded(Epoch(epoch, loss(epoch)));
        }
    }

    public static EpochResult Epoch(int number, double loss) => new() { Epoch = number, TrainingLoss = loss, ValidationLoss = loss * 1.25, Seconds = 0.5, SequencesPerSecond = 200, LearningRate = 1e-3 };

    public static ModelLayout Layout(string name) => new()
    {
        ModelName = name,
        Declaration = "ManyToOne 24x1 -> Lstm(8) -> Dense(1), MeanSquaredError",
        Parameters =
        [
            new ParameterInfo("rnn.weight_ih_l0", [32, 1], 0, 32, ParameterKind.InputWeight),
            new ParameterInfo("rnn.weight_hh_l0", [32, 8], 32, 256, ParameterKind.RecurrentWeight),
            new ParameterInfo("rnn.weight_ih_l0_reverse", [32, 1], 288, 32, ParameterKind.InputWeight),
            new ParameterInfo("head.weight", [1, 8], 320, 8, ParameterKind.InputWeight) { IsFrozen = true },
        ],
        ParameterCount = 328,
        SequenceLength = 24,
        OutputSteps = 1,
        InputLength = 24,
        TargetLength = 1,
        OutputLength = 1,
        BatchSize = 10,
        TrainingMemory = 1 << 20,
        PredictionMemory = 1000,
        ForwardFlops = 12345,
    };

    /// <summary>A noisy sine, cut into windows for <see cref="SmallForecaster"/>.</summary>
    public static SeriesForecast<float> Sine()
    {
        Random random = new(1);
        return SeriesForecast.Prepare([.. Enumerable.Range(0, 400).Select(i => MathF.Sin(i / 5f) + (0.1f * random.NextSingle()))], SmallForecaster.SequenceLength);
    }

    /// <summary>A path in a folder that is removed with this.</summary>
    public sealed class Folder : IDisposable
    {
        public string Path { get; } = Directory.CreateTempSubdirectory("rnngen-display-").FullName;

        public string File(string name) => System.IO.Path.Combine(Path, name);

        public void Dispose() => Directory.Delete(Path, recursive: true);
    }
}
