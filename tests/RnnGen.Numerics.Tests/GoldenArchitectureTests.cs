using System.Numerics;
using System.Reflection;
using Shouldly;
using Xunit;

namespace RnnGen.Numerics.Tests;

/// <summary>
/// Losses and gradients of bidirectional and decoding models against PyTorch's, with sequences of different length, which there are packed:
/// in double within 1e-10, and where there is a twin in float within 1e-5 and 1e-4 of each tensor's norm. A file bears its model's name.
/// </summary>
public class GoldenArchitectureTests
{
    public static TheoryData<string> Files => [.. GoldenFile.In("architectures")];

    [Theory, MemberData(nameof(Files))]
    public void Numbers_are_those_of_packed_sequences(string name)
    {
        Assembly models = typeof(Attentive).Assembly;
        Check(models.GetType($"RnnGen.TestModels.{name}")!, name);
        if (models.GetType($"RnnGen.TestModels.{name}Float") is { } twin)
            Check(twin, name);
    }

    private static void Check(Type model, string name)
    {
        Type[] arguments = model.GetInterfaces().Single(i => i.Name.StartsWith("IRnnModel", StringComparison.Ordinal)).GetGenericArguments();
        typeof(GoldenArchitectureTests).GetMethod(nameof(CheckModel), BindingFlags.NonPublic | BindingFlags.Static)!
            .MakeGenericMethod(arguments).Invoke(null, BindingFlags.DoNotWrapExceptions, null, [name], null);
    }

    private static void CheckModel<TModel, TNumber, TInput, TTarget>(string name)
        where TModel : IRnnModel<TModel, TNumber, TInput, TTarget>
        where TNumber : unmanaged, IBinaryFloatingPointIeee754<TNumber>
        where TInput : unmanaged, INumberBase<TInput>
        where TTarget : unmanaged, INumberBase<TTarget>
    {
        (double lossTolerance, double tolerance) = typeof(TNumber) == typeof(double) ? (1e-11, 1e-10) : (1e-5, 1e-4);
        GoldenFile file = GoldenFile.Open("architectures", name);
        ModelLayout layout = TModel.Layout;
        TNumber[] parameters = new TNumber[layout.ParameterCount], gradients = new TNumber[layout.ParameterCount];
        double[] expected = new double[layout.ParameterCount];
        foreach (ParameterInfo p in layout.Parameters)
        {
            file.Shape(p.Name).ShouldBe(p.Shape, p.Name);
            Array.ConvertAll(file[p.Name], TNumber.CreateChecked).CopyTo(parameters, p.Offset);
            file[$"grad.{p.Name}"].CopyTo(expected, p.Offset);
        }

        file.Names.Count(n => n.StartsWith("grad.", StringComparison.Ordinal)).ShouldBe(layout.Parameters.Count);
        TModel model = TModel.Create(0);
        model.SetParameters(parameters);
        TInput[] inputs = Array.ConvertAll(file["inputs"], TInput.CreateChecked);
        TTarget[] targets = Array.ConvertAll(file["targets"], TTarget.CreateChecked);
        int[] lengths = Array.ConvertAll(file["lengths"], l => (int)l);
        TNumber loss = model.ComputeGradients(inputs, targets, lengths.Length, gradients, lengths);
        double.CreateChecked(loss).ShouldBe(file["loss"][0], lossTolerance * Math.Max(1, file["loss"][0]));
        gradients.ShouldBeNear(expected, layout, tolerance, typeof(TNumber).Name);
    }
}
