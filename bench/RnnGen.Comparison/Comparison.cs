using System.Diagnostics;
using System.Runtime.InteropServices;
using RnnGen.Comparison.Limits;

namespace RnnGen.Comparison;

/// <summary>A row and everybody who does it.</summary>
internal sealed class RowRun(Row row, Problem problem)
{
    public const string RnnGen = "RnnGen";
    public const string RnnGenTwoThreads = "RnnGen-2";

    public Row Row => row;

    public Problem Problem => problem;

    /// <summary>RnnGen first.</summary>
    public List<Cell> Cells { get; } = [];

    /// <summary>What limits the row, measured right before it in every round: FLOP/s, or bytes/s when streaming.</summary>
    public Samples Limit { get; } = new();

    /// <summary>What two threads gain on work that shares nothing, right before RnnGen's two threads in every round.</summary>
    public Samples ThreadsControl { get; } = new();

    /// <summary>Whether what two threads gain can be judged: the machine had a second core to give.</summary>
    public bool JudgesThreads => ThreadsControl.Values.Count > 0 && ThreadsControl.Median >= 1.5;

    /// <summary>What two threads are asked to gain, of most rows given what two that share nothing gained; null where nothing is asked.</summary>
    public double? ThreadsGoal => row.GainGoal ?? row.ThreadsGoal * ThreadsControl.Median;

    /// <summary>Whether two threads computed, or trained to, the same bits as one; null where that is not asked.</summary>
    public bool? SameBits { get; set; }

    /// <summary>RnnGen's part of the limit that it reached.</summary>
    public double Share => (row.Work == Work.Streaming ? row.WeightBytes : row.Operations) / Cells[0].Seconds.Median / Limit.Median;

    /// <summary>What its steps are made of, where it misses its share of the peak and that was measured.</summary>
    public StepShares? Parts { get; set; }

    public Cell? this[string name] => Cells.FirstOrDefault(c => c.Name == name);

    /// <summary>Peer / RnnGen, two threads against two threads; for RnnGen's own two threads, one thread / two.</summary>
    public double Ratio(Cell cell) => cell.Name switch
    {
        RnnGenTwoThreads => Cells[0].Seconds.Median / cell.Seconds.Median,
        Rows.LibTorchTwoThreads or Rows.LibTorchBFloat16TwoThreads => cell.Seconds.Median / (this[RnnGenTwoThreads] ?? Cells[0]).Seconds.Median,
        _ => cell.Seconds.Median / Cells[0].Seconds.Median,
    };
}

/// <summary>Shares of a training step; they sum to 1.</summary>
/// <param name="Products">What is left: products, and clearing and adding their sums.</param>
/// <param name="Functions">What a cell without functions saves.</param>
/// <param name="Rest">Clipping, Adam and packing.</param>
internal sealed record StepShares(double Products, double Functions, double Rest)
{
    /// <summary>The medians over rounds of the shares in each.</summary>
    public static StepShares Of(Samples step, Samples withoutFunctions, Samples update)
    {
        Samples functions = new(), rest = new();
        for (int round = 0; round < step.Values.Count; round++)
        {
            functions.Add(1 - (withoutFunctions.Values[round] / step.Values[round]));
            rest.Add(update.Values[round] / step.Values[round]);
        }

        return new StepShares(1 - functions.Median - rest.Median, functions.Median, rest.Median);
    }
}

/// <summary>Prepares, checks and measures all rows in turn.</summary>
internal sealed class Comparison(Options options, IReadOnlyList<IPeer> peers, string folder) : IDisposable
{
    private readonly Dictionary<int, ReadBandwidth> _bandwidths = [];

    public List<RowRun> Runs { get; } = [];

    /// <summary>Peers that failed on a row, and how.</summary>
    public List<string> Failures { get; } = [];

    /// <summary>Makes everybody's subjects, compares their numbers with RnnGen's, and warms them up.</summary>
    public void Prepare(IReadOnlyList<Row> rows)
    {
        foreach ((int index, Row row) in rows.Index())
        {
            Progress.Show($"preparing {index + 1} of {rows.Count}: {row.Name}");
            Problem problem = Problem.Create(row, folder);
            RowRun run = new(row, problem);
            Cell own = new(RowRun.RnnGen, row.Create(problem, 1));
            float[] expected = own.Check();
            own.WarmUp(options.Sample, compiled: true);
            run.Cells.Add(own);
            if (row.HasTwoThreads && Environment.ProcessorCount > 1)
            {
                Cell two = new(RowRun.RnnGenTwoThreads, row.Create(problem, 2));
                run.SameBits = expected.AsSpan().SequenceEqual(two.Check()) && (row.Work != Work.Training || TrainToSameBits(row, problem));
                two.WarmUp(options.Sample, compiled: true);
                run.Cells.Add(two);
            }

            foreach (Beside beside in row.Beside)
            {
                Cell cell = new(beside.Name, beside.Create(problem));
                cell.Agreement = beside.Bits is { } bits ? Agreement.Of(row, expected, cell.Check(), bits) : null;
                cell.WarmUp(options.Sample, compiled: true);
                run.Cells.Add(cell);
            }

            foreach (IPeer peer in peers.Where(p => row.HasPeers && p.Does(row)))
            {
                try
                {
                    Cell cell = new(peer.Name, peer.Prepare(problem));
                    cell.Agreement = Agreement.Of(row, expected, cell.Check(), peer.Bits);
                    cell.WarmUp(options.Sample, compiled: peer is not Peers.ProcessPeer || row.IsOwn);
                    run.Cells.Add(cell);
                }
                catch (PeerException exception)
                {
                    Failures.Add($"{peer.Name} on {row.Name}: {exception.Message}");
                }
            }

            Runs.Add(run);
        }
    }

    /// <summary>Measures every cell once a round; odd rounds go backwards, so that no cell always follows the same one.</summary>
    public void Measure()
    {
        long start = Stopwatch.GetTimestamp();
        for (int round = 0; round < options.Rounds; round++)
        {
            Progress.Show($"round {round + 1} of {options.Rounds}, {Stopwatch.GetElapsedTime(start).TotalSeconds:F0} s");
            foreach (RowRun run in round % 2 == 0 ? Runs : Enumerable.Reverse(Runs))
            {
                run.Limit.Add(run.Row.Work == Work.Streaming ? Bandwidth(run.Row.Footprint) : FmaPeak.Measure());
                foreach (Cell cell in (round % 2 == 0 ? run.Cells : Enumerable.Reverse(run.Cells)).ToList())
                {
                    if (cell.Name == RowRun.RnnGenTwoThreads)
                    {
                        run.ThreadsControl.Add(FmaPeak.MeasureTwoThreads());
                    }

                    try
                    {
                        cell.Measure();
                    }
                    catch (PeerException exception)
                    {
                        Failures.Add($"{cell.Name} on {run.Row.Name}: {exception.Message}");
                        run.Cells.Remove(cell);
                    }
                }
            }
        }

        Progress.Show($"measured in {Stopwatch.GetElapsedTime(start).TotalSeconds:F0} s");
    }

    /// <summary>Measures what the steps of those rows are made of that miss their share of the peak.</summary>
    public void MeasureParts()
    {
        foreach (RowRun run in Runs.Where(r => r.Row.Parts is not null && r.Share < r.Row.ShareGoal))
        {
            Progress.Show($"parts of {run.Row.Name}");
            StepParts parts = run.Row.Parts!;
            Cell[] cells = [new("step", run.Row.Create(run.Problem, 1)), new("without functions", parts.WithoutFunctions(run.Problem)), new("update", parts.Update(run.Problem))];
            foreach (Cell cell in cells)
            {
                cell.WarmUp(options.Sample, compiled: true);
            }

            for (int round = 0; round < options.Rounds; round++)
            {
                foreach (Cell cell in round % 2 == 0 ? cells : Enumerable.Reverse(cells))
                {
                    cell.Measure();
                }
            }

            run.Parts = StepShares.Of(cells[0].Seconds, cells[1].Seconds, cells[2].Seconds);
        }
    }

    public void Dispose()
    {
        foreach (ReadBandwidth probe in _bandwidths.Values)
        {
            probe.Dispose();
        }
    }

    private static bool TrainToSameBits(Row row, Problem problem)
    {
        float[][] gradients = [.. Enumerable.Range(1, 2).Select(threads =>
        {
            ISubject subject = row.Create(problem, threads);
            subject.Run(3);
            return subject.Check();
        })];
        return MemoryMarshal.AsBytes(gradients[0].AsSpan()).SequenceEqual(MemoryMarshal.AsBytes(gradients[1].AsSpan()));
    }

    private double Bandwidth(int bytes)
    {
        if (!_bandwidths.TryGetValue(bytes, out ReadBandwidth? probe))
        {
            _bandwidths[bytes] = probe = new ReadBandwidth(bytes);
        }

        return probe.Measure();
    }
}

/// <summary>Says what is going on, on the error stream: in one line on a terminal, in many in a file.</summary>
internal static class Progress
{
    public static void Show(string text)
    {
        if (Console.IsErrorRedirected)
        {
            Console.Error.WriteLine(text);
        }
        else
        {
            Console.Error.Write($"\r{text,-79}");
        }
    }

    /// <summary>Ends the line on a terminal.</summary>
    public static void End()
    {
        if (!Console.IsErrorRedirected)
        {
            Console.Error.WriteLine();
        }
    }
}
