using RnnGen;
using RnnGen.Samples;

namespace SpokenDigits;

/// <summary>Recordings of single digits as the models read them.</summary>
internal static class Features
{
    private const double Noise = 0.5;

    /// <summary>The frames of each recording, with its digit.</summary>
    public static SequenceDataset<float, int> Of(IReadOnlyList<Recording> recordings, Ear ear)
    {
        float[] inputs = new float[recordings.Count * DigitModel.Layout.InputLength];
        int[] lengths = new int[recordings.Count];
        for (int i = 0; i < recordings.Count; i++)
        {
            float[] features = ear.Hear(recordings[i].Samples, DigitModel.SequenceLength);
            features.CopyTo(inputs, i * DigitModel.Layout.InputLength);
            lengths[i] = features.Length / Ear.Bands;
        }

        return SequenceDataset.FromArrays(inputs, [.. recordings.Select(r => r.Digit)], recordings.Count, lengths);
    }

    /// <summary>The same with noise, from up to a tenth of the frames in, to up to a tenth before the end.</summary>
    public static SequenceDataset<float, int> Noisy(SequenceDataset<float, int> data, Random random)
    {
        float[] inputs = new float[data.Count * data.InputLength];
        int[] targets = new int[data.Count], lengths = new int[data.Count];
        for (int i = 0; i < data.Count; i++)
        {
            int cut = random.Next(data.Lengths[i] / 10 + 1), end = data.Lengths[i] - random.Next(data.Lengths[i] / 10 + 1);
            (lengths[i], targets[i]) = (end - cut, data.Target(i)[0]);
            ReadOnlySpan<float> features = data.Input(i).Slice(cut * Ear.Bands, lengths[i] * Ear.Bands);
            for (int k = 0; k < features.Length; k++)
            {
                inputs[i * data.InputLength + k] = features[k] + (float)(Noise * random.Gaussian());
            }
        }

        return SequenceDataset.FromArrays(inputs, targets, data.Count, lengths);
    }
}
