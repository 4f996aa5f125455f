using RnnGen;
using RnnGen.Data;
using RnnGen.Samples;

namespace Vowels;

/// <summary>Recordings of different length in one array, padded with zeros, each channel with mean 0 and deviation 1 over what is learned from.</summary>
/// <param name="Values">[recording, step, channel].</param>
/// <param name="Lengths">Steps of each.</param>
/// <param name="SpokenBy">The speaker of each, from 0.</param>
internal sealed record Recordings(float[] Values, int[] Lengths, int[] SpokenBy)
{
    public const int Channels = 12, Steps = 29, Speakers = 9, Length = Steps * Channels;

    public int Count => Lengths.Length;

    /// <summary>The recordings as a model reads them.</summary>
    public SequenceDataset<float, int> Data => SequenceDataset.FromArrays(Values, SpokenBy, Count, Lengths);

    /// <summary>The official split of the Japanese vowels.</summary>
    /// <exception cref="UsageException">A file is missing, or of another problem.</exception>
    public static (Recordings Train, Recordings Test) Read(string folder)
    {
        TimeSeriesFile train = ReadPart("TRAIN", null);
        return Prepare(train.Series, ReadPart("TEST", train.Labels).Series);

        // The speakers are numbered as in the training part.
        TimeSeriesFile ReadPart(string part, IReadOnlyList<string>? labels)
        {
            string path = Path.Combine(folder, $"JapaneseVowels_{part}.ts");
            if (!File.Exists(path))
            {
                throw new UsageException($"There is no {path}; --data takes the folder of the archive's JapaneseVowels.");
            }

            TimeSeriesFile file = TimeSeriesFile.Read(path, new() { Labels = labels });
            return file.Channels == Channels && file.Labels.Count == Speakers && file.LongestSteps <= Steps
                ? file
                : throw new UsageException($"{path} has {file.Channels} channels, {file.Labels.Count} speakers and up to {file.LongestSteps} steps; the models read {Channels}, {Speakers} and {Steps}.");
        }
    }

    /// <summary>
    /// Recordings that the sample makes: nine speakers with slow curves of their own in each channel, said at another speed each time, with noise that
    /// hides much of the difference.
    /// </summary>
    public static (Recordings Train, Recordings Test) Make(int seed)
    {
        Random random = new(seed);
        double[][] curves = [.. Enumerable.Range(0, Speakers).Select(_ => Enumerable.Range(0, 3 * Channels).Select(_ => random.Gaussian()).ToArray())];
        LabelledSeries Draw(int speaker)
        {
            int steps = random.Next(7, Steps + 1);
            float[] values = new float[steps * Channels];
            double loudness = 1 + 0.3 * random.Gaussian();
            for (int i = 0; i < values.Length; i++)
            {
                int channel = i % Channels;
                double t = i / Channels / (double)steps, level = curves[speaker][3 * channel], slope = curves[speaker][3 * channel + 1], bend = curves[speaker][3 * channel + 2];
                values[i] = (float)(0.45 * loudness * (level + slope * (t - 0.5) + bend * Math.Sin(Math.PI * t)) + random.Gaussian());
            }

            return new LabelledSeries { Values = values, Steps = steps, Class = speaker };
        }

        return Prepare([.. Enumerable.Range(0, 270).Select(i => Draw(i / 30))], [.. Enumerable.Range(0, 370).Select(i => Draw(i % Speakers))]);
    }

    private static (Recordings Train, Recordings Test) Prepare(IReadOnlyList<LabelledSeries> train, IReadOnlyList<LabelledSeries> test)
    {
        var normalizer = FeatureNormalizer.StandardScore<float>(train.SelectMany(s => s.Values).ToArray(), Channels);
        return (Pad(train), Pad(test));

        Recordings Pad(IReadOnlyList<LabelledSeries> all)
        {
            float[] values = new float[all.Count * Length];
            for (int n = 0; n < all.Count; n++)
            {
                Span<float> recording = values.AsSpan(n * Length, all[n].Values.Length);
                all[n].Values.CopyTo(recording);
                normalizer.Apply(recording);
            }

            return new Recordings(values, [.. all.Select(s => s.Steps)], [.. all.Select(s => s.Class)]);
        }
    }
}
