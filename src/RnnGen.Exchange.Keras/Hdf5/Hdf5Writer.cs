using System.Buffers.Binary;
using System.Text;
using RnnGen.Exchange.Files;

namespace RnnGen.Exchange.Keras.Hdf5;

/// <summary>
/// Writes groups, datasets of floats and one text for a group as an HDF5 file: a superblock of version 0, object headers of version 1, links in the headers of their groups, and texts in one heap. HDF5 reads it since 1.8.
/// </summary>
/// <remarks>HDF5 File Format Specification 3.0. Equal content is equal bytes.</remarks>
internal sealed class Hdf5Writer
{
    private const int Superblock = 96, MinimumHeap = 4096, Alignment = 8;

    private static readonly byte[] s_float = [0x11, 0x20, 31, 0, 4, 0, 0, 0, 0, 0, 32, 0, 23, 8, 0, 23, 127, 0, 0, 0];

    private static readonly byte[] s_double = [0x11, 0x20, 63, 0, 8, 0, 0, 0, 0, 0, 64, 0, 52, 11, 0, 52, 0xFF, 3, 0, 0];

    // A text of any length in UTF-8: elements of 16 bytes, made of bytes.
    private static readonly byte[] s_text = [0x19, 1, 1, 0, 16, 0, 0, 0, 0x10, 0, 0, 0, 1, 0, 0, 0, 0, 0, 8, 0];

    private readonly MemoryStream _file;
    private readonly bool _isDouble;
    private readonly Dictionary<string, int> _texts = new(StringComparer.Ordinal);

    private Hdf5Writer(MemoryStream file, bool isDouble) => (_file, _isDouble) = (file, isDouble);

    /// <param name="root">What is written.</param>
    /// <param name="isDouble">Whether numbers are double, and not float.</param>
    public static byte[] Write(Hdf5Node root, bool isDouble)
    {
        using MemoryStream stream = new();
        Hdf5Writer writer = new(stream, isDouble);
        stream.Write(new byte[Superblock]);
        writer.WriteHeap(root);
        long address = writer.WriteObject(root);
        byte[] file = stream.ToArray();
        WriteSuperblock(file, address);
        return file;
    }

    private static void WriteSuperblock(Span<byte> file, long root)
    {
        const int versions = 8, sizes = 13, leaf = 16, tree = 18, free = 32, end = 40, driver = 48, rootHeader = 64;
        ReadOnlySpan<byte> signature = [0x89, (byte)'H', (byte)'D', (byte)'F', (byte)'\r', (byte)'\n', 0x1A, (byte)'\n'];
        signature.CopyTo(file);
        file[versions..sizes].Clear();
        file[sizes] = file[sizes + 1] = Hdf5File.AddressSize;
        file[leaf] = 4;
        file[tree] = 16;
        BinaryPrimitives.WriteUInt64LittleEndian(file[free..], Hdf5File.Undefined);
        BinaryPrimitives.WriteInt64LittleEndian(file[end..], file.Length);
        BinaryPrimitives.WriteUInt64LittleEndian(file[driver..], Hdf5File.Undefined);
        BinaryPrimitives.WriteInt64LittleEndian(file[rootHeader..], root);
    }

    // All texts, each once.
    private void WriteHeap(Hdf5Node root)
    {
        Collect(root);
        if (_texts.Count == 0)
        {
            return;
        }

        Bytes objects = new();
        foreach ((string text, int index) in _texts)
        {
            byte[] bytes = Encoding.UTF8.GetBytes(text);
            objects.UInt16(index).UInt16(1).UInt32(0).Int64(bytes.Length).Raw(bytes).Pad(Alignment);
        }

        const int header = 16;
        int length = Math.Max(MinimumHeap, header + objects.Length + header);
        Bytes heap = new();
        heap.Raw("GCOL"u8).UInt32(1).Int64(length).Raw(objects.ToArray());

        // The rest is free, which object 0 says.
        heap.UInt16(0).UInt16(0).UInt32(0).Int64(length - header - objects.Length).Raw(new byte[length - (2 * header) - objects.Length]);
        _file.Write(heap.ToArray());
    }

    private void Collect(Hdf5Node node)
    {
        if (node.Name is { } name)
        {
            _texts.TryAdd(name, _texts.Count + 1);
        }

        foreach (Hdf5Node child in node.Children.Values)
        {
            Collect(child);
        }
    }

    // What an object refers to is written before it.
    private long WriteObject(Hdf5Node node)
    {
        List<(Hdf5MessageKind Kind, Bytes Data)> messages = node.Numbers is { } numbers ? Dataset(numbers) : Group(node);
        Bytes body = new();
        foreach ((Hdf5MessageKind kind, Bytes data) in messages)
        {
            data.Pad(Alignment);
            body.UInt16((int)kind).UInt16(data.Length).UInt32(0).Raw(data.ToArray());
        }

        long address = _file.Position;
        Bytes header = new();
        header.UInt16(1).UInt16(messages.Count).UInt32(1).UInt32(body.Length).UInt32(0).Raw(body.ToArray());
        _file.Write(header.ToArray());
        return address;
    }

    private List<(Hdf5MessageKind, Bytes)> Group(Hdf5Node group)
    {
        const int inUtf8 = 0x10, utf8 = 1;
        List<(Hdf5MessageKind, Bytes)> messages =
        [
            (Hdf5MessageKind.LinkInfo, new Bytes().UInt16(0).UInt64(Hdf5File.Undefined).UInt64(Hdf5File.Undefined)),
            (Hdf5MessageKind.GroupInfo, new Bytes().UInt16(0)),
        ];
        foreach ((string name, Hdf5Node child) in group.Children)
        {
            byte[] text = Encoding.UTF8.GetBytes(name);
            messages.Add((Hdf5MessageKind.Link, new Bytes().Byte(1).Byte(inUtf8).Byte(utf8).Byte(text.Length).Raw(text).Int64(WriteObject(child))));
        }

        if (group.Name is { } said)
        {
            messages.Add((Hdf5MessageKind.Attribute, Attribute("name", said)));
        }

        return messages;
    }

    private List<(Hdf5MessageKind, Bytes)> Dataset(Tensor numbers)
    {
        const int contiguous = 1;
        byte[] data = StoredNumbers.Of(numbers.Values, _isDouble);
        long address = _file.Position;
        _file.Write(data);
        _file.Write(new byte[-data.Length & (Alignment - 1)]);
        Bytes space = new Bytes().Byte(1).Byte(numbers.Shape.Count).Raw(new byte[6]);
        foreach (int length in numbers.Shape)
        {
            space.Int64(length);
        }

        return
        [
            (Hdf5MessageKind.Dataspace, space),
            (Hdf5MessageKind.Datatype, new Bytes().Raw(_isDouble ? s_double : s_float)),
            (Hdf5MessageKind.FillValue, new Bytes().Raw([2, 2, 2, 1, 0, 0, 0, 0])),
            (Hdf5MessageKind.Layout, new Bytes().Byte(3).Byte(contiguous).Int64(address).Int64(data.Length)),
        ];
    }

    // One text, which is stored in the heap behind the superblock.
    private Bytes Attribute(string name, string text)
    {
        byte[] title = Encoding.UTF8.GetBytes(name + '\0'), scalar = [1, 0, 0, 0, 0, 0, 0, 0];
        return new Bytes().UInt16(1).UInt16(title.Length).UInt16(s_text.Length).UInt16(scalar.Length)
            .Raw(title).Pad(Alignment).Raw(s_text).Pad(Alignment).Raw(scalar)
            .UInt32(Encoding.UTF8.GetByteCount(text)).Int64(Superblock).UInt32(_texts[text]);
    }

    /// <summary>Numbers and bytes, little-endian.</summary>
    private sealed class Bytes
    {
        private readonly List<byte> _bytes = [];

        public int Length => _bytes.Count;

        public Bytes Byte(int value) => Raw([(byte)value]);

        public Bytes UInt16(int value) => Byte(value & 0xFF).Byte(value >> 8);

        public Bytes UInt32(long value) => UInt16((int)(value & 0xFFFF)).UInt16((int)(value >> 16));

        public Bytes Int64(long value) => UInt32(value & 0xFFFF_FFFF).UInt32(value >> 32);

        public Bytes UInt64(ulong value) => Int64((long)value);

        public Bytes Raw(ReadOnlySpan<byte> bytes)
        {
            _bytes.AddRange(bytes);
            return this;
        }

        /// <summary>Zeros up to a multiple of a length.</summary>
        public Bytes Pad(int multiple) => Raw(new byte[-_bytes.Count & (multiple - 1)]);

        public byte[] ToArray() => [.. _bytes];
    }
}
