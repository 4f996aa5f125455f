namespace RnnGen.Runtime;

/// <summary>Random orders.</summary>
internal static class Shuffling
{
    /// <summary>Where the positions of the draws of buckets begin, beyond those of sequences.</summary>
    public const long Buckets = 1L << 40;

    /// <summary>R. Fisher and F. Yates' shuffle (R. Durstenfeld 1964).</summary>
    public static void Shuffle(Span<int> items, CounterRandom random, long position)
    {
        for (int i = items.Length - 1; i > 0; i--)
        {
            int other = random.Below(i + 1, position + i);
            (items[i], items[other]) = (items[other], items[i]);
        }
    }

    /// <summary>Sorts items by length, stably, and puts the whole batches of the result into random order; a last one that is not whole stays last.</summary>
    public static void Bucket(Span<int> items, ReadOnlySpan<int> lengths, int batchSize, CounterRandom random, long position)
    {
        long[] keys = new long[items.Length];
        for (int i = 0; i < keys.Length; i++)
        {
            keys[i] = ((long)lengths[items[i]] << 32) | (uint)i;
        }

        keys.AsSpan().Sort(items);
        int[] sorted = items.ToArray(), batches = [.. Enumerable.Range(0, items.Length / batchSize)];
        Shuffle(batches, random, position);
        for (int i = 0; i < batches.Length; i++)
        {
            sorted.AsSpan(batches[i] * batchSize, batchSize).CopyTo(items[(i * batchSize)..]);
        }
    }
}
