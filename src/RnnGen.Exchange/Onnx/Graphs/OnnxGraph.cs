using RnnGen.Exchange.Files;

namespace RnnGen.Exchange.Onnx.Graphs;

/// <summary>A tensor of a graph: constants, weights, shapes.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Shape">Its lengths; none for a single number.</param>
/// <param name="Values">Its numbers.</param>
/// <param name="Type">How they are stored.</param>
internal sealed record OnnxTensor(string Name, int[] Shape, double[] Values, NumberType Type)
{
    public bool IsDouble => Type == NumberType.F64;

    public bool IsFloatingPoint => Numbers.IsFloatingPoint(Type);

    /// <summary>The type of a number of TensorProto; null where it is none that is read.</summary>
    public static NumberType? TypeOf(long type) => type switch
    {
        1 => NumberType.F32,
        2 => NumberType.U8,
        3 => NumberType.I8,
        5 => NumberType.I16,
        6 => NumberType.I32,
        7 => NumberType.I64,
        9 => NumberType.Bool,
        10 => NumberType.F16,
        11 => NumberType.F64,
        16 => NumberType.BF16,
        _ => null,
    };

    /// <summary>Its numbers as whole ones.</summary>
    public List<long> Whole() => [.. Values.Select(static value => (long)Math.Clamp(value, -1e15, 1e15))];
}

/// <summary>What an attribute is; the numbers are those of AttributeProto.</summary>
internal enum OnnxKind
{
    None = 0,
    Float = 1,
    Integer = 2,
    Text = 3,
    Tensor = 4,
    Graph = 5,
    Floats = 6,
    Integers = 7,
    Texts = 8,
    Graphs = 10,
}

/// <summary>An attribute of a node: one of these is set.</summary>
internal sealed record OnnxAttribute
{
    public required string Name { get; init; }

    public OnnxKind Kind { get; init; }

    public double Float { get; init; }

    public long Integer { get; init; }

    public string Text { get; init; } = "";

    public OnnxTensor? Tensor { get; init; }

    public List<double> Floats { get; init; } = [];

    public List<long> Integers { get; init; } = [];

    public List<string> Texts { get; init; } = [];

    /// <summary>What the nodes of a graph inside read, and what it outputs.</summary>
    public List<string> Captured { get; init; } = [];
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

    /// <summary>Whether the op is one of ONNX's own.</summary>
    public bool IsStandard => Domain is "" or "ai.onnx";

    /// <summary>All values that it reads, those of graphs inside it too.</summary>
    public IEnumerable<string> Reads => Inputs.Concat(Attributes.Values.SelectMany(static attribute => attribute.Captured)).Where(static input => input.Length > 0).Distinct();

    public long Integer(string name, long standard) => Find(name, OnnxKind.Integer)?.Integer ?? standard;

    public double Float(string name, double standard) => Find(name, OnnxKind.Float)?.Float ?? standard;

    public string Text(string name, string standard) => Find(name, OnnxKind.Text)?.Text ?? standard;

    public List<string>? Texts(string name) => Find(name, OnnxKind.Texts)?.Texts;

    public List<long>? Integers(string name) => Find(name, OnnxKind.Integers)?.Integers;

    public List<double>? Floats(string name) => Find(name, OnnxKind.Floats)?.Floats;

    private OnnxAttribute? Find(string name, OnnxKind kind) => !Attributes.TryGetValue(name, out OnnxAttribute? found) ? null
        : found.Kind == kind ? found : throw new ForeignFileException(Invariant($"{ForeignText.Shown(Place)} has the attribute {ForeignText.Shown(name)} of kind {found.Kind}, where ONNX has {kind}: the file is damaged."));
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
