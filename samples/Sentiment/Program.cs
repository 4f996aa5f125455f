using System.Diagnostics;
using System.Globalization;
using RnnGen;
using Sentiment;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
try
{
    SampleOptions options = SampleOptions.Parse(args);
    if (options.ShowHelp)
    {
        Console.WriteLine(SampleOptions.Help);
        return 0;
    }

    Run(options);
    return 0;
}
catch (Exception e) when (e is UsageException or IOException or UnauthorizedAccessException)
{
    Console.Error.WriteLine(e.Message);
    return 2;
}

static void Run(SampleOptions options)
{
    List<Review> reviews = options.DataPath is { } path ? Reviews.Read(path) : Reviews.Make(seed: 1);
    Console.WriteLine($"{reviews.Count:N0} sentences, a tenth held out in each of {options.Splits} splits; {ReviewModel.ParameterCount:N0} parameters");
    double[] single = new double[options.Splits], pairs = new double[options.Splits], found = new double[options.Splits];
    string folder = OutputFolder(), file = Path.Combine(folder, "ReviewModel.safetensors");
    (Reader Reader, List<Review> Test)? first = null;
    for (int split = 0; split < options.Splits; split++)
    {
        int seed = options.Seed + split;
        (List<Review> train, List<Review> test) = Reviews.Split(reviews, seed);
        single[split] = new NaiveBayes(train, 1).Accuracy(test);
        pairs[split] = new NaiveBayes(train, 2).Accuracy(test);
        var watch = Stopwatch.StartNew();
        Reader reader = new(train, new ReviewModel(seed) { Threads = Environment.ProcessorCount, DropoutSeed = seed });
        reader.Learn(train, options, seed, (epoch, loss) => Console.WriteLine($"split {split + 1}  epoch {epoch,2}  loss {loss:F4}  {watch.Elapsed.TotalSeconds:F1} s"));
        found[split] = reader.Accuracy(test);
        Console.WriteLine($"split {split + 1}  {reader.Words:N0} words known; right: LSTM {100 * found[split]:F1} %, naive Bayes {100 * single[split]:F1} %, with pairs {100 * pairs[split]:F1} %");

        // The first one is saved and loaded again.
        if (first is null)
        {
            reader.Model.Save(file);
            reader.Model = ReviewModel.Load(file);
            if (reader.Accuracy(test) != found[0])
            {
                throw new InvalidOperationException($"The model loaded from {file} judges otherwise than the one that was saved.");
            }

            first = (reader, test);
        }
    }

    Console.WriteLine();
    Console.WriteLine($"Right on sentences that were held out, mean of {options.Splits} splits:");
    Console.WriteLine($"  naive Bayes on words            {100 * single.Average():F1} %");
    Console.WriteLine($"  naive Bayes on words and pairs  {100 * pairs.Average():F1} %");
    Console.WriteLine($"  bidirectional LSTM              {100 * found.Average():F1} %");
    (string Name, double Mean)[] all = [("naive Bayes on words", single.Average()), ("naive Bayes on words and pairs", pairs.Average()), ("the LSTM", found.Average())];
    Console.WriteLine($"Best: {all.MaxBy(a => a.Mean).Name}.");
    Console.WriteLine();
    List<(string[], double[], double, int)> verdicts = [];
    foreach (Review review in first!.Value.Test.Where(r => r.Words.Length is >= 6 and <= 26).Take(8))
    {
        double[] moved = first.Value.Reader.Moved(review.Words);
        double score = first.Value.Reader.Score([review.Words])[0];
        verdicts.Add((review.Words, moved, score, review.Class));
        string words = string.Join(", ", review.Words.Zip(moved).OrderByDescending(w => Math.Abs(w.Second)).Take(4).Select(w => $"{w.First} {w.Second:+0.0;-0.0}"));
        Console.WriteLine($"{(score > 0 ? "praise" : "blame "),-6} (is {(review.Class == 1 ? "praise" : "blame")}): {string.Join(' ', review.Words)}\n         {words}");
    }

    string picture = Path.Combine(folder, "verdicts.svg");
    File.WriteAllText(picture, VerdictPicture.Draw(verdicts));
    Console.WriteLine();
    Console.WriteLine($"Picture: {Path.GetRelativePath(Environment.CurrentDirectory, picture)}");
}

// The ignored folder output/ beside this file; where the program was copied elsewhere, in the current folder.
static string OutputFolder()
{
    DirectoryInfo? project = new(AppContext.BaseDirectory);
    while (project is not null && !File.Exists(Path.Combine(project.FullName, "Sentiment.csproj")))
    {
        project = project.Parent;
    }

    return Directory.CreateDirectory(Path.Combine(project?.FullName ?? Environment.CurrentDirectory, "output")).FullName;
}
