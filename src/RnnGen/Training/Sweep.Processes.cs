using System.Runtime.InteropServices;
using RnnGen.Runtime;

namespace RnnGen;

// How a sweep shares its runs among processes: each trains some of them alone, and all receive what became of the others.
public sealed partial class Sweep<TNumber, TInput, TTarget>
{
    private void CheckAlike(ProcessGroup processes, Monitor monitor)
    {
        processes.CheckCount(nameof(Processes));
        Likeness likeness = new(processes, "sweep");
        likeness.Add("candidates", string.Join("/", _candidates.Select(candidate => candidate.Name)), Likeness.SameCandidates);
        likeness.Add(nameof(Seeds), string.Join(", ", Seeds), Likeness.SameOptions);
        likeness.Add(nameof(Monitor), monitor.Name, Likeness.SameOptions);
        likeness.Add(nameof(Folder), Folder ?? "none", Likeness.SameOptions);
        _train.Describe((name, value) => likeness.Add($"training data's {name}", value, Likeness.SameData));
        _validation.Describe((name, value) => likeness.Add($"validation data's {name}", value, Likeness.SameData));
        likeness.Check();

        Likeness runs = new(processes, "sweep");
        foreach ((string name, string value) in Together.Agree(processes, DescribeRuns))
        {
            runs.Add(name, value, Likeness.SameCandidates);
        }

        runs.Check();
    }

    private List<(string Name, string Value)> DescribeRuns()
    {
        List<(string Name, string Value)> settings = [];
        foreach (Candidate candidate in _candidates)
        {
            foreach (int seed in Seeds)
            {
                candidate.Describe(candidate.Options(seed), (name, value) => settings.Add((Invariant($"'{candidate.Name}' with seed {seed}: {name}"), value)));
            }
        }

        return settings;
    }

    // Fills in the runs of the other processes; returns the model of the best of all.
    private object? Gather(ProcessGroup processes, SweepRun?[] runs, Monitor monitor, object? ownBest)
    {
        IReadOnlyList<byte[]> parts = processes.Gather(Written(processes, runs));
        for (int rank = 0; rank < processes.Count; rank++)
        {
            if (rank != processes.Rank)
            {
                Read(parts[rank], processes, rank, runs, monitor);
            }
        }

        if (SweepResult.BestOf(runs.OfType<SweepRun>(), monitor) is not { } best)
        {
            return null;
        }

        int place = Array.IndexOf(runs, best), owner = place % processes.Count;
        Candidate candidate = _candidates[place / Seeds.Count];
        TNumber[] parameters = owner == processes.Rank ? candidate.ParametersOf(ownBest!) : [];
        byte[] bytes = processes.Gather(MemoryMarshal.AsBytes<TNumber>(parameters))[owner];
        return owner == processes.Rank ? ownBest : candidate.Rebuild(best.Seed, MemoryMarshal.Cast<byte, TNumber>(bytes));
    }

    private static byte[] Written(ProcessGroup processes, SweepRun?[] runs)
    {
        using MemoryStream stream = new();
        using CheckpointWriter writer = new(stream);
        for (int i = processes.Rank; i < runs.Length; i += processes.Count)
        {
            SweepRun run = runs[i]!;
            writer.Write(run.Failure is not null);
            if (run.Failure is { } failure)
            {
                writer.Write($"{failure.GetType().Name}: {failure.Message}");
                continue;
            }

            writer.Write(run.Value);
            writer.Write(run.Seconds);
            writer.Write(run.Result!.HasStoppedEarly);
            writer.Write(run.Result.Epochs.Count);
            foreach (EpochResult epoch in run.Result.Epochs)
            {
                EpochFields.Write(writer, epoch);
            }
        }

        writer.Finish();
        return stream.ToArray();
    }

    private void Read(byte[] bytes, ProcessGroup processes, int rank, SweepRun?[] runs, Monitor monitor)
    {
        using MemoryStream stream = new(bytes, writable: false);
        CheckpointReader reader = new(stream, Invariant($"The message of process {rank}"));
        for (int i = rank; i < runs.Length; i += processes.Count)
        {
            SweepRun run = new() { Name = _candidates[i / Seeds.Count].Name, Seed = Seeds[i % Seeds.Count] };
            if (reader.ReadBool("whether a run failed"))
            {
                runs[i] = run with { Failure = new ProcessGroupException(Invariant($"In process {rank}, {reader.ReadString("a failure")}"), rank) };
                continue;
            }

            double value = reader.ReadDouble("the value of a run"), seconds = reader.ReadDouble("the seconds of a run");
            bool hasStoppedEarly = reader.ReadBool("whether a run stopped early");
            EpochResult[] epochs = new EpochResult[reader.ReadInt("the epochs of a run", 1)];
            for (int epoch = 0; epoch < epochs.Length; epoch++)
            {
                epochs[epoch] = EpochFields.Read(reader, epoch + 1, monitor);
            }

            runs[i] = run with { Value = value, Seconds = seconds, Result = new(epochs, hasStoppedEarly) };
        }

        reader.Finish();
    }
}
