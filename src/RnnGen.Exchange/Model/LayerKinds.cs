using static RnnGen.Exchange.ForeignLayerKind;

namespace RnnGen.Exchange.Model;

/// <summary>What the recurrent kinds differ in.</summary>
internal static class LayerKinds
{
    /// <summary>Blocks of rows in a recurrent layer's matrices.</summary>
    public static int Gates(ForeignLayer layer) => layer.Cell?.Shape.Gates ?? Gates(layer.Kind);

    /// <summary>Gates of a recurrent layer that see the cell state.</summary>
    public static int Peepholes(ForeignLayer layer) => layer.Cell?.Shape.Peepholes ?? (layer.Kind == PeepholeLstm ? 3 : 0);

    /// <summary>Whether a recurrent layer has a cell state.</summary>
    public static bool HasCellState(ForeignLayer layer) => layer.Cell?.Shape.HasCellState ?? HasCellState(layer.Kind);

    /// <summary>Blocks of rows in the matrices of a kind that has an attribute.</summary>
    public static int Gates(ForeignLayerKind kind) => kind switch
    {
        Rnn => 1,
        Gru or ResetBeforeGru or CoupledLstm => 3,
        Lstm or PeepholeLstm or ProjectedLstm => 4,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Not a recurrent layer."),
    };

    private static bool HasCellState(ForeignLayerKind kind) => kind switch
    {
        Lstm or PeepholeLstm or CoupledLstm or ProjectedLstm => true,
        Rnn or Gru or ResetBeforeGru => false,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Not a recurrent layer."),
    };
}
