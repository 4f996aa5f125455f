using System.ComponentModel;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace RnnGen.Runtime;

/// <summary>The embedding tables of a model in training: those of the inputs, of the decoder's inputs, or both.</summary>
/// <typeparam name="TNumber">The number type.</typeparam>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class TokenTables<TNumber> where TNumber : unmanaged, IBinaryFloatingPointIeee754<TNumber>
{
    private readonly TableGradient<TNumber>? _read;
    private readonly TableGradient<TNumber>? _fed;

    // What every update changes, then each row that a token of the latest batch named; empty where there is no table of which single rows are updated.
    private readonly ParameterSegment[] _segments;
    private readonly int _others;
    private int _count;

    /// <summary>Makes the tables of a model.</summary>
    /// <param name="shape">How the model trains.</param>
    public TokenTables(TrainingShape shape)
    {
        ArgumentNullException.ThrowIfNull(shape);
        (_read, _fed, _others) = (Learned(shape.Table, shape.Sums), Learned(shape.FedTable, shape.Sums), shape.Segments.Length);
        int rows = SparseRows(_read) + SparseRows(_fed);
        _segments = rows == 0 ? [] : new ParameterSegment[_others + rows];
        if (rows > 0)
        {
            shape.Segments.CopyTo(_segments, 0);
        }
    }

    /// <summary>Whether any of them is learned.</summary>
    internal bool AreLearned => _read is not null || _fed is not null;

    /// <summary>The segments that an update changes: everything that is updated as a whole, then each touched row.</summary>
    /// <param name="shape">How the model trains.</param>
    internal ReadOnlySpan<ParameterSegment> Segments(TrainingShape shape) => _segments.Length == 0 ? shape.Segments : _segments.AsSpan(0, _others + _count);

    /// <summary>The rows that tokens of the latest batch named.</summary>
    internal ReadOnlySpan<ParameterSegment> Rows => _segments.AsSpan(Math.Min(_others, _segments.Length), _count);

    private static TableGradient<TNumber>? Learned(TrainedTable? table, int leaves) => table is null or { Kind: TableKind.Frozen } ? null : new(table, leaves);

    private static int SparseRows(TableGradient<TNumber>? table) => table is { Table.Kind: TableKind.Sparse } ? table.Table.Rows : 0;

    /// <summary>Makes room for a batch.</summary>
    /// <param name="shape">How the model trains.</param>
    /// <param name="tree">The tree, with the batch's groups.</param>
    /// <param name="sequenceLength">Steps of a sequence.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal void Reserve(TrainingShape shape, SumTree tree, int sequenceLength)
    {
        _read?.Reserve(tree, shape.GroupSize * sequenceLength);
        _fed?.Reserve(tree, shape.GroupSize * shape.DecodedSteps);
    }

    /// <summary>Forgets what a leaf has summed.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal void Clear(int sum)
    {
        _read?.Clear(sum);
        _fed?.Clear(sum);
    }

    /// <summary>Adds the adjoints of a group's tokens to the rows of its leaf.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal void Add(int sum, TokenGroup<TNumber> group)
    {
        _read?.Add(sum, group.Tokens, group.Rows, group.Shape.Steps, ref group.First);
        _fed?.Add(sum, group.FedTokens, group.Decoded, group.Shape.DecodedSteps, ref group.First);
    }

    /// <summary>Takes the rows of the leaves of other processes.</summary>
    /// <param name="shared">The processes, or null.</param>
    internal void TakeFromOthers(SharedTree<TNumber>? shared)
    {
        if (shared is not null)
        {
            _read?.TakeFromOthers(shared);
            _fed?.TakeFromOthers(shared);
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
        List(_read, tree, gradients);
        List(_fed, tree, gradients);
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
        _read?.AddUp(tree, gradients, part, parts);
        _fed?.AddUp(tree, gradients, part, parts);
    }

    /// <summary>Copies the rows of a group's tokens to where the first layers read them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Gather(TokenGroup<TNumber> group, ref TNumber parameters, ref TNumber a, int last)
    {
        TrainingShape shape = group.Shape;
        if (shape.Table is { } read)
        {
            Gather(group.Tokens, shape.Steps, read, shape.Inputs, group.Rows, ref parameters, ref a, last);
        }

        if (shape.FedTable is { } fed)
        {
            Gather(group.FedTokens, shape.DecodedSteps, fed, shape.Fed, group.Decoded, ref parameters, ref a, last);
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
