using RnnGen;
using RnnGen.Samples;

namespace Captioner;

/// <summary>How the model learns, and what it writes.</summary>
internal static class Lesson
{
    /// <summary>Learns from pictures that are drawn for each step; the learning rate follows half a cosine.</summary>
    public static void Learn(SceneCaptioner model, Scenes heldOut, SampleRun run)
    {
        const int Batch = SceneCaptioner.BatchSize;
        int[] heldOutTokens = heldOut.Tokens(SceneCaptioner.OutputLength);
        Adam adam = run.Adam;
        Random random = new(run.Seed);
        int steps = run.Whole("--scenes") / Batch, report = Math.Max(1, steps / 10);
        double sum = 0;
        for (int step = 1; step <= steps; step++)
        {
            adam.LearningRate = run.LearningRateAfter(step - 1, steps);
            Scenes batch = Scenes.Draw(random, Batch, heldOut: false);
            sum += model.TrainStep(batch.Pixels, batch.Tokens(SceneCaptioner.OutputLength), Batch, adam);
            if (step % report == 0)
            {
                Console.WriteLine($"{step * Batch,9:N0} pictures  learned from {sum / report:F4}  held out {model.ComputeLoss(heldOut.Pixels, heldOutTokens, heldOut.Count):F4}");
                sum = 0;
            }
        }
    }

    /// <summary>The captions that the model writes.</summary>
    public static string[] Describe(SceneCaptioner model, Scenes scenes)
    {
        string[] written = new string[scenes.Count];
        Span<int> tokens = stackalloc int[SceneCaptioner.OutputLength];
        for (int i = 0; i < written.Length; i++)
        {
            written[i] = Words.Text(tokens[..model.Generate(scenes.Picture(i), tokens)]);
        }

        return written;
    }
}
