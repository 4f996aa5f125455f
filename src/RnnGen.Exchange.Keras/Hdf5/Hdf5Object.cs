using RnnGen.Exchange.Files;
using RnnGen.Runtime;

namespace RnnGen.Exchange.Keras.Hdf5;

/// <summary>A group or a dataset of an HDF5 file, with its attributes.</summary>
internal sealed class Hdf5Object(Hdf5File file, List<Hdf5Message> messages)
{
    private Dictionary<string, ulong>? _links;
    private Dictionary<string, ReadOnlyMemory<byte>>? _attributes;

    /// <summary>The names in a group; none in a dataset.</summary>
    public IReadOnlyCollection<string> Names => Links.Keys;

    /// <summary>Whether there are numbers in this object, or in one below it.</summary>
    public bool HoldsNumbers
    {
        get
        {
            HashSet<Hdf5Object> seen = [this];
            Stack<Hdf5Object> open = new(seen);
            while (open.TryPop(out Hdf5Object? next))
            {
                if (next.Find(Hdf5MessageKind.Dataspace) is not null)
                {
                    return true;
                }

                foreach (string name in next.Names)
                {
                    if (next.FindNamed(name) is { } below && seen.Add(below))
                    {
                        open.Push(below);
                    }
                }
            }

            return false;
        }
    }

    private Dictionary<string, ulong> Links => _links ??= GroupLinks.Read(file, messages);

    /// <summary>An object below this one, or null where there is none.</summary>
    /// <param name="path">Names with slashes between.</param>
    public Hdf5Object? Find(string path)
    {
        Hdf5Object found = this;
        foreach (string name in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (found.FindNamed(name) is not { } next)
            {
                return null;
            }

            found = next;
        }

        return found;
    }

    /// <summary>An object in this group by its whole name, which may have slashes of either kind.</summary>
    public Hdf5Object? FindNamed(string name) => !Links.TryGetValue(name, out ulong address) ? null
        : address != Hdf5File.Undefined ? file.Open(address)
        : throw new ForeignFileException(Invariant($"{ForeignText.Shown(name)} in the HDF5 file is a soft or an external link, which Keras does not write: save the model with Keras itself."));

    /// <summary>An attribute that is a text, or null where there is none.</summary>
    public string? Text(string name) => Texts(name) is { } texts ? texts is [string only] ? only : throw new ForeignFileException(Invariant($"The attribute {ForeignText.Shown(name)} should be one text, but has {texts.Count}.")) : null;

    /// <summary>An attribute that is a list of texts, or null where there is none. A long one is cut into several, with a number behind their names.</summary>
    public List<string>? LongTexts(string name)
    {
        List<string>? whole = Texts(name);
        for (int part = 0; Texts(Invariant($"{name}{part}")) is { } texts; part++)
        {
            (whole ??= []).AddRange(texts);
        }

        return whole;
    }

    /// <summary>A dataset's numbers, and how they are stored.</summary>
    /// <param name="name">What messages call it.</param>
    public (Tensor Tensor, NumberType Type) Numbers(string name)
    {
        ulong[] lengths = Hdf5Space.Read(Message(Hdf5MessageKind.Dataspace, name).Span);
        Hdf5Type type = Hdf5Type.Read(Message(Hdf5MessageKind.Datatype, name).Span);
        NumberType number = type.Number ?? (type is { Class: Hdf5TypeClass.Opaque, Size: 2 } && Text("dtype") == "bfloat16" ? NumberType.BF16
            : throw new ForeignFileException(Invariant($"{ForeignText.Shown(name)} holds {(type.IsBigEndian ? "big-endian " : "")}elements of {type.Size} bytes of the class {type.Class}, which are not read: save the model with {(type.IsBigEndian ? "little-endian " : "")}float32 weights.")));
        if (Find(Hdf5MessageKind.Filters) is not null || Find(Hdf5MessageKind.ExternalFiles) is not null)
        {
            throw new ForeignFileException(Invariant($"{ForeignText.Shown(name)} is compressed or stored in another file, which is not read: save the model with Keras itself."));
        }

        ReadOnlyMemory<byte> data = Data(name);
        int size = Files.Numbers.Size(number);
        if (Hdf5Space.Count(lengths, data.Length / size) is not { } count)
        {
            throw new ForeignFileException(Invariant($"{ForeignText.Shown(name)} should hold {TensorLimits.ShapeText([.. lengths.Select(static length => (long)Math.Min(length, long.MaxValue))])} numbers of {size} bytes, but has {data.Length} bytes: the file is damaged."));
        }

        file.Spend((long)count * sizeof(double));
        double[] values = new double[count];
        for (int k = 0; k < count; k++)
        {
            values[k] = Files.Numbers.Read(number, data.Span[(k * size)..]);
        }

        return (new Tensor(name, [.. lengths.Select(static length => (int)length)], values), number);
    }

    // Where a dataset's bytes are: in its header, or in one piece elsewhere.
    private ReadOnlyMemory<byte> Data(string name)
    {
        const int compact = 0, contiguous = 1;
        ReadOnlyMemory<byte> message = Message(Hdf5MessageKind.Layout, name);
        Hdf5Cursor cursor = new(message.Span, "The layout of a dataset");
        int version = cursor.Byte(), kind = cursor.Byte();
        switch (version, kind)
        {
            case (3 or 4, compact):
                int length = cursor.UInt16();
                int at = message.Length - cursor.Left;
                cursor.Skip(length);
                return message.Slice(at, length);
            case (3 or 4, contiguous):
                return file.Part(cursor.UInt64(), cursor.UInt64(), ForeignText.Shown(name));
            default:
                throw new ForeignFileException(Invariant($"{ForeignText.Shown(name)} is stored in chunks, or by an old version of HDF5, which is not read: save the model with Keras itself."));
        }
    }

    private ReadOnlyMemory<byte>? Find(Hdf5MessageKind kind)
    {
        foreach (Hdf5Message message in messages)
        {
            if (message.Kind == kind)
            {
                return message.IsShared ? throw new ForeignFileException(Invariant($"The HDF5 file shares a {kind} between objects, which Keras does not write: save the model with Keras itself.")) : message.Data;
            }
        }

        return null;
    }

    private ReadOnlyMemory<byte> Message(Hdf5MessageKind kind, string name) =>
        Find(kind) ?? throw new ForeignFileException(Invariant($"{ForeignText.Shown(name)} is a group where numbers should be, or has no {kind}: the file is damaged."));

    private List<string>? Texts(string name)
    {
        _attributes ??= Attributes();
        return _attributes.TryGetValue(name, out ReadOnlyMemory<byte> message) ? Hdf5Attribute.Read(message).Texts(file) : null;
    }

    private Dictionary<string, ReadOnlyMemory<byte>> Attributes()
    {
        Dictionary<string, ReadOnlyMemory<byte>> found = new(StringComparer.Ordinal);
        foreach (Hdf5Message message in messages)
        {
            if (message.Kind == Hdf5MessageKind.AttributeInfo)
            {
                Hdf5Attribute.RequireNoHeap(message.Data.Span);
            }

            if (message.Kind == Hdf5MessageKind.Attribute && !message.IsShared)
            {
                found[Hdf5Attribute.NameOf(message.Data.Span)] = message.Data;
            }
        }

        return found;
    }
}
