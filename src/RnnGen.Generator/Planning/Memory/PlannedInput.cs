using System.Collections.Generic;
using RnnGen.Generator.Planning.Flow;

namespace RnnGen.Generator.Planning.Memory;

/// <summary>What the runtime puts into the arena before a training step.</summary>
/// <param name="Place">The property of the runtime's shape that says where.</param>
/// <param name="TablePlace">The one of its table.</param>
/// <param name="Table">The table of which it is rows; null where it is numbers.</param>
/// <param name="Adjoint">Where the adjoints of these rows are stored; null where the table does not learn.</param>
internal sealed record PlannedInput(string Place, string TablePlace, ValueRows Values, PlannedTable? Table, ValueRows? Adjoint)
{
    /// <summary>The inputs that it is made of, where a sequence's row has columns.</summary>
    public IReadOnlyList<PlannedColumn> Columns { get; init; } = [];
}

/// <summary>What a decoder that predicts is fed.</summary>
/// <param name="Width">Values of a row.</param>
/// <param name="Table">The table of which it is rows; null where it is numbers.</param>
internal sealed record FedRows(ValueRows Values, int Width, PlannedTable? Table);

/// <summary>Where to look for the first value of a forward pass that is not finite.</summary>
/// <param name="Name">What it is, for users.</param>
internal sealed record TracedRows(string Name, ValueRows Values, int Steps, int Width, Clock Clock);
