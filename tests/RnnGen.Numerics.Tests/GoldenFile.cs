using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace RnnGen.Numerics.Tests;

/// <summary>PyTorch's numbers for one case: a safetensors file of doubles that <c>tests/golden/make_golden.py</c> wrote.</summary>
internal sealed class GoldenFile
{
    private readonly string _name;
    private readonly Dictionary<string, (int[] Shape, double[] Values)> _tensors = [];

    private GoldenFile(string name) => _name = name;

    /// <summary>The tensors in the order of the file: parameters first.</summary>
    public IReadOnlyCollection<string> Names => _tensors.Keys;

    /// <summary>Row-major values of a tensor.</summary>
    public double[] this[string tensor] => Find(tensor).Values;

    public int[] Shape(string tensor) => Find(tensor).Shape;

    /// <summary>Names of the files of a folder of <c>tests/golden</c>, without extension.</summary>
    public static IEnumerable<string> In(string folder) =>
        Directory.EnumerateFiles(Folder(folder), "*.safetensors").Select(f => Path.GetFileNameWithoutExtension(f)).Order(StringComparer.Ordinal);

    public static GoldenFile Open(string folder, string name)
    {
        byte[] bytes = File.ReadAllBytes(Path.Combine(Folder(folder), name + ".safetensors"));
        int headerLength = checked((int)BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        using JsonDocument header = JsonDocument.Parse(bytes.AsMemory(8, headerLength));
        ReadOnlySpan<byte> data = bytes.AsSpan(8 + headerLength);

        GoldenFile file = new(name);
        foreach (JsonProperty entry in header.RootElement.EnumerateObject())
        {
            if (entry.Name == "__metadata__")
                continue;
            if (entry.Value.GetProperty("dtype").GetString() != "F64")
                throw new InvalidDataException($"{name}: '{entry.Name}' is not F64.");
            int[] shape = [.. entry.Value.GetProperty("shape").EnumerateArray().Select(n => n.GetInt32())];
            int[] offsets = [.. entry.Value.GetProperty("data_offsets").EnumerateArray().Select(n => n.GetInt32())];
            file._tensors.Add(entry.Name, (shape, MemoryMarshal.Cast<byte, double>(data[offsets[0]..offsets[1]]).ToArray()));
        }

        return file;
    }

    private static string Folder(string folder) => Path.Combine(AppContext.BaseDirectory, "golden", folder);

    private (int[] Shape, double[] Values) Find(string tensor) =>
        _tensors.TryGetValue(tensor, out var found) ? found : throw new InvalidDataException($"{_name} has no '{tensor}', only {string.Join(", ", Names)}.");
}
