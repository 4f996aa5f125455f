using System.ComponentModel;
using System.Numerics;

namespace RnnGen.Runtime;

/// <summary>Checks of what generated methods are given; each says what was expected and what was found.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class Check
{
    /// <summary>A buffer holds exactly so many elements.</summary>
    /// <param name="length">Elements found.</param>
    /// <param name="expected">Elements expected.</param>
    /// <param name="name">The parameter.</param>
    /// <param name="shape">What the expected length is made of, such as <c>SequenceLength × InputSize</c>.</param>
    /// <exception cref="ArgumentException">The length differs.</exception>
    public static void Length(int length, long expected, string name, string shape)
    {
        if (length != expected)
        {
            throw new ArgumentException($"'{name}' must hold {expected} elements ({shape}); it holds {length}.", name);
        }
    }

    /// <summary>A count is at least <paramref name="minimum"/>.</summary>
    /// <param name="count">The count found.</param>
    /// <param name="minimum">The least allowed.</param>
    /// <exception cref="ArgumentOutOfRangeException">The count is less.</exception>
    public static void Count(int count, int minimum)
    {
        if (count < minimum)
        {
            throw new ArgumentOutOfRangeException(nameof(count), count, $"The number of sequences must be at least {minimum}.");
        }
    }

    /// <summary>All classes are from 0 to <paramref name="classes"/> - 1.</summary>
    /// <param name="targets">The classes found.</param>
    /// <param name="classes">Number of classes.</param>
    /// <exception cref="ArgumentOutOfRangeException">A class is outside; the message says which.</exception>
    public static void Classes(ReadOnlySpan<int> targets, int classes)
    {
        for (int i = 0; i < targets.Length; i++)
        {
            if ((uint)targets[i] >= (uint)classes)
            {
                throw new ArgumentOutOfRangeException(nameof(targets), targets[i],
                    $"targets[{i}] is {targets[i]}; classes are 0 to {classes - 1} (OutputSize = {classes}).");
            }
        }
    }

    /// <summary>All values are in [0, 1], as targets of binary cross-entropy are.</summary>
    /// <typeparam name="T">The number type.</typeparam>
    /// <param name="targets">The values found.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is outside; the message says which.</exception>
    public static void Probabilities<T>(ReadOnlySpan<T> targets) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (int i = 0; i < targets.Length; i++)
        {
            if (!(targets[i] >= T.Zero && targets[i] <= T.One))
            {
                throw new ArgumentOutOfRangeException(nameof(targets), targets[i],
                    $"targets[{i}] is {targets[i]}; targets of binary cross-entropy lie in [0, 1].");
            }
        }
    }

    /// <summary>A number of threads is at least 1.</summary>
    /// <param name="threads">The number found.</param>
    /// <returns>The number.</returns>
    /// <exception cref="ArgumentOutOfRangeException">It is less than 1.</exception>
    public static int Threads(int threads) =>
        threads >= 1 ? threads : throw new ArgumentOutOfRangeException(nameof(threads), threads, "Threads must be at least 1.");

    /// <summary>A vector width is one of the three.</summary>
    /// <param name="width">The width found.</param>
    /// <returns>The width.</returns>
    /// <exception cref="ArgumentOutOfRangeException">It is not.</exception>
    public static VectorWidth Width(VectorWidth width) =>
        Enum.IsDefined(width) ? width : throw new ArgumentOutOfRangeException(nameof(width), width, "Use V128, V256 or V512.");
}
