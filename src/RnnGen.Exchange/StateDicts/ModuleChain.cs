using RnnGen.Exchange.Model;

namespace RnnGen.Exchange.StateDicts;

/// <summary>Modules one after the other; with one output, those behind the last recurrent one read what is left of it at the end.</summary>
internal sealed class ModuleChain(IReadOnlyList<DictModule> modules, Architecture architecture, bool isSkipping) : IForeignEquations
{
    public double[] Run(ReadOnlySpan<double> inputs, int steps)
    {
        int width = inputs.Length / steps;
        DictModule last = modules.Last(static m => m.IsRecurrent);
        double[] values = inputs.ToArray();
        foreach (DictModule module in modules)
        {
            values = module.Run(values, steps);
            if (ReferenceEquals(module, last) && architecture == Architecture.ManyToOne)
            {
                (values, steps) = (module.Final(values), 1);
            }
        }

        int outputs = values.Length / steps;
        for (int k = 0; isSkipping && k < values.Length; k++)
        {
            values[k] += inputs[(k / outputs * width) + (k % outputs)];
        }

        return values;
    }
}
