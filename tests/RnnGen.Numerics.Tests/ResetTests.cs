using System.Numerics;
using RnnGen.Tests;
using Shouldly;
using Xunit;

namespace RnnGen.Numerics.Tests;

/// <summary>States that are reset inside a window: the window is the sequences that it is cut into, forward, backward and in what it leaves, to the bit.</summary>
[Collection(nameof(Alone))]
public class ResetTests
{
    private const int Steps = 12;

    private static double[] Draw(int count, int seed) => Draw<double>(count, seed);

    private static T[] Draw<T>(int count, int seed) where T : INumberBase<T>
    {
        Random random = new(seed);
        return [.. Enumerable.Range(0, count).Select(_ => T.CreateChecked((2 * random.NextDouble()) - 1))];
    }

    // Three sequences of 12, 10 and 12 steps; the first is reset at 3 and 7, the second at 0, the third nowhere (what lies beyond the second's end is not read).
    private static readonly int[] s_lengths = [12, 10, 12];

    private static readonly (int Sequence, int Start, int Length)[] s_pieces = [(0, 0, 3), (0, 3, 4), (0, 7, 5), (1, 0, 10), (2, 0, 12)];

    private static readonly int[] s_pieceLengths = [.. s_pieces.Select(p => p.Length)];

    private static bool[] Resets()
    {
        bool[] resets = new bool[3 * Steps];
        (resets[3], resets[7], resets[Steps], resets[Steps + 11]) = (true, true, true, true);
        return resets;
    }

    // The pieces as sequences of their own.
    private static T[] Cut<T>(T[] values, int size)
    {
        T[] cut = new T[s_pieces.Length * Steps * size];
        for (int i = 0; i < s_pieces.Length; i++)
            values.AsSpan(((s_pieces[i].Sequence * Steps) + s_pieces[i].Start) * size, s_pieces[i].Length * size).CopyTo(cut.AsSpan(i * Steps * size));
        return cut;
    }

    public static TheoryData<VectorWidth> Widths => [.. Members.Widths];

    [Theory, MemberData(nameof(Widths))]
    public void A_window_with_resets_is_its_pieces(VectorWidth width)
    {
        CheckPieces<RecomputedSteps, double>(width);
        CheckPieces<RecomputedStepsTwin, double>(width);
        CheckPieces<RecomputedStepsTwin, double>(width, threads: 3);
        CheckPieces<ConvolvedWindows, double>(width);
        CheckPieces<ResetQuantiles, float>(width);
    }

    private static void CheckPieces<TModel, TNumber>(VectorWidth width, int threads = 1)
        where TModel : IRnnModel<TModel, TNumber, TNumber, TNumber>, IStatefulModel<TNumber, TNumber, TNumber>
        where TNumber : unmanaged, IBinaryFloatingPointIeee754<TNumber>
    {
        TNumber zero = default;
        TModel model = TModel.Create(1).With(width, threads);
        int features = TModel.Layout.InputStep, outputs = TModel.Layout.TargetLength / Steps, length = TModel.Layout.ParameterCount;
        TNumber[] inputs = Draw<TNumber>(3 * Steps * features, 1), targets = Draw<TNumber>(3 * Steps * outputs, 2), found = new TNumber[length], expected = new TNumber[length];
        float[] weights = [.. Draw(3 * Steps, 3).Select(w => (float)Math.Abs(w))];
        foreach ((float[] ofWindow, float[] ofPieces) in new (float[], float[])[] { ([], []), (weights, Cut(weights, 1)), (weights[..3], [.. s_pieces.Select(p => weights[p.Sequence])]) })
        {
            BatchState<TNumber> state = model.CreateBatchState(3), cut = model.CreateBatchState(s_pieces.Length);
            for (int sequence = 0; sequence < 3; sequence++)
                state.Set(sequence, Draw<TNumber>(state.Length, 10 + sequence));
            cut.Set(0, state[0]);
            cut.Set(4, state[2]);
            TrainingBatch<TNumber, TNumber> window = new() { Inputs = inputs, Targets = targets, Count = 3, Lengths = s_lengths, Weights = ofWindow, Resets = Resets(), State = state };
            TrainingBatch<TNumber, TNumber> pieces = new() { Inputs = Cut(inputs, features), Targets = Cut(targets, outputs), Count = s_pieces.Length, Lengths = s_pieceLengths, Weights = ofPieces, State = cut };
            model.ComputeGradients(window, found).ShouldBe(model.ComputeGradients(pieces, expected));
            found.ShouldBe(expected);
            found.ShouldContain(g => !g.Equals(zero));

            // The last piece leaves the state; the first has the gradient with respect to it, where it was not reset.
            state[0].ToArray().ShouldBe(cut[2].ToArray());
            state[1].ToArray().ShouldBe(cut[3].ToArray());
            state[2].ToArray().ShouldBe(cut[4].ToArray());
            state.Gradient(0).ToArray().ShouldBe(cut.Gradient(0).ToArray());
            state.Gradient(1).ToArray().ShouldAllBe(g => g.Equals(zero));
            state.Gradient(2).ToArray().ShouldBe(cut.Gradient(4).ToArray());
            state.Gradient(0).ToArray().ShouldContain(g => !g.Equals(zero));

            // Without a state all pieces start from the beginning.
            model.ComputeLoss(new TrainingBatch<TNumber, TNumber> { Inputs = inputs, Targets = targets, Count = 3, Lengths = s_lengths, Weights = ofWindow, Resets = Resets() })
                .ShouldBe(model.ComputeLoss(new TrainingBatch<TNumber, TNumber> { Inputs = pieces.Inputs, Targets = pieces.Targets, Count = s_pieces.Length, Lengths = pieces.Lengths, Weights = ofPieces }));
        }

        // A step of training, and no reset at all.
        TModel twin = TModel.Create(1).With(width);
        Adam adam = new(1e-2), other = new(1e-2);
        model.TrainStep(new TrainingBatch<TNumber, TNumber> { Inputs = inputs, Targets = targets, Count = 3, Lengths = s_lengths, Resets = Resets() }, adam);
        twin.TrainStep(new TrainingBatch<TNumber, TNumber> { Inputs = Cut(inputs, features), Targets = Cut(targets, outputs), Count = s_pieces.Length, Lengths = s_pieceLengths }, other);
        model.Parameters.SequenceEqual(twin.Parameters).ShouldBeTrue();
        model.ComputeLoss(new TrainingBatch<TNumber, TNumber> { Inputs = inputs, Targets = targets, Count = 3, Lengths = s_lengths, Resets = new bool[3 * Steps] })
            .ShouldBe(model.ComputeLoss(inputs, targets, 3, s_lengths));
    }

    /// <summary>Batches with no more pieces than one before take no memory.</summary>
    [Theory, InlineData(1), InlineData(2)]
    public void Steps_with_resets_do_not_allocate(int threads)
    {
        ResetQuantiles model = new(1) { Threads = threads };
        float[] inputs = Draw<float>(3 * Steps * 2, 1), targets = Draw<float>(3 * Steps * 2, 2), weights = new float[3 * Steps], gradients = new float[ResetQuantiles.ParameterCount];
        weights.AsSpan().Fill(0.5f);
        bool[] all = Resets(), fewer = new bool[3 * Steps];
        fewer[5] = true;
        BatchState<float> state = model.CreateBatchState(3);
        Adam adam = new(1e-3);
        TrainingBatch<float, float> Batch(bool[] resets, bool isWeighted) =>
            new() { Inputs = inputs, Targets = targets, Count = 3, Lengths = s_lengths, Weights = isWeighted ? weights : default(ReadOnlySpan<float>), Resets = resets, State = state };
        AllocationTests.ShouldNotAllocate(
            () =>
            {
                model.TrainStep(Batch(all, true), adam);
                model.TrainStep(Batch(fewer, false), adam);
            },
            "TrainStep");
        AllocationTests.ShouldNotAllocate(() => model.ComputeGradients(Batch(all, true), gradients), "ComputeGradients");
        AllocationTests.ShouldNotAllocate(() => model.ComputeLoss(Batch(all, false)), "ComputeLoss");
    }

    /// <summary>Of a window with one output only the last piece counts: neither the values nor the gradients of the steps before pass the reset.</summary>
    [Fact]
    public void One_output_is_that_of_the_last_piece()
    {
        FlowEnd model = new(1);
        double[] inputs = Draw(2 * Steps * 2, 1), targets = Draw(6, 2), found = new double[FlowEnd.ParameterCount], expected = new double[FlowEnd.ParameterCount], moved = [.. inputs];
        bool[] resets = new bool[2 * Steps];
        (resets[4], resets[9]) = (true, true);
        double[] cut = new double[inputs.Length];
        inputs.AsSpan(18, 6).CopyTo(cut);
        inputs.AsSpan(24).CopyTo(cut.AsSpan(24));
        double loss = model.ComputeGradients(new TrainingBatch<double, double> { Inputs = inputs, Targets = targets, Count = 2, Resets = resets }, found);
        loss.ShouldBe(model.ComputeGradients(cut, targets, 2, expected, [3, 12]));
        found.ShouldBe(expected);
        for (int i = 0; i < 18; i++)
            moved[i] += 1;
        model.ComputeLoss(new TrainingBatch<double, double> { Inputs = moved, Targets = targets, Count = 2, Resets = resets }).ShouldBe(loss);
    }

    [Fact]
    public void Evaluating_data_with_resets_is_streaming_with_resets()
    {
        RecomputedStepsTwin model = new(3);
        const int windows = 5, streams = 3;
        double[] inputs = Draw(windows * streams * Steps * 2, 4), targets = Draw(inputs.Length, 5);
        bool[] resets = [.. Enumerable.Range(0, windows * streams * Steps).Select(i => i % 17 == 5)];
        SequenceDataset<double, double> data = SequenceDataset.FromStream(inputs, targets, windows * streams * Steps, Steps, streams, resets);
        double sum = 0;
        for (int stream = 0; stream < streams; stream++)
        {
            RecomputedStepsTwin.State state = model.CreateState();
            double[] y = new double[2];
            for (int t = stream * windows * Steps; t < (stream + 1) * windows * Steps; t++)
            {
                if (resets[t])
                    state.Reset();
                state.Step(inputs.AsSpan(2 * t, 2), y);
                sum += Math.Pow(y[0] - targets[2 * t], 2) + Math.Pow(y[1] - targets[(2 * t) + 1], 2);
            }
        }

        Evaluation evaluation = model.Evaluate(data);
        evaluation.Loss.ShouldBe(sum / inputs.Length, 1e-12);
        evaluation.Rmse!.Value.ShouldBe(Math.Sqrt(sum / inputs.Length), 1e-12);
        Math.Abs(model.Evaluate(data.WithResets(new bool[resets.Length])).Loss - evaluation.Loss).ShouldBeGreaterThan(1e-6);
    }

    [Fact]
    public void Fit_trains_on_the_pieces_of_windows()
    {
        const int count = 9;
        double[] inputs = Draw(count * Steps * 2, 6), targets = Draw(inputs.Length, 7);
        bool[] resets = [.. Enumerable.Range(0, count * Steps).Select(i => i % 7 == 3)];
        RecomputedStepsTwin model = new(1), twin = new(1);
        model.Fit(SequenceDataset.FromArrays(inputs, targets, count).WithStreams(3).WithResets(resets), options: new FitOptions { Epochs = 2, CarryState = true, Optimizer = new Adam(1e-2) });
        Adam adam = new(1e-2);
        for (int epoch = 0; epoch < 2; epoch++)
        {
            BatchState<double> state = twin.CreateBatchState(3);
            for (int window = 0; window < 3; window++)
            {
                int from = window * 3 * Steps, steps = 3 * Steps;
                twin.TrainStep(new TrainingBatch<double, double> { Inputs = inputs.AsSpan(2 * from, 2 * steps), Targets = targets.AsSpan(2 * from, 2 * steps), Count = 3, Resets = resets.AsSpan(from, steps), State = state }, adam);
            }
        }

        model.Parameters.SequenceEqual(twin.Parameters).ShouldBeTrue();

        // Parts of the data keep their resets.
        SequenceDataset<double, double> data = SequenceDataset.FromArrays(inputs, targets, count).WithResets(resets);
        data.Slice(2, 4).Resets.SequenceEqual(resets.AsSpan(2 * Steps, 4 * Steps)).ShouldBeTrue();
        data.Select([5, 1]).Resets.ToArray().ShouldBe([.. resets[(5 * Steps)..(6 * Steps)], .. resets[Steps..(2 * Steps)]]);
    }

    [Fact]
    public void What_is_not_finite_is_named_by_its_sequence()
    {
        RecomputedStepsTwin model = new(1);
        double[] inputs = Draw(3 * Steps * 2, 1), targets = Draw(inputs.Length, 2);
        inputs[(8 * 2) + 1] = double.NaN;
        BatchState<double> state = model.CreateBatchState(3);
        NonFiniteException thrown = Should.Throw<NonFiniteException>(() =>
            model.ComputeGradients(new TrainingBatch<double, double> { Inputs = inputs, Targets = targets, Count = 3, Lengths = s_lengths, Resets = Resets(), State = state }, new double[RecomputedStepsTwin.ParameterCount]));
        thrown.Sequence.ShouldBe(0);
        thrown.Message.ShouldContain("sequence 0, counting steps from step 7 on");
        state.IsCarried(0).ShouldBeFalse();
    }

    [Fact]
    public void Resets_that_do_not_fit_are_rejected()
    {
        RecomputedStepsTwin model = new(1);
        double[] inputs = new double[Steps * 2];
        Should.Throw<ArgumentException>(() => model.ComputeLoss(new TrainingBatch<double, double> { Inputs = inputs, Targets = inputs, Count = 1, Resets = new bool[11] })).Message.ShouldContain("count × SequenceLength");
        Should.Throw<ArgumentException>(() => new LeavingNothingOut(1).ComputeLoss(new TrainingBatch<double, double> { Inputs = new double[30], Targets = new double[2], Count = 1, Resets = new bool[6] }))
            .Message.ShouldContain(") reads a sequence as a whole");
        SequenceDataset<double, double> whole = SequenceDataset.FromArrays(new double[30], new double[2], 1).WithResets(new bool[6]);
        Should.Throw<ArgumentException>(() => new LeavingNothingOut(1).Fit(whole)).ParamName.ShouldBe("train");
        Should.Throw<ArgumentException>(() => new LeavingNothingOut(1).Evaluate(whole)).ParamName.ShouldBe("data");
        SequenceDataset<double, double> data = SequenceDataset.FromArrays(inputs, inputs, 1);
        Should.Throw<ArgumentException>(() => data.WithResets([]));
        Should.Throw<ArgumentException>(() => model.Fit(data.WithResets(new bool[4]))).Message.ShouldContain("4 reset marks for each sequence");
        Should.Throw<ArgumentException>(() => SequenceDataset.FromStream(inputs, inputs, Steps, Steps, 1, new bool[3]));
    }
}
