using RnnGen.Exchange.Files;
using RnnGen.Exchange.Model;
using RnnGen.Exchange.Onnx.Writing;
using RnnGen.Exchange.StateDicts;

namespace RnnGen.Exchange.Onnx;

/// <summary>
/// Follows a graph's values from its input to its output, node by node, and keeps what each axis is: time T, batch B, direction D, features F. So transposes and reshapes that exporters write around the recurrent ops are
/// understood, and what is no chain of layers is rejected where it leaves one.
/// </summary>
internal sealed class OnnxChain
{
    private readonly OnnxGraph _graph;
    private readonly ConstantFolding _folding;
    private readonly ILookup<string, OnnxNode> _readers;
    private readonly OnnxBranches _branches;
    private readonly Action<string> _note;
    private readonly List<DictModule> _modules = [];
    private string _value = "", _axes = "";
    private int _directions = 1;
    private bool _mayAddBias, _isLogits, _isOfLayers;
    private (long Before, long Behind) _padded;

    // Nodes that changed the values, and how many had in front of the last layer.
    private int _version, _versionOfLast;

    public OnnxChain(OnnxGraph graph, ConstantFolding folding, Action<string> note)
    {
        (_graph, _folding, _note) = (graph, folding, note);
        _readers = graph.Nodes.Where(node => node.Op != "Shape" && !node.Outputs.Exists(graph.Constants.ContainsKey))
            .SelectMany(static node => node.Inputs.Where(static input => input.Length > 0).Distinct().Select(input => (input, node))).ToLookup(static pair => pair.input, static pair => pair.node);
        _branches = new OnnxBranches(graph, folding, _readers);
    }

    /// <summary>Whether there is one output at the end.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>Whether the model's first inputs are added to its outputs.</summary>
    public bool IsSkipping { get; private set; }

    /// <summary>How the last recurrent layer's outputs become one.</summary>
    public Pooling Pooling { get; private set; }

    /// <summary>Steps of the input; null where they are not fixed.</summary>
    public int? Steps { get; private set; }

    /// <summary>The layers in the order in which values flow.</summary>
    public List<DictModule> Follow()
    {
        OnnxNode first = _graph.Nodes.Find(RecurrentNode.Is)
            ?? throw (_graph.Nodes.Find(static node => node.Op is "Scan" or "Loop") is { } equations ? Unknown(equations, "of equations") : new ForeignFileException("The graph has no RNN, GRU or LSTM node; RnnGen declares models with at least one."));
        FindInput(first);
        for (int i = 0; i <= _graph.Nodes.Count; i++)
        {
            _branches.Pass(_value, _axes, _version);
            if (_branches.Next(_value) is not { } node)
            {
                return _modules;
            }

            if (_isLogits)
            {
                throw Unknown(node, "behind a softmax");
            }

            int layers = _modules.Count, before = _version;
            Step(node);
            _version += node.Op is "Transpose" or "Squeeze" or "Reshape" or "Identity" or "Cast" or "Dropout" or "Where" or "Pad" ? 0 : 1;
            _versionOfLast = _modules.Count > layers ? before : _versionOfLast;
            if (IsSkipping && node.Op != "Add" && _version != before && !_isLogits)
            {
                throw Unknown(node, "behind an addition of the model's inputs, which OutputSkip adds to its outputs alone");
            }
        }

        throw new ForeignFileException("The graph has a cycle: it is damaged.");
    }

    // The input that leads to the first recurrent node, and what its axes are.
    private void FindInput(OnnxNode first)
    {
        string axes = first.Integer("layout", 0) == 0 ? "TBF" : "BTF";
        string value = first.Input(0);
        for (int i = 0; _folding.MakerOf(value) is { } maker; i++)
        {
            if (i > _graph.Nodes.Count)
            {
                throw new ForeignFileException("The graph has a cycle: it is damaged.");
            }

            if (maker.Op == "Transpose")
            {
                char[] before = new char[axes.Length];
                int[] order = OrderOf(maker, axes.Length);
                for (int axis = 0; axis < order.Length; axis++)
                {
                    before[order[axis]] = axes[axis];
                }

                axes = new string(before);
            }
            else if (maker.Op == "Gather" && _graph.Constants.ContainsKey(maker.Input(0)) && axes.EndsWith('F'))
            {
                axes = axes[..^1];
            }

            bool isBehind = maker.Op == "Where" || (maker.Op == "Concat" && _graph.Producer == GraphWriter.Producer);
            value = isBehind ? maker.Input(1) : maker.Inputs.Find(input => input.Length > 0 && !_graph.Constants.ContainsKey(input)) ?? throw Unknown(maker, "without an input that is no constant");
        }

        (_value, _axes) = (value, axes);
        int[]? shape = _graph.Inputs.Find(input => input.Name == value).Shape;
        if (shape is not null && shape.Length == axes.Length && shape[axes.IndexOf('T', StringComparison.Ordinal)] is int steps and > 0)
        {
            Steps = steps;
        }
    }

    private void Step(OnnxNode node)
    {
        bool mayAddBias = _mayAddBias;
        _mayAddBias = false;
        string next = node.Output(0);
        if (_padded != default && node.Op is not ("Conv" or "Pad" or "Transpose"))
        {
            throw Unknown(node, "behind a Pad that no Conv reads");
        }

        switch (node.Op)
        {
            case "Pad" when node.Input(0) == _value:
                Pad(node);
                break;
            case "Conv" when node.Input(0) == _value && _axes == "BFT":
                Convolve(node);
                break;
            case "RNN" or "GRU" or "LSTM" when RecurrentNode.Is(node) && node.Input(0) == _value:
                next = Recur(node);
                break;
            case "Transpose":
                _axes = string.Concat(OrderOf(node, _axes.Length).Select(axis => _axes[axis]));
                break;
            case "Squeeze":
                Squeeze(node);
                break;
            case "Reshape":
                Reshape(node);
                break;
            case "Gather" when _graph.Constants.TryGetValue(node.Input(0), out OnnxTensor? table):
                Embed(node, table);
                break;
            case "Gather" or "Slice":
                TakeLast(node);
                break;
            case "ReduceMean" or "ReduceMax":
                Reduce(node);
                break;
            case "ReduceSum" or "GatherND" when _graph.Producer == GraphWriter.Producer:
                next = ReduceWithLengths(node);
                break;
            case "Concat" when _axes == "BFT" && _graph.Producer == GraphWriter.Producer:
                Continue(node);
                break;
            case "Concat":
                JoinStates(node);
                break;
            case "Gemm" or "MatMul" when node.Input(0) == _value && _axes.EndsWith('F') && !_axes.Contains('D', StringComparison.Ordinal):
                Multiply(node);
                break;
            case "Add" when mayAddBias && !_branches.IsAddition(node):
                AddBias(node);
                break;
            case "Add" when _branches.IsAddition(node):
                AddSkip(node);
                break;
            case "LayerNormalization":
                Normalise(node);
                break;
            case "BatchNormalization" when node.Input(0) == _value:
                NormaliseBatch(node);
                break;
            case "Relu" or "Tanh" or "Sigmoid":
                Apply(node);
                break;
            case "Softmax" or "LogSoftmax":
                _isLogits = true;
                _note(Invariant($"{ForeignText.Shown(node.Place)} was left out: outputs are logits, as those of a model with Loss.CrossEntropy are."));
                break;
            case "Dropout" or "Identity" or "Cast":
                break;
            case "Where" when _graph.Producer == GraphWriter.Producer && node.Input(1) == _value:
                // Steps beyond a sequence's length, which PredictBatch sets to 0 as well.
                break;
            default:
                throw Unknown(node, "");
        }

        _value = next;
    }

    private string Recur(OnnxNode node)
    {
        bool isLayout1 = node.Integer("layout", 0) != 0;
        if (_axes != (isLayout1 ? "BTF" : "TBF") || HasEnded)
        {
            throw Unknown(node, Invariant($"over axes that are {_axes}"));
        }

        if (_graph.Constants.TryGetValue(node.Input(4), out OnnxTensor? lengths) && !Array.TrueForAll(lengths.Values, length => length == Steps))
        {
            throw Unknown(node, "with constant sequence_lens that are not the steps of the input");
        }

        OnnxRecurrent layer = RecurrentNode.Read(_graph, node, _folding, _note);
        _modules.Add(layer);
        _directions = layer.Directions;
        string outputs = node.Output(0), states = node.Output(1);
        bool readsOutputs = _readers[outputs].Any(), readsStates = _readers[states].Any(), joinsStates = readsStates && _readers[states].All(reader => reader.Op == "Concat" || IsOutput(reader));
        if (readsOutputs && readsStates && !joinsStates)
        {
            throw Unknown(node, "whose outputs and final state are both read");
        }

        HasEnded = !readsOutputs && ((readsStates && !_readers[states].All(IsOutput)) || (!_graph.Outputs.Contains(outputs) && _graph.Outputs.Contains(states)));
        _axes = HasEnded ? isLayout1 ? "BDF" : "DBF" : isLayout1 ? "BTDF" : "TDBF";
        return HasEnded ? states : outputs;
    }

    // A state that goes out of the graph for the next part of a sequence.
    private bool IsOutput(OnnxNode node) => node.Op is "Squeeze" or "Identity" && _graph.Outputs.Contains(node.Output(0)) && !_readers[node.Output(0)].Any();

    private void Squeeze(OnnxNode node)
    {
        List<long> axes = node.Integers("axes") ?? Numbers(node, 1) ?? throw Unknown(node, "without axes");
        foreach (int axis in axes.Select(axis => (int)(axis < 0 ? axis + _axes.Length : axis)).OrderDescending())
        {
            bool isOne = axis >= 0 && axis < _axes.Length && ((_axes[axis] == 'D' && _directions == 1) || (_axes[axis] == 'T' && HasEnded));
            _axes = isOne ? _axes.Remove(axis, 1) : throw Unknown(node, Invariant($"of axis {axis} of {_axes}"));
        }
    }

    // Directions go into the features beside them.
    private void Reshape(OnnxNode node)
    {
        bool joins = _axes.EndsWith("DF", StringComparison.Ordinal) || (_directions == 1 && _axes.Contains('D', StringComparison.Ordinal));
        int? rank = Numbers(node, 1)?.Count ?? (_folding.MakerOf(node.Input(1)) is { Op: "Concat" } shape ? shape.Inputs.Count : null);
        _axes = joins && rank == _axes.Length - 1 ? _axes.Replace("D", "", StringComparison.Ordinal) : throw Unknown(node, Invariant($"of {_axes} to {rank} axes"));
    }

    private void Embed(OnnxNode node, OnnxTensor table)
    {
        if (_modules.Count > 0 || node.Input(1) != _value || table.Shape.Length != 2 || table.Values.Length == 0 || node.Integer("axis", 0) != 0)
        {
            throw Unknown(node, "that is no embedding of the input");
        }

        _modules.Add(new EmbeddingModule(node.Place, ToTensor(table, table.Shape)));
        _axes += "F";
    }

    // The last step, or the last layer of joined states.
    private void TakeLast(OnnxNode node)
    {
        bool isSlice = node.Op == "Slice";
        long axis = isSlice ? (node.Integers("axes") ?? Numbers(node, 3))?.FirstOrDefault() ?? 0 : node.Integer("axis", 0);
        axis = axis < 0 ? axis + _axes.Length : axis;
        char role = axis >= 0 && axis < _axes.Length ? _axes[(int)axis] : '?';
        List<long>? index = isSlice ? node.Integers("starts") ?? Numbers(node, 1) : Numbers(node, 1);
        bool isLast = index is [long only] && (only == -1 || (role == 'T' && only == Steps - 1) || (role == 'D' && only == 0 && !_isOfLayers));
        bool readsLastStep = _directions == 1 || _modules is [.., { IsResidual: true }];
        if (!isLast || !readsLastStep || role is not ('T' or 'D'))
        {
            throw Unknown(node, "that is not the last step of a forward layer");
        }

        HasEnded |= role == 'T';
        _isOfLayers = false;
        _axes = !isSlice && _graph.Constants[node.Input(1)].Shape.Length == 0 ? _axes.Remove((int)axis, 1) : _axes;
    }

    private void Reduce(OnnxNode node)
    {
        List<long> axes = node.Integers("axes") ?? Numbers(node, 1) ?? [];
        int steps = _axes.IndexOf('T', StringComparison.Ordinal);
        if (HasEnded || steps < 0 || axes is not [long axis] || (axis < 0 ? axis + _axes.Length : axis) != steps || node.Integer("keepdims", 1) != 0 || _modules is not [.., { IsRecurrent: true }])
        {
            throw Unknown(node, "that is not over the steps of the last recurrent layer, without keepdims");
        }

        (HasEnded, Pooling, _axes) = (true, node.Op == "ReduceMax" ? Pooling.Max : Pooling.Mean, _axes.Remove(steps, 1));
    }

    // As exports write them: the step at the length's end, or a sum that is divided by the length.
    private string ReduceWithLengths(OnnxNode node)
    {
        string value = node.Output(0);
        if (node.Op == "ReduceSum" && _axes == "TBF" && !HasEnded && _readers[value].ToArray() is [{ Op: "Div" } mean])
        {
            (HasEnded, Pooling, _axes) = (true, Pooling.Mean, "BF");
            return mean.Output(0);
        }

        (HasEnded, _axes) = node.Op == "GatherND" && _axes == "BTF" && !HasEnded ? (true, "BF") : throw Unknown(node, "");
        return value;
    }

    // As exports write it: past steps, which are a state, in front of a convolution's.
    private void Continue(OnnxNode node)
    {
        int[]? past = _graph.Inputs.Find(input => input.Name == node.Input(0)).Shape;
        _padded.Before += past is [_, _, > 0] && node.Inputs is [_, var own] && own == _value ? past[2] : throw Unknown(node, "");
        _note(Invariant($"{ForeignText.Shown(node.Place)} reads past steps from the graph's inputs; the declared model starts from zero, and a State keeps them."));
    }

    // PyTorch's h_n: the states of all layers, of which the last one is taken.
    private void JoinStates(OnnxNode node)
    {
        bool isLast = HasEnded && node.Inputs[^1] == _value && node.Inputs.TrueForAll(input => _folding.MakerOf(input) is { } maker && RecurrentNode.Is(maker));
        _isOfLayers = isLast && _axes[0] == 'D' && node.Integer("axis", 0) == 0 ? true : throw Unknown(node, "");
    }

    private void Multiply(OnnxNode node)
    {
        bool isPlain = node.Op == "MatMul" || (node.Integer("transA", 0) == 0 && IsOne(node, "alpha") && IsOne(node, "beta"));
        if (!isPlain || !_graph.Constants.TryGetValue(node.Input(1), out OnnxTensor? matrix) || matrix.Shape.Length != 2 || matrix.Values.Length == 0)
        {
            throw Unknown(node, "that is no matrix of the file");
        }

        Tensor weight = ToTensor(matrix, matrix.Shape), transposed = node.Integer("transB", 0) != 0 ? weight : weight.Transposed();
        Tensor? bias = node.Input(2).Length == 0 ? null : Vector(node, 2, transposed.Rows);
        _modules.Add(new LinearModule(node.Place, transposed, bias));
        _mayAddBias = bias is null;
    }

    private void AddBias(OnnxNode node)
    {
        LinearModule linear = (LinearModule)_modules[^1];
        _modules[^1] = linear with { Bias = Vector(node, node.Input(0) == _value ? 1 : 0, linear.Weight.Rows) };
    }

    // The inputs of the last layer, or the model's.
    private void AddSkip(OnnxNode node)
    {
        OnnxOrigin? added = _branches.Added(node, _value);
        if (IsSkipping || added is not { } origin || origin.Axes != _axes || _axes.Contains('D', StringComparison.Ordinal) || _modules.Count == 0)
        {
            throw Unknown(node, "of what is no input of the last layer and no input of the model, step by step");
        }

        long width = _modules[^1].OutputSize;
        if (origin.Version == 0 && origin.Features is null or > 0 && _modules[0].InputSize > 0)
        {
            IsSkipping = (origin.Features ?? _modules[0].InputSize) == width ? true : throw Unknown(node, Invariant($"of {origin.Features ?? _modules[0].InputSize} inputs to {width} outputs"));
            return;
        }

        _modules[^1] = origin.Version == _versionOfLast && origin.Features is null && !_modules[^1].IsResidual && _modules[^1].InputSize == width ? _modules[^1] with { IsResidual = true }
            : throw Unknown(node, Invariant($"of a value that {ForeignText.Shown(_modules[^1].Name)} does not read, or of another width"));
    }

    // Zeros before and behind the steps: the lengths are those before each axis, then those behind each.
    private void Pad(OnnxNode node)
    {
        List<long>? lengths = node.Integers("pads") ?? Numbers(node, 1);
        int rank = _axes.Length, steps = _axes.IndexOf('T', StringComparison.Ordinal);
        bool isZero = node.Text("mode", "constant") == "constant" && (node.Input(2).Length == 0 || _folding.Filling(node.Input(2)) == 0) && node.Input(3).Length == 0
            && !(node.Attributes.TryGetValue("value", out OnnxAttribute? filling) && filling.Float != 0);
        if (!isZero || HasEnded || steps < 0 || lengths?.Count != 2 * rank || lengths.Exists(static n => n is < 0 or > int.MaxValue) || lengths.Where((n, i) => n != 0 && i % rank != steps).Any())
        {
            throw Unknown(node, "that is not of zeros before and behind the steps");
        }

        _padded = (_padded.Before + lengths[steps], _padded.Behind + lengths[rank + steps]);
    }

    private void Convolve(OnnxNode node)
    {
        if (HasEnded || !_graph.Constants.TryGetValue(node.Input(1), out OnnxTensor? filters) || filters.Shape.Length != 3 || filters.Values.Length == 0)
        {
            throw Unknown(node, "that is not over steps, with filters of the file");
        }

        Tensor weight = ToTensor(filters, filters.Shape);
        _modules.Add(ConvolutionNode.Read(node, weight, node.Input(2).Length == 0 ? null : Vector(node, 2, weight.Shape[0]), _padded));
        _padded = default;
    }

    private void Normalise(OnnxNode node)
    {
        const double standard = 1e-5, tolerance = 1e-9;
        long axis = node.Integer("axis", -1);
        double epsilon = node.Attributes.TryGetValue("epsilon", out OnnxAttribute? said) ? said.Float : standard;
        if (!_axes.EndsWith('F') || _axes.Contains('D', StringComparison.Ordinal) || (axis != -1 && axis != _axes.Length - 1) || Math.Abs(epsilon - standard) > tolerance || _modules.Count == 0)
        {
            throw Unknown(node, Invariant($"over axis {axis} with epsilon {epsilon:R}"));
        }

        int width = _modules[^1].OutputSize;
        _modules.Add(new NormModule(node.Place, Vector(node, 1, width), node.Input(2).Length == 0 ? Tensor.Zeros("", width) : Vector(node, 2, width)) { SaysEpsilon = true });
    }

    // Over the second axis, with the statistics of the file.
    private void NormaliseBatch(OnnxNode node)
    {
        const double standard = 1e-5;
        bool isTraining = node.Integer("training_mode", 0) != 0 || node.Integer("spatial", 1) == 0;
        if (isTraining || _axes is not ("BF" or "BFT") || !_graph.Constants.TryGetValue(node.Input(3), out OnnxTensor? mean) || mean.Values.Length == 0)
        {
            throw Unknown(node, isTraining ? "in training mode" : Invariant($"over axes that are {_axes}, with statistics of the file"));
        }

        int width = mean.Values.Length;
        BatchNormModule norm = new(node.Place)
        {
            Gain = Vector(node, 1, width), Offset = Vector(node, 2, width), Mean = Vector(node, 3, width), Variance = Vector(node, 4, width), Epsilon = node.Attributes.TryGetValue("epsilon", out OnnxAttribute? said) ? said.Float : standard,
        };
        if ((_modules.Count > 0 && _modules[^1].OutputSize != width) || !Array.TrueForAll(norm.Affine().Scale, double.IsFinite))
        {
            throw Unknown(node, Invariant($"of {width} features behind {(_modules.Count > 0 ? _modules[^1].OutputSize : width)}, or without a variance"));
        }

        if (_modules.Count > 0 && BatchNormFolding.Behind(_modules[^1], norm) is { } folded)
        {
            _modules[^1] = folded;
        }
        else
        {
            _modules.Add(norm);
        }
    }

    private void Apply(OnnxNode node)
    {
        if (_modules is not [.., { TakesFunction: true, Activation: Activation.Identity, IsResidual: false }])
        {
            throw Unknown(node, "behind a layer that is neither dense nor a convolution, or behind an addition");
        }

        _modules[^1] = _modules[^1] with { Activation = node.Op == "Relu" ? Activation.Relu : node.Op == "Tanh" ? Activation.Tanh : Activation.Sigmoid };
    }

    private static bool IsOne(OnnxNode node, string name) => !node.Attributes.TryGetValue(name, out OnnxAttribute? said) || said.Float == 1;

    private Tensor Vector(OnnxNode node, int index, int length) => _graph.Constants.TryGetValue(node.Input(index), out OnnxTensor? vector) && vector.Values.Length == length
        ? ToTensor(vector, [length]) : throw Unknown(node, Invariant($"whose input {index} is no vector of {length} numbers of the file"));

    private static Tensor ToTensor(OnnxTensor tensor, int[] shape) => new(tensor.Name, shape, tensor.Values);

    private List<long>? Numbers(OnnxNode node, int index) => _graph.Constants.TryGetValue(node.Input(index), out OnnxTensor? tensor) ? [.. tensor.Values.Select(static v => (long)v)] : null;

    private static int[] OrderOf(OnnxNode node, int rank)
    {
        int[] order = [.. node.Integers("perm")?.Select(static axis => (int)axis) ?? Enumerable.Range(0, rank).Reverse()];
        return order.Order().SequenceEqual(Enumerable.Range(0, rank)) ? order : throw Unknown(node, Invariant($"of other than {rank} axes"));
    }

    private static ForeignFileException Unknown(OnnxNode node, string how) =>
        ForeignModelBuilder.Undeclarable(node.Place, Invariant($"{(node.Op.Length > 0 && "AEIOU".Contains(node.Op[0], StringComparison.Ordinal) ? "an" : "a")} {ForeignText.Shown(node.Op)}{(how.Length == 0 ? "" : " ")}{how}"), "RNN, GRU, LSTM, Gather of an embedding or of the last step, Gemm, MatMul with Add, Conv over steps, LayerNormalization, BatchNormalization beside a layer, Add of a layer's or the model's inputs, ReduceMean and ReduceMax over steps, and the functions Relu, Tanh and Sigmoid behind dense layers and convolutions can");
}
