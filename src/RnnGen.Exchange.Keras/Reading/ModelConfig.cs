using System.Text.Json;
using RnnGen.Exchange.Files;
using RnnGen.Exchange.Json;
using RnnGen.Exchange.Model;

namespace RnnGen.Exchange.Keras.Reading;

/// <summary>The layers of a Sequential model, or of a Functional one that is a chain, in the order in which values flow.</summary>
internal sealed record ModelConfig
{
    private const string Place = "The model's configuration";

    public required IReadOnlyList<LayerConfig> Layers { get; init; }

    /// <summary>Steps of a sequence, where the input says it.</summary>
    public required int? Steps { get; init; }

    /// <summary>Reads it.</summary>
    /// <param name="model">The JSON, which is the same in all files but for the way in which layers are joined.</param>
    public static ModelConfig Read(JsonElement model)
    {
        string type = JsonFile.Text(model, "class_name", Place);
        JsonElement config = JsonFile.Member(model, "config") ?? default;
        JsonElement layers = config.ValueKind == JsonValueKind.Array ? config
            : JsonFile.Member(config, "layers") is { ValueKind: JsonValueKind.Array } list ? list
            : throw new ForeignFileException(Invariant($"The model is a {ForeignText.Shown(type)} without a list of layers; Sequential models are imported, and Functional ones whose layers are a chain."));
        List<LayerConfig> read = [];
        Dictionary<string, int> counts = new(StringComparer.Ordinal);
        int place = 0;
        foreach (JsonElement layer in layers.EnumerateArray())
        {
            bool isInput = JsonFile.Member(layer, "class_name") is { ValueKind: JsonValueKind.String } name && name.ValueEquals("InputLayer");
            place += isInput ? 0 : 1;
            read.Add(LayerConfig.Read(layer, isInput ? "the input" : Invariant($"layer {place}"), @class => counts[@class] = counts.GetValueOrDefault(@class, -1) + 1));
        }

        return type switch
        {
            "Sequential" => Of(read),
            "Functional" or "Model" => Of(Chain.Order(read, [.. layers.EnumerateArray()], config)),
            _ => throw new ForeignFileException(Invariant($"The model is a {ForeignText.Shown(type)}; Sequential models are imported, and Functional ones whose layers are a chain.")),
        };
    }

    private static ModelConfig Of(List<LayerConfig> layers) => new()
    {
        Layers = [.. layers.Where(static layer => layer.Class != "InputLayer")],
        Steps = layers.Select(StepsOf).FirstOrDefault(static steps => steps is not null),
    };

    // [batch, steps, values], or [batch, steps] of tokens.
    private static int? StepsOf(LayerConfig layer) => (JsonFile.Member(layer.Options, "batch_shape") ?? JsonFile.Member(layer.Options, "batch_input_shape")) is { ValueKind: JsonValueKind.Array } shape
        && shape.GetArrayLength() > 1 && shape[1] is { ValueKind: JsonValueKind.Number } steps && steps.TryGetInt32(out int count) && count is >= 1 and <= ForeignModelBuilder.MaximumSize ? count : null;
}
