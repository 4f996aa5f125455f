using System.Numerics;

namespace RnnGen.Cluster;

/// <summary>
/// A step of p processes on paper. Each exchanges 2 log2 p messages with little in them (whether to stop; the losses), and 2 log2 p of the gradient by recursive halving and doubling:
/// 2·(p - 1)/p of its bytes (R. Thakur, R. Rabenseifner and W. Gropp 2005, "Optimization of collective communication operations in MPICH"). The slowest of p processes whose delays are exponential with mean J
/// is late by J·(1 + 1/2 + … + 1/p), of which J is its own.
/// </summary>
public static class StepModel
{
    /// <summary>The expected time of a step.</summary>
    /// <param name="work">What each process computes.</param>
    /// <param name="network">What connects them.</param>
    /// <param name="processes">A power of two.</param>
    public static StepTime Step(Workload work, Network network, int processes)
    {
        int levels = BitOperations.Log2((uint)processes);
        double share = (processes - 1) / (double)processes, slowest = Enumerable.Range(1, processes).Sum(i => 1.0 / i);
        double exchange = (4 * levels * network.Latency) + (2 * share * work.GradientBytes / network.BytesPerSecond) + (share * work.GradientBytes / work.AddedPerSecond);
        if (work.RowBytes > 0)
        {
            exchange += (3 * levels * network.Latency) + (Enumerable.Range(0, levels).Sum(level => RowBytes(work, level)) / network.BytesPerSecond);
        }

        return new(work.Compute + work.Straggling, work.Straggling * (slowest - 1), exchange);
    }

    /// <summary>Bytes of the rows that 2^level processes have touched, at most: rows that several of them touched are added up on the way.</summary>
    public static double RowBytes(Workload work, int level) => Math.Min(work.RowBytes * (1 << level), work.TableBytes);

    /// <summary>Weak scaling: the time of one process over that of p, each with the same number of sequences.</summary>
    public static double Efficiency(Workload work, Network network, int processes) => Step(work, network, 1).Total / Step(work, network, processes).Total;
}
