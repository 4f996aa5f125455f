namespace Vowels;

/// <summary>What needs no training: the speaker of the recording whose means over time are nearest.</summary>
internal static class Baseline
{
    public static double Accuracy(Recordings train, Recordings test)
    {
        double[][] known = [.. Enumerable.Range(0, train.Count).Select(i => Means(train, i))];
        return Enumerable.Range(0, test.Count).Average(i =>
        {
            double[] asked = Means(test, i);
            int nearest = Enumerable.Range(0, train.Count).MinBy(k => known[k].Zip(asked).Sum(p => (p.First - p.Second) * (p.First - p.Second)));
            return train.Speakers[nearest] == test.Speakers[i] ? 1.0 : 0;
        });
    }

    private static double[] Means(Recordings recordings, int index)
    {
        double[] means = new double[SpeakerModel.Channels];
        for (int i = 0; i < recordings.Lengths[index] * SpeakerModel.Channels; i++)
        {
            means[i % SpeakerModel.Channels] += recordings.Values[index * SpeakerModel.Layout.InputLength + i] / recordings.Lengths[index];
        }

        return means;
    }
}
