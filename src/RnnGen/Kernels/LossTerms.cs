using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace RnnGen.Runtime;

/// <summary>The terms that a mean loss counts: which of a sequence's output steps have a loss, and what they weigh.</summary>
internal static class LossTerms
{
    /// <summary>The output steps of a sequence that may have a loss of their own: weights are for each of these, or for each sequence.</summary>
    /// <param name="layout">The model.</param>
    public static int StepsOf(ModelLayout layout) => layout.LabelLength > 0 ? 1 : layout.OutputSteps;

    /// <summary>The output steps of one sequence that have a loss, unless their targets are missing.</summary>
    /// <typeparam name="T">The type of a target element.</typeparam>
    /// <param name="layout">The model.</param>
    /// <param name="target">The sequence's target.</param>
    /// <param name="length">The sequence's steps.</param>
    public static int Steps<T>(ModelLayout layout, ReadOnlySpan<T> target, int length) where T : unmanaged =>
        layout.EndToken >= 0 ? (int)Decoding.Steps(MemoryMarshal.Cast<T, int>(target), 1, layout.OutputSteps, layout.EndToken)
        : layout.IsDecoded || StepsOf(layout) == 1 ? StepsOf(layout)
        : length;

    /// <summary>The sum of the terms' weights; without weights the number of terms. A term is an output step, and one of its targets where targets may be missing.</summary>
    /// <typeparam name="T">The type of a target element.</typeparam>
    /// <param name="layout">The model.</param>
    /// <param name="targets">The targets of all sequences.</param>
    /// <param name="lengths">Their lengths, or empty if all have all steps.</param>
    /// <param name="weights">Weights of the sequences or of their output steps, or empty if all are 1.</param>
    /// <param name="count">Sequences.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double Sum<T>(ModelLayout layout, ReadOnlySpan<T> targets, ReadOnlySpan<int> lengths, ReadOnlySpan<float> weights, int count) where T : unmanaged
    {
        double sum = 0;
        int perSequence = weights.Length / count, step = layout.TargetLength / StepsOf(layout);
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<T> target = targets.Slice(i * layout.TargetLength, layout.TargetLength);
            int steps = Steps(layout, target, lengths.IsEmpty ? layout.SequenceLength : lengths[i]);
            if (perSequence <= 1)
            {
                sum += (perSequence == 0 ? 1 : (double)weights[i]) * Count(layout, target[..(steps * step)], steps);
                continue;
            }

            for (int t = 0; t < steps; t++)
            {
                sum += (double)weights[i * perSequence + t] * Count(layout, target.Slice(t * step, step), 1);
            }
        }

        return sum;
    }

    // The terms of some steps.
    private static long Count<T>(ModelLayout layout, ReadOnlySpan<T> targets, int steps) where T : unmanaged => layout.MaskedTargets ? TargetMask.Present(targets, default, 1, 1) : steps;
}
