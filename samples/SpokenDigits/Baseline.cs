namespace SpokenDigits;

/// <summary>What needs no training: the digit of the recording whose frames, stretched to the same number, are nearest.</summary>
internal static class Baseline
{
    private const int Frames = 20;

    public static double Accuracy(Sounds sounds, Ear ear)
    {
        (float[] Features, int Digit)[] known = [.. sounds.Train.Select(r => (Stretch(r, ear), r.Digit))], asked = [.. sounds.Test.Select(r => (Stretch(r, ear), r.Digit))];
        return asked.AsParallel().Average(a => known.MinBy(k => k.Features.Zip(a.Features).Sum(p => (p.First - p.Second) * (p.First - p.Second))).Digit == a.Digit ? 1.0 : 0);
    }

    private static float[] Stretch(Recording recording, Ear ear)
    {
        float[] features = ear.Hear(recording.Samples, 1000);
        int frames = features.Length / Ear.Bands;
        return [.. Enumerable.Range(0, Frames * Ear.Bands).Select(i => features[i / Ear.Bands * (frames - 1) / (Frames - 1) * Ear.Bands + i % Ear.Bands])];
    }
}
