using System.ComponentModel;
using System.Numerics;
using System.Runtime.CompilerServices;
namespace RnnGen.Runtime;

/// <summary>
/// Choices by logits. Among logits of which one is NaN or +∞, or all are -∞, no class is the most probable and there are no probabilities: choosing by
/// them is an error, as a loss that is not finite is in training.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class Logits
{
    /// <summary>The class of the greatest logit of each step, the first of equals.</summary>
    /// <typeparam name="T">The number type.</typeparam>
    /// <param name="logits"><c>[step, class]</c>.</param>
    /// <param name="size">Classes.</param>
    /// <param name="classes">Receives a class a step.</param>
    /// <exception cref="NonFiniteException">A step has no greatest logit.</exception>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Classes<T>(ReadOnlySpan<T> logits, int size, Span<int> classes) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (int step = 0; step < classes.Length; step++)
        {
            classes[step] = ArgMax(logits.Slice(step * size, size), step);
        }
    }

    /// <summary>Replaces the logits of each step by their softmax.</summary>
    /// <typeparam name="T">The number type.</typeparam>
    /// <param name="logits"><c>[step, class]</c>.</param>
    /// <param name="size">Classes.</param>
    /// <exception cref="NonFiniteException">A step has no greatest logit; nothing was replaced.</exception>
    public static void Softmax<T>(Span<T> logits, int size) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (!NonFinite.None<T>(logits))
        {
            for (int step = 0; step < logits.Length / size; step++)
            {
                ArgMax<T>(logits.Slice(step * size, size), step);
            }
        }

        Rows.Softmax(logits, size);
    }

    /// <summary>Replaces logits by their sigmoid.</summary>
    /// <typeparam name="T">The number type.</typeparam>
    /// <param name="logits">The logits.</param>
    /// <exception cref="NonFiniteException">A logit is NaN; nothing was replaced.</exception>
    public static void Sigmoid<T>(Span<T> logits) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (int i = 0; i < logits.Length; i++)
        {
            if (T.IsNaN(logits[i]))
            {
                throw new NonFiniteException(Invariant($"output[{i}] would be the sigmoid of NaN: {Cause}."));
            }
        }

        Rows.Sigmoid(logits);
    }

    /// <summary>The class of the greatest logit, the first of equals.</summary>
    /// <exception cref="NonFiniteException">There is none.</exception>
    internal static int ArgMax<T>(ReadOnlySpan<T> logits, int step) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int found = Find(logits);
        return found >= 0 ? found : throw new NonFiniteException(Describe(logits, step) + ".");
    }

    /// <summary>The same of one of several sequences.</summary>
    /// <exception cref="NonFiniteException">There is none.</exception>
    internal static int ArgMax<T>(ReadOnlySpan<T> logits, int step, int sequence) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int found = Find(logits);
        return found >= 0 ? found : throw new NonFiniteException(Describe(logits, step) + ", in ", sequence, ".");
    }

    /// <summary>The class of the greatest logit, the first of equals; -1 if there is none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static int Find<T>(ReadOnlySpan<T> logits) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        T greatest = T.NegativeInfinity;
        int found = -1;
        for (int i = 0; i < logits.Length; i++)
        {
            if (logits[i] > greatest)
            {
                (greatest, found) = (logits[i], i);
            }
            else if (T.IsNaN(logits[i]))
            {
                return -1;
            }
        }

        return T.IsPositiveInfinity(greatest) ? -1 : found;
    }

    /// <summary>The logarithm of the sum of exponentials.</summary>
    /// <exception cref="NonFiniteException">There is no greatest logit.</exception>
    internal static double LogSumExp<T>(ReadOnlySpan<T> logits, int step) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        double max = double.CreateTruncating(logits[ArgMax(logits, step)]), sum = 0;
        foreach (T logit in logits)
        {
            sum += Math.Exp(double.CreateTruncating(logit) - max);
        }

        return max + Math.Log(sum);
    }

    /// <summary>What is wrong with logits that have no greatest one.</summary>
    internal static string Describe<T>(ReadOnlySpan<T> logits, int step) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int wrong = 0;
        while (wrong < logits.Length - 1 && !T.IsNaN(logits[wrong]) && !T.IsPositiveInfinity(logits[wrong]))
        {
            wrong++;
        }

        return Invariant($"No class is the most probable at step {step}, where the logit of class {wrong} is {logits[wrong]}: {Cause}");
    }

    private const string Cause = "an input or a parameter is not finite, or too large";
}
