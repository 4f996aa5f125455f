using RnnGen.Exchange.Files;
using RnnGen.Exchange.Model;
using RnnGen.Exchange.StateDicts;

namespace RnnGen.Exchange.Keras.Layers;

/// <summary>Keras's Conv1D of stride 1 with an output at each step: <c>padding</c> causal, or same, which has the odd zero behind the last step.</summary>
/// <param name="Name">What messages call it.</param>
/// <param name="Kernel"><c>[steps, inputs, filters]</c>.</param>
/// <param name="Bias"><c>[filters]</c>; null for zeros.</param>
internal sealed record KerasConvolution(string Name, Tensor Kernel, Tensor? Bias) : DictModule(Name)
{
    public required int Dilation { get; init; }

    public required bool IsCausal { get; init; }

    public override int InputSize => Kernel.Shape[1];

    public override int OutputSize => Kernel.Shape[2];

    public override bool TakesFunction => true;

    private int Steps => Kernel.Shape[0];

    // Beyond the ends there are zeros where the shift would be, so a kernel of several steps takes no shift.
    public override DictModule? WithScaledInputs(double[] scale, double[] shift) => Steps > 1 && Array.Exists(shift, static value => value != 0) ? null
        : this with { Kernel = Kernel.ScaledInputs(scale), Bias = Bias.Shifted(Kernel, shift, OutputSize) };

    public override DictModule? WithScaledOutputs(double[] scale, double[] shift) =>
        Activation == Activation.Identity ? this with { Kernel = Kernel.ScaledOutputs(scale), Bias = Bias.ScaledAndShifted(Name, scale, shift) } : null;

    public override void AddTo(ForeignModelBuilder model)
    {
        ForeignLayer layer = new()
        {
            Source = Name, Kind = ForeignLayerKind.Conv1D, InputSize = InputSize, Size = OutputSize, Kernel = Steps, Dilation = Dilation, IsCausal = IsCausal, Activation = Activation,
        };
        double[] weight = new double[Kernel.Values.Length];
        for (int k = 0; k < weight.Length; k++)
        {
            int filter = k / (Steps * InputSize), input = k / Steps % InputSize, step = k % Steps;
            weight[k] = Kernel.Values[(((step * InputSize) + input) * OutputSize) + filter];
        }

        model.AddConvolution(layer, new Tensor(Kernel.Name, [OutputSize, InputSize, Steps], weight), Bias);
        model.Note(Invariant($"{ForeignText.Shown(Name)}: its filters were put from [steps, inputs, filters] into [filters, inputs, steps]{(Bias is null ? "; it has no bias, so its bias is 0 and would be trained" : "")}."));
    }

    public override double[] Run(ReadOnlySpan<double> inputs, int steps)
    {
        int reach = (Steps - 1) * Dilation, back = IsCausal ? reach : reach / 2;
        double[] outputs = new double[steps * OutputSize];
        for (int t = 0; t < steps; t++)
        {
            for (int j = 0; j < OutputSize; j++)
            {
                double sum = Bias?.Values[j] ?? 0;
                for (int s = 0; s < Steps; s++)
                {
                    int from = t - back + (s * Dilation);
                    for (int i = 0; from >= 0 && from < steps && i < InputSize; i++)
                    {
                        sum += inputs[(from * InputSize) + i] * Kernel.Values[(((s * InputSize) + i) * OutputSize) + j];
                    }
                }

                outputs[(t * OutputSize) + j] = Functions.Apply(Activation, sum);
            }
        }

        return outputs;
    }
}
