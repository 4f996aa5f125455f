using System.Numerics;
using System.Runtime.InteropServices;

namespace RnnGen.Runtime;

/// <summary>Numbers in the place of inputs that are missing (NaN). Other types have no such value.</summary>
internal static class MissingInputs
{
    /// <summary>A number as an input; <see langword="null"/> where there is none, or inputs are of a type that has no NaN.</summary>
    /// <param name="number">The number.</param>
    public static T? Of<T>(double? number) where T : unmanaged => number is not { } value ? null
        : typeof(T) == typeof(float) ? (T)(object)(float)value
        : typeof(T) == typeof(double) ? (T)(object)value
        : typeof(T) == typeof(Half) ? (T)(object)(Half)value
        : null;

    /// <summary>Replaces each NaN.</summary>
    /// <param name="values">The inputs.</param>
    /// <param name="by">What each becomes.</param>
    public static void Replace<T>(Span<T> values, T by) where T : unmanaged
    {
        if (typeof(T) == typeof(float))
        {
            ReplaceNaN(MemoryMarshal.Cast<T, float>(values), (float)(object)by);
        }
        else if (typeof(T) == typeof(double))
        {
            ReplaceNaN(MemoryMarshal.Cast<T, double>(values), (double)(object)by);
        }
        else if (typeof(T) == typeof(Half))
        {
            ReplaceNaN(MemoryMarshal.Cast<T, Half>(values), (Half)(object)by);
        }
    }

    private static void ReplaceNaN<T>(Span<T> values, T by) where T : INumberBase<T>
    {
        foreach (ref T value in values)
        {
            value = T.IsNaN(value) ? by : value;
        }
    }
}
