using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace RnnGen.Runtime;

/// <summary>How many of a gate's values are low and high.</summary>
/// <param name="Low">Values below the low limit.</param>
/// <param name="High">Values above the high one.</param>
/// <param name="NotLow">A bit for each unit that was not low in some row.</param>
internal readonly record struct GateCount(int Low, int High, ulong NotLow)
{
    /// <summary>Counts a block of units, 64 bytes wide, over some rows.</summary>
    /// <param name="values">The first row's block.</param>
    /// <param name="rowLength">From a row to the next.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="units">Units of the block; what is beyond is not counted.</param>
    /// <param name="low">The low limit.</param>
    /// <param name="high">The high limit.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static GateCount Of<T>(ref T values, int rowLength, int rows, int units, T low, T high) where T : unmanaged
    {
        ulong counted = (1UL << units) - 1, notLow = 0;
        int lows = 0, highs = 0;
        for (int row = 0; row < rows; row++)
        {
            ulong below = Below(ref values, low) & counted;
            lows += BitOperations.PopCount(below);
            highs += BitOperations.PopCount(Above(ref values, high) & counted);
            notLow |= ~below;
            values = ref Unsafe.Add(ref values, rowLength);
        }

        return new GateCount(lows, highs, notLow & counted);
    }

    // A bit for each value of 64 bytes.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Below<T>(ref T values, T limit) where T : unmanaged
    {
        if (Vector512.IsHardwareAccelerated)
        {
            return Vector512.LessThan(Vector512.LoadUnsafe(ref values), Vector512.Create(limit)).ExtractMostSignificantBits();
        }

        ulong bits = 0;
        if (Vector256.IsHardwareAccelerated)
        {
            for (int i = 0; i < Vector512<T>.Count; i += Vector256<T>.Count)
            {
                bits |= (ulong)Vector256.LessThan(Vector256.LoadUnsafe(ref values, (nuint)i), Vector256.Create(limit)).ExtractMostSignificantBits() << i;
            }
        }
        else
        {
            for (int i = 0; i < Vector512<T>.Count; i += Vector128<T>.Count)
            {
                bits |= (ulong)Vector128.LessThan(Vector128.LoadUnsafe(ref values, (nuint)i), Vector128.Create(limit)).ExtractMostSignificantBits() << i;
            }
        }

        return bits;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Above<T>(ref T values, T limit) where T : unmanaged
    {
        if (Vector512.IsHardwareAccelerated)
        {
            return Vector512.GreaterThan(Vector512.LoadUnsafe(ref values), Vector512.Create(limit)).ExtractMostSignificantBits();
        }

        ulong bits = 0;
        if (Vector256.IsHardwareAccelerated)
        {
            for (int i = 0; i < Vector512<T>.Count; i += Vector256<T>.Count)
            {
                bits |= (ulong)Vector256.GreaterThan(Vector256.LoadUnsafe(ref values, (nuint)i), Vector256.Create(limit)).ExtractMostSignificantBits() << i;
            }
        }
        else
        {
            for (int i = 0; i < Vector512<T>.Count; i += Vector128<T>.Count)
            {
                bits |= (ulong)Vector128.GreaterThan(Vector128.LoadUnsafe(ref values, (nuint)i), Vector128.Create(limit)).ExtractMostSignificantBits() << i;
            }
        }

        return bits;
    }
}
