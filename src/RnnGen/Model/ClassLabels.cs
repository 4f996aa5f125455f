using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace RnnGen;

/// <summary>The labels of a model's classes as text: a JSON array of strings.</summary>
internal static class ClassLabels
{
    public const string Prefix = "labels.";

    public static string Format(IReadOnlyList<string> labels)
    {
        ArgumentNullException.ThrowIfNull(labels);
        if (Problem(labels) is { } problem)
        {
            throw new ArgumentException(problem, nameof(labels));
        }

        using MemoryStream stream = new();
        using (Utf8JsonWriter writer = new(stream, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            writer.WriteStartArray();
            foreach (string label in labels)
            {
                writer.WriteStringValue(label);
            }

            writer.WriteEndArray();
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }

    /// <exception cref="ModelFileException">The text is not such an array.</exception>
    public static IReadOnlyList<string> Parse(string json, string name)
    {
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 2 });
            string[] labels = [.. document.RootElement.EnumerateArray().Select(static label => label.GetString()!)];
            return Problem(labels) is { } problem ? throw new ModelFileException(Invariant($"The model's labels '{name}' are damaged. {problem}")) : labels;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new ModelFileException($"The model's labels '{name}' are damaged. {e.Message}", e);
        }
    }

    private static string? Problem(IReadOnlyList<string> labels)
    {
        HashSet<string> seen = new(StringComparer.Ordinal);
        for (int i = 0; i < labels.Count; i++)
        {
            if (labels[i] is null || !IsUnicode(labels[i]))
            {
                return Invariant($"Label {i} is null or not Unicode.");
            }

            if (!seen.Add(labels[i]))
            {
                return Invariant($"Label {i} is the label of another class too.");
            }
        }

        return labels.Count == 0 ? "There is no label." : null;
    }

    internal static bool IsUnicode(ReadOnlySpan<char> text)
    {
        while (!text.IsEmpty)
        {
            if (Rune.DecodeFromUtf16(text, out _, out int length) != OperationStatus.Done)
            {
                return false;
            }

            text = text[length..];
        }

        return true;
    }
}
