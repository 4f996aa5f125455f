using System.Buffers.Binary;
using System.Text;
using RnnGen.Runtime;

namespace RnnGen.Data;

/// <summary>
/// Reads and writes WAV files (RIFF, "Multimedia Programming Interface and Data Specifications 1.0", IBM and Microsoft 1991). It reads integers of 8, 16, 24 or 32 bits, floating
/// point of 32 or 64 bits, A-law and µ-law, also under the extensible format tag and in the forms RF64 (EBU Tech 3306) and RIFX. Other chunks are skipped.
/// </summary>
/// <remarks>
/// If the writer did not know the length (FFFFFFFF, or a length from 7FFFF000 hex on that is longer than the file), the samples extend to the end of the file, as
/// in libsndfile. Reading takes 4 bytes for each sample, and 64 KiB.
/// </remarks>
/// <example>
/// <code>
/// WavAudio dry = WavFile.Read("guitar.wav");
/// WavFile.Write("louder.wav", new WavAudio(Array.ConvertAll(dry.Samples, x => 2 * x), dry.SampleRate, dry.Channels));
/// </code>
/// </example>
public static class WavFile
{
    private const int ChunkHeader = 8, FormLength = 12;

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="toEnd">Whether the samples extend to the end of the file, whatever length the header has: for a recording that was not closed or was cut off.</param>
    /// <returns>
    /// At least one frame, or none if the header says so and the file ends there. Integers are divided by their full scale: 128 (after 128 is subtracted), 32,768, 2²³ or 2³¹; A-law and µ-law by 32,768.
    /// 32-bit integers and 64-bit floating point become the nearest <see cref="float"/>.
    /// </returns>
    /// <exception cref="DataFormatException">The file is not a WAV file, is cut off, has an unsupported encoding, or has a sample that is not finite.</exception>
    /// <exception cref="IOException">The file is missing or cannot be opened.</exception>
    public static WavAudio Read(string path, bool toEnd = false)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using FileStream stream = PlainFile.OpenToRead(path);
        return new WavReader(stream, path, toEnd).Read();
    }

    /// <summary>Reads a file's bytes; see <see cref="Read(string, bool)"/>.</summary>
    /// <param name="bytes">The whole file.</param>
    /// <param name="toEnd">Whether the samples extend to the end, whatever length the header has.</param>
    /// <exception cref="DataFormatException">The bytes are not a WAV file that can be read.</exception>
    public static unsafe WavAudio Read(ReadOnlySpan<byte> bytes, bool toEnd = false)
    {
        fixed (byte* start = bytes)
        {
            using Stream stream = bytes.IsEmpty ? Stream.Null : new UnmanagedMemoryStream(start, bytes.Length);
            return new WavReader(stream, null, toEnd).Read();
        }
    }

    /// <summary>Writes a file. An existing file is replaced only by a complete one.</summary>
    /// <param name="path">The file.</param>
    /// <param name="audio">The sound.</param>
    /// <param name="encoding">How samples are stored.</param>
    /// <exception cref="ArgumentException">A sample is not finite, or the sound does not fit into a WAV file (2 GiB); nothing was written.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(string path, WavAudio audio, WavEncoding encoding = WavEncoding.SixteenBit)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        AtomicFile.Write(path, ToBytes(audio, encoding));
    }

    /// <summary>The bytes of a file; see <see cref="Write"/>.</summary>
    /// <param name="audio">The sound.</param>
    /// <param name="encoding">How samples are stored.</param>
    /// <exception cref="ArgumentException">A sample is not finite, or the sound does not fit into a WAV file (2 GiB).</exception>
    public static byte[] ToBytes(WavAudio audio, WavEncoding encoding = WavEncoding.SixteenBit)
    {
        ArgumentNullException.ThrowIfNull(audio);
        int sampleLength = encoding switch
        {
            WavEncoding.EightBit => 1,
            WavEncoding.SixteenBit => 2,
            WavEncoding.TwentyFourBit => 3,
            WavEncoding.ThirtyTwoBit or WavEncoding.FloatingPoint => 4,
            _ => throw new ArgumentOutOfRangeException(nameof(encoding), encoding, "Not an encoding."),
        };
        int frameLength = audio.Channels * sampleLength;
        const int formatLength = 16, dataStart = FormLength + ChunkHeader + formatLength + ChunkHeader;
        long dataLength = (long)audio.Samples.Length * sampleLength, length = dataStart + dataLength + (dataLength % 2), bytesPerSecond = (long)audio.SampleRate * frameLength;
        if (length > Array.MaxLength || frameLength > ushort.MaxValue || bytesPerSecond > uint.MaxValue)
        {
            throw new ArgumentException(
                Invariant($"A WAV file cannot hold {audio.Samples.Length} samples of {audio.Channels} channels at {audio.SampleRate} Hz; write it in parts."), nameof(audio));
        }

        if (Array.FindIndex(audio.Samples, x => !float.IsFinite(x)) is int at and >= 0)
        {
            throw new ArgumentException(Invariant($"Sample {at} is not a finite number."), nameof(audio));
        }

        var bytes = new byte[length];
        Span<byte> rest = bytes;
        Name(ref rest, "RIFF");
        UInt32(ref rest, (uint)(length - ChunkHeader));
        Name(ref rest, "WAVE");
        Name(ref rest, "fmt ");
        UInt32(ref rest, formatLength);
        UInt16(ref rest, encoding == WavEncoding.FloatingPoint ? WavFormat.IeeeFloat : WavFormat.Pcm);
        UInt16(ref rest, audio.Channels);
        UInt32(ref rest, (uint)audio.SampleRate);
        UInt32(ref rest, (uint)bytesPerSecond);
        UInt16(ref rest, frameLength);
        UInt16(ref rest, sampleLength * 8);
        Name(ref rest, "data");
        UInt32(ref rest, (uint)dataLength); // a chunk of odd length has a byte more, which does not count
        for (int i = 0; i < audio.Samples.Length; i++)
        {
            WriteSample(rest[(sampleLength * i)..], audio.Samples[i], encoding);
        }

        return bytes;
    }

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
            case WavEncoding.FloatingPoint:
                BinaryPrimitives.WriteSingleLittleEndian(to, sample);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(encoding), encoding, "Not an encoding.");
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
}
