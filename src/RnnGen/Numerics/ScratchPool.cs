using System.ComponentModel;
using System.Runtime.CompilerServices;

namespace RnnGen.Runtime;

/// <summary>
/// Scratch memory for predictions from many threads at once: one slot that is taken and returned by an exchange,
/// and a list for calls that overlap. It allocates only when more calls overlap than ever before.
/// </summary>
/// <typeparam name="T">The number type.</typeparam>
/// <param name="length">Values of one scratch buffer.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class ScratchPool<T>(int length) where T : unmanaged
{
    private readonly ObjectPool<AlignedBuffer<T>> _buffers = new();
    private int _made;

    /// <summary>Takes a buffer; its content is whatever the last user left.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public AlignedBuffer<T> Rent() => _buffers.Rent() ?? Make();

    /// <summary>Makes buffers, so that there are the given number of them.</summary>
    /// <param name="count">Their number.</param>
    internal void Prepare(int count)
    {
        while (Volatile.Read(ref _made) < count)
        {
            _buffers.Return(Make());
        }
    }

    private AlignedBuffer<T> Make()
    {
        Interlocked.Increment(ref _made);
        return new AlignedBuffer<T>(length);
    }

    /// <summary>Gives a buffer back.</summary>
    /// <param name="buffer">A buffer of this pool that nobody uses any more.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Return(AlignedBuffer<T> buffer) => _buffers.Return(buffer);
}
