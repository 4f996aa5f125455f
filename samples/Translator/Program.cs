using RnnGen;
using RnnGen.Samples;
using Translator;

return new Sample("Translator", "Learns to translate: dates as people write them into ISO dates, or English sentences into French ones.")
    .WithData("<folder>", "Multi30k's tokenised files (default: dates that the sample writes itself)")
    .WithEpochs(6, quick: 1, withData: 16)
    .WithLearningRate(3e-3, withData: 1e-3)
    .With(SampleOption.Whole("--beams", 1, "beginnings that are followed at once", 1, 16) with { WithData = 4 })
    .Run(args, run =>
{
    var beams = new DecodingOptions { Beams = run.Whole("--beams") };
    if (run.Data is { } folder)
    {
        // English to French, word by word of a vocabulary, with attention.
        ParallelText text = ParallelText.Read(folder);
        SentenceCourse course = new(new SentenceTranslator(run.Seed) { Threads = Environment.ProcessorCount }, text);
        course.Learn(text, run);
        course.Model = run.Reload(course.Model, course.Model.Save, path => SentenceTranslator.Load(path));

        Bleu.Add("the source as it is", [.. text.Test.Select(p => p.Source)], text.Test, run.Results);
        Bleu.Add("word by word", WordByWord.Translate(text), text.Test, run.Results);
        Bleu.Add("greedy", course.Translate(text.Test, DecodingOptions.Greedy), text.Test, run.Results);
        Bleu.Add($"{beams.Beams} beams", course.Translate(text.Test, beams), text.Test, run.Results);
        course.Show(text.Test.Take(5), beams);
        run.Picture("attention.svg", course.DrawAttention(text.Test.First(p => p.Source.Length is >= 10 and <= 14)));
    }
    else
    {
        // Dates of 38 cultures to ISO dates, character by character; no day of the test is among those learned from.
        ParallelText dates = Dates.Write(run.Seed, DateTranslator.SequenceLength, train: run.IsQuick ? 4_000 : 40_000);
        DateCourse course = new(new DateTranslator(run.Seed) { Threads = Environment.ProcessorCount }, dates);
        course.Learn(dates, run);
        course.Model = run.Reload(course.Model, course.Model.Save, path => DateTranslator.Load(path));

        run.Results.Add("the invariant culture's parser", "exact, %", 100 * Dates.Parsed(dates.Test), 1);
        run.Results.Add("translated", "exact, %", 100 * course.Translate(dates.Test, beams).Zip(dates.Test).Average(p => p.First.SequenceEqual(p.Second.Target) ? 1.0 : 0), 1);
        course.Show(dates.Test.Take(8), beams);
        run.Picture("attention.svg", course.DrawAttention(dates.Test.First(p => p.Source.Length > 20)));
    }
});
