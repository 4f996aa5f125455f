using System.Text.Json;

namespace RnnGen.Exchange.Tests;

/// <summary>A file of another framework with an input and what that framework computes of it, as tests/golden/make_foreign.py wrote them.</summary>
internal sealed record ForeignCase(string File, Architecture Architecture, int Steps, double[] Inputs, double[] Outputs, string[] Declared, IReadOnlyDictionary<string, Activation> Activations, double Bound)
{
    public static string Folder { get; } = System.IO.Path.Combine(Repository.Root, "tests", "golden", "foreign");

    public string Path => System.IO.Path.Combine(Folder, File);

    /// <summary>What the file does not say.</summary>
    public ImportOptions Options => new() { Architecture = Architecture, Activations = Activations };

    public static IReadOnlyList<ForeignCase> All(string list)
    {
        using JsonDocument document = JsonDocument.Parse(System.IO.File.ReadAllText(System.IO.Path.Combine(Folder, list)));
        return [.. document.RootElement.EnumerateArray().Select(Read)];
    }

    /// <summary>The case of a file; the first one, where it has several.</summary>
    public static ForeignCase Of(string list, string file) => All(list).First(c => c.File == file);

    private static ForeignCase Read(JsonElement item) => new(
        item.GetProperty("file").GetString()!, Enum.Parse<Architecture>(item.GetProperty("architecture").GetString()!), item.GetProperty("steps").GetInt32(),
        Numbers(item, "inputs"), Numbers(item, "outputs"), [.. item.GetProperty("declared").EnumerateArray().Select(static e => e.GetString()!)],
        item.TryGetProperty("activations", out JsonElement functions) ? functions.EnumerateObject().ToDictionary(static p => p.Name, static p => Enum.Parse<Activation>(p.Value.GetString()!)) : [],
        item.TryGetProperty("bound", out JsonElement bound) ? bound.GetDouble() : 1e-12);

    private static double[] Numbers(JsonElement item, string name) => [.. item.GetProperty(name).EnumerateArray().Select(static e => e.GetDouble())];
}
