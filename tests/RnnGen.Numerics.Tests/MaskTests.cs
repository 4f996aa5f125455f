using Shouldly;
using Xunit;

namespace RnnGen.Numerics.Tests;

/// <summary>Targets that are missing leave numerator and denominator of the mean.</summary>
public class MaskTests
{
    private const int Count = 7;

    private static readonly int[] s_lengths = [5, 2, 4, 5, 1, 3, 5];

    private static double[] Inputs<TModel>() where TModel : notnull
    {
        Random random = new(1);
        return [.. Enumerable.Range(0, Count * 15).Select(_ => 2 * random.NextDouble() - 1)];
    }

    private static int[] Classes()
    {
        Random random = new(2);
        return [.. Enumerable.Range(0, Count * 5).Select(_ => random.Next(-1, 4))];
    }

    private static double[] Numbers(int count, double scale)
    {
        Random random = new(3);
        return [.. Enumerable.Range(0, count).Select(_ => random.Next(3) == 0 ? double.NaN : scale * random.NextDouble())];
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_loss_is_the_mean_over_the_classes_that_are_there(bool haveLengths)
    {
        MaskedClasses model = new(1);
        double[] inputs = Inputs<MaskedClasses>(), probabilities = new double[20];
        int[] targets = Classes(), lengths = haveLengths ? s_lengths : [];
        double sum = 0;
        int present = 0;
        for (int i = 0; i < Count; i++)
        {
            int length = haveLengths ? s_lengths[i] : 5;
            model.PredictProbabilities(inputs.AsSpan(i * 15, length * 3), probabilities, length);
            for (int t = 0; t < length; t++)
                if (targets[i * 5 + t] is >= 0 and var target)
                {
                    sum -= Math.Log(probabilities[t * 4 + target]);
                    present++;
                }
        }

        present.ShouldBeLessThan(haveLengths ? s_lengths.Sum() : Count * 5);
        model.ComputeLoss(inputs, targets, Count, lengths).ShouldBe(sum / present, 1e-13);
        Evaluation evaluation = model.Evaluate(SequenceDataset.FromArrays(inputs, targets, Count, haveLengths ? s_lengths : null));
        evaluation.Loss.ShouldBe(sum / present, 1e-13);
        (evaluation.Accuracy!.Value * present).ShouldBe(Math.Round(evaluation.Accuracy.Value * present), 1e-9);
    }

    [Fact]
    public void Numbers_are_compared_where_there_is_one()
    {
        MaskedNumbers model = new(1);
        double[] inputs = Inputs<MaskedNumbers>(), targets = Numbers(Count * 10, 3);
        double[] outputs = new double[Count * 10];
        model.PredictBatch(inputs, outputs, Count);
        double[] differences = [.. outputs.Zip(targets, (y, t) => y - t).Where(d => !double.IsNaN(d))];
        model.ComputeLoss(inputs, targets, Count).ShouldBe(differences.Average(d => Math.Abs(d) <= 1 ? d * d / 2 : Math.Abs(d) - 0.5), 1e-13);
        Evaluation evaluation = model.Evaluate(SequenceDataset.FromArrays(inputs, targets, Count));
        evaluation.Mae!.Value.ShouldBe(differences.Average(Math.Abs), 1e-13);
        evaluation.Rmse!.Value.ShouldBe(Math.Sqrt(differences.Average(d => d * d)), 1e-13);
    }

    [Fact]
    public void Gradients_match_a_five_point_stencil()
    {
        Check<MaskedClasses, int>(Inputs<MaskedClasses>(), Classes());
        Check<MaskedNumbers, double>(Inputs<MaskedNumbers>(), Numbers(Count * 10, 3));
        Check<MaskedLabels, double>(Inputs<MaskedLabels>(), Numbers(Count * 3, 1));
    }

    private static void Check<TModel, TTarget>(double[] inputs, TTarget[] targets)
        where TModel : IRnnModel<TModel, double, double, TTarget>
        where TTarget : unmanaged
    {
        TModel model = TModel.Create(1), probe = TModel.Create(0);
        double[] gradients = new double[TModel.Layout.ParameterCount], shifted = model.Parameters.ToArray();
        model.ComputeGradients(inputs, targets, Count, gradients, s_lengths);
        foreach (ParameterInfo p in TModel.Layout.Parameters)
        {
            new Stencil((direction, step) =>
            {
                for (int i = 0; i < p.Length; i++)
                    shifted[p.Offset + i] = model.Parameters[p.Offset + i] + step * direction[i];
                probe.SetParameters(shifted);
                return probe.ComputeLoss(inputs, targets, Count, s_lengths);
            }, hasKinks: false).CheckDirections(gradients[p.Offset..(p.Offset + p.Length)], p.Name);
            model.Parameters.CopyTo(shifted);
        }
    }

    [Fact]
    public void Where_no_target_is_there_is_no_loss()
    {
        MaskedClasses model = new(1);
        double[] inputs = Inputs<MaskedClasses>(), gradients = new double[MaskedClasses.ParameterCount];
        int[] none = [.. Enumerable.Repeat(-1, Count * 5)];
        model.ComputeLoss(inputs, none, Count).ShouldBe(double.NaN);
        model.ComputeGradients(inputs, none, Count, gradients).ShouldBe(double.NaN);
        gradients.ShouldAllBe(g => g == 0);
        model.Fit(SequenceDataset.FromArrays(inputs, none, Count), options: new FitOptions { Epochs = 1 }).Epochs[0].TrainingLoss.ShouldBe(double.NaN);
        Should.Throw<ArgumentOutOfRangeException>(() => model.ComputeLoss(inputs, [.. none[..^1], -2], Count)).Message.ShouldContain("-2");
        Should.Throw<ArgumentOutOfRangeException>(() => model.ComputeLoss(inputs, [.. none[..^1], 4], Count));
        Should.Throw<ArgumentOutOfRangeException>(() => new MaskedLabels(1).ComputeLoss(inputs, [.. Enumerable.Repeat(2.0, Count * 3)], Count));
    }

    // Momentum and a decay would move the parameters by a gradient of 0.
    [Fact]
    public void Where_no_target_is_there_no_step_is_taken()
    {
        MaskedClasses model = new(1);
        Adam optimizer = new(1e-2) { WeightDecay = 0.1 };
        double[] inputs = Inputs<MaskedClasses>();
        model.TrainStep(inputs, [.. Enumerable.Repeat(1, Count * 5)], Count, optimizer);
        double[] parameters = model.Parameters.ToArray();
        double? norm = optimizer.GradientNorm;
        model.TrainStep(inputs, [.. Enumerable.Repeat(-1, Count * 5)], Count, optimizer).ShouldBe(double.NaN);
        model.Parameters.ToArray().ShouldBe(parameters);
        (optimizer.StepCount, optimizer.GradientNorm).ShouldBe((1, norm));

        // A window without a target carries its states on all the same.
        BatchState<double> state = model.CreateBatchState(Count), expected = model.CreateBatchState(Count);
        model.TrainStep(inputs, [.. Enumerable.Repeat(-1, Count * 5)], Count, optimizer, state).ShouldBe(double.NaN);
        model.ComputeLoss(inputs, [.. Enumerable.Repeat(1, Count * 5)], Count, expected);
        for (int i = 0; i < Count; i++)
            state[i].ToArray().ShouldBe(expected[i].ToArray());
        model.Parameters.ToArray().ShouldBe(parameters);
    }
}
