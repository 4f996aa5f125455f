using System.Text;
using RnnGen.Exchange.Files;

namespace RnnGen.Exchange.Keras.Hdf5;

/// <summary>An attribute of an object.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">What its elements are.</param>
/// <param name="Lengths">Its shape.</param>
/// <param name="Data">Its elements.</param>
internal sealed record Hdf5Attribute(string Name, Hdf5Type Type, ulong[] Lengths, ReadOnlyMemory<byte> Data)
{
    private const string What = "An attribute";

    public static string NameOf(ReadOnlySpan<byte> message)
    {
        Hdf5Cursor cursor = new(message, What);
        return Start.Read(ref cursor).Name;
    }

    public static Hdf5Attribute Read(ReadOnlyMemory<byte> message)
    {
        Hdf5Cursor cursor = new(message.Span, What);
        Start start = Start.Read(ref cursor);
        if (start.SharesParts)
        {
            throw cursor.Damaged(Invariant($"{ForeignText.Shown(start.Name)} has a type or a shape that is shared"));
        }

        Hdf5Type type = Hdf5Type.Read(cursor.Take(start.TypeLength));
        ulong[] lengths = Hdf5Space.Read(cursor.Take(start.SpaceLength));
        return new Hdf5Attribute(start.Name, type, lengths, message[^cursor.Left..]);
    }

    /// <summary>Rejects attributes that are stored in a heap.</summary>
    /// <param name="message">What an object says about its attributes.</param>
    public static void RequireNoHeap(ReadOnlySpan<byte> message)
    {
        const int ordered = 1;
        Hdf5Cursor cursor = new(message, What);
        cursor.Skip(1);
        cursor.Skip((cursor.Byte() & ordered) != 0 ? 2 : 0);
        if (cursor.UInt64() != Hdf5File.Undefined)
        {
            throw new ForeignFileException("The HDF5 file has attributes in a fractal heap, which Keras does not write: save the model with Keras itself.");
        }
    }

    /// <summary>The elements, which are texts.</summary>
    public List<string> Texts(Hdf5File file)
    {
        if (Type.Class != Hdf5TypeClass.Text && !Type.IsVariableText)
        {
            // An empty list of texts has numbers as its type.
            return Lengths is [0] ? [] : throw new ForeignFileException(Invariant($"The attribute {ForeignText.Shown(Name)} of the HDF5 file is not a text, but of the class {Type.Class}."));
        }

        return Hdf5Space.Count(Lengths, Data.Length / Type.Size) is { } count ? [.. Type.Texts(file, Data, count)]
            : throw new ForeignFileException(Invariant($"The attribute {ForeignText.Shown(Name)} of the HDF5 file ends early: it is damaged."));
    }

    /// <summary>What comes before an attribute's type.</summary>
    private readonly record struct Start(string Name, int TypeLength, int SpaceLength, bool SharesParts)
    {
        // In version 1 each part is padded to 8 bytes.
        public static Start Read(ref Hdf5Cursor cursor)
        {
            const int sharedParts = 3;
            int version = cursor.Byte(), flags = cursor.Byte();
            if (version is < 1 or > 3)
            {
                throw cursor.Damaged(Invariant($"is of version {version}"));
            }

            int name = cursor.UInt16(), type = cursor.UInt16(), space = cursor.UInt16();
            cursor.Skip(version == 3 ? 1 : 0);
            return new Start(Encoding.UTF8.GetString(cursor.Take(Padded(name))[..name]).TrimEnd('\0'), Padded(type), Padded(space), version > 1 && (flags & sharedParts) != 0);

            int Padded(int length) => version == 1 ? (length + 7) / 8 * 8 : length;
        }
    }
}
