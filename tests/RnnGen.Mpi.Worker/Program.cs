using RnnGen;
using RnnGen.Mpi.Worker;

// RnnGen.Mpi.Worker [--threads N] [--epochs N] [--folder PATH] [--cancel STEP] [--fail RANK] [--seeds] TRAINING…
// Process 0 writes a line for each training: its name and hashes of what it ended with.
string? Value(string name) => Array.IndexOf(args, name) is >= 0 and var at ? args[at + 1] : null;
int Number(string name, int otherwise) => Value(name) is { } text ? int.Parse(text, System.Globalization.CultureInfo.InvariantCulture) : otherwise;

using MpiProcesses processes = MpiProcesses.Join();
Console.Error.WriteLine(FormattableString.Invariant($"process {processes.Rank} of {processes.Count}: {processes.Library ?? "no MPI"}, id {Environment.ProcessId}"));
foreach (string training in args.Where(Trainings.Names.Contains))
{
    string result = Trainings.Run(training, new Participation
    {
        Processes = processes, Threads = Number("--threads", 1), Epochs = Number("--epochs", 2), Folder = Value("--folder"),
        CancelledAt = Value("--cancel") is null ? null : Number("--cancel", 0),
        Seed = args.Contains("--seeds") ? processes.Rank + 1 : 1,
        Callbacks = Value("--fail") is null || Number("--fail", 0) != processes.Rank ? [] : [new Failure()],
    });
    if (processes.Rank == 0)
    {
        Console.WriteLine($"{training} {result}");
    }
}

internal sealed class Failure : TrainingCallback
{
    public override void OnStepEnded(in StepResult result) => throw new InvalidOperationException("a callback failed");
}
