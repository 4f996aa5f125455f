using RnnGen;
using RnnGen.Samples;

namespace CharLanguageModel;

/// <summary>How the model learns.</summary>
internal static class Lesson
{
    /// <summary>Each epoch cuts the text into windows at another place; the learning rate follows half a cosine.</summary>
    /// <returns>Nats per character by epoch, on what was learned from and on what was held out.</returns>
    public static (Curve Learned, Curve HeldOut) Learn(CharModel model, Corpus corpus, SampleRun run)
    {
        Adam adam = run.Adam;
        List<double> learned = [], heldOut = [];
        Random offsets = new(run.Seed);
        for (int epoch = 1; epoch <= run.Epochs; epoch++)
        {
            adam.LearningRate = run.LearningRateAfter(epoch - 1, run.Epochs);
            TrainingResult result = model.Fit(corpus.Windows(offsets.Next(CharModel.Window)), options: new FitOptions { Epochs = 1, Optimizer = adam, Seed = run.Seed + epoch });
            learned.Add(result.Epochs[^1].TrainingLoss);
            heldOut.Add(Writing.Nats(model.CreateState(), corpus.HeldOut));
            Console.WriteLine($"epoch {epoch,3}  learned from {learned[^1]:F3}  held out {heldOut[^1]:F3}  {result.Epochs[^1].Seconds:F1} s");
        }

        return (new Curve("learned from", learned), new Curve("held out", heldOut));
    }
}
