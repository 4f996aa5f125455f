using RnnGen.Trainee;

namespace RnnGen.Runtime.Tests;

/// <summary>A batch larger than the model's runs in groups: their gradients are accumulated, and the update is that of the whole batch.</summary>
public sealed class AccumulationTests
{
    [Fact]
    public void ALargeBatchIsOneUpdateWithTheMeanOfItsGroups()
    {
        const int count = 10, size = CarryingModel.BatchSize;
        Random random = new(4);
        double[] inputs = [.. Enumerable.Range(0, count * CarryingModel.Layout.InputLength).Select(_ => random.NextDouble() - 0.5)];
        double[] targets = [.. Enumerable.Range(0, count * CarryingModel.Layout.TargetLength).Select(_ => random.NextDouble() - 0.5)];
        CarryingModel byHand = new(1), fitted = new(1);

        // Groups of 4, 4 and 2 sequences, each weighted with its sequences.
        double[] sum = new double[CarryingModel.ParameterCount], gradient = new double[sum.Length];
        for (int first = 0; first < count; first += size)
        {
            int group = Math.Min(size, count - first);
            byHand.ComputeGradients(
                inputs.AsSpan(first * CarryingModel.Layout.InputLength, group * CarryingModel.Layout.InputLength),
                targets.AsSpan(first * CarryingModel.Layout.TargetLength, group * CarryingModel.Layout.TargetLength), group, gradient);
            for (int i = 0; i < sum.Length; i++)
            {
                sum[i] += gradient[i] * group / count;
            }
        }

        byHand.ApplyGradients(sum, new Sgd(0.5) { ClipNorm = 0.1 });
        Sgd optimizer = new(0.5) { ClipNorm = 0.1 };
        fitted.Fit(SequenceDataset.FromArrays(inputs, targets, count), options: new FitOptions { Epochs = 1, BatchSize = count, Shuffle = false, Optimizer = optimizer });
        optimizer.StepCount.ShouldBe(1);
        optimizer.GradientNorm.ShouldNotBeNull().ShouldBe(Math.Sqrt(sum.Sum(g => g * g)), 1e-12);
        fitted.Parameters.ToArray().ShouldBe(byHand.Parameters.ToArray(), 1e-14);
        fitted.Parameters.ToArray().ShouldNotBe(new CarryingModel(1).Parameters.ToArray());
    }
}
