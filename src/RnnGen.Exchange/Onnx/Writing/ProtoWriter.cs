using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace RnnGen.Exchange.Onnx.Writing;

/// <summary>Writes the fields of a Protobuf message.</summary>
/// <remarks>https://protobuf.dev/programming-guides/encoding</remarks>
internal sealed class ProtoWriter
{
    private const int Varint = 0, Delimited = 2, Fixed32 = 5;

    private readonly ArrayBufferWriter<byte> _bytes = new();

    public ReadOnlySpan<byte> Written => _bytes.WrittenSpan;

    public ProtoWriter Number(int field, long value)
    {
        Key(field, Varint);
        Number((ulong)value);
        return this;
    }

    public ProtoWriter Single(int field, float value)
    {
        Key(field, Fixed32);
        BinaryPrimitives.WriteSingleLittleEndian(_bytes.GetSpan(sizeof(float)), value);
        _bytes.Advance(sizeof(float));
        return this;
    }

    public ProtoWriter Text(int field, string text) => Bytes(field, Encoding.UTF8.GetBytes(text));

    public ProtoWriter Message(int field, ProtoWriter message) => Bytes(field, message.Written);

    public ProtoWriter Bytes(int field, ReadOnlySpan<byte> bytes)
    {
        Key(field, Delimited);
        Number((ulong)bytes.Length);
        _bytes.Write(bytes);
        return this;
    }

    /// <summary>Adds all fields of another message.</summary>
    public void Append(ProtoWriter fields) => _bytes.Write(fields.Written);

    private void Key(int field, int wire) => Number((ulong)((field << 3) | wire));

    private void Number(ulong value)
    {
        const int bits = 7, more = 0x80;
        while (value >= more)
        {
            Byte((byte)(value | more));
            value >>= bits;
        }

        Byte((byte)value);
    }

    private void Byte(byte value)
    {
        _bytes.GetSpan(1)[0] = value;
        _bytes.Advance(1);
    }
}
