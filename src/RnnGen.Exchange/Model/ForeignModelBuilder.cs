using RnnGen.Exchange.Files;

namespace RnnGen.Exchange.Model;

/// <summary>
/// Collects a model layer by layer, in the order in which values flow, and names its tensors as a declared model does. What no declaration can say is rejected with the layer's name.
/// </summary>
/// <param name="format">What the file is, in words.</param>
internal sealed class ForeignModelBuilder(string format)
{
    /// <summary>The largest size that a declaration may have.</summary>
    public const int MaximumSize = 65_536;

    private const int MaximumVocabulary = 1 << 24;

    private readonly List<ForeignLayer> _layers = [];
    private readonly List<ForeignTensor> _tensors = [];
    private readonly List<(string Suffix, ForeignLayer Layer, RecurrentWeights Weights)> _initial = [];
    private readonly List<string> _notes = [];
    private int _recurrent, _dense, _norms, _convolutions;

    public Dictionary<string, string> Metadata { get; } = new(StringComparer.Ordinal);

    /// <summary>Whether the first inputs of a step are added to its outputs.</summary>
    public bool IsSkipping { get; set; }

    /// <summary>How a model with one output reduces its last recurrent layer's outputs to it.</summary>
    public Pooling Pooling { get; set; }

    /// <summary>What the values of masked steps are; null without a mask.</summary>
    public double? MaskedValue { get; set; }

    /// <summary>Values that the next layer reads; 0 before the first one.</summary>
    public int Width => _layers.Count == 0 ? 0 : _layers[^1].OutputSize;

    /// <summary>What was reordered, filled in or left out.</summary>
    public void Note(string note) => _notes.Add(note);

    public void AddEmbedding(string source, Tensor table)
    {
        if (_layers.Count > 0)
        {
            throw Undeclarable(source, "an embedding behind other layers", "an embedding must be the first layer");
        }

        CheckSize(source, table.Rows, MaximumVocabulary, "tokens");
        Add(new ForeignLayer { Source = source, Kind = ForeignLayerKind.Embedding, InputSize = table.Rows, Size = table.Columns });
        Add("embedding.weight", table);
    }

    public void AddRecurrent(string source, ForeignLayerKind kind, RecurrentWeights forward, RecurrentWeights? backward = null, Activation activation = Activation.Identity)
    {
        AddRecurrent(new ForeignLayer
        {
            Source = source, Kind = kind, InputSize = forward.Input.Columns, Size = forward.Input.Rows / LayerKinds.Gates(kind), Projection = forward.Projection?.Rows ?? 0, Activation = activation, IsBidirectional = backward is not null,
        }, forward, backward);
    }

    /// <summary>A recurrent layer whose functions the file says: it is declared by an attribute of RnnGen's, or with a cell of its own.</summary>
    /// <param name="source">What messages call it.</param>
    /// <param name="cell">What its steps compute.</param>
    /// <param name="forward">The direction from the first step to the last.</param>
    /// <param name="backward">The other one, or null.</param>
    public void AddRecurrent(string source, RecurrentCell cell, RecurrentWeights forward, RecurrentWeights? backward)
    {
        ForeignCell? own = cell.Kind == ForeignLayerKind.Recurrent ? Named(CellText.Of(source, cell)) : null;
        AddRecurrent(new ForeignLayer
        {
            Source = source, Kind = cell.Kind, InputSize = forward.Input.Columns, Size = forward.Input.Rows / cell.Gates, Activation = cell.Activation, Cell = own, IsBidirectional = backward is not null,
        }, forward, backward);
    }

    /// <summary>A recurrent layer that reads from the last step to the first alone. A declaration has none, so it is a layer with both directions and a dense layer that takes the backward one.</summary>
    /// <param name="source">What messages call it.</param>
    /// <param name="cell">What its steps compute.</param>
    /// <param name="backward">Its weights.</param>
    public void AddBackward(string source, RecurrentCell cell, RecurrentWeights backward)
    {
        int size = backward.Recurrent.Columns;
        AddRecurrent(source, cell, new RecurrentWeights { Input = Tensor.Zeros("", backward.Input.Rows, backward.Input.Columns), Recurrent = Tensor.Zeros("", backward.Recurrent.Rows, size) }, backward);
        Tensor taken = Tensor.Zeros("", size, 2 * size);
        for (int j = 0; j < size; j++)
        {
            taken.Values[(j * 2 * size) + size + j] = 1;
        }

        AddDense(source, taken, Tensor.Zeros("", size), Activation.Identity);
        Note(Invariant($"{ForeignText.Shown(source)} reads from the last step to the first alone. It is the backward direction of a layer whose forward one has weights of 0, and a dense layer behind it takes that direction; both would be trained."));
    }

    /// <summary>Notes that a layer has no bias, where it has none.</summary>
    /// <param name="source">The layer.</param>
    /// <param name="bias">Its bias.</param>
    public void NoteBias(string source, Tensor? bias)
    {
        if (bias is null)
        {
            Note(Invariant($"{ForeignText.Shown(source)} has no bias; its biases are 0 and would be trained."));
        }
    }

    // Layers with the same equations share a class, and classes with other equations have other names.
    private ForeignCell Named(ForeignCell cell)
    {
        ForeignCell[] others = [.. _layers.Select(static layer => layer.Cell).OfType<ForeignCell>()];
        string name = cell.Name;
        for (int k = 2; Array.Exists(others, other => other.Name == name && other.Equations != cell.Equations); k++)
        {
            name = Invariant($"{cell.Name}{k}");
        }

        return cell with { Name = name };
    }

    private void AddRecurrent(ForeignLayer layer, RecurrentWeights forward, RecurrentWeights? backward)
    {
        Add(layer);
        AddDirection(layer, forward, Invariant($"_l{_recurrent}"));
        if (backward is not null)
        {
            AddDirection(layer, backward, Invariant($"_l{_recurrent}_reverse"));
        }

        _recurrent++;
    }

    public void AddDense(string source, Tensor weight, Tensor? bias, Activation activation)
    {
        Add(new ForeignLayer { Source = source, Kind = ForeignLayerKind.Dense, InputSize = weight.Columns, Size = weight.Rows, Activation = activation });
        string name = Invariant($"dense.{_dense++}");
        Add(name + ".weight", weight);
        AddVector(name + ".bias", source, bias, weight.Rows);
    }

    /// <summary>A convolution, which stands in front of recurrent layers or between them.</summary>
    /// <param name="layer">What it is.</param>
    /// <param name="weight"><c>[filters, inputs, kernel]</c>.</param>
    /// <param name="bias"><c>[filters]</c>; null for zeros.</param>
    public void AddConvolution(ForeignLayer layer, Tensor weight, Tensor? bias)
    {
        CheckSize(layer.Source, layer.Kernel, MaximumSize, "steps in its kernel");
        CheckSize(layer.Source, layer.Dilation, MaximumSize, "steps from one to the next (dilation)");
        if ((long)layer.Kernel * layer.InputSize > MaximumSize)
        {
            throw Undeclarable(layer.Source, Invariant($"a convolution that reads {(long)layer.Kernel * layer.InputSize} values at a step"), Invariant($"at most {MaximumSize} can be"));
        }

        Add(layer);
        string name = Invariant($"conv.{_convolutions++}");
        Add(name + ".weight", weight);
        AddVector(name + ".bias", layer.Source, bias, layer.Size);
    }

    /// <summary>Adds a layer normalisation.</summary>
    /// <param name="source">What messages call it.</param>
    /// <param name="gain">A factor for each value.</param>
    /// <param name="shift">A summand for each value.</param>
    /// <param name="epsilon">What is added to the variance.</param>
    public void AddNorm(string source, Tensor gain, Tensor shift, double epsilon)
    {
        if (!(epsilon >= ForeignLayer.MinimumEpsilon && epsilon <= 1))
        {
            throw Undeclarable(source, Invariant($"a layer normalisation with epsilon {epsilon:R}"), "one from 1e-12 to 1 can");
        }

        if (_layers.Count == 0 || _layers[^1].Kind == ForeignLayerKind.Embedding)
        {
            throw Undeclarable(source, "a layer normalisation before any other layer", "[LayerNorm] follows a recurrent or a dense layer");
        }

        Add(new ForeignLayer { Source = source, Kind = ForeignLayerKind.LayerNorm, InputSize = gain.Rows, Size = gain.Rows, Epsilon = epsilon });
        string name = Invariant($"norm.{_norms++}");
        Add(name + ".weight", gain);
        Add(name + ".bias", shift);
    }

    /// <summary>Adds the last layer's inputs to its outputs.</summary>
    /// <param name="source">What messages call it.</param>
    public void AddResidual(string source)
    {
        ForeignLayer layer = _layers[^1];
        if (_layers.TakeWhile(static l => l.Kind == ForeignLayerKind.Embedding).Count() == _layers.Count - 1)
        {
            throw Undeclarable(source, "an addition of the inputs of the first layer to its outputs", "Residual needs a layer in front, which may be [Dense]");
        }

        _layers[^1] = layer.InputSize == layer.OutputSize ? layer with { IsResidual = true }
            : throw Undeclarable(source, Invariant($"an addition of its inputs to its outputs, whose last declared layer has {layer.InputSize} inputs and {layer.OutputSize} outputs"), "Residual needs as many inputs as outputs");
    }

    /// <summary>The model.</summary>
    /// <param name="architecture">One output at the end, or one for each step.</param>
    /// <param name="precision">Of the numbers in the file.</param>
    /// <param name="sequenceLength">Steps of a sequence, where the file says it.</param>
    /// <param name="equations">The format's own.</param>
    public ForeignModel Build(Architecture architecture, Precision precision, int? sequenceLength, IForeignEquations equations)
    {
        if (_recurrent == 0)
        {
            throw new ForeignFileException(Invariant($"The file has no recurrent layer among its {_layers.Count} layers; RnnGen declares models with at least one RNN, LSTM or GRU."));
        }

        RequireReach(sequenceLength);
        AddOutputLayer();
        bool isTokens = _layers[0].Kind == ForeignLayerKind.Embedding;
        if (IsSkipping && (architecture != Architecture.ManyToMany || isTokens || _layers[^1].Size > _layers[0].InputSize))
        {
            throw Undeclarable("skip", Invariant($"an addition of inputs to outputs in a {architecture} model of {(isTokens ? "tokens" : Invariant($"{_layers[0].InputSize} inputs"))} and {_layers[^1].Size} outputs"), "OutputSkip needs an input for each output, at each step");
        }

        AddInitialStates();
        return new ForeignModel(equations)
        {
            Format = format,
            Architecture = architecture,
            Precision = precision,
            SequenceLength = sequenceLength,
            OutputSkip = IsSkipping,
            Pooling = Pooling,
            MaskedValue = MaskedValue,
            Layers = _layers,
            Tensors = _tensors,
            LearnedInitialState = _initial.Exists(static l => IsGiven(l.Weights)),
            Metadata = Metadata,
            Notes = _notes,
        };
    }

    /// <summary>An error that names what no declaration can say.</summary>
    public static ForeignFileException Undeclarable(string source, string what, string fix) => new(Invariant($"{ForeignText.Shown(source)} is {what}, which cannot be declared: {fix}."));

    // A convolution that reads beyond both ends of every sequence.
    private void RequireReach(int? sequenceLength)
    {
        foreach (ForeignLayer layer in _layers)
        {
            long reach = layer.Kind == ForeignLayerKind.Conv1D ? (layer.Kernel - 1L) * layer.Dilation : 0, farthest = layer.IsCausal ? reach : reach - (reach / 2);
            if (farthest > 0 && farthest >= sequenceLength)
            {
                throw Undeclarable(layer.Source, Invariant($"a convolution that reads {farthest} steps away, where a sequence has {sequenceLength}"), "a kernel and a dilation that reach less far can");
            }
        }
    }

    private static bool IsGiven(RecurrentWeights weights) => weights.InitialHidden is not null || weights.InitialCell is not null;

    // The last dense layer is what a declaration calls the output layer; where there is none, one that changes nothing is added.
    private void AddOutputLayer()
    {
        if (_layers[^1] is { Kind: ForeignLayerKind.Dense, IsResidual: false })
        {
            string last = Invariant($"dense.{_dense - 1}");
            for (int i = _tensors.Count - 2; i < _tensors.Count; i++)
            {
                ForeignTensor tensor = _tensors[i];
                _tensors[i] = new ForeignTensor(tensor.Name.Replace(last, "head", StringComparison.Ordinal), tensor.Source, tensor.Shape, tensor.Values.ToArray());
            }

            return;
        }

        int width = Width;
        Tensor identity = Tensor.Zeros("", width, width);
        for (int i = 0; i < width; i++)
        {
            identity.Values[(i * width) + i] = 1;
        }

        Note(Invariant($"The model ends with {ForeignText.Shown(_layers[^1].Source)}, so the output layer is the identity matrix of {width} values: outputs are those of that layer."));
        Add(new ForeignLayer { Source = "", Kind = ForeignLayerKind.Dense, InputSize = width, Size = width });
        Add("head.weight", identity);
        AddVector("head.bias", "", null, width);
    }

    private void AddInitialStates()
    {
        if (!_initial.Exists(static l => IsGiven(l.Weights)))
        {
            return;
        }

        foreach ((string suffix, ForeignLayer layer, RecurrentWeights weights) in _initial)
        {
            AddVector("initial.h" + suffix, layer.Source, weights.InitialHidden, layer.Projection > 0 ? layer.Projection : layer.Size);
            if (LayerKinds.HasCellState(layer))
            {
                AddVector("initial.c" + suffix, layer.Source, weights.InitialCell, layer.Size);
            }
        }
    }

    private void AddDirection(ForeignLayer layer, RecurrentWeights weights, string suffix)
    {
        int rows = LayerKinds.Gates(layer) * layer.Size, peepholes = LayerKinds.Peepholes(layer) * layer.Size, state = layer.Projection > 0 ? layer.Projection : layer.Size;
        RequireShape(layer.Source, weights.Input, rows, layer.InputSize);
        RequireShape(layer.Source, weights.Recurrent, rows, state);
        Add("rnn.weight_ih" + suffix, weights.Input);
        Add("rnn.weight_hh" + suffix, weights.Recurrent);
        AddVector("rnn.bias_ih" + suffix, layer.Source, weights.InputBias, rows);
        AddVector("rnn.bias_hh" + suffix, layer.Source, weights.RecurrentBias, rows);
        if (peepholes > 0)
        {
            AddVector("rnn.peephole" + suffix, layer.Source, weights.Peephole, peepholes);
        }

        if (weights.Projection is { } projection)
        {
            RequireShape(layer.Source, projection, layer.Projection, layer.Size);
            Add("rnn.weight_hr" + suffix, projection);
        }

        _initial.Add((suffix, layer, weights));
    }

    private void Add(ForeignLayer layer)
    {
        CheckSize(layer.Source, layer.Size, MaximumSize, "units");
        if (layer.Kind != ForeignLayerKind.Embedding)
        {
            CheckSize(layer.Source, layer.InputSize, MaximumSize, "inputs");
        }

        if (_layers.Count > 0 && Width != layer.InputSize)
        {
            throw new ForeignFileException(Invariant(
                $"{ForeignText.Shown(layer.Source)} reads {layer.InputSize} values, but {ForeignText.Shown(_layers[^1].Source)} before it outputs {Width}: something stands between them that the file does not name, or the order is another one."));
        }

        _layers.Add(layer);
    }

    private static void RequireShape(string source, Tensor matrix, int rows, int columns)
    {
        if (matrix.Shape is not [int r, int c] || r != rows || c != columns)
        {
            throw new ForeignFileException(Invariant($"{ForeignText.Shown(matrix.Name)} of {ForeignText.Shown(source)} should be [{rows}, {columns}], but is {matrix.ShapeText}: the file is damaged."));
        }
    }

    private static void CheckSize(string source, int size, int maximum, string what)
    {
        if (size < 1 || size > maximum)
        {
            throw new ForeignFileException(Invariant($"{ForeignText.Shown(source)} has {size} {what}; a declaration has from 1 to {maximum}."));
        }
    }

    private void Add(string name, Tensor tensor) => _tensors.Add(new ForeignTensor(name, tensor.Name, tensor.Shape, tensor.Values));

    private void AddVector(string name, string source, Tensor? vector, int length)
    {
        if (vector is not null && vector.Values.Length != length)
        {
            throw new ForeignFileException(Invariant($"{ForeignText.Shown(vector.Name)} of {ForeignText.Shown(source)} should have {length} values, but is {vector.ShapeText}."));
        }

        _tensors.Add(new ForeignTensor(name, vector?.Name ?? "", [length], vector?.Values ?? new double[length]));
    }
}
