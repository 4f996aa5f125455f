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

    /// <summary>All layers, inputs among them.</summary>
    public required IReadOnlyList<LayerConfig> WithInputs { get; init; }

    /// <summary>The shape of a sequence, where the model says it: steps and values, or the steps of tokens. A length that is free is null.</summary>
    public required IReadOnlyList<int?>? InputShape { get; init; }

    /// <summary>Steps of a sequence, where the input says it.</summary>
    public int? Steps => InputShape is [int and >= 1 and <= ForeignModelBuilder.MaximumSize, ..] ? InputShape[0] : null;

    /// <summary>Reads it.</summary>
    /// <param name="model">The JSON, which is the same in all files but for the way in which layers are joined.</param>
    public static ModelConfig Read(JsonElement model)
    {
        string type = JsonFile.Text(model, "class_name", Place);
        LayerConfig.RequireOfKeras(model, type, Place);
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

        HashSet<string> names = new(StringComparer.Ordinal);
        if (read.Find(layer => !names.Add(layer.Name)) is { } second)
        {
            throw new ForeignFileException(Invariant($"{ForeignText.Shown(second.Place)} has the name of a layer before it: the file is damaged."));
        }

        return type switch
        {
            "Sequential" => read.FindLastIndex(static layer => layer.Class == "InputLayer") <= 0 ? Of(read) : throw new ForeignFileException("The model is a 'Sequential' with an input behind its first layer: the file is damaged."),
            "Functional" or "Model" => Of(Chain.Order(read, [.. layers.EnumerateArray()], config)),
            _ => throw new ForeignFileException(Invariant($"The model is a {ForeignText.Shown(type)}; Sequential models are imported, and Functional ones whose layers are a chain.")),
        };
    }

    private static ModelConfig Of(List<LayerConfig> layers) => new()
    {
        Layers = [.. layers.Where(static layer => layer.Class != "InputLayer")],
        WithInputs = layers,
        InputShape = layers is [var first, ..] ? ShapeOf(first) : null,
    };

    // [batch, steps, values], or [batch, steps] of tokens.
    private static List<int?>? ShapeOf(LayerConfig layer) => (JsonFile.Member(layer.Options, "batch_shape") ?? JsonFile.Member(layer.Options, "batch_input_shape")) is { ValueKind: JsonValueKind.Array } shape
        ? [.. shape.EnumerateArray().Skip(1).Select(static length => length.ValueKind == JsonValueKind.Number && length.TryGetInt32(out int count) ? count : (int?)null)]
        : null;
}
