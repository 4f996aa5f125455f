using RnnGen.Exchange.Files;
using RnnGen.Exchange.Model;
using RnnGen.Exchange.StateDicts;

namespace RnnGen.Exchange.RTNeural;

/// <summary>
/// A layer with Keras's weights, as its <c>get_weights()</c> returns them: matrices <c>[inputs, outputs]</c>, gates of an LSTM in the order i, f, c, o and of a GRU z, r, h with the reset gate after the
/// product.
/// </summary>
/// <param name="Source">What the file calls it.</param>
/// <param name="Kind">What it computes.</param>
/// <param name="Kernel"><c>[inputs, gates × units]</c>.</param>
/// <param name="Recurrent"><c>[units, gates × units]</c>; null in a dense layer.</param>
/// <param name="Bias"><c>[gates × units]</c>, of a GRU <c>[2, 3 × units]</c>; null for zeros.</param>
internal sealed record KerasLayer(string Source, ForeignLayerKind Kind, Tensor Kernel, Tensor? Recurrent, Tensor? Bias) : DictModule(Source)
{
    public override int InputSize => Kernel.Rows;

    public override int OutputSize => Units;

    public override bool IsRecurrent => Recurrent is not null;

    public override bool TakesFunction => Recurrent is null;

    private int Units => Recurrent?.Rows ?? Kernel.Columns;

    /// <summary>Adds the layer in RnnGen's layout.</summary>
    public override void AddTo(ForeignModelBuilder model)
    {
        if (Recurrent is null)
        {
            model.AddDense(Source, Kernel.Transposed(), Bias, Activation);
            model.Note(Invariant($"{ForeignText.Shown(Source)}: its matrix was transposed."));
            return;
        }

        bool isGru = Kind == ForeignLayerKind.Gru;
        int[] order = isGru ? [1, 0, 2] : [0, 1, 2, 3];
        int rows = order.Length * Units;
        model.AddRecurrent(Source, Kind, new RecurrentWeights
        {
            Input = Kernel.Transposed().Blocks(order),
            Recurrent = Recurrent.Transposed().Blocks(order),
            InputBias = (isGru ? Bias?.Part(0, rows) : Bias)?.Blocks(order),
            RecurrentBias = isGru ? Bias?.Part(rows, rows).Blocks(order) : null,
        });
        model.Note(Invariant($"{ForeignText.Shown(Source)}: its matrices were transposed{(isGru ? " and its gates put from z, r, h into the order r, z, n" : "")}{(isGru ? "" : "; its one bias is bias_ih, and bias_hh is 0")}."));
    }

    /// <summary>The outputs of each step, by the equations in Keras's documentation, on the numbers as they are stored.</summary>
    public override double[] Run(ReadOnlySpan<double> inputs, int steps)
    {
        int units = Units, columns = Kernel.Columns;
        double[] outputs = new double[steps * units], hidden = new double[units], cell = new double[units];
        for (int t = 0; t < steps; t++)
        {
            double[] x = Product(inputs.Slice(t * InputSize, InputSize), Kernel, 0), h = Recurrent is null ? [] : Product(hidden, Recurrent, Kind == ForeignLayerKind.Gru ? columns : -1);
            for (int j = 0; j < units; j++)
            {
                switch (Kind)
                {
                    case ForeignLayerKind.Dense:
                        hidden[j] = Functions.Apply(Activation, x[j]);
                        break;
                    case ForeignLayerKind.Lstm:
                        double Gate(int gate) => x[(gate * units) + j] + h[(gate * units) + j];
                        cell[j] = (Functions.Sigmoid(Gate(1)) * cell[j]) + (Functions.Sigmoid(Gate(0)) * Math.Tanh(Gate(2)));
                        hidden[j] = Functions.Sigmoid(Gate(3)) * Math.Tanh(cell[j]);
                        break;
                    case ForeignLayerKind.Gru:
                        double z = Functions.Sigmoid(x[j] + h[j]), r = Functions.Sigmoid(x[units + j] + h[units + j]);
                        hidden[j] = (z * hidden[j]) + ((1 - z) * Math.Tanh(x[(2 * units) + j] + (r * h[(2 * units) + j])));
                        break;
                    default:
                        throw new InvalidOperationException(Invariant($"RTNeural has no {Kind}."));
                }
            }

            hidden.CopyTo(outputs, t * units);
        }

        return outputs;
    }

    public override DictModule? WithScaledOutputs(double[] scale, double[] shift) =>
        !IsRecurrent && Activation == Activation.Identity ? this with { Kernel = Kernel.ScaledColumns(scale), Bias = Bias.Shifted(Source, scale, shift) } : null;

    // Of a GRU the first of two rows is the bias of the inputs.
    public override DictModule? WithScaledInputs(double[] scale, double[] shift)
    {
        double[] bias = Bias is null ? new double[Kernel.Columns] : [.. Bias.Values];
        for (int k = 0; k < Kernel.Values.Length; k++)
        {
            bias[k % Kernel.Columns] += Kernel.Values[k] * shift[k / Kernel.Columns];
        }

        return this with { Kernel = Kernel.ScaledRows(scale), Bias = new Tensor(Bias?.Name ?? Source, Bias?.Shape ?? [bias.Length], bias) };
    }

    // x M + b, where b begins at an index of the bias; -1 for none.
    private double[] Product(ReadOnlySpan<double> x, Tensor matrix, int bias)
    {
        double[] sums = new double[matrix.Columns];
        for (int j = 0; j < sums.Length; j++)
        {
            sums[j] = bias < 0 || Bias is null ? 0 : Bias.Values[bias + j];
            for (int i = 0; i < x.Length; i++)
            {
                sums[j] += x[i] * matrix.Values[(i * sums.Length) + j];
            }
        }

        return sums;
    }
}
