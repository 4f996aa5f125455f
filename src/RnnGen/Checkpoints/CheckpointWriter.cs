using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace RnnGen.Runtime;

/// <summary>Writes the fields of a checkpoint, little-endian, and after the last one the SHA-256 of all of them. Dispose of it when the file is written.</summary>
internal sealed class CheckpointWriter(Stream stream) : IDisposable
{
    /// <summary>Values of which no more are taken as bytes at once: the bytes of all of them may be more than a span can have.</summary>
    public const int MostAtOnce = 1 << 24;

    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly byte[] _buffer = new byte[1 << 16];
    private int _buffered;

    public void Write(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > _buffer.Length - _buffered)
        {
            Flush();
            if (bytes.Length > _buffer.Length)
            {
                _hash.AppendData(bytes);
                stream.Write(bytes);
                return;
            }
        }

        bytes.CopyTo(_buffer.AsSpan(_buffered));
        _buffered += bytes.Length;
    }

    public void Write(bool value) => Write([value ? (byte)1 : (byte)0]);

    public void Write(int value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
        Write(bytes);
    }

    public void Write(long value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        Write(bytes);
    }

    public void Write(double value) => Write(BitConverter.DoubleToInt64Bits(value));

    public void Write(double? value)
    {
        Write(value is not null);
        Write(value ?? 0);
    }

    public void Write(string value)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(value);
        Write(bytes.Length);
        Write(bytes);
    }

    /// <summary>Writes how many values there are, and their bits.</summary>
    public void WriteValues<T>(ReadOnlySpan<T> values) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Write(values.Length);
        if (BitConverter.IsLittleEndian)
        {
            for (int i = 0; i < values.Length; i += MostAtOnce)
            {
                Write(MemoryMarshal.AsBytes(values.Slice(i, Math.Min(MostAtOnce, values.Length - i))));
            }

            return;
        }

        foreach (T value in values)
        {
            if (typeof(T) == typeof(float))
            {
                Write(BitConverter.SingleToInt32Bits(float.CreateTruncating(value)));
            }
            else
            {
                Write(double.CreateTruncating(value));
            }
        }
    }

    /// <summary>Writes the hash of all that was written.</summary>
    public void Finish()
    {
        Flush();
        stream.Write(_hash.GetHashAndReset());
    }

    public void Dispose() => _hash.Dispose();

    private void Flush()
    {
        _hash.AppendData(_buffer, 0, _buffered);
        stream.Write(_buffer, 0, _buffered);
        _buffered = 0;
    }
}
