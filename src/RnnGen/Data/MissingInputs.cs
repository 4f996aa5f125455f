using System.Numerics;
using System.Runtime.InteropServices;

namespace RnnGen.Runtime;

/// <summary>Replaces missing inputs (NaN) by numbers. Types without NaN have no missing inputs.</summary>
internal static class MissingInputs
{
    /// <summary>A number as an input; <see langword="null"/> where there is none, or inputs are of a type that has no NaN.</summary>
    /// <param name="number">The number.</param>
    /// <param name="parameter">The parameter that it is given by.</param>
    /// <exception cref="ArgumentOutOfRangeException">The number is not finite as an input.</exception>
    public static T? Of<T>(double? number, string parameter) where T : unmanaged => number is not { } value ? null
        : typeof(T) == typeof(float) ? (T)(object)Finite((float)value, parameter)
        : typeof(T) == typeof(double) ? (T)(object)Finite(value, parameter)
        : typeof(T) == typeof(Half) ? (T)(object)Finite((Half)value, parameter)
        : null;

    /// <summary>What a missing input becomes, which must be a number that a model reads. Types that have no NaN have finite numbers alone.</summary>
    /// <param name="by">What each becomes.</param>
    /// <param name="parameter">The parameter that it is given by.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is not finite.</exception>
    public static T Finite<T>(T by, string parameter) where T : unmanaged =>
        (by is float single && !float.IsFinite(single)) || (by is double value && !double.IsFinite(value)) || (by is Half half && !Half.IsFinite(half))
            ? throw new ArgumentOutOfRangeException(parameter, Invariant($"{by}"), "The replacement of a missing input must be finite in the type of the inputs.")
            : by;

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
