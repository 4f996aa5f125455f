using RnnGen;
using RnnGen.Samples;
using SpokenDigits;

return new Sample("SpokenDigits", "Learns which digits are spoken: single ones, as audio arrives, and strings of them.")
    .WithData("<folder>", "digit_speaker_index.wav at 8 kHz (default: recordings that the sample makes)")
    .WithEpochs(30, quick: 1, help: "passes over strings, and twice as many over single digits")
    .WithLearningRate(2e-3)
    .Run(args, run =>
{
    // Recordings as log-mel frames, each band normalised over those that are learned from.
    Sounds sounds = run.Data is { } folder ? Sounds.Read(folder) : Sounds.Make(seed: 1);
    Ear ear = new(sounds.Train);
    SequenceDataset<float, int> train = Features.Of(sounds.Train, ear), test = Features.Of(sounds.Test, ear);
    Strings strings = Strings.Glue(sounds.Test, run.IsQuick ? 30 : 300, new Random(99), ear);
    Console.WriteLine($"{train.Count:N0} recordings to learn from, {test.Count} to be scored on, and {strings.Count} strings of them");

    // Single digits, read in both directions, or as audio arrives; then strings, newly glued for each batch.
    Random noise = new(run.Seed);
    int threads = Environment.ProcessorCount;
    var both = new DigitModel(run.Seed) { Threads = threads, DropoutSeed = run.Seed };
    var listening = new ListeningModel(run.Seed) { Threads = threads, DropoutSeed = run.Seed };
    var reading = new StringModel(run.Seed) { Threads = threads, DropoutSeed = run.Seed };
    Lesson.Learn("digits", both, train, noise, run);
    Lesson.Learn("as audio arrives", listening, train, noise, run);
    Lesson.LearnStrings(reading, sounds.Train, ear, run);
    both = run.Reload(both, both.Save, path => DigitModel.Load(path));
    listening = run.Reload(listening, listening.Save, path => ListeningModel.Load(path));
    reading = run.Reload(reading, reading.Save, path => StringModel.Load(path));

    run.Results.Add("the nearest recording's digit", "right, %", 100 * Baseline.Accuracy(sounds, ear), 1);
    run.Results.Add("a bidirectional GRU", "right, %", 100 * both.Evaluate(test).Accuracy!.Value, 1);
    run.Results.Add("a GRU that listens as audio arrives", "right, %", 100 * Exam.Listen(listening.CreateState(), sounds.Test, ear), 1);
    run.Results.Add("strings of 3 to 6 digits, CTC", "label errors, %", 100 * reading.Evaluate(strings.Data).LabelErrorRate!.Value);
    run.Results.Add("the same with 16 beams", "label errors, %", 100 * Exam.Search(reading, strings));
    run.Picture("heard.svg", Exam.Draw(reading, strings, digits: 4));
});
