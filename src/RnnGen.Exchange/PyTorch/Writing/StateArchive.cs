using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using RnnGen.Exchange.Files;

namespace RnnGen.Exchange.PyTorch.Writing;

/// <summary>Writes a state dict as torch.save does since PyTorch 1.6: a zip archive with a pickle of names, shapes and storages, and the numbers of each storage.</summary>
internal static class StateArchive
{
    private const string Folder = "archive/";

    // The earliest time that a zip archive can say, so that equal models are equal files.
    private static readonly DateTimeOffset s_time = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <param name="tensors">The parameters in order.</param>
    /// <param name="isDouble">Their number type.</param>
    public static byte[] Of(IReadOnlyList<(string Name, Tensor Tensor)> tensors, bool isDouble)
    {
        using MemoryStream stream = new();
        using (ZipArchive archive = new(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            Add(archive, "data.pkl", Pickle(tensors, isDouble));
            Add(archive, "byteorder", "little"u8);
            for (int i = 0; i < tensors.Count; i++)
            {
                Add(archive, Invariant($"data/{i}"), StoredNumbers.Of(tensors[i].Tensor.Values, isDouble));
            }

            Add(archive, "version", "3\n"u8);
        }

        return stream.ToArray();
    }

    private static void Add(ZipArchive archive, string name, ReadOnlySpan<byte> content)
    {
        ZipArchiveEntry entry = archive.CreateEntry(Folder + name, CompressionLevel.NoCompression);
        entry.LastWriteTime = s_time;
        using Stream stream = entry.Open();
        stream.Write(content);
    }

    // Protocol 2: OrderedDict() filled with name: _rebuild_tensor_v2(('storage', type, key, 'cpu', numbers), 0, shape, strides, False, OrderedDict()).
    private static byte[] Pickle(IReadOnlyList<(string Name, Tensor Tensor)> tensors, bool isDouble)
    {
        using MemoryStream pickle = new();
        pickle.Write([0x80, 2]);
        Ordered();
        pickle.Write("("u8);
        for (int i = 0; i < tensors.Count; i++)
        {
            Tensor tensor = tensors[i].Tensor;
            Text(tensors[i].Name);
            pickle.Write("ctorch._utils\n_rebuild_tensor_v2\n(("u8);
            Text("storage");
            pickle.Write(isDouble ? "ctorch\nDoubleStorage\n"u8 : "ctorch\nFloatStorage\n"u8);
            Text(Invariant($"{i}"));
            Text("cpu");
            Number(tensor.Values.Length);
            pickle.Write("tQ"u8);
            Number(0);
            Numbers(tensor.Shape);
            Numbers(Strides(tensor.Shape));
            pickle.Write([0x89]);
            Ordered();
            pickle.Write("tR"u8);
        }

        pickle.Write("u."u8);
        return pickle.ToArray();

        void Ordered() => pickle.Write("ccollections\nOrderedDict\n)R"u8);

        void Text(string text)
        {
            byte[] bytes = Encoding.UTF8.GetBytes(text);
            pickle.Write("X"u8);
            Whole(bytes.Length);
            pickle.Write(bytes);
        }

        void Number(int number)
        {
            pickle.Write("J"u8);
            Whole(number);
        }

        void Numbers(IReadOnlyList<int> numbers)
        {
            pickle.Write("("u8);
            foreach (int number in numbers)
            {
                Number(number);
            }

            pickle.Write("t"u8);
        }

        void Whole(int number)
        {
            Span<byte> bytes = stackalloc byte[sizeof(int)];
            BinaryPrimitives.WriteInt32LittleEndian(bytes, number);
            pickle.Write(bytes);
        }
    }

    private static int[] Strides(IReadOnlyList<int> shape)
    {
        int[] strides = new int[shape.Count];
        for (int axis = strides.Length - 1, step = 1; axis >= 0; axis--)
        {
            strides[axis] = step;
            step *= shape[axis];
        }

        return strides;
    }
}
