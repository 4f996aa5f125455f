using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using RnnGen.Generator.Cells;
using RnnGen.Generator.Losses;
using RnnGen.Generator.Model;

namespace RnnGen.Generator.Emitting;

/// <summary>
/// Writes a specification as JSON, which is saved with the model: all that a declaration says of what is computed and trained, with the equations of own cells and losses. It is
/// canonical: names are in a fixed order, a value that is the default is left out, and there is no white space, so that equal specifications give equal text.
/// </summary>
internal sealed class SpecificationJson
{
    private readonly StringBuilder _text = new();

    public static string Of(ModelSpecification model)
    {
        SpecificationJson json = new();
        json.Object(() => json.Write(model));
        return json._text.ToString();
    }

    private void Write(ModelSpecification model)
    {
        Number("version", 1);
        Text("architecture", $"{model.Architecture}");
        Number("inputSize", model.InputSize);
        Number("sequenceLength", model.SequenceLength);
        Number("outputSize", model.OutputSize);
        Loss(model.Loss);
        Text("precision", $"{model.Precision}", nameof(Precision.Single));
        Text("accuracy", $"{model.Accuracy}", nameof(Accuracy.Exact));
        Text("predictionWeights", $"{model.PredictionWeights}", nameof(WeightFormat.Float));
        Text("pooling", $"{model.Pooling}", nameof(Pooling.Last));
        Text("initialState", $"{model.InitialState}", nameof(InitialState.Zero));
        Number("labelLength", model.LabelLength, 0);
        Text("infeasibleLabels", $"{model.InfeasibleLabels}", nameof(InfeasibleLabels.Throw));
        Flag("maskedTargets", model.MaskedTargets);
        Flag("tiedEmbedding", model.TiedEmbedding);
        Flag("outputSkip", model.OutputSkip);
        Number("batchSize", model.BatchSize);
        Number("recomputeEvery", model.RecomputeEvery, 0);
        Number("gradientSums", model.GradientSums, ModelSpecification.DefaultGradientSums);
        Flag("gradientFlow", model.GradientFlow);
        Flag("inputGradients", model.InputGradients);
        Embedding(model.Embedding);
        if (model.Columns is { } columns)
        {
            Array("inputs", columns, input => Object(() => Input(input)));
        }

        Layers("layers", model.Layers);
        if (model.Decoder is { } decoder)
        {
            Name("decoder");
            Object(() =>
            {
                Number("length", decoder.Length);
                Number("startToken", decoder.StartToken);
                Number("endToken", decoder.EndToken);
                Text("attention", $"{decoder.Attention}", nameof(Attention.None));
                Flag("inputFeeding", decoder.InputFeeding);
                Embedding(decoder.Embedding);
                Layers("layers", decoder.Layers);
            });
        }

        Name("output");
        Object(() => Layer(model.Output));
        Cells(model.AllLayers.Where(l => !l.IsOp && l.Cell.Text is not null).Select(l => l.Cell));
    }

    private void Loss(LossSource loss)
    {
        Name("loss");
        Object(() =>
        {
            Text("name", loss.Name);
            Text("equations", loss.Text ?? "", "");
            Numbers(loss.Numbers, number =>
            {
                if (number.IsList)
                {
                    Array(number.Name, number.Values, value => _text.Append(Written(value)));
                }
                else
                {
                    Number(number.Name, number.Values[0]);
                }
            });
        });
    }

    private void Embedding(EmbeddingSpecification? embedding)
    {
        if (embedding is null)
        {
            return;
        }

        Name("embedding");
        Object(() =>
        {
            Number("vocabularySize", embedding.VocabularySize);
            Number("size", embedding.Size);
            Text("initializer", $"{embedding.Initializer}", nameof(Initializer.Default));
            Flag("frozen", embedding.Frozen);
        });
    }

    private void Input(DeclaredInput input)
    {
        Text("name", input.Name);
        Text("kind", $"{input.Kind}", nameof(InputKind.Step));
        Number("size", input.Size, 1);
        Embedding(input.Table);
    }

    private void Layers(string name, IEnumerable<LayerSpecification> layers) => Array(name, layers, l => Object(() => Layer(l)));

    private void Layer(LayerSpecification layer)
    {
        Text("cell", layer.Cell.Name);
        Number("size", layer.Size);
        Text("activation", $"{layer.Activation}", nameof(Activation.Identity));
        Text("initializer", $"{layer.Initializer}", nameof(Initializer.Default));
        Flag("bidirectional", layer.Bidirectional);
        Number("dropout", layer.Dropout, 0);
        Number("recurrentDropout", layer.RecurrentDropout, 0);
        Flag("residual", layer.Residual);
        Flag("frozen", layer.Frozen);
        if (layer.Convolution is { } windows)
        {
            Number("kernel", windows.Kernel);
            Number("dilation", windows.Dilation, 1);
            Flag("causal", windows.Causal);
        }

        Numbers(layer.Cell.Numbers, n => Number(n.Name, n.Value));
    }

    private void Numbers<T>(IReadOnlyCollection<T> numbers, Action<T> write)
    {
        if (numbers.Count == 0)
        {
            return;
        }

        Name("numbers");
        Object(() =>
        {
            foreach (T number in numbers)
            {
                write(number);
            }
        });
    }

    // Cells of one name may have different equations.
    private void Cells(IEnumerable<CellSource> cells)
    {
        List<(string Name, string Text)> own = cells.Select(c => (c.Name, c.Text!)).Distinct().ToList();
        if (own.Count > 0)
        {
            Array("cells", own, c => Object(() =>
            {
                Text("name", c.Name);
                Text("equations", c.Text);
            }));
        }
    }

    private void Array<T>(string name, IEnumerable<T> items, Action<T> write)
    {
        Name(name);
        _text.Append('[');
        foreach (T item in items)
        {
            Separate();
            write(item);
        }

        _text.Append(']');
    }

    private void Object(Action write)
    {
        _text.Append('{');
        write();
        _text.Append('}');
    }

    private void Number(string name, double value, double standard = double.NaN)
    {
        if (!value.Equals(standard))
        {
            Name(name);
            _text.Append(Written(value));
        }
    }

    private static string Written(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    private void Flag(string name, bool value)
    {
        if (value)
        {
            Name(name);
            _text.Append("true");
        }
    }

    private void Text(string name, string value, string? standard = null)
    {
        if (value != standard)
        {
            Name(name);
            Quote(value);
        }
    }

    private void Name(string name)
    {
        Separate();
        Quote(name);
        _text.Append(':');
    }

    private void Separate()
    {
        if (_text[_text.Length - 1] is not ('{' or '[' or ':'))
        {
            _text.Append(',');
        }
    }

    // Quotes are escaped so that no three stand together, and what is no letter or sign of a line so that the text is one line of any file.
    private void Quote(string value)
    {
        _text.Append('"');
        foreach (char letter in value)
        {
            _text.Append(letter switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                '\n' => "\\n",
                < ' ' or '\u007f' or '\u0085' or '\u2028' or '\u2029' or (>= '\ud800' and <= '\udfff') => $"\\u{(int)letter:x4}",
                _ => letter.ToString(),
            });
        }

        _text.Append('"');
    }
}
