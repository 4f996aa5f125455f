using RnnGen.Exchange.Files;

namespace RnnGen.Exchange.Keras.Hdf5;

/// <summary>
/// An HDF5 file as Keras writes it through h5py: superblocks of all versions, object headers of both, groups as symbol tables or links in their header, texts and numbers as attributes, and datasets of floats that are
/// not cut into chunks. What else the format has is an error that names it.
/// </summary>
/// <remarks>
/// HDF5 File Format Specification 3.0. It is read here because libraries for the whole format generate code at run time, which NativeAOT cannot, and take memory by what a file claims. Whatever a file claims, reading takes a small multiple of its size in time and memory: parts may lie anywhere and overlap, so all of them together are counted.
/// </remarks>
internal sealed class Hdf5File
{
    /// <summary>The size of addresses and lengths.</summary>
    public const int AddressSize = 8;

    /// <summary>The address of what is not there.</summary>
    public const ulong Undefined = ulong.MaxValue;

    // Each byte may be read as a header, as a name and as a few numbers, which are doubles then.
    private const int MaximumShare = 16;

    private static readonly byte[] s_signature = [0x89, (byte)'H', (byte)'D', (byte)'F', (byte)'\r', (byte)'\n', 0x1A, (byte)'\n'];

    private readonly ReadOnlyMemory<byte> _bytes;
    private readonly Dictionary<ulong, Hdf5Object> _objects = [];
    private readonly Dictionary<ulong, Dictionary<uint, ReadOnlyMemory<byte>>> _heaps = [];
    private long _budget;

    /// <summary>Opens a file.</summary>
    /// <param name="bytes">All of its bytes.</param>
    /// <exception cref="ForeignFileException">It does not begin as an HDF5 file does.</exception>
    public Hdf5File(ReadOnlyMemory<byte> bytes)
    {
        _bytes = bytes;
        _budget = (MaximumShare * (long)bytes.Length) + (1 << 16);
        Root = Open(RootAddress());
    }

    public Hdf5Object Root { get; }

    public static bool Is(ReadOnlySpan<byte> file) => file.StartsWith(s_signature);

    /// <summary>The object at an address, which is read once.</summary>
    public Hdf5Object Open(ulong address)
    {
        if (!_objects.TryGetValue(address, out Hdf5Object? found))
        {
            Spend(AddressSize);
            found = new Hdf5Object(this, ObjectHeader.Read(this, address));
            _objects[address] = found;
        }

        return found;
    }

    /// <summary>A part of the file.</summary>
    /// <param name="address">Where it begins.</param>
    /// <param name="length">How long it is.</param>
    /// <param name="what">What it is, for messages.</param>
    public ReadOnlyMemory<byte> Part(ulong address, ulong length, string what)
    {
        if (length > (ulong)_bytes.Length || address > (ulong)_bytes.Length - length)
        {
            throw new ForeignFileException(Invariant($"{what} of the HDF5 file should be at {address} with {length} bytes, but the file has {_bytes.Length}: it is damaged."));
        }

        Spend((long)length);
        return _bytes.Slice((int)address, (int)length);
    }

    /// <summary>The bytes from an address to the end of the file; the caller counts what it reads of them.</summary>
    public ReadOnlyMemory<byte> From(ulong address, string what)
    {
        _ = Part(address, 0, what);
        return _bytes[(int)address..];
    }

    /// <summary>Counts bytes that are read, or made of what is read.</summary>
    public void Spend(long bytes)
    {
        _budget -= bytes;
        if (_budget < 0)
        {
            throw new ForeignFileException("Parts of the HDF5 file are many times as large as the file: it is damaged.");
        }
    }

    /// <summary>An object of a global heap: the bytes of a text of any length.</summary>
    /// <param name="address">The heap's.</param>
    /// <param name="index">Its number there.</param>
    public ReadOnlyMemory<byte> HeapObject(ulong address, uint index)
    {
        if (!_heaps.TryGetValue(address, out Dictionary<uint, ReadOnlyMemory<byte>>? heap))
        {
            _heaps[address] = heap = ReadHeap(address);
        }

        return heap.TryGetValue(index, out ReadOnlyMemory<byte> found) ? found : throw new ForeignFileException(Invariant($"A text of the HDF5 file should be object {index} of a heap that does not have it: the file is damaged."));
    }

    private Dictionary<uint, ReadOnlyMemory<byte>> ReadHeap(ulong address)
    {
        const string what = "A heap of texts";
        const int header = 16;
        Hdf5Cursor start = new(Part(address, header, what).Span, what);
        start.Expect("GCOL"u8);
        start.Skip(4);
        ReadOnlyMemory<byte> whole = Part(address, start.UInt64(), what);
        Dictionary<uint, ReadOnlyMemory<byte>> objects = [];
        Hdf5Cursor cursor = new(whole.Span, what);
        cursor.Skip(header);
        while (cursor.Left >= header)
        {
            uint index = cursor.UInt16();
            cursor.Skip(6);
            ulong size = cursor.UInt64();

            // The rest is free.
            if (index == 0)
            {
                break;
            }

            int at = whole.Length - cursor.Left;
            if (size > (ulong)cursor.Left)
            {
                throw cursor.Damaged("ends early");
            }

            objects[index] = whole.Slice(at, (int)size);
            cursor.Skip((int)Math.Min(((long)size + 7) / 8 * 8, cursor.Left));
        }

        return objects;
    }

    private ulong RootAddress()
    {
        const string what = "The start";
        Hdf5Cursor cursor = new(_bytes.Span, what);
        cursor.Expect(s_signature);
        int version = cursor.Byte();
        ulong root;
        switch (version)
        {
            case 0 or 1:
                cursor.Skip(4);
                RequireSizes(cursor.Byte(), cursor.Byte());
                cursor.Skip(version == 0 ? 9 : 13);
                RequireBase(cursor.UInt64());
                cursor.Skip(AddressSize);
                RequireEnd(cursor.UInt64());
                cursor.Skip(2 * AddressSize);
                root = cursor.UInt64();
                break;
            case 2 or 3:
                RequireSizes(cursor.Byte(), cursor.Byte());
                cursor.Skip(1);
                RequireBase(cursor.UInt64());
                cursor.Skip(AddressSize);
                RequireEnd(cursor.UInt64());
                root = cursor.UInt64();
                break;
            default:
                throw new ForeignFileException(Invariant($"The HDF5 file has a superblock of version {version}; 0 to 3 are read."));
        }

        return root;
    }

    private static void RequireSizes(int addresses, int lengths)
    {
        if (addresses != AddressSize || lengths != AddressSize)
        {
            throw new ForeignFileException(Invariant($"The HDF5 file has addresses of {addresses} and lengths of {lengths} bytes; {AddressSize} are read, as h5py writes them."));
        }
    }

    private void RequireEnd(ulong end)
    {
        if (end > (ulong)_bytes.Length)
        {
            throw new ForeignFileException(Invariant($"The HDF5 file should have {end} bytes, but has {_bytes.Length}: it was cut off. Copy it again."));
        }
    }

    private static void RequireBase(ulong address)
    {
        if (address != 0)
        {
            throw new ForeignFileException("The HDF5 file has a user block before it; save the model without one.");
        }
    }
}
