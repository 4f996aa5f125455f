namespace RnnGen.Tests;

/// <summary>What calls allocate.</summary>
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
}
