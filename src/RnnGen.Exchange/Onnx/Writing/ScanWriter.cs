using RnnGen.Exchange.Declared;
using RnnGen.Exchange.Files;
using RnnGen.Generator.Cells;
using RnnGen.Generator.Cells.Graph;

namespace RnnGen.Exchange.Onnx.Writing;

/// <summary>
/// Writes one direction of a recurrent layer as a Scan, whose body is the graph of the cell's equations: for cells that no operator has. States are [batch, size]; the scanned input is
/// [steps, batch, width], and with lengths a mask, where a step beyond a sequence's length leaves the states as they are.
/// </summary>
internal sealed class ScanWriter
{
    private readonly DeclaredModel _model;
    private readonly DeclaredLayer _layer;
    private readonly GraphWriter _graph, _body;
    private readonly CellGraph _cell;
    private readonly string _suffix;
    private readonly Dictionary<int, string> _values = [];
    private readonly Dictionary<BlockReference, string> _blocks = [];

    /// <param name="model">The model.</param>
    /// <param name="layer">The layer.</param>
    /// <param name="graph">The model's graph.</param>
    /// <param name="suffix">The end of this direction's parameters.</param>
    public ScanWriter(DeclaredModel model, DeclaredLayer layer, GraphWriter graph, string suffix)
    {
        (_model, _layer, _graph, _suffix) = (model, layer, graph, suffix);
        _body = new GraphWriter(model.Precision == Precision.Double, graph);
        _cell = CellGraph.Build(layer.Source!.Definition, layer.Activation switch
        {
            Activation.Identity => null,
            Activation.Tanh => Function.Tanh,
            Activation.Relu => Function.Relu,
            Activation.Sigmoid => Function.Sigmoid,
            _ => throw new InvalidOperationException(Invariant($"There is no function {layer.Activation}.")),
        });
    }

    /// <summary>The states in the order of <see cref="Write"/>'s, with their sizes.</summary>
    /// <param name="layer">A recurrent layer.</param>
    public static IReadOnlyList<(string Name, int Size)> States(DeclaredLayer layer) =>
        [.. layer.Source!.Definition.States.Select(state => (state.Name, layer.Source.Definition.SizeOf(state.Width, layer.Size)))];

    /// <summary>Adds the Scan.</summary>
    /// <param name="input">[steps, batch, width].</param>
    /// <param name="starts">Each state before the first step, [batch, size].</param>
    /// <param name="mask">Whether a step is one of its sequence, [steps, batch, 1]; empty without lengths.</param>
    /// <returns>The outputs, [steps, batch, width], and the states after the last step.</returns>
    public (string Outputs, string[] States) Write(string input, string[] starts, string mask)
    {
        string name = Invariant($"rnn_l{_layer.Index}{_suffix}");
        WriteBody(name, mask.Length > 0);
        long[] directions = [.. Enumerable.Repeat(_suffix.Length > 0 ? 1L : 0L, mask.Length > 0 ? 2 : 1)];
        string?[] ends = [.. starts.Select((_, i) => Invariant($"_state{i}")), "_outputs"];
        string[] outputs = _graph.Nodes("Scan", name, [.. starts, input, .. mask.Length > 0 ? [mask] : Array.Empty<string>()], ends,
            NodeAttribute.Of("body", _body), NodeAttribute.Of("num_scan_inputs", directions.Length), NodeAttribute.Of("scan_input_directions", directions), NodeAttribute.Of("scan_output_directions", directions[..1]));
        return (outputs[^1], outputs[..^1]);
    }

    private void WriteBody(string name, bool hasMask)
    {
        const string batch = "batch";
        foreach (StateNodes state in _cell.States)
        {
            _values[state.Previous] = _body.Input(Invariant($"{name}.{_cell.Graph[state.Previous].Name}"), batch, Invariant($"{SizeOf(state.Previous)}"));
        }

        _values[_cell.Input] = _body.Input(name + ".x", batch, Invariant($"{_layer.InputSize}"));
        string mask = hasMask ? _body.MaskInput(name + ".within", batch, "1") : "";
        foreach (int id in _cell.Live)
        {
            if (!_values.ContainsKey(id))
            {
                _values[id] = Value(_cell.Graph[id]);
            }
        }

        foreach (StateNodes state in _cell.States)
        {
            string next = Invariant($"{name}.{_cell.Graph[state.Previous].Name}_next");
            _body.Rename(hasMask ? _body.Node("Where", next + "_if", [mask, _values[state.Next], _values[state.Previous]]) : _values[state.Next], next);
            _body.Output(next, batch, Invariant($"{SizeOf(state.Next)}"));
        }

        _body.Rename(_values[_cell.Output], name + ".output");
        _body.Output(name + ".output", batch, Invariant($"{SizeOf(_cell.Output)}"));
    }

    private int SizeOf(int id) => _cell.Definition.SizeOf(_cell.Graph[id].Width, _layer.Size);

    private string Value(Node node) => node.Kind switch
    {
        NodeKind.Constant => _body.Scalar(node.Value),
        NodeKind.Vector => Block(node.Vector!, columns: 0),
        NodeKind.Affine => Affine(node),
        NodeKind.Pointwise => Apply(node),
        NodeKind.Mean => _body.Node("ReduceMean", "mean", [_values[node.Operands[0]]], NodeAttribute.Of("axes", [-1L]), NodeAttribute.Of("keepdims", 1)),
        _ => throw new InvalidOperationException(Invariant($"A step of a cell computes no {node.Kind}.")),
    };

    private string Affine(Node node)
    {
        string sum = "";
        foreach (AffineTerm term in node.Terms)
        {
            int columns = term.Source == _cell.Input ? _layer.InputSize : SizeOf(term.Source);
            string product = _body.Node("MatMul", "product", [_values[term.Source], Block(term.Weight, columns)]);
            sum = sum.Length == 0 ? product : _body.Node("Add", "sum", [sum, product]);
        }

        foreach (BlockReference bias in node.Biases)
        {
            sum = _body.Node("Add", "sum", [sum, Block(bias, columns: 0)]);
        }

        return sum;
    }

    private string Apply(Node node)
    {
        string[] operands = [.. node.Operands.Select(operand => _values[operand])];
        Function function = node.Function!;
        return function == Function.InverseSqrt ? _body.Node("Reciprocal", "value", [_body.Node("Sqrt", "root", operands)])
            : function == Function.Select ? _body.Node("Where", "value", [_body.Node("Greater", "compared", operands[..2]), operands[2], operands[3]])
            : _body.Node(Operator(function), "value", operands);
    }

    private static string Operator(Function function) =>
        function == Function.Add ? "Add" : function == Function.Subtract ? "Sub" : function == Function.Multiply ? "Mul" : function == Function.Divide ? "Div" : function == Function.Negate ? "Neg"
        : function == Function.Sigmoid ? "Sigmoid" : function == Function.Tanh ? "Tanh" : function == Function.Relu ? "Relu" : function == Function.Softplus ? "Softplus"
        : function == Function.Minimum ? "Min" : function == Function.Maximum ? "Max" : function == Function.Absolute ? "Abs"
        : function == Function.Exp ? "Exp" : function == Function.Log ? "Log" : function == Function.Sqrt ? "Sqrt" : function == Function.Sin ? "Sin" : function == Function.Cos ? "Cos"
        : function == Function.Copy ? "Identity"
        : throw new InvalidOperationException(Invariant($"No operator was chosen for {function.Name}."));

    // A block of rows of a parameter: a vector where there are no columns, else transposed, [columns, rows].
    private string Block(BlockReference block, int columns)
    {
        if (_blocks.TryGetValue(block, out string? known))
        {
            return known;
        }

        CellTensor tensor = block.Tensor;
        int rows = _cell.Definition.SizeOf(tensor.Width, _layer.Size), all = tensor.BlockCount * rows;
        string name = Invariant($"rnn.{tensor.TensorName}_l{_layer.Index}{_suffix}");
        if (columns == 0)
        {
            return _blocks[block] = _graph.Constant(Invariant($"{name} {block}"), [rows], _model.Take(name, all).Part(block.Block * rows, rows).Values);
        }

        // In heads, a row has the columns of its head alone.
        int heads = _cell.Definition.Heads is { } divided && _model.Find(name) is { Shape: [_, int narrow] } && narrow * divided == columns ? divided : 1;
        Tensor stored = _model.Take(name, all, columns / heads).Part(block.Block * rows * (columns / heads), rows, columns / heads);
        return _blocks[block] = _graph.Constant(Invariant($"{name} {block}"), [columns, rows], (heads == 1 ? stored : Whole(stored, heads)).Transposed().Values);
    }

    private static Tensor Whole(Tensor stored, int heads)
    {
        int rows = stored.Rows, narrow = stored.Columns;
        double[] values = new double[rows * narrow * heads];
        for (int row = 0; row < rows; row++)
        {
            stored.Values.AsSpan(row * narrow, narrow).CopyTo(values.AsSpan((row * narrow * heads) + (row / (rows / heads) * narrow)));
        }

        return new Tensor(stored.Name, [rows, narrow * heads], values);
    }
}
