using RnnGen.Exchange.Files;
using RnnGen.Exchange.Model;
using RnnGen.Exchange.StateDicts;

namespace RnnGen.Exchange.Keras.Layers;

/// <summary>Keras's LayerNormalization over the values of a step: (x - E[x]) / √(Var[x] + epsilon) · gamma + beta.</summary>
/// <param name="Name">What messages call it.</param>
/// <param name="Gamma"><c>[values]</c>.</param>
/// <param name="Beta"><c>[values]</c>.</param>
/// <param name="Epsilon">What is added to the variance.</param>
internal sealed record KerasNorm(string Name, Tensor Gamma, Tensor Beta, double Epsilon) : DictModule(Name)
{
    public override int InputSize => Gamma.Rows;

    public override int OutputSize => Gamma.Rows;

    public override void AddTo(ForeignModelBuilder model) => model.AddNorm(Name, Gamma, Beta, Epsilon);

    public override double[] Run(ReadOnlySpan<double> inputs, int steps)
    {
        int size = InputSize;
        double[] outputs = new double[inputs.Length];
        for (int t = 0; t < steps; t++)
        {
            ReadOnlySpan<double> x = inputs.Slice(t * size, size);
            double mean = 0, squares = 0;
            foreach (double value in x)
            {
                mean += value / size;
            }

            foreach (double value in x)
            {
                squares += (value - mean) * (value - mean);
            }

            double scale = 1 / Math.Sqrt((squares / size) + Epsilon);
            for (int j = 0; j < size; j++)
            {
                outputs[(t * size) + j] = ((x[j] - mean) * scale * Gamma.Values[j]) + Beta.Values[j];
            }
        }

        return outputs;
    }
}
