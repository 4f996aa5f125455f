using RnnGen.Exchange.Files;
using RnnGen.Exchange.Model;
using RnnGen.Exchange.StateDicts;

namespace RnnGen.Exchange.Keras.Layers;

/// <summary>Keras's Dense with the function that is part of it or follows it: y = f(x K + b).</summary>
/// <param name="Name">What messages call it.</param>
/// <param name="Kernel"><c>[inputs, units]</c>.</param>
/// <param name="Bias"><c>[units]</c>; null for zeros.</param>
internal sealed record KerasDense(string Name, Tensor Kernel, Tensor? Bias) : DictModule(Name)
{
    public override int InputSize => Kernel.Rows;

    public override int OutputSize => Kernel.Columns;

    public override bool TakesFunction => true;

    public override DictModule WithScaledInputs(double[] scale, double[] shift) => this with { Kernel = Kernel.ScaledInputs(scale), Bias = Bias.Shifted(Kernel, shift, OutputSize) };

    public override DictModule? WithScaledOutputs(double[] scale, double[] shift) =>
        Activation == Activation.Identity ? this with { Kernel = Kernel.ScaledOutputs(scale), Bias = Bias.ScaledAndShifted(Name, scale, shift) } : null;

    public override void AddTo(ForeignModelBuilder model)
    {
        model.AddDense(Name, Kernel.Transposed(), Bias, Activation);
        model.Note(Invariant($"{ForeignText.Shown(Name)}: its matrix was transposed{(Bias is null ? "; it has no bias, so its bias is 0 and would be trained" : "")}."));
    }

    public override double[] Run(ReadOnlySpan<double> inputs, int steps)
    {
        double[] outputs = new double[steps * OutputSize];
        for (int t = 0; t < steps; t++)
        {
            for (int j = 0; j < OutputSize; j++)
            {
                double sum = Bias?.Values[j] ?? 0;
                for (int i = 0; i < InputSize; i++)
                {
                    sum += inputs[(t * InputSize) + i] * Kernel.Values[(i * OutputSize) + j];
                }

                outputs[(t * OutputSize) + j] = Functions.Apply(Activation, sum);
            }
        }

        return outputs;
    }
}
