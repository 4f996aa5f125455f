using System.Numerics;
using Shouldly;
using Xunit;

namespace RnnGen.Numerics.Tests;

/// <summary>
/// Streaming step by step equals the whole sequence, also after Reset, CopyTo, and Save and Restore at odd and even
/// steps; states and threads that share one model do not disturb each other.
/// </summary>
public class StreamingTests
{
    public static TheoryData<string> Models => DeclaredModels.Streaming;

    [Theory, MemberData(nameof(Models))]
    public void Streaming_equals_the_whole_sequence(string model) => DeclaredModels.Run(model, new StreamCheck());

    [Theory]
    [InlineData(nameof(LstmEachCrossentropyFloat))]
    [InlineData(nameof(StackLastMse))]
    [InlineData(nameof(RnnGruFrom15Float))]
    public void Many_threads_predict_and_stream_on_one_model(string model) => DeclaredModels.Run(model, new ParallelCheck());

    [Fact]
    public void A_many_to_one_model_says_at_each_step_what_it_would_say_if_the_sequence_ended_there()
    {
        GruEachMae each = Sample.Model<GruEachMae, double, double>();
        GruLastOfEach last = new();
        last.SetParameters(each.Parameters);
        double[] inputs = Sample<double, double>.Draw<GruEachMae>(1).Inputs, expected = each.Predict(inputs);

        GruLastOfEach.State state = last.CreateState();
        double[] found = new double[1];
        for (int t = 0; t < GruEachMae.SequenceLength; t++)
        {
            state.Step(inputs.AsSpan(t, 1), found);
            found[0].ShouldBe(expected[t], 1e-14, $"step {t}");
        }
    }

    [Fact]
    public void A_state_follows_the_models_parameters_and_refuses_wrong_lengths()
    {
        GruEachMae model = new(1);
        GruEachMae.State state = model.CreateState();
        double[] before = new double[1], after = new double[1], saved = new double[GruEachMae.State.Length];
        state.Step([0.5], before);
        model.SetParameters(new GruEachMae(2).Parameters);
        state.Reset();
        state.Step([0.5], after);
        after[0].ShouldBe(new GruEachMae(2).Predict([0.5, 0, 0, 0, 0])[0], 1e-14);
        after[0].ShouldNotBe(before[0]);

        state.Save(saved);
        Should.Throw<ArgumentException>(() => state.Step([1, 2], new double[1])).Message.ShouldContain("InputSize");
        Should.Throw<ArgumentException>(() => state.Step([1], new double[2])).Message.ShouldContain("OutputSize");
        Should.Throw<ArgumentException>(() => state.Save(new double[GruEachMae.State.Length - 1])).Message.ShouldContain("State.Length");
        Should.Throw<ArgumentException>(() => state.Restore(new double[GruEachMae.State.Length + 1])).Message.ShouldContain("State.Length");
        double[] unchanged = new double[GruEachMae.State.Length];
        state.Save(unchanged);
        unchanged.ShouldBe(saved);
    }

    private sealed class StreamCheck : IModelCheck
    {
        public void Run<TModel, TNumber, TTarget>()
            where TModel : IRnnModel<TModel, TNumber, TNumber, TTarget>
            where TNumber : unmanaged, IBinaryFloatingPointIeee754<TNumber>
            where TTarget : unmanaged, INumberBase<TTarget>
        {
            Sequences<TModel, TNumber, TTarget> data = new(sequences: 3);
            Stream<TNumber> stream = data.Stream();
            data.ShouldEqualWhole(0, data.Feed(stream, 0), "from the start");
            data.ShouldEqualWhole(0, data.Feed(data.Stream(), 0), "another state");
            stream.Reset();
            data.ShouldEqualWhole(1, data.Feed(stream, 1), "after Reset");

            // A block at once, and in two.
            stream.Reset();
            data.ShouldEqualWhole(2, data.Process(stream, 2, data.Steps), "a block");
            stream.Reset();
            data.ShouldEqualWhole(2, data.Process(stream, 2, (data.Steps + 1) / 2), "two blocks");

            // Two states on one model, in turn: neither sees the other's sequence.
            Stream<TNumber>[] streams = [data.Stream(), data.Stream()];
            TNumber[][] interleaved = [new TNumber[data.Steps * data.OutputSize], new TNumber[data.Steps * data.OutputSize]];
            for (int t = 0; t < data.Steps; t++)
                for (int s = 0; s < 2; s++)
                    streams[s].Step(data.Input(s, t), data.Output(interleaved[s], t));
            data.ShouldEqualWhole(0, interleaved[0], "in turn");
            data.ShouldEqualWhole(1, interleaved[1], "in turn");

            // Both buffers of an alternating state: after an odd and after an even number of steps, or none.
            foreach (int pause in new[] { 0, 1, 2, data.Steps - 1 }.Where(p => p < data.Steps).Distinct())
            {
                byte[] expected = data.Bits(data.Feed(data.Stream(), 2));
                Stream<TNumber> origin = data.Stream(), copy = data.Stream(), restored = data.Stream();
                TNumber[] head = data.Feed(origin, 2, 0, pause), saved = Golden.NotANumber<TNumber>(origin.Length);
                foreach (Stream<TNumber> used in (Stream<TNumber>[])[copy, restored])
                    data.Feed(used, 1, 0, 1);
                origin.CopyTo(copy);
                origin.Save(saved);
                restored.Restore(saved);
                data.Feed(origin, 0, 0, 1); // What goes on in the origin does not reach the others.
                data.Bits([.. head, .. data.Feed(copy, 2, pause, data.Steps)]).ShouldBe(expected, $"CopyTo after {pause} steps");
                data.Bits([.. head, .. data.Feed(restored, 2, pause, data.Steps)]).ShouldBe(expected, $"Restore after {pause} steps");
            }
        }
    }

    private sealed class ParallelCheck : IModelCheck
    {
        public void Run<TModel, TNumber, TTarget>()
            where TModel : IRnnModel<TModel, TNumber, TNumber, TTarget>
            where TNumber : unmanaged, IBinaryFloatingPointIeee754<TNumber>
            where TTarget : unmanaged, INumberBase<TTarget>
        {
            Sequences<TModel, TNumber, TTarget> data = new(sequences: 8);
            Task[] tasks = [.. Enumerable.Range(0, 8).Select(i => Task.Factory.StartNew(() =>
            {
                Stream<TNumber> stream = data.Stream();
                TNumber[] output = new TNumber[data.Whole(i).Length];
                for (int repeat = 0; repeat < 200; repeat++)
                {
                    data.Model.PredictBatch(data.Sequence(i), output, 1);
                    data.Bits(output).ShouldBe(data.Bits(data.Whole(i)), $"sequence {i}, repeat {repeat}");
                    stream.Reset();
                    data.ShouldEqualWhole(i, data.Feed(stream, i), $"thread {i}");
                }
            }, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default))];
            Task.WaitAll(tasks);
        }
    }
}

/// <summary>A model with some sequences and what it says of each as a whole.</summary>
internal sealed class Sequences<TModel, TNumber, TTarget>
    where TModel : IRnnModel<TModel, TNumber, TNumber, TTarget>
    where TNumber : unmanaged, IBinaryFloatingPointIeee754<TNumber>
    where TTarget : unmanaged, INumberBase<TTarget>
{
    private readonly RnnModelAttribute _declaration = DeclaredModels.Declaration<TModel>();
    private readonly Sample<TNumber, TTarget> _sample;
    private readonly TNumber[][] _whole;

    public Sequences(int sequences)
    {
        Model = Sample.Model<TModel, TNumber, TTarget>();
        _sample = Sample<TNumber, TTarget>.Draw<TModel>(sequences);
        _whole = [.. Enumerable.Range(0, sequences).Select(i => Model.Outputs(_sample.Slice(i, 1)))];
    }

    public TModel Model { get; }

    public int Steps => _declaration.SequenceLength;

    public int OutputSize => _declaration.OutputSize;

    public Stream<TNumber> Stream() => Model.CreateStream<TModel, TNumber>();

    public ReadOnlySpan<TNumber> Sequence(int i) => _sample.Inputs.AsSpan(i * TModel.Layout.InputLength, TModel.Layout.InputLength);

    public ReadOnlySpan<TNumber> Input(int i, int step) => Sequence(i).Slice(step * _declaration.InputSize, _declaration.InputSize);

    public Span<TNumber> Output(TNumber[] outputs, int step) => outputs.AsSpan(step * OutputSize, OutputSize);

    public TNumber[] Whole(int i) => _whole[i];

    public TNumber[] Feed(Stream<TNumber> stream, int i) => Feed(stream, i, 0, Steps);

    /// <summary>Feeds some steps of a sequence and returns what the state says at each.</summary>
    public TNumber[] Feed(Stream<TNumber> stream, int i, int first, int last)
    {
        TNumber[] outputs = Golden.NotANumber<TNumber>((last - first) * OutputSize);
        for (int t = first; t < last; t++)
            stream.Step(Input(i, t), Output(outputs, t - first));
        return outputs;
    }

    /// <summary>Processes a sequence in blocks of a number of steps.</summary>
    public TNumber[] Process(Stream<TNumber> stream, int i, int block)
    {
        TNumber[] outputs = Golden.NotANumber<TNumber>(Steps * OutputSize);
        for (int t = 0; t < Steps; t += block)
        {
            int steps = Math.Min(block, Steps - t);
            stream.Process(Sequence(i).Slice(t * _declaration.InputSize, steps * _declaration.InputSize), outputs.AsSpan(t * OutputSize, steps * OutputSize));
        }

        return outputs;
    }

    /// <summary>A many-to-one model has said only the last step's output of the whole sequence.</summary>
    public void ShouldEqualWhole(int i, TNumber[] streamed, string what)
    {
        double tolerance = typeof(TNumber) == typeof(double) ? 1e-13 : 1e-6;
        Golden.ShouldBeNear<TNumber>(streamed.AsSpan(streamed.Length - _whole[i].Length), Array.ConvertAll(_whole[i], double.CreateChecked), tolerance, what);
    }

    public byte[] Bits(TNumber[] values) => System.Runtime.InteropServices.MemoryMarshal.AsBytes<TNumber>(values).ToArray();
}
