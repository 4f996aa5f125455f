using System.Collections.Concurrent;
using System.ComponentModel;
using System.Runtime.CompilerServices;

namespace RnnGen.Runtime;

/// <summary>Objects that calls borrow: a new one is made only when more calls overlap than ever before.</summary>
/// <typeparam name="T">The type of the objects.</typeparam>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class ObjectPool<T> where T : class
{
    private readonly ConcurrentStack<T> _spilled = new();
    private T? _slot;

    /// <summary>Borrows an object; null where a new one is to be made.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public T? Rent() => Interlocked.Exchange(ref _slot, null) ?? (_spilled.TryPop(out T? item) ? item : null);

    /// <summary>Gives an object back.</summary>
    /// <param name="item">The object.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Return(T item)
    {
        if (Interlocked.CompareExchange(ref _slot, item, null) is not null)
        {
            _spilled.Push(item);
        }
    }
}
