using RnnGen.Exchange.Files;
using RnnGen.Exchange.Model;

namespace RnnGen.Exchange.StateDicts;

/// <summary>A convolution over steps with the function that follows it: y(t) = f(Σ W x(t - back + i · dilation) + b), with zeros beyond the ends.</summary>
/// <param name="Name">What messages call it.</param>
/// <param name="Weight"><c>[filters, inputs, kernel]</c>.</param>
/// <param name="Bias"><c>[filters]</c>; null for zeros.</param>
internal sealed record ConvolutionModule(string Name, Tensor Weight, Tensor? Bias) : DictModule(Name)
{
    public required int Dilation { get; init; }

    /// <summary>Steps from the first that is read to the step.</summary>
    public required int Back { get; init; }

    public override int InputSize => Weight.Shape[1];

    public override int OutputSize => Weight.Shape[0];

    public override bool TakesFunction => true;

    private int Kernel => Weight.Shape[2];

    public override void AddTo(ForeignModelBuilder model)
    {
        ForeignLayer layer = new()
        {
            Source = Name, Kind = ForeignLayerKind.Conv1D, InputSize = InputSize, Size = OutputSize, Kernel = Kernel, Dilation = Dilation, IsCausal = Back == (Kernel - 1) * Dilation, Activation = Activation,
        };
        model.AddConvolution(layer, Weight, Bias);
        model.NoteBias(Name, Bias);
    }

    public override double[] Run(ReadOnlySpan<double> inputs, int steps)
    {
        double[] outputs = new double[steps * OutputSize];
        for (int t = 0; t < steps; t++)
        {
            for (int j = 0; j < OutputSize; j++)
            {
                double sum = Bias?.Values[j] ?? 0;
                for (int i = 0; i < Kernel; i++)
                {
                    int from = t - Back + (i * Dilation);
                    for (int c = 0; from >= 0 && from < steps && c < InputSize; c++)
                    {
                        sum += Weight.Values[(((j * InputSize) + c) * Kernel) + i] * inputs[(from * InputSize) + c];
                    }
                }

                outputs[(t * OutputSize) + j] = Functions.Apply(Activation, sum);
            }
        }

        return outputs;
    }

    // Zeros beyond the ends would be the shift there, so one step is read, or nothing is shifted.
    public override DictModule? WithScaledInputs(double[] scale, double[] shift)
    {
        if (Kernel > 1 && Array.Exists(shift, static value => value != 0))
        {
            return null;
        }

        double[] values = [.. Weight.Values.Select((value, k) => value * scale[k / Kernel % InputSize])];
        return this with { Weight = new Tensor(Weight.Name, Weight.Shape, values), Bias = Kernel > 1 ? Bias : Bias.Shifted(Weight, shift) };
    }

    public override DictModule? WithScaledOutputs(double[] scale, double[] shift) =>
        Activation == Activation.Identity ? this with { Weight = Weight.ScaledRows(scale), Bias = Bias.Shifted(Name, scale, shift) } : null;
}
