using static RnnGen.Exchange.ForeignLayerKind;

namespace RnnGen.Exchange.Model;

/// <summary>What the recurrent kinds differ in.</summary>
internal static class LayerKinds
{
    /// <summary>Blocks of rows in the matrices.</summary>
    public static int Gates(ForeignLayerKind kind) => kind switch
    {
        Rnn => 1,
        Gru or ResetBeforeGru or CoupledLstm => 3,
        Lstm or PeepholeLstm or ProjectedLstm => 4,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Not a recurrent layer."),
    };

    public static bool HasCellState(ForeignLayerKind kind) => kind switch
    {
        Lstm or PeepholeLstm or CoupledLstm or ProjectedLstm => true,
        Rnn or Gru or ResetBeforeGru => false,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Not a recurrent layer."),
    };
}
