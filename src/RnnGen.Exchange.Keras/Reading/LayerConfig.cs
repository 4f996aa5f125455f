using System.Text.Json;
using RnnGen.Exchange.Files;
using RnnGen.Exchange.Json;
using RnnGen.Exchange.Model;

namespace RnnGen.Exchange.Keras.Reading;

/// <summary>What a model's configuration says of a layer.</summary>
internal sealed record LayerConfig
{
    /// <summary>Its class, such as <c>LSTM</c>.</summary>
    public required string Class { get; init; }

    /// <summary>Its own name, such as <c>lstm_2</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Its place, for messages: <c>layer 3 (lstm_2)</c>, or an input.</summary>
    public required string Place { get; init; }

    /// <summary>How many layers of its class are in front of it.</summary>
    public required int Index { get; init; }

    /// <summary>Its options.</summary>
    public required JsonElement Options { get; init; }

    /// <summary>The name of its number types, such as <c>float32</c> or <c>mixed_float16</c>.</summary>
    public string Policy => JsonFile.Member(Options, "dtype") switch
    {
        null => "float32",
        { ValueKind: JsonValueKind.String } => JsonFile.Text(Options, "dtype", Place),
        { } policy => JsonFile.Member(policy, "config") is { } config && JsonFile.Member(config, "name") is { ValueKind: JsonValueKind.String } ? JsonFile.Text(config, "name", Place) : "float32",
    };

    /// <summary>Reads it.</summary>
    /// <param name="layer">Its object: class and configuration.</param>
    /// <param name="place">Its place, without its name.</param>
    /// <param name="index">How many layers of its class are in front of it, by the class.</param>
    public static LayerConfig Read(JsonElement layer, string place, Func<string, int> index)
    {
        string type = JsonFile.Text(layer, "class_name", place);
        JsonElement options = JsonFile.Member(layer, "config") is { ValueKind: JsonValueKind.Object } config ? config : throw new ForeignFileException(Invariant($"{place} has no 'config': the file is damaged."));
        string name = JsonFile.Member(options, "name") is null ? type : JsonFile.Text(options, "name", place);
        LayerConfig read = new() { Class = type, Name = name, Place = Invariant($"{place} ({ForeignText.Cut(name)})"), Index = index(type), Options = options };
        string module = JsonFile.Member(layer, "module") is null ? "keras" : JsonFile.Text(layer, "module", place);
        return module.StartsWith("keras", StringComparison.Ordinal) || module.StartsWith("tf_keras", StringComparison.Ordinal) ? read
            : throw ForeignModelBuilder.Undeclarable(read.Place, Invariant($"a {ForeignText.Shown(type)} of {ForeignText.Shown(module)}, and not of Keras"), "layers of Keras itself are imported");
    }

    /// <summary>The layer that a wrapper has.</summary>
    /// <param name="option">The option that holds it.</param>
    public LayerConfig? Inner(string option) => JsonFile.Member(Options, option) is { } inner ? Read(inner, Place, static _ => 0) with { Place = Place } : null;

    /// <summary>A whole number.</summary>
    public int Whole(string option) => JsonFile.Whole(Options, option, Place);

    /// <summary>A whole number, alone or in a list of one.</summary>
    public int Single(string option, int standard)
    {
        if (JsonFile.Member(Options, option) is not { } said)
        {
            return standard;
        }

        JsonElement number = said.ValueKind == JsonValueKind.Array && said.GetArrayLength() == 1 ? said[0] : said;
        return number.ValueKind == JsonValueKind.Number && number.TryGetInt32(out int value) ? value : throw Rejected(Invariant($"with {option} {ForeignText.Cut(said.GetRawText())}"), "one whole number can be");
    }

    /// <summary>Whether an option is true.</summary>
    public bool Is(string option, bool standard = false) => JsonFile.Member(Options, option) switch
    {
        null => standard,
        { ValueKind: JsonValueKind.True } => true,
        { ValueKind: JsonValueKind.False } => false,
        { ValueKind: JsonValueKind.Number } number => number.TryGetDouble(out double value) && value != 0,
        { } other => throw Rejected(Invariant($"with {option} {ForeignText.Cut(other.GetRawText())}"), "true or false can be"),
    };

    /// <summary>A number.</summary>
    public double Number(string option, double standard) => JsonFile.Member(Options, option) switch
    {
        null => standard,
        { ValueKind: JsonValueKind.Number } number when number.TryGetDouble(out double value) => value,
        { } other => throw Rejected(Invariant($"with {option} {ForeignText.Cut(other.GetRawText())}"), "a number can be"),
    };

    /// <summary>A text, such as a mode.</summary>
    public string Text(string option, string standard) => JsonFile.Member(Options, option) switch
    {
        null => standard,
        { ValueKind: JsonValueKind.String } => JsonFile.Text(Options, option, Place),
        { } other => throw Rejected(Invariant($"with {option} {ForeignText.Cut(other.GetRawText())}"), "a name can be"),
    };

    /// <summary>A function. Keras writes its name, or an object with the name in it.</summary>
    public string Function(string option, string standard) => JsonFile.Member(Options, option) is { ValueKind: JsonValueKind.Object } function
        ? JsonFile.Member(function, "config") is { ValueKind: JsonValueKind.String } ? JsonFile.Text(function, "config", Place) : JsonFile.Text(function, "class_name", Place)
        : Text(option, standard);

    /// <summary>An error that names the layer and what it is.</summary>
    /// <param name="how">What no declaration can say of it; empty for the whole class.</param>
    /// <param name="fix">What can be declared.</param>
    public ForeignFileException Rejected(string how, string fix) => ForeignModelBuilder.Undeclarable(Place, Invariant($"a layer {ForeignText.Shown(Class)}{(how.Length == 0 ? "" : " ")}{how}"), fix);
}
