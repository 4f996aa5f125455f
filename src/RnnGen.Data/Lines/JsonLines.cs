using System.Text;
using System.Text.Json;

namespace RnnGen.Data;

/// <summary>
/// Reads JSON lines, a text file with one JSON object (RFC 8259) on each line, without holding the file in memory. Blank lines are skipped.
/// A line is only data: no type is created from it, and no file that it names is opened.
/// </summary>
/// <example>
/// <code>
/// foreach (JsonLine line in JsonLines.Read("reviews.jsonl"))
/// {
///     int[] tokens = tokenizer.Encode(line.Text("text"));
///     int label = line.WholeNumber("label");
/// }
/// </code>
/// </example>
public static class JsonLines
{
    /// <summary>Streams the objects of a file. Each enumeration reads the file again.</summary>
    /// <param name="path">The file.</param>
    /// <param name="longest">Maximum characters of a line, at least 1.</param>
    /// <param name="encoding">Encoding of a file without a byte order mark. <c>null</c> (default): UTF-8.</param>
    /// <exception cref="DataFormatException">Thrown by the enumeration: a line is too long, is not a JSON object, or is invalid in the encoding; the message says where.</exception>
    /// <exception cref="IOException">Thrown by the enumeration: the file is missing or cannot be opened.</exception>
    public static IEnumerable<JsonLine> Read(string path, int longest = TextLines.DefaultLongest, Encoding? encoding = null) => Objects(TextLines.Read(path, longest, encoding), path);

    /// <summary>Streams the objects of a text; see <see cref="Read(string, int, Encoding?)"/>.</summary>
    /// <param name="reader">The text; it is read once and not closed.</param>
    /// <param name="longest">Maximum characters of a line, at least 1.</param>
    /// <exception cref="DataFormatException">Thrown by the enumeration: a line is too long or not a JSON object; the message says where.</exception>
    public static IEnumerable<JsonLine> Read(TextReader reader, int longest = TextLines.DefaultLongest) => Objects(TextLines.Read(reader, longest), null);

    private static IEnumerable<JsonLine> Objects(IEnumerable<string> lines, string? path)
    {
        int number = 0;
        foreach (string line in lines)
        {
            number++;
            if (!string.IsNullOrWhiteSpace(line))
            {
                yield return new JsonLine(Parse(line, path, number), path, number);
            }
        }
    }

    // Strict: half of a surrogate pair is no text.
    private static readonly UTF8Encoding s_utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private static JsonElement Parse(string line, string? path, int number)
    {
        try
        {
            Utf8JsonReader reader = new(s_utf8.GetBytes(line), new JsonReaderOptions { MaxDepth = 16 });
            JsonElement element = JsonElement.ParseValue(ref reader);
            reader.Read(); // anything but white space behind the value throws here
            return element.ValueKind == JsonValueKind.Object ? element : throw new DataFormatException(Invariant($"expected a JSON object in each line, found {element.ValueKind}."), path, number);
        }
        catch (EncoderFallbackException e)
        {
            throw new DataFormatException("the line contains half of a surrogate pair, which is not a character.", path, number, e.Index + 1, e);
        }
        catch (JsonException e)
        {
            throw new DataFormatException($"expected a JSON object: {e.Message.Split(" LineNumber: ")[0]} Correct the line.", path, number, (int)Math.Min(int.MaxValue, e.BytePositionInLine + 1 ?? 0), e);
        }
    }
}

/// <summary>One object of a JSON lines file.</summary>
public sealed class JsonLine
{
    private readonly JsonElement _element;
    private readonly string? _path;

    internal JsonLine(JsonElement element, string? path, int line) => (_element, _path, Line) = (element, path, line);

    /// <summary>Line of the file, from 1.</summary>
    public int Line { get; }

    /// <summary>Whether the object has this property with a value other than <c>null</c>.</summary>
    /// <param name="name">The property's name; case-sensitive.</param>
    /// <exception cref="DataFormatException">The name of a property is not valid Unicode.</exception>
    public bool Has(string name) => Find(name) is { ValueKind: not JsonValueKind.Null };

    /// <summary>The value of a string property.</summary>
    /// <param name="name">The property's name; case-sensitive.</param>
    /// <exception cref="DataFormatException">It is missing or not a string.</exception>
    public string Text(string name)
    {
        try
        {
            return Property(name, JsonValueKind.String, "a string").GetString()!;
        }
        catch (InvalidOperationException e)
        {
            // Half of a surrogate pair.
            throw new DataFormatException($"the string '{name}' is not Unicode.", _path, Line, 0, e);
        }
    }

    /// <summary>The value of a property that is a finite number.</summary>
    /// <param name="name">The property's name; case-sensitive.</param>
    /// <exception cref="DataFormatException">It is missing or not a finite number.</exception>
    public double Number(string name) => Finite(Property(name, JsonValueKind.Number, "a number"), name);

    /// <summary>The value of a property that is a 32-bit integer, such as a class.</summary>
    /// <param name="name">The property's name; case-sensitive.</param>
    /// <exception cref="DataFormatException">It is missing or not a 32-bit integer.</exception>
    public int WholeNumber(string name) => Whole(Property(name, JsonValueKind.Number, "a whole number"), name);

    /// <summary>
    /// The values of an array of finite numbers, row-major. Nested arrays must have one shape: <c>[[1, 2], [3, 4]]</c> is 1, 2, 3, 4.
    /// </summary>
    /// <param name="name">The property's name; case-sensitive.</param>
    /// <exception cref="DataFormatException">It is missing or not such an array.</exception>
    public float[] Numbers(string name)
    {
        List<float> values = [];
        Collect(Property(name, JsonValueKind.Array, "an array of numbers"), name, values, value =>
        {
            float number = (float)Finite(value, name);
            return float.IsFinite(number) ? number : throw Wrong(name, "an array of finite numbers of type float", value);
        });
        return [.. values];
    }

    /// <summary>The values of an array of 32-bit integers, such as tokens, row-major. Nested arrays must have one shape.</summary>
    /// <param name="name">The property's name; case-sensitive.</param>
    /// <exception cref="DataFormatException">It is missing or not such an array.</exception>
    public int[] WholeNumbers(string name)
    {
        List<int> values = [];
        Collect(Property(name, JsonValueKind.Array, "an array of whole numbers"), name, values, value => Whole(value, name));
        return [.. values];
    }

    /// <summary>Reads an array's numbers, row-major.</summary>
    /// <returns>Its shape: the number of its elements, then their shape.</returns>
    private int[] Collect<T>(JsonElement array, string name, List<T> values, Func<JsonElement, T> read)
    {
        int count = 0;
        int[]? first = null;
        foreach (JsonElement value in array.EnumerateArray())
        {
            int[] shape = [];
            switch (value.ValueKind)
            {
                case JsonValueKind.Array:
                    shape = Collect(value, name, values, read);
                    break;
                case JsonValueKind.Number:
                    values.Add(read(value));
                    break;
                default:
                    throw Wrong(name, "an array of numbers", value);
            }

            first ??= shape;
            if (!first.AsSpan().SequenceEqual(shape))
            {
                throw new DataFormatException(Invariant($"the arrays in '{name}' differ: element 0 is {Describe(first)}, element {count} {Describe(shape)}; pad them, or use separate properties."), _path, Line);
            }

            count++;
        }

        return [count, .. first ?? []];

        static string Describe(int[] shape) => shape.Length == 0 ? "a number" : Invariant($"an array of {string.Join(" × ", shape)}");
    }

    private double Finite(JsonElement value, string name) => value.TryGetDouble(out double number) && double.IsFinite(number) ? number : throw Wrong(name, "a finite number", value);

    private int Whole(JsonElement value, string name) => value.TryGetInt32(out int number) ? number : throw Wrong(name, "a whole number of 32 bits", value);

    private JsonElement Property(string name, JsonValueKind kind, string what)
    {
        JsonElement value = Find(name) ?? throw new DataFormatException(Invariant($"the object has no '{name}', but {what} was expected."), _path, Line);
        return value.ValueKind == kind ? value : throw Wrong(name, what, value);
    }

    private JsonElement? Find(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        try
        {
            JsonElement? found = null;
            foreach (JsonProperty property in _element.EnumerateObject())
            {
                if (property.NameEquals(name))
                {
                    found = found is null ? property.Value : throw new DataFormatException($"the object has '{name}' twice.", _path, Line);
                }
            }

            return found;
        }
        catch (InvalidOperationException e)
        {
            // Half of a surrogate pair.
            throw new DataFormatException("the name of a property is not Unicode.", _path, Line, 0, e);
        }
    }

    private DataFormatException Wrong(string name, string what, JsonElement value)
    {
        string found = value.GetRawText();
        return new(Invariant($"'{name}' should be {what}, but is {(found.Length <= 40 ? found : found[..40] + "…")}."), _path, Line);
    }
}
