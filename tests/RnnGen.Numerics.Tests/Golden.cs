using System.Numerics;
using Shouldly;

namespace RnnGen.Numerics.Tests;

/// <summary>What the comparisons with PyTorch's numbers share.</summary>
internal static class Golden
{
    /// <summary>Makes a model with the parameters of a file, whose names and shapes must be the model's.</summary>
    public static TModel Load<TModel, TNumber, TTarget>(GoldenFile file)
        where TModel : IRnnModel<TModel, TNumber, TNumber, TTarget>
        where TNumber : unmanaged, IBinaryFloatingPointIeee754<TNumber>
        where TTarget : unmanaged
    {
        ModelLayout layout = TModel.Layout;
        layout.Parameters.Select(p => p.Name).ShouldBe(
            file.Names.Where(n => n.StartsWith("rnn.", StringComparison.Ordinal) || n.StartsWith("dense.", StringComparison.Ordinal) || n.StartsWith("head.", StringComparison.Ordinal)),
            ignoreOrder: true);

        TNumber[] parameters = NotANumber<TNumber>(layout.ParameterCount);
        foreach (ParameterInfo parameter in layout.Parameters)
        {
            parameter.Shape.ShouldBe(file.Shape(parameter.Name), parameter.Name);
            Convert<TNumber>(file[parameter.Name]).CopyTo(parameters.AsSpan(parameter.Offset, parameter.Length));
        }

        TModel model = TModel.Create(seed: 1);
        model.SetParameters(parameters);
        return model;
    }

    public static T[] Convert<T>(double[] values) where T : INumberBase<T> => Array.ConvertAll(values, T.CreateChecked);

    /// <summary>A buffer in which a value that was not written shows.</summary>
    public static TNumber[] NotANumber<TNumber>(int length) where TNumber : IFloatingPointIeee754<TNumber>
    {
        TNumber[] buffer = new TNumber[length];
        Array.Fill(buffer, TNumber.NaN);
        return buffer;
    }

    public static void ShouldBeNear<TNumber>(ReadOnlySpan<TNumber> actual, double[] expected, double tolerance, string what)
        where TNumber : INumberBase<TNumber>
    {
        actual.Length.ShouldBe(expected.Length, what);
        for (int i = 0; i < expected.Length; i++)
            double.CreateChecked(actual[i]).ShouldBe(expected[i], tolerance, $"{what}, at {i}");
    }

    /// <summary>The Euclidean norm of the difference.</summary>
    public static double Distance<TNumber>(ReadOnlySpan<TNumber> actual, double[] expected) where TNumber : INumberBase<TNumber>
    {
        actual.Length.ShouldBe(expected.Length);
        double sum = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            double difference = double.CreateChecked(actual[i]) - expected[i];
            sum += difference * difference;
        }

        return Math.Sqrt(sum);
    }
}
