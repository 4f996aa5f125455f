using RnnGen.Exchange.Files;
using RnnGen.Exchange.Keras.Layers;
using RnnGen.Exchange.Model;
using RnnGen.Exchange.StateDicts;

namespace RnnGen.Exchange.Keras.Reading;

/// <summary>Makes modules of a model's layers and their weights, and a model of them.</summary>
/// <param name="config">The layers.</param>
/// <param name="weights">Their weights.</param>
/// <param name="origin">Which Keras wrote them.</param>
/// <param name="model">Receives them, and what was done.</param>
internal sealed class KerasModelReader(ModelConfig config, KerasWeights weights, KerasOrigin origin, ForeignModelBuilder model)
{
    private const string Layers = "Masking, Embedding, SimpleRNN, LSTM, GRU, Bidirectional, global pooling, Dense, TimeDistributed of Dense, LayerNormalization, BatchNormalization, Conv1D, Activation and Dropout are imported";

    private const string LastStep = "has return_sequences=False", Pooled = "pools over all steps";

    private readonly List<DictModule> _modules = [];
    private readonly RecurrentReader _recurrent = new(weights, origin, model.Note);
    private LayerConfig? _end;
    private string _reduces = LastStep;

    /// <summary>The model.</summary>
    /// <param name="options">What the caller asks for.</param>
    public ForeignModel Read(ImportOptions options)
    {
        options.RequireArchitectureAlone("A file of Keras");
        NoteHalfPrecision();
        for (int i = 0; i < config.Layers.Count; i++)
        {
            Add(config.Layers[i], isLast: i == config.Layers.Count - 1);
        }

        RequireInput();
        List<DictModule> modules = BatchNormFolding.Fold(_modules, model.Note);
        foreach (DictModule module in modules)
        {
            module.AddTo(model);
        }

        Architecture architecture = _end is null ? Architecture.ManyToMany : Architecture.ManyToOne;
        if (options.Architecture is { } asked && asked != architecture)
        {
            throw new ForeignFileException(_end is null
                ? "The model's last recurrent layer has return_sequences=True, so the model has an output at each step and cannot be imported as many-to-one: leave the architecture out, which the file says itself."
                : Invariant($"{ForeignText.Shown(_end.Place)} {_reduces}, so the model has one output at the end of a sequence and cannot be imported as many-to-many: leave the architecture out, which the file says itself."));
        }

        ForeignModel read = model.Build(architecture, weights.AreDouble ? Precision.Double : Precision.Single, config.Steps, new ModuleChain(modules, architecture, isSkipping: false, model.Pooling));
        weights.RequireNoOther(config.WithInputs);
        return read;
    }

    // The input and the first weights are of one model.
    private void RequireInput()
    {
        if (config.InputShape is not { } shape || _modules is not [var first, ..])
        {
            return;
        }

        bool isTokens = first is EmbeddingModule;
        if (shape.Count != (isTokens ? 1 : 2) || (!isTokens && shape[1] is { } width && width != first.InputSize))
        {
            string reads = isTokens ? "a token" : Invariant($"{first.InputSize} values");
            throw new ForeignFileException(Invariant(
                $"The model's input is a sequence of the shape [{string.Join(", ", shape.Select(static length => length is { } known ? Invariant($"{known}") : "free"))}], but {ForeignText.Shown(first.Name)} reads {reads} at a step: the file is damaged, or joined from two models."));
        }
    }

    private void NoteHalfPrecision()
    {
        if (config.Layers.FirstOrDefault(static layer => layer.Policy.Contains("16", StringComparison.Ordinal)) is { } half)
        {
            model.Note(Invariant($"{ForeignText.Shown(half.Place)} computes with {ForeignText.Shown(half.Policy)} in Keras; the declared model computes in float, from the same weights."));
        }
    }

    private void Add(LayerConfig layer, bool isLast)
    {
        switch (layer.Class)
        {
            case "Embedding":
                AddEmbedding(layer);
                break;
            case "Masking":
                Mask(layer, layer.Number("mask_value", 0));
                break;
            case "SimpleRNN" or "LSTM" or "GRU" or "Bidirectional":
                RequireSteps(layer);
                AddRecurrent(layer);
                break;
            case "GlobalAveragePooling1D" or "GlobalMaxPooling1D":
                Pool(layer);
                break;
            case "Dense":
                AddDense(layer, layer, "", isLast);
                break;
            case "TimeDistributed":
                RequireSteps(layer);
                LayerConfig? each = layer.Inner("layer");
                AddDense(layer, each is { Class: "Dense" } dense ? dense
                    : throw layer.Rejected(Invariant($"of {ForeignText.Shown(each?.Class ?? "nothing")}"), "TimeDistributed of Dense is imported; other layers are over each step without it"), "layer", isLast);
                break;
            case "LayerNormalization":
                AddNorm(layer);
                break;
            case "BatchNormalization":
                AddBatchNorm(layer);
                break;
            case "Conv1D":
                RequireSteps(layer);
                RequireNoMask(layer);
                AddConvolution(layer);
                break;
            case "Activation":
                Apply(layer, layer.Function("activation", "linear"), isLast);
                break;
            case "ReLU" when layer.Text("max_value", "").Length == 0 && layer.Number("negative_slope", 0) == 0 && layer.Number("threshold", 0) == 0:
                Apply(layer, "relu", isLast);
                break;
            case "Softmax":
                RequireValues(layer, "a softmax is over the values of a step");
                Apply(layer, "softmax", isLast);
                break;
            case "Dropout" or "SpatialDropout1D" or "GaussianDropout" or "GaussianNoise" or "AlphaDropout" or "ActivityRegularization":
                model.Note(Invariant($"{ForeignText.Shown(layer.Place)}, a {layer.Class}, was left out: it does nothing but in training. Declare Dropout on a layer to train with it."));
                break;
            case "Sequential" or "Functional" or "Model":
                throw layer.Rejected("inside the model", "its layers are imported where they are layers of the model itself");
            default:
                throw layer.Rejected("", Layers);
        }
    }

    private void AddRecurrent(LayerConfig layer)
    {
        KerasRecurrent read = _recurrent.Read(layer, out bool returnsSequences);
        _modules.Add(read);
        _end = returnsSequences ? null : layer;
        if (_recurrent.Merged(layer, read) is { } merged)
        {
            _modules.Add(merged);
        }
    }

    // A layer that reads a sequence comes before the one that reduces it to one step.
    private void RequireSteps(LayerConfig layer)
    {
        if (_end is not null)
        {
            throw layer.Rejected(Invariant($"behind {ForeignText.Shown(_end.Place)}, which {_reduces}"), "layers that read sequences come before it");
        }
    }

    // An axis that is the last one, which has a number of its own where there are steps.
    private void RequireValues(LayerConfig layer, string fix)
    {
        int axis = layer.Single("axis", -1);
        if (axis != -1 && axis != (_end is null ? 2 : 1))
        {
            throw layer.Rejected(Invariant($"over other values than those of a step, with axis {axis}"), fix);
        }
    }

    // It is part of the declared model, and no layer.
    private void Pool(LayerConfig layer)
    {
        RequireSteps(layer);
        if (layer.Class == "GlobalMaxPooling1D")
        {
            RequireNoMask(layer);
        }

        if (_modules is not [.., { IsRecurrent: true }] || layer.Is("keepdims") || layer.Text("data_format", "channels_last") != "channels_last")
        {
            throw layer.Rejected("that is not directly behind a recurrent layer, or with keepdims or channels first", "pooling is over the steps of the last recurrent layer");
        }

        model.Pooling = layer.Class == "GlobalMaxPooling1D" ? Pooling.Max : Pooling.Mean;
        (_end, _reduces) = (layer, Pooled);
    }

    // A recurrent layer passes over a masked step, and so does the mean: what is left is the sequence without it.
    private void Mask(LayerConfig layer, double value)
    {
        if (_modules.Count > 0 || model.MaskedValue is not null)
        {
            throw layer.Rejected("behind another layer", "a mask over the model's inputs is imported");
        }

        model.MaskedValue = value;
        string masked = layer.Class == "Embedding" ? "tokens 0 (mask_zero=True)" : Invariant($"steps whose values are all {value}");
        model.Note(Invariant($"{ForeignText.Shown(layer.Place)} masks {masked}, and Keras passes over them wherever they are. The declared model has no mask: give sequences without them, which computes the same."));
    }

    // A convolution reads masked steps beside the others, and a maximum is over them too.
    private void RequireNoMask(LayerConfig layer)
    {
        if (model.MaskedValue is not null)
        {
            throw layer.Rejected("behind a mask, which it does not heed", "recurrent layers, dense layers and means behind a mask are imported");
        }
    }

    private void AddEmbedding(LayerConfig layer)
    {
        Tensor table = Shaped(layer, Take(layer, 1, "")[0], 2);
        RequireSize(layer, layer.Whole("input_dim"), table, axis: 0);
        RequireSize(layer, layer.Whole("output_dim"), table, axis: 1);
        if (layer.Is("mask_zero"))
        {
            if (table.Rows == 1)
            {
                throw layer.Rejected("with mask_zero=True and no other token than 0", "a vocabulary with more tokens can");
            }

            Mask(layer, 0);
        }

        _modules.Add(new EmbeddingModule(layer.Place, table));
    }

    private void AddDense(LayerConfig layer, LayerConfig dense, string part, bool isLast)
    {
        bool hasBias = dense.Is("use_bias", standard: true);
        List<Tensor> tensors = Take(layer, hasBias ? 2 : 1, part);
        RequireSize(layer, dense.Whole("units"), Shaped(layer, tensors[0], 2), axis: 1);
        _modules.Add(new KerasDense(layer.Place, tensors[0], hasBias ? Vector(layer, tensors[1], tensors[0].Shape[^1]) : null));
        Apply(layer, dense.Function("activation", "linear"), isLast);
    }

    private void AddNorm(LayerConfig layer)
    {
        double epsilon = layer.Number("epsilon", standard: 1e-3);
        bool scales = layer.Is("scale", standard: true), centres = layer.Is("center", standard: true);
        RequireValues(layer, "a layer normalisation is over the values of a step");
        if (layer.Is("rms_scaling"))
        {
            throw layer.Rejected("with rms_scaling=True", "a layer normalisation subtracts the mean");
        }

        if (_modules.Count == 0)
        {
            throw layer.Rejected("before any other layer", "[LayerNorm] follows a recurrent or a dense layer");
        }

        int width = _modules[^1].OutputSize, count = (scales ? 1 : 0) + (centres ? 1 : 0);
        List<Tensor> tensors = Take(layer, count, "");
        Tensor ones = new("", [width], [.. Enumerable.Repeat(1.0, width)]);
        _modules.Add(new NormModule(layer.Place, scales ? Vector(layer, tensors[0], width) : ones, centres ? Vector(layer, tensors[^1], width) : Tensor.Zeros("", width)) { SaidEpsilon = epsilon });
    }

    private void AddBatchNorm(LayerConfig layer)
    {
        bool scales = layer.Is("scale", standard: true), centres = layer.Is("center", standard: true);
        double epsilon = layer.Number("epsilon", standard: 1e-3);
        RequireValues(layer, "a batch normalisation of each value of a step is imported");
        if (epsilon < 0)
        {
            throw layer.Rejected(Invariant($"with epsilon {epsilon:R}"), "one of at least 0 can");
        }

        List<Tensor> tensors = Take(layer, (scales ? 1 : 0) + (centres ? 1 : 0) + 2, "");
        Tensor mean = Shaped(layer, tensors[^2], 1), variance = Vector(layer, tensors[^1], mean.Values.Length);
        if (Array.Exists(variance.Values, static value => value < 0) || (_modules.Count > 0 && _modules[^1].OutputSize != mean.Values.Length))
        {
            throw Damaged(layer, variance);
        }

        _modules.Add(new BatchNormModule(layer.Place)
        {
            Mean = mean, Variance = variance, Epsilon = epsilon,
            Gain = scales ? Vector(layer, tensors[0], mean.Values.Length) : null,
            Offset = centres ? Vector(layer, tensors[^3], mean.Values.Length) : null,
        });
    }

    private void AddConvolution(LayerConfig layer)
    {
        string padding = layer.Text("padding", "valid"), format = layer.Text("data_format", "channels_last");
        int kernel = layer.Single("kernel_size", 0), dilation = layer.Single("dilation_rate", 1), stride = layer.Single("strides", 1), groups = layer.Single("groups", 1);
        string? problem = padding is not ("causal" or "same") && !(padding == "valid" && kernel == 1) ? Invariant($"with padding {ForeignText.Shown(padding)}")
            : stride != 1 ? Invariant($"with strides {stride}")
            : groups != 1 ? Invariant($"with groups {groups}")
            : format != "channels_last" ? Invariant($"with data_format {ForeignText.Shown(format)}")
            : origin.TurnsFilters ? "of the backend Theano, which turns filters round"
            : dilation < 1 ? Invariant($"with dilation_rate {dilation}")
            : null;
        if (problem is not null)
        {
            throw layer.Rejected(problem, "a declared convolution has an output at each step: padding causal or same, stride 1, one group, values last");
        }

        bool hasBias = layer.Is("use_bias", standard: true);
        List<Tensor> tensors = Take(layer, hasBias ? 2 : 1, "");
        Tensor weight = Shaped(layer, tensors[0], 3);
        RequireSize(layer, kernel, weight, axis: 0);
        RequireSize(layer, layer.Whole("filters"), weight, axis: 2);
        _modules.Add(new KerasConvolution(layer.Place, weight, hasBias ? Vector(layer, tensors[1], weight.Shape[2]) : null) { Dilation = dilation, IsCausal = padding == "causal" });
        Apply(layer, layer.Function("activation", "linear"), isLast: false);
    }

    // A function is part of the dense layer or the convolution before it.
    private void Apply(LayerConfig layer, string function, bool isLast)
    {
        if (function == "softmax" && isLast)
        {
            model.Note(Invariant($"The softmax of {ForeignText.Shown(layer.Place)} was left out: outputs are logits, as those of a model with Loss.CrossEntropy are."));
            return;
        }

        Activation activation = function switch
        {
            "linear" => Activation.Identity,
            "tanh" => Activation.Tanh,
            "relu" => Activation.Relu,
            "sigmoid" => Activation.Sigmoid,
            _ => throw layer.Rejected(Invariant($"with the function {ForeignText.Shown(function)}"), "linear, tanh, relu and sigmoid are imported, and a softmax at the end"),
        };
        if (activation != Activation.Identity)
        {
            _modules[^1] = _modules is [.., { TakesFunction: true, Activation: Activation.Identity } last] ? last with { Activation = activation }
                : throw layer.Rejected(Invariant($"with the function {ForeignText.Shown(function)} behind a layer that is neither dense nor a convolution, or has one"), "only these have a function");
        }
    }

    private List<Tensor> Take(LayerConfig layer, int count, string part) => RecurrentReader.Take(weights, layer, count, part);

    private static Tensor Vector(LayerConfig layer, Tensor vector, int length) => vector.Shape.Count == 1 && vector.Values.Length == length ? vector : throw Damaged(layer, vector);

    private static Tensor Shaped(LayerConfig layer, Tensor tensor, int rank) => tensor.Shape.Count == rank && tensor.Values.Length > 0 ? tensor : throw Damaged(layer, tensor);

    private static void RequireSize(LayerConfig layer, int said, Tensor tensor, int axis)
    {
        if (tensor.Shape[axis] != said)
        {
            throw Damaged(layer, tensor);
        }
    }

    private static ForeignFileException Damaged(LayerConfig layer, Tensor tensor) => RecurrentReader.Damaged(layer, tensor);
}
