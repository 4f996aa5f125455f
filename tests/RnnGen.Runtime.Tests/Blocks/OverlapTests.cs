namespace RnnGen.Runtime.Tests.Blocks;

/// <summary>Outputs in the memory of the inputs: right where each step has been read before it is overwritten, and an error everywhere else.</summary>
public sealed class OverlapTests
{
    private const int Streams = 70, Sequences = 40;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void StreamsMayTakeThePlaceOfTheirInputs(int threads)
    {
        Narrowing narrowing = new(1) { Threads = threads };
        float[] values = Drawn(Streams * 33), expected = new float[Streams * 17];
        narrowing.CreateStreams(Streams).Step(values, expected);
        Narrowing.Streams streams = narrowing.CreateStreams(Streams);
        streams.Step(values, values.AsSpan(0, Streams * 17));
        values[..(Streams * 17)].ShouldBe(expected);

        Equal equal = new(1) { Threads = threads };
        (values, expected) = (Drawn(Streams * 9), new float[Streams * 9]);
        equal.CreateStreams(Streams).Step(values, expected);
        equal.CreateStreams(Streams).Step(values, values);
        values.ShouldBe(expected);
    }

    [Fact]
    public void WhatWouldBeOverwrittenIsAnError()
    {
        Widening widening = new(1);
        float[] values = Drawn(Streams * 40);
        float[] before = [.. values];
        Widening.Streams many = widening.CreateStreams(Streams);
        Rejects(() => many.Step(values.AsSpan(0, Streams * 2), values.AsSpan(0, Streams * 3)), "inputs");
        Narrowing.Streams fewer = new Narrowing(1).CreateStreams(Streams);
        Rejects(() => fewer.Step(values.AsSpan(0, Streams * 33), values.AsSpan(33, Streams * 17)), "inputs");
        fewer.Step(values.AsSpan(Streams * 3, Streams * 33), new float[Streams * 17]);
        Rejects(() => widening.Predict(values.AsSpan(0, 12), values.AsSpan(0, 18)), "input");
        Rejects(() => widening.Predict(values.AsSpan(12, 12), values.AsSpan(0, 18)), "input");
        Rejects(() => widening.PredictBatch(values.AsSpan(0, Sequences * 12), values.AsSpan(0, Sequences * 18), Sequences), "inputs");
        Rejects(() => widening.PredictBatch(values.AsSpan(0, Sequences * 12), values.AsSpan((Sequences * 12) - 1, Sequences * 18), Sequences), "inputs");
        values.ShouldBe(before);

        // Side by side they do not overlap.
        widening.PredictBatch(values.AsSpan(0, Sequences * 12), values.AsSpan(Sequences * 12, Sequences * 18), Sequences);
        values[..(Sequences * 12)].ShouldBe(before[..(Sequences * 12)]);

        static void Rejects(Action call, string name) => Should.Throw<ArgumentException>(call).Message.ShouldContain($"overlaps '{name}'");
    }

    private static float[] Drawn(int count)
    {
        Random random = new(5);
        return [.. Enumerable.Range(0, count).Select(_ => (float)random.NextDouble() - 0.5f)];
    }
}

[RnnModel(Architecture.ManyToMany, InputSize = 33, SequenceLength = 6, OutputSize = 17)]
[Lstm(9)]
internal sealed partial class Narrowing;

[RnnModel(Architecture.ManyToMany, InputSize = 9, SequenceLength = 6, OutputSize = 9)]
[Gru(64)]
internal sealed partial class Equal;

[RnnModel(Architecture.ManyToMany, InputSize = 2, SequenceLength = 6, OutputSize = 3)]
[Lstm(17)]
internal sealed partial class Widening;
