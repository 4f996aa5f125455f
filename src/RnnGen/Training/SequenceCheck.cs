using System.Numerics;
using System.Runtime.InteropServices;

namespace RnnGen.Runtime;

/// <summary>Checks the sequences of a source against a model. Errors name the place in the source, not in a batch.</summary>
/// <param name="layout">The model's shape.</param>
/// <param name="source">The name of the source: its parameter.</param>
internal sealed class SequenceCheck<TInput, TTarget>(ModelLayout layout, string source)
    where TInput : unmanaged
    where TTarget : unmanaged
{
    /// <summary>Checks what is in memory before the first pass.</summary>
    /// <param name="data">The source; a streamed one cannot be checked yet.</param>
    /// <param name="areFinite">Whether to reject inputs and targets that are not finite; inputs only without an augmentation, which may replace them.</param>
    /// <exception cref="ArgumentException">A token, class, label, probability or length does not fit the model.</exception>
    /// <exception cref="NonFiniteException">An input or target is not finite.</exception>
    public void All(SequenceSource<TInput, TTarget> data, bool areFinite)
    {
        SequenceShard<TInput, TTarget>? shard = data as SequenceShard<TInput, TTarget>;
        if ((shard?.Own ?? data) is not SequenceDataset<TInput, TTarget> sequences)
        {
            return;
        }

        if (FirstWrong(data, sequences, shard?.First ?? 0, areFinite) is { } wrong)
        {
            throw wrong;
        }
    }

    private NonFiniteException? FirstWrong(SequenceSource<TInput, TTarget> data, SequenceDataset<TInput, TTarget> sequences, int first, bool areFinite)
    {
        for (int i = 0; i < sequences.Count; i++)
        {
            ReadOnlySpan<TInput> input = sequences.Input(i);
            ReadOnlySpan<TTarget> target = sequences.Target(i);
            int steps = sequences.HasLengths ? sequences.Lengths[i] : layout.SequenceLength;
            One(first + i, input, target, steps);
            if (areFinite && ((data.Settings.Augmentation is null ? NotFiniteInput(first + i, input, steps) : null) ?? NotFiniteTarget(first + i, target, steps)) is { } found)
            {
                return found;
            }
        }

        return null;
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
            throw new ArgumentOutOfRangeException(source, Invariant($"{steps}"), Invariant($"{place.Context}it has {steps} steps; a length is from 1 to {layout.SequenceLength} (SequenceLength)."));
        }

        ReadOnlySpan<int> lengths = new(in steps);
        if (layout.VocabularySize > 0 && typeof(TInput) == typeof(int))
        {
            Check.Tokens(place, MemoryMarshal.Cast<TInput, int>(input), layout.VocabularySize, "inputs", lengths, layout.SequenceLength);
        }

        if (typeof(TInput) == typeof(float))
        {
            Check.Categories(place, layout, MemoryMarshal.Cast<TInput, float>(input), lengths);
        }
        else if (typeof(TInput) == typeof(double))
        {
            Check.Categories(place, layout, MemoryMarshal.Cast<TInput, double>(input), lengths);
        }

        if (layout.ClassCount > 0 && typeof(TTarget) == typeof(int))
        {
            Classes(place, MemoryMarshal.Cast<TTarget, int>(target), lengths);
        }
        else if (typeof(TTarget) == typeof(float))
        {
            Numbers(place, MemoryMarshal.Cast<TTarget, float>(target), Live(lengths));
        }
        else if (typeof(TTarget) == typeof(double))
        {
            Numbers(place, MemoryMarshal.Cast<TTarget, double>(target), Live(lengths));
        }
    }

    private void Numbers<T>(Place place, ReadOnlySpan<T> target, ReadOnlySpan<int> lengths) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (layout.IsBinary)
        {
            Check.Probabilities(place, target, lengths, layout.OutputSteps, layout.MaskedTargets);
        }
        else if (layout.AreCounts)
        {
            Check.Counts(place, target, lengths, layout.OutputSteps);
        }
    }

    private void Classes(Place place, ReadOnlySpan<int> target, ReadOnlySpan<int> lengths)
    {
        if (layout.LabelLength > 0)
        {
            Check.Labels(place, target, layout.ClassCount, layout.LabelLength, lengths, layout.SequenceLength, layout.InfeasibleLabels == InfeasibleLabels.Zero);
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

    /// <summary>The error of an input that is not finite; otherwise <see langword="null"/>. Padding is not read.</summary>
    /// <param name="index">The sequence's place in the source.</param>
    /// <param name="input">Its input.</param>
    /// <param name="steps">Its steps.</param>
    public NonFiniteException? NotFiniteInput(int index, ReadOnlySpan<TInput> input, int steps)
    {
        int features = layout.InputStep, padded = layout.SequenceLength * features;
        int wrong = First(input[..(steps * features)], default, 1, mayBeMissing: false);
        string where = Invariant($" at time step {wrong / features}");
        if (wrong < 0 && layout.IsRow && First(input[padded..], default, 1, mayBeMissing: false) is >= 0 and var behind)
        {
            (wrong, where) = (padded + behind, " behind the steps");
        }

        return wrong < 0 ? null : new(Invariant($"The data is not finite: inputs[{wrong}] is {input[wrong]}{where}, "), index, Invariant($" (from 0) of {source}. Correct it, or leave the sequence out."));
    }

    /// <summary>The error of a target that is not finite and not missing; otherwise <see langword="null"/>. Padding is not read.</summary>
    /// <param name="index">The sequence's place in the source.</param>
    /// <param name="target">Its target.</param>
    /// <param name="steps">Its steps.</param>
    public NonFiniteException? NotFiniteTarget(int index, ReadOnlySpan<TTarget> target, int steps)
    {
        int wrong = First(target, Live(new ReadOnlySpan<int>(in steps)), layout.OutputSteps, layout.MaskedTargets);
        string meant = layout.MaskedTargets ? "" : "; a model with MaskedTargets takes NaN for a missing target";
        return wrong < 0 ? null : new(Invariant($"The data is not finite: targets[{wrong}] is {target[wrong]} in "), index, Invariant($" (from 0) of {source}. Correct it, or leave the sequence out{meant}."));
    }

    private static int First<T>(ReadOnlySpan<T> values, ReadOnlySpan<int> lengths, int steps, bool mayBeMissing) where T : unmanaged =>
        typeof(T) == typeof(float) ? Check.FirstNotFinite(MemoryMarshal.Cast<T, float>(values), lengths, steps, mayBeMissing)
        : typeof(T) == typeof(double) ? Check.FirstNotFinite(MemoryMarshal.Cast<T, double>(values), lengths, steps, mayBeMissing)
        : -1;

    // The lengths of what has a loss: where each step of the input has an output of its own.
    private ReadOnlySpan<int> Live(ReadOnlySpan<int> lengths) => layout is { OutputSteps: > 1, IsDecoded: false } ? lengths : default;
}
