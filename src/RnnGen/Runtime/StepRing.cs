using System.Numerics;
using System.Runtime.CompilerServices;

namespace RnnGen.Runtime;

/// <summary>A stream's state as it is saved: as it is stored, but for a ring of past steps, which is saved from the oldest to the newest.</summary>
internal static class StepRing
{
    /// <summary>Copies a stored state to its saved form.</summary>
    /// <param name="stored">The state; behind a ring the place of its oldest step.</param>
    /// <param name="size">Values of the state.</param>
    /// <param name="slot">Values of a step of a ring; 0 if it is none.</param>
    /// <param name="saved">Receives it.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Save<T>(ReadOnlySpan<T> stored, int size, int slot, Span<T> saved) where T : unmanaged, INumberBase<T>
    {
        int oldest = slot == 0 ? 0 : int.CreateTruncating(stored[size]) * slot;
        stored[oldest..size].CopyTo(saved);
        stored[..oldest].CopyTo(saved[(size - oldest)..]);
    }

    /// <summary>Copies a saved state to where it is stored.</summary>
    /// <param name="saved">The state; values behind it are ignored.</param>
    /// <param name="size">Values of the state.</param>
    /// <param name="slot">Values of a step of a ring; 0 if it is none.</param>
    /// <param name="stored">Receives it.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Restore<T>(ReadOnlySpan<T> saved, int size, int slot, Span<T> stored) where T : unmanaged, INumberBase<T>
    {
        saved[..size].CopyTo(stored);
        if (slot > 0)
        {
            stored[size] = T.Zero;
        }
    }
}
