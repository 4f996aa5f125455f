using RnnGen.Exchange.Files;
using RnnGen.Exchange.Model;

namespace RnnGen.Exchange.StateDicts;

/// <summary><c>nn.RNN</c>, <c>nn.LSTM</c> or <c>nn.GRU</c>, or the cell of one of them: layers on top of each other, each with one direction or two.</summary>
/// <param name="Name">The prefix.</param>
/// <param name="Kind">What its layers are.</param>
/// <param name="Layers">For each layer its forward direction, and the backward one or null.</param>
internal sealed record RecurrentModule(string Name, ForeignLayerKind Kind, IReadOnlyList<(RecurrentWeights Forward, RecurrentWeights? Backward)> Layers) : DictModule(Name)
{
    private const string FirstEnd = "weight_ih_l0", CellEnd = "weight_ih";

    public override int InputSize => Layers[0].Forward.Input.Columns;

    public override int OutputSize => StateSize(Layers[^1].Forward) * (Layers[^1].Backward is null ? 1 : 2);

    public override bool IsRecurrent => true;

    /// <summary>Whether a parameter of this name makes its prefix a recurrent module.</summary>
    public static bool IsFirst(string last) => last is FirstEnd or CellEnd;

    /// <summary>Takes a module's tensors.</summary>
    /// <param name="dict">The state dict.</param>
    /// <param name="name">The module's prefix.</param>
    /// <param name="first">Its first parameter's last part.</param>
    public static RecurrentModule Take(StateDict dict, string name, string first)
    {
        string dot = name.Length == 0 ? "" : name + ".";
        ForeignLayerKind? kind = null;
        List<(RecurrentWeights, RecurrentWeights?)> layers = [];
        for (int k = 0; k == 0 || (first == FirstEnd && dict.ShapeOf(Invariant($"{dot}weight_ih_l{k}")) is not null); k++)
        {
            string end = first == FirstEnd ? Invariant($"_l{k}") : "";
            RecurrentWeights forward = TakeDirection(dict, dot, end);
            RecurrentWeights? backward = dict.ShapeOf(Invariant($"{dot}weight_ih{end}_reverse")) is null ? null : TakeDirection(dict, dot, end + "_reverse");
            ForeignLayerKind found = KindOf(name, forward);
            if ((kind ??= found) != found || (backward is not null && KindOf(name, backward) != found))
            {
                throw new ForeignFileException(Invariant($"Layer {k} of {ForeignText.Shown(name)} is {found}, but others of it are {kind}: the file is damaged."));
            }

            layers.Add((forward, backward));
        }

        RequireWhole(name, dot, layers);
        return new RecurrentModule(name, kind!.Value, layers) { Activation = kind == ForeignLayerKind.Rnn ? Activation.Tanh : Activation.Identity };
    }

    public override void AddTo(ForeignModelBuilder model)
    {
        if (Kind == ForeignLayerKind.Rnn)
        {
            model.Note(Invariant($"{ForeignText.Shown(Name)} is taken for an nn.RNN with {Activation}; the file does not say its nonlinearity."));
        }

        for (int k = 0; k < Layers.Count; k++)
        {
            model.AddRecurrent(Layers.Count == 1 ? Name : Invariant($"{Name} layer {k}"), Kind, Layers[k].Forward, Layers[k].Backward, Activation);
        }

        model.NoteBias(Name, Layers[0].Forward.InputBias);
    }

    public override double[] Run(ReadOnlySpan<double> inputs, int steps)
    {
        double[] values = inputs.ToArray();
        foreach ((RecurrentWeights forward, RecurrentWeights? backward) in Layers)
        {
            double[] ahead = RunDirection(forward, values, steps, isReverse: false);
            values = backward is null ? ahead : SideBySide(ahead, RunDirection(backward, values, steps, isReverse: true), steps);
        }

        return values;
    }

    // h_n: the last step of the forward direction, and the first one of the backward direction, which is its last.
    public override double[] Final(double[] outputs)
    {
        if (Layers[^1].Backward is null)
        {
            return base.Final(outputs);
        }

        int half = OutputSize / 2;
        return [.. outputs[^OutputSize..^half], .. outputs[half..OutputSize]];
    }

    public override DictModule? WithScaledInputs(double[] scale, double[] shift)
    {
        return this with { Layers = [(Scaled(Layers[0].Forward), Layers[0].Backward is { } backward ? Scaled(backward) : null), .. Layers.Skip(1)] };

        RecurrentWeights Scaled(RecurrentWeights weights) => weights with { Input = weights.Input.ScaledColumns(scale), InputBias = weights.InputBias.Shifted(weights.Input, shift) };
    }

    private static int StateSize(RecurrentWeights weights) => weights.Recurrent.Columns;

    // A module has both biases in every layer and direction, or none; and both directions in every layer, or one.
    private static void RequireWhole(string name, string dot, List<(RecurrentWeights Forward, RecurrentWeights? Backward)> layers)
    {
        for (int k = 0; k < layers.Count; k++)
        {
            if ((layers[k].Backward is null) != (layers[0].Backward is null))
            {
                throw Missing(Invariant($"{dot}weight_ih_l{(layers[k].Backward is null ? k : 0)}_reverse"), "a second direction in its other layers");
            }
        }

        RecurrentWeights[] all = [.. layers.SelectMany(static layer => layer.Backward is null ? (RecurrentWeights[])[layer.Forward] : [layer.Forward, layer.Backward])];
        if (Array.Find(all, static w => w.InputBias is not null || w.RecurrentBias is not null) is { } some && Array.Find(all, static w => w.InputBias is null || w.RecurrentBias is null) is { } lacking)
        {
            string missing = lacking.Input.Name.Replace("weight_ih", lacking.InputBias is null ? "bias_ih" : "bias_hh", StringComparison.Ordinal);
            throw Missing(missing, ForeignText.Shown((some.InputBias ?? some.RecurrentBias)!.Name));
        }

        ForeignFileException Missing(string tensor, string other) =>
            new(Invariant($"The file has no {ForeignText.Shown(tensor)}, though {ForeignText.Shown(name)} has {other}: a part of the state dict is missing; save all of it."));
    }

    private static RecurrentWeights TakeDirection(StateDict dict, string dot, string end)
    {
        RecurrentWeights weights = new()
        {
            Input = dict.Take(Invariant($"{dot}weight_ih{end}")),
            Recurrent = dict.Take(Invariant($"{dot}weight_hh{end}")),
            InputBias = dict.TakeIf(Invariant($"{dot}bias_ih{end}")),
            RecurrentBias = dict.TakeIf(Invariant($"{dot}bias_hh{end}")),
            Projection = dict.TakeIf(Invariant($"{dot}weight_hr{end}")),
        };
        foreach (Tensor? matrix in (Tensor?[])[weights.Input, weights.Recurrent, weights.Projection])
        {
            if (matrix is not null && (matrix.Shape.Count != 2 || matrix.Values.Length == 0))
            {
                throw new ForeignFileException(Invariant($"{ForeignText.Shown(matrix.Name)} is {matrix.ShapeText}, but weights of a recurrent layer are matrices."));
            }
        }

        return weights;
    }

    // As many blocks of rows as gates.
    private static ForeignLayerKind KindOf(string name, RecurrentWeights weights)
    {
        int rows = weights.Input.Rows, hidden = weights.Projection?.Columns ?? weights.Recurrent.Columns;
        int state = weights.Projection?.Rows ?? hidden;
        foreach (Tensor? bias in (Tensor?[])[weights.InputBias, weights.RecurrentBias])
        {
            if (bias is not null && (bias.Shape.Count != 1 || bias.Values.Length != rows))
            {
                throw new ForeignFileException(Invariant($"{ForeignText.Shown(bias.Name)} is {bias.ShapeText}, but {ForeignText.Shown(weights.Input.Name)} has {rows} rows, and a bias has one value for each."));
            }
        }

        bool fits = weights.Recurrent.Rows == rows && weights.Recurrent.Columns == state;
        return !fits ? throw Unknown()
            : weights.Projection is not null ? rows == 4 * hidden ? ForeignLayerKind.ProjectedLstm : throw Unknown()
            : rows == hidden ? ForeignLayerKind.Rnn
            : rows == 3 * hidden ? ForeignLayerKind.Gru
            : rows == 4 * hidden ? ForeignLayerKind.Lstm
            : throw Unknown();

        ForeignFileException Unknown() => new(Invariant(
            $"{ForeignText.Shown(name)} has weights of {weights.Input.ShapeText} and {weights.Recurrent.ShapeText}, which are those of no nn.RNN, nn.GRU or nn.LSTM (1, 3 or 4 times the hidden size in rows)."));
    }

    private static double[] SideBySide(double[] a, double[] b, int steps)
    {
        int size = a.Length / steps;
        double[] both = new double[2 * a.Length];
        for (int t = 0; t < steps; t++)
        {
            a.AsSpan(t * size, size).CopyTo(both.AsSpan(2 * t * size));
            b.AsSpan(t * size, size).CopyTo(both.AsSpan(((2 * t) + 1) * size));
        }

        return both;
    }

    private double[] RunDirection(RecurrentWeights weights, double[] inputs, int steps, bool isReverse)
    {
        int size = StateSize(weights), width = inputs.Length / steps;
        double[] outputs = new double[steps * size], hidden = new double[size], cell = new double[weights.Input.Rows / LayerKinds.Gates(Kind)];
        for (int i = 0; i < steps; i++)
        {
            int t = isReverse ? steps - 1 - i : i;
            double[] ofInput = Affine(weights.Input, weights.InputBias, inputs.AsSpan(t * width, width)), ofState = Affine(weights.Recurrent, weights.RecurrentBias, hidden);
            hidden = Step(weights, ofInput, ofState, hidden, cell);
            hidden.CopyTo(outputs, t * size);
        }

        return outputs;
    }

    private double[] Step(RecurrentWeights weights, double[] ofInput, double[] ofState, double[] hidden, double[] cell)
    {
        int size = cell.Length;
        double[] next = new double[size];
        for (int j = 0; j < size; j++)
        {
            switch (Kind)
            {
                case ForeignLayerKind.Rnn:
                    next[j] = Functions.Apply(Activation, ofInput[j] + ofState[j]);
                    break;
                case ForeignLayerKind.Gru:
                    double r = Functions.Sigmoid(ofInput[j] + ofState[j]), z = Functions.Sigmoid(ofInput[size + j] + ofState[size + j]);
                    double n = Math.Tanh(ofInput[(2 * size) + j] + (r * ofState[(2 * size) + j]));
                    next[j] = ((1 - z) * n) + (z * hidden[j]);
                    break;
                case ForeignLayerKind.Lstm or ForeignLayerKind.ProjectedLstm:
                    double Gate(int gate) => ofInput[(gate * size) + j] + ofState[(gate * size) + j];
                    cell[j] = (Functions.Sigmoid(Gate(1)) * cell[j]) + (Functions.Sigmoid(Gate(0)) * Math.Tanh(Gate(2)));
                    next[j] = Functions.Sigmoid(Gate(3)) * Math.Tanh(cell[j]);
                    break;
                default:
                    throw new InvalidOperationException(Invariant($"PyTorch has no {Kind}."));
            }
        }

        return weights.Projection is null ? next : Affine(weights.Projection, null, next);
    }

    private static double[] Affine(Tensor weight, Tensor? bias, ReadOnlySpan<double> x)
    {
        double[] y = new double[weight.Rows];
        for (int j = 0; j < y.Length; j++)
        {
            y[j] = (bias?.Values[j] ?? 0) + Functions.Dot(weight.Values.AsSpan(j * x.Length, x.Length), x);
        }

        return y;
    }
}
