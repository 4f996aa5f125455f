using System.Text;

namespace RnnGen.Exchange.Keras.Hdf5;

/// <summary>Reads what is in a group: the name and the address of each of its objects.</summary>
internal static class GroupLinks
{
    private const string Tree = "The tree of a group", Link = "A link";

    /// <summary>The addresses of objects by their names; that of a soft or an external link is <see cref="Hdf5File.Undefined"/>.</summary>
    /// <param name="file">The file.</param>
    /// <param name="messages">Of the group's header.</param>
    public static Dictionary<string, ulong> Read(Hdf5File file, List<Hdf5Message> messages)
    {
        Dictionary<string, ulong> links = new(StringComparer.Ordinal);
        foreach (Hdf5Message message in messages)
        {
            Hdf5Cursor cursor = new(message.Data.Span, Tree);
            switch (message.Kind)
            {
                case Hdf5MessageKind.SymbolTable:
                    ReadSymbolTable(file, cursor.UInt64(), cursor.UInt64(), links);
                    break;
                case Hdf5MessageKind.LinkInfo:
                    RequireNoHeap(ref cursor);
                    break;
                case Hdf5MessageKind.Link:
                    ReadLink(file, message.Data.Span, links);
                    break;
                default:
                    // Other messages are not about what is in the group.
                    break;
            }
        }

        return links;
    }

    // The leaves of a B-tree have tables of entries, whose names are stored in a heap beside it.
    private static void ReadSymbolTable(Hdf5File file, ulong tree, ulong heap, Dictionary<string, ulong> links)
    {
        const int heapHeader = 32;
        Hdf5Cursor cursor = new(file.Part(heap, heapHeader, "The names of a group").Span, "The names of a group");
        cursor.Expect("HEAP"u8);
        cursor.Skip(4);
        ulong length = cursor.UInt64();
        cursor.Skip(Hdf5File.AddressSize);
        ReadOnlyMemory<byte> names = file.Part(cursor.UInt64(), length, "The names of a group");
        Stack<(ulong Address, int? Level)> nodes = new([(tree, null)]);
        while (nodes.TryPop(out (ulong Address, int? Level) node))
        {
            (int level, List<ulong> children) = ReadNode(file, node.Address);
            if (node.Level is { } expected && level != expected)
            {
                throw cursor.Damaged("has nodes on a wrong level");
            }

            foreach (ulong child in children)
            {
                if (level == 0)
                {
                    ReadTable(file, child, names.Span, links);
                }
                else
                {
                    nodes.Push((child, level - 1));
                }
            }
        }
    }

    private static (int Level, List<ulong> Children) ReadNode(Hdf5File file, ulong address)
    {
        const int header = 24;
        Hdf5Cursor cursor = new(file.Part(address, header, Tree).Span, Tree);
        cursor.Expect("TREE"u8);
        cursor.Expect([0]);
        int level = cursor.Byte(), count = cursor.UInt16();
        Hdf5Cursor keys = new(file.Part(address + header, (ulong)count * 2 * Hdf5File.AddressSize, Tree).Span, Tree);
        List<ulong> children = [];
        for (int i = 0; i < count; i++)
        {
            keys.Skip(Hdf5File.AddressSize);
            children.Add(keys.UInt64());
        }

        return (level, children);
    }

    private static void ReadTable(Hdf5File file, ulong address, ReadOnlySpan<byte> names, Dictionary<string, ulong> links)
    {
        const int header = 8, entry = 40;
        const uint softLink = 2;
        Hdf5Cursor cursor = new(file.Part(address, header, Tree).Span, Tree);
        cursor.Expect("SNOD"u8);
        cursor.Skip(2);
        int count = cursor.UInt16();
        Hdf5Cursor entries = new(file.Part(address + header, (ulong)count * entry, Tree).Span, Tree);
        for (int i = 0; i < count; i++)
        {
            ulong name = entries.UInt64(), target = entries.UInt64();
            uint kind = entries.UInt32();
            entries.Skip(20);
            ReadOnlySpan<byte> from = name < (ulong)names.Length ? names[(int)name..] : throw entries.Damaged("has a name beyond the end of its heap");
            int end = from.IndexOf((byte)0);
            file.Spend(Math.Max(0, end));
            links[Encoding.UTF8.GetString(end < 0 ? throw entries.Damaged("has a name without an end") : from[..end])] = kind == softLink ? Hdf5File.Undefined : target;
        }
    }

    private static void RequireNoHeap(ref Hdf5Cursor cursor)
    {
        const int ordered = 1;
        cursor.Skip(1);
        cursor.Skip((cursor.Byte() & ordered) != 0 ? 8 : 0);
        if (cursor.UInt64() != Hdf5File.Undefined)
        {
            throw new ForeignFileException("The HDF5 file has groups whose names are stored in a fractal heap, which Keras does not write: save the model with Keras itself.");
        }
    }

    private static void ReadLink(Hdf5File file, ReadOnlySpan<byte> message, Dictionary<string, ulong> links)
    {
        const int hasType = 8, hasOrder = 4, hasEncoding = 16;
        Hdf5Cursor cursor = new(message, Link);
        cursor.Expect([1]);
        int flags = cursor.Byte(), type = (flags & hasType) != 0 ? cursor.Byte() : 0;
        cursor.Skip(((flags & hasOrder) != 0 ? 8 : 0) + ((flags & hasEncoding) != 0 ? 1 : 0));
        ulong length = cursor.Number(1 << (flags & 3));
        ReadOnlySpan<byte> name = cursor.Take(length <= int.MaxValue ? (int)length : -1);
        file.Spend(name.Length);
        links[Encoding.UTF8.GetString(name)] = type == 0 ? cursor.UInt64() : Hdf5File.Undefined;
    }
}
