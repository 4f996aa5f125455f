using System.Runtime.InteropServices;

namespace RnnGen.Runtime;

/// <summary>Checks the sequences of a source against the model that is to read them. What is wrong is named by its place in the source, not in a batch.</summary>
/// <param name="layout">The model's shape.</param>
/// <param name="source">What the source is called: the parameter that it was given as.</param>
internal sealed class SequenceCheck<TInput, TTarget>(ModelLayout layout, string source)
    where TInput : unmanaged
    where TTarget : unmanaged
{
    /// <summary>Checks what is in memory before the first pass.</summary>
    /// <param name="data">The source; of one that is streamed nothing is known yet.</param>
    /// <param name="areFinite">Whether targets without a finite loss are refused, too.</param>
    /// <exception cref="ArgumentException">A token, class, label, probability or length does not fit the model.</exception>
    /// <exception cref="NonFiniteException">A target is not finite.</exception>
    public void All(SequenceSource<TInput, TTarget> data, bool areFinite)
    {
        if (data is not SequenceDataset<TInput, TTarget> sequences)
        {
            return;
        }

        for (int i = 0; i < sequences.Count; i++)
        {
            ReadOnlySpan<TTarget> target = sequences.Target(i);
            int steps = sequences.HasLengths ? sequences.Lengths[i] : layout.SequenceLength;
            One(i, sequences.Input(i), target, steps);
            if (areFinite)
            {
                Finite(i, target, steps);
            }
        }
    }

    /// <summary>Checks a sequence.</summary>
    /// <param name="index">Its place in the source.</param>
    /// <param name="input">Its input.</param>
    /// <param name="target">Its target.</param>
    /// <param name="steps">Its steps.</param>
    /// <exception cref="ArgumentException">A token, class, label, probability or the length does not fit the model.</exception>
    public void One(int index, ReadOnlySpan<TInput> input, ReadOnlySpan<TTarget> target, int steps)
    {
        Place place = new(source, index);
        if (steps > layout.SequenceLength)
        {
            throw new ArgumentOutOfRangeException(source, steps, Invariant($"{place.Context}it has {steps} steps; a length is from 1 to {layout.SequenceLength} (SequenceLength)."));
        }

        ReadOnlySpan<int> lengths = new(in steps);
        if (layout.VocabularySize > 0 && typeof(TInput) == typeof(int))
        {
            Check.Tokens(place, MemoryMarshal.Cast<TInput, int>(input), layout.VocabularySize, "inputs", lengths, layout.SequenceLength);
        }

        if (layout.ClassCount > 0 && typeof(TTarget) == typeof(int))
        {
            Classes(place, MemoryMarshal.Cast<TTarget, int>(target), lengths);
        }
        else if (layout.IsBinary && typeof(TTarget) == typeof(float))
        {
            Check.Probabilities(place, MemoryMarshal.Cast<TTarget, float>(target), Live(lengths), layout.OutputSteps, layout.MaskedTargets);
        }
        else if (layout.IsBinary && typeof(TTarget) == typeof(double))
        {
            Check.Probabilities(place, MemoryMarshal.Cast<TTarget, double>(target), Live(lengths), layout.OutputSteps, layout.MaskedTargets);
        }
    }

    private void Classes(Place place, ReadOnlySpan<int> target, ReadOnlySpan<int> lengths)
    {
        if (layout.LabelLength > 0)
        {
            Check.Labels(place, target, layout.ClassCount, layout.LabelLength, lengths, layout.SequenceLength);
        }
        else if (layout.EndToken >= 0)
        {
            Check.Decoded(place, target, layout.ClassCount, layout.OutputSteps, layout.EndToken);
        }
        else
        {
            Check.Classes(place, target, layout.ClassCount, Live(lengths), layout.OutputSteps, layout.MaskedTargets);
        }
    }

    private void Finite(int index, ReadOnlySpan<TTarget> target, int steps)
    {
        ReadOnlySpan<int> lengths = Live(new ReadOnlySpan<int>(in steps));
        int wrong = typeof(TTarget) == typeof(float) ? Check.FirstNotFinite(MemoryMarshal.Cast<TTarget, float>(target), lengths, layout.OutputSteps, layout.MaskedTargets)
            : typeof(TTarget) == typeof(double) ? Check.FirstNotFinite(MemoryMarshal.Cast<TTarget, double>(target), lengths, layout.OutputSteps, layout.MaskedTargets)
            : -1;
        if (wrong >= 0)
        {
            string meant = layout.MaskedTargets ? "" : "; a model with MaskedTargets takes NaN for a missing target";
            throw new NonFiniteException(Invariant($"The loss is not finite: targets[{wrong}] is {target[wrong]} in "), index, Invariant($" (from 0) of {source}. Nothing was updated{meant}."));
        }
    }

    // The lengths of what has a loss: where each step of the input has an output of its own.
    private ReadOnlySpan<int> Live(ReadOnlySpan<int> lengths) => layout is { OutputSteps: > 1, IsDecoded: false } ? lengths : default;
}
