using System.Buffers.Binary;
using RnnGen.Exchange.Files;

namespace RnnGen.Exchange.Keras.Hdf5;

/// <summary>Reads a part of an HDF5 file from its start to its end, and nothing beyond it. All numbers are little-endian.</summary>
/// <param name="bytes">The part.</param>
/// <param name="what">What it is, for messages.</param>
internal ref struct Hdf5Cursor(ReadOnlySpan<byte> bytes, string what)
{
    private ReadOnlySpan<byte> _left = bytes;

    public readonly int Left => _left.Length;

    public byte Byte() => Take(sizeof(byte))[0];

    public ushort UInt16() => BinaryPrimitives.ReadUInt16LittleEndian(Take(sizeof(ushort)));

    public uint UInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(sizeof(uint)));

    public ulong UInt64() => BinaryPrimitives.ReadUInt64LittleEndian(Take(sizeof(ulong)));

    /// <summary>A number of 1, 2, 4 or 8 bytes.</summary>
    public ulong Number(int size) => size switch
    {
        sizeof(byte) => Byte(),
        sizeof(ushort) => UInt16(),
        sizeof(uint) => UInt32(),
        sizeof(ulong) => UInt64(),
        _ => throw Damaged(Invariant($"has a number of {size} bytes")),
    };

    public void Skip(int count) => Take(count);

    public ReadOnlySpan<byte> Take(int count)
    {
        if (count < 0 || count > _left.Length)
        {
            throw Damaged("ends early");
        }

        ReadOnlySpan<byte> taken = _left[..count];
        _left = _left[count..];
        return taken;
    }

    /// <summary>Passes over a signature or a version.</summary>
    /// <param name="expected">What must be there.</param>
    public void Expect(ReadOnlySpan<byte> expected)
    {
        if (!Take(expected.Length).SequenceEqual(expected))
        {
            throw Damaged("does not begin as it should");
        }
    }

    public readonly ForeignFileException Damaged(string how) => new(Invariant($"{what} of the HDF5 file {how}: the file is damaged, or of a kind that Keras does not write."));
}
