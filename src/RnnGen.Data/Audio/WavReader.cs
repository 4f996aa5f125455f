using System.Buffers.Binary;
using System.Text;

namespace RnnGen.Data;

/// <summary>Reads a WAV file from a stream that can seek: chunk by chunk to the samples, and these in pieces.</summary>
/// <param name="stream">The file, from its first byte.</param>
/// <param name="path">Its name, for errors.</param>
/// <param name="toEnd">Whether to read samples to the end of the file, whatever the header says.</param>
internal sealed class WavReader(Stream stream, string? path, bool toEnd)
{
    private const int ChunkHeader = 8, FormLength = 12, PieceBytes = 1 << 16;

    /// <summary>A writer that cannot seek back writes at least this number as an unknown length.</summary>
    private const uint FirstOpenLength = 0x7FFF_F000;

    private static readonly HashSet<string> s_known =
        ["data", "fmt ", "fact", "LIST", "ds64", "JUNK", "junk", "PAD ", "bext", "cue ", "smpl", "inst", "PEAK", "id3 ", "ID3 ", "iXML", "cart", "plst", "acid", "axml", "chna", "levl", "afsp", "DISP"];

    private bool _isBigEndian, _has64Bits;
    private uint _formSize;
    private long? _dataSize;

    public WavAudio Read()
    {
        ReadForm();
        WavFormat? format = null;
        for (long position = FormLength; position + ChunkHeader <= stream.Length;)
        {
            (string name, uint size) = ReadChunkHeader(position);
            long start = position + ChunkHeader;
            if (name == "data")
            {
                return ReadSamples(position, size, format ?? throw Error(Invariant($"The samples at byte {position} come before the chunk 'fmt ', which describes their format.")));
            }

            if (size > stream.Length - start)
            {
                throw CutOff(name, position, size);
            }

            switch (name)
            {
                case "fmt ":
                    format = ReadFormat(size);
                    break;
                case "ds64" when _has64Bits:
                    _dataSize = ReadDataSize(position, size);
                    break;
            }

            position = Next(start + size, size);
        }

        throw Error(Invariant($"Expected a chunk '{(format is null ? "fmt " : "data")}', but the file ends without one."));
    }

    private void ReadForm()
    {
        Span<byte> form = stackalloc byte[FormLength];
        int read = stream.ReadAtLeast(form, FormLength, throwOnEndOfStream: false);
        _isBigEndian = form.StartsWith("RIFX"u8);
        _has64Bits = form.StartsWith("RF64"u8) || form.StartsWith("BW64"u8);
        if (read < FormLength || !(_isBigEndian || _has64Bits || form.StartsWith("RIFF"u8)) || !form[8..].SequenceEqual("WAVE"u8))
        {
            throw Error("Not a WAV file: it does not begin with 'RIFF' (or 'RIFX', 'RF64', 'BW64'), a length and 'WAVE'.");
        }

        _formSize = UInt32(form[4..]);
    }

    private (string Name, uint Size) ReadChunkHeader(long position)
    {
        Span<byte> header = stackalloc byte[ChunkHeader];
        stream.Position = position;
        ReadExactly(header);
        return (Encoding.Latin1.GetString(header[..4]), UInt32(header[4..]));
    }

    // Chunks begin at even places, behind a byte that fills up; some writers leave it out.
    private long Next(long end, uint size) => size % 2 == 0 || Likeness(end) > Likeness(end + 1) ? end : end + 1;

    // How much what is at this place looks like the beginning of a chunk.
    private int Likeness(long position)
    {
        if (position + ChunkHeader > stream.Length)
        {
            return 0;
        }

        (string name, uint size) = ReadChunkHeader(position);
        return s_known.Contains(name) ? 2 : name.All(static c => c is >= ' ' and <= '~') && size <= stream.Length - position - ChunkHeader ? 1 : 0;
    }

    private WavFormat ReadFormat(uint size)
    {
        const int shortest = 16, withSubFormat = 40;
        if (size < shortest)
        {
            throw Error(Invariant($"The chunk 'fmt ' needs {shortest} bytes or more, but has {size}."));
        }

        Span<byte> chunk = stackalloc byte[withSubFormat];
        chunk = chunk[..(int)Math.Min(size, withSubFormat)];
        ReadExactly(chunk);
        int tag = UInt16(chunk), channels = UInt16(chunk[2..]), frameLength = UInt16(chunk[12..]), bits = UInt16(chunk[14..]);
        uint rate = UInt32(chunk[4..]);
        if (tag == WavFormat.Extensible && chunk.Length >= 26)
        {
            // The sub-format's first number is the tag that it extends; the rest says so.
            tag = chunk.Length < withSubFormat || WavFormat.IsTagOfSubFormat(chunk[26..]) ? UInt16(chunk[24..]) : tag;
        }

        int sampleLength = channels > 0 && frameLength % channels == 0 ? frameLength / channels : (bits + 7) / 8;
        WavFormat? format = WavFormat.Find(tag, bits, sampleLength);
        if (format is null && WavFormat.Find(tag, bits, (bits + 7) / 8) is null)
        {
            throw Error(Invariant($"Expected samples of PCM (format 1) with 8, 16, 24 or 32 bits, floating point (format 3) with 32 or 64 bits, A-law (format 6) or µ-law (format 7) with 8 bits, but found format {tag} with {bits} bits. Convert the file."));
        }

        return format is not null && channels >= 1 && rate is >= 1 and <= int.MaxValue && frameLength == channels * sampleLength
            ? format with { SampleRate = (int)rate, Channels = channels }
            : throw Error(Invariant($"The format contradicts itself: {channels} channels of format {tag} with {bits} bits at {rate} Hz in frames of {frameLength} bytes."));
    }

    // The sizes of RF64 (EBU Tech 3306): of the form, of the samples, and the number of samples, 8 bytes each.
    private long ReadDataSize(long position, uint size)
    {
        Span<byte> sizes = stackalloc byte[16];
        if (size < sizes.Length)
        {
            throw Error(Invariant($"The chunk 'ds64' at byte {position} needs 28 bytes, but has {size}."));
        }

        ReadExactly(sizes);
        long data = BinaryPrimitives.ReadInt64LittleEndian(sizes[8..]);
        return data >= 0 ? data : throw Error(Invariant($"The chunk 'ds64' at byte {position} says that the samples have {(ulong)data} bytes."));
    }

    private WavAudio ReadSamples(long position, uint size, WavFormat format)
    {
        long start = position + ChunkHeader, follow = stream.Length - start, length = DataLength(position, size, follow, out bool isOpen);
        int frameLength = format.SampleLength * format.Channels;
        if (size == 0 && follow == 0 && _formSize == stream.Length - ChunkHeader)
        {
            return new WavAudio([], format.SampleRate, format.Channels);
        }

        length -= isOpen ? length % frameLength : 0; // the last frame of a recording that was broken off
        if (length == 0 || length % frameLength != 0)
        {
            string hint = length == 0 && follow >= frameLength && !isOpen ? Invariant($" The header has no length, but {follow} bytes follow: set toEnd if they are samples of a recording that was not closed.") : "";
            throw Error(Invariant($"Expected one or more whole frames of {frameLength} bytes, but the chunk 'data' at byte {position} has {length} bytes.{hint}"));
        }

        long count = length / format.SampleLength;
        if (count > Array.MaxLength)
        {
            throw Error(Invariant($"The file has {count} samples, but at most {Array.MaxLength} fit into an array. Cut it into parts."));
        }

        float[] samples = new float[count];
        byte[] piece = new byte[PieceBytes / format.SampleLength * format.SampleLength];
        stream.Position = start;
        for (int first = 0; first < samples.Length;)
        {
            Span<byte> bytes = piece.AsSpan(0, (int)Math.Min(piece.Length, (samples.Length - (long)first) * format.SampleLength));
            ReadExactly(bytes);
            Span<float> converted = samples.AsSpan(first, bytes.Length / format.SampleLength);
            format.Read(bytes, converted, _isBigEndian);
            for (int i = 0; i < converted.Length; i++)
            {
                if (!float.IsFinite(converted[i]))
                {
                    throw Error(Invariant($"Sample {first + i}, at byte {start + ((first + (long)i) * format.SampleLength)}, is not a finite number of type float."));
                }
            }

            first += converted.Length;
        }

        return new WavAudio(samples, format.SampleRate, format.Channels);
    }

    // As libsndfile: where the writer could not know the length, the samples go to the file's end.
    private long DataLength(long position, uint size, long follow, out bool isOpen)
    {
        const uint formWithoutChunks = 8; // of a file that was never closed
        bool is64 = _has64Bits && size == uint.MaxValue;
        isOpen = toEnd || (!is64 && (size == uint.MaxValue || (size >= FirstOpenLength && size > follow) || (size == 0 && _formSize == formWithoutChunks)));
        long length = isOpen ? follow : !is64 ? size : _dataSize ?? throw Error(Invariant($"RF64 needs a chunk 'ds64' with their number before the samples at byte {position}."));
        return length <= follow ? length : throw CutOff("data", position, length);
    }

    private void ReadExactly(Span<byte> bytes)
    {
        if (stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) < bytes.Length)
        {
            throw Error("The file became shorter while it was read.");
        }
    }

    private int UInt16(ReadOnlySpan<byte> bytes) => _isBigEndian ? BinaryPrimitives.ReadUInt16BigEndian(bytes) : BinaryPrimitives.ReadUInt16LittleEndian(bytes);

    private uint UInt32(ReadOnlySpan<byte> bytes) => _isBigEndian ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt32LittleEndian(bytes);

    private DataFormatException CutOff(string name, long position, long size) => Error(
        Invariant($"The chunk '{name}' at byte {position} says that it has {size} bytes, but {stream.Length - position - ChunkHeader} follow; the file is cut off.{(name == "data" ? " Set toEnd to read the existing samples." : "")}"));

    private DataFormatException Error(string message) => new(message, path);
}
