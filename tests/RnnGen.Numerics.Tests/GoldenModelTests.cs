using System.Numerics;
using System.Reflection;
using System.Runtime.CompilerServices;
using Shouldly;
using Xunit;

namespace RnnGen.Numerics.Tests;

/// <summary>
/// Outputs, losses and gradients against PyTorch's: in double within 1e-10, in float outputs and losses within 1e-5
/// and gradients within 1e-4 of each tensor's norm. Each test is named as its file in <c>tests/golden/models</c>.
/// </summary>
public class GoldenModelTests
{
    [Fact] public void Rnn_tanh_last_mse() => Numbers<RnnTanhLastMse, RnnTanhLastMseFloat>();
    [Fact] public void Rnn_relu_last_mse() => Numbers<RnnReluLastMse, RnnReluLastMseFloat>();
    [Fact] public void Lstm_last_mse() => Numbers<LstmLastMse, LstmLastMseFloat>();
    [Fact] public void Gru_last_mse() => Numbers<GruLastMse, GruLastMseFloat>();
    [Fact] public void Rnn_tanh_each_crossentropy() => Classes<RnnTanhEachCrossentropy, RnnTanhEachCrossentropyFloat>();
    [Fact] public void Rnn_relu_each_crossentropy() => Classes<RnnReluEachCrossentropy, RnnReluEachCrossentropyFloat>();
    [Fact] public void Lstm_each_crossentropy() => Classes<LstmEachCrossentropy, LstmEachCrossentropyFloat>();
    [Fact] public void Gru_each_crossentropy() => Classes<GruEachCrossentropy, GruEachCrossentropyFloat>();
    [Fact] public void Lstm_one_step_last_mse() => Numbers<LstmOneStepLastMse, LstmOneStepLastMseFloat>();
    [Fact] public void Gru_one_step_each_crossentropy() => Classes<GruOneStepEachCrossentropy, GruOneStepEachCrossentropyFloat>();
    [Fact] public void Stack_last_mse() => Numbers<StackLastMse, StackLastMseFloat>();
    [Fact] public void Stack_each_crossentropy() => Classes<StackEachCrossentropy, StackEachCrossentropyFloat>();
    [Fact] public void Lstm_stack_last_huber() => Numbers<LstmStackLastHuber, LstmStackLastHuberFloat>();
    [Fact] public void Dense_before_lstm_last_mse() => Numbers<DenseBeforeLstmLastMse, DenseBeforeLstmLastMseFloat>();
    [Fact] public void Dense_between_and_after_gru_last_mse() => Numbers<DenseBetweenAndAfterGruLastMse, DenseBetweenAndAfterGruLastMseFloat>();
    [Fact] public void Dense_around_rnn_each_mse() => Numbers<DenseAroundRnnEachMse, DenseAroundRnnEachMseFloat>();
    [Fact] public void Lstm_last_mae() => Numbers<LstmLastMae, LstmLastMaeFloat>();
    [Fact] public void Gru_each_mae() => Numbers<GruEachMae, GruEachMaeFloat>();
    [Fact] public void Rnn_last_huber() => Numbers<RnnLastHuber, RnnLastHuberFloat>();
    [Fact] public void Lstm_each_huber() => Numbers<LstmEachHuber, LstmEachHuberFloat>();
    [Fact] public void Gru_last_crossentropy() => Classes<GruLastCrossentropy, GruLastCrossentropyFloat>();
    [Fact] public void Lstm_last_bce() => Numbers<LstmLastBce, LstmLastBceFloat>();
    [Fact] public void Rnn_each_bce() => Numbers<RnnEachBce, RnnEachBceFloat>();
    [Fact] public void Lstm_last_mse_tanh() => Numbers<LstmLastMseTanh, LstmLastMseTanhFloat>();
    [Fact] public void Gru_each_huber_sigmoid() => Numbers<GruEachHuberSigmoid, GruEachHuberSigmoidFloat>();
    [Fact] public void Lstm_mean_mse() => Numbers<LstmMean, LstmMeanFloat>();
    [Fact] public void Gru_max_dense_crossentropy() => Classes<GruMaxDense, GruMaxDenseFloat>();

    [Fact]
    public void Each_file_has_its_test()
    {
        string[] tests = [.. typeof(GoldenModelTests).GetMethods()
            .Where(m => m.GetCustomAttribute<FactAttribute>() is not null && m.Name != nameof(Each_file_has_its_test))
            .Select(m => m.Name.ToLowerInvariant()).Order(StringComparer.Ordinal)];
        GoldenFile.In("models").ShouldBe(tests);
    }

    /// <summary>Checks a model whose targets are numbers.</summary>
    private static void Numbers<TDouble, TSingle>([CallerMemberName] string test = "")
        where TDouble : IRnnModel<TDouble, double, double, double>
        where TSingle : IRnnModel<TSingle, float, float, float>
    {
        GoldenFile file = GoldenFile.Open("models", test.ToLowerInvariant());
        Check<TDouble, double, double>(file, tolerance: 1e-10, gradientTolerance: 1e-10);
        Check<TSingle, float, float>(file, tolerance: 1e-5, gradientTolerance: 1e-4);
    }

    /// <summary>Checks a model whose targets are classes.</summary>
    private static void Classes<TDouble, TSingle>([CallerMemberName] string test = "")
        where TDouble : IRnnModel<TDouble, double, double, int>
        where TSingle : IRnnModel<TSingle, float, float, int>
    {
        GoldenFile file = GoldenFile.Open("models", test.ToLowerInvariant());
        Check<TDouble, double, int>(file, tolerance: 1e-10, gradientTolerance: 1e-10);
        Check<TSingle, float, int>(file, tolerance: 1e-5, gradientTolerance: 1e-4);
    }

    private static void Check<TModel, TNumber, TTarget>(GoldenFile file, double tolerance, double gradientTolerance)
        where TModel : IRnnModel<TModel, TNumber, TNumber, TTarget>
        where TNumber : unmanaged, IBinaryFloatingPointIeee754<TNumber>
        where TTarget : unmanaged, INumberBase<TTarget>
    {
        TModel model = Golden.Load<TModel, TNumber, TTarget>(file);
        TNumber[] inputs = Golden.Convert<TNumber>(file["inputs"]);
        TTarget[] targets = Golden.Convert<TTarget>(file["targets"]);
        int count = file.Shape("inputs")[0];
        double loss = file["loss"][0];

        TNumber[] outputs = Golden.NotANumber<TNumber>(count * TModel.Layout.OutputLength);
        model.PredictBatch(inputs, outputs, count);
        Golden.ShouldBeNear(outputs, file["outputs"], tolerance, $"{TModel.Layout.ModelName}: outputs of {count}");

        TNumber[] one = Golden.NotANumber<TNumber>(outputs.Length);
        for (int i = 0; i < count; i++)
            model.PredictBatch(
                inputs.AsSpan(i * TModel.Layout.InputLength, TModel.Layout.InputLength),
                one.AsSpan(i * TModel.Layout.OutputLength, TModel.Layout.OutputLength), 1);
        Golden.ShouldBeNear(one, file["outputs"], tolerance, $"{TModel.Layout.ModelName}: outputs one by one");

        double.CreateChecked(model.ComputeLoss(inputs, targets, count)).ShouldBe(loss, tolerance, $"{TModel.Layout.ModelName}: ComputeLoss");

        TNumber[] gradients = Golden.NotANumber<TNumber>(TModel.Layout.ParameterCount);
        double.CreateChecked(model.ComputeGradients(inputs, targets, count, gradients)).ShouldBe(loss, tolerance, $"{TModel.Layout.ModelName}: loss of ComputeGradients");
        foreach (ParameterInfo parameter in TModel.Layout.Parameters)
        {
            double[] expected = file["grad." + parameter.Name];
            double error = Golden.Distance(gradients.AsSpan(parameter.Offset, parameter.Length), expected);
            double norm = Math.Sqrt(expected.Sum(g => g * g));
            error.ShouldBeLessThanOrEqualTo(gradientTolerance * norm, $"{TModel.Layout.ModelName}: gradient of {parameter.Name}, norm {norm}");
        }
    }
}
