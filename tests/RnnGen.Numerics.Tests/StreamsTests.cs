using System.Numerics;
using System.Runtime.InteropServices;
using Shouldly;
using Xunit;

namespace RnnGen.Numerics.Tests;

/// <summary>
/// Many streams in one step: each has the bits that the prediction of its sequence has, whatever the number of streams, of threads, and of steps of the others; it
/// equals a State to within 2e-6 in float and 1e-13 in double, and either restores what the other saved.
/// </summary>
public class StreamsTests
{
    // One row, a part of a tile, a tile, one more row, two tiles but one, and an arena and one more row.
    private static readonly int[] s_counts = [1, 3, 4, 5, 7, 33];

    public static TheoryData<string> Models => DeclaredModels.Streaming;

    [Theory, MemberData(nameof(Models))]
    public void Each_stream_has_the_bits_of_its_sequences_prediction(string model) => DeclaredModels.Run(model, new WholeCheck());

    [Theory, MemberData(nameof(Models))]
    public void A_stream_is_reset_copied_saved_and_restored_while_the_others_continue(string model) => DeclaredModels.Run(model, new MembersCheck());

    [Theory]
    [InlineData(nameof(LstmEachCrossentropyFloat))]
    [InlineData(nameof(StackLastMse))]
    [InlineData(nameof(GruMaxDense))]
    [InlineData(nameof(LstmMeanFloat))]
    public void Streams_do_not_depend_on_the_number_of_threads(string model) => DeclaredModels.Run(model, new ThreadCheck());

    [Fact]
    public void Streams_of_tokens_have_the_bits_of_their_sequences_predictions()
    {
        TokensMax pooled = new(3);
        LearnedStateOfTokens learned = new(4);
        Tokens<TokensMax, double, int>(pooled, 11);
        Tokens<LearnedStateOfTokens, float, int>(learned, 5);
        Tokens<EmbeddingStackEachCrossentropyFloat, float, int>(new(5), 9);
        Tokens<EmbeddingDenseLastCrossentropyFloat, float, int>(new(6), 33);

        static void Tokens<TModel, TNumber, TTarget>(TModel model, int vocabulary)
            where TModel : IRnnModel<TModel, TNumber, int, TTarget>
            where TNumber : unmanaged, IBinaryFloatingPointIeee754<TNumber>
            where TTarget : unmanaged
        {
            foreach (int count in s_counts)
            {
                int[] inputs = [.. Enumerable.Range(0, count * TModel.Layout.SequenceLength).Select(i => (i * 7 + i / 5) % vocabulary)];
                TNumber[] expected = new TNumber[count * TModel.Layout.OutputLength];
                model.PredictBatch(inputs, expected, count);
                ShouldEqualWhole<TModel, TNumber, int, TTarget>(StreamSet<TNumber, int>.Of(model, count), inputs, expected, count, $"{typeof(TModel).Name}, {count} streams");
            }
        }
    }

    [Fact]
    public void What_is_wrong_is_named_before_anything_changes()
    {
        LstmMean model = new(1);
        LstmMean.Streams streams = model.CreateStreams(3), others = model.CreateStreams(2);
        streams.Count.ShouldBe(3);
        LstmMean.Streams.Length.ShouldBe(LstmMean.State.Length);
        double[] x = [.. Enumerable.Range(0, 9).Select(i => 0.1 * i)], y = [.. Enumerable.Repeat(7.0, 6)], before = new double[3 * LstmMean.Streams.Length], after = new double[before.Length], one = new double[LstmMean.Streams.Length];
        streams.Step(x, new double[6]);
        streams.Save(before);
        Should.Throw<ArgumentOutOfRangeException>(() => model.CreateStreams(0)).Message.ShouldContain("at least 1");
        Should.Throw<ArgumentException>(() => streams.Step(x.AsSpan(1), y)).Message.ShouldContain("Count × InputSize");
        Should.Throw<ArgumentException>(() => streams.Step(x, y.AsSpan(1))).Message.ShouldContain("Count × OutputSize");
        Should.Throw<ArgumentOutOfRangeException>(() => streams.Reset(3)).Message.ShouldContain("There is no stream 3; the set has 3, from 0 to 2");
        Should.Throw<ArgumentOutOfRangeException>(() => streams.Copy(0, -1)).ParamName.ShouldBe("to");
        Should.Throw<ArgumentOutOfRangeException>(() => streams.Copy(3, 0)).ParamName.ShouldBe("from");
        Should.Throw<ArgumentOutOfRangeException>(() => streams.Save(3, one));
        Should.Throw<ArgumentOutOfRangeException>(() => streams.Restore(-1, one));
        Should.Throw<ArgumentException>(() => streams.Save(0, one.AsSpan(1))).Message.ShouldContain("Streams.Length");
        Should.Throw<ArgumentException>(() => streams.Restore(0, one.AsSpan(1))).Message.ShouldContain("Streams.Length");
        Should.Throw<ArgumentException>(() => streams.Save(one)).Message.ShouldContain("Count × Streams.Length");
        Should.Throw<ArgumentException>(() => streams.Restore(one)).Message.ShouldContain("Count × Streams.Length");
        Should.Throw<ArgumentException>(() => streams.CopyTo(others)).Message.ShouldContain("The other set has 2 streams; 3 are needed");
        Should.Throw<ArgumentNullException>(() => streams.CopyTo(null!));
        streams.Save(after);
        after.ShouldBe(before);
        y.ShouldAllBe(value => value == 7);

        TokensMax tokens = new(1);
        TokensMax.Streams words = tokens.CreateStreams(3);
        double[] saved = new double[3 * TokensMax.Streams.Length], unchanged = new double[saved.Length];
        words.Step([1, 2, 3], new double[6]);
        words.Save(saved);
        Should.Throw<ArgumentOutOfRangeException>(() => words.Step([1, 11, 2], y)).Message.ShouldContain("inputs[1] is 11; tokens are 0 to 10");
        words.Save(unchanged);
        unchanged.ShouldBe(saved);
        y.ShouldAllBe(value => value == 7);
    }

    [Fact]
    public void A_set_follows_the_models_parameters_and_restores_itself()
    {
        CarriedStates model = new(1);
        CarriedStates.Streams streams = model.CreateStreams(5), copy = model.CreateStreams(5);
        int inputs = CarriedStates.InputSize, outputs = CarriedStates.OutputSize;
        double[] x = [.. Enumerable.Range(0, 5 * inputs).Select(i => Math.Sin(i))], first = new double[5 * outputs], again = new double[first.Length], saved = new double[5 * CarriedStates.Streams.Length];
        streams.Step(x, first);
        streams.Save(saved);
        streams.Step(x, first);
        copy.Restore(saved);
        copy.Step(x, again);
        again.ShouldBe(first);
        model.SetParameters(new CarriedStates(2).Parameters);
        copy.Restore(saved);
        copy.Step(x, again);
        again.ShouldNotBe(first);
    }

    // Fed step by step, a many-to-many model says at each step what it says of the whole sequence there, and a many-to-one model at the last.
    private static void ShouldEqualWhole<TModel, TNumber, TInput, TTarget>(StreamSet<TNumber, TInput> streams, TInput[] inputs, TNumber[] expected, int count, string what)
        where TModel : IRnnModel<TModel, TNumber, TInput, TTarget>
        where TNumber : unmanaged, IBinaryFloatingPointIeee754<TNumber>
        where TInput : unmanaged
        where TTarget : unmanaged
    {
        ModelLayout layout = TModel.Layout;
        int size = layout.OutputLength / layout.OutputSteps;
        TInput[] x = new TInput[count * layout.InputStep];
        TNumber[] y = new TNumber[count * size];
        for (int t = 0; t < layout.SequenceLength; t++)
        {
            Array.Fill(y, TNumber.NaN);
            for (int i = 0; i < count; i++)
                inputs.AsSpan(i * layout.InputLength + t * layout.InputStep, layout.InputStep).CopyTo(x.AsSpan(i * layout.InputStep));
            streams.Step(x, y);
            if (layout.OutputSteps == 1 && t < layout.SequenceLength - 1)
                continue;
            for (int i = 0; i < count; i++)
                Bits<TNumber>(y.AsSpan(i * size, size)).ShouldBe(Bits<TNumber>(expected.AsSpan(i * layout.OutputLength + (layout.OutputSteps == 1 ? 0 : t * size), size)), $"{what}, stream {i}, step {t}");
        }
    }

    private static byte[] Bits<T>(ReadOnlySpan<T> values) where T : unmanaged => MemoryMarshal.AsBytes(values).ToArray();

    private sealed class WholeCheck : IModelCheck
    {
        public void Run<TModel, TNumber, TTarget>()
            where TModel : IRnnModel<TModel, TNumber, TNumber, TTarget>
            where TNumber : unmanaged, IBinaryFloatingPointIeee754<TNumber>
            where TTarget : unmanaged, INumberBase<TTarget>
        {
            int most = s_counts.Max();
            var sample = Sample<TNumber, TTarget>.Draw<TModel>(most);
            foreach (VectorWidth width in Members.Widths.Where(w => w <= VectorWidths.Widest))
            {
                TModel model = Sample.Model<TModel, TNumber, TTarget>().With(width);
                TNumber[] expected = model.Outputs(sample);
                foreach (int count in s_counts)
                    ShouldEqualWhole<TModel, TNumber, TNumber, TTarget>(StreamSet<TNumber, TNumber>.Of(model, count), sample.Inputs, expected, count, $"{count} streams at {width}");
            }
        }
    }

    private sealed class MembersCheck : IModelCheck
    {
        private const int Count = 5;

        public void Run<TModel, TNumber, TTarget>()
            where TModel : IRnnModel<TModel, TNumber, TNumber, TTarget>
            where TNumber : unmanaged, IBinaryFloatingPointIeee754<TNumber>
            where TTarget : unmanaged, INumberBase<TTarget>
        {
            Sequences<TModel, TNumber, TTarget> data = new(sequences: Count);
            StreamSet<TNumber, TNumber> Set() => StreamSet<TNumber, TNumber>.Of(data.Model, Count);
            TNumber[][] alone = [.. Enumerable.Range(0, Count).Select(i => Feed(data, Set(), i, 0, data.Steps, stream: 0))];
            for (int i = 0; i < Count; i++)
                ShouldBeNear(alone[i], data.Feed(data.Stream(), i), $"sequence {i} as a State");

            // Streams that begin at different steps, with odd and with even numbers, of a set that had other sequences before.
            StreamSet<TNumber, TNumber> staggered = Set();
            Feed(data, staggered, 1, 0, 1, stream: 2);
            TNumber[][] found = [.. Enumerable.Range(0, Count).Select(_ => new TNumber[data.Steps * data.OutputSize])];
            TNumber[] x = new TNumber[Count * data.Input(0, 0).Length], y = new TNumber[Count * data.OutputSize];
            for (int t = 0; t < data.Steps + Count; t++)
            {
                if (t < Count)
                    staggered.Reset(t);
                for (int i = 0; i < Count; i++)
                    data.Input(i, Math.Clamp(t - i, 0, data.Steps - 1)).CopyTo(x.AsSpan(i * x.Length / Count));
                staggered.Step(x, y);
                for (int i = 0; i < Count; i++)
                    if (t - i >= 0 && t - i < data.Steps)
                        y.AsSpan(i * data.OutputSize, data.OutputSize).CopyTo(found[i].AsSpan((t - i) * data.OutputSize));
            }

            for (int i = 0; i < Count; i++)
                data.Bits(found[i]).ShouldBe(data.Bits(alone[i]), $"begun at step {i}");
            staggered.Reset();
            data.Bits(Feed(data, staggered, 3, 0, data.Steps, stream: 4)).ShouldBe(data.Bits(alone[3]), "after Reset");

            // After an odd and after an even number of steps, or none: to another stream, another set, and by Save and Restore; and to and from a State.
            foreach (int pause in new[] { 0, 1, 2, data.Steps - 1 }.Where(p => p < data.Steps).Distinct())
            {
                StreamSet<TNumber, TNumber> origin = Set(), other = Set(), restored = Set(), ofState = Set();
                foreach (StreamSet<TNumber, TNumber> used in (StreamSet<TNumber, TNumber>[])[other, restored])
                    Feed(data, used, 1, 0, 1, stream: 3);
                TNumber[] head = Feed(data, origin, 2, 0, pause, stream: 1), saved = Golden.NotANumber<TNumber>(origin.Length), savedState = Golden.NotANumber<TNumber>(origin.Length);
                Stream<TNumber> state = data.Stream(), fromSet = data.Stream();
                data.Feed(state, 2, 0, pause);
                origin.Save(1, saved);
                state.Save(savedState);
                origin.CopyTo(other);
                restored.Restore(4, saved);
                ofState.Restore(0, savedState);
                fromSet.Restore(saved);
                origin.Copy(1, 0);
                Feed(data, origin, 0, 0, 1, stream: 1); // What stream 1 does then does not reach the copy.
                origin.Restore(0, saved);
                byte[] expected = data.Bits(alone[2]);
                data.Bits([.. head, .. Feed(data, other, 2, pause, data.Steps, stream: 1)]).ShouldBe(expected, $"CopyTo after {pause} steps");
                data.Bits([.. head, .. Feed(data, restored, 2, pause, data.Steps, stream: 4)]).ShouldBe(expected, $"Restore after {pause} steps");
                data.Bits([.. head, .. Feed(data, origin, 2, pause, data.Steps, stream: 0)]).ShouldBe(expected, $"restored beside others after {pause} steps");
                ShouldBeNear(alone[2], [.. head, .. Feed(data, ofState, 2, pause, data.Steps, stream: 0)], $"from a State after {pause} steps");
                ShouldBeNear(alone[2], [.. head, .. data.Feed(fromSet, 2, pause, data.Steps)], $"to a State after {pause} steps");
                TNumber[] copied = Golden.NotANumber<TNumber>(saved.Length);
                other.Copy(1, 2);
                other.Copy(2, 2);
                other.Save(2, copied);
                StreamSet<TNumber, TNumber> fresh = Set();
                fresh.Restore(2, copied);
                fresh.Restore(3, copied);
                data.Bits(Feed(data, fresh, 2, 0, 1, stream: 3)).ShouldBe(data.Bits(Feed(data, other, 2, 0, 1, stream: 2)), $"Copy after {pause} steps");
            }
        }

        // The bound between a State, whose sums are added up in another order, and Streams.
        private static void ShouldBeNear<TNumber>(TNumber[] expected, TNumber[] actual, string what) where TNumber : unmanaged, IBinaryFloatingPointIeee754<TNumber> =>
            Golden.ShouldBeNear<TNumber>(actual, Array.ConvertAll(expected, double.CreateChecked), typeof(TNumber) == typeof(double) ? 1e-13 : 2e-6, what);

        // One stream of a set through some steps of a sequence, the others through other sequences.
        private static TNumber[] Feed<TModel, TNumber, TTarget>(Sequences<TModel, TNumber, TTarget> data, StreamSet<TNumber, TNumber> set, int sequence, int first, int last, int stream)
            where TModel : IRnnModel<TModel, TNumber, TNumber, TTarget>
            where TNumber : unmanaged, IBinaryFloatingPointIeee754<TNumber>
            where TTarget : unmanaged, INumberBase<TTarget>
        {
            int size = data.OutputSize;
            TNumber[] x = new TNumber[Count * data.Input(0, 0).Length], y = new TNumber[Count * size], outputs = new TNumber[(last - first) * size];
            for (int t = first; t < last; t++)
            {
                for (int i = 0; i < Count; i++)
                    data.Input(i == stream ? sequence : (i + 1) % Count, t).CopyTo(x.AsSpan(i * x.Length / Count));
                set.Step(x, y);
                y.AsSpan(stream * size, size).CopyTo(outputs.AsSpan((t - first) * size));
            }

            return outputs;
        }
    }

    private sealed class ThreadCheck : IModelCheck
    {
        public void Run<TModel, TNumber, TTarget>()
            where TModel : IRnnModel<TModel, TNumber, TNumber, TTarget>
            where TNumber : unmanaged, IBinaryFloatingPointIeee754<TNumber>
            where TTarget : unmanaged, INumberBase<TTarget>
        {
            // Enough for four threads.
            ModelLayout layout = TModel.Layout;
            int count = (int)(5_000_000 / (layout.ForwardFlops / layout.SequenceLength)) + 3;
            var sample = Sample<TNumber, TTarget>.Draw<TModel>(count);
            TModel model = Sample.Model<TModel, TNumber, TTarget>();
            TNumber[] expected = model.Outputs(sample);
            StreamSet<TNumber, TNumber> one = StreamSet<TNumber, TNumber>.Of(model, count), two = StreamSet<TNumber, TNumber>.Of(model.With(threads: 2), count);
            ShouldEqualWhole<TModel, TNumber, TNumber, TTarget>(one, sample.Inputs, expected, count, "created for one thread");
            two.Reset();
            two.CopyTo(one);
            one.Reset();
            one.CopyTo(two);
            ShouldEqualWhole<TModel, TNumber, TNumber, TTarget>(two, sample.Inputs, expected, count, "copied from a set that was created for one thread");
            foreach (int threads in (int[])[1, 2, 3, 4])
                ShouldEqualWhole<TModel, TNumber, TNumber, TTarget>(StreamSet<TNumber, TNumber>.Of(model.With(threads: threads), count), sample.Inputs, expected, count, $"{threads} threads");
        }
    }
}
