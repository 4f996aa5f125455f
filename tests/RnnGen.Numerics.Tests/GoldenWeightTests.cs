using System.Numerics;
using System.Reflection;
using Shouldly;
using Xunit;

namespace RnnGen.Numerics.Tests;

/// <summary>
/// Weighted losses and their gradients against PyTorch's: CrossEntropyLoss(weight=…), weighted means of squared errors, and CTCLoss(zero_infinity=True), with sequences of different length and missing targets;
/// in double within 1e-10, and where there is a twin in float within 1e-5 and 1e-4 of each tensor's norm. A file bears its model's name.
/// </summary>
public class GoldenWeightTests
{
    private const string Infeasible = "Infeasible";

    public static TheoryData<string> Files => [.. GoldenFile.In("weights")];

    [Theory, MemberData(nameof(Files))]
    public void Numbers_are_PyTorchs(string name)
    {
        Assembly models = typeof(TestModels.Labelling).Assembly;
        Check(models.GetType($"RnnGen.TestModels.{name}")!, name);
        if (models.GetType($"RnnGen.TestModels.{name}Float") is { } twin)
            Check(twin, name);
    }

    private static void Check(Type model, string name)
    {
        Type[] arguments = model.GetInterfaces().Single(i => i.Name.StartsWith("IRnnModel", StringComparison.Ordinal)).GetGenericArguments();
        typeof(GoldenWeightTests).GetMethod(nameof(CheckModel), BindingFlags.NonPublic | BindingFlags.Static)!
            .MakeGenericMethod(arguments).Invoke(null, BindingFlags.DoNotWrapExceptions, null, [name], null);
    }

    private static void CheckModel<TModel, TNumber, TInput, TTarget>(string name)
        where TModel : IRnnModel<TModel, TNumber, TInput, TTarget>
        where TNumber : unmanaged, IBinaryFloatingPointIeee754<TNumber>
        where TInput : unmanaged, INumberBase<TInput>
        where TTarget : unmanaged, INumberBase<TTarget>
    {
        (double lossTolerance, double tolerance) = typeof(TNumber) == typeof(double) ? (1e-11, 1e-10) : (1e-5, 1e-4);
        GoldenFile weighted = GoldenFile.Open("weights", name), plain = GoldenFile.Open("architectures", name.Replace(Infeasible, "", StringComparison.Ordinal));
        ModelLayout layout = TModel.Layout;
        TNumber[] parameters = new TNumber[layout.ParameterCount], gradients = new TNumber[layout.ParameterCount];
        double[] expected = new double[layout.ParameterCount];
        foreach (ParameterInfo p in layout.Parameters)
        {
            Array.ConvertAll(plain[p.Name], TNumber.CreateChecked).CopyTo(parameters, p.Offset);
            weighted[$"grad.{p.Name}"].CopyTo(expected, p.Offset);
        }

        TModel model = TModel.Create(0);
        model.SetParameters(parameters);
        GoldenFile data = weighted.Names.Contains("targets") ? weighted : plain;
        TTarget[] targets = Array.ConvertAll(data["targets"], TTarget.CreateChecked);
        int[] lengths = Array.ConvertAll(data["lengths"], l => (int)l);
        TrainingBatch<TInput, TTarget> batch = new()
        {
            Inputs = Array.ConvertAll(plain["inputs"], TInput.CreateChecked), Targets = targets, Count = lengths.Length, Lengths = lengths,
            Weights = weighted.Names.Contains("weights") ? Weights(weighted, targets, layout) : [],
        };
        TNumber loss = model.ComputeGradients(batch, gradients);
        double.CreateChecked(loss).ShouldBe(weighted["loss"][0], lossTolerance * Math.Max(1, weighted["loss"][0]));
        double.CreateChecked(model.ComputeLoss(batch)).ShouldBe(weighted["loss"][0], lossTolerance * Math.Max(1, weighted["loss"][0]));
        gradients.ShouldBeNear(expected, layout, tolerance, typeof(TNumber).Name);
        CheckFit<TModel, TNumber, TInput, TTarget>(name, parameters, expected, tolerance);
    }

    // One weight for each class, sequence or step.
    private static float[] Weights<TTarget>(GoldenFile file, TTarget[] targets, ModelLayout layout) where TTarget : unmanaged, INumberBase<TTarget>
    {
        float[] weights = Array.ConvertAll(file["weights"], w => (float)w);
        return layout.ClassCount == 0 ? weights : Array.ConvertAll(targets, target => target == -TTarget.One ? 0 : weights[int.CreateChecked(target)]);
    }

    // A step of size 1 moves the parameters by the gradient.
    private static void CheckFit<TModel, TNumber, TInput, TTarget>(string name, TNumber[] parameters, double[] expected, double tolerance)
        where TModel : IRnnModel<TModel, TNumber, TInput, TTarget>
        where TNumber : unmanaged, IBinaryFloatingPointIeee754<TNumber>
        where TInput : unmanaged, INumberBase<TInput>
        where TTarget : unmanaged, INumberBase<TTarget>
    {
        if (typeof(TNumber) != typeof(double) || TModel.Layout.ClassCount == 0 || TModel.Layout.LabelLength > 0)
            return;

        GoldenFile weighted = GoldenFile.Open("weights", name), plain = GoldenFile.Open("architectures", name);
        int[] lengths = Array.ConvertAll(plain["lengths"], l => (int)l);
        TModel model = TModel.Create(0);
        model.SetParameters(parameters);
        model.Fit(
            SequenceDataset.FromArrays(Array.ConvertAll(plain["inputs"], TInput.CreateChecked), Array.ConvertAll(plain["targets"], TTarget.CreateChecked), lengths.Length, lengths),
            options: new FitOptions { Epochs = 1, BatchSize = lengths.Length, Optimizer = new Sgd(1), ClassWeights = ClassWeights.Of(weighted["weights"]) });
        TNumber[] moved = [.. parameters.Zip(model.Parameters.ToArray(), (before, after) => before - after)];
        moved.ShouldBeNear(expected, TModel.Layout, 10 * tolerance, "after a step");
    }
}
