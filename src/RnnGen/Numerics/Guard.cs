using System.Runtime.CompilerServices;

namespace RnnGen;

/// <summary>Checks of integer arguments. .NET's own checks write numbers in the current culture; these messages are the same in every culture.</summary>
internal static class Guard
{
    /// <summary>A number is at least <paramref name="minimum"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not.</exception>
    public static void AtLeast(long value, long minimum, [CallerArgumentExpression(nameof(value))] string name = "")
    {
        if (value < minimum)
        {
            throw new ArgumentOutOfRangeException(name, Invariant($"{value}"), Invariant($"{name} must be at least {minimum}."));
        }
    }

    /// <summary>A number is from <paramref name="minimum"/> to <paramref name="maximum"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not.</exception>
    public static void Within(long value, long minimum, long maximum, [CallerArgumentExpression(nameof(value))] string name = "")
    {
        if (value < minimum || value > maximum)
        {
            throw new ArgumentOutOfRangeException(name, Invariant($"{value}"), Invariant($"{name} must be from {minimum} to {maximum}."));
        }
    }
}
