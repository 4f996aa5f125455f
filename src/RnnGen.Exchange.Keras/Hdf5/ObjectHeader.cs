namespace RnnGen.Exchange.Keras.Hdf5;

/// <summary>What a message of an object's header is.</summary>
internal enum Hdf5MessageKind
{
    Dataspace = 0x01,
    LinkInfo = 0x02,
    Datatype = 0x03,
    FillValue = 0x05,
    Link = 0x06,
    ExternalFiles = 0x07,
    Layout = 0x08,
    GroupInfo = 0x0A,
    Filters = 0x0B,
    Attribute = 0x0C,
    Continuation = 0x10,
    SymbolTable = 0x11,
    AttributeInfo = 0x15,
}

/// <summary>A message of an object's header.</summary>
/// <param name="Kind">Its number, of which <see cref="Hdf5MessageKind"/> has those that are read.</param>
/// <param name="IsShared">Whether it refers to one that is stored elsewhere.</param>
/// <param name="Data">Its bytes.</param>
internal readonly record struct Hdf5Message(Hdf5MessageKind Kind, bool IsShared, ReadOnlyMemory<byte> Data);

/// <summary>Reads the header of an object: its messages, in all of its blocks.</summary>
internal static class ObjectHeader
{
    private const string What = "The header of an object";

    private const int SharedFlag = 2;

    public static List<Hdf5Message> Read(Hdf5File file, ulong address)
    {
        ReadOnlyMemory<byte> start = file.From(address, What);
        List<Hdf5Message> messages = [];
        if (start.Span.StartsWith("OHDR"u8))
        {
            ReadVersion2(file, address, start.Span, messages);
        }
        else
        {
            ReadVersion1(file, address, start.Span, messages);
        }

        return messages;
    }

    private static void ReadVersion1(Hdf5File file, ulong address, ReadOnlySpan<byte> start, List<Hdf5Message> messages)
    {
        const int prefix = 16;
        Hdf5Cursor cursor = new(start, What);
        cursor.Expect([1]);
        cursor.Skip(7);
        uint length = cursor.UInt32();
        Queue<ReadOnlyMemory<byte>> blocks = new([file.Part(address + prefix, length, What)]);
        while (blocks.TryDequeue(out ReadOnlyMemory<byte> block))
        {
            Hdf5Cursor at = new(block.Span, What);
            while (at.Left >= 8)
            {
                Hdf5MessageKind kind = (Hdf5MessageKind)at.UInt16();
                int size = at.UInt16();
                bool isShared = (at.Byte() & SharedFlag) != 0;
                at.Skip(3);
                Add(messages, new Hdf5Message(kind, isShared, Slice(block, ref at, size)), continuation => blocks.Enqueue(file.Part(continuation.Address, continuation.Length, What)));
            }
        }
    }

    private static void ReadVersion2(Hdf5File file, ulong address, ReadOnlySpan<byte> start, List<Hdf5Message> messages)
    {
        const int timesFlag = 0x20, phasesFlag = 0x10, orderFlag = 0x04, checksum = 4;
        Hdf5Cursor cursor = new(start, What);
        cursor.Expect("OHDR"u8);
        cursor.Expect([2]);
        int flags = cursor.Byte();
        cursor.Skip(((flags & timesFlag) != 0 ? 16 : 0) + ((flags & phasesFlag) != 0 ? 4 : 0));
        ulong length = cursor.Number(1 << (flags & 3));
        Queue<ReadOnlyMemory<byte>> blocks = new([file.Part(address + (ulong)(start.Length - cursor.Left), length, What)]);
        while (blocks.TryDequeue(out ReadOnlyMemory<byte> block))
        {
            Hdf5Cursor at = new(block.Span, What);
            int prefix = 4 + ((flags & orderFlag) != 0 ? 2 : 0);
            while (at.Left >= prefix)
            {
                Hdf5MessageKind kind = (Hdf5MessageKind)at.Byte();
                int size = at.UInt16();
                bool isShared = (at.Byte() & SharedFlag) != 0;
                at.Skip(prefix - 4);
                Add(messages, new Hdf5Message(kind, isShared, Slice(block, ref at, size)), continuation =>
                {
                    ReadOnlyMemory<byte> next = file.Part(continuation.Address, continuation.Length, What);
                    Hdf5Cursor signature = new(next.Span, What);
                    signature.Expect("OCHK"u8);
                    blocks.Enqueue(signature.Left < checksum ? throw signature.Damaged("ends early") : next[4..^checksum]);
                });
            }
        }
    }

    private static ReadOnlyMemory<byte> Slice(ReadOnlyMemory<byte> block, ref Hdf5Cursor at, int size)
    {
        int start = block.Length - at.Left;
        at.Skip(size);
        return block.Slice(start, size);
    }

    private static void Add(List<Hdf5Message> messages, Hdf5Message message, Action<(ulong Address, ulong Length)> follow)
    {
        if (message.Kind != Hdf5MessageKind.Continuation)
        {
            messages.Add(message);
            return;
        }

        Hdf5Cursor cursor = new(message.Data.Span, What);
        follow((cursor.UInt64(), cursor.UInt64()));
    }
}
