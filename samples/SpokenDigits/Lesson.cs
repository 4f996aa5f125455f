using RnnGen;
using RnnGen.Samples;

namespace SpokenDigits;

/// <summary>How the models learn: Adam, its learning rate along half a cosine.</summary>
internal static class Lesson
{
    /// <summary>Single digits; each epoch hears every recording in noise of its own, and some of its frames not at all.</summary>
    public static void Learn<TModel>(string name, IRnnModel<TModel, float, float, int> model, SequenceDataset<float, int> train, Random noise, SampleRun run)
        where TModel : IRnnModel<TModel, float, float, int>
    {
        Adam adam = run.Adam;
        int epochs = 2 * run.Epochs;
        for (int epoch = 1; epoch <= epochs; epoch++)
        {
            adam.LearningRate = run.LearningRateAfter(epoch - 1, epochs);
            TrainingResult result = model.Fit(Features.Noisy(train, noise), options: new FitOptions { Epochs = 1, Optimizer = adam, Seed = run.Seed + epoch });
            Report(name, epoch, epochs, result.Epochs[^1].TrainingLoss);
        }
    }

    /// <summary>Strings of digits, newly glued for each step.</summary>
    public static void LearnStrings(StringModel model, IReadOnlyList<Recording> recordings, Ear ear, SampleRun run)
    {
        Adam adam = run.Adam;
        Random random = new(run.Seed);
        int steps = recordings.Count / 45;
        for (int epoch = 1; epoch <= run.Epochs; epoch++)
        {
            adam.LearningRate = run.LearningRateAfter(epoch - 1, run.Epochs);
            double sum = 0;
            for (int i = 0; i < steps; i++)
            {
                Strings batch = Strings.Glue(recordings, StringModel.BatchSize, random, ear);
                sum += model.TrainStep(batch.Inputs, batch.Targets, batch.Count, adam, batch.Lengths);
            }

            Report("strings", epoch, run.Epochs, sum / steps);
        }
    }

    private static void Report(string name, int epoch, int epochs, double loss)
    {
        if (SomeEpochs.Shows(epoch, epochs))
        {
            Console.WriteLine($"{name,-16}  epoch {epoch,3}  loss {loss:F4}");
        }
    }
}
