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
    private string _lastError = "";
    private int _prepared;
    private bool _isLost;

    private ProcessPeer(string name, ProcessStartInfo start, int threads, bool doesOwnCells, params Work[] works)
    {
        Name = name;
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

    public string Version { get; private set; }

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
        return new ProcessPeer(Rows.OneDnn, start, 1, false, Work.Training, Work.Forward, Work.Streaming);
    }

    /// <summary>PyTorch, by the system's Python: its own cells on one thread or two, or scripted cells.</summary>
    /// <param name="name">Which of the three.</param>
    /// <param name="folder">Where the harnesses are.</param>
    public static ProcessPeer PyTorch(string name, string folder)
    {
        int threads = name == Rows.PyTorchTwoThreads ? 2 : 1;
        bool isScript = name == Rows.TorchScript;
        string script = Path.Combine(folder, isScript ? "pytorch_script.py" : "pytorch.py");
        ProcessStartInfo start = new("/usr/bin/python3", [script, threads.ToString(CultureInfo.InvariantCulture)]);
        foreach (string variable in start.Environment.Keys.Where(k => k.StartsWith("OPENBLAS_", StringComparison.Ordinal)).ToList())
        {
            start.Environment.Remove(variable);
        }

        // The threads of PyTorch and of its BLAS.
        start.Environment["OMP_NUM_THREADS"] = threads.ToString(CultureInfo.InvariantCulture);

        // Debian's default BLAS may be the reference one, ten times slower. OpenBLAS's variant for OpenMP shares PyTorch's
        // threads; the one with threads of its own would fight them for the cores.
        string? blas = Directory.GetDirectories("/usr/lib", "*-linux-gnu").Select(f => Path.Combine(f, "openblas-openmp")).FirstOrDefault(Directory.Exists);
        if (blas is not null)
        {
            start.Environment["LD_LIBRARY_PATH"] = $"{blas}:{Environment.GetEnvironmentVariable("LD_LIBRARY_PATH")}".TrimEnd(':');
        }

        ProcessPeer peer = new(name, start, threads, isScript, name == Rows.PyTorch ? [Work.Training, Work.Forward, Work.Streaming] : [Work.Training]);
        peer.Version += blas is null ? " with the system's BLAS" : " with OpenBLAS";
        return peer;
    }

    public bool Does(Row row) => _works.Contains(row.Work) && row.IsOwn == _doesOwnCells;

    public ISubject Prepare(Problem problem)
    {
        Row row = problem.Row;
        string key = string.Create(CultureInfo.InvariantCulture, $"p{_prepared++}");
        Ask(string.Create(CultureInfo.InvariantCulture,
            $"prepare {key} {Word(row.Work)} {row.Cell} {row.Batch} {row.Steps} {row.Inputs} {row.Units} {problem.Path}"));
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

    private static string Word(Work work) => work switch { Work.Training => "train", Work.Forward => "forward", _ => "stream" };

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
