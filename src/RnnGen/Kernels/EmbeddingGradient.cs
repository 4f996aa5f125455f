using System.ComponentModel;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace RnnGen.Runtime;

/// <summary>
/// The sparse gradient of an embedding: which rows of the table a training step has touched. Their sums are stored at the place of the
/// rows in the flat gradient, whose other rows are zero; the cost is that of the touched rows.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class EmbeddingGradient
{
    private readonly int _offset;
    private readonly int _size;
    private readonly int _others;

    // Per row of the table: its position among the touched ones, from 1; 0 where it is not touched.
    private readonly int[] _position;
    private readonly ParameterSegment[] _segments;

    // The table that the list of touched rows belongs to, and the other one where there are two.
    private readonly EmbeddingGradient _list;
    private EmbeddingGradient? _second;
    private int _count;

    /// <summary>Makes an empty gradient.</summary>
    /// <param name="vocabularySize">Rows of the table.</param>
    /// <param name="size">Values of a row.</param>
    /// <param name="offset">Where the table begins in the flat buffer.</param>
    /// <param name="others">What a step updates besides the tables.</param>
    /// <param name="more">Rows of a second table.</param>
    public EmbeddingGradient(int vocabularySize, int size, int offset, ReadOnlySpan<ParameterSegment> others, int more = 0)
    {
        (_size, _offset, _others, _list) = (size, offset, others.Length, this);
        _position = new int[vocabularySize];
        _segments = new ParameterSegment[others.Length + vocabularySize + more];
        others.CopyTo(_segments);
    }

    /// <summary>Creates an empty gradient of a second table, whose touched rows are in the first one's list.</summary>
    /// <param name="vocabularySize">Rows of the table.</param>
    /// <param name="size">Values of a row.</param>
    /// <param name="offset">Where the table begins in the flat buffer, after the first.</param>
    /// <param name="first">The first table, made with room for this one.</param>
    public EmbeddingGradient(int vocabularySize, int size, int offset, EmbeddingGradient first)
    {
        ArgumentNullException.ThrowIfNull(first);
        (_size, _offset, _list, _segments) = (size, offset, first, first._segments);
        _position = new int[vocabularySize];
        first._second = this;
    }

    /// <summary>What a step updates: the other parameters, then each touched row, in the order in which tokens named them.</summary>
    public ReadOnlySpan<ParameterSegment> Segments => _segments.AsSpan(0, _others + _count);

    /// <summary>Forgets the touched rows and makes their sums zero again.</summary>
    /// <typeparam name="T">The number type.</typeparam>
    /// <param name="gradients">The flat gradient.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Clear<T>(Span<T> gradients) where T : unmanaged
    {
        foreach (ParameterSegment row in _segments.AsSpan(_others, _count))
        {
            gradients.Slice(row.Offset, row.Length).Clear();
            EmbeddingGradient table = _second is { } second && row.Offset >= second._offset ? second : this;
            table._position[(row.Offset - table._offset) / table._size] = 0;
        }

        _count = 0;
    }

    /// <summary>Notes the rows that a group's tokens name, but those of padding.</summary>
    /// <param name="tokens">Tokens from 0 to below the vocabulary's size, <c>[row, step]</c>.</param>
    /// <param name="rows">The group's rows.</param>
    /// <param name="steps">Steps of a sequence.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Touch(ReadOnlySpan<int> tokens, GroupRows rows, int steps)
    {
        for (int row = 0; row < rows.Count; row++)
        {
            foreach (int token in tokens.Slice(row * steps, rows.Length(row)))
            {
                if (_position[token] == 0)
                {
                    _segments[_list._others + _list._count] = new ParameterSegment(_offset + token * _size, _size);
                    _position[token] = ++_list._count;
                }
            }
        }
    }

    /// <summary>
    /// Adds the adjoints of the embedded values to the rows of their tokens: of every <paramref name="parts"/>-th touched
    /// row, over steps and then the rows that are live, so that the bits do not depend on the number of threads.
    /// </summary>
    /// <typeparam name="T">The number type.</typeparam>
    /// <param name="tokens">Tokens, <c>[row, step]</c>, all but padding touched.</param>
    /// <param name="rows">The group's rows.</param>
    /// <param name="steps">Steps of a sequence.</param>
    /// <param name="arena">The arena.</param>
    /// <param name="adjoints">Where the adjoint of step 0, row 0 is stored.</param>
    /// <param name="stepLength">From a step to the next.</param>
    /// <param name="rowLength">From a row to the next.</param>
    /// <param name="gradients">The flat gradient.</param>
    /// <param name="part">The thread, from 0.</param>
    /// <param name="parts">How many threads.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Scatter<T>(
        ReadOnlySpan<int> tokens, GroupRows rows, int steps, ref T arena, int adjoints, int stepLength, int rowLength, ref T gradients, int part, int parts)
        where T : unmanaged, INumber<T>
    {
        for (int step = 0; step < steps; step++)
        {
            for (int row = 0; row < rows.LiveFrom(step); row++)
            {
                int token = tokens[row * steps + step];
                if (_position[token] % parts == part)
                {
                    Add(ref Unsafe.Add(ref gradients, _offset + token * _size), ref Unsafe.Add(ref arena, adjoints + step * stepLength + row * rowLength), _size);
                }
            }
        }
    }

    /// <summary>The same for a table whose gradient is kept as a whole, because the output layer shares it.</summary>
    /// <typeparam name="T">The number type.</typeparam>
    /// <param name="offset">Where the table begins in the flat buffer.</param>
    /// <param name="size">Values of a row.</param>
    /// <param name="tokens">Tokens, <c>[row, step]</c>.</param>
    /// <param name="rows">The group's rows.</param>
    /// <param name="steps">Steps of a sequence.</param>
    /// <param name="arena">The arena.</param>
    /// <param name="adjoints">Where the adjoint of step 0, row 0 is stored.</param>
    /// <param name="stepLength">From a step to the next.</param>
    /// <param name="rowLength">From a row to the next.</param>
    /// <param name="gradients">The flat gradient.</param>
    /// <param name="part">The thread, from 0.</param>
    /// <param name="parts">How many threads.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Scatter<T>(
        int offset, int size, ReadOnlySpan<int> tokens, GroupRows rows, int steps, ref T arena, int adjoints, int stepLength, int rowLength, ref T gradients, int part, int parts)
        where T : unmanaged, INumber<T>
    {
        for (int step = 0; step < steps; step++)
        {
            for (int row = 0; row < rows.LiveFrom(step); row++)
            {
                int token = tokens[row * steps + step];
                if (token % parts == part)
                {
                    Add(ref Unsafe.Add(ref gradients, offset + token * size), ref Unsafe.Add(ref arena, adjoints + step * stepLength + row * rowLength), size);
                }
            }
        }
    }

    /// <summary>Copies the rows of tokens out of a table.</summary>
    /// <typeparam name="T">The number type.</typeparam>
    /// <param name="tokens">The first row's token.</param>
    /// <param name="tokenStep">From a row's token to the next row's.</param>
    /// <param name="table">The table.</param>
    /// <param name="size">Values of a row of the table.</param>
    /// <param name="arena">The arena.</param>
    /// <param name="target">Where row 0 goes in the arena.</param>
    /// <param name="rowLength">From a row to the next in the arena.</param>
    /// <param name="first">The first row.</param>
    /// <param name="last">The row after the last.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Gather<T>(
        ref int tokens, int tokenStep, ref T table, int size, ref T arena, int target, int rowLength, int first, int last) where T : unmanaged
    {
        for (int row = first; row < last; row++)
        {
            ref T from = ref Unsafe.Add(ref table, Unsafe.Add(ref tokens, row * tokenStep) * size);
            MemoryMarshal.CreateReadOnlySpan(ref from, size).CopyTo(MemoryMarshal.CreateSpan(ref Unsafe.Add(ref arena, target + row * rowLength), size));
        }
    }

    // Element by element: the bits do not depend on the vector width.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add<T>(ref T sums, ref T values, int length) where T : unmanaged, INumber<T>
    {
        int i = 0;
        for (; i <= length - Vector<T>.Count; i += Vector<T>.Count)
        {
            (Vector.LoadUnsafe(ref sums, (nuint)i) + Vector.LoadUnsafe(ref values, (nuint)i)).StoreUnsafe(ref sums, (nuint)i);
        }

        for (; i < length; i++)
        {
            Unsafe.Add(ref sums, i) += Unsafe.Add(ref values, i);
        }
    }
}
