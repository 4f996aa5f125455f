using System.Diagnostics;
using RnnGen;
using RnnGen.Runtime;
using RnnGen.Samples;

namespace Amplifier;

/// <summary>How a model learns the circuit, and how it plays.</summary>
internal static class Lesson
{
    /// <summary>The measure of a played sound.</summary>
    public const string Error = "error to signal, %";

    /// <summary>Samples that a host asks for at once.</summary>
    private const int BlockSize = 64;

    /// <summary>Learns from windows that are cut at another place in each step; the learning rate follows half a cosine.</summary>
    /// <param name="name">The model's name in the progress.</param>
    /// <param name="model">The model.</param>
    /// <param name="played">What goes into the circuit.</param>
    /// <param name="expected">What comes out of it.</param>
    /// <param name="run">Epochs, rate and seed.</param>
    public static void Learn<TModel>(string name, IRnnModel<TModel, float, float, float> model, float[] played, float[] expected, SampleRun run)
        where TModel : IRnnModel<TModel, float, float, float>
    {
        int steps = TModel.Layout.SequenceLength, batch = TModel.Layout.BatchSize, batches = played.Length / (steps * batch);
        Adam adam = run.Adam;
        Random random = new(run.Seed);
        float[] inputs = new float[batch * steps], targets = new float[batch * steps];
        for (int epoch = 1; epoch <= run.Epochs; epoch++)
        {
            adam.LearningRate = run.LearningRateAfter(epoch - 1, run.Epochs);
            double sum = 0;
            for (int i = 0; i < batches; i++)
            {
                for (int row = 0; row < batch; row++)
                {
                    int start = random.Next(played.Length - steps);
                    played.AsSpan(start, steps).CopyTo(inputs.AsSpan(row * steps));
                    expected.AsSpan(start, steps).CopyTo(targets.AsSpan(row * steps));
                }

                sum += model.TrainStep(inputs, targets, batch, adam);
            }

            if (epoch % Math.Max(1, run.Epochs / 4) == 0)
            {
                Console.WriteLine($"{name,8}  epoch {epoch,3}  squared error {sum / batches:E2}");
            }
        }
    }

    /// <summary>Processes a sound block by block, as an audio host calls; the fastest of five runs tells the speed.</summary>
    /// <param name="name">The model's name in the results.</param>
    /// <param name="state">A state of the model that plays.</param>
    /// <param name="sound">What is played.</param>
    /// <param name="expected">What the circuit makes of it.</param>
    /// <param name="run">Gets the error, and how much faster than real time it went.</param>
    /// <returns>What the model makes of it.</returns>
    public static float[] Play(string name, StreamState<float, float, float> state, float[] sound, float[] expected, SampleRun run)
    {
        float[] output = new float[sound.Length], silence = new float[Sound.Rate / 10], rest = new float[silence.Length];
        double best = double.PositiveInfinity;
        for (int repeat = 0; repeat < 5; repeat++)
        {
            // Silence first, so that every run begins from rest.
            state.Reset();
            state.Process(silence, rest);

            long start = Stopwatch.GetTimestamp();
            for (int i = 0; i < sound.Length; i += BlockSize)
            {
                int count = Math.Min(BlockSize, sound.Length - i);
                state.Process(sound.AsSpan(i, count), output.AsSpan(i, count));
            }

            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        run.Results.Add(name, Error, 100 * Sound.ErrorToSignal(output, expected), 3);
        run.Results.Add(name, "times real time", sound.Length / (double)Sound.Rate / best, 0);
        return output;
    }
}
