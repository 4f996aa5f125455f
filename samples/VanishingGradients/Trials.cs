using System.Collections.Concurrent;
using System.Diagnostics;

namespace VanishingGradients;

/// <summary>All trials: each network on each task and length.</summary>
internal static class Trials
{
    /// <summary>Runs them on all processors.</summary>
    /// <param name="memories">Steps to remember over.</param>
    /// <param name="effort">Training steps, as a multiple of the usual ones.</param>
    /// <param name="seed">Draws weights and sequences.</param>
    public static Outcome[] Run(IEnumerable<int> memories, double effort, int seed)
    {
        int adds = Steps(1500, effort), copies = Steps(2500, effort);
        Adding adding = new();
        Copying copying = new();
        Func<Outcome>[] trials = [.. memories.SelectMany(memory => (Func<Outcome>[])[
            () => Trial.Run<TanhAdds, float>("RNN, tanh", adding, memory, adds, 1e-3, seed),
            () => Trial.Run<IdentityAdds, float>("RNN, ReLU, identity", adding, memory, adds, 3e-3, seed),
            () => Trial.Run<GruAdds, float>("GRU", adding, memory, adds, 1e-2, seed),
            () => Trial.Run<LstmAdds, float>("LSTM", adding, memory, 2 * adds, 5e-3, seed),
            () => Trial.Run<TanhCopies, int>("RNN, tanh", copying, memory, copies, 3e-3, seed),
            () => Trial.Run<IdentityCopies, int>("RNN, ReLU, identity", copying, memory, copies, 1e-3, seed),
            () => Trial.Run<GruCopies, int>("GRU", copying, memory, copies, 3e-3, seed),
            () => Trial.Run<LstmCopies, int>("LSTM", copying, memory, copies, 3e-3, seed),
        ])];

        // The longest ones first; each on a thread of its own, so that none waits for another's step.
        Outcome[] outcomes = new Outcome[trials.Length];
        var order = Partitioner.Create(Enumerable.Range(0, trials.Length).Reverse(), EnumerablePartitionerOptions.NoBuffering);
        var watch = Stopwatch.StartNew();
        Parallel.ForEach(order, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, trial =>
        {
            Outcome outcome = outcomes[trial] = trials[trial]();
            lock (outcomes)
            {
                Console.WriteLine($"  {outcome.Task,-8} {outcome.Cell,-20} T = {outcome.Memory,4}  {outcome.Steps,5} steps  {outcome.Measure} {outcome.Error:F3}  {watch.Elapsed.TotalSeconds,4:F0} s");
            }
        });
        return outcomes;
    }

    /// <summary>Training steps at an effort.</summary>
    public static int Steps(int usual, double effort) => Math.Max(Trial.Snapshots, (int)(usual * effort));
}
