using RnnGen;
using RnnGen.Samples;
using Sentiment;

return new Sample("Sentiment", "Learns whether sentences of film reviews praise or blame.")
    .WithData("<folder>", "rt-polarity.pos and rt-polarity.neg (default: sentences that the sample makes)")
    .WithEpochs(8, quick: 1)
    .WithLearningRate(2e-3)
    .Run(args, run =>
{
    // Sentences, a tenth of them held out; each seed shuffles them into another split.
    List<Review> reviews = run.Data is { } folder ? Reviews.Read(folder) : Reviews.Make(seed: 1);
    (List<Review> train, List<Review> test) = Reviews.Split(reviews, run.Seed);
    Reader reader = new(train);
    Console.WriteLine($"{train.Count:N0} sentences to learn from, {test.Count:N0} held out; {reader.Words:N0} words known, {ReviewModel.ParameterCount:N0} parameters");

    // An LSTM reads them in both directions.
    var model = new ReviewModel(run.Seed) { Threads = Environment.ProcessorCount, DropoutSeed = run.Seed };
    model.Fit(reader.Encode(train), options: run.Training);
    ReviewModel loaded = run.Reload(model, model.Save, path => ReviewModel.Load(path));

    // The baseline counts words.
    run.Results.Add("naive Bayes on words", "right, %", 100 * new NaiveBayes(train, 1).Accuracy(test), 1);
    run.Results.Add("naive Bayes on words and pairs", "right, %", 100 * new NaiveBayes(train, 2).Accuracy(test), 1);
    run.Results.Add("bidirectional LSTM", "right, %", 100 * loaded.Evaluate(reader.Encode(test)).Accuracy!.Value, 1);

    // Which words moved some of the verdicts.
    Verdict[] verdicts = [.. test.Where(r => r.Words.Length is >= 6 and <= 26).Take(8).Select(r => reader.Judge(loaded, r))];
    Console.WriteLine($"\n{string.Join('\n', verdicts.Select(v => v.Describe()))}");
    run.Picture("verdicts.svg", VerdictPicture.Draw(verdicts));
});
