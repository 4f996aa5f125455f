using Captioner;
using RnnGen.Samples;

return new Sample("Captioner", "Learns to describe small pictures that it draws itself, from their pixels.")
    .With(SampleOption.Whole("--scenes", 300_000, "training pictures, each newly drawn", 64, 100_000_000) with { Quick = 6400 })
    .WithLearningRate(2e-3)
    .Run(args, run =>
{
    // Pictures of combinations that are not among those learned from, a fifth of all.
    Scenes test = Scenes.Draw(new Random(1000 + run.Seed), count: 2000, heldOut: true);
    Console.WriteLine($"{run.Whole("--scenes"):N0} pictures to learn from, {test.Count:N0} of combinations that are not among them; {SceneCaptioner.ParameterCount:N0} parameters");

    // Every batch is newly drawn, so no picture is used twice.
    var model = new SceneCaptioner(run.Seed) { Threads = Environment.ProcessorCount };
    Lesson.Learn(model, test, run);
    SceneCaptioner loaded = run.Reload(model, model.Save, path => SceneCaptioner.Load(path));

    // Its captions are compared with the most frequent one.
    string[] written = Lesson.Describe(loaded, test);
    string common = test.Captions.CountBy(c => c).MaxBy(c => c.Value).Key;
    Console.WriteLine($"The most frequent caption: {common}");
    Scores.Add("always the most frequent caption", [.. written.Select(_ => common)], test.Captions, run.Results);
    Scores.Add("written from the pixels", written, test.Captions, run.Results);
    run.Picture("captions.svg", Gallery.Draw(test, written, count: 12));
});
