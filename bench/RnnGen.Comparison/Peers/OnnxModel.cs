using System.Runtime.InteropServices;
using System.Text;

namespace RnnGen.Comparison.Peers;

/// <summary>Writes a model file of one recurrent operator in ONNX's format (onnx.proto, operator set 14).</summary>
internal static class OnnxModel
{
    private const int Float = 1;

    // ONNX's gates, in PyTorch's numbers: LSTM i, o, f, c against i, f, g, o; GRU z, r, h against r, z, n.
    private static readonly int[] s_lstm = [0, 3, 1, 2];
    private static readonly int[] s_gru = [1, 0, 2];

    /// <summary>
    /// The operator with the problem's weights. Inputs: X, and when streaming initial_h (and initial_c). Outputs: Y_h,
    /// and when streaming Y_c where the cell has it.
    /// </summary>
    public static byte[] Write(Problem problem)
    {
        Row row = problem.Row;
        bool streaming = row.Work == Work.Streaming, lstm = row.Cell == "lstm";
        int[] gates = lstm ? s_lstm : s_gru;
        int units = row.Units, steps = streaming ? 1 : row.Steps;
        string[] states = !streaming ? [] : lstm ? ["initial_h", "initial_c"] : ["initial_h"];
        string[] outputs = streaming && lstm ? ["Y_h", "Y_c"] : ["Y_h"];

        Message node = new();
        foreach (string input in (string[])["X", "W", "R", "B", .. streaming ? ["", .. states] : Array.Empty<string>()])
        {
            node.Text(1, input);
        }

        foreach (string output in (string[])["", .. outputs])
        {
            node.Text(2, output);
        }

        node.Text(4, lstm ? "LSTM" : "GRU").Child(5, Integer("hidden_size", units));
        if (!lstm)
        {
            node.Child(5, Integer("linear_before_reset", 1));
        }

        float[] biases = [.. Reorder(problem.Parameter(2), gates), .. Reorder(problem.Parameter(3), gates)];
        Message graph = new Message().Child(1, node).Text(2, "cell")
            .Child(5, Tensor("W", [1, gates.Length * units, row.Inputs], Reorder(problem.Parameter(0), gates)))
            .Child(5, Tensor("R", [1, gates.Length * units, units], Reorder(problem.Parameter(1), gates)))
            .Child(5, Tensor("B", [1, 2 * gates.Length * units], biases))
            .Child(11, Value("X", [steps, row.Batch, row.Inputs]));
        foreach (string state in states)
        {
            graph.Child(11, Value(state, [1, row.Batch, units]));
        }

        foreach (string output in outputs)
        {
            graph.Child(12, Value(output, [1, row.Batch, units]));
        }

        return new Message().Number(1, 8).Child(7, graph).Child(8, new Message().Text(1, "").Number(2, 14)).ToArray();
    }

    private static float[] Reorder(ReadOnlySpan<float> values, int[] gates)
    {
        int length = values.Length / gates.Length;
        List<float> result = [];
        foreach (int gate in gates)
        {
            result.AddRange(values.Slice(gate * length, length));
        }

        return [.. result];
    }

    private static Message Integer(string name, int value) => new Message().Text(1, name).Number(3, value).Number(20, 2);

    private static Message Tensor(string name, int[] shape, float[] values)
    {
        Message tensor = new();
        foreach (int size in shape)
        {
            tensor.Number(1, size);
        }

        return tensor.Number(2, Float).Text(8, name).Bytes(9, MemoryMarshal.AsBytes(values.AsSpan()));
    }

    private static Message Value(string name, int[] shape)
    {
        Message dimensions = new();
        foreach (int size in shape)
        {
            dimensions.Child(1, new Message().Number(1, size));
        }

        return new Message().Text(1, name).Child(2, new Message().Child(1, new Message().Number(1, Float).Child(2, dimensions)));
    }

    /// <summary>A Protocol Buffers message, written field by field: a key (field number and wire type), then the value.</summary>
    private sealed class Message
    {
        private readonly List<byte> _bytes = [];

        public Message Number(int field, long value)
        {
            Varint((ulong)field << 3);
            Varint((ulong)value);
            return this;
        }

        public Message Bytes(int field, ReadOnlySpan<byte> value)
        {
            Varint(((ulong)field << 3) | 2);
            Varint((ulong)value.Length);
            _bytes.AddRange(value);
            return this;
        }

        public Message Text(int field, string value) => Bytes(field, Encoding.UTF8.GetBytes(value));

        public Message Child(int field, Message value) => Bytes(field, value.ToArray());

        public byte[] ToArray() => [.. _bytes];

        private void Varint(ulong value)
        {
            for (; value >= 0x80; value >>= 7)
            {
                _bytes.Add((byte)(value | 0x80));
            }

            _bytes.Add((byte)value);
        }
    }
}
