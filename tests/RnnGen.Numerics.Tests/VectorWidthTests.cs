using System.Numerics;
using RnnGen.Tests;
using Shouldly;
using Xunit;

namespace RnnGen.Numerics.Tests;

/// <summary>
/// Every vector width gives the same outputs, losses, gradients and streamed steps within 1e-5, in double within 1e-12.
/// All three run on every machine; what it lacks is emulated.
/// </summary>
public class VectorWidthTests
{
    public static TheoryData<string> Models => DeclaredModels.All;

    [Theory, MemberData(nameof(Models))]
    public void Every_width_gives_the_same(string model) => DeclaredModels.Run(model, new WidthCheck());

    [Fact]
    public void A_model_starts_with_the_widest_and_keeps_what_it_is_told()
    {
        AddingLstm model = new(1);
        model.VectorWidth.ShouldBe(VectorWidths.Default);
        VectorWidths.Default.ShouldBe(VectorWidths.Widest);
        foreach (VectorWidth width in Members.Widths)
        {
            model.VectorWidth = width;
            model.VectorWidth.ShouldBe(width);
            model.Clone().VectorWidth.ShouldBe(width);
        }

        Should.Throw<ArgumentOutOfRangeException>(() => model.VectorWidth = (VectorWidth)64);
        model.VectorWidth.ShouldBe(VectorWidth.V512);
    }

    private sealed class WidthCheck : IModelCheck
    {
        public void Run<TModel, TNumber, TTarget>()
            where TModel : IRnnModel<TModel, TNumber, TNumber, TTarget>
            where TNumber : unmanaged, IBinaryFloatingPointIeee754<TNumber>
            where TTarget : unmanaged, INumberBase<TTarget>
        {
            ModelLayout layout = TModel.Layout;
            double tolerance = typeof(TNumber) == typeof(double) ? 1e-12 : 1e-5;
            var sample = Sample<TNumber, TTarget>.Draw<TModel>(Math.Min(layout.BatchSize + 1, 10));
            var expected = Measure(VectorWidth.V128);
            double size = Math.Max(1, expected.Outputs.Max(Math.Abs));
            foreach (VectorWidth width in (VectorWidth[])[VectorWidth.V256, VectorWidth.V512])
            {
                var found = Measure(width);
                found.Loss.ShouldBe(expected.Loss, tolerance * Math.Max(1, Math.Abs(expected.Loss)), $"{width}: loss");
                Golden.ShouldBeNear<double>(found.Outputs, expected.Outputs, tolerance * size, $"{width}: outputs");
                Golden.ShouldBeNear<double>(found.Streamed, expected.Streamed, tolerance * size, $"{width}: streamed");
                found.Gradients.ShouldBeNear(expected.Gradients, layout, tolerance, $"{width}");
            }

            (double Loss, double[] Outputs, double[] Streamed, double[] Gradients) Measure(VectorWidth width)
            {
                TModel model = Sample.Model<TModel, TNumber, TTarget>().With(width);
                Stream<TNumber>? stream = Members.Streams(typeof(TModel)) ? model.CreateStream<TModel, TNumber>() : null;
                int inputSize = DeclaredModels.Declaration<TModel>().InputSize, outputSize = DeclaredModels.Declaration<TModel>().OutputSize;
                int steps = stream is null ? 0 : Math.Min(4, layout.InputLength / inputSize);
                TNumber[] streamed = new TNumber[steps * outputSize];
                for (int t = 0; t < steps; t++)
                    stream!.Step(sample.Inputs.AsSpan(t * inputSize, inputSize), streamed.AsSpan(t * outputSize, outputSize));
                return (double.CreateChecked(model.Loss(sample)), Doubles(model.Outputs(sample)), Doubles(streamed), Doubles(model.Gradients(sample)));
            }
        }

        private static double[] Doubles<TNumber>(TNumber[] values) where TNumber : INumberBase<TNumber> => Array.ConvertAll(values, double.CreateChecked);
    }
}

/// <summary>The switch is the process's: nothing else runs beside these.</summary>
[Collection(nameof(Alone))]
public class VectorWidthSwitchTests
{
    [Theory]
    [InlineData("128", VectorWidth.V128)]
    [InlineData("256", VectorWidth.V256)]
    [InlineData("512", VectorWidth.V512)]
    [InlineData(128, VectorWidth.V128)]
    public void The_switch_lowers_the_width_of_new_models(object value, VectorWidth asked) => With(value, () =>
    {
        VectorWidth expected = asked < VectorWidths.Widest ? asked : VectorWidths.Widest;
        VectorWidths.Default.ShouldBe(expected);
        new AddingLstm(1).VectorWidth.ShouldBe(expected);
    });

    [Theory]
    [InlineData("64")]
    [InlineData("wide")]
    [InlineData("")]
    public void A_value_that_is_no_width_is_refused(string value) => With(value, () =>
        Should.Throw<InvalidOperationException>(() => VectorWidths.Default).Message.ShouldContain("128, 256 or 512"));

    private static void With(object value, Action action)
    {
        object? before = AppContext.GetData(VectorWidths.SwitchName);
        AppContext.SetData(VectorWidths.SwitchName, value);
        try
        {
            action();
        }
        finally
        {
            AppContext.SetData(VectorWidths.SwitchName, before);
        }
    }
}
