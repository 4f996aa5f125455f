namespace RnnGen.Comparison;

/// <summary>Rows of sequences that differ in length as those of text and events do: a few long ones, many short ones. PyTorch trains them as packed sequences.</summary>
internal static class DifferentLengths
{
    public static IReadOnlyList<Row> Rows { get; } =
    [
        global::RnnGen.Comparison.Rows.Training<Lstm_32_512_64_128>((m, n) => m.Threads = n, new()) with { Goals = [], Lengths = Lengths(Lstm_32_512_64_128.BatchSize, Lstm_32_512_64_128.SequenceLength) },
    ];

    // Each is three quarters of the one before, so that the mean of 32 is an eighth of the longest; in no order.
    private static int[] Lengths(int count, int longest)
    {
        int[] lengths = [.. Enumerable.Range(0, count).Select(i => Math.Max(1, (int)Math.Round(longest * Math.Pow(0.75, i))))];
        new Random(1).Shuffle(lengths);
        return lengths;
    }
}
