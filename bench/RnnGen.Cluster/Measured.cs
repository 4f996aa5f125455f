using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace RnnGen.Cluster;

/// <summary>A step as a process measured it, in seconds.</summary>
internal sealed record Measured(int Processes, int Rank, StepTime Step, double Bytes, double Messages)
{
    private const int BatchOfOne = 32, Batches = 4, Epochs = 12;
    private const string FileName = "cluster-measured.csv", Header = "processes,rank,compute_ms,waiting_ms,exchange_ms,bytes,messages";

    /// <summary>Trains LSTM 32,128,256,256 a process, and adds a line for each process to the file.</summary>
    public static void Run(ProcessGroup processes, string folder)
    {
        int count = BatchOfOne * processes.Count * Batches;
        SequenceDataset<float, float> data = SequenceDataset.FromArrays(Computed.Numbers(count * Lstm256.Layout.InputLength), Computed.Numbers(count), count);

        Lstm256 model = new(1) { Threads = 1 };
        StepClock clock = new(processes);
        model.Fit(data, options: new FitOptions { Epochs = Epochs, BatchSize = BatchOfOne * processes.Count, Processes = processes, Schedule = clock });
        double[] own = clock.Typical();
        IReadOnlyList<byte[]> all = processes.Gather(MemoryMarshal.AsBytes<double>(own));
        if (processes.Rank > 0)
        {
            return;
        }

        string file = Path.Combine(folder, FileName);
        List<Measured> others = File.Exists(file) ? [.. Read(folder).Where(line => line.Processes != processes.Count)] : [];
        Measured[] lines = [.. others.Concat(all.Select((bytes, rank) =>
        {
            double[] v = MemoryMarshal.Cast<byte, double>(bytes).ToArray();
            return new Measured(processes.Count, rank, new(v[0], v[1], v[2]), v[3], v[4]);
        })).OrderBy(line => line.Processes).ThenBy(line => line.Rank)];
        File.WriteAllLines(file, [Header, .. lines.Select(line => FormattableString.Invariant(
            $"{line.Processes},{line.Rank},{line.Step.Compute * 1e3:F3},{line.Step.Waiting * 1e3:F3},{line.Step.Exchange * 1e3:F3},{line.Bytes:F0},{line.Messages:F1}"))]);
        foreach (Measured line in lines.Where(line => line.Processes == processes.Count))
        {
            Console.WriteLine($"process {line.Rank} of {line.Processes}: computes {line.Step.Compute * 1e3:F2} ms, waits {line.Step.Waiting * 1e3:F2} ms, exchanges {line.Bytes / 1e6:F2} MB in {line.Step.Exchange * 1e3:F2} ms ({line.Step.Exchange / line.Step.Total:P1})");
        }
    }

    /// <summary>The lines of the file.</summary>
    public static Measured[] Read(string folder) => [.. File.ReadLines(Path.Combine(folder, FileName)).Skip(1).Select(line =>
    {
        double[] v = [.. line.Split(',').Select(cell => double.Parse(cell, CultureInfo.InvariantCulture))];
        return new Measured((int)v[0], (int)v[1], new(v[2] / 1e3, v[3] / 1e3, v[4] / 1e3), v[5], v[6]);
    })];

    /// <summary>A constant rate, for which a training asks before each step: so it learns what each step took.</summary>
    private sealed class StepClock(ProcessGroup processes) : LearningRateSchedule
    {
        private readonly List<(long Step, long Time, ProcessTraffic Traffic)> _marks = [];

        public override double Factor(TrainingPosition position)
        {
            _marks.Add((position.Step, Stopwatch.GetTimestamp(), processes.Traffic));
            return 1;
        }

        /// <summary>The lowest tenth of each time: others use the machine too, and a step that they interrupt says nothing. The first steps, in which code is compiled, are left out, and what was asked before the training.</summary>
        public double[] Typical()
        {
            List<double[]> steps = [];
            for (int i = 1; i < _marks.Count; i++)
            {
                (long step, long time, ProcessTraffic traffic) = _marks[i - 1];
                (long next, long end, ProcessTraffic after) = _marks[i];
                if (step >= 4 && next == step + 1 && after.Messages > traffic.Messages == processes.Count > 1)
                {
                    double waiting = (after.Waiting - traffic.Waiting).TotalSeconds, exchange = (after.Exchanging - traffic.Exchanging).TotalSeconds;
                    steps.Add([Stopwatch.GetElapsedTime(time, end).TotalSeconds - waiting - exchange, waiting, exchange, after.BytesSent - traffic.BytesSent, after.Messages - traffic.Messages]);
                }
            }

            return [.. Enumerable.Range(0, 5).Select(column => steps.Select(step => step[column]).Order().ElementAt(steps.Count / 10))];
        }
    }
}
