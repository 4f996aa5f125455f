using System.Globalization;
using System.Text.Json;

namespace RnnGen.Exchange.Json;

/// <summary>Writes model files that are JSON.</summary>
internal static class JsonOutput
{
    /// <summary>The text of an object.</summary>
    /// <param name="write">Writes its members.</param>
    public static byte[] Of(Action<Utf8JsonWriter> write)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter writer = new(stream))
        {
            writer.WriteStartObject();
            write(writer);
            writer.WriteEndObject();
        }

        return stream.ToArray();
    }

    /// <summary>Numbers of floats as lists in lists.</summary>
    /// <param name="writer">Where they go.</param>
    /// <param name="values">The numbers, row-major.</param>
    /// <param name="shape">Lengths of the lists.</param>
    public static void Numbers(Utf8JsonWriter writer, ReadOnlySpan<double> values, params ReadOnlySpan<int> shape)
    {
        writer.WriteStartArray();
        int part = shape.Length > 1 ? values.Length / shape[0] : 1;
        for (int at = 0; at < values.Length; at += part)
        {
            if (shape.Length > 1)
            {
                Numbers(writer, values.Slice(at, part), shape[1..]);
            }
            else
            {
                writer.WriteNumberValue((float)values[at]);
            }
        }

        writer.WriteEndArray();
    }

    /// <summary>
    /// Texts whose names have dots in them as objects in objects: the reverse of <see cref="JsonFile.Flatten"/>. A text that is the JSON of a truth, of <c>null</c>, of a list or of an empty object is written as that.
    /// </summary>
    /// <param name="writer">Where they go, in an object.</param>
    /// <param name="texts">The texts.</param>
    /// <param name="prefix">What the names of those that are taken begin with.</param>
    /// <param name="isNumber">Whether a text of this name is a number.</param>
    public static void Unflatten(Utf8JsonWriter writer, IReadOnlyDictionary<string, string> texts, string prefix, Func<string, bool> isNumber)
    {
        foreach (IGrouping<string, string> group in texts.Keys.Where(name => name.StartsWith(prefix, StringComparison.Ordinal) && name.Length > prefix.Length).Order(StringComparer.Ordinal).GroupBy(name => name[prefix.Length..].Split('.')[0]))
        {
            string name = prefix + group.Key;
            if (!texts.TryGetValue(name, out string? text))
            {
                writer.WriteStartObject(group.Key);
                Unflatten(writer, texts, name + ".", isNumber);
                writer.WriteEndObject();
            }
            else if (isNumber(name) && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number))
            {
                writer.WriteNumber(group.Key, number);
            }
            else if (IsJson(text))
            {
                writer.WritePropertyName(group.Key);
                writer.WriteRawValue(text);
            }
            else
            {
                writer.WriteString(group.Key, text);
            }

            // A name that is the beginning of others is no object, so they keep their dots.
            foreach (string longer in text is null ? [] : group.Where(longer => longer != name))
            {
                writer.WriteString(longer[prefix.Length..], texts[longer]);
            }
        }
    }

    // A number is not told from a text of digits, such as the name of an amplifier.
    private static bool IsJson(string text)
    {
        if (text is "true" or "false" or "null" or "{}")
        {
            return true;
        }

        if (!text.StartsWith('['))
        {
            return false;
        }

        try
        {
            using JsonDocument list = JsonDocument.Parse(text);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>A text as a number, where there is one that is.</summary>
    public static void NumberIf(Utf8JsonWriter writer, IReadOnlyDictionary<string, string> texts, string name)
    {
        if (texts.TryGetValue(name, out string? text) && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number))
        {
            writer.WriteNumber(name, number);
        }
    }
}
