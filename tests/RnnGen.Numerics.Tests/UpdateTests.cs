using System.Numerics;
using System.Runtime.InteropServices;
using RnnGen.TestModels;
using RnnGen.Tests;
using Shouldly;
using Xunit;

namespace RnnGen.Numerics.Tests;

/// <summary>An update goes through the parameters in blocks, which threads share, and packs each block behind it: the bits are those of one thread, and the packs those of the parameters.</summary>
public class UpdateTests
{
    private const int Count = 21;

    public static TheoryData<string> Optimizers => [.. ShippedOptimizers.Names, "a user's own"];

    [Theory, MemberData(nameof(Optimizers))]
    public void Threads_share_an_update_to_the_same_bits(string optimizer)
    {
        Check<SharedUpdate, float, float, float>(optimizer, i => MathF.Sin(i), i => MathF.Cos(i));
        Check<SharedUpdateInDouble, double, double, double>(optimizer, i => Math.Sin(i), i => Math.Cos(i));
        Check<SharedUpdateOfTokens, float, int, float>(optimizer, i => i * 13 % 300, i => MathF.Cos(i));
    }

    /// <summary>A step is a gradient and its application, to the bit: both take the norm in the same order.</summary>
    [Theory, InlineData(1), InlineData(3)]
    public void A_step_is_a_gradient_and_its_application(int threads)
    {
        (float[] inputs, float[] targets) = ([.. Draw(Count * SharedUpdate.Layout.InputLength)], [.. Draw(Count * SharedUpdate.Layout.TargetLength)]);
        SharedUpdate atOnce = new(3) { Threads = threads }, apart = new(3);
        Adam one = new(1e-2) { ClipNorm = 0.01 }, two = new(1e-2) { ClipNorm = 0.01 };
        float[] gradients = new float[SharedUpdate.ParameterCount];
        for (int step = 0; step < 3; step++)
        {
            float loss = atOnce.TrainStep(inputs, targets, Count, one);
            apart.ComputeGradients(inputs, targets, Count, gradients).ShouldBe(loss);
            apart.ApplyGradients(gradients, two);
            two.GradientNorm.ShouldBe(one.GradientNorm);
            MemoryMarshal.AsBytes(apart.Parameters).ToArray().ShouldBe(MemoryMarshal.AsBytes(atOnce.Parameters).ToArray());
        }

        static IEnumerable<float> Draw(int count) => Enumerable.Range(0, count).Select(i => MathF.Sin(i * 0.7f));
    }

    private static void Check<TModel, TNumber, TInput, TTarget>(string optimizer, Func<int, TInput> input, Func<int, TTarget> target)
        where TModel : IRnnModel<TModel, TNumber, TInput, TTarget>
        where TNumber : unmanaged, IBinaryFloatingPointIeee754<TNumber>
        where TInput : unmanaged
        where TTarget : unmanaged
    {
        TInput[] inputs = [.. Enumerable.Range(0, Count * TModel.Layout.InputLength).Select(input)];
        TTarget[] targets = [.. Enumerable.Range(0, Count * TModel.Layout.TargetLength).Select(target)];
        byte[] expected = Train(1);
        foreach (int threads in (int[])[2, 3, 7])
            Train(threads).ShouldBe(expected, $"{typeof(TModel).Name}, {optimizer}, {threads} threads");

        byte[] Train(int threads)
        {
            TModel model = TModel.Create(3).With(threads: threads);
            Optimizer rule = optimizer == "a user's own" ? new SignDescent() : ShippedOptimizers.Create(optimizer, 1e-3);
            (rule.ClipNorm, rule.WeightDecay) = (0.1, 1e-4);
            for (int step = 0; step < 3; step++)
                model.TrainStep(inputs, targets, Count, rule);

            TModel fresh = TModel.Create(4);
            fresh.SetParameters(model.Parameters);
            Outputs(model).ShouldBe(Outputs(fresh), "the packs are those of the parameters");
            Gradient(model).ShouldBe(Gradient(fresh), "and so are those that the backward pass reads");
            return MemoryMarshal.AsBytes(model.Parameters).ToArray();
        }

        TNumber[] Outputs(TModel model)
        {
            TNumber[] outputs = new TNumber[Count * TModel.Layout.OutputLength];
            model.PredictBatch(inputs, outputs, Count);
            return outputs;
        }

        TNumber[] Gradient(TModel model)
        {
            TNumber[] gradients = new TNumber[TModel.Layout.ParameterCount];
            model.ComputeGradients(inputs, targets, Count, gradients);
            return gradients;
        }
    }

    private sealed class SignDescent() : Optimizer(1e-3)
    {
        protected override int MomentCount => 0;

        protected override void Step<T>(in OptimizerStep<T> step)
        {
            foreach (ParameterSegment segment in step.Segments)
                for (int i = segment.Offset; i < segment.End; i++)
                    step.Parameters[i] -= T.CreateTruncating(LearningRate * T.Sign(step.Gradient(i)));
        }
    }
}
