using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;

namespace RnnGen.Runtime;

/// <summary>
/// A 64-bit hash of the bits of values, in their order: it tells data apart that was changed by mistake, not by an adversary. It takes about as long as reading the values.
/// </summary>
internal struct ContentHash()
{
    private const ulong First = 0x9E3779B97F4A7C15, Second = 0xD6E8FEB86659FD93;

    private ulong _hash = First;

    /// <summary>Adds values.</summary>
    public void Add<T>(ReadOnlySpan<T> values) where T : unmanaged
    {
        ReadOnlySpan<byte> bytes = MemoryMarshal.AsBytes(values);
        ulong hash = _hash ^ ((ulong)bytes.Length * Second);
        ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(bytes);
        foreach (ulong word in words)
        {
            hash = BitOperations.RotateLeft((hash ^ word) * First, 29);
        }

        foreach (byte rest in bytes[(words.Length * sizeof(ulong))..])
        {
            hash = BitOperations.RotateLeft((hash ^ rest) * Second, 29);
        }

        _hash = hash;
    }

    /// <summary>The hash.</summary>
    public readonly ulong Value
    {
        get
        {
            ulong hash = (_hash ^ (_hash >> 32)) * Second;
            return hash ^ (hash >> 29);
        }
    }

    /// <summary>The hash in 16 hexadecimal digits.</summary>
    public override readonly string ToString() => Value.ToString("x16", CultureInfo.InvariantCulture);
}
