using System.Text;
using RnnGen.Exchange.Files;

namespace RnnGen.Exchange.Keras.Hdf5;

/// <summary>What the elements of an attribute or a dataset are.</summary>
internal enum Hdf5TypeClass
{
    Integer = 0,
    Float = 1,
    Time = 2,
    Text = 3,
    Bits = 4,
    Opaque = 5,
    Compound = 6,
    Reference = 7,
    Enumeration = 8,
    VariableLength = 9,
    Array = 10,
}

/// <summary>The type of an element.</summary>
internal sealed record Hdf5Type
{
    public required Hdf5TypeClass Class { get; init; }

    /// <summary>Bytes of an element.</summary>
    public required int Size { get; init; }

    /// <summary>Whether it is a text whose length each element says.</summary>
    public required bool IsVariableText { get; init; }

    /// <summary>How it stores numbers; null where it holds none, or none that can be read.</summary>
    public required NumberType? Number { get; init; }

    /// <summary>Whether it is a float whose first byte is its highest.</summary>
    public bool IsBigEndian { get; private init; }

    public static Hdf5Type Read(ReadOnlySpan<byte> message)
    {
        const int variableText = 1;
        Hdf5Cursor cursor = new(message, "A type");
        int first = cursor.Byte();
        Hdf5TypeClass kind = (Hdf5TypeClass)(first & 0x0F);
        int bits = cursor.Byte();
        cursor.Skip(2);
        uint size = cursor.UInt32();
        return size is > 0 and <= int.MaxValue
            ? new Hdf5Type { Class = kind, Size = (int)size, IsBigEndian = kind == Hdf5TypeClass.Float && (bits & 1) != 0, IsVariableText = kind == Hdf5TypeClass.VariableLength && (bits & 0x0F) == variableText, Number = kind == Hdf5TypeClass.Float ? NumberOf(bits, ref cursor) : null }
            : throw cursor.Damaged(Invariant($"has elements of {size} bytes"));
    }

    /// <summary>The texts of an attribute's data.</summary>
    /// <param name="file">The file, whose heaps have texts of any length.</param>
    /// <param name="data">As many elements as fit, after each other.</param>
    /// <param name="count">How many there are.</param>
    public IEnumerable<string> Texts(Hdf5File file, ReadOnlyMemory<byte> data, int count)
    {
        for (int i = 0; i < count; i++)
        {
            ReadOnlyMemory<byte> text = data.Slice(i * Size, Size);
            if (IsVariableText)
            {
                text = Variable(file, text.Span);
            }

            file.Spend(text.Length);
            yield return Encoding.UTF8.GetString(text.Span).TrimEnd('\0');
        }
    }

    private static ReadOnlyMemory<byte> Variable(Hdf5File file, ReadOnlySpan<byte> element)
    {
        Hdf5Cursor cursor = new(element, "A text");
        uint length = cursor.UInt32();
        ulong heap = cursor.UInt64();
        uint index = cursor.UInt32();
        if (length == 0)
        {
            return default;
        }

        ReadOnlyMemory<byte> whole = file.HeapObject(heap, index);
        return length <= (uint)whole.Length ? whole[..(int)length] : throw cursor.Damaged("is longer than its heap says");
    }

    // IEEE 754's formats, and bfloat16's, little-endian.
    private static NumberType? NumberOf(int bits, ref Hdf5Cursor cursor)
    {
        const int bigEndian = 0x41;
        (int offset, int precision) = (cursor.UInt16(), cursor.UInt16());
        (int exponent, int exponentSize, int mantissa, int mantissaSize, uint bias) = (cursor.Byte(), cursor.Byte(), cursor.Byte(), cursor.Byte(), cursor.UInt32());
        return (bits & bigEndian) != 0 || offset != 0 || mantissa != 0 || exponent != mantissaSize ? null : (precision, exponentSize, mantissaSize, bias) switch
        {
            (16, 5, 10, 15) => NumberType.F16,
            (16, 8, 7, 127) => NumberType.BF16,
            (32, 8, 23, 127) => NumberType.F32,
            (64, 11, 52, 1023) => NumberType.F64,
            _ => null,
        };
    }
}
