namespace RnnGen.Exchange.Keras.Reading;

/// <summary>The checksum of an entry of a zip archive: CRC-32 with the reversed polynomial 0xEDB88320, in which all bits are inverted before and after.</summary>
/// <remarks>ITU-T V.42; section 4.4.7 of PKWARE's APPNOTE.TXT.</remarks>
internal static class Crc32
{
    private static readonly CyclicCheck s_check = new(0xEDB8_8320);

    public static uint Of(ReadOnlySpan<byte> bytes) => s_check.Of(bytes);
}
