using System.Buffers.Binary;
using System.Text;

namespace RnnGen.Data;

/// <summary>
/// Reads and writes WAV files (RIFF, "Multimedia Programming Interface and Data Specifications 1.0", IBM and Microsoft 1991)
/// with samples of 16 bits or 32-bit floating point, also under the extensible format tag. Other chunks are passed over.
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
    /// <returns>At least one frame; 16-bit samples are divided by 32,768.</returns>
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
        byte[] bytes = ToBytes(audio, encoding);
        string whole = $"{path}.{Guid.NewGuid():N}.tmp";
        try
        {
            File.WriteAllBytes(whole, bytes);
            File.Move(whole, path, overwrite: true);
        }
        finally
        {
            File.Delete(whole);
        }
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
            WavEncoding.SixteenBit => 2,
            WavEncoding.FloatingPoint => 4,
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
        UInt16(ref rest, encoding == WavEncoding.SixteenBit ? Pcm : IeeeFloat);
        UInt16(ref rest, audio.Channels);
        UInt32(ref rest, (uint)audio.SampleRate);
        UInt32(ref rest, (uint)bytesPerSecond);
        UInt16(ref rest, frameLength);
        UInt16(ref rest, sampleLength * 8);
        Name(ref rest, "data");
        UInt32(ref rest, (uint)(length - dataStart));
        for (int i = 0; i < audio.Samples.Length; i++)
        {
            float sample = audio.Samples[i];
            if (encoding == WavEncoding.SixteenBit)
            {
                BinaryPrimitives.WriteInt16LittleEndian(rest[(2 * i)..], (short)Math.Clamp(MathF.Round(sample * 32768), short.MinValue, short.MaxValue));
            }
            else
            {
                BinaryPrimitives.WriteSingleLittleEndian(rest[(4 * i)..], sample);
            }
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

        if ((tag, bits) is not ((Pcm, 16) or (IeeeFloat, 32)))
        {
            throw new DataFormatException($"Expected samples of 16-bit PCM (format 1) or 32-bit floating point (format 3); found format {tag} with {bits} bits. Convert the file.", path);
        }

        return channels >= 1 && rate is >= 1 and <= int.MaxValue && frameLength == channels * bits / 8
            ? new Format(tag == IeeeFloat, (int)rate, channels)
            : throw new DataFormatException($"The format contradicts itself: {channels} channels of {bits} bits at {rate} Hz in frames of {frameLength} bytes.", path);
    }

    private static WavAudio ReadSamples(ReadOnlySpan<byte> chunk, Format format, int start, string? path)
    {
        int sampleLength = format.IsFloat ? 4 : 2;
        if (chunk.IsEmpty || chunk.Length % (sampleLength * format.Channels) != 0)
        {
            throw new DataFormatException(
                $"Expected one or more whole frames of {sampleLength * format.Channels} bytes; the chunk 'data' has {chunk.Length} bytes.", path);
        }

        var samples = new float[chunk.Length / sampleLength];
        for (int i = 0; i < samples.Length; i++)
        {
            samples[i] = format.IsFloat
                ? BinaryPrimitives.ReadSingleLittleEndian(chunk[(4 * i)..])
                : BinaryPrimitives.ReadInt16LittleEndian(chunk[(2 * i)..]) / 32768f;
            if (!float.IsFinite(samples[i]))
            {
                throw new DataFormatException($"Sample {i}, at byte {start + (4 * i)}, is not a finite number.", path);
            }
        }

        return new WavAudio(samples, format.SampleRate, format.Channels);
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

    private readonly record struct Format(bool IsFloat, int SampleRate, int Channels);
}
