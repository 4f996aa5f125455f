using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace RnnGen.Numerics.Tests;

/// <summary>Writes a file as PyTorch's safetensors does, without this library's metadata.</summary>
internal static class Safetensors
{
    public static void Write(string path, IEnumerable<(string Name, IReadOnlyList<int> Shape, double[] Values)> tensors)
    {
        Dictionary<string, object> header = [];
        List<byte> data = [];
        foreach ((string name, IReadOnlyList<int> shape, double[] values) in tensors)
        {
            header[name] = new { dtype = "F64", shape, data_offsets = new[] { data.Count, data.Count + (8 * values.Length) } };
            data.AddRange(MemoryMarshal.AsBytes<double>(values));
        }

        byte[] text = Encoding.UTF8.GetBytes(JsonSerializer.Serialize(header));
        File.WriteAllBytes(path, [.. BitConverter.GetBytes((long)text.Length), .. text, .. data]);
    }
}
