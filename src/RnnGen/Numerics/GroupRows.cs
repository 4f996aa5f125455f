using System.ComponentModel;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace RnnGen.Runtime;

/// <summary>
/// Which sequence each row of a group is, and how many rows are live at each time step. Rows are sorted longest first,
/// equal lengths in their order, so that the live rows are always the first ones.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly ref struct GroupRows
{
    // Live rows of each step, and of the time after the last step, which all rows reach; then each row's sequence; then its length; then
    // whether rows start from states of their own.
    private readonly ref int _memory;
    private readonly int _steps;
    private readonly int _capacity;

    /// <summary>A view of memory in which the rows are, or will be, laid out.</summary>
    /// <param name="memory"><c>steps + 2 + 2 × capacity</c> values.</param>
    /// <param name="steps">Time steps of the longest sequence.</param>
    /// <param name="capacity">Most rows.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public GroupRows(Span<int> memory, int steps, int capacity)
    {
        _memory = ref MemoryMarshal.GetReference(memory);
        _steps = steps;
        _capacity = capacity;
    }

    /// <summary>Rows, at most.</summary>
    public int Capacity => _capacity;

    /// <summary>Rows in use.</summary>
    public int Count => Unsafe.Add(ref _memory, _steps);

    /// <summary>Whether some sequence starts from a state, and not from zero.</summary>
    public bool HaveStates
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Unsafe.Add(ref _memory, _steps + 1 + (2 * _capacity)) != 0;
        set => Unsafe.Add(ref _memory, _steps + 1 + (2 * _capacity)) = value ? 1 : 0;
    }

    /// <summary>Whether no window of the sequences follows; only in memory of two values more.</summary>
    public bool AreLast
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Unsafe.Add(ref _memory, _steps + 2 + (2 * _capacity)) != 0;
        set => Unsafe.Add(ref _memory, _steps + 2 + (2 * _capacity)) = value ? 1 : 0;
    }

    /// <summary>Whether the outputs of this window are wanted; only in memory of two values more.</summary>
    public bool HaveOutputs
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Unsafe.Add(ref _memory, _steps + 3 + (2 * _capacity)) != 0;
        set => Unsafe.Add(ref _memory, _steps + 3 + (2 * _capacity)) = value ? 1 : 0;
    }

    /// <summary>Lays out one window of sequences in their order; those that end before it have no step in it.</summary>
    /// <param name="whole">The sequences.</param>
    /// <param name="from">The window's first step.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void FillWindow(GroupRows whole, int from)
    {
        int count = whole.Count;
        Unsafe.Add(ref _memory, _steps) = count;
        for (int step = 0; step < _steps; step++)
        {
            Unsafe.Add(ref _memory, step) = whole.Last(from + step, count);
        }

        for (int row = 0; row < count; row++)
        {
            Unsafe.Add(ref _memory, _steps + 1 + row) = whole.Sequence(row);
            Unsafe.Add(ref _memory, _steps + 1 + _capacity + row) = Math.Clamp(whole.Length(row) - from, 0, _steps);
        }
    }

    /// <summary>Lays the rows out: sorted by length, stably and descending.</summary>
    /// <param name="lengths">A length of 1 to steps for each sequence, or empty if all have all steps.</param>
    /// <param name="count">Sequences.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Fill(ReadOnlySpan<int> lengths, int count)
    {
        Span<int> live = MemoryMarshal.CreateSpan(ref _memory, _steps + 1);
        Span<int> sequences = MemoryMarshal.CreateSpan(ref Unsafe.Add(ref _memory, _steps + 1), count);
        Span<int> rowLengths = MemoryMarshal.CreateSpan(ref Unsafe.Add(ref _memory, _steps + 1 + _capacity), count);
        live.Fill(count);
        if (lengths.IsEmpty)
        {
            rowLengths.Fill(_steps);
            for (int row = 0; row < count; row++)
            {
                sequences[row] = row;
            }

            return;
        }

        // live[t] counts the sequences of more than t steps: a sequence of length n comes after the live[n] longer ones.
        live[.._steps].Clear();
        foreach (int length in lengths)
        {
            live[length - 1]++;
        }

        for (int step = _steps - 2; step >= 0; step--)
        {
            live[step] += live[step + 1];
        }

        // While rows are given out, live[n] of n < steps is the next free row of length n; the longest count in live[steps].
        live[_steps] = 0;
        for (int sequence = 0; sequence < count; sequence++)
        {
            int row = live[lengths[sequence]]++;
            sequences[row] = sequence;
            rowLengths[row] = lengths[sequence];
        }

        // Each live[n] has grown to live[n - 1]; back to the counts.
        for (int step = 0; step < _steps; step++)
        {
            live[step] = live[step + 1];
        }

        live[_steps] = count;
    }

    /// <summary>
    /// Lays out the rows of sequences that are read and of those that are decoded from them: in one order, by the first length and then
    /// by the second. Of the decoded rows some that come before a live one may have ended.
    /// </summary>
    /// <param name="lengths">A length of 1 to steps for each sequence that is read, or empty if all have all steps.</param>
    /// <param name="decodedLengths">A length of 1 to decoded steps for each decoded sequence.</param>
    /// <param name="decoded">The decoded sequences' rows, laid out too.</param>
    /// <param name="keys">Room for one value a sequence.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Fill(ReadOnlySpan<int> lengths, ReadOnlySpan<int> decodedLengths, GroupRows decoded, Span<long> keys)
    {
        int count = decodedLengths.Length;
        for (int i = 0; i < count; i++)
        {
            // Sizes are below 2^20.
            long length = lengths.IsEmpty ? _steps : lengths[i];
            keys[i] = (((1L << 20) - length) << 41) | (((1L << 20) - decodedLengths[i]) << 20) | (uint)i;
        }

        keys[..count].Sort();
        Fill(default, count);
        decoded.Fill(default, count);
        MemoryMarshal.CreateSpan(ref _memory, _steps).Clear();
        MemoryMarshal.CreateSpan(ref decoded._memory, decoded._steps).Clear();
        for (int row = 0; row < count; row++)
        {
            int sequence = (int)(keys[row] & ((1 << 20) - 1));
            SetRow(row, sequence, lengths.IsEmpty ? _steps : lengths[sequence]);
            decoded.SetRow(row, sequence, decodedLengths[sequence]);
        }
    }

    // Steps below the length are live up to this row at least.
    private void SetRow(int row, int sequence, int length)
    {
        Unsafe.Add(ref _memory, _steps + 1 + row) = sequence;
        Unsafe.Add(ref _memory, _steps + 1 + _capacity + row) = length;
        MemoryMarshal.CreateSpan(ref _memory, length).Fill(row + 1);
    }

    /// <summary>The row after the last that is live at a step.</summary>
    /// <param name="step">The time step; the one after the last step, which no row is too short for, counts all rows.</param>
    /// <param name="last">The row after the caller's last.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Last(int step, int last) => Math.Min(Unsafe.Add(ref _memory, step), last);

    /// <summary>The numbers of live rows, from a step on.</summary>
    /// <param name="step">The time step.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref int LiveFrom(int step) => ref Unsafe.Add(ref _memory, step);

    /// <summary>The sequence that a row is.</summary>
    /// <param name="row">The row.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Sequence(int row) => Unsafe.Add(ref _memory, _steps + 1 + row);

    /// <summary>The length of a row's sequence.</summary>
    /// <param name="row">The row.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Length(int row) => Unsafe.Add(ref _memory, _steps + 1 + _capacity + row);

    /// <summary>Sets the length of a row's sequence.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void SetLength(int row, int length) => Unsafe.Add(ref _memory, _steps + 1 + _capacity + row) = length;

    /// <summary>The beginnings of sequences, in the order of the rows.</summary>
    /// <typeparam name="T">The type of an element.</typeparam>
    /// <param name="sequences">The sequences as they were given.</param>
    /// <param name="stride">From a sequence to the next.</param>
    /// <param name="length">Elements that are taken of each.</param>
    /// <param name="target">Receives them.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Sort<T>(ReadOnlySpan<T> sequences, int stride, int length, Span<T> target)
    {
        for (int row = 0; row < Count; row++)
        {
            sequences.Slice(Sequence(row) * stride, length).CopyTo(target.Slice(row * length, length));
        }
    }

    /// <summary>Sequences in the order of the rows.</summary>
    /// <typeparam name="T">The type of an element.</typeparam>
    /// <param name="sequences">The sequences as they were given.</param>
    /// <param name="length">Elements of a sequence.</param>
    /// <param name="target">Receives them.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Sort<T>(ReadOnlySpan<T> sequences, int length, Span<T> target)
    {
        for (int row = 0; row < Count; row++)
        {
            // The last one may lack what is beyond its own length.
            int start = Sequence(row) * length;
            sequences.Slice(start, Math.Min(length, sequences.Length - start)).CopyTo(target.Slice(row * length, length));
        }
    }
}
