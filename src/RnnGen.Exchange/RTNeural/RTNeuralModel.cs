using System.Text.Json;
using RnnGen.Exchange.Files;
using RnnGen.Exchange.Json;
using RnnGen.Exchange.Model;
using RnnGen.Exchange.StateDicts;

namespace RnnGen.Exchange.RTNeural;

/// <summary>
/// RTNeural's JSON: <c>in_shape</c> and <c>layers</c>, each with its type, activation, shape and weights as Keras orders them. AIDA-X's files are these with <c>in_skip</c>, gains and a sample rate.
/// </summary>
internal static class RTNeuralModel
{
    public static bool Is(JsonElement file) => JsonFile.Member(file, "in_shape") is not null && JsonFile.Member(file, "layers") is { ValueKind: JsonValueKind.Array };

    public static ForeignModel Read(JsonElement file, ImportOptions options)
    {
        int width = Last(file, "in_shape", "The file");
        List<DictModule> layers = [];
        foreach (JsonElement layer in JsonFile.Member(file, "layers")!.Value.EnumerateArray())
        {
            string place = Invariant($"layer {layers.Count + 1}"), type = JsonFile.Text(layer, "type", place);
            if (type == "activation")
            {
                Activation function = FunctionOf(layer, place);
                layers[^1] = layers is [.., { TakesFunction: true, Activation: Activation.Identity } linear] ? linear with { Activation = function }
                    : throw ForeignModelBuilder.Undeclarable(place, "a function behind a layer that is neither dense nor a convolution", "only these have functions");
                continue;
            }

            int units = Last(layer, "shape", place);
            layers.Add(ReadLayer(layer, type, Invariant($"{place} ({type})"), width, units));
            width = units;
        }

        ForeignModelBuilder model = new("an RTNeural model") { IsSkipping = IsSkipping(file) };
        foreach (DictModule layer in BatchNormFolding.Fold(layers, model.Note))
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
        return model.Build(architecture, Precision.Single, sequenceLength: null, new ModuleChain(layers, architecture, model.IsSkipping));
    }

    private static DictModule ReadLayer(JsonElement layer, string type, string place, int inputs, int units)
    {
        if (units is < 1 or > ForeignModelBuilder.MaximumSize || inputs is < 1 or > ForeignModelBuilder.MaximumSize || JsonFile.Member(layer, "weights") is not { ValueKind: JsonValueKind.Array } weights)
        {
            throw new ForeignFileException(Invariant($"{place} has {inputs} inputs, {units} units or no weights: the file is damaged."));
        }

        return type switch
        {
            "lstm" => ReadRecurrent(layer, ForeignLayerKind.Lstm, weights, place, inputs, units),
            "gru" => ReadRecurrent(layer, ForeignLayerKind.Gru, weights, place, inputs, units),
            "dense" or "time-distributed-dense" => ReadDense(layer, weights, place, inputs, units),
            "conv1d" => ReadConvolution(layer, weights, place, inputs, units),
            "batchnorm" => ReadBatchNorm(layer, weights, place, inputs),
            _ => throw ForeignModelBuilder.Undeclarable(place, "a layer of another type", "lstm, gru, dense, time-distributed-dense, conv1d, batchnorm and activation are imported"),
        };
    }

    private static KerasLayer ReadDense(JsonElement layer, JsonElement weights, string place, int inputs, int units)
    {
        int count = weights.GetArrayLength();
        Require(place, count, count is 1 or 2);
        return new KerasLayer(place, ForeignLayerKind.Dense, Weights(weights, place, 0, inputs, units), null, count == 2 ? Weights(weights, place, 1, units) : null) { Activation = FunctionOf(layer, place) };
    }

    private static KerasLayer ReadRecurrent(JsonElement layer, ForeignLayerKind kind, JsonElement weights, string place, int inputs, int units)
    {
        int count = weights.GetArrayLength(), columns = LayerKinds.Gates(kind) * units;
        Require(place, count, count == 3);
        RequireDefault(layer, place);
        Tensor bias = kind == ForeignLayerKind.Gru ? Weights(weights, place, 2, 2, columns) : Weights(weights, place, 2, columns);
        return new KerasLayer(place, kind, Weights(weights, place, 0, inputs, columns), Weights(weights, place, 1, units, columns), bias);
    }

    // Keras's kernel, [steps, inputs, filters], of the step and earlier ones.
    private static ConvolutionModule ReadConvolution(JsonElement layer, JsonElement weights, string place, int inputs, int filters)
    {
        const int maximum = 65_536;
        int count = weights.GetArrayLength(), kernel = Last(layer, "kernel_size", place), dilation = Last(layer, "dilation", place), groups = JsonFile.Whole(layer, "groups", place, 1);
        if (groups != 1 || kernel is < 1 or > maximum || dilation is < 1 or > maximum || (long)(kernel - 1) * dilation > maximum)
        {
            throw ForeignModelBuilder.Undeclarable(place, Invariant($"a convolution of {kernel} steps with dilation {dilation} and {groups} groups"), Invariant($"[Conv1D] has one group and reaches up to {maximum} steps"));
        }

        Require(place, count, count == 2);
        Tensor read = Weights(weights, place, 0, kernel, inputs, filters);
        double[] values = new double[read.Values.Length];
        for (int k = 0; k < values.Length; k++)
        {
            int filter = k % filters, input = k / filters % inputs, step = k / filters / inputs;
            values[(((filter * inputs) + input) * kernel) + step] = read.Values[k];
        }

        return new ConvolutionModule(place, new Tensor(read.Name, [filters, inputs, kernel], values), Weights(weights, place, 1, filters)) { Dilation = dilation, Back = (kernel - 1) * dilation, Activation = FunctionOf(layer, place) };
    }

    private static BatchNormModule ReadBatchNorm(JsonElement layer, JsonElement weights, string place, int width)
    {
        int count = weights.GetArrayLength();
        Require(place, count, count is 2 or 4);
        double epsilon = JsonFile.Member(layer, "epsilon") is { ValueKind: JsonValueKind.Number } said && said.TryGetDouble(out double number) ? number : throw new ForeignFileException(Invariant($"{place} has no 'epsilon': it is damaged."));
        BatchNormModule norm = new(place)
        {
            Gain = count == 4 ? Weights(weights, place, 0, width) : null, Offset = count == 4 ? Weights(weights, place, 1, width) : null, Mean = Weights(weights, place, count - 2, width), Variance = Weights(weights, place, count - 1, width), Epsilon = epsilon,
        };
        return Array.TrueForAll(norm.Affine().Scale, double.IsFinite) ? norm : throw new ForeignFileException(Invariant($"{place} has a variance below zero: it is damaged."));
    }

    private static Tensor Weights(JsonElement weights, string place, int index, params int[] shape) => JsonFile.Numbers(weights[index], Invariant($"{place} weights {index}"), shape);

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
}
