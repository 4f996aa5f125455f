namespace RnnGen.Cluster;

/// <summary>What the model on paper and the simulation say of more machines than there are.</summary>
internal static class Predicted
{
    /// <summary>A node: its cores, the sequences that it computes, the part of its cores' time that is computing, and its mean delay as a part of its computing.</summary>
    public const int Cores = 16, Sequences = 256;

    public const double CoreUse = 0.85, Delay = 0.01;

    private static readonly int[] s_nodes = [8, 16, 32, 64, 128, 256, 512, 1024];

    public static void Run(string folder)
    {
        Computed[] models = Computed.Read(folder);
        if (File.Exists(Path.Combine(folder, "cluster-measured.csv")))
        {
            Compare(Measured.Read(folder));
        }

        foreach (Network network in (Network[])[Network.Ethernet, Network.InfiniBand])
        {
            Console.WriteLine($"\n{network.Name}: efficiency of weak scaling, {Sequences} sequences a node of {Cores} cores (simulated with delays in brackets)\n");
            Console.WriteLine($"| model | parameters | computing | {string.Join(" | ", s_nodes)} |\n|---|---|---|{string.Concat(s_nodes.Select(_ => "---|"))}");
            foreach (Computed model in models)
            {
                Workload work = OfNode(model);
                IEnumerable<string> cells = s_nodes.Select(nodes =>
                {
                    double simulated = new Simulation(work, network, 1).Run(2000).Step.Total / new Simulation(work, network, nodes).Run(200).Step.Total;
                    return $"{StepModel.Efficiency(work, network, nodes):P1} ({simulated:P1})";
                });
                Console.WriteLine($"| {model.Name} | {model.Parameters:N0} | {work.Compute * 1e3:F1} ms | {string.Join(" | ", cells)} |");
            }
        }

        File.WriteAllText(Path.Combine(folder, "cluster.svg"), ClusterPlot.Draw(models, s_nodes));
    }

    /// <summary>A step of a node.</summary>
    public static Workload OfNode(Computed model)
    {
        double compute = model.Fixed + (model.PerSequence * Sequences / (Cores * CoreUse));
        return new(model.Name, compute, model.GradientBytes) { RowBytes = model.RowBytesPerSequence * Sequences, TableBytes = model.TableBytes, Straggling = Delay * compute };
    }

    // The network of this machine's memory is that of the run of two processes; it and the computing of each process give the run of four.
    private static void Compare(Measured[] measured)
    {
        Console.WriteLine("| processes | computes | waits | exchanges | sent | exchange's share | simulated exchange | simulated step | measured step |\n|---|---|---|---|---|---|---|---|---|");
        Measured[] two = [.. measured.Where(line => line.Processes == 2)];
        foreach (IGrouping<int, Measured> run in measured.GroupBy(line => line.Processes))
        {
            double compute = run.Average(line => line.Step.Compute), waiting = run.Average(line => line.Step.Waiting), exchange = run.Average(line => line.Step.Exchange), total = compute + waiting + exchange;
            string simulated = " | ";
            if (two.Length > 0 && run.Key > 1)
            {
                // Copying takes a core: where processes share one, it takes as much longer as computing does.
                double crowding = Math.Max(1, run.Key / (double)Environment.ProcessorCount), bytes = two.Average(line => line.Bytes);
                Network memory = new("memory", 0, bytes / two.Average(line => line.Step.Exchange) / crowding);
                Simulated found = new Simulation(new("LSTM 256", 0, bytes) { AddedPerSecond = double.PositiveInfinity }, memory, run.Key).Run(100, (_, process) => run.ElementAt(process).Step.Compute);
                simulated = $"{found.Step.Exchange * 1e3:F2} ms | {found.Step.Total * 1e3:F1} ms";
            }

            Console.WriteLine($"| {run.Key} | {compute * 1e3:F1} ms | {waiting * 1e3:F2} ms | {exchange * 1e3:F2} ms | {run.Average(line => line.Bytes) / 1e6:F2} MB | {exchange / total:P1} | {simulated} | {total * 1e3:F1} ms |");
        }
    }
}
