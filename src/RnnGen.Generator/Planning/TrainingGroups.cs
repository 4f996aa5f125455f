namespace RnnGen.Generator.Planning;

/// <summary>How a batch is divided for training: into groups that go through forward and backward pass at once, and chunks of steps of the weight gradients.</summary>
internal static class TrainingGroups
{
    // Rows × steps of one chunk of the weight gradient: enough to pay for loading and storing the accumulators,
    // few enough that the chunk's lanes are still in the second-level cache after their backward steps.
    private const int ChunkRows = 256;

    // Bytes of packs up to which a layer's weights stay in the second-level cache.
    private const int CachedPacks = 600_000;

    /// <summary>Sequences of a group, unless a batch is smaller: two tiles of rows.</summary>
    public const int MinimumGroup = 8;

    /// <summary>Steps of one chunk of the weight gradient.</summary>
    public static int ChunkSteps(int groupSize) => Math.Max(1, ChunkRows / groupSize);

    /// <summary>
    /// Sequences that are trained at once: few, so that what they leave for the backward pass is still in the second-level cache there, and several
    /// threads have work; more where the weights do not fit into it and are read again for every group.
    /// </summary>
    /// <param name="batchSize">Sequences of a usual step.</param>
    /// <param name="packBytes">Bytes of the largest layer's forward pack.</param>
    public static int GroupSize(int batchSize, long packBytes)
    {
        int size = packBytes <= CachedPacks ? MinimumGroup : Math.Min(32, Math.Max(16, (batchSize / 2 + 7) / 8 * 8));
        return Math.Min(size, batchSize);
    }

    /// <summary>Sums that the groups of a usual step add their gradients to: one for each leaf of the tree that has a group.</summary>
    public static int SumCount(int batchSize, int groupSize, int leaves) => Math.Min(leaves, (batchSize + groupSize - 1) / groupSize);
}
