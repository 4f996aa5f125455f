using System.Runtime.InteropServices;
using RnnGen.Mpi;

// In the namespace of FitOptions and ProcessGroup: a program that trains in several processes needs no using more.
namespace RnnGen;

/// <summary>
/// The processes of an MPI job: <c>mpirun -n 8 ./train</c> or <c>srun ./train</c> starts them, on one machine or many. A program that was started without MPI is a job of one process, and needs no
/// MPI library. A process whose exception nobody catches ends the job; one that leaves, by <see cref="ProcessGroup.Dispose()"/> or the end of its program, waits until all do. Open MPI, MPICH and what has their binary interface, and libraries with the standard ABI of MPI 5 are found as the program starts.
/// </summary>
/// <example>
/// <code>
/// using var processes = MpiProcesses.Join();
/// model.Fit(train, validation, new FitOptions { Processes = processes, Epochs = 20 });
/// if (processes.Rank == 0) model.Save("model.safetensors");
/// </code>
/// </example>
public sealed class MpiProcesses : ProcessGroup
{
    // A launcher that ends a job loses what it has not passed on yet.
    private static readonly TimeSpan s_lastWords = TimeSpan.FromMilliseconds(500);

    private static MpiProcesses? s_joined;

    private readonly MpiLibrary? _library;
    private readonly MpiMail? _mail;
    private readonly Lock _calls = new(); // to MPI
    private readonly PosixSignalRegistration[] _signals = [];
    private string _failure = "";
    private bool _isDisposed;
    private volatile bool _isEnded; // by a signal

    private MpiProcesses(MpiLibrary? library, int rank, int count) : base(rank, count)
    {
        _library = library;
        if (library is not null)
        {
            _mail = new(library, rank, count);
            AppDomain.CurrentDomain.UnhandledException += (_, e) => End(Invariant($"nobody caught {e.ExceptionObject}"));
            AppDomain.CurrentDomain.ProcessExit += (_, _) => Exit();
            _signals = Array.ConvertAll((PosixSignal[])[PosixSignal.SIGTERM, PosixSignal.SIGINT, PosixSignal.SIGHUP, PosixSignal.SIGQUIT], signal => PosixSignalRegistration.Create(signal, _ => _isEnded = true));
        }
    }

    /// <summary>What the MPI library says of itself; <see langword="null"/> for a program that was started without MPI.</summary>
    public string? Library => _library?.Version;

    /// <summary>The family of that library; <see langword="null"/> for a program that was started without MPI.</summary>
    public MpiFamily? Family => _library?.Family;

    /// <summary>Joins the processes of the job. Call it once, at the program's start, and dispose of it at its end.</summary>
    /// <exception cref="ProcessGroupException">The launcher's library was not found, or another library was, with which every process would be alone; or MPI cannot start.</exception>
    /// <exception cref="InvalidOperationException">It was called before: MPI starts once in a process.</exception>
    public static MpiProcesses Join()
    {
        if (s_joined is not null)
        {
            throw new InvalidOperationException("This process has joined its job before. MPI starts once in a process: pass the first group on.");
        }

        s_joined = Join(MpiLauncher.Find(Environment.GetEnvironmentVariable));
        return s_joined;
    }

    private static MpiProcesses Join(MpiLauncher? found)
    {
        if (found is not { } launcher)
        {
            return new(null, 0, 1);
        }

        using FaultSignals? signals = FaultSignals.Keep(); // put back when MPI has started
        MpiLibrary library = MpiLibrary.Load(launcher);
        (int rank, int count) = library.Start();
        return launcher.Count is { } started && started != count
            ? throw new ProcessGroupException(Invariant(
                $"{launcher.Name} started {started} processes, and {library.Version} knows of {count}. The launcher and the library belong to different installations of MPI: start the program with the launcher of that library."))
            : new(library, rank, count);
    }

    /// <inheritdoc/>
    protected override void Exchange(int partner, ReadOnlySpan<byte> sent, Span<byte> received)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (_library is null)
        {
            throw new InvalidOperationException("This process is alone.");
        }

        lock (_calls)
        {
            _mail!.Exchange(partner, sent, received, Activity);
        }
    }

    /// <inheritdoc/>
    protected override void Announce(string message, int rank)
    {
        _failure = message;
        lock (_calls)
        {
            if (!_isDisposed)
            {
                _mail?.Announce(message, rank);
            }
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (!_isDisposed && disposing)
        {
            _isDisposed = true;
            lock (_calls)
            {
                Leave();
            }

            Array.ForEach(_signals, signal => signal.Dispose());
        }

        base.Dispose(disposing);
    }

    // A process that leaves says so, and waits until all others do: one that still waits for it fails, and ends the job.
    private void Leave()
    {
        if (HasFailed)
        {
            Abort(_failure);
        }

        _mail?.Announce(null, Rank);
        if (_mail?.WaitForOthers() == false)
        {
            Abort("it left, and another process failed");
        }

        _library?.Finish();
    }

    // A program that ends without leaving leaves here, even if it ends on another thread. Where a signal ends it, its other threads go on.
    private void Exit()
    {
        if (_isDisposed || _isEnded)
        {
            return;
        }

        if (_calls.TryEnter())
        {
            _isDisposed = true;
            Leave();
            _calls.Exit();
        }
        else
        {
            Abort("its program ended in the middle of an exchange");
        }
    }

    private void End(string reason)
    {
        if (!_isDisposed)
        {
            Abort(reason);
        }
    }

    // Ends all processes of the job. The launcher loses what it has not passed on yet.
    private void Abort(string reason)
    {
        Console.Error.WriteLine(Invariant($"Process {Rank} of {Count} failed, and ends the job: {reason}"));
        if (_calls.TryEnter())
        {
            _mail?.Flush(s_lastWords);
            _calls.Exit();
        }
        else
        {
            Thread.Sleep(s_lastWords);
        }

        _library?.Abort();
    }
}
