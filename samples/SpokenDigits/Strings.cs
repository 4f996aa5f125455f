using RnnGen;

namespace SpokenDigits;

/// <summary>Strings of three to six digits as the model reads them.</summary>
/// <param name="Inputs">[string, frame, band].</param>
/// <param name="Targets">[string, label]: digits from 1, then 0 for none.</param>
/// <param name="Lengths">Frames of each.</param>
internal sealed record Strings(float[] Inputs, int[] Targets, int[] Lengths)
{
    public const int Longest = 6;

    public int Count => Lengths.Length;

    public SequenceDataset<float, int> Data => SequenceDataset.FromArrays(Inputs, Targets, Count, Lengths);

    /// <summary>Glues recordings together.</summary>
    public static Strings Glue(IReadOnlyList<Recording> recordings, int count, Random random, Ear ear)
    {
        Strings strings = new(new float[count * StringModel.Layout.InputLength], new int[count * Longest], new int[count]);
        for (int i = 0; i < count; i++)
        {
            (float[] samples, int[] digits) = Sounds.Glue(recordings, random);
            while (ear.FrameCount(samples.Length) > StringModel.SequenceLength)
            {
                (samples, digits) = Sounds.Glue(recordings, random);
            }

            float[] features = ear.Hear(samples, StringModel.SequenceLength);
            features.CopyTo(strings.Inputs, i * StringModel.Layout.InputLength);
            strings.Lengths[i] = features.Length / Ear.Bands;
            digits.Select(d => d + 1).ToArray().CopyTo(strings.Targets, i * Longest);
        }

        return strings;
    }

    /// <summary>The frames of one string.</summary>
    public ReadOnlySpan<float> Frames(int index) => Inputs.AsSpan(index * StringModel.Layout.InputLength, Lengths[index] * Ear.Bands);

    /// <summary>The labels of one string.</summary>
    public int[] Labels(int index) => [.. Targets.Skip(index * Longest).Take(Longest).Where(d => d > 0)];
}
