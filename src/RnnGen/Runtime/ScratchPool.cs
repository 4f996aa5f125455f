using System.Collections.Concurrent;
using System.ComponentModel;
using System.Runtime.CompilerServices;

namespace RnnGen.Runtime;

/// <summary>
/// Scratch memory for predictions from many threads at once: one slot that is taken and given back by an exchange,
/// and a list for calls that overlap. It allocates only when more calls overlap than ever before.
/// </summary>
/// <typeparam name="T">The number type.</typeparam>
/// <param name="length">Values of one scratch buffer.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class ScratchPool<T>(int length) where T : unmanaged
{
    private readonly ConcurrentStack<AlignedBuffer<T>> _spilled = new();
    private AlignedBuffer<T>? _slot;

    /// <summary>Takes a buffer; its content is whatever the last user left.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public AlignedBuffer<T> Rent() =>
        Interlocked.Exchange(ref _slot, null)
        ?? (_spilled.TryPop(out AlignedBuffer<T>? buffer) ? buffer : new AlignedBuffer<T>(length));

    /// <summary>Gives a buffer back.</summary>
    /// <param name="buffer">A buffer of this pool that nobody uses any more.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Return(AlignedBuffer<T> buffer)
    {
        if (Interlocked.CompareExchange(ref _slot, buffer, null) is not null)
        {
            _spilled.Push(buffer);
        }
    }
}
