using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace RnnGen.Runtime;

/// <summary>How many of a gate's values are low and high.</summary>
/// <param name="Low">Values below the low limit.</param>
/// <param name="High">Values above the high one.</param>
internal readonly record struct GateCount(int Low, int High)
{
    /// <summary>Counts some rows of a gate, which is stored in blocks of 64 bytes of units.</summary>
    /// <param name="values">The first row's first block.</param>
    /// <param name="rowLength">From a row to the next.</param>
    /// <param name="blockLength">From a block to the next.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="units">Units; what the last block has beyond them is not counted.</param>
    /// <param name="low">The low limit.</param>
    /// <param name="high">The high limit.</param>
    /// <param name="alive">One value a unit: becomes true where a row's is not low. Empty if it is not needed.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static GateCount Of<T>(ref T values, int rowLength, int blockLength, int rows, int units, T low, T high, Span<bool> alive) where T : unmanaged =>
        Vector512.IsHardwareAccelerated
            ? OfBlocks(ref values, rowLength, blockLength, rows, units, low, high, alive)
            : OfParts(ref values, rowLength, blockLength, rows, units, low, high, alive);

    // A lane is -1 where what is asked holds: their sums count, lane by lane, in parts of 32 bits.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static GateCount OfBlocks<T>(ref T values, int rowLength, int blockLength, int rows, int units, T low, T high, Span<bool> alive) where T : unmanaged
    {
        Vector512<int> lows = Vector512<int>.Zero, highs = lows;
        Vector512<T> below = Vector512.Create(low), above = Vector512.Create(high);
        for (int start = 0; start < units; start += Vector512<T>.Count)
        {
            Vector512<int> less = Vector512<int>.Zero, more = less;
            ref T row = ref values;
            int left = rows;
            for (; left >= 4; left -= 4)
            {
                Vector512<T> value0 = Vector512.LoadUnsafe(ref row), value1 = Vector512.LoadUnsafe(ref row, (nuint)rowLength);
                Vector512<T> value2 = Vector512.LoadUnsafe(ref row, 2 * (nuint)rowLength), value3 = Vector512.LoadUnsafe(ref row, 3 * (nuint)rowLength);
                less += (Less(value0, below) + Less(value1, below)) + (Less(value2, below) + Less(value3, below));
                more += (Less(above, value0) + Less(above, value1)) + (Less(above, value2) + Less(above, value3));
                row = ref Unsafe.Add(ref row, 4 * rowLength);
            }

            for (; left > 0; left--)
            {
                Vector512<T> value = Vector512.LoadUnsafe(ref row);
                less += Less(value, below);
                more += Less(above, value);
                row = ref Unsafe.Add(ref row, rowLength);
            }

            Vector512<int> counted = Vector512.LessThan(Vector512<int>.Indices, Vector512.Create((units - start) * Unsafe.SizeOf<T>() / sizeof(int)));
            lows -= less & counted;
            highs -= more & counted;
            if (!alive.IsEmpty)
            {
                MarkAlive(alive[start..], ~Vector512.Equals(less, Vector512.Create(-rows)).As<int, T>().ExtractMostSignificantBits(), Vector512<T>.Count);
            }

            values = ref Unsafe.Add(ref values, blockLength);
        }

        return Of<T>(Vector512.Sum(lows), Vector512.Sum(highs));

        // The sign of the difference, which is a lane's in less time than a comparison's mask is.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static Vector512<int> Less(Vector512<T> value, Vector512<T> than) =>
            typeof(T) == typeof(float) ? (value - than).AsInt32() >> 31 : ((value - than).AsInt64() >> 63).AsInt32();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static GateCount OfParts<T>(ref T values, int rowLength, int blockLength, int rows, int units, T low, T high, Span<bool> alive) where T : unmanaged
    {
        Vector<int> lows = Vector<int>.Zero, highs = lows;
        Vector<T> below = Vector.Create(low), above = Vector.Create(high);
        for (int start = 0; start < units; start += Vector<T>.Count)
        {
            Vector<int> less = Vector<int>.Zero, more = less;
            int block = start / Vector512<T>.Count;
            ref T row = ref Unsafe.Add(ref values, (block * blockLength) + start - (block * Vector512<T>.Count));
            for (int i = 0; i < rows; i++)
            {
                Vector<T> value = Vector.LoadUnsafe(ref row);
                less -= Vector.AsVectorInt32(Vector.LessThan(value, below));
                more -= Vector.AsVectorInt32(Vector.GreaterThan(value, above));
                row = ref Unsafe.Add(ref row, rowLength);
            }

            Vector<int> counted = Vector.LessThan(Vector<int>.Indices, Vector.Create((units - start) * Unsafe.SizeOf<T>() / sizeof(int)));
            lows += less & counted;
            highs += more & counted;
            if (!alive.IsEmpty)
            {
                ulong bits = 0;
                for (int lane = 0; lane < Vector<T>.Count; lane++)
                {
                    bits |= (less[lane * Unsafe.SizeOf<T>() / sizeof(int)] == rows ? 0UL : 1) << lane;
                }

                MarkAlive(alive[start..], bits, Vector<T>.Count);
            }
        }

        return Of<T>(Vector.Sum(lows), Vector.Sum(highs));
    }

    private static GateCount Of<T>(int lows, int highs) where T : unmanaged => new(lows * sizeof(int) / Unsafe.SizeOf<T>(), highs * sizeof(int) / Unsafe.SizeOf<T>());

    // Several threads may write the same true.
    private static void MarkAlive(Span<bool> alive, ulong units, int lanes)
    {
        for (int unit = 0; unit < Math.Min(lanes, alive.Length); unit++)
        {
            if ((units >> unit & 1) != 0)
            {
                alive[unit] = true;
            }
        }
    }
}
