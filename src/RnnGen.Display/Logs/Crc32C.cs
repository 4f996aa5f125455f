namespace RnnGen.Display;

/// <summary>The cyclic redundancy check CRC-32C (G. Castagnoli, S. Bräuer and M. Herrmann 1993; RFC 3720, appendix B.4), and TensorFlow's masked form of it.</summary>
internal static class Crc32C
{
    private static readonly CyclicCheck s_check = new(0x82F6_3B78);

    /// <summary>The checksum of some bytes.</summary>
    public static uint Of(ReadOnlySpan<byte> bytes) => s_check.Of(bytes);

    /// <summary>The checksum rotated right by 15 bits, plus a constant, so that a checksum of bytes that contain checksums stays effective.</summary>
    public static uint Masked(ReadOnlySpan<byte> bytes)
    {
        uint check = Of(bytes);
        return ((check >> 15) | (check << 17)) + 0xA282EAD8;
    }
}
