namespace RnnGen.Exchange.Onnx;

/// <summary>A tensor of a graph: constants, weights, shapes.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Shape">Its lengths; none for a single number.</param>
/// <param name="Values">Its numbers.</param>
/// <param name="IsDouble">Whether they are stored as double.</param>
internal sealed record OnnxTensor(string Name, int[] Shape, double[] Values, bool IsDouble);

/// <summary>An attribute of a node: one of these is set.</summary>
internal sealed record OnnxAttribute
{
    public required string Name { get; init; }

    public double Float { get; init; }

    public long Integer { get; init; }

    public string Text { get; init; } = "";

    public OnnxTensor? Tensor { get; init; }

    public List<double> Floats { get; init; } = [];

    public List<long> Integers { get; init; } = [];

    public List<string> Texts { get; init; } = [];
}

/// <summary>A node: an op from named values to named values.</summary>
internal sealed record OnnxNode
{
    public required string Name { get; init; }

    public required string Op { get; init; }

    public required string Domain { get; init; }

    /// <summary>Empty names stand for inputs that are left out.</summary>
    public required List<string> Inputs { get; init; }

    public required List<string> Outputs { get; init; }

    public required Dictionary<string, OnnxAttribute> Attributes { get; init; }

    /// <summary>What messages call it.</summary>
    public string Place => Name.Length > 0 ? Name : Invariant($"{Op} of {Outputs.FirstOrDefault("")}");

    public string Input(int index) => index < Inputs.Count ? Inputs[index] : "";

    public string Output(int index) => index < Outputs.Count ? Outputs[index] : "";

    public long Integer(string name, long standard) => Attributes.TryGetValue(name, out OnnxAttribute? found) ? found.Integer : standard;

    public string Text(string name, string standard) => Attributes.TryGetValue(name, out OnnxAttribute? found) ? found.Text : standard;

    public List<long>? Integers(string name) => Attributes.TryGetValue(name, out OnnxAttribute? found) ? found.Integers : null;
}

/// <summary>A graph: nodes in an order in which each reads what earlier ones output.</summary>
internal sealed record OnnxGraph
{
    public required string Producer { get; init; }

    /// <summary>The version of the standard ops.</summary>
    public required long Opset { get; init; }

    public required List<OnnxNode> Nodes { get; init; }

    public required Dictionary<string, OnnxTensor> Constants { get; init; }

    /// <summary>Names and lengths of the inputs that are no constants; -1 for a length that is not fixed, null where none is said.</summary>
    public required List<(string Name, int[]? Shape)> Inputs { get; init; }

    public required List<string> Outputs { get; init; }

    public required Dictionary<string, string> Metadata { get; init; }
}
