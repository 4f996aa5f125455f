using RnnGen;
using RnnGen.Mpi.Worker;

// RnnGen.Mpi.Worker [--threads N] [--epochs N] [--folder PATH] [--cancel STEP] [--fail RANK] [--seeds] [--faults] [--width BITS] [--leave RANK --how throw|return|code|exit|forget|evaluate|stream-exit|stream-cancel] TRAINING…
// Process 0 writes a line for each training: its name and hashes of what it ended with.
string? Value(string name) => Array.IndexOf(args, name) is >= 0 and var at ? args[at + 1] : null;
int Number(string name, int otherwise) => Value(name) is { } text ? int.Parse(text, System.Globalization.CultureInfo.InvariantCulture) : otherwise;

MpiProcesses processes = MpiProcesses.Join();
using IDisposable? owned = Value("--how") == "forget" ? null : processes;
bool leaves = Value("--leave") is not null && Number("--leave", 0) == processes.Rank;
string how = leaves ? Value("--how")! : "";
Console.Error.WriteLine(FormattableString.Invariant($"process {processes.Rank} of {processes.Count}: {processes.Library ?? "no MPI"}, id {Environment.ProcessId}"));
switch (how)
{
    case "throw":
        throw new InvalidOperationException("this process gives up");
    case "return" or "forget":
        return 0;
    case "code":
        return 3;
    case "exit":
        Environment.Exit(0);
        break;
}

if (args.Contains("--faults"))
{
    Faults.Meet();
}

foreach (string training in args.Where(Trainings.Names.Contains))
{
    string result = Trainings.Run(training, new Participation
    {
        Processes = processes, Threads = Number("--threads", 1), Epochs = Number("--epochs", 2), Folder = Value("--folder"),
        CancelledAt = Value("--cancel") is null ? null : Number("--cancel", 0),
        Width = Value("--width") is null ? null : (VectorWidth)Number("--width", 0),
        Leaving = how, HasLeavingData = Value("--how")?.StartsWith("stream", StringComparison.Ordinal) == true,
        Seed = args.Contains("--seeds") ? processes.Rank + 1 : 1,
        Callbacks = Value("--fail") is null || Number("--fail", 0) != processes.Rank ? [] : [new Failure()],
    });
    if (processes.Rank == 0)
    {
        Console.WriteLine($"{training} {result}");
    }
}

return 0;

/// <summary>Faults of the processor that .NET makes exceptions of.</summary>
internal static class Faults
{
    public static string? Nothing { get; set; }

    public static int Zero { get; set; }

    public static void Meet()
    {
        try
        {
            Console.Error.WriteLine(Nothing!.Length);
        }
        catch (NullReferenceException e)
        {
            Console.Error.WriteLine($"caught {e.GetType().Name}");
        }

        try
        {
            Console.Error.WriteLine(5 / Zero);
        }
        catch (DivideByZeroException e)
        {
            Console.Error.WriteLine($"caught {e.GetType().Name}");
        }
    }
}

internal sealed class Failure : TrainingCallback
{
    public override void OnStepEnded(in StepResult result) => throw new InvalidOperationException("a callback failed");
}
