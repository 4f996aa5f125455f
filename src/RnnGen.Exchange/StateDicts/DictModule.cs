using RnnGen.Exchange.Files;
using RnnGen.Exchange.Model;

namespace RnnGen.Exchange.StateDicts;

/// <summary>A module of PyTorch that the tensors of one prefix make: what it reads and outputs, its layers in a declaration, and its equations.</summary>
/// <param name="Name">The prefix, without the last dot.</param>
internal abstract record DictModule(string Name)
{
    /// <summary>Values of a step that it reads; 0 for tokens.</summary>
    public abstract int InputSize { get; }

    /// <summary>Values of a step that it outputs.</summary>
    public abstract int OutputSize { get; }

    /// <summary>Whether it has a state.</summary>
    public virtual bool IsRecurrent => false;

    /// <summary>Whether any function may follow it.</summary>
    public virtual bool TakesFunction => false;

    /// <summary>The function that follows it, or is part of it.</summary>
    public Activation Activation { get; init; }

    /// <summary>Whether its inputs are added to its outputs.</summary>
    public bool IsResidual { get; init; }

    /// <summary>Adds its layers.</summary>
    public abstract void AddTo(ForeignModelBuilder model);

    /// <summary>Its outputs at each step, by PyTorch's documentation of the module.</summary>
    /// <param name="inputs"><c>[steps, InputSize]</c>.</param>
    /// <param name="steps">Steps.</param>
    public abstract double[] Run(ReadOnlySpan<double> inputs, int steps);

    /// <summary>What a model with one output reads of <see cref="Run"/>'s outputs.</summary>
    public virtual double[] Final(double[] outputs) => outputs[^OutputSize..];

    /// <summary>The module that computes of x what this one computes of scale · x + shift; null where its first map is not linear, or reads zeros beyond the ends.</summary>
    public virtual DictModule? WithScaledInputs(double[] scale, double[] shift) => null;

    /// <summary>The module that outputs scale · y + shift where this one outputs y; null where its last map is not linear.</summary>
    public virtual DictModule? WithScaledOutputs(double[] scale, double[] shift) => null;
}

/// <summary><c>nn.Embedding</c>.</summary>
internal sealed record EmbeddingModule(string Name, Tensor Table) : DictModule(Name)
{
    public override int InputSize => 0;

    public override int OutputSize => Table.Columns;

    public override void AddTo(ForeignModelBuilder model) => model.AddEmbedding(Name, Table);

    public override double[] Run(ReadOnlySpan<double> inputs, int steps)
    {
        double[] outputs = new double[steps * OutputSize];
        for (int t = 0; t < steps; t++)
        {
            Table.Values.AsSpan((int)inputs[t] * OutputSize, OutputSize).CopyTo(outputs.AsSpan(t * OutputSize));
        }

        return outputs;
    }

    public override DictModule? WithScaledOutputs(double[] scale, double[] shift) =>
        this with { Table = new Tensor(Table.Name, Table.Shape, [.. Table.Values.Select((value, k) => (value * scale[k % scale.Length]) + shift[k % scale.Length])]) };
}

/// <summary><c>nn.Linear</c> with the function that follows it: y = f(W x + b).</summary>
internal sealed record LinearModule(string Name, Tensor Weight, Tensor? Bias) : DictModule(Name)
{
    public override int InputSize => Weight.Columns;

    public override int OutputSize => Weight.Rows;

    public override bool TakesFunction => true;

    public override void AddTo(ForeignModelBuilder model)
    {
        model.AddDense(Name, Weight, Bias, Activation);
        model.NoteBias(Name, Bias);
    }

    public override DictModule? WithScaledInputs(double[] scale, double[] shift) => this with { Weight = Weight.ScaledColumns(scale), Bias = Bias.Shifted(Weight, shift) };

    public override DictModule? WithScaledOutputs(double[] scale, double[] shift) =>
        Activation == Activation.Identity ? this with { Weight = Weight.ScaledRows(scale), Bias = Bias.Shifted(Name, scale, shift) } : null;

    public override double[] Run(ReadOnlySpan<double> inputs, int steps)
    {
        double[] outputs = new double[steps * OutputSize];
        for (int t = 0; t < steps; t++)
        {
            for (int j = 0; j < OutputSize; j++)
            {
                outputs[(t * OutputSize) + j] = Functions.Apply(Activation, (Bias?.Values[j] ?? 0) + Functions.Dot(Weight.Values.AsSpan(j * InputSize, InputSize), inputs.Slice(t * InputSize, InputSize)));
            }
        }

        return outputs;
    }
}

/// <summary><c>nn.LayerNorm</c>: (x - E[x]) / √(Var[x] + ε) · γ + β.</summary>
internal sealed record NormModule(string Name, Tensor Gain, Tensor Shift) : DictModule(Name)
{
    /// <summary>ε as the file says it; null where it does not.</summary>
    public double? SaidEpsilon { get; init; }

    private double Epsilon => SaidEpsilon ?? ForeignLayer.StandardEpsilon;

    public override int InputSize => Gain.Rows;

    public override int OutputSize => Gain.Rows;

    public override void AddTo(ForeignModelBuilder model)
    {
        model.AddNorm(Name, Gain, Shift, Epsilon);
        if (SaidEpsilon is null)
        {
            model.Note(Invariant($"{ForeignText.Shown(Name)} is taken for a layer normalisation with PyTorch's eps, 1e-5, which the file does not say."));
        }
    }

    public override double[] Run(ReadOnlySpan<double> inputs, int steps)
    {
        int size = InputSize;
        double[] outputs = new double[inputs.Length];
        for (int t = 0; t < steps; t++)
        {
            ReadOnlySpan<double> x = inputs.Slice(t * size, size);
            double mean = 0, variance = 0;
            foreach (double value in x)
            {
                mean += value / size;
            }

            foreach (double value in x)
            {
                variance += (value - mean) * (value - mean) / size;
            }

            for (int j = 0; j < size; j++)
            {
                outputs[(t * size) + j] = ((x[j] - mean) / Math.Sqrt(variance + Epsilon) * Gain.Values[j]) + Shift.Values[j];
            }
        }

        return outputs;
    }
}
