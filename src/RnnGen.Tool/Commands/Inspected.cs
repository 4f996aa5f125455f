using RnnGen.Exchange;

namespace RnnGen.Tool.Commands;

/// <summary>What is shown of a file, be it another framework's or RnnGen's own.</summary>
internal sealed record Inspected
{
    public required string Format { get; init; }

    public required Architecture Architecture { get; init; }

    public required Precision Precision { get; init; }

    public required long ParameterCount { get; init; }

    /// <summary>Steps of a sequence; null where the file does not say it.</summary>
    public required int? SequenceLength { get; init; }

    public required Pooling Pooling { get; init; }

    public required bool OutputSkip { get; init; }

    public required bool LearnedInitialState { get; init; }

    /// <summary>The token, or the value of all inputs of a step, that marks a step to pass over; null where there is none.</summary>
    public required double? MaskedValue { get; init; }

    public required IReadOnlyList<InspectedLayer> Layers { get; init; }

    public required IReadOnlyList<InspectedParameter> Parameters { get; init; }

    public required IReadOnlyDictionary<string, string> Metadata { get; init; }

    public required IReadOnlyList<string> Notes { get; init; }

    public static Inspected Of(ForeignModel model) => new()
    {
        Format = model.Format,
        Architecture = model.Architecture,
        Precision = model.Precision,
        ParameterCount = model.ParameterCount,
        SequenceLength = model.SequenceLength,
        Pooling = model.Pooling,
        OutputSkip = model.OutputSkip,
        LearnedInitialState = model.LearnedInitialState,
        MaskedValue = model.MaskedValue,
        Layers = [.. model.Layers.Select(InspectedLayer.Of)],
        Parameters = [.. model.Tensors.Select(static tensor => new InspectedParameter(tensor.Name, tensor.Source, tensor.Shape))],
        Metadata = model.Metadata,
        Notes = [.. Said(model.Pooling, model.LearnedInitialState, model.OutputSkip), .. model.Notes],
    };

    public static Inspected Of(DeclaredModel model) => new()
    {
        Format = Invariant($"RnnGen's {model.Name}"),
        Architecture = model.Architecture,
        Precision = model.Precision,
        ParameterCount = model.ParameterCount,
        SequenceLength = model.SequenceLength,
        Pooling = model.Pooling,
        OutputSkip = model.OutputSkip,
        LearnedInitialState = model.LearnedInitialState,
        MaskedValue = null,
        Layers = [.. Table(model), .. model.Layers.Select(InspectedLayer.Of)],
        Parameters = [.. model.Parameters.Select(static parameter => new InspectedParameter(parameter.Key, parameter.Key, parameter.Value))],
        Metadata = model.Metadata,
        Notes = [.. Properties(model)],
    };

    private static IEnumerable<InspectedLayer> Table(DeclaredModel model) => model.VocabularySize == 0 ? []
        : [new InspectedLayer { Kind = "Embedding", Source = "embedding", InputSize = model.VocabularySize, Size = model.EmbeddingSize, OutputSize = model.EmbeddingSize }];

    private static IEnumerable<string> Properties(DeclaredModel model)
    {
        yield return Invariant($"Sequences have up to {model.SequenceLength} steps. The loss is {model.Loss}.");
        foreach (string said in Said(model.Pooling, model.LearnedInitialState, model.OutputSkip))
        {
            yield return said;
        }

        if (model.HasDecoder)
        {
            yield return "Behind these layers is a decoder.";
        }
    }

    private static IEnumerable<string> Said(Pooling pooling, bool isLearned, bool isSkipping)
    {
        if (pooling != Pooling.Last)
        {
            yield return Invariant($"Pooling is {pooling}.");
        }

        if (isLearned)
        {
            yield return "Initial states are learned.";
        }

        if (isSkipping)
        {
            yield return "The first inputs of a step are added to its outputs.";
        }
    }
}

/// <summary>A layer.</summary>
internal sealed record InspectedLayer
{
    public required string Kind { get; init; }

    public required string Source { get; init; }

    public required int InputSize { get; init; }

    public required int Size { get; init; }

    public required int OutputSize { get; init; }

    public Activation Activation { get; init; }

    /// <summary>The functions of a recurrent layer with a cell of its own, by what they are for.</summary>
    public IReadOnlyDictionary<string, string> Functions { get; init; } = new Dictionary<string, string>();

    /// <summary>The equations of a cell that is no built-in one, in a file of RnnGen's own; else null.</summary>
    public string? Equations { get; init; }

    public bool IsBidirectional { get; init; }

    public bool IsResidual { get; init; }

    public static InspectedLayer Of(ForeignLayer layer) => new()
    {
        Kind = layer.Cell?.Name ?? Invariant($"{layer.Kind}"),
        Source = layer.Source,
        InputSize = layer.InputSize,
        Size = layer.Size,
        OutputSize = layer.OutputSize,
        Activation = layer.Activation,
        Functions = layer.Cell?.Functions ?? new Dictionary<string, string>(),
        IsBidirectional = layer.IsBidirectional,
        IsResidual = layer.IsResidual,
    };

    public static InspectedLayer Of(DeclaredLayer layer) => new()
    {
        Kind = layer.Kernel > 0 ? "Conv1D" : char.ToUpperInvariant(layer.Cell[0]) + layer.Cell[1..],
        Source = layer.Place,
        InputSize = layer.InputSize,
        Size = layer.Size,
        OutputSize = layer.OutputSize,
        Activation = layer.Activation,
        Equations = layer.Equations,
        IsBidirectional = layer.IsBidirectional,
        IsResidual = layer.IsResidual,
    };

    /// <summary>The layer on a line: its kind and its widths.</summary>
    public string Line()
    {
        string both = IsBidirectional ? ", both directions" : "", function = Activation == Activation.Identity ? string.Concat(Functions.Select(static own => Invariant($", {own.Key} {own.Value}"))) : Invariant($", {Activation}");
        return Invariant($"{Root.Line(Kind),-14} {InputSize} -> {OutputSize}{function}{both}{(IsResidual ? ", its inputs added" : "")}  {Root.Line(Source)}");
    }
}

/// <summary>A parameter.</summary>
/// <param name="Name">Its name in a declared model.</param>
/// <param name="Source">The file's name for it; empty for what the file does not have.</param>
/// <param name="Shape">Its lengths.</param>
internal sealed record InspectedParameter(string Name, string Source, IReadOnlyList<int> Shape);
