using RnnGen.Exchange.Files;

namespace RnnGen.Exchange.PyTorch.Writing;

/// <summary>A module of PyTorch that one layer, or several equal recurrent layers, become.</summary>
internal sealed record TorchModule
{
    /// <summary>The attribute, or the list of modules, that it is in: <c>rnn</c>.</summary>
    public required string List { get; init; }

    /// <summary>Its place in the list; null where it is the attribute itself.</summary>
    public int? Index { get; init; }

    /// <summary>The expression that makes it: <c>nn.LSTM(3, 5, batch_first=True)</c>.</summary>
    public required string Constructor { get; init; }

    /// <summary>The declared layers, in order.</summary>
    public required IReadOnlyList<DeclaredLayer> Layers { get; init; }

    /// <summary>Its parameters, by their names in the module.</summary>
    public required IReadOnlyList<(string Name, Tensor Tensor)> Parameters { get; init; }

    public DeclaredLayer First => Layers[0];

    /// <summary>How a state dict calls it.</summary>
    public string Name => Index is { } index ? Invariant($"{List}.{index}") : List;

    /// <summary>How Python reaches it.</summary>
    public string Expression => Index is { } index ? Invariant($"self.{List}[{index}]") : Invariant($"self.{List}");
}
