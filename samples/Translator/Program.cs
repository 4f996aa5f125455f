using System.Diagnostics;
using System.Globalization;
using RnnGen;
using Translator;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
try
{
    SampleOptions options = SampleOptions.Parse(args);
    if (options.ShowHelp)
    {
        Console.WriteLine(SampleOptions.Help);
    }
    else if (options.DataPath is { } folder)
    {
        Sentences(ParallelText.Read(folder), options);
    }
    else
    {
        WrittenDates(options);
    }

    return 0;
}
catch (Exception e) when (e is UsageException or IOException or UnauthorizedAccessException)
{
    Console.Error.WriteLine(e.Message);
    return 2;
}

static void WrittenDates(SampleOptions options)
{
    ParallelText dates = Dates.Write(options.Seed, DateTranslator.SequenceLength);
    Vocabulary source = new(dates.Train.Select(p => p.Source), DateTranslator.Characters), target = new(dates.Train.Select(p => p.Target), DateTranslator.OutputSize);
    var model = new DateTranslator(options.Seed) { Threads = Environment.ProcessorCount };
    Console.WriteLine($"Dates of {Dates.Cultures().Count} cultures: {dates.Train.Count:N0} to learn from, {dates.Test.Count:N0} on other days to be scored on; {source.Count} characters, {DateTranslator.ParameterCount:N0} parameters");
    var watch = Stopwatch.StartNew();
    new DateCourse(model, source, target).Learn(dates.Train, dates.Validation, options);
    TimeSpan took = watch.Elapsed;

    string folder = OutputFolder(), file = Path.Combine(folder, "DateTranslator.safetensors");
    model.Save(file);
    DateCourse loaded = new(DateTranslator.Load(file), source, target);
    string[][] found = loaded.Translate(dates.Test, new DecodingOptions { Beams = options.Beams });
    RequireSame(found, new DateCourse(model, source, target).Translate(dates.Test, new DecodingOptions { Beams = options.Beams }), file);
    int exact = found.Zip(dates.Test).Count(p => p.First.SequenceEqual(p.Second.Target));
    int parsed = dates.Test.Count(p => DateOnly.TryParse(string.Concat(p.Source.Skip(1)), CultureInfo.InvariantCulture, out DateOnly date)
        && date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) == string.Concat(p.Target));

    Console.WriteLine();
    Console.WriteLine($"Exact on days not seen before (training took {took.TotalSeconds:F0} s):");
    Console.WriteLine($"  the invariant culture's parser  {100.0 * parsed / dates.Test.Count:F1} %");
    Console.WriteLine($"  translated                      {100.0 * exact / dates.Test.Count:F1} %");
    Console.WriteLine();
    for (int i = 0; i < 8; i++)
    {
        Console.WriteLine($"  {dates.Test[i].Source[0],-10}  {string.Concat(dates.Test[i].Source.Skip(1)),-34}  {string.Concat(found[i])}{(found[i].SequenceEqual(dates.Test[i].Target) ? "" : $"  (should be {string.Concat(dates.Test[i].Target)})")}");
    }

    Draw(loaded.TranslateWithAttention, dates.Test.First(p => p.Source.Length > 20).Source, folder);
}

static void Sentences(ParallelText text, SampleOptions options)
{
    Vocabulary source = new(text.Train.Select(p => p.Source), SentenceTranslator.SourceWords), target = new(text.Train.Select(p => p.Target), SentenceTranslator.TargetWords);
    var model = new SentenceTranslator(options.Seed) { Threads = Environment.ProcessorCount };
    Console.WriteLine($"{text.Train.Count:N0} pairs of sentences to learn from, {text.Test.Count:N0} to be scored on; {source.Count:N0} and {target.Count:N0} words, {SentenceTranslator.ParameterCount:N0} parameters");
    var watch = Stopwatch.StartNew();
    new SentenceCourse(model, source, target).Learn(text.Train, text.Validation, options);
    TimeSpan took = watch.Elapsed;

    string folder = OutputFolder(), file = Path.Combine(folder, "SentenceTranslator.safetensors");
    model.Save(file);
    SentenceCourse loaded = new(SentenceTranslator.Load(file), source, target);
    string[][] greedy = loaded.Translate(text.Test, DecodingOptions.Greedy);
    RequireSame(greedy, new SentenceCourse(model, source, target).Translate(text.Test, DecodingOptions.Greedy), file);
    string[][] found = loaded.Translate(text.Test, new DecodingOptions { Beams = options.Beams });
    double Score(IEnumerable<string[]> translations) => Bleu.Score(translations.Zip(text.Test, (t, p) => ((IReadOnlyList<string>)t, (IReadOnlyList<string>)p.Target)));

    Console.WriteLine();
    Console.WriteLine($"BLEU-4 of the test (training took {took.TotalMinutes:F1} min):");
    Console.WriteLine($"  the source as it is        {Score(text.Test.Select(p => p.Source)),5:F1}");
    Console.WriteLine($"  word by word               {Score(WordByWord(text)),5:F1}");
    Console.WriteLine($"  greedy                     {Score(greedy),5:F1}");
    Console.WriteLine($"  {options.Beams,2} beams                   {Score(found),5:F1}");
    Console.WriteLine();
    for (int i = 0; i < 5; i++)
    {
        Console.WriteLine($"  {string.Join(' ', text.Test[i].Source)}\n  > {string.Join(' ', found[i])}\n  = {string.Join(' ', text.Test[i].Target)}\n");
    }

    Draw(loaded.TranslateWithAttention, text.Test.First(p => p.Source.Length is >= 10 and <= 14).Source, folder);
}

// Each word by the word that it stands with most often, beyond chance (L. R. Dice's coefficient).
static IEnumerable<string[]> WordByWord(ParallelText text)
{
    Dictionary<string, int> sources = [], targets = [];
    Dictionary<(string, string), int> together = [];
    foreach (Pair pair in text.Train)
    {
        string[] read = [.. pair.Source.Distinct()], written = [.. pair.Target.Distinct()];
        foreach (string word in read)
        {
            sources[word] = sources.GetValueOrDefault(word) + 1;
        }

        foreach (string word in written)
        {
            targets[word] = targets.GetValueOrDefault(word) + 1;
            foreach (string other in read)
            {
                together[(other, word)] = together.GetValueOrDefault((other, word)) + 1;
            }
        }
    }

    Dictionary<string, (string Word, double Score)> best = [];
    foreach (((string read, string written), int count) in together)
    {
        double score = 2.0 * count / (sources[read] + targets[written]);
        if (!best.TryGetValue(read, out (string Word, double Score) known) || score > known.Score)
        {
            best[read] = (written, score);
        }
    }

    return text.Test.Select(p => p.Source.Select(w => best.TryGetValue(w, out (string Word, double) b) ? b.Word : w).ToArray());
}

static void RequireSame(string[][] found, string[][] expected, string file)
{
    if (!found.Zip(expected).All(p => p.First.SequenceEqual(p.Second)))
    {
        throw new InvalidOperationException($"The model loaded from {file} translates otherwise than the one that was saved.");
    }
}

static void Draw(Func<string[], (string[] Words, float[][] Attention)> translate, string[] source, string folder)
{
    (string[] words, float[][] attention) = translate(source);
    string picture = Path.Combine(folder, "attention.svg");
    File.WriteAllText(picture, AttentionMap.Draw(source, words, attention));
    Console.WriteLine($"Picture: {Path.GetRelativePath(Environment.CurrentDirectory, picture)}");
}

// The ignored folder output/ beside this file; where the program was copied elsewhere, in the current folder.
static string OutputFolder()
{
    DirectoryInfo? project = new(AppContext.BaseDirectory);
    while (project is not null && !File.Exists(Path.Combine(project.FullName, "Translator.csproj")))
    {
        project = project.Parent;
    }

    return Directory.CreateDirectory(Path.Combine(project?.FullName ?? Environment.CurrentDirectory, "output")).FullName;
}
