namespace RnnGen.Quantization.Tests;

/// <summary>Steps with weights of fewer bits are what a slow step of the same rounding gives, at every width; whole sequences and batches give the same bits.</summary>
public class StepTests
{
    private const int Outputs = 20, Inputs = 5, Steps = 6;

    [Fact]
    public void Bits_of_size_1() => Check<Stack1Int8, Stack1BFloat16>(1);

    [Fact]
    public void Bits_of_size_7() => Check<Stack7Int8, Stack7BFloat16>(7);

    [Fact]
    public void Bits_of_size_8() => Check<Stack8Int8, Stack8BFloat16>(8);

    [Fact]
    public void Bits_of_size_9() => Check<Stack9Int8, Stack9BFloat16>(9);

    [Fact]
    public void Bits_of_size_15() => Check<Stack15Int8, Stack15BFloat16>(15);

    [Fact]
    public void Bits_of_size_16() => Check<Stack16Int8, Stack16BFloat16>(16);

    [Fact]
    public void Bits_of_size_17() => Check<Stack17Int8, Stack17BFloat16>(17);

    [Fact]
    public void Bits_of_size_33() => Check<Stack33Int8, Stack33BFloat16>(33);

    private static void Check<TInt8, TBFloat16>(int size) where TInt8 : IRnnModel<TInt8, float, float, float> where TBFloat16 : IRnnModel<TBFloat16, float, float, float>
    {
        foreach (VectorWidth width in Twins.Widths)
        {
            CheckSteps<TInt8>(size, width, WeightFormat.Int8);
            CheckSteps<TBFloat16>(size, width, WeightFormat.BFloat16);
            CheckStreams<TInt8>(size, width, WeightFormat.Int8);
            CheckStreams<TBFloat16>(size, width, WeightFormat.BFloat16);
            CheckSequences<TInt8>(width);
            CheckSequences<TBFloat16>(width);
        }
    }

    // Each step from the states that the step before left, so that a code that falls to the other side by a rounding error does not grow; at first from states far beyond ±1.
    private static void CheckSteps<TModel>(int size, VectorWidth width, WeightFormat format) where TModel : IRnnModel<TModel, float, float, float>
    {
        TModel model = Twins.Drawn<TModel>().At(width);
        SlowStep slow = new(TModel.Layout.Parameters, model.Parameters.ToArray(), format);
        var state = model.Stream();
        float[] before = Twins.Numbers(4 * size, 7, 3), after = new float[4 * size], y = new float[Outputs];
        state.Restore(before);
        for (int t = 0; t < 8; t++)
        {
            float[] x = Twins.Numbers(Inputs, 20 + t, 2);
            if (t % 2 == 0)
                state.Step(x, y);
            else
                state.Process(x, y);
            state.Save(after);
            Compare(slow, x, before, after, y, $"{(t % 2 == 0 ? "Step" : "Process")} {t}, {width}, {format}");
            after.CopyTo(before, 0);
        }
    }

    // The same of streams, whose number is not one of whole tiles. Each has inputs and states of its own.
    private static void CheckStreams<TModel>(int size, VectorWidth width, WeightFormat format) where TModel : IRnnModel<TModel, float, float, float>
    {
        const int Count = 7;
        TModel model = Twins.Drawn<TModel>().At(width);
        SlowStep slow = new(TModel.Layout.Parameters, model.Parameters.ToArray(), format);
        var streams = model.Streams(Count);
        float[][] before = [.. Enumerable.Range(0, Count).Select(i => Twins.Numbers(4 * size, 30 + i, 3))];
        float[] after = new float[4 * size], y = new float[Count * Outputs];
        for (int i = 0; i < Count; i++)
            streams.Restore(i, before[i]);
        for (int t = 0; t < 3; t++)
        {
            float[] x = Twins.Numbers(Count * Inputs, 40 + t, 2);
            streams.Step(x, y);
            for (int i = 0; i < Count; i++)
            {
                streams.Save(i, after);
                Compare(slow, x[(i * Inputs)..((i + 1) * Inputs)], before[i], after, y[(i * Outputs)..((i + 1) * Outputs)], $"stream {i}, step {t}, {width}, {format}");
                after.CopyTo(before[i], 0);
            }
        }
    }

    // A step of each layer from what it read itself, so that no layer's rounding errors reach the next one's codes.
    private static void Compare(SlowStep slow, float[] x, float[] before, float[] after, float[] y, string what)
    {
        int size = before.Length / 4;
        (float[] lstm, float[] gru, float[] rnn) = (after[..size], after[(2 * size)..(3 * size)], after[(3 * size)..]);
        Near(after[..(2 * size)], slow.Next("lstm", 0, x, before[..(2 * size)]), "lstm");
        Near(gru, slow.Next("gru", 1, lstm, before[(2 * size)..(3 * size)]), "gru");
        Near(rnn, slow.Next("rnn", 2, gru, before[(3 * size)..]), "rnn");
        Near(y, slow.Output(rnn), "head");

        void Near(float[] found, float[] expected, string layer) => Twins.Distance(found, expected).ShouldBeLessThan(3e-6f * (1 + expected.Max(MathF.Abs)), $"{layer}, {what}");
    }

    // One sequence, a batch of any number of rows, a stream, many streams, and a stream in blocks add up in the same order.
    private static void CheckSequences<TModel>(VectorWidth width) where TModel : IRnnModel<TModel, float, float, float>
    {
        TModel model = Twins.Drawn<TModel>().At(width);
        const int Count = 7;
        int[] lengths = [6, 1, 5, 6, 2, 3, 4];
        float[] inputs = Twins.Numbers(Count * Steps * Inputs, 9, 2), all = model.Outputs(inputs, Count, lengths);
        for (int i = 0; i < Count; i++)
        {
            float[] one = new float[Steps * Outputs], streamed = new float[Steps * Outputs];
            model.PredictBatch(inputs.AsSpan(i * Steps * Inputs, Steps * Inputs), one, 1, lengths.AsSpan(i, 1));
            var state = model.Stream();
            for (int t = 0; t < lengths[i]; t++)
                state.Step(inputs.AsSpan((i * Steps + t) * Inputs, Inputs), streamed.AsSpan(t * Outputs, Outputs));
            all.AsSpan(i * Steps * Outputs, Steps * Outputs).SequenceEqual(one).ShouldBeTrue($"row {i} at {width}");
            one.ShouldBe(streamed);
            state.Reset();
            for (int t = 0; t < lengths[i]; t += 1 + i)
            {
                int steps = Math.Min(1 + i, lengths[i] - t);
                state.Process(inputs.AsSpan((i * Steps + t) * Inputs, steps * Inputs), streamed.AsSpan(t * Outputs, steps * Outputs));
            }

            one.ShouldBe(streamed);
        }

        var streams = model.Streams(Count);
        float[] y = new float[Count * Outputs];
        for (int t = 0; t < Steps; t++)
        {
            streams.Step([.. Enumerable.Range(0, Count).SelectMany(i => inputs.AsSpan((i * Steps + t) * Inputs, Inputs).ToArray())], y);
            for (int i = 0; i < Count; i++)
                if (t < lengths[i])
                    y.AsSpan(i * Outputs, Outputs).SequenceEqual(all.AsSpan((i * Steps + t) * Outputs, Outputs)).ShouldBeTrue($"stream {i} at {width}");
        }
    }
}
