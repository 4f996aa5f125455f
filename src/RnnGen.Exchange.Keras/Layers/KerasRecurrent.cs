using RnnGen.Exchange.Files;
using RnnGen.Exchange.Model;
using RnnGen.Exchange.StateDicts;

namespace RnnGen.Exchange.Keras.Layers;

/// <summary>
/// Keras's SimpleRNN, LSTM or GRU, in one direction or in both, side by side. Gates are those of Keras: i, f, c, o and z, r, h.
/// </summary>
/// <remarks>https://keras.io/api/layers/recurrent_layers; keras/src/layers/rnn of keras-team/keras.</remarks>
/// <param name="Name">What messages call it.</param>
/// <param name="Cell">What it computes; the form of a GRU is <see cref="ForeignLayerKind.Gru"/> with <c>reset_after</c>, else <see cref="ForeignLayerKind.ResetBeforeGru"/>.</param>
/// <param name="Forward">The direction from the first step to the last.</param>
/// <param name="Backward">The other one, or null.</param>
internal sealed record KerasRecurrent(string Name, RecurrentCell Cell, KerasDirection Forward, KerasDirection? Backward) : DictModule(Name)
{
    public override bool IsRecurrent => true;

    /// <summary>Whether its one direction is from the last step to the first.</summary>
    public bool IsReverse { get; init; }

    public override int InputSize => Forward.Kernel.Rows;

    public override int OutputSize => Units * (Backward is null ? 1 : 2);

    private int Units => Forward.Recurrent.Rows;

    public override DictModule WithScaledInputs(double[] scale, double[] shift) => this with { Forward = Scaled(Forward, scale, shift), Backward = Backward is null ? null : Scaled(Backward, scale, shift) };

    public override void AddTo(ForeignModelBuilder model)
    {
        if (IsReverse)
        {
            model.AddBackward(Name, Cell, Weights(Forward));
        }
        else
        {
            model.AddRecurrent(Name, Cell, Weights(Forward), Backward is null ? null : Weights(Backward));
        }

        string gates = Cell.Form is ForeignLayerKind.Gru or ForeignLayerKind.ResetBeforeGru ? " and its gates put from z, r, h into the order r, z, n" : "";
        string bias = Cell.Form == ForeignLayerKind.Gru ? "" : "; its one bias is bias_ih, and bias_hh is 0";
        model.Note(Invariant($"{ForeignText.Shown(Name)}: its matrices were transposed{gates}{(Forward.Bias is null ? "; it has no bias, so its biases are 0 and would be trained" : bias)}."));
    }

    public override double[] Run(ReadOnlySpan<double> inputs, int steps)
    {
        double[] outputs = new double[steps * OutputSize];
        Run(Forward, inputs, outputs, isBackward: IsReverse);
        if (Backward is not null)
        {
            Run(Backward, inputs, outputs.AsSpan(Units), isBackward: true);
        }

        return outputs;
    }

    /// <summary>With return_sequences=False: the last step of the forward direction, and the first of the backward one, which is its last.</summary>
    public override double[] Final(double[] outputs) => IsReverse ? outputs[..Units] : Backward is null ? base.Final(outputs) : [.. outputs[^OutputSize..^Units], .. outputs[Units..OutputSize]];

    // The first row of a GRU's two biases is that of its inputs.
    private KerasDirection Scaled(KerasDirection direction, double[] scale, double[] shift)
    {
        int columns = direction.Kernel.Columns;
        return direction with { Kernel = direction.Kernel.ScaledInputs(scale), Bias = direction.Bias.Shifted(direction.Kernel, shift, Cell.Form == ForeignLayerKind.Gru ? [2, columns] : [columns]) };
    }

    private RecurrentWeights Weights(KerasDirection direction)
    {
        int[] order = Cell.Form switch
        {
            ForeignLayerKind.Rnn => [0],
            ForeignLayerKind.Lstm => [0, 1, 2, 3],
            ForeignLayerKind.Gru or ForeignLayerKind.ResetBeforeGru => [1, 0, 2],
            _ => throw Unknown(),
        };
        int rows = order.Length * Units;
        return new RecurrentWeights
        {
            Input = direction.Kernel.Transposed().Blocks(order),
            Recurrent = direction.Recurrent.Transposed().Blocks(order),
            InputBias = direction.Bias?.Part(0, rows).Blocks(order),
            RecurrentBias = Cell.Form == ForeignLayerKind.Gru ? direction.Bias?.Part(rows, rows).Blocks(order) : null,
        };
    }

    // The outputs of a step are apart by the width of all directions.
    private void Run(KerasDirection direction, ReadOnlySpan<double> inputs, Span<double> outputs, bool isBackward)
    {
        int width = InputSize, steps = inputs.Length / width;
        double[] h = new double[Units], c = new double[Units];
        for (int i = 0; i < steps; i++)
        {
            int t = isBackward ? steps - 1 - i : i;
            double[] x = Product(inputs.Slice(t * width, width), direction.Kernel, direction.Bias, 0);
            h = Cell.Form switch
            {
                ForeignLayerKind.Rnn => Plain(direction, x, h),
                ForeignLayerKind.Lstm => Lstm(direction, x, h, c),
                ForeignLayerKind.Gru => ResetAfter(direction, x, h),
                ForeignLayerKind.ResetBeforeGru => ResetBefore(direction, x, h),
                _ => throw Unknown(),
            };
            h.CopyTo(outputs[(t * OutputSize)..]);
        }
    }

    private double[] Plain(KerasDirection direction, double[] x, double[] h)
    {
        double[] next = Product(h, direction.Recurrent, null, 0);
        for (int j = 0; j < next.Length; j++)
        {
            next[j] = Cell.CandidateOf(x[j] + next[j]);
        }

        return next;
    }

    private double[] Lstm(KerasDirection direction, double[] x, double[] h, double[] c)
    {
        double[] u = Product(h, direction.Recurrent, null, 0), next = new double[Units];
        for (int j = 0; j < Units; j++)
        {
            double Gate(int gate) => x[(gate * Units) + j] + u[(gate * Units) + j];
            c[j] = (Cell.GateOf(Gate(1)) * c[j]) + (Cell.GateOf(Gate(0)) * Cell.CandidateOf(Gate(2)));
            next[j] = Cell.GateOf(Gate(3)) * Cell.OutputOf(c[j]);
        }

        return next;
    }

    private double[] ResetAfter(KerasDirection direction, double[] x, double[] h)
    {
        double[] u = Product(h, direction.Recurrent, direction.Bias, direction.Kernel.Columns), next = new double[Units];
        for (int j = 0; j < Units; j++)
        {
            double z = Cell.GateOf(x[j] + u[j]), r = Cell.GateOf(x[Units + j] + u[Units + j]);
            next[j] = (z * h[j]) + ((1 - z) * Cell.CandidateOf(x[(2 * Units) + j] + (r * u[(2 * Units) + j])));
        }

        return next;
    }

    private double[] ResetBefore(KerasDirection direction, double[] x, double[] h)
    {
        double[] u = Product(h, direction.Recurrent, null, 0), z = new double[Units], kept = new double[Units], next = new double[Units];
        for (int j = 0; j < Units; j++)
        {
            z[j] = Cell.GateOf(x[j] + u[j]);
            kept[j] = Cell.GateOf(x[Units + j] + u[Units + j]) * h[j];
        }

        double[] candidate = Product(kept, direction.Recurrent, null, 0);
        for (int j = 0; j < Units; j++)
        {
            next[j] = (z[j] * h[j]) + ((1 - z[j]) * Cell.CandidateOf(x[(2 * Units) + j] + candidate[(2 * Units) + j]));
        }

        return next;
    }

    // x M + b, where b begins at an index of the bias.
    private static double[] Product(ReadOnlySpan<double> x, Tensor matrix, Tensor? bias, int first)
    {
        double[] sums = bias is null ? new double[matrix.Columns] : bias.Values[first..(first + matrix.Columns)];
        for (int i = 0; i < x.Length; i++)
        {
            for (int j = 0; j < sums.Length; j++)
            {
                sums[j] += x[i] * matrix.Values[(i * sums.Length) + j];
            }
        }

        return sums;
    }

    private InvalidOperationException Unknown() => new(Invariant($"Keras has no {Cell.Form}."));
}
