using System.Diagnostics;
using RnnGen;
using RnnGen.Samples;

namespace Translator;

/// <summary>A model with its vocabularies: how it learns and translates.</summary>
/// <param name="model">The model.</param>
/// <param name="source">What is read.</param>
/// <param name="target">What is written.</param>
internal abstract class Course<TModel>(TModel model, Vocabulary source, Vocabulary target)
    where TModel : IRnnModel<TModel, float, int, int>
{
    public TModel Model { get; set; } = model;

    /// <summary>Words as one text.</summary>
    protected abstract string Text(IReadOnlyList<string> words);

    protected abstract int Generate(ReadOnlySpan<int> input, Span<int> tokens, DecodingOptions options);

    protected abstract int GenerateWithAttention(ReadOnlySpan<int> input, Span<int> tokens, Span<float> attention);

    private static int Steps => TModel.Layout.SequenceLength;

    private static int OutputSteps => TModel.Layout.OutputSteps;

    /// <summary>Learns from pairs: batches of about the same length, Adam, its learning rate along half a cosine.</summary>
    /// <param name="text">What is learned from, and what is measured after each epoch.</param>
    /// <param name="run">Epochs, rate and seed.</param>
    public void Learn(ParallelText text, SampleRun run)
    {
        // What does not fit is not learned from.
        Pair[] pairs = [.. text.Train.Where(Fits)], validation = [.. text.Validation.Where(Fits)];
        Console.WriteLine($"{pairs.Length:N0} pairs to learn from, {text.Test.Count:N0} to be scored on; {source.Count:N0} and {target.Count:N0} tokens, {TModel.Layout.ParameterCount:N0} parameters");
        int batch = TModel.Layout.BatchSize, all = run.Epochs * ((pairs.Length + batch - 1) / batch), done = 0;
        Adam adam = run.Adam;
        Random random = new(run.Seed);
        for (int epoch = 1; epoch <= run.Epochs; epoch++)
        {
            var watch = Stopwatch.StartNew();
            double sum = 0, steps = 0;
            foreach (Pair[] part in Batches(pairs, batch, random))
            {
                adam.LearningRate = run.LearningRateAfter(done++, all);
                (int[] inputs, int[] lengths, int[] targets, int count) = Encode(part);
                sum += Model.TrainStep(inputs, targets, part.Length, adam, lengths) * count;
                steps += count;
            }

            Console.WriteLine($"epoch {epoch,3}  learned from {sum / steps:F3}  held out {Loss(validation, batch):F3}  {watch.Elapsed.TotalSeconds:F1} s");
        }

        static bool Fits(Pair pair) => pair.Source.Length <= Steps && pair.Target.Length < OutputSteps;
    }

    private double Loss(IReadOnlyList<Pair> pairs, int batch)
    {
        double sum = 0, steps = 0;
        foreach (Pair[] part in pairs.Chunk(batch))
        {
            (int[] inputs, int[] lengths, int[] targets, int count) = Encode(part);
            sum += Model.ComputeLoss(inputs, targets, part.Length, lengths) * count;
            steps += count;
        }

        return sum / steps;
    }

    // Pools of many batches are sorted by length and cut, so that little is padding and batches still differ from epoch to epoch.
    private static List<Pair[]> Batches(IReadOnlyList<Pair> pairs, int size, Random random)
    {
        Pair[] shuffled = [.. pairs];
        random.Shuffle(shuffled);
        Pair[][] batches = [.. shuffled.Chunk(50 * size).SelectMany(pool => pool.OrderBy(p => p.Target.Length).ThenBy(p => p.Source.Length).Chunk(size))];
        random.Shuffle(batches);
        return [.. batches];
    }

    private (int[] Inputs, int[] Lengths, int[] Targets, int Count) Encode(IReadOnlyList<Pair> pairs)
    {
        int[] inputs = new int[pairs.Count * Steps], targets = new int[pairs.Count * OutputSteps], lengths = new int[pairs.Count];
        Array.Fill(targets, Vocabulary.End);
        int count = 0;
        for (int i = 0; i < pairs.Count; i++)
        {
            lengths[i] = Read(pairs[i].Source, inputs.AsSpan(i * Steps, Steps));
            for (int t = 0; t < pairs[i].Target.Length; t++)
            {
                targets[i * OutputSteps + t] = target.Token(pairs[i].Target[t]);
            }

            count += pairs[i].Target.Length + 1;
        }

        return (inputs, lengths, targets, count);
    }

    // Words beyond the model's length are left out.
    private int Read(string[] words, Span<int> tokens)
    {
        int length = Math.Min(words.Length, Steps);
        for (int t = 0; t < length; t++)
        {
            tokens[t] = source.Token(words[t]);
        }

        return length;
    }

    /// <summary>Translates one sentence.</summary>
    private string[] Translate(string[] words, DecodingOptions options)
    {
        int[] tokens = new int[Steps], written = new int[OutputSteps];
        int length = Read(words, tokens);
        return target.Words(written.AsSpan(0, Generate(tokens.AsSpan(0, length), written, options)));
    }

    /// <summary>Translates many sentences, on all processors.</summary>
    public string[][] Translate(IReadOnlyList<Pair> pairs, DecodingOptions options)
    {
        string[][] translations = new string[pairs.Count][];
        Parallel.For(0, pairs.Count, i => translations[i] = Translate(pairs[i].Source, options));
        return translations;
    }

    /// <summary>Prints some translations, with what they should be where they are not exact.</summary>
    public void Show(IEnumerable<Pair> pairs, DecodingOptions options)
    {
        foreach (Pair pair in pairs)
        {
            string[] found = Translate(pair.Source, options);
            string expected = found.SequenceEqual(pair.Target) ? "" : $"\n  = {Text(pair.Target)}";
            Console.WriteLine($"\n  {Text(pair.Source)}\n  > {Text(found)}{expected}");
        }
    }

    /// <summary>Draws what each written word looked at.</summary>
    public string DrawAttention(Pair pair)
    {
        (string[] words, float[][] attention) = TranslateWithAttention(pair.Source);
        return AttentionMap.Draw(pair.Source, words, attention);
    }

    /// <summary>Translates one sentence greedily, with how each word that is written looks at those that were read.</summary>
    private (string[] Words, float[][] Attention) TranslateWithAttention(string[] words)
    {
        int[] tokens = new int[Steps], written = new int[OutputSteps];
        float[] attention = new float[OutputSteps * Steps];
        int length = Read(words, tokens);
        int count = GenerateWithAttention(tokens.AsSpan(0, length), written, attention);
        return (target.Words(written.AsSpan(0, count)), [.. Enumerable.Range(0, count).Select(t => attention[(t * Steps)..(t * Steps + length)])]);
    }
}

/// <summary>Sentences, word by word.</summary>
internal sealed class SentenceCourse(SentenceTranslator model, ParallelText text) : Course<SentenceTranslator>(
    model, new Vocabulary(text.Train.Select(p => p.Source), SentenceTranslator.SourceWords), new Vocabulary(text.Train.Select(p => p.Target), SentenceTranslator.TargetWords))
{
    protected override string Text(IReadOnlyList<string> words) => string.Join(' ', words);

    protected override int Generate(ReadOnlySpan<int> input, Span<int> tokens, DecodingOptions options) => Model.Generate(input, tokens, options, input.Length);

    protected override int GenerateWithAttention(ReadOnlySpan<int> input, Span<int> tokens, Span<float> attention) => Model.GenerateWithAttention(input, tokens, attention, input.Length);
}

/// <summary>Dates, character by character.</summary>
internal sealed class DateCourse(DateTranslator model, ParallelText text) : Course<DateTranslator>(
    model, new Vocabulary(text.Train.Select(p => p.Source), DateTranslator.Characters), new Vocabulary(text.Train.Select(p => p.Target), DateTranslator.OutputSize))
{
    // A date begins with the culture's name.
    protected override string Text(IReadOnlyList<string> words) => words is [{ Length: > 1 } culture, ..] ? $"{culture}: {string.Concat(words.Skip(1))}" : string.Concat(words);

    protected override int Generate(ReadOnlySpan<int> input, Span<int> tokens, DecodingOptions options) => Model.Generate(input, tokens, options, input.Length);

    protected override int GenerateWithAttention(ReadOnlySpan<int> input, Span<int> tokens, Span<float> attention) => Model.GenerateWithAttention(input, tokens, attention, input.Length);
}
