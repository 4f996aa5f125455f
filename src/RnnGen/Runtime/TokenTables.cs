using System.ComponentModel;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace RnnGen.Runtime;

/// <summary>The embedding tables of a model in training: those of the inputs, of the decoder's inputs, or both.</summary>
/// <typeparam name="TNumber">The number type.</typeparam>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class TokenTables<TNumber> where TNumber : unmanaged, IBinaryFloatingPointIeee754<TNumber>
{
    private readonly TokenRows[] _rows;
    private readonly TableGradient<TNumber>?[] _tables; // null for one that is not learned

    // What every update changes, then each row that a token of the latest batch named; empty where there is no table of which single rows are updated.
    private readonly ParameterSegment[] _segments;
    private readonly int _others;
    private int _count;

    /// <summary>Makes the tables of a model.</summary>
    /// <param name="shape">How the model trains.</param>
    public TokenTables(TrainingShape shape)
    {
        ArgumentNullException.ThrowIfNull(shape);
        _rows = shape.TokenRows;
        _tables = new TableGradient<TNumber>?[_rows.Length];
        int rows = 0;
        for (int i = 0; i < _rows.Length; i++)
        {
            TrainedTable table = _rows[i].Table;
            _tables[i] = table.Kind == TableKind.Frozen ? null : new(table, shape.Sums);
            rows += table.Kind == TableKind.Sparse ? table.Rows : 0;
        }

        _others = shape.Segments.Length;
        _segments = rows == 0 ? [] : new ParameterSegment[_others + rows];
        if (rows > 0)
        {
            shape.Segments.CopyTo(_segments, 0);
        }
    }

    /// <summary>Whether any of them is learned.</summary>
    internal bool AreLearned => Array.Exists(_tables, static table => table is not null);

    /// <summary>The segments that an update changes: everything that is updated as a whole, then each touched row.</summary>
    /// <param name="shape">How the model trains.</param>
    internal ReadOnlySpan<ParameterSegment> Segments(TrainingShape shape) => _segments.Length == 0 ? shape.Segments : _segments.AsSpan(0, _others + _count);

    /// <summary>The rows that tokens of the latest batch named.</summary>
    internal ReadOnlySpan<ParameterSegment> Rows => _segments.AsSpan(Math.Min(_others, _segments.Length), _count);

    /// <summary>Makes room for a batch.</summary>
    /// <param name="shape">How the model trains.</param>
    /// <param name="tree">The tree, with the batch's groups.</param>
    /// <param name="sequenceLength">Steps of a sequence.</param>
    /// <param name="first">The first sum of this process.</param>
    /// <param name="last">The sum after its last one.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal void Reserve(TrainingShape shape, SumTree tree, int sequenceLength, int first, int last)
    {
        for (int i = 0; i < _tables.Length; i++)
        {
            _tables[i]?.Reserve(tree, shape.GroupSize * (_rows[i].IsDecoded ? shape.DecodedSteps : sequenceLength), first, last);
        }
    }

    /// <summary>Forgets what a leaf has summed.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal void Clear(int sum)
    {
        foreach (TableGradient<TNumber>? table in _tables)
        {
            table?.Clear(sum);
        }
    }

    /// <summary>Adds the adjoints of a group's tokens to the rows of its leaf.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal void Add(int sum, TokenGroup<TNumber> group)
    {
        for (int i = 0; i < _tables.Length; i++)
        {
            bool isDecoded = _rows[i].IsDecoded;
            _tables[i]?.Add(sum, group.Tokens[i], isDecoded ? group.Decoded : group.Rows, isDecoded ? group.Shape.DecodedSteps : group.Shape.Steps, ref group.First);
        }
    }

    /// <summary>Adds up the rows of all processes.</summary>
    /// <param name="shared">The processes, or null.</param>
    /// <param name="tree">The tree.</param>
    internal void TakeFromOthers(SharedTree<TNumber>? shared, SumTree tree)
    {
        for (int i = 0; shared is not null && i < _tables.Length; i++)
        {
            _tables[i]?.TakeFromOthers(shared, tree);
        }
    }

    /// <summary>Lists the rows that tokens named, and clears the flat gradient of those of the batch before, and of tables that the output layer shares.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal void List(SumTree tree, Span<TNumber> gradients)
    {
        for (int i = 0; i < _count; i++)
        {
            gradients.Slice(_segments[_others + i].Offset, _segments[_others + i].Length).Clear();
        }

        _count = 0;
        foreach (TableGradient<TNumber>? table in _tables)
        {
            List(table, tree, gradients);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void List(TableGradient<TNumber>? table, SumTree tree, Span<TNumber> gradients)
    {
        if (table is { Table.Kind: TableKind.Tied })
        {
            gradients.Slice(table.Table.Offset, table.Table.Rows * table.Table.Size).Clear();
        }
        else if (table is not null)
        {
            _count += table.List(tree.Sums, _segments.AsSpan(_others + _count));
        }
    }

    /// <summary>Adds up the rows of all leaves, one of several threads its share of them, and puts them into the flat gradient.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal void AddUp(SumTree tree, Span<TNumber> gradients, int part, int parts)
    {
        foreach (TableGradient<TNumber>? table in _tables)
        {
            table?.AddUp(tree, gradients, part, parts);
        }
    }

    /// <summary>Copies the rows of a group's tokens to where the first layers read them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Gather(TokenGroup<TNumber> group, ref TNumber parameters, ref TNumber a, int last)
    {
        TrainingShape shape = group.Shape;
        for (int i = 0; i < shape.TokenRows.Length; i++)
        {
            (TrainedTable table, StepValues values, bool isDecoded) = shape.TokenRows[i];
            Gather(group.Tokens[i], isDecoded ? shape.DecodedSteps : shape.Steps, table, values, isDecoded ? group.Decoded : group.Rows, ref parameters, ref a, last);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Gather(int[] tokens, int steps, TrainedTable table, StepValues values, GroupRows rows, ref TNumber parameters, ref TNumber a, int last)
    {
        for (int step = 0; step < steps; step++)
        {
            EmbeddingRows.Gather(
                ref tokens[step], steps, ref Unsafe.Add(ref parameters, table.Offset), table.Size, ref a, values.Offset + step * values.Step, values.Row, 0, rows.Last(step, last));
        }
    }
}
