using RnnGen.Exchange.Files;

namespace RnnGen.Exchange.Onnx.Writing;

/// <summary>How a cell is said by one of ONNX's recurrent operators.</summary>
/// <param name="Op">The operator.</param>
/// <param name="Blocks">Blocks of rows in a declared matrix.</param>
/// <param name="Order">For each of the operator's gates the declared block; its complement (~) stands for that block with its sign turned.</param>
/// <param name="Attributes">The operator's attributes besides direction and hidden size.</param>
internal sealed record OnnxCell(string Op, int Blocks, int[] Order, params NodeAttribute[] Attributes)
{
    // From i, f, g, o to i, o, f, c.
    private static readonly int[] s_lstm = [0, 3, 1, 2];

    // From r, z, n to z, r, h.
    private static readonly int[] s_gru = [1, 0, 2];

    public bool HasCellState => Op == "LSTM";

    public bool HasPeepholes { get; private init; }

    /// <summary>The operator of a layer; null where there is none.</summary>
    /// <param name="layer">A recurrent layer.</param>
    public static OnnxCell? Of(DeclaredLayer layer) => layer.Equations is not null ? null : layer.Cell switch
    {
        "lstm" => new("LSTM", 4, s_lstm),
        "PeepholeLstm" => new("LSTM", 4, s_lstm) { HasPeepholes = true },
        // The input gate is 1 - f, which is the sigmoid of f's sum with its sign turned: so it is the same to readers that couple i to f, f to i, or nothing.
        "CoupledLstm" => new("LSTM", 3, [~0, 2, 0, 1], NodeAttribute.Of("input_forget", 1)),
        "gru" => new("GRU", 3, s_gru, NodeAttribute.Of("linear_before_reset", 1)),
        "ResetBeforeGru" => new("GRU", 3, s_gru, NodeAttribute.Of("linear_before_reset", 0)),
        "rnn" when layer.Activation is Activation.Tanh or Activation.Relu =>
            new("RNN", 1, [0], NodeAttribute.Of("activations", Enumerable.Repeat(Invariant($"{layer.Activation}"), layer.IsBidirectional ? 2 : 1))),
        _ => null,
    };

    /// <summary>A declared tensor's blocks in the operator's order.</summary>
    public double[] Ordered(Tensor tensor)
    {
        int block = tensor.Values.Length / Blocks;
        double[] values = new double[Order.Length * block];
        for (int i = 0; i < Order.Length; i++)
        {
            bool isTurned = Order[i] < 0;
            ReadOnlySpan<double> from = tensor.Values.AsSpan((isTurned ? ~Order[i] : Order[i]) * block, block);
            for (int k = 0; k < block; k++)
            {
                values[(i * block) + k] = isTurned ? -from[k] : from[k];
            }
        }

        return values;
    }
}
