using RnnGen.Exchange.Files;
using RnnGen.Exchange.Model;
using RnnGen.Exchange.Onnx.Graphs;
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
    private readonly OnnxFlow _flow;
    private readonly OnnxLengths _lengths;
    private readonly OnnxLayers _layers;
    private readonly OnnxBranches _branches;
    private readonly Action<string> _note;
    private readonly List<DictModule> _modules = [];
    private string _value = "", _axes = "";
    private int _directions = 1;
    private bool _mayAddBias, _isLogits, _isForward = true;

    // Directions of all layers whose states are joined; 0 where none are.
    private int _joined;
    private (long Before, long Behind) _padded;

    // Nodes that changed the values, and how many had in front of the last layer.
    private int _version, _versionOfLast;

    /// <param name="graph">With its constants folded.</param>
    /// <param name="folding">Knows which node makes a value.</param>
    /// <param name="lengths">Finds values that depend on lengths alone.</param>
    /// <param name="note">Receives what is assumed or left out.</param>
    public OnnxChain(OnnxGraph graph, ConstantFolding folding, OnnxLengths lengths, Action<string> note)
    {
        (_graph, _folding, _lengths, _note) = (graph, folding, lengths, note);
        _flow = new OnnxFlow(graph, folding);
        _layers = new OnnxLayers(graph);
        _branches = new OnnxBranches(graph, folding, _flow.Readers);
    }

    /// <summary>What the graph's inputs are.</summary>
    public GraphFeed Feed { get; private set; } = null!;

    /// <summary>The value that the layers output, and what its axes are.</summary>
    public (string Value, string Axes) Output { get; private set; }

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
        OnnxNode first = _flow.Find(RecurrentNode.Is)
            ?? throw (_flow.Find(static node => node.Op is "Scan" or "Loop") is { } equations ? Unknown(equations, "of equations")
                : new ForeignFileException(_graph.Nodes.Exists(RecurrentNode.Is) ? Invariant($"The graph's output, {ForeignText.Shown(_flow.Output)}, does not depend on its recurrent layers.")
                    : "The graph has no RNN, GRU or LSTM node; RnnGen declares models with at least one."));
        FindInput(first);
        for (int i = 0; i <= _graph.Nodes.Count; i++)
        {
            _branches.Pass(_value, _axes, _version);
            if (_value == _flow.Output)
            {
                End();
                return _modules;
            }

            int layers = _modules.Count, before = _version;
            if (!TakePattern())
            {
                OnnxNode node = _branches.Next(_value) ?? throw new ForeignFileException(Invariant($"The layers end at {ForeignText.Shown(_value)}, which is not the graph's output, {ForeignText.Shown(_flow.Output)}."));
                Require(node);
                Step(node);
                _version += node.Op is "Transpose" or "Squeeze" or "Reshape" or "Identity" or "Cast" or "Dropout" or "Where" or "Pad" ? 0 : 1;
                if (IsSkipping && node.Op != "Add" && _version != before && !_isLogits)
                {
                    throw Unknown(node, "behind an addition of the model's inputs, which OutputSkip adds to its outputs alone");
                }
            }

            _versionOfLast = _modules.Count > layers ? before : _versionOfLast;
        }

        throw new ForeignFileException("The graph has a cycle: it is damaged.");
    }

    // The chain is at the graph's output: its numbers must stand in the order of a model's outputs.
    private void End()
    {
        string left = _axes.Replace("B", "", StringComparison.Ordinal);
        left = _directions == 1 ? left.Replace("D", "", StringComparison.Ordinal) : left;
        bool isOrdered = left is "TF" or "F" or "TDF" or "DF" || (left is "T" or "" && _modules[^1].OutputSize == 1);
        if (!isOrdered || _joined > 0 || _padded != default)
        {
            throw new ForeignFileException(Invariant($"The graph's output, {ForeignText.Shown(_flow.Output)}, has axes that are {(_joined > 0 ? "layers and " : "")}{_axes}, which are no steps of features: a declared model outputs those."));
        }

        if (!_isLogits)
        {
            Output = (_value, _axes);
        }

        _flow.NoteOtherOutputs(_branches.HasPassed, _note);
    }

    // Several nodes that are one layer, or one way to read the final states.
    private bool TakePattern()
    {
        if (_axes.EndsWith('F') && NormPattern.Find(_graph, _flow.Readers, _value, _axes.Length) is { } norm)
        {
            AddNorm(_value, norm);
            (_value, _mayAddBias) = (norm.Output, false);
            _version++;
            return true;
        }

        if (_directions == 2 && HasEnded && _axes == "DBF" && _flow.Readers[_value].ToArray() is [{ Op: "Gather" } one, { Op: "Gather" } other] && _flow.Readers[one.Output(0)].ToArray() is [{ IsStandard: true, Op: "Concat" } both])
        {
            int last = Math.Max(_joined, 2) - 1;
            long IndexOf(string state) => new[] { one, other }.FirstOrDefault(node => node.IsStandard && node.Output(0) == state && node.Integer("axis", 0) == 0) is { } node && _graph.Constants.TryGetValue(node.Input(1), out OnnxTensor? index) && index.Shape.Length == 0
                ? (index.Values[0] < 0 ? index.Values[0] + last + 1 : index.Values[0]) is var at ? (long)at : -1 : -1;
            if (both.Inputs.Count == 2 && IndexOf(both.Input(0)) == last - 1 && IndexOf(both.Input(1)) == last && both.Integer("axis", 0) is -1 or 1)
            {
                (_value, _axes, _joined) = (both.Output(0), "BF", 0);
                _version++;
                return true;
            }
        }

        return false;
    }

    // Nothing of a node is passed over: it is of an operator that is read, with all of its attributes, and computes nothing from a value beside the chain.
    private void Require(OnnxNode node)
    {
        if (!node.IsStandard)
        {
            throw Unknown(node, Invariant($"of the domain {ForeignText.Shown(node.Domain)}, which is not ONNX's own"));
        }

        if (_isLogits)
        {
            throw Unknown(node, "behind a softmax");
        }

        if (!OnnxSignatures.Knows(node))
        {
            throw Unknown(node, node.Op == "If" ? "between two graphs, as squeeze() of an axis without a fixed length is exported: fix the length, or take an index of the axis" : "");
        }

        OnnxSignatures.Require(node, _value);
        bool isOwn = _graph.Producer == GraphWriter.Producer, readsComputed = RecurrentNode.Is(node) || node.Op is "Add" or "Concat" or "Reshape" || (isOwn && node.Op is "Where" or "GatherND");
        bool isFirst = node.Input(0) == _value || node.Op is "Add" or "Concat" or "Where" || (node.Op == "Gather" && _graph.Constants.ContainsKey(node.Input(0)));
        string? computed = readsComputed ? null : node.Inputs.Find(input => input.Length > 0 && input != _value && !_graph.Constants.ContainsKey(input));
        if (!isFirst || computed is not null)
        {
            throw Unknown(node, isFirst ? Invariant($"that reads {ForeignText.Shown(computed!)}, which is no constant") : Invariant($"that reads {ForeignText.Shown(_value)} as another input than its first"));
        }

        if (_joined > 0 && node.Op is not ("Gather" or "Slice"))
        {
            throw Unknown(node, "of the final states of several layers, of which the last one's can be taken by an index");
        }
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

        if (_graph.Inputs.Find(input => input.Name == value) is not { Name.Length: > 0 } found)
        {
            throw new ForeignFileException(Invariant($"{ForeignText.Shown(first.Place)} reads {ForeignText.Shown(value)}, which is no input of the graph and no output of a node: the file is damaged."));
        }

        (_value, _axes) = (value, axes);
        int time = axes.IndexOf('T', StringComparison.Ordinal);
        if (found.Shape is { } shape && shape.Length == axes.Length && shape[time] is int steps and > 0)
        {
            Steps = steps;
        }

        Feed = new GraphFeed(_graph, value, axes, _graph.Nodes.Where(RecurrentNode.Is).Select(node => _flow.RootOf(node.Input(4))).Where(static name => name.Length > 0).ToHashSet(StringComparer.Ordinal));
    }

    private OnnxTensor? OfLengths(string value, int inputs, int batch, int steps) => _lengths.Of(value, Feed, Steps ?? steps, _modules.Count > 0 ? Math.Max(1, _modules[0].InputSize) : inputs, batch);

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
            case "Gather" when _graph.Constants.ContainsKey(node.Input(0)):
                Embed(node);
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
                LeaveOut(node);
                break;
            case "Identity":
                break;
            case "Dropout":
                RequireInference(node);
                break;
            case "Cast":
                RequireSameNumbers(node);
                break;
            case "Where" when _graph.Producer == GraphWriter.Producer && node.Input(1) == _value:
                // Steps beyond a sequence's length, which PredictBatch sets to 0 as well.
                break;
            default:
                throw Unknown(node, "");
        }

        _value = next;
    }

    // Over classes alone, which are the last axis; below opset 13 over all axes from one on.
    private void LeaveOut(OnnxNode node)
    {
        const int oneAxis = 13;
        long said = node.Integer("axis", _graph.Opset < oneAxis ? 1 : -1), axis = said < 0 ? said + _axes.Length : said;
        if (axis != _axes.Length - 1 || !_axes.EndsWith('F'))
        {
            throw Unknown(node, Invariant($"over axis {said} of {_axes}, where only one over the features, the last axis, is left out"));
        }

        (_isLogits, Output) = (true, (_value, _axes));
        _note(Invariant($"{ForeignText.Shown(node.Place)} was left out: outputs are logits, as those of a model with Loss.CrossEntropy are."));
    }

    private void RequireInference(OnnxNode node)
    {
        if (node.Input(2).Length > 0 && Array.Exists(_graph.Constants[node.Input(2)].Values, static value => value != 0))
        {
            throw Unknown(node, "in training mode: export the model in eval mode");
        }
    }

    // To float or double; tokens to other whole numbers.
    private void RequireSameNumbers(OnnxNode node)
    {
        NumberType? type = OnnxTensor.TypeOf(node.Integer("to", 0));
        bool isTokens = _modules.Count == 0 && !_axes.Contains('F', StringComparison.Ordinal);
        if (!(OnnxBranches.KeepsNumbers(node) || (isTokens && type is NumberType.I32 or NumberType.I64)))
        {
            throw Unknown(node, Invariant($"to {(type is null ? "an unknown type" : Invariant($"{type}"))}, which rounds"));
        }
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

        if (node.Input(4).Length > 0 && lengths is null && _flow.RootOf(node.Input(4)).Length == 0)
        {
            throw Unknown(node, Invariant($"with lengths, {ForeignText.Shown(node.Input(4))}, that are computed"));
        }

        if (node.Inputs.FindIndex(input => input == _value) != 0 || _flow.IsRead(node.Output(2)))
        {
            throw Unknown(node, _flow.IsRead(node.Output(2)) ? "whose final cell state is read: layers read outputs or the final hidden state" : "that reads the values before it as a state");
        }

        OnnxRecurrent layer = RecurrentNode.Read(_graph, node, _folding, (value, inputs) => OfLengths(value, inputs, batch: 2, steps: 2), _note);
        _modules.Add(layer);
        (_directions, _isForward) = (layer.Directions, layer is { Directions: 1, IsReverse: false });
        string outputs = node.Output(0), states = node.Output(1);
        bool readsOutputs = _flow.IsRead(outputs), readsStates = _flow.IsRead(states);
        if (readsOutputs && readsStates && !(states != _flow.Output && _flow.Readers[states].All(static reader => reader.Op == "Concat")))
        {
            throw Unknown(node, "whose outputs and final state are both read");
        }

        HasEnded = !readsOutputs;
        _axes = HasEnded ? isLayout1 ? "BDF" : "DBF" : isLayout1 ? "BTDF" : "TDBF";
        return HasEnded ? states : outputs;
    }

    private void Squeeze(OnnxNode node)
    {
        List<long> axes = node.Integers("axes") ?? Numbers(node, 1) ?? throw Unknown(node, "without axes");
        foreach (int axis in axes.Select(axis => (int)(axis < 0 ? axis + _axes.Length : axis)).OrderDescending())
        {
            bool isOne = axis >= 0 && axis < _axes.Length && ((_axes[axis] == 'D' && _directions == 1) || (_axes[axis] == 'T' && HasEnded) || (_axes[axis] == 'F' && _modules is [.., { OutputSize: 1 }]));
            _axes = isOne ? _axes.Remove(axis, 1) : throw Unknown(node, Invariant($"of axis {axis} of {_axes}"));
        }
    }

    private void Reshape(OnnxNode node)
    {
        int? steps = Steps;
        int width = _modules.Count > 0 ? _modules[^1].OutputSize : 0;
        string? axes = node.Integer("allowzero", 0) != 0 ? null : OnnxReshape.Of(_axes, _directions, width, ref steps, (batch, length) => OfLengths(node.Input(1), 1, batch, length));
        (_axes, Steps) = (axes ?? throw Unknown(node, Invariant($"of {_axes} to [{string.Join(", ", Numbers(node, 1) ?? [])}], where only directions go into the features beside them")), steps);
    }

    private void Embed(OnnxNode node)
    {
        _modules.Add(_modules.Count == 0 && node.Input(1) == _value ? _layers.Embedding(node) : throw Unknown(node, "that is no embedding of the input"));
        _axes += "F";
    }

    // The last step, or the last layer of joined states.
    private void TakeLast(OnnxNode node)
    {
        bool isSlice = node.Op == "Slice";
        List<long>? axes = isSlice ? node.Integers("axes") ?? Numbers(node, 3) ?? [0] : [node.Integer("axis", 0)], index = isSlice ? node.Integers("starts") ?? Numbers(node, 1) : Numbers(node, 1);
        long axis = axes is [long said] ? said < 0 ? said + _axes.Length : said : -1;
        char role = axis >= 0 && axis < _axes.Length ? _axes[(int)axis] : '?';
        int? length = role == 'T' ? Steps : role == 'D' ? Math.Max(_joined, _directions) : null;
        bool isLast = index is [long only] && (only == -1 || only == length - 1) && (!isSlice || IsToEnd(node, ref length));
        bool readsLastStep = (_directions == 1 && (_isForward || role == 'D')) || _modules is [.., { IsResidual: true }];
        if (!isLast || !readsLastStep || role is not ('T' or 'D'))
        {
            throw Unknown(node, isLast && role == 'T' && !readsLastStep
                ? "of the last step of a bidirectional or a reverse layer, whose backward direction has read one step there: join the final states h[-2] and h[-1], or read that of the one direction" : "that is not the last step of a forward layer");
        }

        (HasEnded, _joined, Steps) = (HasEnded || role == 'T', 0, role == 'T' ? length : Steps);
        _axes = !isSlice && _graph.Constants[node.Input(1)].Shape.Length == 0 ? _axes.Remove((int)axis, 1) : _axes;
    }

    // Forward, to the end of its axis; an end that is no more than a length fixes it.
    private bool IsToEnd(OnnxNode node, ref int? length)
    {
        if ((node.Integers("ends") ?? Numbers(node, 2)) is not [long end] || !(node.Input(4).Length == 0 || Numbers(node, 4) is [> 0]))
        {
            return false;
        }

        length = end is > 0 and < int.MaxValue && length is null ? (int)end : length;
        return end >= int.MaxValue || (end > 0 && end >= length);
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
        if (node.Op == "ReduceSum" && _axes == "TBF" && !HasEnded && _flow.Readers[value].ToArray() is [{ Op: "Div" } mean])
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
        OnnxNode?[] makers = [.. node.Inputs.Select(_folding.MakerOf)];
        bool isLast = HasEnded && node.Inputs[^1] == _value && Array.TrueForAll(makers, static maker => maker is not null && RecurrentNode.Is(maker)) && _axes[0] == 'D' && node.Integer("axis", 0) == 0;
        _joined = isLast ? makers.Sum(static maker => maker!.Text("direction", "forward") == "bidirectional" ? 2 : 1) : throw Unknown(node, "that does not join the final states of all layers");
    }

    private void Multiply(OnnxNode node)
    {
        LinearModule linear = _layers.Linear(node, _axes.Length);
        _modules.Add(linear);
        _mayAddBias = linear.Bias is null;
    }

    private void AddBias(OnnxNode node)
    {
        LinearModule linear = (LinearModule)_modules[^1];
        _modules[^1] = linear with { Bias = _layers.Vector(node, node.Input(0) == _value ? 1 : 0, linear.Weight.Rows, _axes.Length) };
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
        bool isZero = node.Text("mode", "constant") == "constant" && (node.Input(2).Length == 0 || Array.TrueForAll(_graph.Constants[node.Input(2)].Values, static value => value == 0)) && node.Input(3).Length == 0
            && node.Float("value", 0) == 0;
        if (!isZero || HasEnded || steps < 0 || lengths?.Count != 2 * rank || lengths.Exists(static n => n is < 0 or > int.MaxValue) || lengths.Where((n, i) => n != 0 && i % rank != steps).Any())
        {
            throw Unknown(node, "that is not of zeros before and behind the steps");
        }

        _padded = (_padded.Before + lengths[steps], _padded.Behind + lengths[rank + steps]);
    }

    private void Convolve(OnnxNode node)
    {
        _modules.Add(HasEnded ? throw Unknown(node, "behind the end of the steps") : _layers.Convolution(node, _padded));
        _padded = default;
    }

    private void Normalise(OnnxNode node)
    {
        long axis = node.Integer("axis", -1);
        if (!_axes.EndsWith('F') || (axis != -1 && axis != _axes.Length - 1) || node.Integer("stash_type", 1) != 1 || !_graph.Constants.TryGetValue(node.Input(1), out OnnxTensor? gain))
        {
            throw Unknown(node, Invariant($"over axis {axis} of {_axes} that is not over the features at the end, with a gain of the file"));
        }

        AddNorm(node.Place, new NormPattern(gain, _graph.Constants.GetValueOrDefault(node.Input(2)), node.Float("epsilon", 1e-5), node.Output(0)));
    }

    private void AddNorm(string place, NormPattern norm) => _modules.Add(_axes.Contains('D', StringComparison.Ordinal)
        ? throw ForeignModelBuilder.Undeclarable(place, "a layer normalisation of directions that are no features", "[LayerNorm] follows a recurrent or a dense layer")
        : OnnxLayers.Norm(place, _modules.LastOrDefault(), norm));

    // Over the second axis, with the statistics of the file.
    private void NormaliseBatch(OnnxNode node)
    {
        if (_axes is not ("BF" or "BFT"))
        {
            throw Unknown(node, Invariant($"over axes that are {_axes}"));
        }

        BatchNormModule norm = _layers.BatchNorm(node, _modules.LastOrDefault());
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

    private List<long>? Numbers(OnnxNode node, int index) => _graph.Constants.TryGetValue(node.Input(index), out OnnxTensor? tensor) ? tensor.Whole() : null;

    private static int[] OrderOf(OnnxNode node, int rank)
    {
        int[] order = [.. node.Integers("perm")?.Select(static axis => (int)axis) ?? Enumerable.Range(0, rank).Reverse()];
        return order.Order().SequenceEqual(Enumerable.Range(0, rank)) ? order : throw Unknown(node, Invariant($"of other than {rank} axes"));
    }

    private static ForeignFileException Unknown(OnnxNode node, string how) => OnnxSignatures.Unknown(node, how);
}
