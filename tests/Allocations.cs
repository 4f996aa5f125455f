namespace RnnGen.Tests;

/// <summary>What calls allocate, and what the process holds.</summary>
internal static class Allocations
{
    private const int Rounds = 5;

    /// <summary>
    /// Bytes that the call allocates on its thread, once it has run. A collection in between, which the allocations of another thread may start, counts the rest of
    /// this thread's allocation context on top; a call that allocates does so in every round, so the minimum of the rounds tells.
    /// </summary>
    internal static long Of(Action call)
    {
        long minimum = long.MaxValue;
        for (int round = 0; round < Rounds; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            call();
            minimum = Math.Min(minimum, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return minimum;
    }

    /// <summary>
    /// Bytes that the process holds. One forced collection may leave a few percent of a heap that is garbage, as what waits for its finalizer, so the minimum of three is taken.
    /// </summary>
    internal static long Held()
    {
        long minimum = long.MaxValue;
        for (int round = 0; round < 3; round++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            minimum = Math.Min(minimum, GC.GetTotalMemory(forceFullCollection: true));
        }

        return minimum;
    }
}
