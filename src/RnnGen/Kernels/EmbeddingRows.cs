using System.ComponentModel;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace RnnGen.Runtime;

/// <summary>The rows of an embedding table.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class EmbeddingRows
{
    /// <summary>Copies the rows of tokens out of a table.</summary>
    /// <typeparam name="T">The number type.</typeparam>
    /// <param name="tokens">The first row's token.</param>
    /// <param name="tokenStep">From a row's token to the next row's.</param>
    /// <param name="table">The table.</param>
    /// <param name="size">Values of a row of the table.</param>
    /// <param name="arena">The arena.</param>
    /// <param name="target">Where row 0 goes in the arena.</param>
    /// <param name="rowLength">From a row to the next in the arena.</param>
    /// <param name="first">The first row.</param>
    /// <param name="last">The row after the last.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Gather<T>(
        ref int tokens, int tokenStep, ref T table, int size, ref T arena, int target, int rowLength, int first, int last) where T : unmanaged
    {
        for (int row = first; row < last; row++)
        {
            ref T from = ref Unsafe.Add(ref table, Unsafe.Add(ref tokens, row * tokenStep) * size);
            MemoryMarshal.CreateReadOnlySpan(ref from, size).CopyTo(MemoryMarshal.CreateSpan(ref Unsafe.Add(ref arena, target + row * rowLength), size));
        }
    }
}
