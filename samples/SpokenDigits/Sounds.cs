using RnnGen.Data;
using RnnGen.Samples;

namespace SpokenDigits;

/// <summary>A recording, as samples at 8 kHz, and its digit.</summary>
internal sealed record Recording(float[] Samples, int Digit);

/// <summary>Recordings to learn from and others to be scored on.</summary>
internal sealed record Sounds(IReadOnlyList<Recording> Train, IReadOnlyList<Recording> Test)
{
    public const int Rate = 8000;

    /// <summary>Reads a folder of <c>digit_speaker_index.wav</c>; indices 0 to 4 are the test, as the set's authors have it.</summary>
    /// <exception cref="UsageException">There are no such files, or one is not of 8 kHz.</exception>
    public static Sounds Read(string folder)
    {
        List<Recording> train = [], test = [];
        foreach (string path in Directory.Exists(folder) ? Directory.GetFiles(folder, "*.wav").Order(StringComparer.Ordinal).ToArray() : [])
        {
            string[] name = Path.GetFileNameWithoutExtension(path).Split('_');
            if (name.Length != 3 || !int.TryParse(name[0], out int digit) || digit is < 0 or > 9 || !int.TryParse(name[2], out int index))
            {
                throw new UsageException($"{path} is not named digit_speaker_index.wav.");
            }

            WavAudio audio = WavFile.Read(path);
            if (audio.SampleRate != Rate || audio.Channels != 1)
            {
                throw new UsageException($"{path} has {audio.SampleRate} Hz and {audio.Channels} channels; the sample hears {Rate} Hz and one.");
            }

            (index < 5 ? test : train).Add(new Recording(audio.Samples, digit));
        }

        return train.Count > 0 && test.Count > 0 ? new Sounds(train, test) : throw new UsageException($"There are no recordings digit_speaker_index.wav in {folder}.");
    }

    /// <summary>
    /// Recordings that the sample makes: each digit is two glides of two resonances over a buzz, said by voices of another pitch, at another speed and
    /// loudness each time, in noise.
    /// </summary>
    public static Sounds Make(int seed)
    {
        Random shapes = new(12), random = new(seed);
        double[][] digits = [.. Enumerable.Range(0, 10).Select(_ => Enumerable.Range(0, 6).Select(i => i % 2 == 0 ? 250 + 650 * shapes.NextDouble() : 1000 + 2200 * shapes.NextDouble()).ToArray())];
        Recording Draw(int digit)
        {
            int count = (int)(Rate * (0.25 + 0.35 * random.NextDouble()));
            double pitch = 90 + 120 * random.NextDouble(), loudness = 0.1 + 0.4 * random.NextDouble(), tract = 0.9 + 0.2 * random.NextDouble(), phase = 0;
            float[] samples = new float[count];
            for (int i = 0; i < count; i++)
            {
                double t = 2.0 * i / count, part = t % 1;
                int from = (int)Math.Min(1, t) * 2;
                double low = tract * (digits[digit][from] * (1 - part) + digits[digit][from + 2] * part), high = tract * (digits[digit][from + 1] * (1 - part) + digits[digit][from + 3] * part);
                phase += pitch * (1 + 0.05 * Math.Sin(9.0 * i / count)) / Rate;
                double value = 0;
                for (int n = 1; n * pitch < 3900; n++)
                {
                    double f = n * pitch, gain = Math.Exp(-Math.Abs(f - low) / 120) + 0.7 * Math.Exp(-Math.Abs(f - high) / 200);
                    value += gain * Math.Sin(2 * Math.PI * n * phase);
                }

                samples[i] = (float)Math.Clamp(loudness * Math.Sin(Math.PI * i / count) * value * 0.5 + 0.02 * (random.NextDouble() - 0.5), -1, 1);
            }

            return new Recording(samples, digit);
        }

        return new Sounds([.. Enumerable.Range(0, 900).Select(i => Draw(i % 10))], [.. Enumerable.Range(0, 300).Select(i => Draw(i % 10))]);
    }

    /// <summary>Three to six recordings one after the other, with short pauses.</summary>
    public static (float[] Samples, int[] Digits) Glue(IReadOnlyList<Recording> recordings, Random random)
    {
        List<float> samples = [];
        int[] digits = new int[3 + random.Next(4)];
        for (int i = 0; i < digits.Length; i++)
        {
            Recording recording = recordings[random.Next(recordings.Count)];
            digits[i] = recording.Digit;
            samples.AddRange(recording.Samples);
            samples.AddRange(Enumerable.Range(0, random.Next(Rate / 20)).Select(_ => (float)(0.002 * (random.NextDouble() - 0.5))));
        }

        return ([.. samples], digits);
    }
}
