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

        ImportOptions said = new() { Architecture = options.Architecture ?? Architecture.ManyToMany, Activations = functions, Order = options.Order };
        ForeignModel model = StateDictModel.Of(new StateDict("a GuitarML model", entries, isOrdered: true), said, isSkipping: skip > 0);
        string found = Invariant($"{model.Layers[0].Kind}");
        return string.Equals(found, unit, StringComparison.OrdinalIgnoreCase) ? model
            : throw new ForeignFileException(Invariant($"{Place} says unit_type {ForeignText.Shown(unit)}, but the weights are those of {found}: the file is damaged."));
    }
}
