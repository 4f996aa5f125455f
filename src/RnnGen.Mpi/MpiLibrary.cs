using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace RnnGen.Mpi;

/// <summary>
/// The MPI library of the machine. Handles are as wide as a pointer here, which serves all: Open MPI's are addresses of its objects, MPICH's and those of the standard ABI (MPI 5.0, chapter 20) are numbers.
/// </summary>
internal sealed unsafe class MpiLibrary
{
    private const int Success = 0, TextLength = 8192, StatusLength = 64; // a status has 20 to 32 bytes

    private readonly delegate* unmanaged[Cdecl]<void*, int, nint, int, int, nint, void*, int> _send, _receive;
    private readonly delegate* unmanaged[Cdecl]<int, void*, int*, void*, int> _waitAny;
    private readonly delegate* unmanaged[Cdecl]<void*, int*, void*, int> _test;
    private readonly delegate* unmanaged[Cdecl]<void*, int> _cancel;
    private readonly delegate* unmanaged[Cdecl]<void*, nint, int*, int> _getCount;
    private readonly delegate* unmanaged[Cdecl]<int> _finalize;
    private readonly delegate* unmanaged[Cdecl]<nint, int, int> _abort;
    private readonly delegate* unmanaged[Cdecl]<int, byte*, int*, int> _errorText;
    private readonly nint _library;
    private readonly Handles _handles;

    private MpiLibrary(nint library, string version, MpiFamily family, Handles handles)
    {
        (_library, Version, Family, _handles) = (library, version, family, handles);
        _send = (delegate* unmanaged[Cdecl]<void*, int, nint, int, int, nint, void*, int>)NativeLibrary.GetExport(library, "MPI_Isend");
        _receive = (delegate* unmanaged[Cdecl]<void*, int, nint, int, int, nint, void*, int>)NativeLibrary.GetExport(library, "MPI_Irecv");
        _waitAny = (delegate* unmanaged[Cdecl]<int, void*, int*, void*, int>)NativeLibrary.GetExport(library, "MPI_Waitany");
        _test = (delegate* unmanaged[Cdecl]<void*, int*, void*, int>)NativeLibrary.GetExport(library, "MPI_Test");
        _cancel = (delegate* unmanaged[Cdecl]<void*, int>)NativeLibrary.GetExport(library, "MPI_Cancel");
        _getCount = (delegate* unmanaged[Cdecl]<void*, nint, int*, int>)NativeLibrary.GetExport(library, "MPI_Get_count");
        _finalize = (delegate* unmanaged[Cdecl]<int>)NativeLibrary.GetExport(library, "MPI_Finalize");
        _abort = (delegate* unmanaged[Cdecl]<nint, int, int>)NativeLibrary.GetExport(library, "MPI_Abort");
        _errorText = (delegate* unmanaged[Cdecl]<int, byte*, int*, int>)NativeLibrary.GetExport(library, "MPI_Error_string");
    }

    /// <summary>The first line of what the library says of itself.</summary>
    public string Version { get; }

    /// <summary>The family that it belongs to.</summary>
    public MpiFamily Family { get; }

    /// <summary>Loads the library that belongs to a launcher.</summary>
    /// <exception cref="ProcessGroupException">There is none; the message says what to install.</exception>
    public static MpiLibrary Load(MpiLauncher launcher)
    {
        List<string> others = [];
        foreach ((string name, bool isStandard) in Candidates(launcher.Family))
        {
            if (!NativeLibrary.TryLoad(name, out nint library) || !NativeLibrary.TryGetExport(library, "MPI_Get_library_version", out nint address))
            {
                continue;
            }

            string version = VersionOf((delegate* unmanaged[Cdecl]<byte*, int*, int>)address);
            MpiFamily family = version.Contains("Open MPI", StringComparison.OrdinalIgnoreCase) ? MpiFamily.OpenMpi : MpiFamily.Mpich;
            if (launcher.Family is null || family == launcher.Family)
            {
                return new(library, version, family, isStandard ? Handles.Standard : family == MpiFamily.OpenMpi ? Handles.OfOpenMpi(library) : Handles.Mpich);
            }

            others.Add($"{name} ({version})");
        }

        string wanted = launcher.Family switch
        {
            MpiFamily.OpenMpi => "Open MPI (Debian and Ubuntu: apt install libopenmpi3; Fedora: dnf install openmpi)",
            MpiFamily.Mpich => "MPICH (Debian and Ubuntu: apt install libmpich12; Fedora: dnf install mpich)",
            null => "Open MPI or MPICH, whichever your cluster uses with PMIx",
            _ => throw new InvalidOperationException(Invariant($"The family {launcher.Family} is not defined.")),
        };
        throw new ProcessGroupException(
            $"{launcher.Name} started this process, and its library was not found. Install {wanted}, or start the program with the launcher of the library that is there" +
            $"{(others.Count == 0 ? "" : $" ({string.Join(", ", others)} was found, with which every process would be alone)")}.");
    }

    /// <summary>Starts MPI.</summary>
    /// <returns>The number of this process, and how many there are.</returns>
    public (int Rank, int Count) Start()
    {
        int isStarted = 0, given = 0, rank = 0, count = 0;
        Check(((delegate* unmanaged[Cdecl]<int*, int>)Export("MPI_Initialized"))(&isStarted), "MPI_Initialized");
        if (isStarted == 0)
        {
            // One thread at a time calls MPI, and not always the same.
            Check(((delegate* unmanaged[Cdecl]<int*, byte***, int, int*, int>)Export("MPI_Init_thread"))(null, null, _handles.Serialized, &given), "MPI_Init_thread");
        }

        Check(((delegate* unmanaged[Cdecl]<nint, nint, int>)Export("MPI_Comm_set_errhandler"))(_handles.World, _handles.ErrorsReturn), "MPI_Comm_set_errhandler");
        Check(((delegate* unmanaged[Cdecl]<nint, int*, int>)Export("MPI_Comm_rank"))(_handles.World, &rank), "MPI_Comm_rank");
        Check(((delegate* unmanaged[Cdecl]<nint, int*, int>)Export("MPI_Comm_size"))(_handles.World, &count), "MPI_Comm_size");
        return (rank, count);
    }

    /// <summary>Bytes of a request.</summary>
    public int RequestSize => _handles.RequestSize;

    /// <summary>The source of a message from anybody.</summary>
    public int AnySource => _handles.AnySource;

    /// <summary>Begins to send.</summary>
    /// <param name="bytes">What is sent; it stays until the request is done.</param>
    /// <param name="length">How many bytes.</param>
    /// <param name="partner">The process that receives it.</param>
    /// <param name="tag">The kind of the message.</param>
    /// <param name="request">Takes the request.</param>
    /// <exception cref="MpiException">The library rejects it.</exception>
    public void Send(void* bytes, int length, int partner, int tag, void* request) => Throw(_send(bytes, length, _handles.Byte, partner, tag, _handles.World, request));

    /// <summary>Begins to receive.</summary>
    /// <param name="bytes">The place; it stays until the request is done.</param>
    /// <param name="length">Its bytes.</param>
    /// <param name="partner">The process that sends it.</param>
    /// <param name="tag">The kind of the message.</param>
    /// <param name="request">Takes the request.</param>
    /// <exception cref="MpiException">The library rejects it.</exception>
    public void Receive(void* bytes, int length, int partner, int tag, void* request) => Throw(_receive(bytes, length, _handles.Byte, partner, tag, _handles.World, request));

    /// <summary>Waits until one of several requests is done.</summary>
    /// <param name="requests">The requests.</param>
    /// <param name="received">The bytes that it received; 0 for one that sends.</param>
    /// <returns>Which one.</returns>
    /// <exception cref="MpiException">It failed.</exception>
    public int WaitAny(MpiRequests requests, out int received)
    {
        byte* status = stackalloc byte[StatusLength];
        int index = 0, count = 0;
        Throw(_waitAny(requests.Count, requests[0], &index, status));
        Throw(_getCount(status, _handles.Byte, &count));
        received = count;
        return index;
    }

    /// <summary>Whether a request is done; also where there is none.</summary>
    /// <exception cref="MpiException">It failed.</exception>
    public bool Test(void* request) => Test(request, out _);

    /// <inheritdoc cref="Test(void*)"/>
    /// <param name="request">The request.</param>
    /// <param name="received">The bytes that it received.</param>
    public bool Test(void* request, out int received)
    {
        byte* status = stackalloc byte[StatusLength];
        int isDone = 0, count = 0;
        Throw(_test(request, &isDone, status));
        if (isDone != 0)
        {
            Throw(_getCount(status, _handles.Byte, &count));
        }

        received = count;
        return isDone != 0;
    }

    /// <summary>Takes a receive back.</summary>
    /// <returns>Whether the library leaves its memory alone from now on.</returns>
    public bool Cancel(void* request, TimeSpan patience)
    {
        byte* status = stackalloc byte[StatusLength];
        int isDone = 0;
        _ = _cancel(request);
        for (long begin = Stopwatch.GetTimestamp(); isDone == 0 && Stopwatch.GetElapsedTime(begin) < patience; Thread.Yield())
        {
            _ = _test(request, &isDone, status);
        }

        return isDone != 0;
    }

    /// <summary>Ends MPI, when all processes do.</summary>
    public void Finish()
    {
        int isFinished = 0;
        Check(((delegate* unmanaged[Cdecl]<int*, int>)Export("MPI_Finalized"))(&isFinished), "MPI_Finalized");
        if (isFinished == 0)
        {
            Check(_finalize(), "MPI_Finalize");
        }
    }

    /// <summary>Ends all processes of the job.</summary>
    public void Abort() => _abort(_handles.World, 1);

    // Where a name can be that of either family, the version tells.
    private static IEnumerable<(string Name, bool IsStandard)> Candidates(MpiFamily? family)
    {
        if (family is not MpiFamily.Mpich)
        {
            yield return ("libmpi.so.40", false);
            yield return ("libmpi.40.dylib", false);
        }

        if (family is not MpiFamily.OpenMpi)
        {
            yield return ("libmpich.so.12", false);
            yield return ("libmpi.so.12", false);
            yield return ("libmpi.12.dylib", false);
            yield return ("msmpi.dll", false);
        }

        yield return ("libmpi.so", false);
        yield return ("libmpi.dylib", false);
        yield return ("libmpi_abi.so.0", true);
        yield return ("libmpi_abi.so", true);
        yield return ("libmpi_abi.dylib", true);
    }

    private static string VersionOf(delegate* unmanaged[Cdecl]<byte*, int*, int> getVersion)
    {
        byte[] text = new byte[TextLength];
        int length = 0;
        fixed (byte* first = text)
        {
            getVersion(first, &length);
        }

        return Encoding.UTF8.GetString(text, 0, Math.Clamp(length, 0, text.Length)).TrimEnd('\0').Split('\n')[0].Trim();
    }

    private nint Export(string name) => NativeLibrary.GetExport(_library, name);

    private void Check(int error, string function)
    {
        if (error != Success)
        {
            throw new ProcessGroupException($"{function} of {Version} failed: {TextOf(error)}");
        }
    }

    private void Throw(int error)
    {
        if (error != Success)
        {
            throw new MpiException(TextOf(error));
        }
    }

    private string TextOf(int error)
    {
        byte[] text = new byte[TextLength];
        int length = 0;
        fixed (byte* first = text)
        {
            return _errorText(error, first, &length) == Success
                ? $"{Encoding.UTF8.GetString(text, 0, Math.Clamp(length, 0, text.Length)).Trim().TrimEnd('.')}."
                : Invariant($"error {error}.");
        }
    }

    // What C programs have from the library's header.
    private readonly record struct Handles(nint World, nint Byte, nint ErrorsReturn, int AnySource, int RequestSize, int Serialized)
    {
        public static Handles Mpich => new(0x44000000, 0x4c00010d, 0x54000001, -2, sizeof(int), 2);

        public static Handles Standard => new(0x101, 0x247, 0x143, -1, sizeof(nint), 2048);

        public static Handles OfOpenMpi(nint library) => new(
            NativeLibrary.GetExport(library, "ompi_mpi_comm_world"), NativeLibrary.GetExport(library, "ompi_mpi_byte"), NativeLibrary.GetExport(library, "ompi_mpi_errors_return"), -1, sizeof(nint), 2);
    }
}
