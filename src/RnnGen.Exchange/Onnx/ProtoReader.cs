using System.Buffers.Binary;
using System.Text;
using RnnGen.Exchange.Files;

namespace RnnGen.Exchange.Onnx;

/// <summary>Fields of a Protobuf message, one after the other: a number, 4 or 8 bytes, or a span of the message itself. Nothing is copied.</summary>
/// <remarks>https://protobuf.dev/programming-guides/encoding</remarks>
internal ref struct ProtoReader(ReadOnlySpan<byte> message)
{
    private const int Varint = 0, Fixed64 = 1, Delimited = 2, Fixed32 = 5;

    private ReadOnlySpan<byte> _left = message;
    private int _wire;

    /// <summary>The number of the field that the reader is at.</summary>
    public int Field { get; private set; }

    /// <summary>The field's bytes, where it is a text, a message, or packed numbers.</summary>
    public ReadOnlySpan<byte> Bytes { get; private set; }

    /// <summary>The field's number.</summary>
    public long Number { get; private set; }

    /// <summary>Whether the field may be a text.</summary>
    public readonly bool IsText => _wire == Delimited;

    public readonly string Text
    {
        get
        {
            Require(_wire == Delimited);
            return Encoding.UTF8.GetString(Bytes);
        }
    }

    public readonly float Single
    {
        get
        {
            Require(_wire == Fixed32);
            return BitConverter.Int32BitsToSingle((int)Number);
        }
    }

    /// <summary>Goes to the next field.</summary>
    /// <returns>Whether there is one.</returns>
    public bool Next()
    {
        if (_left.IsEmpty)
        {
            return false;
        }

        ulong key = TakeVarint(ref _left);
        (Field, _wire) = ((int)Math.Min(key >> 3, int.MaxValue), (int)(key & 7));
        Bytes = default;
        switch (_wire)
        {
            case Varint:
                Number = (long)TakeVarint(ref _left);
                break;
            case Fixed64:
                Number = BinaryPrimitives.ReadInt64LittleEndian(Take(sizeof(long)));
                break;
            case Fixed32:
                Number = BinaryPrimitives.ReadInt32LittleEndian(Take(sizeof(int)));
                break;
            case Delimited:
                ulong length = TakeVarint(ref _left);
                Bytes = Take(length <= int.MaxValue ? (int)length : int.MaxValue);
                break;
            default:
                throw Damaged();
        }

        return true;
    }

    /// <summary>A message in this one.</summary>
    public readonly ProtoReader Message()
    {
        Require(_wire == Delimited);
        return new ProtoReader(Bytes);
    }

    /// <summary>Adds the whole numbers of a repeated field, packed or not.</summary>
    public readonly void AddTo(List<long> numbers)
    {
        if (_wire != Delimited)
        {
            numbers.Add(Number);
            return;
        }

        ReadOnlySpan<byte> packed = Bytes;
        while (!packed.IsEmpty)
        {
            numbers.Add((long)TakeVarint(ref packed));
        }
    }

    /// <summary>Adds the numbers of a repeated field of floats or doubles, packed or not.</summary>
    /// <param name="numbers">Receives them.</param>
    /// <param name="type">How they are stored.</param>
    public readonly void AddTo(List<double> numbers, NumberType type)
    {
        if (_wire != Delimited)
        {
            numbers.Add(_wire == Fixed32 ? BitConverter.Int32BitsToSingle((int)Number) : BitConverter.Int64BitsToDouble(Number));
            return;
        }

        int size = Numbers.Size(type);
        Require(Bytes.Length % size == 0);
        for (int at = 0; at < Bytes.Length; at += size)
        {
            numbers.Add(Numbers.Read(type, Bytes[at..]));
        }
    }

    private static ulong TakeVarint(ref ReadOnlySpan<byte> bytes)
    {
        const int maximumBytes = 10;
        ulong number = 0;
        for (int i = 0; i < maximumBytes && i < bytes.Length; i++)
        {
            number |= (ulong)(bytes[i] & 0x7f) << (7 * i);
            if (bytes[i] < 0x80)
            {
                bytes = bytes[(i + 1)..];
                return number;
            }
        }

        throw Damaged();
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        Require(count <= _left.Length);
        ReadOnlySpan<byte> taken = _left[..count];
        _left = _left[count..];
        return taken;
    }

    private static void Require(bool isRight)
    {
        if (!isRight)
        {
            throw Damaged();
        }
    }

    private static ForeignFileException Damaged() => new("The file is damaged, or not of ONNX: its Protobuf messages do not fit into each other.");
}
