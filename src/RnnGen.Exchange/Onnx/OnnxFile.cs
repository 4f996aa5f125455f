using RnnGen.Exchange.Files;
using RnnGen.Exchange.Onnx.Graphs;

namespace RnnGen.Exchange.Onnx;

/// <summary>Reads ONNX's messages: the model, its graph, and its tensors. Weights outside of the file are never opened.</summary>
/// <remarks>Fields are those of onnx.proto3.</remarks>
internal static class OnnxFile
{
    private const int MaximumDimensions = 8, MaximumDepth = 16;

    /// <summary>Whether a file begins as a model: with the version of its format, and then another field of a model.</summary>
    public static bool Is(ReadOnlySpan<byte> file) => file is [0x08, > 0 and < 32, 0x12 or 0x1a or 0x22 or 0x2a or 0x32 or 0x3a or 0x42, ..];

    public static OnnxGraph Read(ReadOnlySpan<byte> file)
    {
        string producer = "";
        long opset = 0;
        Dictionary<string, string> metadata = new(StringComparer.Ordinal);
        OnnxGraph? graph = null;
        ProtoReader reader = new(file);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 2:
                    producer = reader.Text;
                    break;
                case 7:
                    graph = ReadGraph(reader.Message());
                    break;
                case 8:
                    (string domain, _, long version) = ReadEntry(reader.Message());
                    opset = domain is "" or "ai.onnx" ? version : opset;
                    break;
                case 14:
                    (string key, string value, _) = ReadEntry(reader.Message());
                    metadata[key] = value;
                    break;
            }
        }

        return graph is null ? throw new ForeignFileException("The file has no ONNX graph: it is truncated, or another kind of file.") : graph with { Producer = producer, Opset = opset, Metadata = metadata };
    }

    /// <summary>A tensor that is a file by itself, as those of the node tests are.</summary>
    public static OnnxTensor ReadTensor(ReadOnlySpan<byte> file) => ReadTensor(new ProtoReader(file));

    private static OnnxGraph ReadGraph(ProtoReader reader)
    {
        OnnxGraph graph = new() { Producer = "", Opset = 0, Nodes = [], Constants = new(StringComparer.Ordinal), Inputs = [], Outputs = [], Metadata = [] };
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1:
                    graph.Nodes.Add(ReadNode(reader.Message(), depth: 0));
                    break;
                case 5:
                    OnnxTensor tensor = ReadTensor(reader.Message());
                    if (!graph.Constants.TryAdd(tensor.Name, tensor))
                    {
                        throw new ForeignFileException(Invariant($"The graph has two constants that are called {ForeignText.Shown(tensor.Name)}: the file is damaged."));
                    }

                    break;
                case 11:
                    graph.Inputs.Add(ReadValue(reader.Message()));
                    break;
                case 12:
                    graph.Outputs.Add(ReadValue(reader.Message()).Name);
                    break;
                case 15:
                    throw new ForeignFileException("The graph has sparse weights, which are not read: save it with dense ones.");
            }
        }

        graph.Inputs.RemoveAll(input => graph.Constants.ContainsKey(input.Name));
        return graph;
    }

    private static OnnxNode ReadNode(ProtoReader reader, int depth)
    {
        List<string> inputs = [], outputs = [];
        Dictionary<string, OnnxAttribute> attributes = new(StringComparer.Ordinal);
        string name = "", op = "", domain = "";
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1:
                    inputs.Add(reader.Text);
                    break;
                case 2:
                    outputs.Add(reader.Text);
                    break;
                case 3:
                    name = reader.Text;
                    break;
                case 4:
                    op = reader.Text;
                    break;
                case 5:
                    OnnxAttribute attribute = ReadAttribute(reader.Message(), depth);
                    if (!attributes.TryAdd(attribute.Name, attribute))
                    {
                        throw new ForeignFileException(Invariant($"{ForeignText.Shown(name)} has the attribute {ForeignText.Shown(attribute.Name)} twice: the file is damaged."));
                    }

                    break;
                case 7:
                    domain = reader.Text;
                    break;
            }
        }

        return new OnnxNode { Name = name, Op = op, Domain = domain, Inputs = inputs, Outputs = outputs, Attributes = attributes };
    }

    private static OnnxAttribute ReadAttribute(ProtoReader reader, int depth)
    {
        OnnxAttribute attribute = new() { Name = "" };
        OnnxKind said = OnnxKind.None;
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1:
                    attribute = attribute with { Name = reader.Text };
                    break;
                case 2:
                    attribute = attribute with { Float = reader.Single, Kind = OnnxKind.Float };
                    break;
                case 3:
                    attribute = attribute with { Integer = reader.Number, Kind = OnnxKind.Integer };
                    break;
                case 4:
                    attribute = attribute with { Text = reader.Text, Kind = OnnxKind.Text };
                    break;
                case 5:
                    attribute = attribute with { Tensor = ReadTensor(reader.Message()), Kind = OnnxKind.Tensor };
                    break;
                case 6 or 11:
                    ReadCaptured(reader.Message(), attribute.Captured, depth + 1);
                    attribute = attribute with { Kind = OnnxKind.Graph };
                    break;
                case 7:
                    reader.AddTo(attribute.Floats, NumberType.F32);
                    attribute = attribute with { Kind = OnnxKind.Floats };
                    break;
                case 8:
                    reader.AddTo(attribute.Integers);
                    attribute = attribute with { Kind = OnnxKind.Integers };
                    break;
                case 9:
                    attribute.Texts.Add(reader.Text);
                    attribute = attribute with { Kind = OnnxKind.Texts };
                    break;
                case 20:
                    said = (OnnxKind)reader.Number;
                    break;
            }
        }

        // A number that is 0 or a list that is empty may have no field of its own.
        return said == OnnxKind.None || (said == OnnxKind.Graphs && attribute.Kind == OnnxKind.Graph) ? attribute
            : attribute.Kind is OnnxKind.None || attribute.Kind == said ? attribute with { Kind = said }
            : throw new ForeignFileException(Invariant($"The attribute {ForeignText.Shown(attribute.Name)} is said to be of kind {said}, but is of kind {attribute.Kind}: the file is damaged."));
    }

    // Names that a graph inside a node reads or outputs: those of values around it are captured.
    private static void ReadCaptured(ProtoReader reader, List<string> names, int depth)
    {
        if (depth > MaximumDepth)
        {
            throw new ForeignFileException(Invariant($"Graphs stand more than {MaximumDepth} deep in one another: the file is damaged."));
        }

        while (reader.Next())
        {
            if (reader.Field == 1)
            {
                names.AddRange(ReadNode(reader.Message(), depth).Reads);
            }
            else if (reader.Field == 12)
            {
                names.Add(ReadValue(reader.Message()).Name);
            }
        }
    }

    private static OnnxTensor ReadTensor(ProtoReader reader)
    {
        List<long> lengths = [], integers = [];
        List<double> numbers = [];
        string name = "";
        long type = 0;
        ReadOnlySpan<byte> raw = default;
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1:
                    reader.AddTo(lengths);
                    break;
                case 2:
                    type = reader.Number;
                    break;
                case 4:
                    reader.AddTo(numbers, NumberType.F32);
                    break;
                case 5 or 7:
                    reader.AddTo(integers);
                    break;
                case 8:
                    name = reader.Text;
                    break;
                case 9:
                    raw = reader.Bytes;
                    break;
                case 10:
                    reader.AddTo(numbers, NumberType.F64);
                    break;
                case 13 or 14 when reader.Field == 13 || reader.Number != 0:
                    throw new ForeignFileException(Invariant($"{ForeignText.Shown(name)} is stored outside of the file, where nothing is read: save the model as one file (onnx.save_model(model, path, save_as_external_data=False))."));
            }
        }

        return ToTensor(name, type, lengths, Values(name, type, raw, numbers, integers));
    }

    private static double[] Values(string name, long type, ReadOnlySpan<byte> raw, List<double> numbers, List<long> integers)
    {
        NumberType stored = OnnxTensor.TypeOf(type) ?? throw new ForeignFileException(Invariant($"{ForeignText.Shown(name)} has the ONNX type {type}, which is not one of numbers that are read."));
        if (numbers.Count > 0)
        {
            return [.. numbers];
        }

        if (integers.Count > 0)
        {
            // Halves are stored as the bits of whole numbers.
            return [.. integers.Select(number => stored is NumberType.F16 or NumberType.BF16 ? Numbers.Read(stored, BitConverter.GetBytes((ushort)number)) : number)];
        }

        int size = Numbers.Size(stored);
        double[] values = new double[raw.Length / size];
        for (int k = 0; k < values.Length; k++)
        {
            values[k] = Numbers.Read(stored, raw[(k * size)..]);
        }

        return values;
    }

    private static OnnxTensor ToTensor(string name, long type, List<long> lengths, double[] values)
    {
        long count = 1;
        foreach (long length in lengths)
        {
            count = length is >= 0 and <= int.MaxValue && count <= int.MaxValue ? count * length : -1;
            if (count < 0 || count > int.MaxValue)
            {
                break;
            }
        }

        return lengths.Count <= MaximumDimensions && count == values.Length
            ? new OnnxTensor(name, [.. lengths.Select(static length => (int)length)], values, OnnxTensor.TypeOf(type) ?? NumberType.F32)
            : throw new ForeignFileException(Invariant($"{ForeignText.Shown(name)} has {values.Length} numbers and the lengths [{string.Join(", ", lengths.Take(MaximumDimensions))}], which do not fit: the file is damaged."));
    }

    // A named value with the lengths of its type: type 2, tensor_type 1, shape 2, dim 1, dim_value 1.
    private static (string Name, int[]? Shape) ReadValue(ProtoReader reader)
    {
        string name = "";
        int[]? shape = null;
        while (reader.Next())
        {
            if (reader.Field == 1)
            {
                name = reader.Text;
            }
            else if (reader.Field == 2 && Inner(Inner(reader.Bytes, 1), 2) is { IsEmpty: false } dimensions)
            {
                List<int> lengths = [];
                ProtoReader dimension = new(dimensions);
                while (dimension.Next())
                {
                    ProtoReader length = dimension.Message();
                    lengths.Add(length.Next() && length.Field == 1 && length.Number is >= 0 and <= int.MaxValue ? (int)length.Number : -1);
                }

                shape = [.. lengths];
            }
        }

        return (name, shape);
    }

    private static ReadOnlySpan<byte> Inner(ReadOnlySpan<byte> message, int field)
    {
        ProtoReader reader = new(message);
        while (reader.Next())
        {
            if (reader.Field == field)
            {
                return reader.Bytes;
            }
        }

        return default;
    }

    // Field 1 is a text, field 2 a text or a number: an operator set, or an entry of the metadata.
    private static (string Key, string Text, long Number) ReadEntry(ProtoReader reader)
    {
        (string key, string text, long number) = ("", "", 0);
        while (reader.Next())
        {
            (key, text, number) = reader.Field switch
            {
                1 => (reader.Text, text, number),
                2 when reader.IsText => (key, reader.Text, number),
                2 => (key, text, reader.Number),
                _ => (key, text, number),
            };
        }

        return (key, text, number);
    }
}
