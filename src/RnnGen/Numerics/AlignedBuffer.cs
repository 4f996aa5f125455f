using System.ComponentModel;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace RnnGen.Runtime;

/// <summary>Memory that generated code computes in: zero at first, aligned to 64 bytes, never moved.</summary>
/// <typeparam name="T">The number type.</typeparam>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class AlignedBuffer<T> where T : unmanaged
{
    private const int Alignment = 64;

    private readonly T[] _values;
    private readonly int _start;

    /// <summary>Allocates a buffer.</summary>
    /// <param name="length">Values.</param>
    public unsafe AlignedBuffer(int length)
    {
        int slack = Alignment / sizeof(T);
        _values = GC.AllocateArray<T>(checked(length + slack), pinned: true);
        Length = length;
        nint address = (nint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_values));
        _start = (int)((Alignment - (address & (Alignment - 1))) & (Alignment - 1)) / sizeof(T);
    }

    /// <summary>Number of values.</summary>
    public int Length { get; }

    /// <summary>The first value.</summary>
    public ref T First
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_values), _start);
    }

    /// <summary>All values.</summary>
    public Span<T> Span => _values.AsSpan(_start, Length);
}
