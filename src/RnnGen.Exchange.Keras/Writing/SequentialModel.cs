using System.Text.Json;
using RnnGen.Exchange.Declared;
using RnnGen.Exchange.Files;

namespace RnnGen.Exchange.Keras.Writing;

/// <summary>A declared model as a Sequential one of Keras.</summary>
internal sealed class SequentialModel
{
    public const string Format = "Keras";

    private const string Fix = "Export layers of Rnn, Lstm, Gru, ResetBeforeGru, Dense, LayerNorm and Conv1D.";

    private readonly DeclaredModel _model;
    private readonly List<SequentialLayer> _layers = [];
    private bool _hasSteps = true;

    private SequentialModel(DeclaredModel model) => _model = model;

    /// <summary>Values of an input step; 0 for tokens.</summary>
    public int InputSize => _model.VocabularySize > 0 ? 0 : _model.InputSize;

    public IReadOnlyList<SequentialLayer> Layers => _layers;

    /// <summary>The model's layers.</summary>
    /// <exception cref="ExportException">Keras has no layer for one of them, or a Sequential model cannot say it.</exception>
    public static SequentialModel Of(DeclaredModel model)
    {
        Unsayable.RequireOneStack(model, Format);
        Capture.RequireZeroStart(model, Format);
        if (model.OutputSkip)
        {
            throw Unsayable.In(Format, "OutputSkip", "a Sequential model adds no input to its output", "Export to onnx, or declare it without.");
        }

        SequentialModel sequential = new(model);
        sequential.AddAll();
        return sequential;
    }

    private void AddAll()
    {
        if (_model.VocabularySize > 0)
        {
            AddEmbedding();
        }

        int last = _model.Layers.ToList().FindLastIndex(static layer => layer.IsRecurrent);
        for (int i = 0; i < _model.Layers.Count; i++)
        {
            DeclaredLayer layer = _model.Layers[i];
            if (layer.IsResidual)
            {
                throw Unsayable.In(Format, layer.Place, "its inputs are added to its outputs, which a Sequential model does not do", "Export to onnx, or declare it without.");
            }

            bool isEnd = _model.Architecture == Architecture.ManyToOne && i == last;
            Add(layer, returnsSequences: !isEnd || _model.Pooling != Pooling.Last);
            if (isEnd)
            {
                AddPooling(layer);
                _hasSteps = false;
            }
        }
    }

    private void AddEmbedding()
    {
        (int rows, int size) = (_model.VocabularySize, _model.EmbeddingSize);
        _layers.Add(new SequentialLayer("Embedding", "embedding")
        {
            InputSize = 0,
            ReadsSteps = true,
            Options = writer =>
            {
                writer.WriteNumber("input_dim", rows);
                writer.WriteNumber("output_dim", size);
                writer.WriteBoolean("mask_zero", false);
            },
            Parts = [new SequentialPart("", "embedding", [_model.Take("embedding.weight", rows, size)])],
        });
    }

    private void Add(DeclaredLayer layer, bool returnsSequences) => _layers.Add(
        layer.IsRecurrent ? RecurrentLayers.Of(_model, layer, returnsSequences, Fix)
        : layer.Kernel > 0 ? Convolution(layer)
        : layer is { Cell: "LayerNorm", Source: null } ? Norm(layer)
        : layer is { Cell: "dense", Equations: null } ? Dense(layer)
        : throw Unsayable.In(Format, layer.Place, Invariant($"it has no layer for the cell {ForeignText.Shown(layer.Cell)}"), Fix));

    private void AddPooling(DeclaredLayer layer)
    {
        string? type = _model.Pooling switch
        {
            Pooling.Last => null,
            Pooling.Mean => "GlobalAveragePooling1D",
            Pooling.Max => "GlobalMaxPooling1D",
            _ => throw new InvalidOperationException(Invariant($"There is no pooling {_model.Pooling}.")),
        };
        if (type is not null)
        {
            _layers.Add(new SequentialLayer(type, type == "GlobalMaxPooling1D" ? "global_max_pooling1d" : "global_average_pooling1d")
            {
                InputSize = layer.OutputSize,
                ReadsSteps = true,
                Options = static writer =>
                {
                    writer.WriteString("data_format", "channels_last");
                    writer.WriteBoolean("keepdims", false);
                },
            });
        }
    }

    private SequentialLayer Convolution(DeclaredLayer layer)
    {
        if (!_hasSteps)
        {
            throw Unsayable.In(Format, layer.Place, "it is behind the layer that reduces a sequence to one step", "Declare convolutions in front of the last recurrent layer.");
        }

        string name = Invariant($"conv.{layer.Index}");
        Tensor weight = _model.Take(name + ".weight", layer.Size, layer.InputSize, layer.Kernel);
        double[] kernel = new double[weight.Values.Length];
        for (int k = 0; k < kernel.Length; k++)
        {
            int step = k / (layer.InputSize * layer.Size), input = k / layer.Size % layer.InputSize, filter = k % layer.Size;
            kernel[k] = weight.Values[(((filter * layer.InputSize) + input) * layer.Kernel) + step];
        }

        return new SequentialLayer("Conv1D", "conv1d")
        {
            InputSize = layer.InputSize,
            ReadsSteps = true,
            Options = writer =>
            {
                writer.WriteNumber("filters", layer.Size);
                WriteSingle(writer, "kernel_size", layer.Kernel);
                WriteSingle(writer, "strides", 1);
                writer.WriteString("padding", layer.IsCausal ? "causal" : "same");
                writer.WriteString("data_format", "channels_last");
                WriteSingle(writer, "dilation_rate", layer.Dilation);
                writer.WriteNumber("groups", 1);
                writer.WriteString("activation", FunctionName(layer.Activation));
                writer.WriteBoolean("use_bias", true);
            },
            Parts = [new SequentialPart("", "conv1d", [new Tensor(weight.Name, [layer.Kernel, layer.InputSize, layer.Size], kernel), _model.Take(name + ".bias", layer.Size)])],
        };
    }

    private SequentialLayer Norm(DeclaredLayer layer)
    {
        string name = Invariant($"norm.{layer.Index}");
        return new SequentialLayer("LayerNormalization", "layer_normalization")
        {
            InputSize = layer.InputSize,
            ReadsSteps = _hasSteps,
            Options = writer =>
            {
                writer.WriteNumber("axis", -1);
                writer.WriteNumber("epsilon", layer.Epsilon);
                writer.WriteBoolean("center", true);
                writer.WriteBoolean("scale", true);
            },
            Parts = [new SequentialPart("", "layer_normalization", [_model.Take(name + ".weight", layer.Size), _model.Take(name + ".bias", layer.Size)])],
        };
    }

    private SequentialLayer Dense(DeclaredLayer layer)
    {
        string name = layer.IsHead ? "head" : Invariant($"dense.{layer.Index}");
        Tensor weight = layer.IsHead && _model.IsTied ? _model.Take("embedding.weight", _model.VocabularySize, _model.EmbeddingSize) : _model.Take(name + ".weight", layer.Size, layer.InputSize);
        return new SequentialLayer("Dense", "dense")
        {
            InputSize = layer.InputSize,
            ReadsSteps = _hasSteps,
            Options = writer =>
            {
                writer.WriteNumber("units", layer.Size);
                writer.WriteString("activation", FunctionName(layer.Activation));
                writer.WriteBoolean("use_bias", true);
            },
            Parts = [new SequentialPart("", "dense", [weight.Transposed(), _model.Take(name + ".bias", layer.Size)])],
        };
    }

    /// <summary>What Keras calls a function.</summary>
    public static string FunctionName(Activation activation) => activation switch
    {
        Activation.Identity => "linear",
        Activation.Tanh => "tanh",
        Activation.Relu => "relu",
        Activation.Sigmoid => "sigmoid",
        _ => throw new InvalidOperationException(Invariant($"There is no function {activation}.")),
    };

    private static void WriteSingle(Utf8JsonWriter writer, string name, int value)
    {
        writer.WriteStartArray(name);
        writer.WriteNumberValue(value);
        writer.WriteEndArray();
    }
}
