using System.Text.Json;
using RnnGen.Exchange.Files;

namespace RnnGen.Exchange.Keras.Writing;

/// <summary>A layer of a Sequential model: its class, its options, and its weights.</summary>
/// <param name="Class">Its class, such as <c>LSTM</c>.</param>
/// <param name="Kind">What names begin with: <c>lstm</c>.</param>
internal sealed record SequentialLayer(string Class, string Kind)
{
    /// <summary>Values of a step that it reads; 0 for tokens.</summary>
    public required int InputSize { get; init; }

    /// <summary>Whether it reads a sequence, and not what is left of one.</summary>
    public required bool ReadsSteps { get; init; }

    /// <summary>Writes its options, but for name and number type.</summary>
    public required Action<Utf8JsonWriter> Options { get; init; }

    /// <summary>The parts that have weights, each with its own name, and these.</summary>
    public IReadOnlyList<SequentialPart> Parts { get; init; } = [];

    /// <summary>The layer that a wrapper has; null for others.</summary>
    public SequentialLayer? Inner { get; init; }
}

/// <summary>A part of a layer that has weights.</summary>
/// <param name="Path">From the layer to it; empty for the layer itself.</param>
/// <param name="Name">What Keras calls it.</param>
/// <param name="Weights">Its weights in Keras's order.</param>
internal sealed record SequentialPart(string Path, string Name, IReadOnlyList<Tensor> Weights);
