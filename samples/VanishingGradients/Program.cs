using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using VanishingGradients;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
try
{
    SampleOptions options = SampleOptions.Parse(args);
    if (options.ShowHelp)
    {
        Console.WriteLine(SampleOptions.Help);
        return 0;
    }

    Run(options);
    return 0;
}
catch (Exception e) when (e is UsageException or IOException or UnauthorizedAccessException)
{
    Console.Error.WriteLine(e.Message);
    return 2;
}

static void Run(SampleOptions options)
{
    int[] memories = options.Full ? [50, 100, 200, 400, 1000] : [50, 100, 200];
    List<Func<Outcome>> trials = [];
    foreach (int memory in memories)
    {
        int seed = options.Seed, adds = Steps(1500), copies = Steps(2500);
        Adding adding = new();
        Copying copying = new();
        trials.AddRange([
            () => Trial.Run<TanhAdds, float>("RNN, tanh", adding, memory, adds, 1e-3, seed),
            () => Trial.Run<IdentityAdds, float>("RNN, ReLU, identity", adding, memory, adds, 3e-3, seed),
            () => Trial.Run<GruAdds, float>("GRU", adding, memory, adds, 1e-2, seed),
            () => Trial.Run<LstmAdds, float>("LSTM", adding, memory, 2 * adds, 5e-3, seed),
            () => Trial.Run<TanhCopies, int>("RNN, tanh", copying, memory, copies, 3e-3, seed),
            () => Trial.Run<IdentityCopies, int>("RNN, ReLU, identity", copying, memory, copies, 1e-3, seed),
            () => Trial.Run<GruCopies, int>("GRU", copying, memory, copies, 3e-3, seed),
            () => Trial.Run<LstmCopies, int>("LSTM", copying, memory, copies, 3e-3, seed),
        ]);
    }

    var watch = Stopwatch.StartNew();
    Console.WriteLine($"{trials.Count} trainings of four networks of 64 units, over {string.Join(", ", memories)} steps, on {Environment.ProcessorCount} cores:");
    Outcome[] outcomes = new Outcome[trials.Count];

    // The longest ones first; each on a thread of its own, so that none waits for another's step.
    var order = Partitioner.Create(Enumerable.Range(0, trials.Count).Reverse(), EnumerablePartitionerOptions.NoBuffering);
    Parallel.ForEach(order, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, trial =>
    {
        Outcome outcome = outcomes[trial] = trials[trial]();
        lock (trials)
        {
            Console.WriteLine($"  {outcome.Task,-8} {outcome.Cell,-20} T = {outcome.Memory,4}  {outcome.Steps,5} steps  {outcome.Measure} {outcome.Error:F3}  {watch.Elapsed.TotalSeconds,4:F0} s");
        }
    });

    Explosion explosion = ExplodingTrial.Run(Steps(600), 0.1, options.Seed);
    Console.WriteLine();
    Console.Write(Report.Table(outcomes));
    Console.Write(Report.Describe(explosion));
    string folder = OutputFolder(), picture = Path.Combine(folder, "gradients.svg");
    File.WriteAllText(picture, FlowPicture.Draw(outcomes, explosion));
    Console.WriteLine($"Picture: {Path.GetRelativePath(Environment.CurrentDirectory, picture)}");

    int Steps(int usual) => Math.Max(Trial.Snapshots, (int)(usual * options.Effort));
}

// The ignored folder output/ beside this file; where the program was copied elsewhere, in the current folder.
static string OutputFolder()
{
    DirectoryInfo? project = new(AppContext.BaseDirectory);
    while (project is not null && !File.Exists(Path.Combine(project.FullName, "VanishingGradients.csproj")))
    {
        project = project.Parent;
    }

    return Directory.CreateDirectory(Path.Combine(project?.FullName ?? Environment.CurrentDirectory, "output")).FullName;
}
