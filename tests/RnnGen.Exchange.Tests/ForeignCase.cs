using System.Text.Json;

namespace RnnGen.Exchange.Tests;

/// <summary>A file of another framework with an input and what that framework computes of it, as tests/golden/make_foreign.py wrote them.</summary>
internal sealed record ForeignCase(string File, Architecture Architecture, int Steps, double[] Inputs, double[] Outputs, string[] Declared, IReadOnlyDictionary<string, Activation> Activations, double Bound)
{
    public static string Folder { get; } = System.IO.Path.Combine(Repository.Root, "tests", "golden", "foreign");

    public string Path => System.IO.Path.Combine(Folder, File);

    /// <summary>The convolutions of a state dict, as the command line names them.</summary>
    public IReadOnlyDictionary<string, ConvolutionOptions> Convolutions { get; init; } = new Dictionary<string, ConvolutionOptions>();

    /// <summary>What the file does not say.</summary>
    public ImportOptions Options => new() { Architecture = Architecture, Activations = Activations, Convolutions = Convolutions };

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
        item.TryGetProperty("bound", out JsonElement bound) ? bound.GetDouble() : 1e-12)
    {
        Convolutions = item.TryGetProperty("convolutions", out JsonElement convolutions) ? convolutions.EnumerateObject().ToDictionary(static p => p.Name, static p => Convolution(p.Value.GetString()!.Split(':'))) : [],
    };

    private static ConvolutionOptions Convolution(string[] said) => new() { IsCausal = said[0] == "causal", Dilation = said.Length > 1 ? int.Parse(said[1], System.Globalization.CultureInfo.InvariantCulture) : 1 };

    private static double[] Numbers(JsonElement item, string name) => [.. item.GetProperty(name).EnumerateArray().Select(static e => e.GetDouble())];
}
