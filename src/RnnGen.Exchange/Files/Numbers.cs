using System.Buffers.Binary;

namespace RnnGen.Exchange.Files;

/// <summary>How a file stores one number, little-endian.</summary>
internal enum NumberType
{
    F16,
    BF16,
    F32,
    F64,
    I8,
    U8,
    I16,
    I32,
    I64,
    Bool,
}

/// <summary>Stored numbers as <see cref="double"/>, which holds all of them but large 64-bit integers exactly.</summary>
internal static class Numbers
{
    public static int Size(NumberType type) => type switch
    {
        NumberType.I8 or NumberType.U8 or NumberType.Bool => 1,
        NumberType.F16 or NumberType.BF16 or NumberType.I16 => 2,
        NumberType.F32 or NumberType.I32 => 4,
        NumberType.F64 or NumberType.I64 => 8,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "Not a type of numbers."),
    };

    public static bool IsFloatingPoint(NumberType type) => type is NumberType.F16 or NumberType.BF16 or NumberType.F32 or NumberType.F64;

    /// <summary>One number.</summary>
    /// <param name="type">Its type.</param>
    /// <param name="bytes">The bytes that begin with it.</param>
    public static double Read(NumberType type, ReadOnlySpan<byte> bytes) => type switch
    {
        NumberType.F16 => (double)BinaryPrimitives.ReadHalfLittleEndian(bytes),
        NumberType.BF16 => BitConverter.UInt32BitsToSingle((uint)BinaryPrimitives.ReadUInt16LittleEndian(bytes) << 16),
        NumberType.F32 => BinaryPrimitives.ReadSingleLittleEndian(bytes),
        NumberType.F64 => BinaryPrimitives.ReadDoubleLittleEndian(bytes),
        NumberType.I8 => (sbyte)bytes[0],
        NumberType.U8 => bytes[0],
        NumberType.Bool => bytes[0] == 0 ? 0 : 1,
        NumberType.I16 => BinaryPrimitives.ReadInt16LittleEndian(bytes),
        NumberType.I32 => BinaryPrimitives.ReadInt32LittleEndian(bytes),
        NumberType.I64 => BinaryPrimitives.ReadInt64LittleEndian(bytes),
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "Not a type of numbers."),
    };
}
