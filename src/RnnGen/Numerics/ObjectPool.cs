using System.ComponentModel;
using System.Runtime.CompilerServices;

namespace RnnGen.Runtime;

/// <summary>Objects that calls borrow: a new one is made, and memory is taken for it, only when more calls overlap than ever before.</summary>
/// <typeparam name="T">The type of the objects.</typeparam>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class ObjectPool<T> where T : class
{
    // Of calls that overlap; a list's memory stays when it shrinks.
    private readonly List<T> _spilled = [];
    private T? _slot;

    /// <summary>Borrows an object; null where a new one is to be made.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public T? Rent() => Interlocked.Exchange(ref _slot, null) ?? TakeSpilled();

    /// <summary>Gives an object back.</summary>
    /// <param name="item">The object.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Return(T item)
    {
        if (Interlocked.CompareExchange(ref _slot, item, null) is null)
        {
            return;
        }

        lock (_spilled)
        {
            _spilled.Add(item);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private T? TakeSpilled()
    {
        lock (_spilled)
        {
            if (_spilled.Count == 0)
            {
                return null;
            }

            T item = _spilled[^1];
            _spilled.RemoveAt(_spilled.Count - 1);
            return item;
        }
    }
}
