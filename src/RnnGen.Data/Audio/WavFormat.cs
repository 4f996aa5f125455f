using System.Buffers.Binary;

namespace RnnGen.Data;

/// <summary>How the samples of a WAV file are stored.</summary>
/// <param name="Sample">What a sample means, little-endian.</param>
/// <param name="SampleLength">Bytes of a sample.</param>
internal sealed record WavFormat(WavFormat.Meaning Sample, int SampleLength)
{
    /// <summary>The value of one sample, from its bytes.</summary>
    public delegate float Meaning(ReadOnlySpan<byte> bytes);

    /// <summary>Tags of the format chunk.</summary>
    public const int Pcm = 1, IeeeFloat = 3, ALaw = 6, MuLaw = 7, Extensible = 0xFFFE;

    /// <summary>Frames per second.</summary>
    public int SampleRate { get; init; }

    /// <summary>Samples of a frame.</summary>
    public int Channels { get; init; }

    // The rest of a sub-format behind the tag: that of the extensible format, and that of ambisonic sound.
    private static ReadOnlySpan<byte> OfTags => [0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xAA, 0, 0x38, 0x9B, 0x71];

    private static ReadOnlySpan<byte> OfAmbisonics => [0, 0, 0x21, 0x07, 0xD3, 0x11, 0x86, 0x44, 0xC8, 0xC1, 0xCA, 0, 0, 0];

    /// <summary>Whether a sub-format is a tag; some writers leave the rest of it zero.</summary>
    public static bool IsTagOfSubFormat(ReadOnlySpan<byte> rest) => rest.SequenceEqual(OfTags) || rest.SequenceEqual(OfAmbisonics) || !rest.ContainsAnyExcept((byte)0);

    /// <summary>The format of a tag; <see langword="null"/> if it is not supported. Fewer bits than the bytes hold are the upper ones.</summary>
    public static WavFormat? Find(int tag, int bits, int sampleLength)
    {
        Meaning? meaning = (tag, bits, sampleLength) switch
        {
            (Pcm, > 0 and <= 8, 1) => static b => (b[0] - 128) / 128f, // the one width without a sign: its middle is 128
            (Pcm, > 8 and <= 16, 2) => static b => BinaryPrimitives.ReadInt16LittleEndian(b) / 32768f,
            (Pcm, > 16 and <= 24, 3) => static b => (((sbyte)b[2] << 16) | (b[1] << 8) | b[0]) / 8388608f,
            (Pcm, > 24 and <= 32, 4) => static b => BinaryPrimitives.ReadInt32LittleEndian(b) / 2147483648f,
            (IeeeFloat, 32, 4) => static b => BinaryPrimitives.ReadSingleLittleEndian(b),
            (IeeeFloat, 64, 8) => static b => (float)BinaryPrimitives.ReadDoubleLittleEndian(b),
            (ALaw, 8, 1) => static b => FromALaw(b[0]) / 32768f,
            (MuLaw, 8, 1) => static b => FromMuLaw(b[0]) / 32768f,
            _ => null,
        };
        return meaning is null ? null : new WavFormat(meaning, sampleLength);
    }

    /// <summary>Reads samples.</summary>
    /// <param name="bytes">Their bytes; those of a big-endian file are reversed in place.</param>
    /// <param name="samples">Their values, written.</param>
    /// <param name="isBigEndian">Whether the highest byte comes first.</param>
    public void Read(Span<byte> bytes, Span<float> samples, bool isBigEndian)
    {
        for (int i = 0; i < samples.Length; i++)
        {
            Span<byte> sample = bytes.Slice(i * SampleLength, SampleLength);
            if (isBigEndian)
            {
                sample.Reverse();
            }

            samples[i] = Sample(sample);
        }
    }

    // ITU-T G.711: a sign, three bits of exponent and four of mantissa, as 16 bits.
    private static int FromMuLaw(byte code)
    {
        const int bias = 0x84;
        int inverted = ~code, magnitude = ((((inverted & 0xF) << 3) + bias) << ((inverted & 0x70) >> 4)) - bias;
        return (inverted & 0x80) != 0 ? -magnitude : magnitude;
    }

    private static int FromALaw(byte code)
    {
        int even = code ^ 0x55, exponent = (even & 0x70) >> 4, mantissa = ((even & 0xF) << 4) + 8;
        int magnitude = exponent == 0 ? mantissa : (mantissa + 0x100) << (exponent - 1);
        return (even & 0x80) != 0 ? magnitude : -magnitude;
    }
}
