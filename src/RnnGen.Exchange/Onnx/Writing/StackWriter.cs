using RnnGen.Exchange.Declared;
using RnnGen.Exchange.Files;

namespace RnnGen.Exchange.Onnx.Writing;

/// <summary>Writes a model's layers, one after the other, over values that are [steps, batch, width], or [batch, width] once a many-to-one model has read its steps.</summary>
internal sealed class StackWriter
{
    public const string Format = "ONNX";

    /// <summary>The output that is the model's.</summary>
    public const string OutputName = "output";

    private const string Batch = "batch", Steps = "steps", InputName = "input", LengthsName = "lengths";

    private static readonly string[] s_biases = ["bias_ih", "bias_hh"];

    private readonly DeclaredModel _model;
    private readonly OnnxExportOptions _options;
    private readonly GraphWriter _graph;
    private readonly int _lastRecurrent;
    private string _value = "", _batch = "", _mask = "";
    private bool _hasEnded;

    public StackWriter(DeclaredModel model, OnnxExportOptions options)
    {
        Unsayable.RequireOneStack(model, Format);
        if (options.States && model.Layers.FirstOrDefault(static l => l.IsBidirectional || (l.Kernel > 0 && !l.IsCausal)) is { } ahead)
        {
            throw Unsayable.In(Format, ahead.Place, "it reads steps to come, so a sequence cannot be fed in parts", "Export without states.");
        }

        if (options.States && model.Architecture == Architecture.ManyToOne && model.Pooling != Pooling.Last)
        {
            throw Unsayable.In(Format, Invariant($"Pooling.{model.Pooling}"), "it is over all steps of a sequence, and a graph with states reads only a part of them", "Export without states, or declare Pooling.Last.");
        }

        (_model, _options, _graph) = (model, options, new GraphWriter(model.Precision == Precision.Double));
        _lastRecurrent = model.Layers.ToList().FindLastIndex(static l => l.IsRecurrent);
    }

    /// <summary>The file.</summary>
    public byte[] Write()
    {
        string first = WriteInput();
        for (int i = 0; i < _model.Layers.Count; i++)
        {
            DeclaredLayer layer = _model.Layers[i];
            string before = _value;
            bool isEnd = _model.Architecture == Architecture.ManyToOne && i == _lastRecurrent, readsFinalState = isEnd && _model.Pooling == Pooling.Last && !layer.IsResidual && layer.OutputIsState;
            _value = layer.IsRecurrent ? Recur(layer, readsFinalState)
                : layer.Kernel > 0 ? Convolve(layer)
                : layer.Cell == "LayerNorm" ? Normalise(layer)
                : Multiply(layer);
            if (layer.IsResidual)
            {
                _value = _graph.Node("Add", "residual", [_value, before]);
            }

            if (isEnd && !readsFinalState)
            {
                _value = Reduce();
            }

            _hasEnded |= isEnd;
        }

        WriteOutput(first);
        return _graph.ToFile(_model.Name, [.. _model.Metadata, new("rnngen.model", _model.Name)]);
    }

    private string WriteInput()
    {
        bool readsTokens = _model.VocabularySize > 0;
        string input = readsTokens ? _graph.TokenInput(InputName, Batch, Steps) : _graph.Input(InputName, Batch, Steps, Invariant($"{_model.InputSize}"));
        if (_options.Lengths)
        {
            _graph.LengthInput(LengthsName, Batch);
        }

        string first = _value = _graph.Node("Transpose", "steps_first", [input], NodeAttribute.Of("perm", readsTokens ? [1, 0] : [1, 0, 2]));
        if (readsTokens)
        {
            Tensor table = _model.Take("embedding.weight", _model.VocabularySize, _model.EmbeddingSize);
            _value = _graph.Node("Gather", "embedding", [_graph.Constant("embedding.weight", [.. table.Shape], table.Values), _value]);
        }

        return first;
    }

    private void WriteOutput(string first)
    {
        string width = Invariant($"{_model.Layers[^1].Size}");
        if (_model.OutputSkip)
        {
            _value = _graph.Node("Add", "output_skip", [_value, _model.OutputSize == _model.InputSize ? first : Sliced(first, 2, 0, _model.OutputSize)]);
        }

        if (_hasEnded)
        {
            _graph.Rename(_value, OutputName);
            _graph.Output(OutputName, Batch, width);
            return;
        }

        if (_options.Lengths)
        {
            _value = _graph.Node("Where", "within_lengths", [Mask(), _value, _graph.Scalar(0)]);
        }

        _graph.Node("Transpose", OutputName, [_value], NodeAttribute.Of("perm", [1, 0, 2]));
        _graph.Output(OutputName, Batch, Steps, width);
    }

    private string Multiply(DeclaredLayer layer)
    {
        string name = layer.IsHead ? "head" : Invariant($"dense.{layer.Index}");
        bool isTied = layer.IsHead && _model.IsTied;
        Tensor weight = _model.Take(isTied ? "embedding.weight" : name + ".weight", layer.Size, layer.InputSize), bias = _model.Take(name + ".bias", layer.Size);
        string product = _graph.Node("MatMul", name, [_value, _graph.Constant(name + ".weight", [layer.InputSize, layer.Size], weight.Transposed().Values)]);
        return Apply(layer.Activation, _graph.Node("Add", name + "_sum", [product, _graph.Constant(name + ".bias", [layer.Size], bias.Values)]));
    }

    private string Normalise(DeclaredLayer layer)
    {
        string name = Invariant($"norm.{layer.Index}");
        Tensor gain = _model.Take(name + ".weight", layer.Size), shift = _model.Take(name + ".bias", layer.Size);
        return _graph.Node("LayerNormalization", name, [_value, _graph.Constant(name + ".weight", [layer.Size], gain.Values), _graph.Constant(name + ".bias", [layer.Size], shift.Values)], NodeAttribute.Of("axis", -1), NodeAttribute.Of("epsilon", (float)layer.Epsilon));
    }

    // ONNX's Conv is over [batch, channels, steps].
    private string Convolve(DeclaredLayer layer)
    {
        string name = Invariant($"conv.{layer.Index}");
        Tensor weight = _model.Take(name + ".weight", layer.Size, layer.InputSize, layer.Kernel), bias = _model.Take(name + ".bias", layer.Size);
        string read = _options.Lengths && !layer.IsCausal ? _graph.Node("Where", name + "_within", [Mask(), _value, _graph.Scalar(0)]) : _value;
        read = _graph.Node("Transpose", name + "_channels", [read], NodeAttribute.Of("perm", [1, 2, 0]));
        int back = layer.Back;
        if (_options.States && back > 0)
        {
            read = Continue(layer, name, read);
            back = 0;
        }

        string sum = _graph.Node("Conv", name, [read, _graph.Constant(name + ".weight", [.. weight.Shape], weight.Values), _graph.Constant(name + ".bias", [layer.Size], bias.Values)],
            NodeAttribute.Of("kernel_shape", [layer.Kernel]), NodeAttribute.Of("dilations", [layer.Dilation]), NodeAttribute.Of("pads", [back, layer.Ahead]));
        return Apply(layer.Activation, _graph.Node("Transpose", name + "_steps", [sum], NodeAttribute.Of("perm", [2, 0, 1])));
    }

    // The steps in front of the sequence's part are a state: [batch, channels, steps].
    private string Continue(DeclaredLayer layer, string name, string read)
    {
        if (_options.Lengths)
        {
            throw Unsayable.In(Format, layer.Place, "the past steps that it keeps differ from sequence to sequence where these have lengths", "Export with states or with lengths.");
        }

        string[] shape = [Batch, Invariant($"{layer.InputSize}"), Invariant($"{layer.Back}")];
        string past = _graph.Input(name + ".past", shape), all = _graph.Node("Concat", name + "_all", [past, read], NodeAttribute.Of("axis", 2));
        _graph.Rename(Sliced(all, 2, -layer.Back, int.MaxValue), name + ".past_next");
        _graph.Output(name + ".past_next", shape);
        return all;
    }

    private string Recur(DeclaredLayer layer, bool readsFinalState) => OnnxCell.Of(layer) is { } cell ? Operate(layer, cell, readsFinalState) : Scan(layer, readsFinalState);

    // One Scan for each direction.
    private string Scan(DeclaredLayer layer, bool readsFinalState)
    {
        List<string> outputs = [];
        foreach (string suffix in Suffixes(layer))
        {
            IReadOnlyList<(string Name, int Size)> states = ScanWriter.States(layer);
            string[] starts = [.. states.Select(state => Start(layer, state.Name, state.Size, suffix))];
            (string all, string[] final) = new ScanWriter(_model, layer, _graph, suffix).Write(_value, starts, _options.Lengths ? Mask() : "");
            for (int i = 0; _options.States && i < final.Length; i++)
            {
                string name = Invariant($"{states[i].Name}_l{layer.Index}_next");
                _graph.Rename(final[i], name);
                _graph.Output(name, Batch, Invariant($"{states[i].Size}"));
            }

            string output = layer.Source!.Definition.Output;
            outputs.Add(readsFinalState ? final[states.ToList().FindIndex(state => state.Name + "'" == output)] : all);
        }

        return outputs.Count == 1 ? outputs[0] : _graph.Node("Concat", Invariant($"rnn_l{layer.Index}_both"), [.. outputs], NodeAttribute.Of("axis", -1));
    }

    // A state before the first step, [batch, size].
    private string Start(DeclaredLayer layer, string state, int size, string suffix)
    {
        string name = Invariant($"{state}_l{layer.Index}{suffix}");
        if (_options.States)
        {
            return _graph.Input(name, Batch, Invariant($"{size}"));
        }

        string shape = _graph.Node("Concat", name + "_shape", [BatchSize(), _graph.Integers(size)], NodeAttribute.Of("axis", 0));
        double[] values = _model.LearnedInitialState ? _model.Take("initial." + name, size).Values : new double[size];
        return _graph.Node("Expand", name + "_first", [_graph.Constant("initial." + name, [1, size], values), shape]);
    }

    private string Operate(DeclaredLayer layer, OnnxCell cell, bool readsFinalState)
    {
        int hidden = layer.Size, directions = layer.IsBidirectional ? 2 : 1, rows = cell.Order.Length * hidden;
        string name = Invariant($"rnn_l{layer.Index}");
        List<string> inputs =
        [
            _value,
            Weights(layer, cell, name, "weight_ih", [directions, rows, layer.InputSize]),
            Weights(layer, cell, name, "weight_hh", [directions, rows, hidden]),
            Biases(layer, cell, name, [directions, 2 * rows]),
            _options.Lengths ? LengthsName : "",
            Initial(layer, "h"),
        ];
        if (cell.HasCellState)
        {
            inputs.Add(Initial(layer, "c"));
        }

        if (cell.HasPeepholes)
        {
            inputs.Add(Peepholes(layer, name, [directions, 3 * hidden]));
        }

        while (inputs[^1].Length == 0)
        {
            inputs.RemoveAt(inputs.Count - 1);
        }

        string?[] ends = [readsFinalState ? null : "", readsFinalState || _options.States ? "_h" : null, .. cell.HasCellState && _options.States ? ["_c"] : Array.Empty<string?>()];
        string[] outputs = _graph.Nodes(cell.Op, name, [.. inputs], ends[^1] is null ? ends[..^1] : ends,
            [NodeAttribute.Of("direction", directions == 2 ? "bidirectional" : "forward"), NodeAttribute.Of("hidden_size", hidden), .. cell.Attributes]);
        if (_options.States)
        {
            GiveState(layer, "h", outputs[1]);
            if (cell.HasCellState)
            {
                GiveState(layer, "c", outputs[2]);
            }
        }

        return readsFinalState ? Joined(name, outputs[1], [1, 0, 2], [0, 2 * hidden], 0, directions) : Joined(name, outputs[0], [0, 2, 1, 3], [0, 0, 2 * hidden], 1, directions);
    }

    // Directions go into the features.
    private string Joined(string name, string value, long[] order, long[] shape, long axis, int directions) => directions == 1
        ? _graph.Node("Squeeze", name + "_only", [value, _graph.Integers(axis)])
        : _graph.Node("Reshape", name + "_both", [_graph.Node("Transpose", name + "_beside", [value], NodeAttribute.Of("perm", order)), _graph.Integers(shape)]);

    private static IEnumerable<string> Suffixes(DeclaredLayer layer) => layer.IsBidirectional ? ["", "_reverse"] : [""];

    private Tensor Parameter(DeclaredLayer layer, string name, string suffix, params int[] shape) => _model.Take(Invariant($"rnn.{name}_l{layer.Index}{suffix}"), shape);

    private string Weights(DeclaredLayer layer, OnnxCell cell, string name, string parameter, int[] shape) =>
        _graph.Constant(Invariant($"{name}.{parameter}"), shape, [.. Suffixes(layer).SelectMany(suffix => cell.Ordered(Parameter(layer, parameter, suffix, cell.Blocks * layer.Size, shape[2])))]);

    private string Biases(DeclaredLayer layer, OnnxCell cell, string name, int[] shape) => _graph.Constant(name + ".bias", shape,
    [
        .. Suffixes(layer).SelectMany(suffix => s_biases.SelectMany(parameter => cell.Ordered(Parameter(layer, parameter, suffix, cell.Blocks * layer.Size)))),
    ]);

    // From i, f, o to i, o, f.
    private string Peepholes(DeclaredLayer layer, string name, int[] shape) =>
        _graph.Constant(name + ".peephole", shape, [.. Suffixes(layer).SelectMany(suffix => Parameter(layer, "peephole", suffix, shape[1]).Blocks(0, 2, 1).Values)]);

    // [directions, batch, units]; empty for zeros.
    private string Initial(DeclaredLayer layer, string state)
    {
        string name = Invariant($"{state}_l{layer.Index}");
        if (_options.States)
        {
            return _graph.Node("Unsqueeze", name + "_first", [_graph.Input(name, Batch, Invariant($"{layer.Size}")), _graph.Integers(0)]);
        }

        if (!_model.LearnedInitialState)
        {
            return "";
        }

        int directions = layer.IsBidirectional ? 2 : 1;
        double[] values = [.. Suffixes(layer).SelectMany(suffix => _model.Take(Invariant($"initial.{name}{suffix}"), layer.Size).Values)];
        string learned = _graph.Constant("initial." + name, [directions, 1, layer.Size], values);
        string shape = _graph.Node("Concat", name + "_shape", [_graph.Integers(directions), BatchSize(), _graph.Integers(layer.Size)], NodeAttribute.Of("axis", 0));
        return _graph.Node("Expand", name + "_first", [learned, shape]);
    }

    private void GiveState(DeclaredLayer layer, string state, string value)
    {
        string name = Invariant($"{state}_l{layer.Index}_next");
        _graph.Node("Squeeze", name, [value, _graph.Integers(0)]);
        _graph.Output(name, Batch, Invariant($"{layer.Size}"));
    }

    // What a many-to-one model reads of [steps, batch, width] that is no final state.
    private string Reduce() => _model.Pooling switch
    {
        Pooling.Last => _options.Lengths ? LastWithin() : _graph.Node("Gather", "last_step", [_value, _graph.Integer(-1)], NodeAttribute.Of("axis", 0)),
        Pooling.Mean => _options.Lengths
            ? _graph.Node("Div", "mean", [_graph.Node("ReduceSum", "sum", [_graph.Node("Where", "within_lengths", [Mask(), _value, _graph.Scalar(0)]), _graph.Integers(0)], NodeAttribute.Of("keepdims", 0)), LengthsAsNumbers()])
            : _graph.Node("ReduceMean", "mean", [_value], NodeAttribute.Of("axes", [0L]), NodeAttribute.Of("keepdims", 0)),
        Pooling.Max => _graph.Node("ReduceMax", "maximum", [_options.Lengths ? _graph.Node("Where", "within_lengths", [Mask(), _value, _graph.Scalar(float.MinValue)]) : _value], NodeAttribute.Of("axes", [0L]), NodeAttribute.Of("keepdims", 0)),
        _ => throw new InvalidOperationException(Invariant($"There is no pooling {_model.Pooling}.")),
    };

    private string LastWithin()
    {
        string last = _graph.Node("Sub", "last_index", [_graph.Node("Cast", "lengths_long", [LengthsName], NodeAttribute.Of("to", 7)), _graph.Integer(1)]);
        string sequences = _graph.Node("Transpose", "sequences", [_value], NodeAttribute.Of("perm", [1, 0, 2]));
        return _graph.Node("GatherND", "last_step", [sequences, _graph.Node("Unsqueeze", "last_indices", [last, _graph.Integers(1)])], NodeAttribute.Of("batch_dims", 1));
    }

    private string LengthsAsNumbers()
    {
        string numbers = _graph.Node("Cast", "length_numbers", [LengthsName], NodeAttribute.Of("to", _model.Precision == Precision.Double ? 11 : 1));
        return _graph.Node("Unsqueeze", "length_column", [numbers, _graph.Integers(1)]);
    }

    // Whether a step is one of its sequence: [steps, batch, 1].
    private string Mask()
    {
        if (_mask.Length == 0)
        {
            string steps = _graph.Node("Shape", "step_count", [InputName], NodeAttribute.Of("start", 1), NodeAttribute.Of("end", 2));
            string range = _graph.Node("Range", "step_numbers", [_graph.Integer(0), _graph.Node("Squeeze", "step_number", [steps, _graph.Integers(0)]), _graph.Integer(1)]);
            string ends = _graph.Node("Unsqueeze", "length_row", [_graph.Node("Cast", "lengths_long", [LengthsName], NodeAttribute.Of("to", 7)), _graph.Integers(0)]);
            string within = _graph.Node("Less", "within", [_graph.Node("Unsqueeze", "step_column", [range, _graph.Integers(1)]), ends]);
            _mask = _graph.Node("Unsqueeze", "mask", [within, _graph.Integers(2)]);
        }

        return _mask;
    }

    private string BatchSize() => _batch.Length > 0 ? _batch : _batch = _graph.Node("Shape", "batch_size", [InputName], NodeAttribute.Of("start", 0), NodeAttribute.Of("end", 1));

    private string Sliced(string value, long axis, long first, long end) =>
        _graph.Node("Slice", "part", [value, _graph.Integers(first), _graph.Integers(end), _graph.Integers(axis), _graph.Integers(1)]);

    private string Apply(Activation activation, string value) => activation == Activation.Identity ? value : _graph.Node(Invariant($"{activation}"), "activation", [value]);
}
