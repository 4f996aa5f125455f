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
            return train.SpokenBy[nearest] == test.SpokenBy[i] ? 1.0 : 0;
        });
    }

    private static double[] Means(Recordings recordings, int index)
    {
        double[] means = new double[Recordings.Channels];
        for (int i = 0; i < recordings.Lengths[index] * Recordings.Channels; i++)
        {
            means[i % Recordings.Channels] += recordings.Values[index * Recordings.Length + i] / recordings.Lengths[index];
        }

        return means;
    }
}
