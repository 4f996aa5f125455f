using System.Collections;

namespace RnnGen.Runtime;

/// <summary>Windows over streamed rows; each enumeration holds the rows of two windows, and every sequence is a view of them.</summary>
internal sealed class RowWindows<T> : IEnumerable<Sequence<T, T>> where T : unmanaged
{
    private readonly IEnumerable<ReadOnlyMemory<T>> _rows;
    private readonly int _columns, _sequenceLength, _horizon, _stride;
    private readonly int[] _targets;
    private readonly T? _missingInput;

    /// <param name="rows">The rows, oldest first.</param>
    /// <param name="columns">Values of a row.</param>
    /// <param name="sequenceLength">Rows of an input.</param>
    /// <param name="horizon">Rows of a target.</param>
    /// <param name="stride">Rows from one window to the next.</param>
    /// <param name="targets">Columns of a target; <see langword="null"/> for all.</param>
    /// <param name="missingInput">What a missing input becomes; <see langword="null"/> for 0 in normalised rows, and NaN in others.</param>
    public RowWindows(IEnumerable<ReadOnlyMemory<T>> rows, int columns, int sequenceLength, int horizon, int stride, int[]? targets, T? missingInput)
    {
        _missingInput = missingInput ?? (rows is INormalizedRows ? default(T) : null);
        (_rows, _columns, _sequenceLength, _horizon, _stride) = (rows, columns, sequenceLength, horizon, stride);
        _targets = TargetColumns(targets, columns);
        InputLength = checked(sequenceLength * columns);
        TargetLength = checked(horizon * _targets.Length);
    }

    public int InputLength { get; }

    public int TargetLength { get; }

    /// <summary>The columns that are forecast: those given, or all.</summary>
    public static int[] TargetColumns(int[]? targets, int columns)
    {
        if (targets is null)
        {
            return [.. Enumerable.Range(0, columns)];
        }

        if (targets.Length == 0)
        {
            throw new ArgumentException("At least one column must be forecast; pass its index, or null for all.", nameof(targets));
        }

        foreach (int target in targets)
        {
            if ((uint)target >= (uint)columns)
            {
                throw new ArgumentOutOfRangeException(nameof(targets), Invariant($"{target}"), Invariant($"The rows have {columns} columns, so a column to forecast is from 0 to {columns - 1}."));
            }
        }

        return (int[])targets.Clone();
    }

    public IEnumerator<Sequence<T, T>> GetEnumerator()
    {
        int length = checked(_sequenceLength + _horizon), room = checked(2 * length);
        T[] held = new T[checked(room * _columns)], target = new T[TargetLength];
        int start = 0, end = 0, skip = 0;
        long row = 0;
        foreach (ReadOnlyMemory<T> values in _rows)
        {
            if (values.Length != _columns)
            {
                throw new InvalidDataException(Invariant($"Row {row} (from 0) has {values.Length} values; {_columns} were expected."));
            }

            row++;
            if (skip > 0)
            {
                skip--;
                continue;
            }

            if (end == room)
            {
                held.AsSpan(start * _columns, (end - start) * _columns).CopyTo(held);
                (start, end) = (0, end - start);
            }

            values.Span.CopyTo(held.AsSpan(end * _columns));
            end++;
            if (end - start < length)
            {
                continue;
            }

            for (int step = 0; step < _horizon; step++)
            {
                for (int k = 0; k < _targets.Length; k++)
                {
                    target[(step * _targets.Length) + k] = held[((start + _sequenceLength + step) * _columns) + _targets[k]];
                }
            }

            if (_missingInput is { } missing)
            {
                // In place: a row is a target before it is an input, never after.
                MissingInputs.Replace(held.AsSpan(start * _columns, InputLength), missing);
            }

            yield return new(held.AsMemory(start * _columns, InputLength), target);
            skip = Math.Max(0, _stride - length);
            start += _stride - skip;
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
