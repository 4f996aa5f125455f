namespace RnnGen.Display;

/// <summary>The cyclic redundancy check CRC-32C (G. Castagnoli, S. Bräuer and M. Herrmann 1993; RFC 3720, appendix B.4), and TensorFlow's masked form of it.</summary>
internal static class Crc32C
{
    private const uint ReversedPolynomial = 0x82F63B78;

    private static readonly uint[] s_table = Table();

    /// <summary>The checksum of some bytes.</summary>
    public static uint Of(ReadOnlySpan<byte> bytes)
    {
        uint check = uint.MaxValue;
        foreach (byte value in bytes)
        {
            check = s_table[(byte)(check ^ value)] ^ (check >> 8);
        }

        return ~check;
    }

    /// <summary>The checksum rotated right by 15 bits, plus a constant, so that a checksum of bytes that contain checksums stays effective.</summary>
    public static uint Masked(ReadOnlySpan<byte> bytes)
    {
        uint check = Of(bytes);
        return ((check >> 15) | (check << 17)) + 0xA282EAD8;
    }

    private static uint[] Table()
    {
        uint[] table = new uint[256];
        for (uint i = 0; i < table.Length; i++)
        {
            uint value = i;
            for (int bit = 0; bit < 8; bit++)
            {
                value = (value & 1) == 1 ? (value >> 1) ^ ReversedPolynomial : value >> 1;
            }

            table[i] = value;
        }

        return table;
    }
}
