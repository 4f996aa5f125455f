using System.Text.Json;
using RnnGen.Exchange.Files;
using RnnGen.Exchange.Json;
using RnnGen.Exchange.Model;

namespace RnnGen.Exchange.RTNeural;

/// <summary>
/// RTNeural's JSON: <c>in_shape</c> and <c>layers</c>, each with its type, activation, shape and weights as Keras orders them. AIDA-X's files are these with <c>in_skip</c>, gains and a sample rate.
/// </summary>
internal static class RTNeuralModel
{
    public static bool Is(JsonElement file) => JsonFile.Member(file, "in_shape") is not null && JsonFile.Member(file, "layers") is { ValueKind: JsonValueKind.Array };

    public static ForeignModel Read(JsonElement file, ImportOptions options)
    {
        int width = Last(file, "in_shape", "The file"), inputs = width;
        List<KerasLayer> layers = [];
        foreach (JsonElement layer in JsonFile.Member(file, "layers")!.Value.EnumerateArray())
        {
            string place = Invariant($"layer {layers.Count + 1}"), type = JsonFile.Text(layer, "type", place);
            if (type == "activation")
            {
                Activation function = FunctionOf(layer, place);
                if (layers is not [.., { Kind: ForeignLayerKind.Dense, Activation: Activation.Identity } dense])
                {
                    throw ForeignModelBuilder.Undeclarable(place, "a function behind a layer that is not dense", "only dense layers have functions");
                }

                layers[^1] = dense with { Activation = function };
                continue;
            }

            int units = Last(layer, "shape", place);
            layers.Add(ReadLayer(layer, type, Invariant($"{place} ({type})"), width, units));
            width = units;
        }

        ForeignModelBuilder model = new("an RTNeural model") { IsSkipping = IsSkipping(file) };
        foreach (KerasLayer layer in layers)
        {
            layer.AddTo(model);
        }

        foreach (JsonProperty property in file.EnumerateObject().Where(static p => p.Name is "in_gain" or "out_gain" or "samplerate" && p.Value.ValueKind == JsonValueKind.Number))
        {
            model.Metadata[property.Name] = property.Value.GetRawText();
        }

        if (JsonFile.Member(file, "metadata") is { ValueKind: JsonValueKind.Object } metadata)
        {
            JsonFile.Flatten(metadata, "metadata.", model.Metadata);
        }

        if (JsonFile.Member(file, "in_gain") is not null || JsonFile.Member(file, "out_gain") is not null)
        {
            model.Note("in_gain and out_gain, in dB, are metadata: multiply the samples by 10^(gain/20) before and after the model.");
        }

        Architecture architecture = options.Architecture ?? Architecture.ManyToMany;
        return model.Build(architecture, Precision.Single, sequenceLength: null, new Equations(layers, inputs, model.IsSkipping, architecture));
    }

    private static KerasLayer ReadLayer(JsonElement layer, string type, string place, int inputs, int units)
    {
        ForeignLayerKind kind = type switch
        {
            "lstm" => ForeignLayerKind.Lstm,
            "gru" => ForeignLayerKind.Gru,
            "dense" or "time-distributed-dense" => ForeignLayerKind.Dense,
            _ => throw ForeignModelBuilder.Undeclarable(place, "a layer of another type", "lstm, gru, dense, time-distributed-dense and activation are imported"),
        };
        if (units is < 1 or > ForeignModelBuilder.MaximumSize || inputs is < 1 or > ForeignModelBuilder.MaximumSize || JsonFile.Member(layer, "weights") is not { ValueKind: JsonValueKind.Array } weights)
        {
            throw new ForeignFileException(Invariant($"{place} has {inputs} inputs, {units} units or no weights: the file is damaged."));
        }

        int count = weights.GetArrayLength(), gates = kind == ForeignLayerKind.Dense ? 1 : LayerKinds.Gates(kind);
        string name = place + " weights ";
        if (kind == ForeignLayerKind.Dense)
        {
            Require(place, count, count is 1 or 2);
            return new KerasLayer(place, kind, JsonFile.Numbers(weights[0], name + "0", inputs, units), null, count == 2 ? JsonFile.Numbers(weights[1], name + "1", units) : null, FunctionOf(layer, place));
        }

        Require(place, count, count == 3);
        RequireDefault(layer, place);
        return new KerasLayer(
            place, kind, JsonFile.Numbers(weights[0], name + "0", inputs, gates * units), JsonFile.Numbers(weights[1], name + "1", units, gates * units),
            kind == ForeignLayerKind.Gru ? JsonFile.Numbers(weights[2], name + "2", 2, gates * units) : JsonFile.Numbers(weights[2], name + "2", gates * units), Activation.Identity);
    }

    private static void Require(string place, int count, bool isRight)
    {
        if (!isRight)
        {
            throw new ForeignFileException(Invariant($"{place} has {count} arrays of weights: the file is damaged, or of another version."));
        }
    }

    // RTNeural's recurrent layers compute tanh and sigmoid, whatever is written.
    private static void RequireDefault(JsonElement layer, string place)
    {
        if (JsonFile.Member(layer, "activation") is { ValueKind: JsonValueKind.String } && JsonFile.Text(layer, "activation", place) is var function and not ("" or "tanh"))
        {
            throw ForeignModelBuilder.Undeclarable(place, Invariant($"a recurrent layer with {ForeignText.Shown(function)}"), "tanh is imported");
        }
    }

    private static Activation FunctionOf(JsonElement layer, string place) => JsonFile.Member(layer, "activation") is null ? Activation.Identity : JsonFile.Text(layer, "activation", place) switch
    {
        "" or "linear" => Activation.Identity,
        "tanh" => Activation.Tanh,
        "relu" => Activation.Relu,
        "sigmoid" => Activation.Sigmoid,
        string other => throw ForeignModelBuilder.Undeclarable(place, Invariant($"a layer with {ForeignText.Shown(other)}"), "tanh, relu and sigmoid are imported"),
    };

    private static bool IsSkipping(JsonElement file) => JsonFile.Whole(file, "in_skip", "The file", 0) switch
    {
        0 => false,
        1 => true,
        int other => throw new ForeignFileException(Invariant($"The file has in_skip {other}; players know 0 and 1.")),
    };

    // The last length of a shape, whose others are null.
    private static int Last(JsonElement value, string name, string place) => JsonFile.Member(value, name) is { ValueKind: JsonValueKind.Array } shape && shape.GetArrayLength() is int length and > 0
        && shape[length - 1].ValueKind == JsonValueKind.Number && shape[length - 1].TryGetInt32(out int last) ? last
        : throw new ForeignFileException(Invariant($"{place} has no '{name}' that ends with a whole number: it is damaged."));

    /// <summary>The layers one after the other.</summary>
    private sealed class Equations(List<KerasLayer> layers, int inputSize, bool isSkipping, Architecture architecture) : IForeignEquations
    {
        public double[] Run(ReadOnlySpan<double> inputs, int steps)
        {
            double[] values = inputs.ToArray();
            foreach (KerasLayer layer in layers)
            {
                values = layer.Run(values, steps);
            }

            int width = values.Length / steps;
            for (int k = 0; isSkipping && k < values.Length; k++)
            {
                values[k] += inputs[(k / width * inputSize) + (k % width)];
            }

            return architecture == Architecture.ManyToOne ? values[^width..] : values;
        }
    }
}
