using System.Buffers.Binary;
using System.Text;
using RnnGen.Runtime;

namespace RnnGen.Data;

/// <summary>
/// Reads and writes WAV files (RIFF, "Multimedia Programming Interface and Data Specifications 1.0", IBM and Microsoft 1991)
/// with samples of 8, 16, 24 or 32 bits, or floating point of 32 or 64 bits, also under the extensible format tag. Other chunks are passed over.
/// </summary>
/// <example>
/// <code>
/// WavAudio dry = WavFile.Read("guitar.wav");
/// WavFile.Write("louder.wav", new WavAudio(Array.ConvertAll(dry.Samples, x => 2 * x), dry.SampleRate, dry.Channels));
/// </code>
/// </example>
public static class WavFile
{
    private const int Pcm = 1, IeeeFloat = 3, Extensible = 0xFFFE, ChunkHeader = 8, FormLength = 12;

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <returns>At least one frame; whole numbers are divided by their full scale: 128 (after their middle, 128, is taken off), 32,768, 2²³ or 2³¹.</returns>
    /// <exception cref="DataFormatException">The file is no WAV file, cut off, empty, of another encoding, or has a sample that is not finite.</exception>
    /// <exception cref="IOException">The file is missing or cannot be opened.</exception>
    public static WavAudio Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return Read(File.ReadAllBytes(path), path);
    }

    /// <summary>Reads a file's bytes; see <see cref="Read(string)"/>.</summary>
    /// <param name="bytes">The whole file.</param>
    /// <exception cref="DataFormatException">The bytes cannot be read as asked.</exception>
    public static WavAudio Read(ReadOnlySpan<byte> bytes) => Read(bytes, null);

    /// <summary>Writes a file; one that exists is replaced only by a whole one.</summary>
    /// <param name="path">The file.</param>
    /// <param name="audio">The sound.</param>
    /// <param name="encoding">How samples are stored.</param>
    /// <exception cref="ArgumentException">A sample is not finite, or the sound is longer than such a file can be (2 GiB); nothing was written.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(string path, WavAudio audio, WavEncoding encoding = WavEncoding.SixteenBit)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        AtomicFile.Write(path, ToBytes(audio, encoding));
    }

    /// <summary>The bytes of a file; see <see cref="Write"/>.</summary>
    /// <param name="audio">The sound.</param>
    /// <param name="encoding">How samples are stored.</param>
    /// <exception cref="ArgumentException">A sample is not finite, or the sound is longer than such a file can be (2 GiB).</exception>
    public static byte[] ToBytes(WavAudio audio, WavEncoding encoding = WavEncoding.SixteenBit)
    {
        ArgumentNullException.ThrowIfNull(audio);
        int sampleLength = encoding switch
        {
            WavEncoding.EightBit => 1,
            WavEncoding.SixteenBit => 2,
            WavEncoding.TwentyFourBit => 3,
            WavEncoding.ThirtyTwoBit or WavEncoding.FloatingPoint => 4,
            _ => throw new ArgumentOutOfRangeException(nameof(encoding), encoding, "There is no such encoding."),
        };
        int frameLength = audio.Channels * sampleLength;
        const int formatLength = 16, dataStart = FormLength + ChunkHeader + formatLength + ChunkHeader;
        long length = dataStart + ((long)audio.Samples.Length * sampleLength), bytesPerSecond = (long)audio.SampleRate * frameLength;
        if (length > Array.MaxLength || frameLength > ushort.MaxValue || bytesPerSecond > uint.MaxValue)
        {
            throw new ArgumentException(
                $"A WAV file cannot hold {audio.Samples.Length} samples of {audio.Channels} channels at {audio.SampleRate} Hz; write it in parts.", nameof(audio));
        }

        if (Array.FindIndex(audio.Samples, x => !float.IsFinite(x)) is int at and >= 0)
        {
            throw new ArgumentException($"Sample {at} is not a finite number.", nameof(audio));
        }

        var bytes = new byte[length];
        Span<byte> rest = bytes;
        Name(ref rest, "RIFF");
        UInt32(ref rest, (uint)(length - ChunkHeader));
        Name(ref rest, "WAVE");
        Name(ref rest, "fmt ");
        UInt32(ref rest, formatLength);
        UInt16(ref rest, encoding == WavEncoding.FloatingPoint ? IeeeFloat : Pcm);
        UInt16(ref rest, audio.Channels);
        UInt32(ref rest, (uint)audio.SampleRate);
        UInt32(ref rest, (uint)bytesPerSecond);
        UInt16(ref rest, frameLength);
        UInt16(ref rest, sampleLength * 8);
        Name(ref rest, "data");
        UInt32(ref rest, (uint)(length - dataStart));
        for (int i = 0; i < audio.Samples.Length; i++)
        {
            WriteSample(rest[(sampleLength * i)..], audio.Samples[i], encoding);
        }

        return bytes;
    }

    private static WavAudio Read(ReadOnlySpan<byte> bytes, string? path)
    {
        if (bytes.Length < FormLength || !bytes[..4].SequenceEqual("RIFF"u8) || !bytes[8..12].SequenceEqual("WAVE"u8))
        {
            throw new DataFormatException("Expected a WAV file, which begins with 'RIFF', its length and 'WAVE'; this one does not.", path);
        }

        Format? format = null;
        for (int position = FormLength; position + ChunkHeader <= bytes.Length;)
        {
            uint length = BinaryPrimitives.ReadUInt32LittleEndian(bytes[(position + 4)..]);
            ReadOnlySpan<byte> name = bytes.Slice(position, 4);
            int start = position + ChunkHeader;
            if (length > bytes.Length - start)
            {
                throw new DataFormatException(
                    $"The chunk '{Encoding.Latin1.GetString(name)}' at byte {position} says that it has {length} bytes, but {bytes.Length - start} follow; the file is cut off.", path);
            }

            ReadOnlySpan<byte> chunk = bytes.Slice(start, (int)length);
            if (name.SequenceEqual("fmt "u8))
            {
                format = ReadFormat(chunk, path);
            }
            else if (name.SequenceEqual("data"u8))
            {
                return ReadSamples(chunk, format ?? throw new DataFormatException($"The samples at byte {position} stand before the chunk 'fmt ' that says how they are stored.", path), start, path);
            }

            position = (int)Math.Min(int.MaxValue - ChunkHeader, start + (long)length + (length & 1)); // chunks begin at even places
        }

        throw new DataFormatException($"Expected a chunk '{(format is null ? "fmt " : "data")}'; the file ends without one.", path);
    }

    private static Format ReadFormat(ReadOnlySpan<byte> chunk, string? path)
    {
        if (chunk.Length < 16)
        {
            throw new DataFormatException($"The chunk 'fmt ' needs 16 bytes or more; found {chunk.Length}.", path);
        }

        int tag = BinaryPrimitives.ReadUInt16LittleEndian(chunk), channels = BinaryPrimitives.ReadUInt16LittleEndian(chunk[2..]);
        uint rate = BinaryPrimitives.ReadUInt32LittleEndian(chunk[4..]);
        int frameLength = BinaryPrimitives.ReadUInt16LittleEndian(chunk[12..]), bits = BinaryPrimitives.ReadUInt16LittleEndian(chunk[14..]);
        if (tag == Extensible && chunk.Length >= 26)
        {
            tag = BinaryPrimitives.ReadUInt16LittleEndian(chunk[24..]); // the sub-format's first number is the tag that it extends
        }

        if ((tag, bits) is not ((Pcm, 8 or 16 or 24 or 32) or (IeeeFloat, 32 or 64)))
        {
            throw new DataFormatException($"Expected samples of PCM (format 1) with 8, 16, 24 or 32 bits, or floating point (format 3) with 32 or 64 bits; found format {tag} with {bits} bits. Convert the file.", path);
        }

        return channels >= 1 && rate is >= 1 and <= int.MaxValue && frameLength == channels * bits / 8
            ? new Format(tag == IeeeFloat, bits / 8, (int)rate, channels)
            : throw new DataFormatException($"The format contradicts itself: {channels} channels of {bits} bits at {rate} Hz in frames of {frameLength} bytes.", path);
    }

    private static WavAudio ReadSamples(ReadOnlySpan<byte> chunk, Format format, int start, string? path)
    {
        int sampleLength = format.SampleLength;
        if (chunk.IsEmpty || chunk.Length % (sampleLength * format.Channels) != 0)
        {
            throw new DataFormatException(
                $"Expected one or more whole frames of {sampleLength * format.Channels} bytes; the chunk 'data' has {chunk.Length} bytes.", path);
        }

        var samples = new float[chunk.Length / sampleLength];
        for (int i = 0; i < samples.Length; i++)
        {
            samples[i] = ReadSample(chunk[(sampleLength * i)..], format);
            if (!float.IsFinite(samples[i]))
            {
                throw new DataFormatException($"Sample {i}, at byte {start + (sampleLength * (long)i)}, is not a finite number of type float.", path);
            }
        }

        return new WavAudio(samples, format.SampleRate, format.Channels);
    }

    // Eight bits are the one width without a sign: their middle is 128.
    private static float ReadSample(ReadOnlySpan<byte> from, Format format) => (format.IsFloat, format.SampleLength) switch
    {
        (true, 8) => (float)BinaryPrimitives.ReadDoubleLittleEndian(from),
        (true, _) => BinaryPrimitives.ReadSingleLittleEndian(from),
        (_, 1) => (from[0] - 128) / 128f,
        (_, 2) => BinaryPrimitives.ReadInt16LittleEndian(from) / 32768f,
        (_, 3) => (((sbyte)from[2] << 16) | (from[1] << 8) | from[0]) / 8388608f,
        _ => BinaryPrimitives.ReadInt32LittleEndian(from) / 2147483648f,
    };

    private static void WriteSample(Span<byte> to, float sample, WavEncoding encoding)
    {
        switch (encoding)
        {
            case WavEncoding.EightBit:
                to[0] = (byte)Math.Clamp(MathF.Round(sample * 128) + 128, byte.MinValue, byte.MaxValue);
                break;
            case WavEncoding.SixteenBit:
                BinaryPrimitives.WriteInt16LittleEndian(to, (short)Math.Clamp(MathF.Round(sample * 32768), short.MinValue, short.MaxValue));
                break;
            case WavEncoding.TwentyFourBit:
                int value = (int)Math.Clamp(MathF.Round(sample * 8388608), -8388608, 8388607);
                (to[0], to[1], to[2]) = ((byte)value, (byte)(value >> 8), (byte)(value >> 16));
                break;
            case WavEncoding.ThirtyTwoBit:
                BinaryPrimitives.WriteInt32LittleEndian(to, (int)Math.Clamp(Math.Round(sample * 2147483648.0), int.MinValue, int.MaxValue));
                break;
            default:
                BinaryPrimitives.WriteSingleLittleEndian(to, sample);
                break;
        }
    }

    private static void Name(ref Span<byte> rest, string name)
    {
        Encoding.ASCII.GetBytes(name, rest);
        rest = rest[4..];
    }

    private static void UInt32(ref Span<byte> rest, uint value)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(rest, value);
        rest = rest[4..];
    }

    private static void UInt16(ref Span<byte> rest, int value)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(rest, (ushort)value);
        rest = rest[2..];
    }

    private readonly record struct Format(bool IsFloat, int SampleLength, int SampleRate, int Channels);
}
