using RnnGen.Tests;
using Shouldly;
using Xunit;

namespace RnnGen.Numerics.Tests;

/// <summary>Zero bytes are allocated after the first call, on the calling thread or any other.</summary>
[Collection(nameof(Alone))]
public class AllocationTests
{
    private const int Calls = 20;
    private const int Rounds = 50;

    public static TheoryData<string> Optimizers => [.. ShippedOptimizers.Names, .. s_optionsOfAll.Keys];

    private static readonly Dictionary<string, Func<Optimizer>> s_optionsOfAll = new()
    {
        ["Sgd, all options"] = () => new Sgd(1e-4) { Momentum = 0.9, Nesterov = true, ClipNorm = 1, WeightDecay = 0.01 },
        ["RmsProp, all options"] = () => new RmsProp(1e-4) { Centered = true, Momentum = 0.9, ClipValue = 1, WeightDecay = 0.01 },
        ["AdamW, clipped"] = () => new AdamW(1e-4) { ClipNorm = 1, ClipValue = 1 },
    };

    [Theory]
    [InlineData(VectorWidth.V128)]
    [InlineData(VectorWidth.V256)]
    [InlineData(VectorWidth.V512)]
    public void Predicting_does_not_allocate(VectorWidth width)
    {
        GruLastCrossentropyFloat model = new(1) { VectorWidth = width };
        var sample = Sample<float, int>.Draw<GruLastCrossentropyFloat>(5);
        float[] one = sample.Inputs[..GruLastCrossentropyFloat.Layout.InputLength], output = new float[6], outputs = new float[30];
        int[] classes = new int[1];
        ShouldNotAllocate(() => model.Predict(one, output), "Predict");
        ShouldNotAllocate(() => model.PredictBatch(sample.Inputs, outputs, 5), "PredictBatch");
        ShouldNotAllocate(() => model.PredictClass(one), "PredictClass");
        ShouldNotAllocate(() => model.PredictClasses(one, classes), "PredictClasses");
        ShouldNotAllocate(() => model.PredictProbabilities(one, output), "PredictProbabilities");

        LstmLastBceFloat binary = new(1) { VectorWidth = width };
        float[] input = new float[LstmLastBceFloat.Layout.InputLength], probability = new float[1];
        ShouldNotAllocate(() => binary.PredictProbabilities(input, probability), "PredictProbabilities, binary");

        StackEachCrossentropy each = new(1) { VectorWidth = width };
        double[] sequence = new double[StackEachCrossentropy.Layout.InputLength], logits = new double[StackEachCrossentropy.Layout.OutputLength];
        int[] steps = new int[StackEachCrossentropy.SequenceLength];
        ShouldNotAllocate(() => each.Predict(sequence, logits), "Predict, every step, double");
        ShouldNotAllocate(() => each.PredictClasses(sequence, steps), "PredictClasses, every step, double");
        ShouldNotAllocate(() => each.PredictProbabilities(sequence, logits), "PredictProbabilities, every step, double");
    }

    [Theory]
    [InlineData(VectorWidth.V128)]
    [InlineData(VectorWidth.V256)]
    [InlineData(VectorWidth.V512)]
    public void Reading_quantiles_parameters_and_draws_does_not_allocate(VectorWidth width)
    {
        QuantileEachFloat model = new(1) { VectorWidth = width };
        float[] input = new float[QuantileEachFloat.Layout.InputLength], output = new float[QuantileEachFloat.Layout.OutputLength];
        float[] quantiles = new float[QuantileEachFloat.Layout.OutputSteps * QuantileEachFloat.Layout.HeadSize];
        ShouldNotAllocate(() => model.Predict(input, output), "Predict");
        ShouldNotAllocate(() => model.PredictQuantiles(input, quantiles), "PredictQuantiles");
        ShouldNotAllocate(() => model.PredictParameters(input, quantiles), "PredictParameters");
        ShouldNotAllocate(() => model.Sample(input, output, 3), "Sample");

        QuantileEachFloat.State state = model.CreateState();
        QuantileEachFloat.Streams streams = model.CreateStreams(5);
        float[] x = new float[5 * QuantileEachFloat.InputSize], y = new float[5 * QuantileEachFloat.OutputSize], step = new float[QuantileEachFloat.Layout.HeadSize];
        ShouldNotAllocate(
            () =>
            {
                state.Step(x.AsSpan(0, QuantileEachFloat.InputSize), y.AsSpan(0, QuantileEachFloat.OutputSize));
                state.ReadQuantiles(step);
                streams.Step(x, y);
                streams.ReadQuantiles(3, step);
            },
            "reading the latest step of a state and of one of many streams");
    }

    [Fact]
    public void Measuring_the_flow_of_gradients_does_not_allocate()
    {
        FlowSteps model = new(1) { Threads = 2 };
        var sample = Sample<double, double>.Draw<FlowSteps>(19);
        double[] gradients = new double[FlowSteps.ParameterCount];
        Adam adam = new(1e-3);
        double sum = 0;
        ShouldNotAllocate(() =>
        {
            model.TrainStep(sample.Inputs, sample.Targets, 19, adam);
            model.ComputeGradients(sample.Inputs, sample.Targets, 19, gradients);
            model.ApplyGradients(gradients, adam);
            sum += model.GradientFlow.Layers[0].States[0].Norms[0] + model.GradientFlow.Layers[0].Gates[0].Low + model.GradientFlow.UpdateNorms[0];
        }, "training and reading what was measured");
        sum.ShouldBeGreaterThan(0);
    }

    [Fact]
    public void Explaining_does_not_allocate()
    {
        ExplainedRecomputed model = new(1);
        ExplainedScans scans = new(1);
        ExplainedTokens tokens = new(1);
        double[] input = new double[36], gradients = new double[36], scanned = new double[27], shares = new double[27], embedded = new double[35], attributions = new double[7];
        int[] sequence = [1, 2, 3, 4, 5, 6, 7];
        ShouldNotAllocate(() =>
        {
            model.ComputeInputGradients(input, gradients, 0, 5);
            model.ComputeIntegratedGradients(input, gradients, 0, 5, points: 9);
            scans.ComputeIntegratedGradients(scanned, shares, 1, points: 4);
            tokens.ComputeInputGradients(sequence, embedded, 1);
            tokens.ComputeIntegratedGradients(sequence, attributions, 1, points: 5);
        }, "gradients and integrated gradients, by turns");
    }

    [Fact]
    public void Streaming_does_not_allocate()
    {
        StackEachCrossentropyFloat model = new(1);
        StackEachCrossentropyFloat.State state = model.CreateState(), other = model.CreateState();
        float[] x = new float[StackEachCrossentropyFloat.InputSize], y = new float[StackEachCrossentropyFloat.OutputSize], saved = new float[StackEachCrossentropyFloat.State.Length];
        ShouldNotAllocate(() => state.Step(x, y), "Step");
        ShouldNotAllocate(() => state.CopyTo(other), "CopyTo");
        ShouldNotAllocate(() => state.Save(saved), "Save");
        ShouldNotAllocate(() => state.Restore(saved), "Restore");
        ShouldNotAllocate(state.Reset, "Reset");
    }

    /// <summary>Many streams and batches, on one thread and on two: enough of them that both have something to do.</summary>
    [Theory, InlineData(1), InlineData(2)]
    public void Many_at_once_do_not_allocate(int threads)
    {
        const int streams = 4096, sequences = 700;
        StackEachCrossentropyFloat model = new(1) { Threads = threads };
        StackEachCrossentropyFloat.Streams set = model.CreateStreams(streams), other = model.CreateStreams(streams);
        float[] x = new float[streams * StackEachCrossentropyFloat.InputSize], y = new float[streams * StackEachCrossentropyFloat.OutputSize], saved = new float[StackEachCrossentropyFloat.Streams.Length];
        float[] inputs = new float[sequences * StackEachCrossentropyFloat.Layout.InputLength], outputs = new float[sequences * StackEachCrossentropyFloat.Layout.OutputLength];
        int[] lengths = [.. Enumerable.Range(0, sequences).Select(i => 1 + i % StackEachCrossentropyFloat.SequenceLength)];
        ShouldNotAllocate(() => set.Step(x, y), "Step");
        ShouldNotAllocate(() => set.CopyTo(other), "CopyTo");
        ShouldNotAllocate(() => set.Save(33, saved), "Save");
        ShouldNotAllocate(() => set.Restore(33, saved), "Restore");
        ShouldNotAllocate(() => set.Copy(1, 2), "Copy");
        ShouldNotAllocate(() => set.Reset(7), "Reset of one");
        ShouldNotAllocate(set.Reset, "Reset");
        ShouldNotAllocate(() => model.PredictBatch(inputs, outputs, sequences), "PredictBatch");
        ShouldNotAllocate(() => model.PredictBatch(inputs, outputs, sequences, lengths), "PredictBatch, lengths");
    }

    [Theory, MemberData(nameof(Optimizers))]
    public void Training_does_not_allocate(string name)
    {
        foreach (int threads in (int[])[1, 2])
        {
            Train<StackLastMseFloat, float, float>(name, threads);
            Train<GruEachCrossentropy, double, int>(name, threads);
        }
    }

    /// <summary>Sequences of different lengths; tokens, whose table is changed only where it was read.</summary>
    [Theory, InlineData(1), InlineData(2)]
    public void Training_on_lengths_and_tokens_does_not_allocate(int threads)
    {
        const int count = 19, steps = LastButOne.SequenceLength;
        LastButOne model = new(1) { Threads = threads };
        int[] inputs = [.. Enumerable.Range(0, count * steps).Select(i => i * 5 % 8)], classes = [.. Enumerable.Range(0, count).Select(i => i % 8)];
        int[] lengths = [.. Enumerable.Range(0, count).Select(i => 1 + (i * 7 % steps))];
        float[] gradients = new float[LastButOne.ParameterCount], outputs = new float[count * LastButOne.Layout.OutputLength];
        Adam adam = new(1e-3) { ClipNorm = 1 };
        ShouldNotAllocate(() => model.TrainStep(inputs, classes, count, adam, lengths), "TrainStep");
        ShouldNotAllocate(() => model.ComputeLoss(inputs, classes, count, lengths), "ComputeLoss");
        ShouldNotAllocate(() => model.ComputeGradients(inputs, classes, count, gradients, lengths), "ComputeGradients");
        ShouldNotAllocate(() => model.PredictBatch(inputs, outputs, count, lengths), "PredictBatch");
        ShouldNotAllocate(() => model.PredictClass(inputs.AsSpan(0, 5), 5), "PredictClass");
    }

    private static void Train<TModel, TNumber, TTarget>(string name, int threads)
        where TModel : IRnnModel<TModel, TNumber, TNumber, TTarget>
        where TNumber : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<TNumber>
        where TTarget : unmanaged, System.Numerics.INumberBase<TTarget>
    {
        TModel model = TModel.Create(1).With(threads: threads);
        Optimizer optimizer = s_optionsOfAll.TryGetValue(name, out Func<Optimizer>? create) ? create() : ShippedOptimizers.Create(name, 1e-4);
        var sample = Sample<TNumber, TTarget>.Draw<TModel>(5);
        TNumber[] gradients = new TNumber[TModel.Layout.ParameterCount];
        string what = $"{typeof(TModel).Name}, {name}, {threads} threads: ";
        ShouldNotAllocate(() => model.ComputeLoss(sample.Inputs, sample.Targets, sample.Count), what + "ComputeLoss");
        ShouldNotAllocate(() => model.ComputeGradients(sample.Inputs, sample.Targets, sample.Count, gradients), what + "ComputeGradients");
        ShouldNotAllocate(() => model.ApplyGradients(gradients, optimizer), what + "ApplyGradients");
        ShouldNotAllocate(() => model.TrainStep(sample.Inputs, sample.Targets, sample.Count, optimizer), what + "TrainStep");
    }

    [Fact]
    public void The_measurement_sees_what_is_allocated()
    {
        object? kept = null;
        Should.Throw<ShouldAssertException>(() => ShouldNotAllocate(() => kept = new object(), "an object"));
        Should.Throw<ShouldAssertException>(() => ShouldNotAllocate(() =>
        {
            using ManualResetEventSlim done = new();
            ThreadPool.UnsafeQueueUserWorkItem(_ =>
            {
                kept = new byte[100];
                done.Set();
            }, null);
            done.Wait();
        }, "an object on another thread"));
        kept.ShouldNotBeNull();
    }

    /// <summary>
    /// Of all threads: nothing else runs beside this collection. What the runtime itself allocates now and then (a timer,
    /// tiered compilation) comes and goes, while a call that allocates does so in every round: the least of the rounds tells.
    /// </summary>
    internal static void ShouldNotAllocate(Action call, string what)
    {
        call();
        long least = long.MaxValue;
        for (int round = 0; round < Rounds && least > 0; round++)
        {
            if (round > 1)
                Thread.Sleep(20);

            // On a busy machine the calls may take longer than a timer's period.
            int calls = round < Rounds / 5 ? Calls : Calls / 5;
            long before = GC.GetTotalAllocatedBytes(precise: true);
            for (int i = 0; i < calls; i++)
                call();
            least = Math.Min(least, GC.GetTotalAllocatedBytes(precise: true) - before);
        }

        least.ShouldBe(0, $"{what}: bytes in {Calls} or {Calls / 5} calls");
    }
}
