using RnnGen.Data;

namespace CustomCell;

/// <summary>Sequences in one array, padded with zeros, and what is asked about them.</summary>
/// <param name="Lengths">Steps of each.</param>
internal sealed record Sequences<TTarget>(float[] Values, TTarget[] Targets, int[] Lengths)
{
    public int Count => Lengths.Length;
}

/// <summary>What is learned: real recordings, or the adding problem.</summary>
internal static class Problems
{
    private const int Channels = 12, Speakers = 9;

    /// <summary>The official split of the Japanese vowels, each channel with mean 0 and deviation 1 over what is learned from.</summary>
    /// <exception cref="UsageException">A file is missing, or of another problem.</exception>
    public static (Sequences<int> Train, Sequences<int> Test) Vowels(string folder)
    {
        TimeSeriesFile trainFile = Read("TRAIN", null);
        IReadOnlyList<LabelledSeries> train = trainFile.Series, test = Read("TEST", trainFile.Labels).Series;
        double[] mean = new double[Channels], square = new double[Channels];
        double steps = train.Sum(s => s.Steps);
        foreach (LabelledSeries series in train)
        {
            for (int i = 0; i < series.Values.Length; i++)
            {
                mean[i % Channels] += series.Values[i] / steps;
                square[i % Channels] += series.Values[i] * (double)series.Values[i] / steps;
            }
        }

        return (Pad(train), Pad(test));

        // The speakers are numbered as in the training part.
        TimeSeriesFile Read(string part, IReadOnlyList<string>? labels)
        {
            string path = Path.Combine(folder, $"JapaneseVowels_{part}.ts");
            if (!File.Exists(path))
            {
                throw new UsageException($"There is no {path}; --data takes the folder of the archive's JapaneseVowels.");
            }

            TimeSeriesFile file = TimeSeriesFile.Read(path, new() { Labels = labels });
            return file.Channels == Channels && file.Labels.Count == Speakers && file.LongestSteps <= VanillaVowels.SequenceLength
                ? file
                : throw new UsageException($"{path} has {file.Channels} channels, {file.Labels.Count} speakers and up to {file.LongestSteps} steps; the models read {Channels}, {Speakers} and {VanillaVowels.SequenceLength}.");
        }

        Sequences<int> Pad(IReadOnlyList<LabelledSeries> all)
        {
            int length = VanillaVowels.SequenceLength * Channels;
            float[] values = new float[all.Count * length];
            for (int n = 0; n < all.Count; n++)
            {
                for (int i = 0; i < all[n].Values.Length; i++)
                {
                    int channel = i % Channels;
                    values[(n * length) + i] = (float)((all[n].Values[i] - mean[channel]) / Math.Sqrt(Math.Max(1e-12, square[channel] - (mean[channel] * mean[channel]))));
                }
            }

            return new Sequences<int>(values, [.. all.Select(s => s.Class)], [.. all.Select(s => s.Steps)]);
        }
    }

    /// <summary>The adding problem (S. Hochreiter and J. Schmidhuber 1997): numbers from 0 to 1, two of which are marked; their sum is asked for.</summary>
    public static (Sequences<float> Train, Sequences<float> Test) Adding(int train, int test)
    {
        const int Steps = VanillaAdding.SequenceLength;
        Random random = new(1);
        return (Draw(train), Draw(test));

        Sequences<float> Draw(int count)
        {
            float[] values = new float[count * Steps * 2], sums = new float[count];
            for (int n = 0; n < count; n++)
            {
                int first = random.Next(Steps / 2), second = (Steps / 2) + random.Next(Steps / 2);
                for (int t = 0; t < Steps; t++)
                {
                    int at = ((n * Steps) + t) * 2;
                    values[at] = random.NextSingle();
                    values[at + 1] = t == first || t == second ? 1 : 0;
                    sums[n] += values[at] * values[at + 1];
                }
            }

            return new Sequences<float>(values, sums, [.. Enumerable.Repeat(Steps, count)]);
        }
    }
}
