using System.ComponentModel;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace RnnGen.Runtime;

/// <summary>The embedding tables of a model in training: those of the inputs, of the decoder's inputs, or both.</summary>
/// <typeparam name="TNumber">The number type.</typeparam>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class TokenTables<TNumber> where TNumber : unmanaged, IBinaryFloatingPointIeee754<TNumber>
{
    private readonly EmbeddingGradient? _read;
    private readonly EmbeddingGradient? _fed;

    /// <summary>Makes the tables of a model.</summary>
    /// <param name="shape">How the model trains.</param>
    public TokenTables(TrainingShape shape)
    {
        ArgumentNullException.ThrowIfNull(shape);
        TrainedTable? read = Sparse(shape.Table), fed = Sparse(shape.FedTable);
        _read = read is null ? null : new EmbeddingGradient(read.Rows, read.Size, read.Offset, shape.Segments, fed?.Rows ?? 0);
        _fed = fed is null ? null
            : _read is null ? new EmbeddingGradient(fed.Rows, fed.Size, fed.Offset, shape.Segments)
            : new EmbeddingGradient(fed.Rows, fed.Size, fed.Offset, _read);
    }

    // The table that the list of touched rows belongs to.
    private EmbeddingGradient? List => _read ?? _fed;

    /// <summary>The segments that an update changes: everything that is updated as a whole, then each touched row.</summary>
    /// <param name="shape">How the model trains.</param>
    internal ReadOnlySpan<ParameterSegment> Segments(TrainingShape shape) => List is { } list ? list.Segments : shape.Segments;

    /// <summary>Whether any of them is learned.</summary>
    internal static bool AreLearned(TrainingShape shape) => shape.Table is { Kind: not TableKind.Frozen } || shape.FedTable is { Kind: not TableKind.Frozen };

    private static TrainedTable? Sparse(TrainedTable? table) => table is { Kind: TableKind.Sparse } ? table : null;

    /// <summary>Clears the touched rows, and the whole of a table that the output layer shares.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal void Clear(TrainingShape shape, Span<TNumber> gradients)
    {
        List?.Clear(gradients);
        ClearTied(shape.Table, gradients);
        ClearTied(shape.FedTable, gradients);

        static void ClearTied(TrainedTable? table, Span<TNumber> gradients)
        {
            if (table is { Kind: TableKind.Tied })
            {
                gradients.Slice(table.Offset, table.Rows * table.Size).Clear();
            }
        }
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
            EmbeddingGradient.Gather(
                ref tokens[step], steps, ref Unsafe.Add(ref parameters, table.Offset), table.Size, ref a, values.Offset + step * values.Step, values.Row, 0, rows.Last(step, last));
        }
    }

    /// <summary>Notes the tokens of a group.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal void Touch(TokenGroup<TNumber> group)
    {
        _read?.Touch(group.Tokens, group.Rows, group.Shape.Steps);
        _fed?.Touch(group.FedTokens, group.Decoded, group.Shape.DecodedSteps);
    }

    /// <summary>Adds the adjoints of a group's tokens to their rows of the flat gradient, one of several threads its share of the rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal void Scatter(TokenGroup<TNumber> group, ref TNumber gradients, int part, int parts)
    {
        TrainingShape shape = group.Shape;
        Scatter(shape.Table, _read, group.Tokens, group.Rows, shape.Steps, ref group.First, ref gradients, part, parts);
        Scatter(shape.FedTable, _fed, group.FedTokens, group.Decoded, shape.DecodedSteps, ref group.First, ref gradients, part, parts);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Scatter(
        TrainedTable? table, EmbeddingGradient? sparse, int[] tokens, GroupRows rows, int steps, ref TNumber a, ref TNumber gradients, int part, int parts)
    {
        if (table is { Kind: TableKind.Tied })
        {
            EmbeddingGradient.Scatter(table.Offset, table.Size, tokens, rows, steps, ref a, table.Adjoints.Offset, table.Adjoints.Step, table.Adjoints.Row, ref gradients, part, parts);
        }
        else if (table is not null && sparse is not null)
        {
            sparse.Scatter(tokens, rows, steps, ref a, table.Adjoints.Offset, table.Adjoints.Step, table.Adjoints.Row, ref gradients, part, parts);
        }
    }
}
