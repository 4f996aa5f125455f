using RnnGen.Exchange.Model;

namespace RnnGen.Exchange;

/// <summary>A recurrent layer's own cell: what no attribute of RnnGen's declares, such as gates that are a hard sigmoid.</summary>
/// <remarks>The declaration has it as a class with these equations, as <c>docs/cells.md</c> describes them.</remarks>
public sealed record ForeignCell
{
    internal ForeignCell(RecurrentCell shape) => Shape = shape;

    /// <summary>The name of its class, such as <c>HardSigmoidLstm</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Its equations, as <c>[Cell]</c> has them.</summary>
    public required string Equations { get; init; }

    /// <summary>Its functions of x by what they are for: <c>gates</c>, <c>candidate</c>, <c>output</c>; and <c>clip</c>, the largest size of the sums that they read, where there is one.</summary>
    public required IReadOnlyDictionary<string, string> Functions { get; init; }

    internal RecurrentCell Shape { get; }
}
