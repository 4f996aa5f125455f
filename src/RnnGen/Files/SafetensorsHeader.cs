using System.Buffers.Binary;
using System.Text.Json;

namespace RnnGen.Runtime;

/// <summary>One tensor of a file; its place is counted in the data that follows the header.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">How its numbers are stored: the file's word for it.</param>
/// <param name="Shape">Its lengths.</param>
/// <param name="Start">Its first byte.</param>
/// <param name="Bytes">How many it has.</param>
internal sealed record TensorEntry(string Name, string Type, long[] Shape, long Start, long Bytes)
{
    /// <summary>The scales of its rows, if its numbers are integers that parameters are read from.</summary>
    public TensorEntry? Scales { get; init; }

    /// <summary>Why no parameter can be read from it; null if one can.</summary>
    public string? Problem { get; init; }
}

/// <summary>
/// The header of a safetensors file: 8 bytes of length (little-endian), then a JSON object that maps each tensor's name
/// to its type, shape and place; <c>__metadata__</c> maps strings to strings. A header that this class accepts is
/// consistent: sizes do not overflow, and tensors fill the data without a gap or an overlap. A tensor may have an unknown type as long as no parameter
/// needs it.
/// </summary>
/// <remarks>
/// Reading takes the memory of the header, of its metadata as strings, and a few times that of each tensor's name, of which there are at most
/// <see cref="TensorLimits.Tensors"/>. What exceeds the limits is rejected where it begins.
/// </remarks>
internal sealed class SafetensorsHeader
{
    /// <summary>Bytes before the header: its length.</summary>
    public const int PrefixBytes = 8;

    /// <summary>The format's own limit.</summary>
    public const long MaximumBytes = 100_000_000;

    private const string MetadataName = "__metadata__";

    /// <summary>The tensors in the order of their bytes, without those that hold the scales of others.</summary>
    public required IReadOnlyList<TensorEntry> Tensors { get; init; }

    /// <summary>What the writer said about the file.</summary>
    public required IReadOnlyDictionary<string, string> Metadata { get; init; }

    /// <summary>Bytes of all tensors.</summary>
    public required long DataBytes { get; init; }

    /// <summary>Reads the header's length from the first bytes of a file.</summary>
    /// <param name="prefix">The first <see cref="PrefixBytes"/> bytes, or fewer if there are no more.</param>
    /// <param name="available">Bytes that follow them, if that is known.</param>
    /// <exception cref="ModelFileException">No file starts like this, or it is shorter than its header.</exception>
    public static int Length(ReadOnlySpan<byte> prefix, long? available)
    {
        if (prefix.Length < PrefixBytes)
        {
            throw new ModelFileException(Invariant($"Not a safetensors file: it has {prefix.Length} bytes, but the length of the header alone takes {PrefixBytes}."));
        }

        if (prefix.StartsWith("PK"u8))
        {
            throw new ModelFileException(
                "Not a safetensors file but a zip archive, such as those of torch.save. Save the state_dict with safetensors.torch.save_file.");
        }

        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        if (length is < 2 or > (ulong)MaximumBytes)
        {
            throw new ModelFileException(Invariant($"Not a safetensors file: its first 8 bytes say that the header has {length} bytes; a header has 2 to {MaximumBytes}."));
        }

        return available < (long)length
            ? throw new ModelFileException(Invariant($"The file is truncated or not safetensors: its header should have {length} bytes, but {available} follow."))
            : (int)length;
    }

    /// <summary>Parses and checks a header.</summary>
    /// <param name="json">The header.</param>
    /// <param name="parameters">Parameters of the model that is read, which bound what the header may have.</param>
    /// <exception cref="ModelFileException">It is not a consistent header.</exception>
    public static SafetensorsHeader Parse(ReadOnlySpan<byte> json, int parameters)
    {
        if (json[0] != (byte)'{')
        {
            throw new ModelFileException("Not a safetensors file: its header does not start with '{'.");
        }

        try
        {
            return Arrange(Read(json, TensorLimits.Tensors(parameters), out Dictionary<string, string> metadata), metadata);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: a string that is not Unicode.
            throw new ModelFileException(Invariant($"Not a safetensors file: its header is not the JSON that the format asks for. {e.Message}"), e);
        }
    }

    private static List<TensorEntry> Read(ReadOnlySpan<byte> json, int mostTensors, out Dictionary<string, string> metadata)
    {
        // Depth: the header, a tensor, its shape.
        Utf8JsonReader reader = new(json, new JsonReaderOptions { MaxDepth = 3 });
        List<TensorEntry> tensors = [];
        HashSet<string> names = [];
        metadata = [];
        Expect(ref reader, JsonTokenType.StartObject, "the header");
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string name = Text(ref reader, "a tensor's name");
            if (!names.Add(name))
            {
                throw new ModelFileException(Invariant($"The file's header names '{TensorLimits.Cut(name)}' twice."));
            }

            if (name == MetadataName)
            {
                ReadMetadata(ref reader, metadata);
            }
            else if (tensors.Count == mostTensors)
            {
                throw new ModelFileException(Invariant($"The file has more than {mostTensors} tensors, so it does not belong to this model."));
            }
            else
            {
                tensors.Add(ReadTensor(ref reader, name));
            }
        }

        // Anything but white space after the object throws here.
        reader.Read();
        return tensors;
    }

    private static void ReadMetadata(ref Utf8JsonReader reader, Dictionary<string, string> metadata)
    {
        Expect(ref reader, JsonTokenType.StartObject, MetadataName);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string key = reader.GetString()!;
            if (!reader.Read() || reader.TokenType != JsonTokenType.String)
            {
                throw Unexpected(reader.TokenType, JsonTokenType.String, Invariant($"{MetadataName} '{TensorLimits.Cut(key)}'"));
            }

            if (!metadata.TryAdd(key, reader.GetString()!))
            {
                throw new ModelFileException(Invariant($"The file's metadata names '{TensorLimits.Cut(key)}' twice."));
            }
        }
    }

    private static TensorEntry ReadTensor(ref Utf8JsonReader reader, string fullName)
    {
        string name = TensorLimits.Cut(fullName);
        Expect(ref reader, JsonTokenType.StartObject, $"tensor '{name}'");
        string? type = null;
        List<long>? shape = null, offsets = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string key = Text(ref reader, $"an entry of '{name}'");
            switch (key)
            {
                case "dtype" when type is null:
                    Expect(ref reader, JsonTokenType.String, $"the dtype of '{name}'");
                    type = Text(ref reader, $"the dtype of '{name}'");
                    break;
                case "shape" when shape is null:
                    shape = ReadNumbers(ref reader, TensorLimits.Dimensions, $"the shape of '{name}'");
                    break;
                case "data_offsets" when offsets is null:
                    offsets = ReadNumbers(ref reader, 2, $"the data_offsets of '{name}'");
                    break;
                default:
                    throw new ModelFileException(Invariant($"Tensor '{name}' has an unknown or repeated entry '{TensorLimits.Cut(key)}'; a tensor has dtype, shape and data_offsets."));
            }
        }

        if (type is null || shape is null || offsets is not [long start, long end])
        {
            throw new ModelFileException(Invariant($"Tensor '{name}' lacks its dtype, its shape or its two data_offsets."));
        }

        CheckSize(name, type, shape, start, end);
        return end >= start
            ? new TensorEntry(fullName, type, [.. shape], start, end - start)
            : throw new ModelFileException(Invariant($"Tensor '{name}' has data_offsets from {start} to {end}."));
    }

    private static void CheckSize(string name, string type, List<long> shape, long start, long end)
    {
        try
        {
            if (TensorLimits.SizeProblem(type, shape, end - start) is { } problem)
            {
                throw new ModelFileException(Invariant($"Tensor '{name}' of {TensorLimits.ShapeText(shape)} {TensorLimits.Cut(type)} {problem}, but has data_offsets from {start} to {end}."));
            }
        }
        catch (OverflowException e)
        {
            throw new ModelFileException(Invariant($"Tensor '{name}' has a shape that is too large for any memory: {TensorLimits.ShapeText(shape)}."), e);
        }
    }

    private static List<long> ReadNumbers(ref Utf8JsonReader reader, int maximum, string what)
    {
        Expect(ref reader, JsonTokenType.StartArray, what);
        List<long> numbers = [];
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt64(out long number) || number < 0)
            {
                throw new ModelFileException(Invariant($"The file's header is malformed: {what} must be whole numbers from 0 to {long.MaxValue}."));
            }

            if (numbers.Count == maximum)
            {
                throw new ModelFileException(Invariant($"The file's header is malformed: {what} has more than {maximum} numbers."));
            }

            numbers.Add(number);
        }

        return numbers;
    }

    private static void Expect(ref Utf8JsonReader reader, JsonTokenType token, string what)
    {
        if (!reader.Read() || reader.TokenType != token)
        {
            throw Unexpected(reader.TokenType, token, what);
        }
    }

    private static ModelFileException Unexpected(JsonTokenType found, JsonTokenType expected, string what) => new(Invariant($"The file's header is malformed: {what} should be {expected}, but is {found}."));

    // The name or string that the reader is at; nobody names a tensor with a book. A byte is written with six characters at most.
    private static string Text(ref Utf8JsonReader reader, string what) => reader.ValueSpan.Length <= 6 * TensorLimits.NameBytes && reader.GetString()! is var text && !TensorLimits.IsTooLong(text)
        ? text
        : throw new ModelFileException(Invariant($"The file's header is malformed: {what} has {reader.ValueSpan.Length} bytes, but at most {TensorLimits.NameBytes} are read."));

    private static SafetensorsHeader Arrange(List<TensorEntry> tensors, Dictionary<string, string> metadata)
    {
        // Empty tensors take no bytes, so they come before the tensor that starts where they do.
        tensors.Sort((x, y) => x.Start != y.Start ? x.Start.CompareTo(y.Start) : x.Bytes.CompareTo(y.Bytes));
        long position = 0;
        foreach (TensorEntry tensor in tensors)
        {
            if (tensor.Start != position)
            {
                throw new ModelFileException(
                    Invariant($"Tensor '{TensorLimits.Cut(tensor.Name)}' starts at byte {tensor.Start} of the data instead of {position}: tensors overlap or leave a gap."));
            }

            // Cannot overflow: data_offsets were read as long, and the end is at most one of them.
            position += tensor.Bytes;
        }

        List<TensorEntry> readable = [];
        foreach (ReadableTensor found in StoredTensors.Readable(tensors.ConvertAll(static t => new StoredTensor(t.Name, t.Type, t.Shape))))
        {
            readable.Add(tensors[found.Tensor] with { Scales = found.Scales < 0 ? null : tensors[found.Scales], Problem = found.Problem });
        }

        return new SafetensorsHeader { Tensors = readable, Metadata = metadata, DataBytes = position };
    }
}
