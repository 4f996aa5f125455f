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
        RequireOfKeras(layer, type, read.Place);
        return read;
    }

    /// <summary>Rejects a class or a function that is not Keras's own, whatever it is called.</summary>
    /// <param name="serialized">What the file says of it.</param>
    /// <param name="name">What it is called.</param>
    /// <param name="place">Where it is, for messages.</param>
    public static void RequireOfKeras(JsonElement serialized, string name, string place)
    {
        if (OwnerOf(serialized, name, place) is { } owner)
        {
            throw ForeignModelBuilder.Undeclarable(place, Invariant($"a {ForeignText.Shown(name)} of {ForeignText.Shown(owner)}, and not of Keras"), "models, layers and functions of Keras itself are imported");
        }
    }

    // Keras registers what is not its own, with a name such as My>LSTM. It writes neither a module nor such a name before 2.12.
    private static string? OwnerOf(JsonElement serialized, string name, string place)
    {
        string? registered = JsonFile.Member(serialized, "registered_name") is null ? null : JsonFile.Text(serialized, "registered_name", place);
        if (registered is not null && registered != name && registered != "function")
        {
            return registered;
        }

        if (JsonFile.Member(serialized, "module") is null)
        {
            return registered;
        }

        string module = JsonFile.Text(serialized, "module", place);
        bool isOfKeras = module is "keras" or "tf_keras" || module.StartsWith("keras.", StringComparison.Ordinal) || module.StartsWith("tf_keras.", StringComparison.Ordinal);
        return isOfKeras ? null : module;
    }

    /// <summary>Whether the configuration has an option at all.</summary>
    public bool Says(string option) => Options.TryGetProperty(option, out _);

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

    /// <summary>A function. Keras writes its name, an object with the name in it, or null for <c>linear</c>.</summary>
    /// <param name="option">The option.</param>
    /// <param name="standard">What a configuration without the option has.</param>
    public string Function(string option, string standard)
    {
        if (Says(option) && JsonFile.Member(Options, option) is null)
        {
            return "linear";
        }

        if (JsonFile.Member(Options, option) is not { ValueKind: JsonValueKind.Object } function)
        {
            return Text(option, standard);
        }

        string name = JsonFile.Text(function, JsonFile.Member(function, "config") is { ValueKind: JsonValueKind.String } ? "config" : "class_name", Place);
        RequireOfKeras(function, name, Place);
        return name;
    }

    /// <summary>An error that names the layer and what it is.</summary>
    /// <param name="how">What no declaration can say of it; empty for the whole class.</param>
    /// <param name="fix">What can be declared.</param>
    public ForeignFileException Rejected(string how, string fix) => ForeignModelBuilder.Undeclarable(Place, Invariant($"a layer {ForeignText.Shown(Class)}{(how.Length == 0 ? "" : " ")}{how}"), fix);
}
