using System.Runtime.InteropServices;

namespace RnnGen.Mpi;

/// <summary>
/// Keeps what this process does at the signals of faults, by which .NET throws a <see cref="NullReferenceException"/> or a <see cref="DivideByZeroException"/>: a library that starts, such as UCX, may put a
/// handler of its own in the place, which ends the process. <see cref="Dispose"/> puts back what was there before.
/// </summary>
internal sealed unsafe class FaultSignals : IDisposable
{
    // A struct sigaction has 152 bytes with glibc and musl, and 16 on macOS.
    private const int ActionSize = 256;

    // SIGILL, SIGTRAP, SIGABRT, SIGFPE and SIGSEGV have the same numbers everywhere; SIGBUS is 7 with Linux and 10 on macOS and FreeBSD.
    private static readonly int[] s_signals = [4, 5, 6, 8, 11, OperatingSystem.IsLinux() ? 7 : 10];

    private readonly delegate* unmanaged[Cdecl]<int, void*, void*, int> _setAction;
    private readonly byte[]?[] _actions = new byte[s_signals.Length][];

    private FaultSignals(nint setAction)
    {
        _setAction = (delegate* unmanaged[Cdecl]<int, void*, void*, int>)setAction;
        for (int i = 0; i < s_signals.Length; i++)
        {
            byte[] action = new byte[ActionSize];
            fixed (byte* bytes = action)
            {
                _actions[i] = _setAction(s_signals[i], null, bytes) == 0 ? action : null;
            }
        }
    }

    /// <summary>Notes the handlers, before a library is loaded.</summary>
    /// <returns><see langword="null"/> where the system has no such signals.</returns>
    public static FaultSignals? Keep()
    {
        // That of the C library which the program itself is linked to: libraries that are loaded later may have another.
        return !OperatingSystem.IsWindows() && NativeLibrary.TryGetExport(NativeLibrary.GetMainProgramHandle(), "sigaction", out nint setAction) ? new(setAction) : null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        for (int i = 0; i < s_signals.Length; i++)
        {
            fixed (byte* bytes = _actions[i])
            {
                if (bytes is not null)
                {
                    _ = _setAction(s_signals[i], bytes, null);
                }
            }
        }
    }
}
