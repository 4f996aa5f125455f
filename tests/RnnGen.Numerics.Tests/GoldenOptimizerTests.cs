using Shouldly;
using Xunit;

namespace RnnGen.Numerics.Tests;

/// <summary>Twenty steps of each optimiser, in double, against PyTorch's parameters within 1e-9.</summary>
public class GoldenOptimizerTests
{
    private const double Tolerance = 1e-9;

    public static TheoryData<string> Names => [.. GoldenFile.In("optimizers")];

    [Theory]
    [MemberData(nameof(Names))]
    public void Twenty_steps_end_at_PyTorchs_parameters(string name)
    {
        GoldenFile file = GoldenFile.Open("optimizers", name);
        OptimizedLstm model = Golden.Load<OptimizedLstm, double, double>(file);
        int count = file.Shape("inputs")[0];
        double[] losses = file["losses"];
        losses.Length.ShouldBe(20);

        Optimizer optimizer = Make(name);
        for (int step = 1; step <= losses.Length; step++)
        {
            model.TrainStep(file["inputs"], file["targets"], count, optimizer).ShouldBe(losses[step - 1], Tolerance, $"loss before step {step}");
            if (step is 1 or 20)
                foreach (ParameterInfo p in OptimizedLstm.Layout.Parameters)
                    Golden.ShouldBeNear(model.Parameters.Slice(p.Offset, p.Length), file[$"after{step}.{p.Name}"], Tolerance, $"{p.Name} after step {step}");
        }
    }

    [Fact]
    public void Gradients_applied_separately_give_the_same_as_a_training_step()
    {
        GoldenFile file = GoldenFile.Open("optimizers", "adam_clip_norm");
        OptimizedLstm model = Golden.Load<OptimizedLstm, double, double>(file);
        int count = file.Shape("inputs")[0];
        double[] gradients = new double[OptimizedLstm.Layout.ParameterCount];

        Optimizer optimizer = Make("adam_clip_norm");
        for (int step = 1; step <= 20; step++)
        {
            model.ComputeGradients(file["inputs"], file["targets"], count, gradients);
            model.ApplyGradients(gradients, optimizer);
        }

        foreach (ParameterInfo p in OptimizedLstm.Layout.Parameters)
            Golden.ShouldBeNear(model.Parameters.Slice(p.Offset, p.Length), file[$"after20.{p.Name}"], Tolerance, p.Name);
    }

    /// <summary>The settings of the table <c>OPTIMIZERS</c> in <c>tests/golden/make_golden.py</c>; what is not set there is the default here too.</summary>
    private static Optimizer Make(string name) => name switch
    {
        "sgd" => new Sgd(0.1),
        "sgd_momentum" => new Sgd(0.05) { Momentum = 0.9 },
        "sgd_nesterov" => new Sgd(0.05) { Momentum = 0.9, Nesterov = true },
        "sgd_weight_decay" => new Sgd(0.05) { Momentum = 0.8, WeightDecay = 0.1 },
        "sgd_clip_norm" => new Sgd(0.1) { ClipNorm = 0.2 },
        "rmsprop" => new RmsProp(0.01),
        "rmsprop_centered" => new RmsProp(0.01) { Alpha = 0.9, Epsilon = 1e-6, Centered = true },
        "rmsprop_momentum" => new RmsProp(0.002) { Momentum = 0.9, WeightDecay = 0.05 },
        "rmsprop_centered_momentum" => new RmsProp(0.002) { Momentum = 0.5, Centered = true },
        "adagrad" => new Adagrad(0.1),
        "adagrad_weight_decay" => new Adagrad(0.1) { WeightDecay = 0.1 },
        "adam" => new Adam(0.01),
        "adam_betas" => new Adam(0.02) { Beta1 = 0.8, Beta2 = 0.95, Epsilon = 1e-6 },
        "adam_weight_decay" => new Adam(0.01) { WeightDecay = 0.1 },
        "adamw" => new AdamW(0.01) { WeightDecay = 0.1 },
        "adam_clip_norm" => new Adam(0.01) { ClipNorm = 0.2 },
        "adam_clip_value" => new Adam(0.01) { ClipValue = 0.05 },
        _ => throw new ArgumentException($"tests/golden/optimizers holds '{name}', for which no settings stand here."),
    };
}
