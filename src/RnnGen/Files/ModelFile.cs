using System.ComponentModel;
using System.Numerics;

namespace RnnGen.Runtime;

/// <summary>
/// Saves and loads parameters as safetensors files with PyTorch's names. Generated models call this; call their
/// <c>Save</c> and <c>Load</c>. Loading checks everything before it changes a parameter.
/// </summary>
/// <remarks>
/// Numbers are written and read in pieces of a mebibyte, so a model may have any size. Besides the header, saving needs the memory of one piece, and that of the scales where matrices are saved
/// in 8-bit integers. Loading needs the memory of the parameters once
/// more, and at most three times that of the header, which has at most 100 MB.
/// </remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class ModelFile
{
    /// <summary>The metadata that holds <see cref="ModelLayout.Declaration"/>.</summary>
    internal const string DeclarationKey = ModelMetadata.KeyPrefix + "declaration";

    /// <summary>The metadata that holds <see cref="ModelLayout.Specification"/>.</summary>
    internal const string SpecificationKey = ModelMetadata.KeyPrefix + "specification";

    /// <summary>Saves to a file, atomically.</summary>
    /// <typeparam name="T">The number type: <see cref="float"/> or <see cref="double"/>.</typeparam>
    /// <param name="layout">The model's layout.</param>
    /// <param name="parameters">The parameters.</param>
    /// <param name="path">The file; an existing one is replaced.</param>
    /// <param name="metadata">The model's metadata, saved in the header.</param>
    /// <exception cref="NonFiniteException">A parameter is not finite; no file was written.</exception>
    /// <exception cref="IOException">The file cannot be written; an existing one is unchanged.</exception>
    public static void Save<T>(ModelLayout layout, ReadOnlySpan<T> parameters, string path, ModelMetadata? metadata = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => Save(layout, parameters, path, WeightFormat.Float, metadata);

    /// <summary>Saves to a file, atomically, with matrices in fewer bits.</summary>
    /// <typeparam name="T">The number type: <see cref="float"/> or <see cref="double"/>.</typeparam>
    /// <param name="layout">The model's layout.</param>
    /// <param name="parameters">The parameters.</param>
    /// <param name="path">The file; an existing one is replaced.</param>
    /// <param name="format">In how many bits matrices are saved; vectors keep the number type.</param>
    /// <param name="metadata">The model's metadata, saved in the header.</param>
    /// <exception cref="NonFiniteException">A parameter is not finite, or would not be in this format; no file was written.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such format.</exception>
    /// <exception cref="IOException">The file cannot be written; an existing one is unchanged.</exception>
    public static void Save<T>(ModelLayout layout, ReadOnlySpan<T> parameters, string path, WeightFormat format, ModelMetadata? metadata = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        CheckParameters(layout, parameters.Length);
        var model = SavedModel.Of(layout, parameters, format, metadata);
        AtomicFile.Write(path, parameters, (stream, parameters) => model.Write(parameters, stream));
    }

    /// <summary>Saves to a stream, from its position on; the stream stays open.</summary>
    /// <typeparam name="T">The number type: <see cref="float"/> or <see cref="double"/>.</typeparam>
    /// <param name="layout">The model's layout.</param>
    /// <param name="parameters">The parameters.</param>
    /// <param name="stream">Where to write.</param>
    /// <param name="metadata">The model's metadata, saved in the header.</param>
    /// <exception cref="NonFiniteException">A parameter is not finite; nothing was written.</exception>
    public static void Save<T>(ModelLayout layout, ReadOnlySpan<T> parameters, Stream stream, ModelMetadata? metadata = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => Save(layout, parameters, stream, WeightFormat.Float, metadata);

    /// <summary>Saves to a stream, from its position on, with matrices in fewer bits; the stream stays open.</summary>
    /// <typeparam name="T">The number type: <see cref="float"/> or <see cref="double"/>.</typeparam>
    /// <param name="layout">The model's layout.</param>
    /// <param name="parameters">The parameters.</param>
    /// <param name="stream">Where to write.</param>
    /// <param name="format">In how many bits matrices are saved; vectors keep the number type.</param>
    /// <param name="metadata">The model's metadata, saved in the header.</param>
    /// <exception cref="NonFiniteException">A parameter is not finite, or would not be in this format; nothing was written.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such format.</exception>
    public static void Save<T>(ModelLayout layout, ReadOnlySpan<T> parameters, Stream stream, WeightFormat format, ModelMetadata? metadata = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(stream);
        CheckParameters(layout, parameters.Length);
        SavedModel.Of(layout, parameters, format, metadata).Write(parameters, stream);
    }

    /// <summary>Loads from a file.</summary>
    /// <typeparam name="T">The number type; a file of another type is converted.</typeparam>
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
    /// <typeparam name="T">The number type; a file of another type is converted.</typeparam>
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
    /// <typeparam name="T">The number type; a file of another type is converted.</typeparam>
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
        TensorReader.Read(layout, parameters, TensorMatch.Resolve(layout, header, options), header.DataBytes, new ByteSource(data));
        metadata?.Replace(header.Metadata);
    }

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
        TensorReader.Read(layout, parameters, TensorMatch.Resolve(layout, header, options), header.DataBytes, new ByteSource(stream));
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
}
