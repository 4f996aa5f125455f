using System.Globalization;
using RnnGen.Generator.Losses;
using RnnGen.Generator.Tests.Losses;

namespace RnnGen.Generator.Tests.Fuzz;

/// <summary>The attributes of one model: every property of each is drawn, most of them so that they fit together.</summary>
internal sealed class RandomModel
{
    private static readonly Loss[] Numeric = Of(LossTargets.Numbers), Probable = Of(LossTargets.Probabilities), Classes = Of(LossTargets.Classes), Labels = Of(LossTargets.Labels);

    private readonly Draw _draw;
    private readonly RandomLayers _layers;
    private readonly Architecture _architecture;
    private readonly Loss _loss;
    private readonly bool _isOwn, _isDecoded, _classes, _tokens, _isRecomputed, _isTied;
    private readonly int _outputs, _steps, _number;
    private readonly IReadOnlyList<string> _inputs;

    /// <param name="number">The declaration's, in the name of a file of its own.</param>
    public RandomModel(Draw draw, int number)
    {
        (_draw, _number) = (draw, number);
        _architecture = draw.Pick(Architecture.ManyToOne, Architecture.ManyToOne, Architecture.ManyToMany, Architecture.ManyToMany, Architecture.OneToMany, Architecture.EncoderDecoder);
        _isDecoded = _architecture is Architecture.OneToMany or Architecture.EncoderDecoder;
        _classes = draw.Chance(2);
        _loss = !_classes ? draw.Pick(_isDecoded ? Numeric : [.. Numeric, .. Probable])
            : _architecture == Architecture.ManyToMany && draw.Chance(4) ? OneOf(Labels)
            : OneOf(Classes);
        _isOwn = Numeric.Contains(_loss) && draw.Chance(6);
        _outputs = _classes ? draw.Between(2, 5) : draw.Pick(RandomLayers.Sizes);
        _tokens = _architecture != Architecture.OneToMany && draw.Chance(3);
        _isRecomputed = !_isDecoded && !Labels.Contains(_loss) && draw.Chance(4);
        _steps = _isRecomputed ? draw.Pick(2, 4, 6) : draw.Between(1, 4);
        _isTied = Classes.Contains(_loss) && (_tokens || _isDecoded) && draw.Chance(4);
        _layers = new RandomLayers(draw);
        _inputs = _tokens ? [] : new DrawnInputs(number, draw.IsAbsurd).Attributes(_architecture != Architecture.OneToMany, _isDecoded);

        Loss OneOf(Loss[] losses) => losses.Length == 1 ? losses[0] : draw.Pick(losses);
    }

    // A loss that has a file is drawn, whichever it is.
    private static Loss[] Of(LossTargets targets) => [.. Enum.GetValues<Loss>().Where(l => ((LossSource)l.ToString()).Definition.Targets == targets)];

    /// <summary>The classes with equations that the layers name.</summary>
    public IReadOnlyList<string> Cells => _layers.Cells;

    /// <summary>The class with the equations of the loss; empty for one that ships.</summary>
    public string OwnLoss => !_isOwn ? "" : $"/// <summary>A loss.</summary>\n[Loss(\"\"\"\n{Equations}\n\"\"\")]\npublic sealed class OwnLoss : ILoss;\n";

    private string Equations => new LossWriter(_number).Write();

    /// <summary>The attributes in order, each in its own brackets or all in one pair.</summary>
    public string Attributes()
    {
        List<string> lines = [Model(), .. _isOwn ? [Equations.Contains("number k1", StringComparison.Ordinal) && _draw.Chance(2) ? "Loss<OwnLoss>(Numbers = \"k1 = 0.75\")" : "Loss<OwnLoss>"] : Array.Empty<string>()];
        lines.AddRange(_inputs);
        if (_architecture == Architecture.OneToMany)
        {
            for (int i = _draw.Between(0, 2); i > 0; i--)
            {
                lines.Add(_layers.Dense());
            }

            if (lines.Any(line => line.StartsWith("Dense", StringComparison.Ordinal)) || _draw.Chance(2))
            {
                lines.Add("Decoder" + (_draw.Chance(3) ? "(Attention = Attention.None)" : ""));
            }
        }
        else
        {
            int tokens = !_tokens ? 0 : _isTied && !_isDecoded ? _outputs : _draw.Pick(2, 7, 30);
            lines.AddRange(_layers.Stack(tokens, looksBack: !_isRecomputed && _draw.Chance(2), tied: _isTied && !_isDecoded));
            if (_isDecoded)
            {
                lines.Add("Decoder" + new DrawnArguments(_draw).Any<Attention>(!_draw.Chance(3), "Attention").Flag(_draw.Chance(4), "InputFeeding"));
            }
        }

        if (_isDecoded)
        {
            lines.AddRange(_layers.DecoderStack(_classes ? _outputs : 0, lines, _isTied));
        }

        Disturb(lines);
        return _draw.Chance(3) ? "[" + string.Join(", ", lines) + "]" : string.Join("\n", lines.Select(line => "[" + line + "]"));
    }

    private string Model()
    {
        if (_draw.Absurd(25))
        {
            return _draw.Pick("RnnModel", "RnnModel()", "RnnModel(InputSize = 1)", "System.Obsolete");
        }

        bool isMasked = !Labels.Contains(_loss) && !_isDecoded && _draw.Chance(4);
        bool skips = _architecture == Architecture.ManyToMany && !_tokens && (_isOwn || !((LossSource)_loss.ToString()).Definition.ReadsHead) && _draw.Chance(3) && _inputs.Count == 0;
        bool isManyToOne = _architecture == Architecture.ManyToOne;
        DrawnArguments model = new DrawnArguments(_draw)
            .Positional(_draw.Absurd(15) ? _draw.Pick("(Architecture)7", "default", "(Architecture)(-1)", "null", "0") : $"Architecture.{_architecture}")
            .Add(!_isOwn || _draw.Absurd(6), "Loss", $"Loss.{_loss}")
            .Add(!_isOwn && _loss == Loss.Quantile && _draw.Chance(2) || _draw.Absurd(8), "Quantiles", _draw.Pick("new[] { 0.5 }", "new[] { 0.25, 0.75 }", "new double[] { 0.05, 0.5, 0.6, 0.95 }", _draw.Absurd(3) ? "new[] { 0.9, 0.1 }" : "[0.1, 0.9]"))
            .Add(!_isOwn && _loss == Loss.Focal && _draw.Chance(2) || _draw.Absurd(8), "LossNumbers", _draw.Pick("\"gamma = 1.5\"", "\"gamma = 0\""))
            .Size(!_tokens && !IsComplete, "InputSize", skips ? _outputs + _draw.Between(0, 1) : _draw.Pick(RandomLayers.Sizes))
            .Size(_architecture != Architecture.OneToMany, "SequenceLength", _steps)
            .Size(true, "OutputSize", _outputs)
            .Size(_isDecoded, "OutputLength", _draw.Between(1, 3))
            .Size(_draw.Chance(2), "BatchSize", _draw.Pick(1, 2, 4, 5, 9))
            .Size(_isRecomputed || _draw.Absurd(6), "RecomputeEvery", _draw.Pick(1, 2, _steps / 2, _steps))
            .Add(_draw.Chance(5), "GradientSums", _draw.Absurd(5) ? _draw.Pick("0", "3", "2048") : _draw.Pick("1", "2", "8", "16"))
            .Size(Labels.Contains(_loss) && _draw.Chance(2), "LabelLength", _draw.Between(1, _steps))
            .Any<InfeasibleLabels>(Labels.Contains(_loss) && _draw.Chance(2), "InfeasibleLabels")
            .Size(_isDecoded && _classes && _draw.Chance(3), "StartToken", _draw.Between(0, _outputs - 1))
            .Size(_isDecoded && _classes && _draw.Chance(3), "EndToken", _draw.Between(0, _outputs - 1))
            .Any<Precision>(_draw.Chance(3), "Precision")
            .Any<Accuracy>(_draw.Chance(3), "Accuracy")
            .Any<WeightFormat>(_draw.Chance(5), "PredictionWeights")
            .Any<Pooling>(isManyToOne && !_isRecomputed && _draw.Chance(2) || _draw.Absurd(8), "Pooling")
            .Any<InitialState>(_architecture != Architecture.OneToMany && _draw.Chance(3) || _draw.Absurd(8), "InitialState")
            .Any<Initializer>(_draw.Chance(5), "OutputInitializer")
            .Flag(isMasked || _draw.Absurd(10), "MaskedTargets")
            .Flag(_isTied || _draw.Absurd(8), "TiedEmbedding")
            .Flag(skips || _draw.Absurd(8), "OutputSkip")
            .Flag(_draw.Chance(5), "GradientFlow")
            .Flag(!_isDecoded && _draw.Chance(5) || _draw.Absurd(10), "InputGradients")
            .Share(_draw.Chance(5), "OutputDropout")
            .Add(_draw.Chance(10), "Weights", string.Format(CultureInfo.InvariantCulture, _draw.Pick("\"model{0}.safetensors\"", "\"./weights/model{0}.safetensors\"", "@\"weights\\model{0}.safetensors\""), _number))
            .Add(_draw.Chance(10), "Deadline", _draw.Number(_draw.Pick(0.001, 5, 1000)));
        return "RnnModel" + (!_isOwn && ((LossSource)_loss.ToString()).Definition.Links is not null && !_draw.Absurd(4)
            ? model.Choice(_draw.Chance(6), "OutputActivation", Activation.Identity)
            : model.Any<Activation>(_draw.Chance(2), "OutputActivation"));
    }

    // Columns of their own are all inputs of a step, so that InputSize would count what they say.
    private bool IsComplete => _inputs.Any(input => input.StartsWith("Feature", StringComparison.Ordinal));

    private void Disturb(List<string> lines)
    {
        if (_draw.Absurd(8))
        {
            (lines[^1], lines[0]) = (lines[0], lines[^1]);
        }

        if (_draw.Absurd(8))
        {
            lines.Insert(_draw.Between(0, lines.Count - 1), _draw.Pick("Decoder", "LayerNorm", "Embedding(5, 3)", "Lstm", "Layer(3)", "System.Serializable", "Recurrent<string>(3)", lines[^1]));
        }
    }
}
