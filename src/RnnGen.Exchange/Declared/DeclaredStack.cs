using System.Text;
using System.Text.Json;
using RnnGen.Exchange.Files;
using RnnGen.Exchange.Json;
using RnnGen.Generator.Cells;
using RnnGen.Generator.Cells.Graph;

namespace RnnGen.Exchange.Declared;

/// <summary>A specification, as the generator writes it into a model's file.</summary>
internal sealed record DeclaredStack
{
    private const string Place = "The declaration";

    private const int MaximumSize = 1 << 20;

    // What the specification has that exports know, or that only training and speed are about.
    private static readonly HashSet<string> s_known = new(StringComparer.Ordinal)
    {
        "version", "architecture", "inputSize", "sequenceLength", "outputSize", "loss", "precision", "accuracy", "predictionWeights", "pooling", "initialState", "labelLength", "infeasibleLabels", "maskedTargets", "tiedEmbedding",
        "outputSkip", "batchSize", "recomputeEvery", "gradientSums", "gradientFlow", "inputGradients", "embedding", "inputs", "layers", "decoder", "output", "cells",
    };

    private static readonly HashSet<string> s_knownOfLayers = new(StringComparer.Ordinal)
    {
        "cell", "size", "activation", "initializer", "bidirectional", "dropout", "recurrentDropout", "residual", "frozen", "kernel", "dilation", "causal", "numbers",
    };

    private static readonly HashSet<string> s_knownOfColumns = new(StringComparer.Ordinal) { "name", "kind", "size", "embedding" };

    public required Architecture Architecture { get; init; }

    public required Precision Precision { get; init; }

    public required Pooling Pooling { get; init; }

    public required int InputSize { get; init; }

    public required int SequenceLength { get; init; }

    public required int OutputSize { get; init; }

    public required string Loss { get; init; }

    public required int VocabularySize { get; init; }

    public required int EmbeddingSize { get; init; }

    public required bool IsTied { get; init; }

    public required bool OutputSkip { get; init; }

    public required bool LearnedInitialState { get; init; }

    public required bool HasDecoder { get; init; }

    public required IReadOnlyList<DeclaredLayer> Layers { get; init; }

    /// <summary>The first input column that is more than numbers at each step, and what it is; null where there is none.</summary>
    public required (string Name, string What)? Column { get; init; }

    /// <summary>What else is declared, by a later version: no export knows it.</summary>
    public required IReadOnlyList<string> Others { get; init; }

    /// <summary>Reads it.</summary>
    /// <param name="specification">The JSON.</param>
    /// <exception cref="ForeignFileException">It is of another version, or damaged.</exception>
    public static DeclaredStack Parse(string specification)
    {
        JsonElement root = JsonFile.Parse(Encoding.UTF8.GetBytes(specification), Place);
        if (JsonFile.Whole(root, "version", Place) != 1)
        {
            throw new ForeignFileException("The declaration in the file is of a later version; use a later version of this package.");
        }

        JsonElement? embedding = JsonFile.Member(root, "embedding"), loss = JsonFile.Member(root, "loss");
        int inputs = Size(root, "inputSize"), embedded = embedding is { } table ? Size(table, "size") : 0;
        return new DeclaredStack
        {
            Architecture = Choice(root, "architecture", default(Architecture)),
            Precision = Choice(root, "precision", Precision.Single),
            Pooling = Choice(root, "pooling", Pooling.Last),
            InputSize = inputs,
            SequenceLength = Size(root, "sequenceLength"),
            OutputSize = Size(root, "outputSize"),
            Loss = loss is { } said ? JsonFile.Text(said, "name", "The loss") : "",
            VocabularySize = embedding is { } rows ? Size(rows, "vocabularySize") : 0,
            EmbeddingSize = embedded,
            IsTied = JsonFile.Whole(root, "tiedEmbedding", Place, 0) != 0,
            OutputSkip = JsonFile.Whole(root, "outputSkip", Place, 0) != 0,
            LearnedInitialState = Choice(root, "initialState", InitialState.Zero) == InitialState.Learned,
            HasDecoder = JsonFile.Member(root, "decoder") is not null,
            Layers = LayersOf(root, embedded > 0 ? embedded : Width(root) ?? inputs),
            Column = Columns(root).Select(Special).FirstOrDefault(static column => column is not null),
            Others = [.. OthersOf(root)],
        };
    }

    private static IEnumerable<string> OthersOf(JsonElement root)
    {
        IEnumerable<JsonElement> layers = JsonFile.Member(root, "layers") is { ValueKind: JsonValueKind.Array } stack ? stack.EnumerateArray() : [];
        return root.EnumerateObject().Select(static member => member.Name).Where(static name => !s_known.Contains(name))
            .Concat(layers.Where(static layer => layer.ValueKind == JsonValueKind.Object).SelectMany(static layer => layer.EnumerateObject()).Select(static member => member.Name).Where(static name => !s_knownOfLayers.Contains(name)))
            .Concat(Columns(root).Where(static column => column.ValueKind == JsonValueKind.Object).SelectMany(static column => column.EnumerateObject()).Select(static member => member.Name).Where(static name => !s_knownOfColumns.Contains(name)))
            .Distinct();
    }

    private static IEnumerable<JsonElement> Columns(JsonElement root) => JsonFile.Member(root, "inputs") is { ValueKind: JsonValueKind.Array } columns ? columns.EnumerateArray() : [];

    private static (string Name, string What)? Special(JsonElement column)
    {
        const string place = "A column";
        string name = JsonFile.Text(column, "name", place), kind = JsonFile.Member(column, "kind") is null ? "Step" : JsonFile.Text(column, "kind", place);
        return kind != "Step" ? (name, Invariant($"its kind is {ForeignText.Cut(kind)}, so it is not read at each step as other inputs are"))
            : JsonFile.Member(column, "embedding") is { } table ? (name, Invariant($"it is a category of {Size(table, "vocabularySize")}, whose row of {Size(table, "size")} numbers is read from a table"))
            : null;
    }

    // Of named inputs, the first layer reads numbers as they are and categories as rows of their tables.
    private static int? Width(JsonElement root) => JsonFile.Member(root, "inputs") is { ValueKind: JsonValueKind.Array } inputs
        ? inputs.EnumerateArray().Sum(static input => JsonFile.Member(input, "embedding") is { } table ? Size(table, "size") : JsonFile.Whole(input, "size", Place, 1)) : null;

    private static List<DeclaredLayer> LayersOf(JsonElement root, int width)
    {
        if (JsonFile.Member(root, "layers") is not { ValueKind: JsonValueKind.Array } stack || JsonFile.Member(root, "output") is not { } output)
        {
            throw new ForeignFileException("The declaration has no layers: it is damaged.");
        }

        Dictionary<string, string> cells = Cells(root);
        Dictionary<string, int> counts = [];
        List<DeclaredLayer> layers = [];
        foreach (JsonElement element in stack.EnumerateArray())
        {
            DeclaredLayer layer = Layer(element, Invariant($"layer {layers.Count + 1}"), width, cells, isHead: false);
            string kind = layer.IsRecurrent ? "recurrent" : layer.Kernel > 0 ? "convolution" : layer.Source is null ? "normalisation" : "dense";
            int index = counts.GetValueOrDefault(kind);
            counts[kind] = index + 1;
            layers.Add(layer with { Index = index });
            width = layer.OutputSize;
        }

        layers.Add(Layer(output, "the output layer", width, [], isHead: true));
        return layers;
    }

    private static DeclaredLayer Layer(JsonElement element, string place, int width, Dictionary<string, string> cells, bool isHead)
    {
        string cell = JsonFile.Text(element, "cell", place);
        int size = Size(element, "size"), kernel = JsonFile.Whole(element, "kernel", place, 0), dilation = JsonFile.Whole(element, "dilation", place, 1);
        if ((long)kernel * dilation > MaximumSize)
        {
            throw new ForeignFileException(Invariant($"The convolution of {place} reads more than {MaximumSize} steps: the declaration is damaged."));
        }

        string title = kernel > 0 ? "Conv1D" : cell.Length > 0 ? char.ToUpperInvariant(cell[0]) + cell[1..] : "";
        Dictionary<string, double> numbers = Numbers(element);
        CellSource? source = cell == "LayerNorm" && !cells.ContainsKey(cell) ? null : new CellSource(cell, cells.GetValueOrDefault(cell), new(numbers.Select(static n => new CellNumber(n.Key, n.Value))));
        (int outputs, CellDefinition? definition) = Equations(source, size, place);
        bool isBoth = JsonFile.Whole(element, "bidirectional", place, 0) != 0;
        return new DeclaredLayer
        {
            Place = isHead ? place : Invariant($"{place}, {ForeignText.Cut(title)}({size}{(kernel > 0 ? Invariant($", {kernel}") : "")})"),
            Cell = cell,
            Equations = cells.GetValueOrDefault(cell),
            InputSize = width,
            Size = size,
            OutputSize = outputs * (isBoth ? 2 : 1),
            IsRecurrent = definition is { IsRecurrent: true },
            Source = source,
            OutputIsState = definition is not null && definition.Output.EndsWith('\''),
            Activation = Choice(element, "activation", Activation.Identity),
            IsBidirectional = isBoth,
            IsResidual = JsonFile.Whole(element, "residual", place, 0) != 0,
            Kernel = kernel,
            Dilation = dilation,
            IsCausal = JsonFile.Whole(element, "causal", place, 0) != 0,
            Numbers = numbers,
            IsHead = isHead,
        };
    }

    // The equations of a layer, and how many values a step of it outputs.
    private static (int OutputSize, CellDefinition? Definition) Equations(CellSource? source, int size, string place)
    {
        if (source is null)
        {
            return (size, null);
        }

        try
        {
            return CellGraph.OutputSize(source, size) is >= 1 and <= MaximumSize and int outputs ? (outputs, source.Definition)
                : throw new ForeignFileException(Invariant($"The outputs of {place} are not from 1 to {MaximumSize}: the declaration is damaged."));
        }
        catch (Exception e) when (e is CellFormatException or ArgumentException)
        {
            throw new ForeignFileException(Invariant($"The equations of {place} are not those of a cell that this version knows: {e.Message}"), e);
        }
    }

    private static Dictionary<string, double> Numbers(JsonElement element)
    {
        Dictionary<string, double> numbers = new(StringComparer.Ordinal);
        if (JsonFile.Member(element, "numbers") is { ValueKind: JsonValueKind.Object } said)
        {
            foreach (JsonProperty number in said.EnumerateObject())
            {
                numbers[number.Name] = number.Value.ValueKind == JsonValueKind.Number && number.Value.TryGetDouble(out double value) && double.IsFinite(value) ? value
                    : throw new ForeignFileException(Invariant($"{ForeignText.Shown(number.Name)} in the declaration is not a number: it is damaged."));
            }
        }

        return numbers;
    }

    // A name may stand for one text of equations only, since layers say the name.
    private static Dictionary<string, string> Cells(JsonElement root)
    {
        Dictionary<string, string> cells = new(StringComparer.Ordinal);
        if (JsonFile.Member(root, "cells") is { ValueKind: JsonValueKind.Array } own)
        {
            foreach (JsonElement cell in own.EnumerateArray())
            {
                string name = JsonFile.Text(cell, "name", "A cell");
                if (!cells.TryAdd(name, JsonFile.Text(cell, "equations", "A cell")))
                {
                    throw new ForeignFileException(Invariant($"Two cells of the declaration are called {ForeignText.Shown(name)}, so its layers do not say which is meant: give one another name."));
                }
            }
        }

        return cells;
    }

    private static int Size(JsonElement element, string name) => JsonFile.Whole(element, name, Place) is >= 1 and <= MaximumSize and int size ? size
        : throw new ForeignFileException(Invariant($"'{name}' of the declaration is not from 1 to {MaximumSize}: it is damaged."));

    private static T Choice<T>(JsonElement element, string name, T standard) where T : struct, Enum =>
        JsonFile.Member(element, name) is null ? standard
        : Enum.TryParse(JsonFile.Text(element, name, Place), out T value) && Enum.IsDefined(value) ? value
        : throw new ForeignFileException(Invariant($"{ForeignText.Shown(JsonFile.Text(element, name, Place))} is no {typeof(T).Name} that this version knows: the file is of a later one, or damaged."));
}
