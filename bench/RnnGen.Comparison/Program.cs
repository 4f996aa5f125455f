using RnnGen.Comparison;
using RnnGen.Comparison.Limits;
using RnnGen.Comparison.Peers;
using RnnGen.Comparison.Plain;
using Options = RnnGen.Comparison.Options;

if (args.Contains("--help"))
{
    Console.WriteLine(Options.Help);
    return 0;
}

Options options;
try
{
    options = Options.Parse(args);
}
catch (FormatException exception)
{
    Console.Error.WriteLine(exception.Message);
    return 2;
}

if (options.ColdChild is var (name, path))
{
    ColdStart.RunAsChild(Rows.All.Single(r => r.Name == name), path);
    return 0;
}

Clock.IsThreadTime = options.CpuTime;
List<Row> rows = [.. Rows.All.Where(options.Includes)];
if (rows.Count == 0)
{
    Console.Error.WriteLine($"No row holds '{string.Join(' ', options.RowWords)}'. The rows are:\n{string.Join('\n', Rows.All.Select(r => r.Name))}");
    return 2;
}

string repository = Repository.Find();
string installed = Path.Combine(repository, "artifacts", "peers"), output = Path.Combine(repository, "artifacts", "comparison");
string problems = Path.Combine(output, "problems");
Directory.CreateDirectory(problems);

(string Name, Func<IPeer> Start, bool InProcess)[] known =
[
    (Rows.OneDnn, () => ProcessPeer.OneDnn(Path.Combine(installed, "onednn")), false),
    (Rows.LibTorch, () => ProcessPeer.LibTorch(Rows.LibTorch, 1, "float32", installed), false),
    (Rows.LibTorchTwoThreads, () => ProcessPeer.LibTorch(Rows.LibTorchTwoThreads, 2, "float32", installed), false),
    (Rows.LibTorchBFloat16, () => ProcessPeer.LibTorch(Rows.LibTorchBFloat16, 1, "bfloat16", installed), false),
    (Rows.LibTorchBFloat16TwoThreads, () => ProcessPeer.LibTorch(Rows.LibTorchBFloat16TwoThreads, 2, "bfloat16", installed), false),
    (Rows.TorchScript, () => ProcessPeer.LibTorch(Rows.TorchScript, 1, "script", installed), false),
    (Rows.OnnxRuntime, () => OnnxRuntimePeer.Load(installed), true),
    (Rows.PlainLoop, () => new PlainPeer(), true),
];
List<IPeer> peers = [];
List<Func<IPeer>> processes = [];
List<string> missing = [];
foreach ((string peer, Func<IPeer> start, bool inProcess) in known.Where(k => options.Includes(k.Name)))
{
    try
    {
        peers.Add(start());
        if (!inProcess && peer is Rows.OneDnn or Rows.LibTorch)
        {
            processes.Add(start);
        }
    }
    catch (PeerException exception)
    {
        missing.Add($"{peer}: {exception.Message}");
        Console.Error.WriteLine($"Without {missing[^1]}.");
    }
}

try
{
    using Comparison comparison = new(options, peers, problems);
    comparison.Prepare(rows);
    comparison.Measure();
    comparison.MeasureParts();
    List<ColdStart.Result> cold = [];
    foreach (RowRun run in options.Cold ? comparison.Runs.DistinctBy(r => r.Row.Work) : [])
    {
        Progress.Show($"cold processes: {run.Row.Name}");
        cold.Add(ColdStart.Measure(run.Row, run.Problem, processes));
    }

    Progress.End();
    Report report = new(options, comparison, cold, [.. peers.Select(p => p.Version)], missing, args);
    Console.WriteLine(report.Text());
    string file = Path.Combine(output, $"{DateTime.Now:yyyy-MM-dd-HHmmss}.json");
    File.WriteAllText(file, report.Json());
    Console.WriteLine($"Every sample is in {Path.GetRelativePath(Environment.CurrentDirectory, file)}.");
    return comparison.Failures.Count == 0 && comparison.Runs.All(r => r.SameBits != false && r.Cells.All(c => c.Agreement?.Holds != false)) ? 0 : 1;
}
finally
{
    peers.ForEach(p => p.Dispose());
}

/// <summary>The folder that holds RnnGen.sln.</summary>
internal static class Repository
{
    public static string Find()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "RnnGen.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"No folder above {AppContext.BaseDirectory} holds RnnGen.sln.");
    }
}
