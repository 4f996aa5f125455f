using System.Diagnostics;
using RnnGen;

namespace Translator;

/// <summary>A model with its vocabularies: how it learns and translates.</summary>
/// <param name="model">The model.</param>
/// <param name="source">What is read.</param>
/// <param name="target">What is written.</param>
internal abstract class Course<TModel>(TModel model, Vocabulary source, Vocabulary target)
    where TModel : IRnnModel<TModel, float, int, int>
{
    public TModel Model { get; } = model;

    protected abstract int Generate(ReadOnlySpan<int> input, Span<int> tokens, DecodingOptions options);

    protected abstract int GenerateWithAttention(ReadOnlySpan<int> input, Span<int> tokens, Span<float> attention);

    private static int Steps => TModel.Layout.SequenceLength;

    private static int OutputSteps => TModel.Layout.OutputSteps;

    /// <summary>Learns from pairs: batches of sentences of about the same length, Adam, its rate along half a cosine.</summary>
    /// <param name="pairs">What is learned from.</param>
    /// <param name="validation">What is measured after each epoch.</param>
    /// <param name="options">Epochs and rate.</param>
    /// <returns>The mean loss of each epoch, on both.</returns>
    public List<(double Train, double Validation)> Learn(IReadOnlyList<Pair> pairs, IReadOnlyList<Pair> validation, SampleOptions options)
    {
        // What does not fit is not learned from.
        pairs = [.. pairs.Where(p => p.Source.Length <= Steps && p.Target.Length < OutputSteps)];
        validation = [.. validation.Where(p => p.Source.Length <= Steps && p.Target.Length < OutputSteps)];
        int batch = TModel.Layout.BatchSize;
        var adam = new Adam(options.LearningRate) { ClipNorm = 1 };
        Random random = new(options.Seed);
        List<(double, double)> losses = [];
        int all = options.Epochs * ((pairs.Count + batch - 1) / batch), done = 0;
        var total = Stopwatch.StartNew();
        for (int epoch = 1; epoch <= options.Epochs; epoch++)
        {
            var watch = Stopwatch.StartNew();
            double sum = 0, steps = 0;
            List<Pair[]> batches = Batches(pairs, batch, random);
            for (int i = 0; i < batches.Count; i++)
            {
                adam.LearningRate = options.LearningRate * (1 + Math.Cos(Math.PI * done++ / all)) / 2;
                (int[] inputs, int[] lengths, int[] targets, int count) = Encode(batches[i]);
                sum += Model.TrainStep(inputs, targets, batches[i].Length, adam, lengths) * count;
                steps += count;
                if (options.ShowsProgress && i % 20 == 0)
                {
                    Console.Write($"\repoch {epoch,3}  {100 * i / batches.Count,3} %  loss {sum / steps:F3}  ");
                }
            }

            losses.Add((sum / steps, Loss(validation, batch)));
            Console.WriteLine($"{(options.ShowsProgress ? "\r" : "")}epoch {epoch,3}  learned from {losses[^1].Item1:F3}  held out {losses[^1].Item2:F3}  {watch.Elapsed.TotalSeconds:F1} s, {total.Elapsed.TotalMinutes:F1} min in all");
        }

        return losses;
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
    public string[] Translate(string[] words, DecodingOptions options)
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

    /// <summary>Translates one sentence greedily, with how each word that is written looks at those that were read.</summary>
    public (string[] Words, float[][] Attention) TranslateWithAttention(string[] words)
    {
        int[] tokens = new int[Steps], written = new int[OutputSteps];
        float[] attention = new float[OutputSteps * Steps];
        int length = Read(words, tokens);
        int count = GenerateWithAttention(tokens.AsSpan(0, length), written, attention);
        return (target.Words(written.AsSpan(0, count)), [.. Enumerable.Range(0, count).Select(t => attention[(t * Steps)..(t * Steps + length)])]);
    }
}

/// <summary>Sentences, word by word.</summary>
internal sealed class SentenceCourse(SentenceTranslator model, Vocabulary source, Vocabulary target) : Course<SentenceTranslator>(model, source, target)
{
    protected override int Generate(ReadOnlySpan<int> input, Span<int> tokens, DecodingOptions options) => Model.Generate(input, tokens, options, input.Length);

    protected override int GenerateWithAttention(ReadOnlySpan<int> input, Span<int> tokens, Span<float> attention) => Model.GenerateWithAttention(input, tokens, attention, input.Length);
}

/// <summary>Dates, character by character.</summary>
internal sealed class DateCourse(DateTranslator model, Vocabulary source, Vocabulary target) : Course<DateTranslator>(model, source, target)
{
    protected override int Generate(ReadOnlySpan<int> input, Span<int> tokens, DecodingOptions options) => Model.Generate(input, tokens, options, input.Length);

    protected override int GenerateWithAttention(ReadOnlySpan<int> input, Span<int> tokens, Span<float> attention) => Model.GenerateWithAttention(input, tokens, attention, input.Length);
}
