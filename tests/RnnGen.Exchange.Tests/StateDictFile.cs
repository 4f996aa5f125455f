using System.Buffers.Binary;
using System.Text;

namespace RnnGen.Exchange.Tests;

/// <summary>State dicts as safetensors files, written here: names, shapes and drawn numbers.</summary>
internal static class StateDictFile
{
    /// <summary>The tensors of an <c>nn.GRU</c>.</summary>
    public static (string Name, int[] Shape)[] Gru(string name, int inputs, int hidden, int layers = 1, bool isBidirectional = false) =>
    [
        .. from layer in Enumerable.Range(0, layers)
           from suffix in isBidirectional ? (string[])["", "_reverse"] : [""]
           let width = layer == 0 ? inputs : hidden * (isBidirectional ? 2 : 1)
           from tensor in ((string, int[])[])[("weight_ih", [3 * hidden, width]), ("weight_hh", [3 * hidden, hidden]), ("bias_ih", [3 * hidden]), ("bias_hh", [3 * hidden])]
           select ($"{name}.{tensor.Item1}_l{layer}{suffix}", tensor.Item2),
    ];

    /// <summary>The bytes of a file of float32.</summary>
    public static byte[] Of(IEnumerable<(string Name, int[] Shape)> tensors)
    {
        Random random = new(4);
        List<string> entries = [];
        using MemoryStream numbers = new();
        byte[] number = new byte[sizeof(float)];
        foreach ((string name, int[] shape) in tensors)
        {
            long start = numbers.Length;
            for (int k = shape.Aggregate(1, static (product, length) => product * length); k > 0; k--)
            {
                BinaryPrimitives.WriteSingleLittleEndian(number, (float)(random.NextDouble() - 0.5));
                numbers.Write(number);
            }

            entries.Add($"\"{name}\":{{\"dtype\":\"F32\",\"shape\":[{string.Join(',', shape)}],\"data_offsets\":[{start},{numbers.Length}]}}");
        }

        byte[] header = Encoding.UTF8.GetBytes($"{{{string.Join(',', entries)}}}");
        byte[] length = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
        return [.. length, .. header, .. numbers.ToArray()];
    }
}
