using System.ComponentModel;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace RnnGen.Runtime;

/// <summary>The name of a checked value in messages.</summary>
/// <param name="Parameter">The parameter.</param>
/// <param name="Sequence">The index of the sequence in the data, from 0; -1 for an argument of a call.</param>
internal readonly record struct Place(string Parameter, int Sequence = -1)
{
    /// <summary>What there is one step of each of, where that is not the time: <c>stream</c>.</summary>
    public string Of { get; init; } = "time step";

    /// <summary>The start of the message: which sequence of which data; empty for an argument of a call.</summary>
    public string Context => Sequence < 0 ? "" : Invariant($"Sequence {Sequence} (from 0) of {Parameter}: ");
}

/// <summary>Checks of generated methods' arguments; messages have what was expected and what was found.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static partial class Check
{
    /// <summary>A buffer holds exactly <paramref name="expected"/> elements.</summary>
    /// <param name="length">Elements found.</param>
    /// <param name="expected">Elements expected.</param>
    /// <param name="name">The parameter.</param>
    /// <param name="shape">What the expected length is made of, such as <c>SequenceLength × InputSize</c>.</param>
    /// <exception cref="ArgumentException">The length differs.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Length(int length, long expected, string name, string shape)
    {
        if (length != expected)
        {
            ThrowLength(length, expected, name, shape);
        }
    }

    /// <summary>A buffer has room for <paramref name="minimum"/> elements.</summary>
    /// <param name="length">Elements found.</param>
    /// <param name="minimum">Elements needed.</param>
    /// <param name="name">The parameter.</param>
    /// <param name="shape">What the needed length is made of.</param>
    /// <exception cref="ArgumentException">There are fewer.</exception>
    public static void AtLeast(int length, int minimum, string name, string shape)
    {
        if (length < minimum)
        {
            throw new ArgumentException(Invariant($"'{name}' needs room for {minimum} elements ({shape}); it holds {length}."), name);
        }
    }

    /// <summary>A block holds whole steps.</summary>
    /// <param name="length">Elements found.</param>
    /// <param name="step">Elements of a step.</param>
    /// <param name="name">The parameter.</param>
    /// <returns>The number of steps.</returns>
    /// <exception cref="ArgumentException">It ends within a step.</exception>
    internal static int Steps(int length, int step, string name)
    {
        if (length % step != 0)
        {
            throw new ArgumentException(Invariant($"'{name}' must hold whole steps of {step} elements (InputSize); it holds {length}."), name);
        }

        return length / step;
    }

    /// <summary>Outputs do not overwrite inputs that are still to be read: the two do not overlap, or start together and no step writes beyond its inputs.</summary>
    /// <typeparam name="TInput">The type of one input element.</typeparam>
    /// <typeparam name="TNumber">The number type.</typeparam>
    /// <param name="inputs">The inputs, of steps or of streams.</param>
    /// <param name="inputSize">Elements of a step's input.</param>
    /// <param name="outputs">The outputs.</param>
    /// <param name="outputSize">Values of a step's output.</param>
    /// <param name="name">The parameter that has the inputs.</param>
    /// <returns>Whether they overlap.</returns>
    /// <exception cref="ArgumentException">They overlap in another way.</exception>
    internal static unsafe bool InPlace<TInput, TNumber>(ReadOnlySpan<TInput> inputs, int inputSize, Span<TNumber> outputs, int outputSize, string name)
        where TInput : unmanaged
        where TNumber : unmanaged
    {
        bool overlap = Overlap(inputs, outputs, out nint from);
        if (overlap && (from != 0 || outputSize * sizeof(TNumber) > inputSize * sizeof(TInput)))
        {
            throw new ArgumentException(
                Invariant($"'outputs' overlaps '{name}', so that outputs would overwrite inputs that are still to be read. To process in place, start both at the same element, which takes an OutputSize of at most InputSize; they are {outputSize} and {inputSize}."),
                nameof(outputs));
        }

        return overlap;
    }

    /// <summary>What is written and what is read do not overlap.</summary>
    /// <typeparam name="TInput">The type of one input element.</typeparam>
    /// <typeparam name="TNumber">The number type.</typeparam>
    /// <param name="inputs">What is read.</param>
    /// <param name="outputs">What is written.</param>
    /// <param name="inputName">The parameter that has what is read.</param>
    /// <param name="outputName">The parameter that has what is written.</param>
    /// <exception cref="ArgumentException">They overlap.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Apart<TInput, TNumber>(ReadOnlySpan<TInput> inputs, Span<TNumber> outputs, string inputName, string outputName)
        where TInput : unmanaged
        where TNumber : unmanaged
    {
        if (Overlap(inputs, outputs, out _))
        {
            throw new ArgumentException(Invariant($"'{outputName}' overlaps '{inputName}', so that what is written would overwrite what is still to be read; give it memory of its own."), outputName);
        }
    }

    // Whether some memory is in both spans, and where the second begins, in bytes from the first.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe bool Overlap<TInput, TNumber>(ReadOnlySpan<TInput> inputs, Span<TNumber> outputs, out nint from)
        where TInput : unmanaged
        where TNumber : unmanaged
    {
        from = Unsafe.ByteOffset(
            in Unsafe.As<TInput, byte>(ref MemoryMarshal.GetReference(inputs)), in Unsafe.As<TNumber, byte>(ref MemoryMarshal.GetReference(outputs)));
        return !inputs.IsEmpty && !outputs.IsEmpty && (from >= 0 ? from < (long)inputs.Length * sizeof(TInput) : -from < (long)outputs.Length * sizeof(TNumber));
    }

    /// <summary>A count is at least <paramref name="minimum"/>.</summary>
    /// <param name="count">The count found.</param>
    /// <param name="minimum">The minimum allowed.</param>
    /// <exception cref="ArgumentOutOfRangeException">The count is less.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Count(int count, int minimum)
    {
        if (count < minimum)
        {
            ThrowCount(count, minimum);
        }
    }

    /// <summary>A set of streams has such a one.</summary>
    /// <param name="stream">The stream found.</param>
    /// <param name="count">Their number.</param>
    /// <param name="name">The parameter.</param>
    /// <exception cref="ArgumentOutOfRangeException">It has not.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Stream(int stream, int count, string name)
    {
        if ((uint)stream >= (uint)count)
        {
            ThrowStream(stream, count, name);
        }
    }

    /// <summary>A step was processed since a sequence began, so that there is something to read of it.</summary>
    /// <param name="hasStep">Whether one was.</param>
    /// <exception cref="InvalidOperationException">None was.</exception>
    internal static void HasStep(bool hasStep)
    {
        if (!hasStep)
        {
            throw new InvalidOperationException("There is no step to read: none was processed since the sequence began or was restored. Call Step first.");
        }
    }

    /// <summary>States are of this kind of model, and of at least <paramref name="count"/> sequences.</summary>
    /// <typeparam name="T">The number type.</typeparam>
    /// <param name="state">The states found.</param>
    /// <param name="count">Sequences.</param>
    /// <param name="length">Values of one sequence's states.</param>
    /// <exception cref="ArgumentException">They are of another model, or of fewer sequences.</exception>
    public static void State<T>(BatchState<T> state, int count, int length) where T : unmanaged, INumber<T>
    {
        ArgumentNullException.ThrowIfNull(state);
        if (state.Length != length || state.Count < count)
        {
            throw new ArgumentException(
                Invariant($"The state is for {state.Count} sequences with {state.Length} values each; {count} with {length} are needed. Create it with the model's CreateBatchState({count})."), nameof(state));
        }
    }

    /// <summary>States that a batch carries are of this kind of model, and of at least its sequences.</summary>
    /// <typeparam name="T">The number type.</typeparam>
    /// <param name="state">The states found, or <see langword="null"/>.</param>
    /// <param name="count">Sequences.</param>
    /// <param name="length">Values of one sequence's states; 0 if the model cannot carry states.</param>
    /// <param name="layout">The model.</param>
    /// <returns>The states.</returns>
    /// <exception cref="ArgumentException">They are of another model, or of fewer sequences, or the model cannot carry states.</exception>
    internal static BatchState<T>? State<T>(BatchState? state, int count, int length, ModelLayout layout) where T : unmanaged, INumber<T>
    {
        if (state is null)
        {
            return null;
        }

        if (length == 0)
        {
            throw new ArgumentException($"{layout.ModelName} ({layout.Declaration}) reads a sequence as a whole, so it cannot start from a state; do not set State.", nameof(state));
        }

        if (state is not BatchState<T> own)
        {
            throw new ArgumentException($"The state is of a model of another number type; {layout.ModelName} computes in {typeof(T).Name}. Create it with the model's CreateBatchState.", nameof(state));
        }

        State(own, count, length);
        return own;
    }

    /// <summary>Marks of resets are empty, or one for each step, of a model that can start from the beginning within a sequence.</summary>
    /// <param name="resets">The marks found.</param>
    /// <param name="count">Sequences.</param>
    /// <param name="stateLength">Values of one sequence's states; 0 if the model cannot carry states.</param>
    /// <param name="layout">The model.</param>
    /// <exception cref="ArgumentException">Their number is another, or the model reads a sequence as a whole.</exception>
    internal static void Resets(ReadOnlySpan<bool> resets, int count, int stateLength, ModelLayout layout)
    {
        if (resets.IsEmpty)
        {
            return;
        }

        CanReset(layout, stateLength > 0, nameof(resets));
        Length(resets.Length, (long)count * layout.SequenceLength, nameof(resets), "count × SequenceLength");
    }

    /// <summary>A model can start from the beginning within a sequence.</summary>
    /// <param name="layout">The model.</param>
    /// <param name="carriesStates">Whether the model can carry states.</param>
    /// <param name="name">What has the marks of resets.</param>
    /// <exception cref="ArgumentException">It reads a sequence as a whole.</exception>
    internal static void CanReset(ModelLayout layout, bool carriesStates, string name)
    {
        if (!carriesStates || layout.LabelLength > 0)
        {
            throw new ArgumentException($"{layout.ModelName} ({layout.Declaration}) reads a sequence as a whole, so it cannot start from the beginning within one. Give it no resets; cut the data there.", name);
        }
    }

    /// <summary>Weights are empty, or one for each sequence or each of its output steps, each finite and at least 0.</summary>
    /// <param name="weights">The weights found.</param>
    /// <param name="count">Sequences.</param>
    /// <param name="steps">Output steps of a sequence that have a loss of their own.</param>
    /// <exception cref="ArgumentException">Their number is another.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A weight is negative or not finite; the message names the first.</exception>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Weights(ReadOnlySpan<float> weights, int count, int steps)
    {
        if (weights.IsEmpty)
        {
            return;
        }

        if (weights.Length != count && weights.Length != (long)count * steps)
        {
            string perStep = steps == 1 ? "" : Invariant($", or {(long)count * steps} (one for each output step)");
            throw new ArgumentException(Invariant($"'weights' must hold {count} elements (one for each sequence){perStep}, or be empty; it holds {weights.Length}."), nameof(weights));
        }

        Weights(weights);
    }

    /// <summary>Each weight is finite and at least 0.</summary>
    /// <param name="weights">The weights found.</param>
    /// <exception cref="ArgumentOutOfRangeException">One is not; the message names the first.</exception>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Weights(ReadOnlySpan<float> weights)
    {
        if (FirstBadWeight(weights) is var bad && bad >= 0)
        {
            throw new ArgumentOutOfRangeException(nameof(weights), Invariant($"{weights[bad]}"), Invariant($"weights[{bad}] is {weights[bad]}; a weight is a finite number of at least 0."));
        }
    }

    /// <summary>The first weight that is negative or not finite; -1 where there is none.</summary>
    /// <param name="weights">The weights found.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static int FirstBadWeight(ReadOnlySpan<float> weights)
    {
        for (int i = 0; i < weights.Length; i++)
        {
            if (!(weights[i] >= 0 && weights[i] <= float.MaxValue))
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>Lengths are empty, or one from 1 to <paramref name="steps"/> for each sequence.</summary>
    /// <param name="lengths">The lengths found.</param>
    /// <param name="count">Sequences.</param>
    /// <param name="steps">The greatest length.</param>
    /// <exception cref="ArgumentException">They are not; the message names the first.</exception>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Lengths(ReadOnlySpan<int> lengths, int count, int steps)
    {
        if (lengths.IsEmpty)
        {
            return;
        }

        if (lengths.Length != count)
        {
            throw new ArgumentException(Invariant($"'lengths' must hold {count} elements (one for each sequence), or be empty; it holds {lengths.Length}."), nameof(lengths));
        }

        for (int i = 0; i < lengths.Length; i++)
        {
            if (lengths[i] < 1 || lengths[i] > steps)
            {
                throw new ArgumentOutOfRangeException(nameof(lengths), Invariant($"{lengths[i]}"),
                    Invariant($"lengths[{i}] is {lengths[i]}; a length is from 1 to {steps} (SequenceLength)."));
            }
        }
    }

    /// <summary>The length of one sequence is from 1 to <paramref name="steps"/>.</summary>
    /// <param name="length">The length found.</param>
    /// <param name="steps">The greatest length.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is not.</exception>
    public static void SequenceLength(int length, int steps)
    {
        if (length < 1 || length > steps)
        {
            throw new ArgumentOutOfRangeException(nameof(length), Invariant($"{length}"), Invariant($"The length is {length}; it is from 1 to {steps} (SequenceLength)."));
        }
    }

    // The same of inputs whose steps are the length.
    internal static void SequenceLength(int length, int steps, string name)
    {
        if (length < 1 || length > steps)
        {
            throw new ArgumentException(Invariant($"'{name}' has {length} steps; it has from 1 to {steps} (SequenceLength)."), name);
        }
    }

    // Whether target i belongs to a step beyond its sequence's length.
    private static bool IsPadding(int i, int targets, ReadOnlySpan<int> lengths, int steps)
    {
        if (lengths.IsEmpty)
        {
            return false;
        }

        int perSequence = targets / lengths.Length;
        return i % perSequence / (perSequence / steps) >= lengths[i / perSequence];
    }

    /// <summary>All classes are from 0 to <paramref name="classes"/> - 1, but those of padding.</summary>
    /// <param name="targets">The classes found.</param>
    /// <param name="classes">Number of classes.</param>
    /// <param name="lengths">Lengths of the sequences, where targets have steps and lengths differ.</param>
    /// <param name="steps">Steps of a sequence's targets.</param>
    /// <param name="mayBeMissing">Whether -1 stands for no class.</param>
    /// <exception cref="ArgumentOutOfRangeException">A class is out of range; the message names it.</exception>
    public static void Classes(ReadOnlySpan<int> targets, int classes, ReadOnlySpan<int> lengths = default, int steps = 1, bool mayBeMissing = false) =>
        Classes(new Place(nameof(targets)), targets, classes, lengths, steps, mayBeMissing);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Classes(Place place, ReadOnlySpan<int> targets, int classes, ReadOnlySpan<int> lengths, int steps, bool mayBeMissing)
    {
        for (int i = 0; i < targets.Length; i++)
        {
            if ((uint)targets[i] >= (uint)classes && !(mayBeMissing && targets[i] == -1) && !IsPadding(i, targets.Length, lengths, steps))
            {
                throw new ArgumentOutOfRangeException(place.Parameter, Invariant($"{targets[i]}"),
                    Invariant($"{place.Context}targets[{i}] is {targets[i]}; classes are 0 to {classes - 1} (OutputSize = {classes})."));
            }
        }
    }

    /// <summary>All classes of decoded sequences are from 0 to <paramref name="classes"/> - 1, up to each sequence's end.</summary>
    /// <param name="targets">The classes found.</param>
    /// <param name="classes">Number of classes.</param>
    /// <param name="steps">The maximum number of steps of a sequence.</param>
    /// <param name="endToken">The class that ends a sequence.</param>
    /// <exception cref="ArgumentOutOfRangeException">A class is out of range; the message names it.</exception>
    public static void Decoded(ReadOnlySpan<int> targets, int classes, int steps, int endToken) => Decoded(new Place(nameof(targets)), targets, classes, steps, endToken);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Decoded(Place place, ReadOnlySpan<int> targets, int classes, int steps, int endToken)
    {
        for (int start = 0; start < targets.Length; start += steps)
        {
            for (int i = start; i < start + steps; i++)
            {
                if ((uint)targets[i] >= (uint)classes)
                {
                    throw new ArgumentOutOfRangeException(place.Parameter, Invariant($"{targets[i]}"),
                        Invariant($"{place.Context}targets[{i}] is {targets[i]}, before the end token {endToken}; classes are 0 to {classes - 1} (OutputSize = {classes})."));
                }

                if (targets[i] == endToken)
                {
                    break;
                }
            }
        }
    }

    /// <summary>Labels of CTC are from 1 to <paramref name="classes"/> - 1 up to the first 0, and no sequence has more than its steps hold.</summary>
    /// <param name="targets">The labels found.</param>
    /// <param name="classes">Number of classes, the blank among them.</param>
    /// <param name="labels">The maximum number of labels of a sequence.</param>
    /// <param name="lengths">Lengths of the sequences, or empty if all have all steps.</param>
    /// <param name="steps">Steps of the longest sequence.</param>
    /// <param name="mayBeInfeasible">Whether a sequence may have more labels than its steps hold.</param>
    /// <exception cref="ArgumentException">A label is out of range, or a sequence is too short; the message names it.</exception>
    public static void Labels(ReadOnlySpan<int> targets, int classes, int labels, ReadOnlySpan<int> lengths, int steps, bool mayBeInfeasible = false) =>
        Labels(new Place(nameof(targets)), targets, classes, labels, lengths, steps, mayBeInfeasible);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Labels(Place place, ReadOnlySpan<int> targets, int classes, int labels, ReadOnlySpan<int> lengths, int steps, bool mayBeInfeasible)
    {
        for (int i = 0; i < targets.Length / labels; i++)
        {
            ReadOnlySpan<int> found = Ctc.Labels(targets.Slice(i * labels, labels));
            for (int k = 0; k < found.Length; k++)
            {
                if ((uint)found[k] >= (uint)classes)
                {
                    throw new ArgumentOutOfRangeException(place.Parameter, Invariant($"{found[k]}"),
                        Invariant($"{place.Context}targets[{i * labels + k}] is {found[k]}; labels are 1 to {classes - 1}, padded with 0 (OutputSize = {classes})."));
                }
            }

            int length = lengths.IsEmpty ? steps : lengths[i];
            if (!mayBeInfeasible && Ctc.MinSteps(found) > length)
            {
                string sequence = place.Context.Length > 0 ? place.Context + "it" : Invariant($"Sequence {i}");
                throw new ArgumentException(
                    Invariant($"{sequence} has {found.Length} labels, which need at least {Ctc.MinSteps(found)} steps (one each, and one between equal ones); it has {length}. Leave it out, or declare InfeasibleLabels.Zero."), place.Parameter);
            }
        }
    }

    /// <summary>All tokens are from 0 to <paramref name="vocabularySize"/> - 1, but those of padding.</summary>
    /// <param name="tokens">The tokens found.</param>
    /// <param name="vocabularySize">Number of tokens.</param>
    /// <param name="name">The parameter.</param>
    /// <param name="lengths">Lengths of the sequences, where they differ.</param>
    /// <param name="steps">Steps of a sequence.</param>
    /// <exception cref="ArgumentOutOfRangeException">A token is out of range; the message names it.</exception>
    public static void Tokens(ReadOnlySpan<int> tokens, int vocabularySize, string name, ReadOnlySpan<int> lengths = default, int steps = 1) =>
        Tokens(new Place(name), tokens, vocabularySize, name, lengths, steps);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Tokens(Place place, ReadOnlySpan<int> tokens, int vocabularySize, string name, ReadOnlySpan<int> lengths, int steps)
    {
        for (int i = 0; i < tokens.Length; i++)
        {
            if ((uint)tokens[i] >= (uint)vocabularySize && !IsPadding(i, tokens.Length, lengths, steps))
            {
                throw new ArgumentOutOfRangeException(place.Parameter, Invariant($"{tokens[i]}"),
                    Invariant($"{place.Context}{name}[{i}] is {tokens[i]}; tokens are 0 to {vocabularySize - 1} (the embedding's vocabulary is {vocabularySize})."));
            }
        }
    }

    /// <summary>All values are in [0, 1], as targets of binary cross-entropy are, but those of padding.</summary>
    /// <typeparam name="T">The number type.</typeparam>
    /// <param name="targets">The values found.</param>
    /// <param name="lengths">Lengths of the sequences, where targets have steps and lengths differ.</param>
    /// <param name="steps">Steps of a sequence's targets.</param>
    /// <param name="mayBeMissing">Whether NaN stands for no target.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of range; the message names it.</exception>
    public static void Probabilities<T>(ReadOnlySpan<T> targets, ReadOnlySpan<int> lengths = default, int steps = 1, bool mayBeMissing = false) where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        Probabilities(new Place(nameof(targets)), targets, lengths, steps, mayBeMissing);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Probabilities<T>(Place place, ReadOnlySpan<T> targets, ReadOnlySpan<int> lengths, int steps, bool mayBeMissing) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (int i = 0; i < targets.Length; i++)
        {
            if (!(targets[i] >= T.Zero && targets[i] <= T.One) && !(mayBeMissing && T.IsNaN(targets[i])) && !IsPadding(i, targets.Length, lengths, steps))
            {
                throw new ArgumentOutOfRangeException(place.Parameter, Invariant($"{targets[i]}"),
                    Invariant($"{place.Context}targets[{i}] is {targets[i]}; targets of binary cross-entropy are from 0 to 1."));
            }
        }
    }

    /// <summary>No value is negative, as no count is, but those of padding.</summary>
    /// <typeparam name="T">The number type.</typeparam>
    /// <param name="targets">The values found.</param>
    /// <param name="lengths">Lengths of the sequences, where targets have steps and lengths differ.</param>
    /// <param name="steps">Steps of a sequence's targets.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is negative; the message names it.</exception>
    public static void Counts<T>(ReadOnlySpan<T> targets, ReadOnlySpan<int> lengths = default, int steps = 1) where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        Counts(new Place(nameof(targets)), targets, lengths, steps);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Counts<T>(Place place, ReadOnlySpan<T> targets, ReadOnlySpan<int> lengths, int steps) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (int i = 0; i < targets.Length; i++)
        {
            if (targets[i] < T.Zero && !IsPadding(i, targets.Length, lengths, steps))
            {
                throw new ArgumentOutOfRangeException(place.Parameter, Invariant($"{targets[i]}"),
                    Invariant($"{place.Context}targets[{i}] is {targets[i]}; the targets of this loss are counts, which are at least 0."));
            }
        }
    }

    /// <summary>The first value that is not finite, nor missing where it may be; -1 where there is none. Padding is not read.</summary>
    internal static int FirstNotFinite<T>(ReadOnlySpan<T> values, ReadOnlySpan<int> lengths, int steps, bool mayBeMissing) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (NonFinite.None(values))
        {
            return -1;
        }

        for (int i = 0; i < values.Length; i++)
        {
            if (!T.IsFinite(values[i]) && !(mayBeMissing && T.IsNaN(values[i])) && !IsPadding(i, values.Length, lengths, steps))
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>A share is from 0 to 1.</summary>
    /// <param name="share">The share found.</param>
    /// <param name="name">The property.</param>
    /// <returns>The share.</returns>
    /// <exception cref="ArgumentOutOfRangeException">It is not.</exception>
    public static double Share(double share, string name) =>
        share is >= 0 and <= 1 ? share : throw new ArgumentOutOfRangeException(name, Invariant($"{share}"), $"{name} is a share from 0 to 1.");

    /// <summary>A number of threads is at least 1.</summary>
    /// <param name="threads">The number found.</param>
    /// <returns>The number.</returns>
    /// <exception cref="ArgumentOutOfRangeException">It is less than 1.</exception>
    public static int Threads(int threads) =>
        threads >= 1 ? threads : throw new ArgumentOutOfRangeException(nameof(threads), Invariant($"{threads}"), "Threads must be at least 1.");

    /// <summary>A vector width is one of the three.</summary>
    /// <param name="width">The width found.</param>
    /// <returns>The width.</returns>
    /// <exception cref="ArgumentOutOfRangeException">It is not.</exception>
    public static VectorWidth Width(VectorWidth width) =>
        Enum.IsDefined(width) ? width : throw new ArgumentOutOfRangeException(nameof(width), width, "Use V128, V256 or V512.");

    // The throws are methods of their own, so that the checks are small enough to be inlined.
    private static void ThrowLength(int length, long expected, string name, string shape) =>
        throw new ArgumentException(Invariant($"'{name}' must hold {expected} elements ({shape}); it holds {length}."), name);

    /// <summary>Items as they are enumerated, none of which is null.</summary>
    /// <param name="items">The items.</param>
    /// <param name="name">The parameter.</param>
    /// <exception cref="ArgumentException">An item is null; thrown when the enumeration reaches it.</exception>
    internal static IEnumerable<T> NoneIsNull<T>(IEnumerable<T> items, string name) where T : notnull =>
        items.Select((item, i) => item is not null ? item : throw new ArgumentException(Invariant($"Item {i} (from 0) of '{name}' is null."), name));

    private static void ThrowStream(int stream, int count, string name) => throw new ArgumentOutOfRangeException(
        name, Invariant($"{stream}"), Invariant($"There is no stream {stream}; the set has {count}, from 0 to {count - 1}."));

    private static void ThrowCount(int count, int minimum) =>
        throw new ArgumentOutOfRangeException(nameof(count), Invariant($"{count}"), Invariant($"The number of sequences must be at least {minimum}."));
}
