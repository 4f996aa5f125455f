using System.Buffers.Binary;
using System.ComponentModel;
using System.Globalization;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace RnnGen.Runtime;

/// <summary>
/// Saves and loads parameters as safetensors files with PyTorch's names. Generated models call this; call their
/// <c>Save</c> and <c>Load</c>. Loading checks everything before it changes a parameter.
/// </summary>
/// <remarks>
/// Numbers are written and read in pieces of a mebibyte, so a model may have any size. Besides the header, saving needs the memory of one piece. Loading needs the memory of the parameters once
/// more, and at most three times that of the header, which has at most 100 MB.
/// </remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class ModelFile
{
    /// <summary>The metadata that holds <see cref="ModelLayout.Declaration"/>.</summary>
    internal const string DeclarationKey = ModelMetadata.KeyPrefix + "declaration";

    /// <summary>The metadata that holds <see cref="ModelLayout.Specification"/>.</summary>
    internal const string SpecificationKey = ModelMetadata.KeyPrefix + "specification";

    private const string ModelKey = "rnngen.model";
    private const string VersionKey = "rnngen.version";

    /// <summary>Saves to a file, atomically.</summary>
    /// <typeparam name="T">The number type: <see cref="float"/> or <see cref="double"/>.</typeparam>
    /// <param name="layout">The model's layout.</param>
    /// <param name="parameters">The parameters.</param>
    /// <param name="path">The file; an existing one is replaced.</param>
    /// <param name="metadata">The model's metadata, saved in the header.</param>
    /// <exception cref="NonFiniteException">A parameter is not finite; no file was written.</exception>
    /// <exception cref="IOException">The file cannot be written; an existing one is unchanged.</exception>
    public static void Save<T>(ModelLayout layout, ReadOnlySpan<T> parameters, string path, ModelMetadata? metadata = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        byte[] header = Header(layout, parameters, metadata);
        AtomicFile.Write(path, parameters, (stream, parameters) => Write(layout, header, parameters, stream));
    }

    /// <summary>Saves to a stream, from its position on; the stream stays open.</summary>
    /// <typeparam name="T">The number type: <see cref="float"/> or <see cref="double"/>.</typeparam>
    /// <param name="layout">The model's layout.</param>
    /// <param name="parameters">The parameters.</param>
    /// <param name="stream">Where to write.</param>
    /// <param name="metadata">The model's metadata, saved in the header.</param>
    /// <exception cref="NonFiniteException">A parameter is not finite; nothing was written.</exception>
    public static void Save<T>(ModelLayout layout, ReadOnlySpan<T> parameters, Stream stream, ModelMetadata? metadata = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(stream);
        Write(layout, Header(layout, parameters, metadata), parameters, stream);
    }

    /// <summary>Loads from a file.</summary>
    /// <typeparam name="T">The number type; a file of another floating-point type is converted.</typeparam>
    /// <param name="layout">The model's layout.</param>
    /// <param name="parameters">Receives the parameters after all checks.</param>
    /// <param name="path">The file.</param>
    /// <param name="options">Which tensors of the file are the model's, where names and shapes alone do not decide.</param>
    /// <param name="metadata">Receives the file's metadata after all checks.</param>
    /// <exception cref="ModelFileException">The file does not hold this model; the parameters are unchanged.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="IOException">It cannot be opened, or the path is that of a folder.</exception>
    public static void Load<T>(ModelLayout layout, Span<T> parameters, string path, LoadOptions? options = null, ModelMetadata? metadata = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using FileStream stream = PlainFile.OpenToRead(path);
        try
        {
            Load(layout, parameters, stream, wholeStream: true, options, metadata);
        }
        catch (ModelFileException e)
        {
            throw new ModelFileException(Invariant($"{path}: {e.Message}"), e);
        }
    }

    /// <summary>Loads from a stream, from its position on; the stream is left after the last byte of the model, and open.</summary>
    /// <typeparam name="T">The number type; a file of another floating-point type is converted.</typeparam>
    /// <param name="layout">The model's layout.</param>
    /// <param name="parameters">Receives the parameters after all checks.</param>
    /// <param name="stream">Where to read.</param>
    /// <param name="options">Which tensors of the file are the model's, where names and shapes alone do not decide.</param>
    /// <param name="metadata">Receives the file's metadata after all checks.</param>
    /// <exception cref="ModelFileException">The stream does not hold this model; the parameters are unchanged.</exception>
    public static void Load<T>(ModelLayout layout, Span<T> parameters, Stream stream, LoadOptions? options = null, ModelMetadata? metadata = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(stream);
        Load(layout, parameters, stream, wholeStream: false, options, metadata);
    }

    /// <summary>Loads from the bytes of a file.</summary>
    /// <typeparam name="T">The number type; a file of another floating-point type is converted.</typeparam>
    /// <param name="layout">The model's layout.</param>
    /// <param name="parameters">Receives the parameters after all checks.</param>
    /// <param name="file">All bytes of a file.</param>
    /// <param name="options">Which tensors of the file are the model's, where names and shapes alone do not decide.</param>
    /// <param name="metadata">Receives the file's metadata after all checks.</param>
    /// <exception cref="ModelFileException">The bytes do not hold this model; the parameters are unchanged.</exception>
    public static void Load<T>(ModelLayout layout, Span<T> parameters, ReadOnlySpan<byte> file, LoadOptions? options = null, ModelMetadata? metadata = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        CheckParameters(layout, parameters.Length);
        int prefix = Math.Min(file.Length, SafetensorsHeader.PrefixBytes);
        int headerBytes = SafetensorsHeader.Length(file[..prefix], file.Length - prefix);
        var header = SafetensorsHeader.Parse(file.Slice(prefix, headerBytes), layout.Parameters.Count);
        ReadOnlySpan<byte> data = file[(prefix + headerBytes)..];
        CheckDataBytes(header, data.Length, isWhole: true);
        Decode(layout, parameters, TensorMatch.Resolve(layout, header, options), header.DataBytes, new ByteSource(data));
        metadata?.Replace(header.Metadata);
    }

    /// <summary>A shape as PyTorch prints it: <c>[256, 64]</c>.</summary>
    internal static string ShapeText<TLength>(IEnumerable<TLength> shape) => Invariant($"[{string.Join(", ", shape)}]");

    private static void Load<T>(ModelLayout layout, Span<T> parameters, Stream stream, bool wholeStream, LoadOptions? options, ModelMetadata? metadata)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        CheckParameters(layout, parameters.Length);
        Span<byte> prefix = stackalloc byte[SafetensorsHeader.PrefixBytes];
        int read = stream.ReadAtLeast(prefix, prefix.Length, throwOnEndOfStream: false);
        long? available = stream.CanSeek ? stream.Length - stream.Position : null;
        int headerBytes = SafetensorsHeader.Length(prefix[..read], available);
        var header = SafetensorsHeader.Parse(ReadHeader(stream, headerBytes, isThere: available is not null), layout.Parameters.Count);
        if (available is not null)
        {
            CheckDataBytes(header, available.Value - headerBytes, wholeStream);
        }

        // From here on the sizes are those of the model, so a hostile file cannot ask for more memory than it needs.
        Decode(layout, parameters, TensorMatch.Resolve(layout, header, options), header.DataBytes, new ByteSource(stream));
        metadata?.Replace(header.Metadata);
    }

    private static void CheckParameters(ModelLayout layout, int found)
    {
        ArgumentNullException.ThrowIfNull(layout);
        if (found != layout.ParameterCount)
        {
            throw new ArgumentException(Invariant($"{layout.ModelName} has {layout.ParameterCount} parameters, but the buffer has {found}."), nameof(found));
        }
    }

    private static void CheckDataBytes(SafetensorsHeader header, long found, bool isWhole)
    {
        if (found < header.DataBytes || (isWhole && found != header.DataBytes))
        {
            throw new ModelFileException(
                Invariant($"The file is {(found < header.DataBytes ? "truncated" : "longer than its header says")}: its tensors take {header.DataBytes} bytes, but {found} follow the header."));
        }
    }

    /// <summary>Reads at once what is known to exist, and otherwise in pieces, so that a stream that claims much and holds little costs little.</summary>
    private static byte[] ReadHeader(Stream stream, int count, bool isThere)
    {
        byte[] bytes = new byte[isThere ? count : Math.Min(count, ByteSource.PieceBytes)];
        int read = 0;
        while (true)
        {
            read += stream.ReadAtLeast(bytes.AsSpan(read), bytes.Length - read, throwOnEndOfStream: false);
            if (read < bytes.Length)
            {
                throw new ModelFileException(Invariant($"The file is truncated: its header should have {count} bytes, but has {read}."));
            }

            if (read == count)
            {
                return bytes;
            }

            Array.Resize(ref bytes, (int)Math.Min(count, bytes.Length * 2L));
        }
    }

    // In the order of the file, so that a stream is read once; the model has nothing before everything was read.
    private static void Decode<T>(ModelLayout layout, Span<T> parameters, TensorEntry[] tensors, long dataBytes, ByteSource data)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        T[] values = new T[parameters.Length];
        int[] order = [.. Enumerable.Range(0, tensors.Length)];
        Array.Sort(order, (a, b) => tensors[a].Start != tensors[b].Start ? tensors[a].Start.CompareTo(tensors[b].Start) : tensors[a].Bytes.CompareTo(tensors[b].Bytes));
        foreach (int i in order)
        {
            ParameterInfo parameter = layout.Parameters[i];
            Skip(ref data, tensors[i].Start - data.Position);
            Decode(tensors[i], values.AsSpan(parameter.Offset, parameter.Length), dataBytes, ref data);
        }

        Skip(ref data, dataBytes - data.Position);
        values.CopyTo(parameters);

        void Skip(ref ByteSource data, long bytes)
        {
            if (!data.Skip(bytes))
            {
                throw Truncated(dataBytes, data.Position);
            }
        }
    }

    private static void Decode<T>(TensorEntry tensor, Span<T> values, long dataBytes, ref ByteSource data)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        TensorType type = tensor.Type ?? throw new InvalidOperationException(Invariant($"'{tensor.Name}' was matched, and is {tensor.OtherType}."));
        int size = SafetensorsHeader.Size(type), perPiece = ByteSource.PieceBytes / size;
        for (int first = 0, count; first < values.Length; first += count)
        {
            count = Math.Min(perPiece, values.Length - first);
            ReadOnlySpan<byte> source = data.Take(count * size);
            if (source.Length < count * size)
            {
                throw Truncated(dataBytes, data.Position);
            }

            Span<T> destination = values.Slice(first, count);
            for (int k = 0; k < destination.Length; k++)
            {
                destination[k] = type switch
                {
                    TensorType.F64 => T.CreateTruncating(BinaryPrimitives.ReadDoubleLittleEndian(source[(k * 8)..])),
                    TensorType.F32 => T.CreateTruncating(BinaryPrimitives.ReadSingleLittleEndian(source[(k * 4)..])),
                    TensorType.F16 => T.CreateTruncating(BinaryPrimitives.ReadHalfLittleEndian(source[(k * 2)..])),
                    TensorType.BF16 => T.CreateTruncating(BitConverter.Int32BitsToSingle(BinaryPrimitives.ReadUInt16LittleEndian(source[(k * 2)..]) << 16)),
                    _ => throw new InvalidOperationException(Invariant($"There is no type {type}.")),
                };
                if (!T.IsFinite(destination[k]))
                {
                    throw new ModelFileException(
                        Invariant($"Tensor '{TensorLimits.Cut(tensor.Name)}' holds a value at index {first + k} that is not a finite {typeof(T).Name}: the model had diverged before it was saved, or the file is damaged."));
                }
            }
        }
    }

    private static ModelFileException Truncated(long dataBytes, long found) => new(Invariant($"The file is truncated: its data should have {dataBytes} bytes, but has {found}."));

    // What can fail fails here, before anything is written.
    private static byte[] Header<T>(ModelLayout layout, ReadOnlySpan<T> parameters, ModelMetadata? metadata)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        CheckParameters(layout, parameters.Length);
        if (typeof(T) != typeof(double) && typeof(T) != typeof(float))
        {
            throw new NotSupportedException(Invariant($"Only models of float or double can be saved, not of {typeof(T).Name}."));
        }

        foreach (ParameterInfo parameter in layout.Parameters)
        {
            for (int k = 0; k < parameter.Length; k++)
            {
                T value = parameters[parameter.Offset + k];
                if (!T.IsFinite(value))
                {
                    throw new NonFiniteException(Invariant($"{layout.ModelName} was not saved: its parameter {parameter.Name}[{k}] is {value.ToString(null, CultureInfo.InvariantCulture)}."));
                }
            }
        }

        return FormatHeader(layout, typeof(T) == typeof(double) ? "F64" : "F32", Unsafe.SizeOf<T>(), metadata);
    }

    private static void Write<T>(ModelLayout layout, byte[] header, ReadOnlySpan<T> parameters, Stream stream)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Span<byte> prefix = stackalloc byte[SafetensorsHeader.PrefixBytes];
        BinaryPrimitives.WriteInt64LittleEndian(prefix, header.Length);
        stream.Write(prefix);
        stream.Write(header);
        foreach (ParameterInfo parameter in layout.Parameters)
        {
            for (ReadOnlySpan<T> values = parameters.Slice(parameter.Offset, parameter.Length); !values.IsEmpty;)
            {
                ReadOnlySpan<T> piece = values[..Math.Min(values.Length, ByteSource.PieceBytes / Unsafe.SizeOf<T>())];
                stream.Write(LittleEndian(piece));
                values = values[piece.Length..];
            }
        }
    }

    private static ReadOnlySpan<byte> LittleEndian<T>(ReadOnlySpan<T> values) where T : unmanaged
    {
        ReadOnlySpan<byte> bytes = MemoryMarshal.AsBytes(values);
        if (BitConverter.IsLittleEndian)
        {
            return bytes;
        }

        byte[] reversed = bytes.ToArray();
        for (int i = 0; i < reversed.Length; i += Unsafe.SizeOf<T>())
        {
            reversed.AsSpan(i, Unsafe.SizeOf<T>()).Reverse();
        }

        return reversed;
    }

    private static byte[] FormatHeader(ModelLayout layout, string type, int size, ModelMetadata? metadata)
    {
        using MemoryStream stream = new();
        // The text stands in a file, not in HTML: "->" need not be escaped.
        using (Utf8JsonWriter writer = new(stream, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            writer.WriteStartObject();
            writer.WriteStartObject("__metadata__");
            writer.WriteString(ModelMetadata.FormatKey, "pt");
            writer.WriteString(ModelKey, layout.ModelName);
            writer.WriteString(DeclarationKey, layout.Declaration);
            if (layout.Specification.Length > 0)
            {
                writer.WriteString(SpecificationKey, layout.Specification);
            }

            writer.WriteString(VersionKey, "1");
            foreach ((string key, string value) in metadata ?? [])
            {
                writer.WriteString(key, value);
            }

            writer.WriteEndObject();
            long offset = 0;
            foreach (ParameterInfo parameter in layout.Parameters)
            {
                writer.WriteStartObject(parameter.Name);
                writer.WriteString("dtype", type);
                writer.WriteStartArray("shape");
                foreach (int length in parameter.Shape)
                {
                    writer.WriteNumberValue(length);
                }

                writer.WriteEndArray();
                writer.WriteStartArray("data_offsets");
                writer.WriteNumberValue(offset);
                offset += (long)parameter.Length * size;
                writer.WriteNumberValue(offset);
                writer.WriteEndArray();
                writer.WriteEndObject();
            }

            writer.WriteEndObject();
        }

        // Spaces up to a multiple of 8, so that the numbers are aligned in the file.
        while (stream.Length % 8 != 0)
        {
            stream.WriteByte((byte)' ');
        }

        return stream.Length <= SafetensorsHeader.MaximumBytes ? stream.ToArray() : throw new ArgumentException(
            Invariant($"{layout.ModelName} was not saved: with its metadata the header has {stream.Length} bytes, but the format allows {SafetensorsHeader.MaximumBytes}. Use less metadata."), nameof(metadata));
    }
}
