namespace RnnGen.Exchange.Keras.Reading;

/// <summary>The checksum of an entry of a zip archive: CRC-32 with the reversed polynomial 0xEDB88320, in which all bits are inverted before and after.</summary>
/// <remarks>ITU-T V.42; section 4.4.7 of PKWARE's APPNOTE.TXT.</remarks>
internal static class Crc32
{
    private const uint Polynomial = 0xEDB8_8320;

    private static readonly uint[] s_table = Table();

    public static uint Of(ReadOnlySpan<byte> bytes)
    {
        uint sum = uint.MaxValue;
        foreach (byte value in bytes)
        {
            sum = s_table[(byte)(sum ^ value)] ^ (sum >> 8);
        }

        return ~sum;
    }

    private static uint[] Table()
    {
        uint[] table = new uint[256];
        for (uint first = 0; first < table.Length; first++)
        {
            uint sum = first;
            for (int bit = 0; bit < 8; bit++)
            {
                sum = (sum & 1) != 0 ? (sum >> 1) ^ Polynomial : sum >> 1;
            }

            table[first] = sum;
        }

        return table;
    }
}
