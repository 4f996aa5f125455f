using CharLanguageModel;
using RnnGen.Samples;

return new Sample("CharLanguageModel", "Learns to write a text character by character.")
    .WithData("<file.txt>", "a text (default: one that the sample writes itself)")
    .WithEpochs(20, quick: 1, help: "passes over the text")
    .WithLearningRate(3e-3)
    .With(SampleOption.Real("--temperature", 0.8, "how daring the text is that is written at the end", 1e-3, 100))
    .Run(args, run =>
{
    // A text, the last tenth of it held out.
    Corpus corpus = Corpus.Of(run.Data is { } path ? File.ReadAllText(path) : HarbourLog.Write(length: run.IsQuick ? 30_000 : 150_000, seed: 1));
    var model = new CharModel(run.Seed) { Threads = Environment.ProcessorCount };
    Console.WriteLine($"{corpus.Train.Length:N0} characters to learn from, {corpus.HeldOut.Length:N0} held out; {CharModel.ParameterCount:N0} parameters");

    // What needs no network: counting which characters followed the last few.
    Curve[] counting =
    [
        new("counting single characters", [new CharacterCounts(corpus.Train, 0).Nats(corpus.HeldOut)]),
        new("counting after 1 character", [new CharacterCounts(corpus.Train, 1).Nats(corpus.HeldOut)]),
        new("counting after 5 characters", [new CharacterCounts(corpus.Train, 5).Nats(corpus.HeldOut)]),
    ];

    // The training; the model that was saved and loaded again reads the held-out text, each character after all before it.
    (Curve learned, Curve heldOut) = Lesson.Learn(model, corpus, run);
    CharModel loaded = run.Reload(model, model.Save, file => CharModel.Load(file));
    foreach (Curve curve in counting)
    {
        run.Results.Add(curve.Name, "nats per character", curve.Nats[^1], 3);
    }

    run.Results.Add("LSTM", "nats per character", Writing.Nats(loaded.CreateState(), corpus.HeldOut), 3);

    // It continues from the first line of the held-out text.
    string beginning = corpus.FirstHeldOutLine;
    Console.WriteLine($"\nWritten at temperature {run.Number("--temperature")}, after the first line:\n\n{beginning}{Writing.Continue(loaded, beginning, 500, run.Number("--temperature"), run.Seed)}\n");
    run.Picture("learning.svg", Curve.Draw(learned, heldOut, counting));
});
