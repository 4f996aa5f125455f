using System.Numerics;
using System.Reflection;
using System.Runtime.InteropServices;
using RnnGen.Tests;

namespace RnnGen.Runtime.Tests.Blocks;

/// <summary>
/// A state processes blocks of steps: however a sequence is cut, its outputs have the same bits, which agree with those of one step after the other to rounding; at every vector width, for
/// layers that read ahead and those that do not.
/// </summary>
public class ProcessTests
{
    private const int Steps = 103;

    private static readonly int[][] s_cuts = [[1], [2], [7], [64], [1000], [3, 1, 40, 0, 31, 32, 33], [96, 7]];

    // Models with layers that do not read ahead, whose weights are few.
    private static readonly string[] s_streamed = [nameof(BlockMixed), nameof(BlockSmall), nameof(BlockSmallMean), nameof(Narrowing), nameof(Equal), nameof(Widening)];

    public static TheoryData<string> Models => [.. typeof(ProcessTests).Assembly.GetTypes().Where(t => t.GetCustomAttribute<RnnModelAttribute>() is not null).Select(t => t.Name).Order(StringComparer.Ordinal)];

    [Theory, MemberData(nameof(Models))]
    public void AnyCutGivesTheSameBits(string model) => Run(model, nameof(CutAnywhere));

    [Theory, MemberData(nameof(Models))]
    public void AStateIsSavedRestoredAndCopiedBetweenBlocksAndSteps(string model) => Run(model, nameof(Pause));

    [Theory, MemberData(nameof(Models))]
    public void BadSpansAreErrorsThatLeaveTheStateUnchanged(string model) => Run(model, nameof(Reject));

    [Theory, MemberData(nameof(Models))]
    public void OutputsMayTakeThePlaceOfTheInputs(string model) => Run(model, nameof(InPlace));

    [Theory, MemberData(nameof(Models))]
    public void AfterTheFirstCallNothingIsAllocated(string model) => Run(model, nameof(Allocate));

    private static void CutAnywhere<TModel, TNumber, TInput, TTarget>()
        where TModel : IRnnModel<TModel, TNumber, TInput, TTarget>, IVectorizedModel
        where TNumber : unmanaged, IBinaryFloatingPointIeee754<TNumber>
        where TInput : unmanaged, INumber<TInput>
        where TTarget : unmanaged
    {
        Stream<TModel, TNumber, TInput, TTarget> stream = new();
        foreach (VectorWidth width in Enum.GetValues<VectorWidth>().Where(w => w <= VectorWidths.Widest))
        {
            stream.Model.VectorWidth = width;
            StreamState<TNumber, TInput, TTarget> state = stream.State();
            TNumber[] stepped = stream.Feed(state), saved = stream.Saved(state);
            byte[]? expected = null, end = null;
            foreach (int[] cuts in s_cuts)
            {
                state = stream.State();
                TNumber[] processed = stream.Process(state, cuts);
                expected ??= Bytes(processed);
                end ??= Bytes(stream.Saved(state));
                Bytes(processed).ShouldBe(expected, $"{width}, cut into {string.Join(", ", cuts)}");
                Bytes(stream.Saved(state)).ShouldBe(end, $"{width}, the state after {string.Join(", ", cuts)}");
                ShouldBeNear(processed, stepped, $"{width}, outputs");
                ShouldBeNear(stream.Saved(state), saved, $"{width}, the state");
            }

            // A sequence from its beginning, and what a whole one is predicted to be.
            state.Reset();
            Bytes(stream.Process(state, [Steps])).ShouldBe(expected, $"{width}, after Reset");
            TNumber[] whole = new TNumber[TModel.Layout.OutputLength];
            stream.Model.PredictBatch(stream.Inputs.AsSpan(0, TModel.Layout.InputLength), whole, 1);
            int says = TModel.Layout.OutputSteps == 1 ? TModel.Layout.SequenceLength - 1 : 0;
            ShouldBeNear(stepped.AsSpan(says * stream.OutputSize, whole.Length).ToArray(), whole, $"{width}, predicted");
            if (!s_streamed.Contains(typeof(TModel).Name))
            {
                Bytes(stream.Process(stream.State(), [TModel.Layout.SequenceLength], 0, TModel.Layout.SequenceLength)[^whole.Length..]).ShouldBe(Bytes(whole), $"{width}, predicted");
            }

            // Alone and in batches, of which the smallest go one after the other; of different lengths too.
            for (int count = 2; count <= TModel.Layout.BatchSize; count++)
            {
                TNumber[] batch = new TNumber[count * whole.Length], shorter = new TNumber[batch.Length], alone = new TNumber[whole.Length];
                TInput[] inputs = [.. Enumerable.Repeat(stream.Inputs[..TModel.Layout.InputLength], count).SelectMany(i => i)];
                stream.Model.PredictBatch(inputs, batch, count);
                Bytes(batch).ShouldBe([.. Enumerable.Repeat(Bytes(whole), count).SelectMany(b => b)], $"{width}, {count} in a batch");
                int[] lengths = [.. Enumerable.Range(0, count).Select(i => 1 + (i % TModel.Layout.SequenceLength))];
                stream.Model.PredictBatch(inputs, shorter, count, lengths);
                for (int i = 0; i < count; i++)
                {
                    stream.Model.PredictBatch(inputs.AsSpan(0, TModel.Layout.InputLength), alone, 1, lengths.AsSpan(i, 1));
                    Bytes(shorter.AsSpan(i * whole.Length, whole.Length).ToArray()).ShouldBe(Bytes(alone), $"{width}, sequence {i} of {count}, of {lengths[i]} steps");
                }
            }
        }
    }

    private static void Pause<TModel, TNumber, TInput, TTarget>()
        where TModel : IRnnModel<TModel, TNumber, TInput, TTarget>, IVectorizedModel
        where TNumber : unmanaged, IBinaryFloatingPointIeee754<TNumber>
        where TInput : unmanaged, INumber<TInput>
        where TTarget : unmanaged
    {
        Stream<TModel, TNumber, TInput, TTarget> stream = new();
        foreach (int pause in (int[])[0, 1, 2, 33])
        {
            // Steps, a block, steps, a block: each finds the state where the one before left it.
            StreamState<TNumber, TInput, TTarget> state = stream.State();
            TNumber[] stepped = stream.Feed(stream.State());
            TNumber[] outputs = [.. stream.Feed(state, 0, pause), .. stream.Process(state, [5], pause, pause + 10), .. stream.Feed(state, pause + 10, pause + 13), .. stream.Process(state, [40], pause + 13, Steps)];
            ShouldBeNear(outputs, stepped, $"in turn from step {pause}");

            StreamState<TNumber, TInput, TTarget> origin = stream.State(), restored = stream.State(), copy = stream.State();
            stream.Process(origin, [64], 0, pause);
            stream.Process(restored, [64], 50, 60);
            stream.Process(copy, [64], 50, 60);
            restored.Restore(stream.Saved(origin));
            copy.GetType().GetMethod("CopyTo")!.Invoke(origin, [copy]);
            byte[] rest = Bytes(stream.Process(origin, [64], pause, Steps));
            Bytes(stream.Process(restored, [9], pause, Steps)).ShouldBe(rest, $"Restore at step {pause}");
            Bytes(stream.Process(copy, [9], pause, Steps)).ShouldBe(rest, $"CopyTo at step {pause}");
        }
    }

    private static void Reject<TModel, TNumber, TInput, TTarget>()
        where TModel : IRnnModel<TModel, TNumber, TInput, TTarget>, IVectorizedModel
        where TNumber : unmanaged, IBinaryFloatingPointIeee754<TNumber>
        where TInput : unmanaged, INumber<TInput>
        where TTarget : unmanaged
    {
        Stream<TModel, TNumber, TInput, TTarget> stream = new();
        StreamState<TNumber, TInput, TTarget> state = stream.State();
        stream.Process(state, [10], 0, 10);
        byte[] before = Bytes(stream.Saved(state));
        int input = stream.InputSize, output = stream.OutputSize;
        if (input > 1)
        {
            Should.Throw<ArgumentException>(() => state.Process(new TInput[2 * input - 1], new TNumber[2 * output])).Message.ShouldContain($"whole steps of {input} elements");
        }

        Should.Throw<ArgumentException>(() => state.Process(new TInput[2 * input], new TNumber[2 * output + 1])).Message.ShouldContain("steps × OutputSize");
        Should.Throw<ArgumentException>(() => state.Process(new TInput[2 * input], new TNumber[output])).Message.ShouldContain("steps × OutputSize");
        Should.Throw<ArgumentException>(() => state.Process(default, new TNumber[output])).Message.ShouldContain("steps × OutputSize");
        if (TModel.Layout.VocabularySize > 0)
        {
            TInput[] tokens = [TInput.Zero, TInput.Zero, TInput.CreateChecked(TModel.Layout.VocabularySize)];
            Should.Throw<ArgumentOutOfRangeException>(() => state.Process(tokens, new TNumber[3 * output])).Message.ShouldContain("block[2] is 50");
        }

        if (typeof(TInput) == typeof(TNumber))
        {
            // One element later or earlier: an output would take the place of an input that is still to come, or does in the middle of a step.
            TInput[] values = new TInput[50 * (input + output)];
            foreach (int shift in (int[])[-1, 1])
            {
                Should.Throw<ArgumentException>(() => state.Process(values.AsSpan(1, 40 * input), MemoryMarshal.Cast<TInput, TNumber>(values.AsSpan())[(1 + shift)..][..(40 * output)])).Message.ShouldContain("overlaps 'block'");
            }

            if (output > input)
            {
                Should.Throw<ArgumentException>(() => state.Process(values.AsSpan(0, 40 * input), MemoryMarshal.Cast<TInput, TNumber>(values.AsSpan())[..(40 * output)])).Message.ShouldContain("overlaps 'block'");
            }

            // Side by side they do not overlap.
            StreamState<TNumber, TInput, TTarget> other = stream.State();
            other.Process(values.AsSpan(0, 40 * input), MemoryMarshal.Cast<TInput, TNumber>(values.AsSpan())[(40 * input)..][..(40 * output)]);
        }

        state.Process(default, default);
        Bytes(stream.Saved(state)).ShouldBe(before);
    }

    private static void InPlace<TModel, TNumber, TInput, TTarget>()
        where TModel : IRnnModel<TModel, TNumber, TInput, TTarget>, IVectorizedModel
        where TNumber : unmanaged, IBinaryFloatingPointIeee754<TNumber>
        where TInput : unmanaged, INumber<TInput>
        where TTarget : unmanaged
    {
        Stream<TModel, TNumber, TInput, TTarget> stream = new();
        if (typeof(TInput) != typeof(TNumber) || stream.OutputSize > stream.InputSize)
        {
            return;
        }

        TInput[] values = [.. stream.Inputs];
        Span<TNumber> outputs = MemoryMarshal.Cast<TInput, TNumber>(values.AsSpan())[..(Steps * stream.OutputSize)];
        stream.State().Process(values, outputs);
        Bytes(outputs.ToArray()).ShouldBe(Bytes(stream.Process(stream.State(), [Steps])));
    }

    private static void Allocate<TModel, TNumber, TInput, TTarget>()
        where TModel : IRnnModel<TModel, TNumber, TInput, TTarget>, IVectorizedModel
        where TNumber : unmanaged, IBinaryFloatingPointIeee754<TNumber>
        where TInput : unmanaged, INumber<TInput>
        where TTarget : unmanaged
    {
        Stream<TModel, TNumber, TInput, TTarget> stream = new();
        StreamState<TNumber, TInput, TTarget> state = stream.State();
        TNumber[] outputs = new TNumber[Steps * stream.OutputSize];
        state.Process(stream.Inputs.AsSpan(0, stream.InputSize), outputs.AsSpan(0, stream.OutputSize));
        Allocations.Of(() => state.Process(stream.Inputs, outputs)).ShouldBe(0);
    }

    private static void Run(string name, string check)
    {
        Type model = typeof(ProcessTests).Assembly.GetType($"{typeof(ProcessTests).Namespace}.{name}")!;
        Type[] arguments = model.GetInterfaces().Single(i => i.Name.StartsWith("IRnnModel", StringComparison.Ordinal)).GetGenericArguments();
        typeof(ProcessTests).GetMethod(check, BindingFlags.NonPublic | BindingFlags.Static)!.MakeGenericMethod(arguments).Invoke(null, BindingFlags.DoNotWrapExceptions, null, [], null);
    }

    private static byte[] Bytes<T>(T[] values) where T : unmanaged => MemoryMarshal.AsBytes<T>(values).ToArray();

    // Sums of up to 700 terms in another order, and then the same equations: the stated bound of Process against Step, relative to the greatest value.
    private static void ShouldBeNear<TNumber>(TNumber[] found, TNumber[] expected, string what) where TNumber : unmanaged, IBinaryFloatingPointIeee754<TNumber>
    {
        double bound = typeof(TNumber) == typeof(float) ? 2e-6 : 4e-15, greatest = expected.Max(e => double.Abs(double.CreateChecked(e)));
        found.Length.ShouldBe(expected.Length);
        double difference = found.Zip(expected, (f, e) => double.Abs(double.CreateChecked(f) - double.CreateChecked(e))).DefaultIfEmpty(0).Max();
        (difference <= bound * double.Max(1, greatest)).ShouldBeTrue($"{what}: apart by {difference}, beside {greatest}");
    }

    /// <summary>A model with a sequence, longer than its own.</summary>
    private sealed class Stream<TModel, TNumber, TInput, TTarget>
        where TModel : IRnnModel<TModel, TNumber, TInput, TTarget>
        where TNumber : unmanaged, IBinaryFloatingPointIeee754<TNumber>
        where TInput : unmanaged, INumber<TInput>
        where TTarget : unmanaged
    {
        public Stream()
        {
            Random random = new(3);
            Model = TModel.Create(2);

            // Biases too, which a new model has none of but the forget gate's, and learned states.
            TNumber[] parameters = Model.Parameters.ToArray();
            Array.ForEach(Enumerable.Range(0, parameters.Length).ToArray(), i => parameters[i] += TNumber.CreateChecked(0.02 * (random.NextDouble() - 0.5)));
            Model.SetParameters(parameters);
            Inputs = [.. Enumerable.Range(0, Steps * InputSize).Select(_ => TModel.Layout.VocabularySize > 0 ? TInput.CreateChecked(random.Next(TModel.Layout.VocabularySize)) : TInput.CreateChecked(random.NextDouble() - 0.5))];
        }

        public TModel Model { get; }

        public TInput[] Inputs { get; }

        public int InputSize => TModel.Layout.InputStep;

        public int OutputSize => TModel.Layout.OutputLength / TModel.Layout.OutputSteps;

        public StreamState<TNumber, TInput, TTarget> State() => (StreamState<TNumber, TInput, TTarget>)typeof(TModel).GetMethod("CreateState")!.Invoke(Model, null)!;

        public TNumber[] Saved(StreamState<TNumber, TInput, TTarget> state)
        {
            TNumber[] saved = new TNumber[(int)state.GetType().GetField("Length")!.GetRawConstantValue()!];
            state.Save(saved);
            return saved;
        }

        public TNumber[] Feed(StreamState<TNumber, TInput, TTarget> state, int first = 0, int last = Steps)
        {
            TNumber[] outputs = new TNumber[(last - first) * OutputSize];
            for (int t = first; t < last; t++)
            {
                state.Step(Inputs.AsSpan(t * InputSize, InputSize), outputs.AsSpan((t - first) * OutputSize, OutputSize));
            }

            return outputs;
        }

        /// <summary>Processes blocks of the given lengths, over and over.</summary>
        public TNumber[] Process(StreamState<TNumber, TInput, TTarget> state, int[] lengths, int first = 0, int last = Steps)
        {
            TNumber[] outputs = new TNumber[(last - first) * OutputSize];
            for (int t = first, i = 0; t < last; i++)
            {
                int count = Math.Min(lengths[i % lengths.Length], last - t);
                state.Process(Inputs.AsSpan(t * InputSize, count * InputSize), outputs.AsSpan((t - first) * OutputSize, count * OutputSize));
                t += count;
            }

            return outputs;
        }
    }
}
