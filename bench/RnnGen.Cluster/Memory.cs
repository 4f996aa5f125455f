using System.Runtime.InteropServices;

namespace RnnGen.Cluster;

/// <summary>What a training takes of a process's memory, besides its data: the model, the optimiser's moments, the sums of gradients, the activations of a group and the batch.</summary>
internal static class Memory
{
    private const int BatchSize = 128, Steps = 3;
    private const string FileName = "cluster-memory.csv", Header = "processes,rank,parameters,model_mb,training_mb";

    /// <summary>Trains LSTM 1,024 on batches of 128 sequences with Adam, whose moments the processes share.</summary>
    public static void Run(ProcessGroup processes, string folder)
    {
        SequenceDataset<float, float> data = SequenceDataset.FromArrays(Computed.Numbers(BatchSize * Lstm1024.Layout.InputLength), Computed.Numbers(BatchSize), BatchSize);
        double before = Resident();
        Lstm1024 model = new(1) { Threads = 1 };
        double created = Resident();
        model.Fit(data, options: new FitOptions { Epochs = Steps, BatchSize = BatchSize, Processes = processes, ShardOptimizer = processes.Count > 1 });
        double trained = Resident();
        IReadOnlyList<byte[]> all = processes.Gather(MemoryMarshal.AsBytes<double>([created - before, trained - created]));
        if (processes.Rank > 0)
        {
            return;
        }

        string file = Path.Combine(folder, FileName), own = FormattableString.Invariant($"{processes.Count},");
        string[] others = File.Exists(file) ? [.. File.ReadLines(file).Skip(1).Where(line => !line.StartsWith(own, StringComparison.Ordinal))] : [];
        string[] lines = [.. all.Select((bytes, rank) =>
        {
            double[] v = MemoryMarshal.Cast<byte, double>(bytes).ToArray();
            Console.WriteLine($"process {rank} of {processes.Count}: the model takes {v[0]:F0} MB, its training {v[1]:F0} MB");
            return FormattableString.Invariant($"{own}{rank},{Lstm1024.ParameterCount},{v[0]:F1},{v[1]:F1}");
        })];
        File.WriteAllLines(file, [Header, .. others.Concat(lines).Order(StringComparer.Ordinal)]);
    }

    // Millions of bytes that this process has in memory; what is free by now is given back before.
    private static double Resident()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        return Environment.WorkingSet / 1e6;
    }
}
