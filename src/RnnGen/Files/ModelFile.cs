using System.Buffers.Binary;
using System.ComponentModel;
using System.Numerics;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace RnnGen.Runtime;

/// <summary>
/// Saves and loads parameters as safetensors files with PyTorch's names. Generated models call this; call their
/// <c>Save</c> and <c>Load</c>. Loading checks everything before it changes a parameter.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class ModelFile
{
    /// <summary>The metadata that holds <see cref="ModelLayout.Declaration"/>.</summary>
    internal const string DeclarationKey = KeyPrefix + "declaration";

    /// <summary>The metadata that says who reads the file; not the model's own.</summary>
    internal const string FormatKey = "format";

    /// <summary>What the file's own metadata begin with.</summary>
    internal const string KeyPrefix = "rnngen.";

    private const string ModelKey = "rnngen.model";
    private const string VersionKey = "rnngen.version";

    /// <summary>Saves to a file; it appears whole or not at all.</summary>
    /// <typeparam name="T">The number type: <see cref="float"/> or <see cref="double"/>.</typeparam>
    /// <param name="layout">The model's layout.</param>
    /// <param name="parameters">The parameters.</param>
    /// <param name="path">The file; one that exists is replaced.</param>
    /// <param name="metadata">What the model carries; it is saved in the header.</param>
    /// <exception cref="NonFiniteException">A parameter is not finite; no file was written.</exception>
    /// <exception cref="IOException">The file cannot be written; one that existed is unchanged.</exception>
    public static void Save<T>(ModelLayout layout, ReadOnlySpan<T> parameters, string path, ModelMetadata? metadata = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        byte[] file = Format(layout, parameters, metadata);
        AtomicFile.Write(path, file);
    }

    /// <summary>Saves to a stream, from its position on; the stream stays open.</summary>
    /// <typeparam name="T">The number type: <see cref="float"/> or <see cref="double"/>.</typeparam>
    /// <param name="layout">The model's layout.</param>
    /// <param name="parameters">The parameters.</param>
    /// <param name="stream">Where to write.</param>
    /// <param name="metadata">What the model carries; it is saved in the header.</param>
    /// <exception cref="NonFiniteException">A parameter is not finite; nothing was written.</exception>
    public static void Save<T>(ModelLayout layout, ReadOnlySpan<T> parameters, Stream stream, ModelMetadata? metadata = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(stream);
        stream.Write(Format(layout, parameters, metadata));
    }

    /// <summary>Loads from a file.</summary>
    /// <typeparam name="T">The number type; a file of another floating-point type is converted.</typeparam>
    /// <param name="layout">The model's layout.</param>
    /// <param name="parameters">Receives the parameters, once everything is checked.</param>
    /// <param name="path">The file.</param>
    /// <param name="names">From names of this model's parameters to the file's, where they cannot be told apart otherwise.</param>
    /// <param name="metadata">Receives what the file carries, once everything is checked.</param>
    /// <exception cref="ModelFileException">The file does not hold this model; the parameters are unchanged.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public static void Load<T>(ModelLayout layout, Span<T> parameters, string path, IReadOnlyDictionary<string, string>? names = null, ModelMetadata? metadata = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        try
        {
            Load(layout, parameters, stream, wholeStream: true, names, metadata);
        }
        catch (ModelFileException e)
        {
            throw new ModelFileException($"{path}: {e.Message}", e);
        }
    }

    /// <summary>Loads from a stream, from its position on; it is left behind the last byte of the model, and open.</summary>
    /// <typeparam name="T">The number type; a file of another floating-point type is converted.</typeparam>
    /// <param name="layout">The model's layout.</param>
    /// <param name="parameters">Receives the parameters, once everything is checked.</param>
    /// <param name="stream">Where to read.</param>
    /// <param name="names">From names of this model's parameters to the file's, where they cannot be told apart otherwise.</param>
    /// <param name="metadata">Receives what the file carries, once everything is checked.</param>
    /// <exception cref="ModelFileException">The stream does not hold this model; the parameters are unchanged.</exception>
    public static void Load<T>(ModelLayout layout, Span<T> parameters, Stream stream, IReadOnlyDictionary<string, string>? names = null, ModelMetadata? metadata = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(stream);
        Load(layout, parameters, stream, wholeStream: false, names, metadata);
    }

    /// <summary>Loads from the bytes of a file.</summary>
    /// <typeparam name="T">The number type; a file of another floating-point type is converted.</typeparam>
    /// <param name="layout">The model's layout.</param>
    /// <param name="parameters">Receives the parameters, once everything is checked.</param>
    /// <param name="file">All bytes of a file.</param>
    /// <param name="names">From names of this model's parameters to the file's, where they cannot be told apart otherwise.</param>
    /// <param name="metadata">Receives what the file carries, once everything is checked.</param>
    /// <exception cref="ModelFileException">The bytes do not hold this model; the parameters are unchanged.</exception>
    public static void Load<T>(ModelLayout layout, Span<T> parameters, ReadOnlySpan<byte> file, IReadOnlyDictionary<string, string>? names = null, ModelMetadata? metadata = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        CheckParameters(layout, parameters.Length);
        int prefix = Math.Min(file.Length, SafetensorsHeader.PrefixBytes);
        int headerBytes = SafetensorsHeader.Length(file[..prefix], file.Length - prefix);
        var header = SafetensorsHeader.Parse(file.Slice(prefix, headerBytes));
        ReadOnlySpan<byte> data = file[(prefix + headerBytes)..];
        CheckDataBytes(header, data.Length);
        Decode(layout, parameters, TensorMatch.Resolve(layout, header, names), data);
        metadata?.Replace(header.Metadata);
    }

    /// <summary>A shape as PyTorch prints it: <c>[256, 64]</c>.</summary>
    internal static string ShapeText<TLength>(IEnumerable<TLength> shape) => Invariant($"[{string.Join(", ", shape)}]");

    private static void Load<T>(ModelLayout layout, Span<T> parameters, Stream stream, bool wholeStream, IReadOnlyDictionary<string, string>? names, ModelMetadata? metadata)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        CheckParameters(layout, parameters.Length);
        Span<byte> prefix = stackalloc byte[SafetensorsHeader.PrefixBytes];
        int read = stream.ReadAtLeast(prefix, prefix.Length, throwOnEndOfStream: false);
        long? available = stream.CanSeek ? stream.Length - stream.Position : null;
        int headerBytes = SafetensorsHeader.Length(prefix[..read], available);
        var header = SafetensorsHeader.Parse(ReadBytes(stream, headerBytes, "header"));
        if (wholeStream && available is not null)
        {
            CheckDataBytes(header, available.Value - headerBytes);
        }

        // From here on the sizes are those of the model, so a hostile file cannot ask for more memory than it needs.
        TensorEntry[] tensors = TensorMatch.Resolve(layout, header, names);
        Decode(layout, parameters, tensors, ReadBytes(stream, checked((int)header.DataBytes), "data"));
        metadata?.Replace(header.Metadata);
    }

    private static void CheckParameters(ModelLayout layout, int found)
    {
        ArgumentNullException.ThrowIfNull(layout);
        if (found != layout.ParameterCount)
        {
            throw new ArgumentException(Invariant($"{layout.ModelName} has {layout.ParameterCount} parameters; found a buffer of {found}."), nameof(found));
        }
    }

    private static void CheckDataBytes(SafetensorsHeader header, long found)
    {
        if (found != header.DataBytes)
        {
            throw new ModelFileException(
                Invariant($"The file is {(found < header.DataBytes ? "truncated" : "longer than its header says")}: its tensors take {header.DataBytes} bytes, {found} follow the header."));
        }
    }

    /// <summary>Reads in pieces, so that a stream which claims much and holds little costs little.</summary>
    private static byte[] ReadBytes(Stream stream, int count, string what)
    {
        byte[] bytes = new byte[Math.Min(count, 1 << 20)];
        int read = 0;
        while (true)
        {
            read += stream.ReadAtLeast(bytes.AsSpan(read), bytes.Length - read, throwOnEndOfStream: false);
            if (read < bytes.Length)
            {
                throw new ModelFileException(Invariant($"The file is truncated: its {what} should have {count} bytes, found {read}."));
            }

            if (read == count)
            {
                return bytes;
            }

            Array.Resize(ref bytes, (int)Math.Min(count, bytes.Length * 2L));
        }
    }

    private static void Decode<T>(ModelLayout layout, Span<T> parameters, TensorEntry[] tensors, ReadOnlySpan<byte> data)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        T[] values = new T[parameters.Length];
        for (int i = 0; i < tensors.Length; i++)
        {
            TensorEntry tensor = tensors[i];
            ParameterInfo parameter = layout.Parameters[i];
            Span<T> destination = values.AsSpan(parameter.Offset, parameter.Length);
            ReadOnlySpan<byte> source = data.Slice((int)tensor.Start, (int)tensor.Bytes);
            for (int k = 0; k < destination.Length; k++)
            {
                destination[k] = tensor.Type switch
                {
                    TensorType.F64 => T.CreateTruncating(BinaryPrimitives.ReadDoubleLittleEndian(source[(k * 8)..])),
                    TensorType.F32 => T.CreateTruncating(BinaryPrimitives.ReadSingleLittleEndian(source[(k * 4)..])),
                    TensorType.F16 => T.CreateTruncating(BinaryPrimitives.ReadHalfLittleEndian(source[(k * 2)..])),
                    _ => T.CreateTruncating(BitConverter.Int32BitsToSingle(BinaryPrimitives.ReadUInt16LittleEndian(source[(k * 2)..]) << 16)),
                };
                if (!T.IsFinite(destination[k]))
                {
                    throw new ModelFileException(
                        Invariant($"Tensor '{tensor.Name}' holds a value at index {k} that is not a finite {typeof(T).Name}: the model had diverged before it was saved, or the file is damaged."));
                }
            }
        }

        values.CopyTo(parameters);
    }

    private static byte[] Format<T>(ModelLayout layout, ReadOnlySpan<T> parameters, ModelMetadata? metadata)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        CheckParameters(layout, parameters.Length);
        bool isDouble = typeof(T) == typeof(double);
        if (!isDouble && typeof(T) != typeof(float))
        {
            throw new NotSupportedException($"Models of float or double are saved; found {typeof(T).Name}.");
        }

        int size = isDouble ? 8 : 4;
        byte[] header = FormatHeader(layout, isDouble ? "F64" : "F32", size, metadata);
        byte[] file = new byte[checked(SafetensorsHeader.PrefixBytes + header.Length + ((long)parameters.Length * size))];
        BinaryPrimitives.WriteInt64LittleEndian(file, header.Length);
        header.CopyTo(file, SafetensorsHeader.PrefixBytes);
        Span<byte> data = file.AsSpan(SafetensorsHeader.PrefixBytes + header.Length);
        foreach (ParameterInfo parameter in layout.Parameters)
        {
            for (int k = 0; k < parameter.Length; k++)
            {
                T value = parameters[parameter.Offset + k];
                if (!T.IsFinite(value))
                {
                    throw new NonFiniteException(Invariant($"{layout.ModelName} is not saved: its parameter {parameter.Name}[{k}] is {value}."));
                }

                if (isDouble)
                {
                    BinaryPrimitives.WriteDoubleLittleEndian(data, double.CreateTruncating(value));
                }
                else
                {
                    BinaryPrimitives.WriteSingleLittleEndian(data, float.CreateTruncating(value));
                }

                data = data[size..];
            }
        }

        return file;
    }

    private static byte[] FormatHeader(ModelLayout layout, string type, int size, ModelMetadata? metadata)
    {
        using MemoryStream stream = new();
        // The text stands in a file, not in HTML: "->" need not be escaped.
        using (Utf8JsonWriter writer = new(stream, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            writer.WriteStartObject();
            writer.WriteStartObject("__metadata__");
            writer.WriteString(FormatKey, "pt");
            writer.WriteString(ModelKey, layout.ModelName);
            writer.WriteString(DeclarationKey, layout.Declaration);
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
            Invariant($"{layout.ModelName} is not saved: with its metadata the header has {stream.Length} bytes, and the format allows {SafetensorsHeader.MaximumBytes}. Carry less."), nameof(metadata));
    }
}
