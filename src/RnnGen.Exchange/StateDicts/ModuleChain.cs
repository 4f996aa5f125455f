using RnnGen.Exchange.Model;

namespace RnnGen.Exchange.StateDicts;

/// <summary>Modules one after the other; with one output, those behind the last recurrent one read what is left of it at the end.</summary>
internal sealed class ModuleChain(IReadOnlyList<DictModule> modules, Architecture architecture, bool isSkipping, Pooling pooling = Pooling.Last) : IForeignEquations
{
    public double[] Run(ReadOnlySpan<double> inputs, int steps)
    {
        int width = inputs.Length / steps;
        DictModule last = modules.Last(static m => m.IsRecurrent);
        double[] values = inputs.ToArray();
        foreach (DictModule module in modules)
        {
            double[] before = values;
            values = module.Run(values, steps);
            for (int k = 0; module.IsResidual && k < values.Length; k++)
            {
                values[k] += before[k];
            }

            if (ReferenceEquals(module, last) && architecture == Architecture.ManyToOne)
            {
                (values, steps) = (Reduced(module, values, steps), 1);
            }
        }

        int outputs = values.Length / steps;
        for (int k = 0; isSkipping && k < values.Length; k++)
        {
            values[k] += inputs[(k / outputs * width) + (k % outputs)];
        }

        return values;
    }

    private double[] Reduced(DictModule module, double[] values, int steps)
    {
        int size = module.OutputSize;
        IEnumerable<double> Of(int feature) => Enumerable.Range(0, steps).Select(t => values[(t * size) + feature]);
        return pooling switch
        {
            Pooling.Last => module.IsResidual ? values[^size..] : module.Final(values),
            Pooling.Mean => [.. Enumerable.Range(0, size).Select(j => Of(j).Average())],
            Pooling.Max => [.. Enumerable.Range(0, size).Select(j => Of(j).Max())],
            _ => throw new InvalidOperationException(Invariant($"There is no pooling {pooling}.")),
        };
    }
}
