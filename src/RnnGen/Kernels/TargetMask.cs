using System.ComponentModel;
using System.Runtime.CompilerServices;

namespace RnnGen.Runtime;

/// <summary>Targets that may be missing: class -1, or NaN.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class TargetMask
{
    /// <summary>Counts the targets that are there, but those of padding.</summary>
    /// <typeparam name="T">The type of one: <see cref="int"/>, <see cref="float"/> or <see cref="double"/>.</typeparam>
    /// <param name="targets">The targets, <c>[sequence, step, …]</c>.</param>
    /// <param name="lengths">Lengths of the sequences, or empty if all have all steps.</param>
    /// <param name="count">Sequences.</param>
    /// <param name="steps">Steps of a sequence's targets; one, which every sequence has, or those of its inputs.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static long Present<T>(ReadOnlySpan<T> targets, ReadOnlySpan<int> lengths, int count, int steps) where T : unmanaged
    {
        long present = 0;
        int length = targets.Length / count;
        for (int i = 0; i < count; i++)
        {
            int live = lengths.IsEmpty || steps == 1 ? length : length / steps * lengths[i];
            foreach (T target in targets.Slice(i * length, live))
            {
                present += IsPresent(target) ? 1 : 0;
            }
        }

        return present;
    }

    /// <summary>Whether a target is there.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static bool IsPresent<T>(T target) where T : unmanaged =>
        typeof(T) == typeof(int) ? Unsafe.BitCast<T, int>(target) >= 0
        : typeof(T) == typeof(float) ? !float.IsNaN(Unsafe.BitCast<T, float>(target))
        : !double.IsNaN(Unsafe.BitCast<T, double>(target));
}
