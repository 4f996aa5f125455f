using RnnGen.Exchange.Model;
using RnnGen.Exchange.StateDicts;

namespace RnnGen.Exchange.Keras.Layers;

/// <summary>Layers one after the other; those behind the last recurrent one of a model with one output read its last step, or the mean or the maximum of all.</summary>
internal sealed class KerasChain(IReadOnlyList<DictModule> modules, Architecture architecture, Pooling pooling) : IForeignEquations
{
    public double[] Run(ReadOnlySpan<double> inputs, int steps)
    {
        DictModule last = modules.Last(static module => module.IsRecurrent);
        double[] values = inputs.ToArray();
        foreach (DictModule module in modules)
        {
            values = module.Run(values, steps);
            if (ReferenceEquals(module, last) && architecture == Architecture.ManyToOne)
            {
                (values, steps) = (Reduced(module, values, steps), 1);
            }
        }

        return values;
    }

    private double[] Reduced(DictModule module, double[] outputs, int steps)
    {
        if (pooling == Pooling.Last)
        {
            return module.Final(outputs);
        }

        double[] reduced = outputs[..module.OutputSize];
        for (int t = 1; t < steps; t++)
        {
            for (int j = 0; j < reduced.Length; j++)
            {
                double value = outputs[(t * reduced.Length) + j];
                reduced[j] = pooling == Pooling.Mean ? reduced[j] + value : Math.Max(reduced[j], value);
            }
        }

        return pooling == Pooling.Mean ? Array.ConvertAll(reduced, sum => sum / steps) : reduced;
    }
}
