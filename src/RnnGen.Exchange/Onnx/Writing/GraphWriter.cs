using System.Buffers.Binary;
using RnnGen.Exchange.Files;

namespace RnnGen.Exchange.Onnx.Writing;

/// <summary>An attribute of a node that is written.</summary>
/// <param name="Message">Its AttributeProto.</param>
internal readonly record struct NodeAttribute(ProtoWriter Message)
{
    private const long FloatType = 1, IntType = 2, StringType = 3, GraphType = 5, IntsType = 7, StringsType = 8;

    public static NodeAttribute Of(string name, float value) => new(Named(name, FloatType).Single(2, value));

    public static NodeAttribute Of(string name, long value) => new(Named(name, IntType).Number(3, value));

    public static NodeAttribute Of(string name, string value) => new(Named(name, StringType).Text(4, value));

    public static NodeAttribute Of(string name, GraphWriter body) => new(Named(name, GraphType).Message(6, body.ToMessage(name)));

    public static NodeAttribute Of(string name, IEnumerable<long> values)
    {
        ProtoWriter message = Named(name, IntsType);
        foreach (long value in values)
        {
            message.Number(8, value);
        }

        return new(message);
    }

    public static NodeAttribute Of(string name, IEnumerable<string> values)
    {
        ProtoWriter message = Named(name, StringsType);
        foreach (string value in values)
        {
            message.Text(9, value);
        }

        return new(message);
    }

    private static ProtoWriter Named(string name, long type) => new ProtoWriter().Text(1, name).Number(20, type);
}

/// <summary>
/// Collects a graph: inputs, constants, and nodes in an order in which each reads what earlier ones output. The fields are those of onnx.proto3.
/// </summary>
/// <param name="isDouble">The number type of values.</param>
/// <param name="outer">The graph around this one; null for a model's own.</param>
internal sealed class GraphWriter(bool isDouble, GraphWriter? outer = null)
{
    /// <summary>What exported graphs say that they are of.</summary>
    public const string Producer = "RnnGen";

    private const long FloatType = 1, IntType = 6, LongType = 7, BoolType = 9, DoubleType = 11;

    private readonly ProtoWriter _nodes = new(), _constants = new(), _inputs = new(), _outputs = new();
    private readonly Dictionary<string, int> _names = outer?._names ?? new(StringComparer.Ordinal);
    private readonly HashSet<string> _shared = new(StringComparer.Ordinal);

    /// <summary>Adds an input of numbers.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="shape">Names of lengths that are not fixed, and numbers.</param>
    public string Input(string name, params string[] shape) => Value(_inputs, 11, name, isDouble ? DoubleType : FloatType, shape);

    public string TokenInput(string name, params string[] shape) => Value(_inputs, 11, name, LongType, shape);

    public string MaskInput(string name, params string[] shape) => Value(_inputs, 11, name, BoolType, shape);

    public string LengthInput(string name, params string[] shape) => Value(_inputs, 11, name, IntType, shape);

    public void Output(string name, params string[] shape) => Value(_outputs, 12, name, isDouble ? DoubleType : FloatType, shape);

    /// <summary>Adds a node with one output.</summary>
    /// <param name="op">The operator.</param>
    /// <param name="name">What the node and its output are called; a number follows where the name is taken.</param>
    /// <param name="inputs">What it reads; empty names are left out.</param>
    /// <param name="attributes">Its attributes.</param>
    /// <returns>The output's name.</returns>
    public string Node(string op, string name, string[] inputs, params NodeAttribute[] attributes) => Nodes(op, name, inputs, [""], attributes)[0];

    /// <summary>Adds a node with several outputs.</summary>
    /// <param name="op">The operator.</param>
    /// <param name="name">What the node and its outputs are called.</param>
    /// <param name="inputs">What it reads; empty names are left out.</param>
    /// <param name="ends">What follows the name in each output's name; null for an output that is left out.</param>
    /// <param name="attributes">Its attributes.</param>
    /// <returns>The outputs' names.</returns>
    public string[] Nodes(string op, string name, string[] inputs, string?[] ends, params NodeAttribute[] attributes)
    {
        string own = Unique(name);
        ProtoWriter node = new();
        foreach (string input in inputs)
        {
            node.Text(1, input);
        }

        string[] outputs = Array.ConvertAll(ends, end => end is null ? "" : own + end);
        foreach (string output in outputs)
        {
            node.Text(2, output);
        }

        node.Text(3, own).Text(4, op);
        foreach (NodeAttribute attribute in attributes)
        {
            node.Message(5, attribute.Message);
        }

        _nodes.Message(1, node);
        return outputs;
    }

    /// <summary>A copy of a value under a name that it must have.</summary>
    public void Rename(string value, string name) => _nodes.Message(1, new ProtoWriter().Text(1, value).Text(2, name).Text(3, Unique(name)).Text(4, "Identity"));

    /// <summary>Adds numbers of the file.</summary>
    /// <param name="name">Their name.</param>
    /// <param name="shape">Their lengths; none for a single number.</param>
    /// <param name="values">The numbers.</param>
    public string Constant(string name, int[] shape, ReadOnlySpan<double> values) => Tensor(Unique(name), isDouble ? DoubleType : FloatType, shape, StoredNumbers.Of(values, isDouble));

    /// <summary>A number of a graph, which all that need it share.</summary>
    public string Scalar(double value)
    {
        string name = Invariant($"number {value:R}");
        return outer is not null ? outer.Scalar(value) : _shared.Add(name) ? Constant(name, [], [value]) : name;
    }

    /// <summary>Whole numbers, which all that need them share.</summary>
    public string Integers(params long[] values) => Integers("integers ", [values.Length], values);

    /// <summary>One whole number without a length.</summary>
    public string Integer(long value) => Integers("integer ", [], [value]);

    /// <summary>The graph as a GraphProto.</summary>
    /// <param name="name">Its name.</param>
    public ProtoWriter ToMessage(string name)
    {
        ProtoWriter graph = new();
        graph.Append(_nodes);
        graph.Text(2, name);
        graph.Append(_constants);
        graph.Append(_inputs);
        graph.Append(_outputs);
        return graph;
    }

    /// <summary>The graph as a file: a ModelProto of opset 17.</summary>
    /// <param name="name">The graph's name.</param>
    /// <param name="metadata">What the file says besides.</param>
    public byte[] ToFile(string name, IEnumerable<KeyValuePair<string, string>> metadata)
    {
        const long version = 8, opset = 17;
        ProtoWriter file = new ProtoWriter().Number(1, version).Text(2, Producer).Message(7, ToMessage(name)).Message(8, new ProtoWriter().Text(1, "").Number(2, opset));
        foreach ((string key, string value) in metadata)
        {
            file.Message(14, new ProtoWriter().Text(1, key).Text(2, value));
        }

        return file.Written.ToArray();
    }

    private string Integers(string prefix, int[] shape, long[] values)
    {
        string name = Invariant($"{prefix}{string.Join(" ", values)}");
        if (outer is not null)
        {
            return outer.Integers(prefix, shape, values);
        }

        if (!_shared.Add(name))
        {
            return name;
        }

        byte[] raw = new byte[values.Length * sizeof(long)];
        for (int k = 0; k < values.Length; k++)
        {
            BinaryPrimitives.WriteInt64LittleEndian(raw.AsSpan(k * sizeof(long)), values[k]);
        }

        return Tensor(name, LongType, shape, raw);
    }

    private string Tensor(string name, long type, int[] shape, byte[] raw)
    {
        ProtoWriter tensor = new();
        foreach (int length in shape)
        {
            tensor.Number(1, length);
        }

        _constants.Message(5, tensor.Number(2, type).Text(8, name).Bytes(9, raw));
        return name;
    }

    // type 2: tensor_type 1: elem_type 1, shape 2: dim 1: dim_value 1 or dim_param 2.
    private string Value(ProtoWriter list, int field, string name, long type, string[] shape)
    {
        ProtoWriter lengths = new();
        foreach (string length in shape)
        {
            lengths.Message(1, int.TryParse(length, out int number) ? new ProtoWriter().Number(1, number) : new ProtoWriter().Text(2, length));
        }

        list.Message(field, new ProtoWriter().Text(1, name).Message(2, new ProtoWriter().Message(1, new ProtoWriter().Number(1, type).Message(2, lengths))));
        _names.TryAdd(name, 0);
        return name;
    }

    private string Unique(string name)
    {
        int count = _names.GetValueOrDefault(name);
        _names[name] = count + 1;
        return count == 0 ? name : Unique(Invariant($"{name}_{count}"));
    }
}
