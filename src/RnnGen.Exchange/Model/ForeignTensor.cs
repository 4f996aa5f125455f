namespace RnnGen.Exchange;

/// <summary>A parameter of an imported model, in RnnGen's layout.</summary>
public sealed class ForeignTensor
{
    internal ForeignTensor(string name, string source, IReadOnlyList<int> shape, double[] values) => (Name, Source, Shape, Values) = (name, source, shape, values);

    /// <summary>The parameter's name, such as <c>rnn.weight_ih_l0</c>.</summary>
    public string Name { get; }

    /// <summary>The file's name for it; empty for what the file does not have, such as a bias of zeros.</summary>
    public string Source { get; }

    /// <summary>Its lengths, row-major.</summary>
    public IReadOnlyList<int> Shape { get; }

    /// <summary>Its values.</summary>
    public ReadOnlyMemory<double> Values { get; }
}
