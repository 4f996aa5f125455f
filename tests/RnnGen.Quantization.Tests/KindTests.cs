namespace RnnGen.Quantization.Tests;

/// <summary>Every kind of model predicts with fewer bits: cells of several phases, of means, of states without bound, own ones, both directions, tokens, decoders. Its outputs are near those of floats.</summary>
public class KindTests
{
    [Fact]
    public void A_ReLU_network() => Check<ReluFloat, ReluInt8, ReluBFloat16>(0.2f);

    [Fact]
    public void Cells_whose_products_read_what_the_step_makes() => Check<GatedFloat, GatedInt8, GatedBFloat16>();

    [Fact]
    public void A_projection_and_a_dense_layer() => Check<ProjectedFloat, ProjectedInt8, ProjectedBFloat16>();

    [Fact]
    public void Layer_normalisation() => Check<NormalizedFloat, NormalizedInt8, NormalizedBFloat16>(exceptInitial: true);

    [Fact]
    public void A_cell_of_ones_own_whose_state_grows() => Check<OwnFloat, OwnInt8, OwnBFloat16>();

    [Fact]
    public void Both_directions() => Check<BothFloat, BothInt8, BothBFloat16>();

    [Fact]
    public void A_decoder_that_attends() => Check<FedFloat, FedInt8, FedBFloat16>();

    [Fact]
    public void Convolutions() => Check<ConvolvedFloat, ConvolvedInt8, ConvolvedBFloat16>();

    /// <summary>Beside an infinite value no other has a code: what depends on it is not a number, and never the result of another input.</summary>
    [Theory]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    [InlineData(float.NaN)]
    public void An_input_that_is_not_finite_gives_outputs_that_are_not(float value)
    {
        foreach (VectorWidth width in Twins.Widths)
        {
            ReluInt8 model = new ReluInt8(3).At(width);
            float[] inputs = Twins.Numbers(2 * ReluInt8.Layout.InputLength, 11, 2), outputs = new float[2 * ReluInt8.Layout.OutputLength], expected = new float[outputs.Length];
            model.PredictBatch(inputs, expected, 2);
            inputs[1] = value;
            model.PredictBatch(inputs, outputs, 2);
            outputs[..ReluInt8.Layout.OutputLength].ShouldContain(v => float.IsNaN(v), $"{width}");
            outputs[..ReluInt8.Layout.OutputLength].ShouldAllBe(v => float.IsNaN(v) || expected.Contains(v), $"{width}");
            outputs[ReluInt8.Layout.OutputLength..].ShouldBe(expected[ReluInt8.Layout.OutputLength..], $"{width}");
        }
    }

    [Fact]
    public void Tokens()
    {
        TokensFloat model = new(3);
        int[] tokens = [.. Enumerable.Range(0, 4 * 7).Select(i => i * 5 % 21)];
        float[] expected = new float[4 * 7 * 21], outputs = new float[expected.Length];
        model.PredictBatch(tokens, expected, 4);
        TokensInt8 reduced = new(3);
        reduced.PredictBatch(tokens, outputs, 4);
        Twins.Distance(outputs, expected).ShouldBeInRange(1e-6f, 0.02f);
        float[] one = new float[7 * 21];
        reduced.Predict(tokens.AsSpan(7, 7), one);
        one.ShouldBe(outputs[(7 * 21)..(2 * 7 * 21)]);
        TokensInt8.State state = reduced.CreateState();
        for (int t = 0; t < 7; t++)
            state.Step(tokens[7 + t], one.AsSpan(t * 21, 21));
        one.ShouldBe(outputs[(7 * 21)..(2 * 7 * 21)]);
    }

    private static void Check<TFloat, TInt8, TBFloat16>(float spread = 0.5f, bool exceptInitial = false)
        where TFloat : IRnnModel<TFloat, float, float, float> where TInt8 : IRnnModel<TInt8, float, float, float> where TBFloat16 : IRnnModel<TBFloat16, float, float, float>
    {
        const int Count = 5;
        float[] inputs = Twins.Numbers(Count * TFloat.Layout.InputLength, 11, 2);
        float[] parameters = exceptInitial ? TFloat.Create(3).Parameters.ToArray() : Twins.Drawn<TFloat>(spread).Parameters.ToArray();
        float[] expected = Outputs<TFloat>(VectorWidth.V128);
        float size = expected.Max(MathF.Abs);
        foreach (VectorWidth width in Twins.Widths)
        {
            float[] int8 = Outputs<TInt8>(width), half = Outputs<TBFloat16>(width);
            Twins.Distance(half, expected).ShouldBeInRange(1e-7f * size, 0.02f * size, $"bfloat16, {width}");
            Twins.Distance(int8, expected).ShouldBeInRange(1e-7f * size, 0.06f * size, $"8 bits, {width}");
        }

        float[] Outputs<TModel>(VectorWidth width) where TModel : IRnnModel<TModel, float, float, float>
        {
            TModel model = TModel.Create(1).At(width);
            model.SetParameters(parameters);
            float[] all = model.Outputs(inputs, Count);
            for (int i = 0; i < Count && !TModel.Layout.IsDecoded; i++)
                if (typeof(TModel) != typeof(TFloat))
                    model.Outputs(inputs[(i * TModel.Layout.InputLength)..((i + 1) * TModel.Layout.InputLength)], 1)
                        .ShouldBe(all[(i * TModel.Layout.OutputLength)..((i + 1) * TModel.Layout.OutputLength)]);
            return all;
        }
    }
}
