using System.Text.Json;
using RnnGen.Exchange.Files;
using RnnGen.Exchange.Json;
using RnnGen.Exchange.Model;

namespace RnnGen.Exchange.Keras.Reading;

/// <summary>The order of a Functional model's layers, each of which must read the one before it and nothing else.</summary>
internal static class Chain
{
    private const string Fix = "the layers of a Functional model must be a chain from one input to one output";

    /// <summary>The layers in the order in which values flow.</summary>
    /// <param name="layers">The layers.</param>
    /// <param name="nodes">Their objects, which say what they read.</param>
    /// <param name="config">The model's object.</param>
    public static List<LayerConfig> Order(List<LayerConfig> layers, JsonElement[] nodes, JsonElement config)
    {
        Dictionary<string, int> readers = new(StringComparer.Ordinal);
        int? first = null;
        for (int i = 0; i < layers.Count; i++)
        {
            if (SourceOf(layers[i], nodes[i]) is not { } source)
            {
                first = first is null ? i : throw ForeignModelBuilder.Undeclarable(layers[i].Place, "a second input", Fix);
            }
            else if (!readers.TryAdd(source, i))
            {
                throw ForeignModelBuilder.Undeclarable(layers[i].Place, Invariant($"a second reader of {ForeignText.Shown(source)}"), Fix);
            }
        }

        List<LayerConfig> order = [];
        for (int? at = first; at is { } i && order.Count < layers.Count; at = readers.TryGetValue(layers[i].Name, out int next) ? next : null)
        {
            order.Add(layers[i]);
        }

        string? output = JsonFile.Member(config, "output_layers") is { ValueKind: JsonValueKind.Array } outputs ? NameIn(outputs) : null;
        return order.Count == layers.Count && order is [.., var last] && output == last.Name ? order
            : throw new ForeignFileException(Invariant($"The model's layers are not a chain that ends with its one output ({ForeignText.Shown(output ?? "several")}): {Fix}."));
    }

    // The layer that a layer reads; null of an input.
    private static string? SourceOf(LayerConfig layer, JsonElement node)
    {
        if (JsonFile.Member(node, "inbound_nodes") is not { ValueKind: JsonValueKind.Array } calls || calls.GetArrayLength() == 0)
        {
            return null;
        }

        return calls.GetArrayLength() == 1 && Tensor(layer, calls[0]) is { } source ? source : throw ForeignModelBuilder.Undeclarable(layer.Place, Invariant($"a layer {ForeignText.Shown(layer.Class)} that does not read one other layer once"), Fix);
    }

    // Keras 3: {"args": [{"class_name": "__keras_tensor__", "config": {"keras_history": [name, 0, 0]}}]}. Keras 2: [[name, 0, 0, {}]].
    private static string? Tensor(LayerConfig layer, JsonElement call)
    {
        if (call.ValueKind == JsonValueKind.Array)
        {
            JsonElement inner = Only(call);
            RequireNothingElse(layer, inner.ValueKind == JsonValueKind.Array && inner.GetArrayLength() == 4 ? inner[3] : null);
            return NameIn(inner);
        }

        RequireNothingElse(layer, JsonFile.Member(call, "kwargs"));
        return JsonFile.Member(call, "args") is { ValueKind: JsonValueKind.Array } arguments && arguments.GetArrayLength() == 1
            && JsonFile.Member(arguments[0], "config") is { } config && JsonFile.Member(config, "keras_history") is { } history ? NameIn(history) : null;
    }

    // [name, node, tensor], alone or in a list of one, and what the call was given besides.
    private static string? NameIn(JsonElement place)
    {
        JsonElement inner = Only(place);
        bool isFirst = inner.ValueKind == JsonValueKind.Array && inner.GetArrayLength() is 3 or 4 && inner[0].ValueKind == JsonValueKind.String && IsZero(inner[1]) && IsZero(inner[2]);
        return isFirst ? inner[0].GetString() : null;
    }

    private static JsonElement Only(JsonElement list)
    {
        JsonElement inner = list;
        while (inner.ValueKind == JsonValueKind.Array && inner.GetArrayLength() == 1)
        {
            inner = inner[0];
        }

        return inner;
    }

    private static bool IsZero(JsonElement number) => number.ValueKind == JsonValueKind.Number && number.TryGetInt32(out int value) && value == 0;

    // An initial state, a mask, or the behaviour of training at all times changes what a layer computes. Keras writes what was not given as null, and in old versions training as false.
    private static void RequireNothingElse(LayerConfig layer, JsonElement? arguments)
    {
        if (arguments is not { ValueKind: JsonValueKind.Object } named)
        {
            return;
        }

        foreach (JsonProperty argument in named.EnumerateObject())
        {
            bool isDefault = argument.Value.ValueKind == JsonValueKind.Null || (argument.Name == "training" && argument.Value.ValueKind == JsonValueKind.False);
            if (!isDefault)
            {
                throw layer.Rejected(Invariant($"that is called with {ForeignText.Cut(argument.Name)}={ForeignText.Cut(argument.Value.GetRawText())}"), "a call reads one other layer and nothing else");
            }
        }
    }
}
