using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace RnnGen.Comparison.Peers;

/// <summary>
/// A peer in a process of its own that answers a line with a line (bench/peers/README.md), so that its work can be
/// interleaved with everybody else's. It times itself; between two lines it waits.
/// </summary>
internal sealed class ProcessPeer : IPeer
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);

    private readonly Process _process;
    private readonly Work[] _works;
    private readonly bool _doesOwnCells;
    private readonly int _threads;
    private readonly bool _packs;
    private string _lastError = "";
    private int _prepared;
    private bool _isLost;

    private ProcessPeer(string name, ProcessStartInfo start, int threads, bool doesOwnCells, bool packs, params Work[] works)
    {
        Name = name;
        _packs = packs;
        _doesOwnCells = doesOwnCells;
        _works = works;
        _threads = threads;
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        start.UseShellExecute = false;
        try
        {
            _process = Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception exception)
        {
            throw new PeerException($"{start.FileName} does not start: {exception.Message}");
        }

        _process.ErrorDataReceived += (_, line) => _lastError = string.IsNullOrWhiteSpace(line.Data) ? _lastError : line.Data;
        _process.BeginErrorReadLine();
        Version = $"{Name} {Ask("version")}";
    }

    public string Name { get; }

    public string Version { get; }

    /// <summary>oneDNN, by the harness that install.sh builds.</summary>
    /// <param name="path">The harness.</param>
    public static ProcessPeer OneDnn(string path)
    {
        if (!File.Exists(path))
        {
            throw new PeerException($"{path} is missing; bench/peers/install.sh builds it");
        }

        ProcessStartInfo start = new(path);
        start.Environment["OMP_NUM_THREADS"] = "1";
        return new ProcessPeer(Rows.OneDnn, start, 1, doesOwnCells: false, packs: false, Work.Training, Work.Forward, Work.Streaming);
    }

    /// <summary>LibTorch, by the harness that install.sh publishes.</summary>
    /// <param name="name">The peer's name.</param>
    /// <param name="threads">Threads that it uses.</param>
    /// <param name="mode">float32 or bfloat16: its own layers; script: cells of one's own.</param>
    /// <param name="folder">Where install.sh put the peers.</param>
    public static ProcessPeer LibTorch(string name, int threads, string mode, string folder)
    {
        string harness = Path.Combine(folder, "nuget", "RnnGen.Peers.dll");
        if (!File.Exists(harness))
        {
            throw new PeerException($"{harness} is missing; bench/peers/install.sh publishes it");
        }

        ProcessStartInfo start = new("dotnet", [harness, threads.ToString(CultureInfo.InvariantCulture), mode]);
        start.Environment["OMP_NUM_THREADS"] = threads.ToString(CultureInfo.InvariantCulture);

        // Where the system's libstdc++ is older than LibTorchSharp's.
        string symbol = Path.Combine(folder, "libstream_init.so");
        if (File.Exists(symbol))
        {
            start.Environment["LD_PRELOAD"] = $"{symbol} {Environment.GetEnvironmentVariable("LD_PRELOAD")}".TrimEnd();
        }

        bool isScript = mode == "script";
        return new ProcessPeer(name, start, threads, doesOwnCells: isScript, packs: !isScript, isScript || threads > 1 ? [Work.Training] : [Work.Training, Work.Forward, Work.Streaming])
        {
            Bits = mode == "bfloat16" ? 8 : 24,
        };
    }

    public int Bits { get; private init; } = 24;

    public bool Does(Row row) => _works.Contains(row.Work) && row.IsOwn == _doesOwnCells && (row.Lengths is null || _packs);

    public ISubject Prepare(Problem problem)
    {
        Row row = problem.Row;
        string key = string.Create(CultureInfo.InvariantCulture, $"p{_prepared++}");
        Ask(string.Create(CultureInfo.InvariantCulture,
            $"prepare {key} {Word(row)} {row.Cell} {row.Batch} {row.Steps} {row.Inputs} {row.Units} {problem.Path}"));
        return new Subject(this, key, Path.ChangeExtension(problem.Path, $".{Name}"));
    }

    public void Dispose()
    {
        // The harness ends when its input does.
        _process.StandardInput.Close();
        if (!_process.WaitForExit(2000))
        {
            _process.Kill();
        }

        _process.Dispose();
    }

    private static string Word(Row row) => row.Work switch
    {
        Work.Training => row.Lengths is null ? "train" : "packed",
        Work.Forward => "forward",
        Work.Streaming => "stream",
        _ => throw new InvalidOperationException($"The protocol has no word for {row.Work}."),
    };

    private string Ask(string question)
    {
        // An answer that comes too late would be taken for the next question's.
        if (_isLost)
        {
            throw new PeerException($"{Name} has left a question without an answer");
        }

        string? answer;
        try
        {
            _process.StandardInput.WriteLine(question);
            _process.StandardInput.Flush();
            answer = _process.StandardOutput.ReadLineAsync().WaitAsync(s_patience).GetAwaiter().GetResult();
        }
        catch (Exception exception) when (exception is IOException or TimeoutException)
        {
            _isLost = true;
            throw new PeerException($"{Name} does not answer '{question}': {exception.Message} {_lastError}");
        }

        return answer switch
        {
            null => throw new PeerException($"{Name} has ended: {_lastError}"),
            _ when answer.StartsWith("ok", StringComparison.Ordinal) => answer[2..].Trim(),
            _ => throw new PeerException($"{Name}: {answer}"),
        };
    }

    private sealed class Subject(ProcessPeer peer, string key, string path) : ISubject
    {
        public float[] Check()
        {
            peer.Ask($"check {key} {path}");
            return MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(path)).ToArray();
        }

        public double Run(int count) =>
            double.Parse(peer.Ask(string.Create(CultureInfo.InvariantCulture, $"run {key} {count} {(Clock.IsThreadTime && peer._threads == 1 ? "thread" : "wall")}")), CultureInfo.InvariantCulture);
    }
}
