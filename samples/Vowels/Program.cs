using RnnGen;
using RnnGen.Samples;
using Vowels;

return new Sample("Vowels", "Learns who says a vowel, from recordings of different length.")
    .WithData("<folder>", "JapaneseVowels_TRAIN.ts and _TEST.ts (default: recordings that the sample makes)")
    .WithEpochs(200, quick: 5)
    .WithLearningRate(2e-3)
    .Run(args, run =>
{
    // Recordings of 12 channels and 7 to 29 steps by nine speakers; the test is never learned from.
    (Recordings train, Recordings test) = run.Data is { } folder ? Recordings.Read(folder) : Recordings.Make(seed: 1);
    Console.WriteLine($"{train.Count} recordings of {train.Lengths.Min()} to {train.Lengths.Max()} steps to learn from, {test.Count} to be scored on; {SpeakerModel.ParameterCount:N0} parameters");

    // A training whose recordings get noise of their own each time they are read.
    var model = new SpeakerModel(run.Seed) { DropoutSeed = run.Seed };
    model.Fit(train.Data.Augment(AddNoise), options: run.Training);

    // The same with a convolution in front, which reads five steps at once.
    var convolved = new ConvolvedSpeakerModel(run.Seed) { DropoutSeed = run.Seed };
    convolved.Fit(train.Data.Augment(AddNoise), options: run.Training);

    // The model that was saved and loaded again is scored, beside what needs no training.
    SpeakerModel loaded = run.Reload(model, model.Save, path => SpeakerModel.Load(path));
    Evaluation evaluation = loaded.Evaluate(test.Data);
    run.Results.Add("speaker of the nearest recording, by means over time", "right, %", 100 * Baseline.Accuracy(train, test));
    run.Results.Add("bidirectional GRU", "right, %", 100 * evaluation.Accuracy!.Value);
    run.Results.Add("convolution, bidirectional GRU", "right, %", 100 * convolved.Evaluate(test.Data).Accuracy!.Value);
    run.Picture("confusion.svg", ConfusionPicture.Draw(evaluation.Confusion!));
});

static void AddNoise(SequenceDraw draw, Span<float> recording, Span<int> speaker)
{
    const float Noise = 0.9f;
    for (int i = 0; i < recording.Length; i++)
    {
        recording[i] += Noise * (float)draw.Gaussian(i);
    }
}
