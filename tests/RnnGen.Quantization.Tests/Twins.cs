using RnnGen.Runtime;

namespace RnnGen.Quantization.Tests;

/// <summary>What the tests do with a model whatever its class.</summary>
internal static class Twins
{
    public static readonly VectorWidth[] Widths = [.. Enum.GetValues<VectorWidth>().Where(w => w <= VectorWidths.Widest)];

    public static TModel At<TModel>(this TModel model, VectorWidth width) where TModel : notnull
    {
        typeof(TModel).GetProperty(nameof(VectorWidth))!.SetValue(model, width);
        return model;
    }

    public static StreamState<float, float, float> Stream<TModel>(this TModel model) where TModel : notnull =>
        (StreamState<float, float, float>)typeof(TModel).GetMethod("CreateState")!.Invoke(model, null)!;

    public static StreamStates<float, float, float> Streams<TModel>(this TModel model, int count) where TModel : notnull =>
        (StreamStates<float, float, float>)typeof(TModel).GetMethod("CreateStreams")!.Invoke(model, [count])!;

    /// <summary>A model with parameters of every size, biases too.</summary>
    public static TModel Drawn<TModel>(float spread = 0.5f) where TModel : IRnnModel<TModel, float, float, float>
    {
        TModel model = TModel.Create(3);
        model.SetParameters(Numbers(TModel.Layout.ParameterCount, 5, spread));
        return model;
    }

    public static float[] Numbers(int count, int seed, float spread = 1)
    {
        Random random = new(seed);
        return [.. Enumerable.Range(0, count).Select(_ => spread * (2 * random.NextSingle() - 1))];
    }

    public static float[] Outputs<TModel>(this TModel model, float[] inputs, int count, ReadOnlySpan<int> lengths = default) where TModel : IRnnModel<TModel, float, float, float>
    {
        float[] outputs = new float[count * TModel.Layout.OutputLength];
        model.PredictBatch(inputs, outputs, count, lengths);
        return outputs;
    }

    public static float Distance(float[] one, float[] other) => one.Zip(other, (a, b) => MathF.Abs(a - b)).Max();
}
