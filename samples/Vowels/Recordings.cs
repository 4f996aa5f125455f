using RnnGen;
using RnnGen.Data;

namespace Vowels;

/// <summary>Recordings of different length in one array, padded with zeros, each channel with mean 0 and deviation 1 over what is learned from.</summary>
internal sealed record Recordings(float[] Values, int[] Lengths, int[] Speakers)
{
    public int Count => Lengths.Length;

    /// <summary>Recordings to learn from, and others to be scored on.</summary>
    public static (Recordings Train, Recordings Test) Prepare(IReadOnlyList<LabelledSeries> train, IReadOnlyList<LabelledSeries> test)
    {
        double[] mean = new double[SpeakerModel.Channels], square = new double[SpeakerModel.Channels];
        int steps = train.Sum(s => s.Steps);
        foreach (LabelledSeries series in train)
        {
            for (int i = 0; i < series.Values.Length; i++)
            {
                mean[i % SpeakerModel.Channels] += series.Values[i] / (double)steps;
                square[i % SpeakerModel.Channels] += series.Values[i] * (double)series.Values[i] / steps;
            }
        }

        double[] deviation = [.. square.Select((s, i) => Math.Sqrt(Math.Max(1e-12, s - mean[i] * mean[i])))];
        return (Pad(train), Pad(test));

        Recordings Pad(IReadOnlyList<LabelledSeries> all)
        {
            float[] values = new float[all.Count * SpeakerModel.Layout.InputLength];
            for (int n = 0; n < all.Count; n++)
            {
                for (int i = 0; i < all[n].Values.Length; i++)
                {
                    values[n * SpeakerModel.Layout.InputLength + i] = (float)((all[n].Values[i] - mean[i % SpeakerModel.Channels]) / deviation[i % SpeakerModel.Channels]);
                }
            }

            return new Recordings(values, [.. all.Select(s => s.Steps)], [.. all.Select(s => s.Class)]);
        }
    }

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
            return file.Channels == SpeakerModel.Channels && file.Labels.Count == SpeakerModel.OutputSize && file.LongestSteps <= SpeakerModel.SequenceLength
                ? file
                : throw new UsageException($"{path} has {file.Channels} channels, {file.Labels.Count} speakers and up to {file.LongestSteps} steps; the model reads {SpeakerModel.Channels}, {SpeakerModel.OutputSize} and {SpeakerModel.SequenceLength}.");
        }
    }

    /// <summary>
    /// Recordings that are made up: nine speakers with slow curves of their own in each channel, said at another speed each time, with noise that
    /// hides much of the difference.
    /// </summary>
    public static (Recordings Train, Recordings Test) Make(int seed)
    {
        Random random = new(seed);
        double Gaussian() => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
        double[][] curves = [.. Enumerable.Range(0, SpeakerModel.OutputSize).Select(_ => Enumerable.Range(0, 3 * SpeakerModel.Channels).Select(_ => Gaussian()).ToArray())];
        LabelledSeries Draw(int speaker)
        {
            int steps = random.Next(7, SpeakerModel.SequenceLength + 1);
            float[] values = new float[steps * SpeakerModel.Channels];
            double loudness = 1 + 0.3 * Gaussian();
            for (int i = 0; i < values.Length; i++)
            {
                int channel = i % SpeakerModel.Channels;
                double t = i / SpeakerModel.Channels / (double)steps, level = curves[speaker][3 * channel], slope = curves[speaker][3 * channel + 1], bend = curves[speaker][3 * channel + 2];
                values[i] = (float)(0.45 * loudness * (level + slope * (t - 0.5) + bend * Math.Sin(Math.PI * t)) + Gaussian());
            }

            return new LabelledSeries { Values = values, Steps = steps, Class = speaker };
        }

        return Prepare([.. Enumerable.Range(0, 270).Select(i => Draw(i / 30))], [.. Enumerable.Range(0, 370).Select(i => Draw(i % 9))]);
    }

    /// <summary>A batch of recordings with noise added to what was said.</summary>
    public (float[] Values, int[] Lengths, int[] Speakers) Noisy(ReadOnlySpan<int> indices, double noise, Random random)
    {
        int length = SpeakerModel.Layout.InputLength;
        float[] values = new float[indices.Length * length];
        int[] lengths = new int[indices.Length], speakers = new int[indices.Length];
        for (int n = 0; n < indices.Length; n++)
        {
            Values.AsSpan(indices[n] * length, length).CopyTo(values.AsSpan(n * length));
            (lengths[n], speakers[n]) = (Lengths[indices[n]], Speakers[indices[n]]);
            for (int i = 0; i < lengths[n] * SpeakerModel.Channels; i++)
            {
                values[n * length + i] += (float)(noise * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
            }
        }

        return (values, lengths, speakers);
    }
}
