using System.Numerics;
using System.Runtime.CompilerServices;
using RnnGen.Runtime;

namespace RnnGen;

/// <summary>The states of a batch's sequences, whatever the model's number type; see <see cref="BatchState{T}"/>.</summary>
public abstract class BatchState
{
    private protected BatchState(int count, int length)
    {
        Guard.AtLeast(count, 1);
        Guard.AtLeast(length, 1);
        (Count, Length) = (count, length);
    }

    /// <summary>The maximum number of sequences.</summary>
    public int Count { get; }

    /// <summary>Values of one sequence's states.</summary>
    public int Length { get; }
}

/// <summary>
/// The states that the sequences of a batch start from and end in: the hidden (and cell) states of all recurrent layers. Passed
/// to a model's <c>ComputeGradients</c> or <c>TrainStep</c> window after window, it carries the state through sequences that are longer than
/// the model's, while gradients end at each window's start: truncated back-propagation through time (R. Williams and J. Peng 1990).
/// </summary>
/// <remarks>
/// A new sequence starts from zero, or from the learned state if the model has one. A sequence that has had a window continues from its last state; one whose
/// state was <see cref="Set"/> starts from that. A sequence's values are stored layer by layer, as the model's streaming state saves them.
/// </remarks>
/// <typeparam name="T">The model's number type.</typeparam>
/// <example>
/// <code>
/// BatchState&lt;float&gt; state = model.CreateBatchState(count);
/// for (int window = 0; window &lt; windows; window++)
/// {
///     loss = model.TrainStep(inputs[window], targets[window], count, optimizer, state);
/// }
/// </code>
/// </example>
public sealed class BatchState<T> : BatchState where T : unmanaged, INumber<T>
{
    private readonly bool[] _isCarried;
    private T[] _values;
    private T[] _gradients;

    // What a window leaves, until it has ended well.
    private T[] _next;
    private T[] _nextGradients;

    /// <summary>Creates the states of new sequences; a model's <c>CreateBatchState</c> knows their length.</summary>
    /// <param name="count">Sequences, at least 1.</param>
    /// <param name="length">Values of one sequence's states, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is below 1, or there are more values than an array holds.</exception>
    public BatchState(int count, int length) : base(count, length)
    {
        if ((long)count * length > Array.MaxLength)
        {
            throw new ArgumentOutOfRangeException(nameof(count), Invariant($"{count}"), Invariant($"The states of {count} sequences with {length} values each do not fit into an array."));
        }

        _isCarried = new bool[count];
        _values = new T[count * length];
        _next = new T[_values.Length];
        _gradients = new T[_values.Length];
        _nextGradients = new T[_values.Length];
    }

    /// <summary>Whether a sequence continues from a state: it has had a window, or its state was set.</summary>
    /// <param name="sequence">The sequence, from 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such sequence.</exception>
    public bool IsCarried(int sequence) => _isCarried[Start(sequence) / Length];

    /// <summary>The states that a sequence continues from: those after its last window, or those that were set. Zero for a new sequence.</summary>
    /// <param name="sequence">The sequence, from 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such sequence.</exception>
    public ReadOnlySpan<T> this[int sequence] => _values.AsSpan(Start(sequence), Length);

    /// <summary>∂L/∂state before the first step of the latest window of <c>ComputeGradients</c> or <c>TrainStep</c>. A call that throws does not change it.</summary>
    /// <param name="sequence">The sequence, from 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such sequence.</exception>
    public ReadOnlySpan<T> Gradient(int sequence) => _gradients.AsSpan(Start(sequence), Length);

    /// <summary>Sets the states that a sequence continues from.</summary>
    /// <param name="sequence">The sequence, from 0.</param>
    /// <param name="values">[<see cref="BatchState.Length"/>] values.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such sequence.</exception>
    /// <exception cref="ArgumentException">The span has another length.</exception>
    public void Set(int sequence, ReadOnlySpan<T> values)
    {
        int start = Start(sequence);
        Check.Length(values.Length, Length, nameof(values), "BatchState.Length");
        values.CopyTo(_values.AsSpan(start));
        _isCarried[sequence] = true;
    }

    /// <summary>Sets the latest gradient with respect to a sequence's first state; empty for 0.</summary>
    internal void SetGradient(int sequence, ReadOnlySpan<T> values)
    {
        Span<T> gradient = _gradients.AsSpan(Start(sequence), Length);
        gradient.Clear();
        values.CopyTo(gradient);
    }

    /// <summary>The states of all sequences, one after the other.</summary>
    internal ReadOnlySpan<T> AllValues => _values;

    /// <summary>The states that the running window leaves.</summary>
    internal Span<T> NextValues => _next;

    /// <summary>∂L/∂state before the first step of the running window.</summary>
    internal Span<T> NextGradients => _nextGradients;

    /// <summary>Which sequences continue from a state.</summary>
    internal ReadOnlySpan<bool> AllCarried => _isCarried;

    /// <summary>Continues from the states of all sequences.</summary>
    internal void Restore(ReadOnlySpan<T> values, ReadOnlySpan<bool> isCarried)
    {
        values.CopyTo(_values);
        isCarried.CopyTo(_isCarried);
    }

    /// <summary>Takes the states of as many sequences of another batch.</summary>
    /// <param name="other">The other batch.</param>
    /// <param name="first">The first of them.</param>
    internal void CopyFrom(BatchState<T> other, int first)
    {
        other._values.AsSpan(first * Length, _values.Length).CopyTo(_values);
        other._isCarried.AsSpan(first, _isCarried.Length).CopyTo(_isCarried);
    }

    /// <summary>Starts all sequences from the beginning.</summary>
    public void Reset()
    {
        Array.Clear(_values);
        Array.Clear(_isCarried);
    }

    /// <summary>Starts one sequence from the beginning.</summary>
    /// <param name="sequence">The sequence, from 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such sequence.</exception>
    public void Reset(int sequence)
    {
        _values.AsSpan(Start(sequence), Length).Clear();
        _isCarried[sequence] = false;
    }

    private int Start(int sequence) => (uint)sequence < (uint)Count
        ? sequence * Length
        : throw new ArgumentOutOfRangeException(nameof(sequence), Invariant($"{sequence}"), Invariant($"The state has {Count} sequences, from 0."));

    /// <summary>Puts the states of carried sequences before the first step. Generated code calls this.</summary>
    /// <param name="arena">The training arena.</param>
    /// <param name="places">Where the states are stored, in the order of the values.</param>
    /// <param name="rows">The group.</param>
    /// <param name="start">Sequences before the group's.</param>
    /// <param name="first">The first row.</param>
    /// <param name="last">The row after the last.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal void Load(ref T arena, ReadOnlySpan<CarriedPlace> places, GroupRows rows, int start, int first, int last)
    {
        for (int row = first; row < last; row++)
        {
            int sequence = start + rows.Sequence(row);
            if (!_isCarried[sequence])
            {
                continue;
            }

            int from = sequence * Length;
            foreach (CarriedPlace place in places)
            {
                Rows.Copy(ref _values[0], from, 0, place.Size, ref arena, place.ValuesAt(0, row), 0, 0, 1);
                from += place.Size;
            }
        }
    }

    /// <summary>Takes the states after each row's last step. Generated code calls this.</summary>
    /// <inheritdoc cref="Load"/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal void Take(ref T arena, ReadOnlySpan<CarriedPlace> places, GroupRows rows, int start, int first, int last)
    {
        for (int row = first; row < last; row++)
        {
            int to = (start + rows.Sequence(row)) * Length;
            foreach (CarriedPlace place in places)
            {
                Rows.Copy(ref arena, place.ValuesAt(rows.Length(row), row), 0, place.Size, ref _next[0], to, 0, 0, 1);
                to += place.Size;
            }
        }
    }

    /// <summary>Takes ∂L/∂state before the first step, and clears it for carried sequences, since no learned state starts there. Generated code calls this.</summary>
    /// <inheritdoc cref="Load"/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal void TakeGradients(ref T arena, ReadOnlySpan<CarriedPlace> places, GroupRows rows, int start, int first, int last)
    {
        for (int row = first; row < last; row++)
        {
            int sequence = start + rows.Sequence(row);
            int to = sequence * Length;
            foreach (CarriedPlace place in places)
            {
                Rows.Copy(ref arena, place.AdjointAt(row), 0, place.Size, ref _nextGradients[0], to, 0, 0, 1);
                to += place.Size;
                if (_isCarried[sequence])
                {
                    Rows.Clear(ref arena, place.AdjointAt(row), place.Size, 0, 1);
                }
            }
        }
    }

    /// <summary>The sequences continue from the states that were taken. Generated code calls this when all of them have succeeded.</summary>
    /// <param name="count">Sequences of the window.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal void CommitStates(int count)
    {
        _values.AsSpan(count * Length).CopyTo(_next.AsSpan(count * Length));
        (_values, _next) = (_next, _values);
        _isCarried.AsSpan(0, count).Fill(true);
    }

    /// <summary>The same for a window with a backward pass, whose gradients are now the latest. Generated code calls this when nothing can fail any more.</summary>
    /// <inheritdoc cref="CommitStates"/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal void CommitGradients(int count)
    {
        CommitStates(count);
        _gradients.AsSpan(count * Length).CopyTo(_nextGradients.AsSpan(count * Length));
        (_gradients, _nextGradients) = (_nextGradients, _gradients);
    }
}
