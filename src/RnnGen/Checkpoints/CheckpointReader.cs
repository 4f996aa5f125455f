using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace RnnGen.Runtime;

/// <summary>
/// Reads the fields that <see cref="CheckpointWriter"/> writes. It compares each length in the file with what is expected or left before using it,
/// so a file costs no more memory than the model and no more time than its size.
/// </summary>
/// <param name="stream">A seekable stream.</param>
/// <param name="name">What the errors call it.</param>
internal sealed class CheckpointReader(Stream stream, string name)
{
    private const int HashBytes = SHA256.HashSizeInBytes;
    private const int LongestString = 1 << 16;

    private readonly long _end = stream.Length - HashBytes;
    private readonly byte[] _small = new byte[sizeof(long)];

    /// <summary>Whether the hash after the last field matches everything before it, which it does not in a truncated or changed file. Leaves the stream at its start.</summary>
    public bool IsWhole()
    {
        if (_end < 0)
        {
            return false;
        }

        stream.Position = 0;
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = new byte[1 << 16];
        for (long left = _end; left > 0;)
        {
            int read = stream.Read(buffer, 0, (int)Math.Min(left, buffer.Length));
            if (read == 0)
            {
                return false;
            }

            hash.AppendData(buffer, 0, read);
            left -= read;
        }

        Span<byte> expected = stackalloc byte[HashBytes];
        bool isWhole = stream.ReadAtLeast(expected, HashBytes, throwOnEndOfStream: false) == HashBytes && expected.SequenceEqual(hash.GetHashAndReset());
        stream.Position = 0;
        return isWhole;
    }

    /// <summary>The exception for a file that cannot be what it should, with the place.</summary>
    public CheckpointException Malformed(string problem) => new(Invariant($"{name} is not a readable checkpoint: at byte {stream.Position}, {problem}."));

    /// <summary>The exception for a readable file that does not match the arguments of the training.</summary>
    public CheckpointException DoesNotFit(string problem) => new($"{name} {problem}");

    public void Read(Span<byte> bytes, string field)
    {
        Require(bytes.Length, field);
        stream.ReadExactly(bytes);
    }

    /// <summary>Checks that a field's bytes exist, before allocating memory for them.</summary>
    public void Require(long bytes, string field)
    {
        if (bytes > _end - stream.Position)
        {
            throw Malformed(Invariant($"{field} takes {bytes} bytes, and {Math.Max(_end - stream.Position, 0)} are left"));
        }
    }

    public bool ReadBool(string field)
    {
        Read(_small.AsSpan(0, 1), field);
        return _small[0] <= 1 ? _small[0] == 1 : throw Malformed(Invariant($"{field} should be 0 or 1 but is {_small[0]}"));
    }

    public int ReadInt(string field, int minimum = int.MinValue, int maximum = int.MaxValue)
    {
        Read(_small.AsSpan(0, sizeof(int)), field);
        int value = BinaryPrimitives.ReadInt32LittleEndian(_small);
        return value >= minimum && value <= maximum ? value : throw Malformed(Invariant($"{field} should be from {minimum} to {maximum} but is {value}"));
    }

    public long ReadLong(string field, long minimum = long.MinValue, long maximum = long.MaxValue)
    {
        Read(_small, field);
        long value = BinaryPrimitives.ReadInt64LittleEndian(_small);
        return value >= minimum && value <= maximum ? value : throw Malformed(Invariant($"{field} should be from {minimum} to {maximum} but is {value}"));
    }

    public double ReadDouble(string field)
    {
        Read(_small, field);
        return BinaryPrimitives.ReadDoubleLittleEndian(_small);
    }

    /// <summary>Reads a number that is finite and at least <paramref name="minimum"/>.</summary>
    public double ReadFinite(string field, double minimum = double.MinValue)
    {
        double value = ReadDouble(field);
        return double.IsFinite(value) && value >= minimum ? value : throw Malformed(Invariant($"{field} should be finite{(minimum == double.MinValue ? "" : Invariant($" and at least {minimum}"))} but is {value}"));
    }

    public double? ReadOptional(string field)
    {
        bool isThere = ReadBool(field);
        double value = ReadDouble(field);
        return isThere ? value : null;
    }

    public string ReadString(string field)
    {
        int length = ReadInt(Invariant($"the length of {field}"), 0, LongestString);
        Require(length, field);
        byte[] bytes = new byte[length];
        Read(bytes, field);
        return Encoding.UTF8.GetString(bytes);
    }

    /// <summary>Reads as many values as the span has.</summary>
    public void ReadValues<T>(Span<T> values, string field) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int count = ReadInt(Invariant($"the number of values of {field}"));
        if (count != values.Length)
        {
            throw Malformed(Invariant($"{field} should have {values.Length} values but has {count}"));
        }

        if (BitConverter.IsLittleEndian)
        {
            for (int i = 0; i < values.Length; i += CheckpointWriter.MostAtOnce)
            {
                Read(MemoryMarshal.AsBytes(values.Slice(i, Math.Min(CheckpointWriter.MostAtOnce, values.Length - i))), field);
            }

            return;
        }

        for (int i = 0; i < values.Length; i++)
        {
            values[i] = typeof(T) == typeof(float) ? T.CreateTruncating(BitConverter.Int32BitsToSingle(ReadInt(field))) : T.CreateTruncating(ReadDouble(field));
        }
    }

    /// <summary>Checks that nothing follows the last field.</summary>
    public void Finish()
    {
        if (stream.Position != _end)
        {
            throw Malformed(Invariant($"{_end - stream.Position} bytes follow the last field"));
        }
    }
}
