using System.Text.Json;
using RnnGen.Exchange.Files;

namespace RnnGen.Exchange.Json;

/// <summary>Model files that are JSON: their numbers, checked while they are read, with a message that names the place.</summary>
internal static class JsonFile
{
    // Layers in layers in numbers; no model nests deeper.
    private const int MaximumDepth = 32;

    public static bool Is(ReadOnlySpan<byte> file) => file.TrimStart(" \t\r\n\uFEFF"u8) is [(byte)'{', ..];

    /// <summary>The object of a file.</summary>
    /// <param name="file">Its text.</param>
    /// <param name="what">What it is, for messages.</param>
    public static JsonElement Parse(byte[] file, string what = "The file begins as JSON, but")
    {
        try
        {
            ReadOnlyMemory<byte> text = file.AsSpan().StartsWith("\uFEFF"u8) ? file.AsMemory("\uFEFF"u8.Length) : file;
            RequireTexts(text.Span);
            using JsonDocument document = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = MaximumDepth });
            return document.RootElement.Clone();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentException)
        {
            throw new ForeignFileException(Invariant($"{what} is damaged: {e.Message}"), e);
        }
    }

    /// <summary>A member, or null where there is none or it is null.</summary>
    public static JsonElement? Member(JsonElement value, string name) =>
        value.ValueKind == JsonValueKind.Object && value.TryGetProperty(name, out JsonElement member) && member.ValueKind != JsonValueKind.Null ? member : null;

    /// <summary>A member that is a text.</summary>
    /// <param name="value">The object.</param>
    /// <param name="name">The member.</param>
    /// <param name="place">What the object is, for messages.</param>
    public static string Text(JsonElement value, string name, string place) =>
        Member(value, name) is { ValueKind: JsonValueKind.String } member ? member.GetString()! : throw Missing(place, name, "a text");

    /// <summary>A member that is a whole number of at least 0.</summary>
    /// <param name="value">The object.</param>
    /// <param name="name">The member.</param>
    /// <param name="place">What the object is, for messages.</param>
    /// <param name="standard">What a missing member stands for; null where it must be there.</param>
    public static int Whole(JsonElement value, string name, string place, int? standard = null) => Member(value, name) switch
    {
        { ValueKind: JsonValueKind.Number } member when member.TryGetDouble(out double number) && number is >= 0 and <= int.MaxValue && number == Math.Floor(number) => (int)number,
        { ValueKind: JsonValueKind.True } => 1,
        { ValueKind: JsonValueKind.False } => 0,
        null when standard is { } known => known,
        _ => throw Missing(place, name, "a whole number"),
    };

    /// <summary>Lists of numbers in lists, as many as the shape says.</summary>
    /// <param name="value">The lists.</param>
    /// <param name="name">What they are, for messages.</param>
    /// <param name="shape">Their lengths.</param>
    public static Tensor Numbers(JsonElement value, string name, params int[] shape)
    {
        List<double> numbers = [];
        Read(value, name, shape, 0, numbers);
        return new Tensor(name, shape, [.. numbers]);
    }

    /// <summary>The lengths of lists in lists, by their first ones; <see cref="Numbers"/> checks the others.</summary>
    public static int[] ShapeOf(JsonElement value)
    {
        List<int> shape = [];
        while (value.ValueKind == JsonValueKind.Array)
        {
            shape.Add(value.GetArrayLength());
            value = shape[^1] == 0 ? default : value[0];
        }

        return [.. shape];
    }

    /// <summary>
    /// Each member of an object as a text, those of objects in it after a dot. What is neither a text nor an object is its JSON: a number, <c>true</c>, <c>null</c>, a list.
    /// </summary>
    /// <param name="value">The object.</param>
    /// <param name="prefix">Before each name.</param>
    /// <param name="texts">Receives them.</param>
    public static void Flatten(JsonElement value, string prefix, Dictionary<string, string> texts)
    {
        foreach (JsonProperty property in value.EnumerateObject())
        {
            string name = prefix + property.Name;
            switch (property.Value.ValueKind)
            {
                case JsonValueKind.Object when property.Value.EnumerateObject().Any():
                    Flatten(property.Value, name + ".", texts);
                    break;
                case JsonValueKind.String:
                    texts[name] = Text(value, property.Name, "The metadata");
                    break;
                case JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False or JsonValueKind.Null or JsonValueKind.Array or JsonValueKind.Object:
                    texts[name] = property.Value.GetRawText();
                    break;
                default:
                    throw new InvalidOperationException(Invariant($"JSON has no {property.Value.ValueKind}."));
            }
        }
    }

    // All names and texts are Unicode, which the parser does not ask before one is read.
    private static void RequireTexts(ReadOnlySpan<byte> text)
    {
        Utf8JsonReader reader = new(text, new JsonReaderOptions { MaxDepth = MaximumDepth });
        while (reader.Read())
        {
            if (reader.TokenType is JsonTokenType.PropertyName or JsonTokenType.String)
            {
                _ = reader.GetString();
            }
        }
    }

    private static void Read(JsonElement value, string name, int[] shape, int depth, List<double> numbers)
    {
        if (depth == shape.Length)
        {
            numbers.Add(value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out double number) ? number
                : throw new ForeignFileException(Invariant($"{ForeignText.Shown(name)} holds something at index {numbers.Count} that is not a number: the file is damaged.")));
            return;
        }

        if (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() != shape[depth])
        {
            string found = value.ValueKind == JsonValueKind.Array ? Invariant($"{value.GetArrayLength()}") : "none";
            throw new ForeignFileException(Invariant($"{ForeignText.Shown(name)} should be lists of [{string.Join(", ", shape)}] numbers, but has {found} of {shape[depth]}: the file is damaged."));
        }

        foreach (JsonElement item in value.EnumerateArray())
        {
            Read(item, name, shape, depth + 1, numbers);
        }
    }

    private static ForeignFileException Missing(string place, string name, string what) => new(Invariant($"{place} has no '{name}' that is {what}: it is of another version, or damaged."));
}
