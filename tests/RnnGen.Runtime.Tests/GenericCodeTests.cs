using System.Numerics;
using RnnGen.Trainee;

namespace RnnGen.Runtime.Tests;

/// <summary>Code that is written for any model trains and measures it without a type argument.</summary>
public sealed class GenericCodeTests
{
    private static readonly SequenceDataset<double, double> s_data =
        SequenceDataset.FromArrays([.. Enumerable.Range(0, 40).Select(i => Math.Sin(i))], [.. Enumerable.Range(0, 20).Select(i => Math.Cos(i))], 20);

    private static FitOptions Options => new() { Epochs = 2, Optimizer = new Adam(0.05) };

    [Fact]
    public void TypeArgumentsAreInferredFromTheModelItself()
    {
        LinearModel model = new(), expected = new();
        TrainingResult result = model.Fit(s_data, s_data, Options, CancellationToken.None), same = TrainingLoop.Fit<LinearModel, double, double, double>(expected, s_data, s_data, Options, default);
        result.Epochs.Select(e => e.ValidationLoss).ShouldBe(same.Epochs.Select(e => e.ValidationLoss));
        model.Evaluate(s_data).ShouldBe(TrainingLoop.Evaluate<LinearModel, double, double, double>(expected, s_data));
        model.Evaluate(s_data, carryState: false).Loss.ShouldBe(result.Best.ValidationLoss!.Value);
        new LinearModel().Fit(s_data).Epochs.Count.ShouldBe(10);
    }

    [Fact]
    public void TypeArgumentsAreInferredFromAConstraint()
    {
        (double hand, LinearModel trained) = Score<LinearModel>(s_data);
        hand.ShouldBe(trained.Evaluate(s_data).Loss);

        // A generated model has members of its own: the same results.
        ModelLayout layout = TraineeModel.Layout;
        Random random = new(1);
        float[] Draw(int length) => [.. Enumerable.Range(0, length).Select(_ => random.NextSingle() - 0.5f)];
        SequenceDataset<float, float> data = SequenceDataset.FromArrays(Draw(20 * layout.InputLength), Draw(20 * layout.TargetLength), 20);
        (double loss, TraineeModel generic) = Score(new TraineeModel(1), data);
        TraineeModel own = new(1);
        own.Fit(data, options: Options);
        generic.Parameters.ToArray().ShouldBe(own.Parameters.ToArray());
        loss.ShouldBe(own.Evaluate(data).Loss);
    }

    [Fact]
    public void AWrapperIsNoModel()
    {
        IRnnModel<LinearModel, double, double, double> model = new LinearModel();
        model.Evaluate(s_data).Count.ShouldBe(20);
        Should.Throw<ArgumentNullException>(() => ((LinearModel)null!).Fit(s_data));
    }

    // As a sweep over declarations has it: number types are known, the model is not.
    private static (double Loss, TModel Model) Score<TModel>(SequenceDataset<double, double> data) where TModel : IRnnModel<TModel, double, double, double>
    {
        TModel model = TModel.Create(1);
        model.Fit(data, options: Options);
        return (model.Evaluate(data).Loss, model);
    }

    private static (double Loss, TModel Model) Score<TModel, TNumber, TInput, TTarget>(IRnnModel<TModel, TNumber, TInput, TTarget> model, SequenceSource<TInput, TTarget> data)
        where TModel : IRnnModel<TModel, TNumber, TInput, TTarget>
        where TNumber : unmanaged, IBinaryFloatingPointIeee754<TNumber>
        where TInput : unmanaged
        where TTarget : unmanaged
    {
        model.Fit(data, options: Options);
        return (model.Evaluate(data).Loss, (TModel)model);
    }
}
