using System.Text.Json;
using RnnGen.Exchange.Files;
using RnnGen.Exchange.Json;
using RnnGen.Exchange.StateDicts;

namespace RnnGen.Exchange.GuitarML;

/// <summary>
/// Captures of amplifiers as GuitarML's Automated-GuitarAmpModelling saves them: <c>model_data</c> says what the model is, and <c>state_dict</c> holds PyTorch's tensors as lists. With <c>skip</c> the input
/// is added to the output.
/// </summary>
internal static class GuitarMLModel
{
    private const string Place = "'model_data'", Head = "lin";

    public static bool Is(JsonElement file) => JsonFile.Member(file, "model_data") is not null && JsonFile.Member(file, "state_dict") is { ValueKind: JsonValueKind.Object };

    public static ForeignModel Read(JsonElement file, ImportOptions options)
    {
        JsonElement data = JsonFile.Member(file, "model_data")!.Value;
        string kind = JsonFile.Text(data, "model", Place), unit = JsonFile.Text(data, "unit_type", Place);
        if (kind != "SimpleRNN")
        {
            throw new ForeignFileException(Invariant($"{Place} is {ForeignText.Shown(kind)}, which cannot be declared: a SimpleRNN can."));
        }

        List<StateDictEntry> entries = [];
        foreach (JsonProperty tensor in JsonFile.Member(file, "state_dict")!.Value.EnumerateObject())
        {
            int[] shape = JsonFile.ShapeOf(tensor.Value);
            entries.Add(new StateDictEntry(tensor.Name, shape, NumberType.F32, JsonFile.Numbers(tensor.Value, tensor.Name, shape).Values));
        }

        bool hasHeadBias = entries.Exists(static e => e.Name == Head + ".bias"), saysBias = JsonFile.Whole(data, "bias_fl", Place, hasHeadBias ? 1 : 0) != 0;
        if (saysBias != hasHeadBias)
        {
            throw new ForeignFileException(Invariant($"{Place} says bias_fl {(saysBias ? "true" : "false")}, but the file has {(hasHeadBias ? "a" : "no")} '{Head}.bias': it is damaged."));
        }

        int skip = JsonFile.Whole(data, "skip", Place, 0), outputs = JsonFile.Whole(data, "output_size", Place, 1);
        if (skip != 0 && skip != outputs)
        {
            throw new ForeignFileException(Invariant($"{Place} has skip {skip} and output_size {outputs}; OutputSkip adds as many inputs as there are outputs, so they must be equal."));
        }

        Dictionary<string, Activation> functions = new(options.Activations);
        if (entries.Exists(static e => e.Name == Head + ".weight"))
        {
            functions.TryAdd(Head, Activation.Identity);
        }

        string[] notes = JsonFile.Member(data, "skip") is null ? ["The file does not say 'skip'; 0 was taken, so inputs are not added to outputs."] : [];
        ImportOptions said = new() { Architecture = options.Architecture ?? Architecture.ManyToMany, Activations = functions, Order = options.Order, Embedding = options.Embedding, Convolutions = options.Convolutions, Pooling = options.Pooling };
        ForeignModel model = StateDictModel.Of(new StateDict("a GuitarML model", entries, isOrdered: true) { Notes = notes }, said, isSkipping: skip > 0);
        RequireSame(model, data, unit);
        return model;
    }

    // What the file says of its weights is what they are.
    private static void RequireSame(ForeignModel model, JsonElement data, string unit)
    {
        string found = Invariant($"{model.Layers[0].Kind}");
        if (!string.Equals(found, unit, StringComparison.OrdinalIgnoreCase))
        {
            throw Differ("unit_type", ForeignText.Shown(unit), found);
        }

        foreach ((string name, int size) in (ReadOnlySpan<(string, int)>)
            [("input_size", model.InputSize), ("output_size", model.OutputSize), ("hidden_size", model.Layers[0].Size), ("num_layers", model.Layers.Count(layer => layer.Kind == model.Layers[0].Kind))])
        {
            int says = JsonFile.Whole(data, name, Place, size);
            if (says != size)
            {
                throw Differ(name, Invariant($"{says}"), Invariant($"{size}"));
            }
        }

        static ForeignFileException Differ(string name, string says, string found) => new(Invariant($"{Place} says {name} {says}, but the weights are those of {found}: the file is damaged."));
    }
}
