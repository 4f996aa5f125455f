using System.Collections.Generic;

namespace RnnGen.Generator.Common;

/// <summary>Values that take long to make and are asked for again and again, in an editor at every key: the latest of them are kept. Safe from many threads at once.</summary>
/// <param name="capacity">Values that are kept, at most; the oldest goes first.</param>
/// <param name="make">Makes the value of a key; what it throws is thrown, and nothing kept.</param>
internal sealed class RecentValues<TKey, TValue>(int capacity, Func<TKey, TValue> make)
    where TKey : notnull
{
    private readonly Dictionary<TKey, TValue> _values = [];
    private readonly Queue<TKey> _order = new();

    public int Count
    {
        get
        {
            lock (_values)
            {
                return _values.Count;
            }
        }
    }

    public TValue Of(TKey key)
    {
        lock (_values)
        {
            if (_values.TryGetValue(key, out TValue? known))
            {
                return known;
            }
        }

        // Not under the lock: it may ask for other values. Of two threads that make the same one, the first is kept.
        TValue made = make(key);
        lock (_values)
        {
            if (_values.TryGetValue(key, out TValue? other))
            {
                return other;
            }

            if (_order.Count == capacity)
            {
                _values.Remove(_order.Dequeue());
            }

            _values.Add(key, made);
            _order.Enqueue(key);
            return made;
        }
    }
}
