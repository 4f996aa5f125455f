using System.Numerics;

namespace RnnGen.Numerics.Tests;

/// <summary>
/// Drawn parameters, inputs and targets for a model. All numbers are floats, so that a float model and its double twin
/// get the same ones; biases are not 0, so that a bias that goes astray shows.
/// </summary>
internal sealed record Sample<TNumber, TTarget>(TNumber[] Inputs, TTarget[] Targets, int Count)
    where TNumber : unmanaged, IBinaryFloatingPointIeee754<TNumber>
    where TTarget : unmanaged, INumberBase<TTarget>
{
    public static Sample<TNumber, TTarget> Draw<TModel>(int count, int seed = 1) where TModel : IRnnModel<TModel, TNumber, TNumber, TTarget>
    {
        ModelLayout layout = TModel.Layout;
        Random random = new(seed);
        TNumber[] inputs = [.. Enumerable.Range(0, count * layout.InputLength).Select(_ => TNumber.CreateChecked((float)((2 * random.NextDouble()) - 1)))];
        foreach (InputInfo input in layout.Inputs.Where(i => i.Categories > 0))
            for (int i = 0; i < count * input.Steps; i++)
                inputs[i / input.Steps * layout.InputLength + input.At(i % input.Steps)] = TNumber.CreateChecked(random.Next(input.Categories));
        TTarget[] targets = [.. Enumerable.Range(0, count * layout.TargetLength).Select(_ => TTarget.CreateTruncating(
            layout.ClassCount > 0 ? random.Next(layout.ClassCount)
            : layout.IsBinary ? (float)random.NextDouble()
            : layout.AreCounts ? random.Next(5)
            : (float)((4 * random.NextDouble()) - 2)))];
        return new(inputs, targets, count);
    }

    /// <summary>The first sequences of the sample.</summary>
    public Sample<TNumber, TTarget> Take(int count) => Slice(0, count);

    public Sample<TNumber, TTarget> Slice(int start, int count) =>
        new(Part(Inputs, start, count), Part(Targets, start, count), count);

    /// <summary>Steps with a loss of each sequence: of decoded tokens those up to the end token, else all.</summary>
    public double[] Weights<TModel>()
    {
        int length = Targets.Length / Count;
        int? end = (int?)typeof(TModel).GetField("EndToken")?.GetRawConstantValue();
        return [.. Enumerable.Range(0, Count).Select(i =>
        {
            int at = end is { } token ? Targets.AsSpan(i * length, length).IndexOf(TTarget.CreateChecked(token)) : -1;
            return at < 0 ? length : at + 1.0;
        })];
    }

    private T[] Part<T>(T[] values, int start, int count) =>
        values.AsSpan(start * (values.Length / Count), count * (values.Length / Count)).ToArray();
}

internal static class Sample
{
    /// <summary>A model with drawn parameters that are floats, biases among them.</summary>
    public static TModel Model<TModel, TNumber, TTarget>(int seed = 1)
        where TModel : IRnnModel<TModel, TNumber, TNumber, TTarget>
        where TNumber : unmanaged, IBinaryFloatingPointIeee754<TNumber>
        where TTarget : unmanaged, INumberBase<TTarget>
    {
        TModel model = TModel.Create(seed);
        Random random = new(seed);
        TNumber[] parameters = model.Parameters.ToArray();
        foreach (ParameterInfo p in TModel.Layout.Parameters)
            foreach (ref TNumber value in parameters.AsSpan(p.Offset, p.Length))
                value = TNumber.CreateChecked(p.Kind is ParameterKind.Bias or ParameterKind.InitialState or ParameterKind.Gain
                    ? float.CreateChecked(value) + (float)(0.4 * random.NextDouble() - 0.2)
                    : float.CreateChecked(value));
        model.SetParameters(parameters);
        return model;
    }

    public static TNumber[] Gradients<TModel, TNumber, TTarget>(this TModel model, Sample<TNumber, TTarget> sample)
        where TModel : IRnnModel<TModel, TNumber, TNumber, TTarget>
        where TNumber : unmanaged, IBinaryFloatingPointIeee754<TNumber>
        where TTarget : unmanaged, INumberBase<TTarget>
    {
        TNumber[] gradients = Golden.NotANumber<TNumber>(TModel.Layout.ParameterCount);
        model.ComputeGradients(sample.Inputs, sample.Targets, sample.Count, gradients);
        return gradients;
    }

    public static TNumber[] Outputs<TModel, TNumber, TTarget>(this TModel model, Sample<TNumber, TTarget> sample)
        where TModel : IRnnModel<TModel, TNumber, TNumber, TTarget>
        where TNumber : unmanaged, IBinaryFloatingPointIeee754<TNumber>
        where TTarget : unmanaged, INumberBase<TTarget>
    {
        TNumber[] outputs = Golden.NotANumber<TNumber>(sample.Count * TModel.Layout.OutputLength);
        model.PredictBatch(sample.Inputs, outputs, sample.Count);
        return outputs;
    }

    public static TNumber Loss<TModel, TNumber, TTarget>(this TModel model, Sample<TNumber, TTarget> sample)
        where TModel : IRnnModel<TModel, TNumber, TNumber, TTarget>
        where TNumber : unmanaged, IBinaryFloatingPointIeee754<TNumber>
        where TTarget : unmanaged, INumberBase<TTarget> =>
        model.ComputeLoss(sample.Inputs, sample.Targets, sample.Count);

    /// <summary>Each tensor's gradient is within <paramref name="tolerance"/> of the expected one, by norm.</summary>
    public static void ShouldBeNear<TNumber>(this TNumber[] gradients, double[] expected, ModelLayout layout, double tolerance, string what)
        where TNumber : INumberBase<TNumber>
    {
        foreach (ParameterInfo p in layout.Parameters)
        {
            double[] part = expected.AsSpan(p.Offset, p.Length).ToArray();
            double error = Golden.Distance(gradients.AsSpan(p.Offset, p.Length), part);
            double norm = Math.Sqrt(part.Sum(g => g * g));
            if (!(error <= tolerance * norm))
                throw new Shouldly.ShouldAssertException($"{layout.ModelName}, {what}: gradient of {p.Name} is off by {error:G3} of {norm:G3}, {error / norm:G3} relative; at most {tolerance:G3}.");
        }
    }
}
