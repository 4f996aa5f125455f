using System.Text.Json;
using RnnGen.Exchange.Declared;
using RnnGen.Exchange.Files;

namespace RnnGen.Exchange.Keras.Writing;

/// <summary>Recurrent layers as SimpleRNN, LSTM and GRU, and Bidirectional of them.</summary>
internal static class RecurrentLayers
{
    private static readonly int[] s_gru = [1, 0, 2];

    /// <summary>A layer.</summary>
    /// <param name="model">The model, which has its parameters.</param>
    /// <param name="layer">What is declared.</param>
    /// <param name="returnsSequences">Whether it has an output at each step.</param>
    /// <param name="fix">What can be exported, for the error.</param>
    public static SequentialLayer Of(DeclaredModel model, DeclaredLayer layer, bool returnsSequences, string fix)
    {
        (string type, string kind, int[] order) = layer.Equations is not null ? throw Unknown() : layer.Cell switch
        {
            "rnn" => ("SimpleRNN", "simple_rnn", [0]),
            "lstm" => ("LSTM", "lstm", [0, 1, 2, 3]),
            "gru" or "ResetBeforeGru" => ("GRU", "gru", s_gru),
            _ => throw Unknown(),
        };
        if (layer.Numbers.Count > 0)
        {
            throw Unsayable.In(SequentialModel.Format, layer.Place, Invariant($"it sets {ForeignText.Shown(layer.Numbers.Keys.First())}"), fix);
        }

        SequentialLayer one = new(type, kind)
        {
            InputSize = layer.InputSize,
            ReadsSteps = true,
            Options = writer => WriteOptions(writer, layer, returnsSequences),
            Parts = [new SequentialPart("cell", kind + "_cell", Weights(model, layer, order, ""))],
        };
        return !layer.IsBidirectional ? one : new SequentialLayer("Bidirectional", "bidirectional")
        {
            InputSize = layer.InputSize,
            ReadsSteps = true,
            Options = static writer => writer.WriteString("merge_mode", "concat"),
            Inner = one,
            Parts =
            [
                new SequentialPart("forward_layer/cell", kind + "_cell", Weights(model, layer, order, "")),
                new SequentialPart("backward_layer/cell", kind + "_cell", Weights(model, layer, order, "_reverse")),
            ],
        };

        ExportException Unknown() => Unsayable.In(SequentialModel.Format, layer.Place, Invariant($"it has no layer for the cell {ForeignText.Shown(layer.Cell)}"), fix);
    }

    private static void WriteOptions(Utf8JsonWriter writer, DeclaredLayer layer, bool returnsSequences)
    {
        writer.WriteBoolean("return_sequences", returnsSequences);
        writer.WriteBoolean("return_state", false);
        writer.WriteBoolean("go_backwards", false);
        writer.WriteBoolean("stateful", false);
        writer.WriteBoolean("unroll", false);
        writer.WriteBoolean("zero_output_for_mask", false);
        writer.WriteNumber("units", layer.Size);
        writer.WriteString("activation", layer.Cell == "rnn" ? SequentialModel.FunctionName(layer.Activation) : "tanh");
        if (layer.Cell != "rnn")
        {
            writer.WriteString("recurrent_activation", "sigmoid");
        }

        writer.WriteBoolean("use_bias", true);
        if (layer.Cell is "gru" or "ResetBeforeGru")
        {
            writer.WriteBoolean("reset_after", layer.Cell == "gru");
        }
    }

    // Kernel, recurrent kernel and bias. Only the GRU whose reset gate comes after the product has two biases.
    private static IReadOnlyList<Tensor> Weights(DeclaredModel model, DeclaredLayer layer, int[] order, string suffix)
    {
        int rows = order.Length * layer.Size;
        Tensor input = Take("weight_ih", rows, layer.InputSize), recurrent = Take("weight_hh", rows, layer.Size), ofInput = Take("bias_ih", rows), ofState = Take("bias_hh", rows);
        Tensor bias = layer.Cell == "gru" ? new Tensor("bias", [2, rows], [.. ofInput.Blocks(order).Values, .. ofState.Blocks(order).Values])
            : new Tensor("bias", [rows], [.. ofInput.Blocks(order).Values.Zip(ofState.Blocks(order).Values, static (a, b) => a + b)]);
        return [input.Blocks(order).Transposed(), recurrent.Blocks(order).Transposed(), bias];

        Tensor Take(string name, params int[] shape) => model.Take(Invariant($"rnn.{name}_l{layer.Index}{suffix}"), shape);
    }
}
