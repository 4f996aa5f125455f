using RnnGen.Exchange.Files;
using RnnGen.Exchange.Model;

namespace RnnGen.Exchange.StateDicts;

/// <summary><c>nn.BatchNorm1d</c> of a trained model: (x - μ) / √(σ² + ε) · γ + β with the running mean and variance, feature by feature. It is a linear map, so a neighbour takes it into its own.</summary>
internal sealed record BatchNormModule(string Name) : DictModule(Name)
{
    /// <summary>μ.</summary>
    public required Tensor Mean { get; init; }

    /// <summary>σ².</summary>
    public required Tensor Variance { get; init; }

    /// <summary>γ; null for ones.</summary>
    public Tensor? Gain { get; init; }

    /// <summary>β; null for zeros.</summary>
    public Tensor? Offset { get; init; }

    public required double Epsilon { get; init; }

    public override int InputSize => Mean.Values.Length;

    public override int OutputSize => Mean.Values.Length;

    public override bool TakesFunction => true;

    /// <summary>The same map as y = scale · x + shift.</summary>
    public (double[] Scale, double[] Shift) Affine()
    {
        double[] scale = [.. Variance.Values.Select((variance, j) => (Gain?.Values[j] ?? 1) / Math.Sqrt(variance + Epsilon))];
        return (scale, [.. scale.Select((s, j) => (Offset?.Values[j] ?? 0) - (Mean.Values[j] * s))]);
    }

    public override void AddTo(ForeignModelBuilder model) => throw new InvalidOperationException("A batch normalisation is folded into a neighbour.");

    public override double[] Run(ReadOnlySpan<double> inputs, int steps)
    {
        double[] outputs = new double[inputs.Length];
        for (int k = 0; k < outputs.Length; k++)
        {
            int j = k % InputSize;
            outputs[k] = Functions.Apply(Activation, ((inputs[k] - Mean.Values[j]) / Math.Sqrt(Variance.Values[j] + Epsilon) * (Gain?.Values[j] ?? 1)) + (Offset?.Values[j] ?? 0));
        }

        return outputs;
    }
}

/// <summary>A module that has taken its neighbour's normalisation into its weights. It is declared as the folded one, and its equations are those of the parts.</summary>
/// <param name="Parts">In the order in which values flow.</param>
/// <param name="Folded">What computes the same.</param>
internal sealed record FoldedModule(IReadOnlyList<DictModule> Parts, DictModule Folded) : DictModule(Folded.Name)
{
    public override int InputSize => Folded.InputSize;

    public override int OutputSize => Folded.OutputSize;

    public override bool IsRecurrent => Folded.IsRecurrent;

    public override bool TakesFunction => Folded.TakesFunction;

    private DictModule Whole => Activation == Activation.Identity ? Folded : Folded with { Activation = Activation };

    public override void AddTo(ForeignModelBuilder model) => Whole.AddTo(model);

    public override double[] Run(ReadOnlySpan<double> inputs, int steps)
    {
        double[] values = inputs.ToArray();
        foreach (DictModule part in Parts)
        {
            values = part.Run(values, steps);
        }

        return Array.ConvertAll(values, value => Functions.Apply(Activation, value));
    }

    public override double[] Final(double[] outputs) => Folded.Final(outputs);

    public override DictModule? WithScaledInputs(double[] scale, double[] shift) => Whole.WithScaledInputs(scale, shift);

    public override DictModule? WithScaledOutputs(double[] scale, double[] shift) => Whole.WithScaledOutputs(scale, shift);
}
