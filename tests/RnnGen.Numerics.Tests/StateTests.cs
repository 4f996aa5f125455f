using System.Runtime.InteropServices;
using RnnGen.Tests;
using Shouldly;
using Xunit;

namespace RnnGen.Numerics.Tests;

/// <summary>States that are given, learned, or carried from window to window: truncated back-propagation through time.</summary>
public class StateTests
{
    private const int Count = 6;

    private static readonly int[] s_lengths = [6, 2, 5, 6, 1, 3];

    private static double[] Draw(int count, int seed)
    {
        Random random = new(seed);
        return [.. Enumerable.Range(0, count).Select(_ => 2 * random.NextDouble() - 1)];
    }

    private static (double[] Inputs, double[] Targets) Window(int seed = 1) => (Draw(Count * CarriedStates.Layout.InputLength, seed), Draw(Count * CarriedStates.Layout.TargetLength, seed + 10));

    [Fact]
    public void Two_windows_are_one_long_sequence()
    {
        CarriedStates model = new(1);
        CarriedStatesAtOnce whole = new(0);
        whole.SetParameters(model.Parameters);
        const int length = 12 * 2;
        double[] inputs = Draw(Count * length, 1), targets = Draw(Count * length, 2);
        BatchState<double> state = model.CreateBatchState(Count);
        double sum = 0;
        for (int window = 0; window < 2; window++)
        {
            double[] Part(double[] values) => [.. Enumerable.Range(0, Count).SelectMany(i => values[(i * length + window * 12)..(i * length + (window + 1) * 12)])];
            sum += model.ComputeLoss(Part(inputs), Part(targets), Count, state) / 2;
        }

        sum.ShouldBe(whole.ComputeLoss(inputs, targets, Count), 1e-14);
        for (int i = 0; i < Count; i++)
        {
            CarriedStates.State stream = model.CreateState();
            double[] output = new double[2], saved = new double[CarriedStates.State.Length];
            for (int t = 0; t < 12; t++)
                stream.Step(inputs.AsSpan(i * length + 2 * t, 2), output);
            stream.Save(saved);
            Near(state[i], saved, 1e-14);
        }
    }

    [Fact]
    public void Outputs_from_carried_states_have_the_loss_of_carried_states()
    {
        Check<CarriedStates>();
        Check<LearnedStates>();
        Check<CarriedStatesOfMany>();
        Check<LstmMean>();
        Check<ConvolvedSteps>();
        Check<ConvolvedWindows>();
        static void Check<TModel>() where TModel : IRnnModel<TModel, double, double, double>, IStatefulModel<double, double, double>
        {
            TModel model = TModel.Create(1);
            ModelLayout layout = TModel.Layout;
            BatchState<double> trained = model.CreateBatchState(Count), predicted = model.CreateBatchState(Count);
            double[] outputs = new double[Count * layout.OutputLength];
            for (int window = 0; window < 3; window++)
            {
                // The last window has lengths.
                int[] lengths = window < 2 ? [] : [.. Enumerable.Range(0, Count).Select(i => 1 + (i * 5 % layout.SequenceLength))];
                double[] inputs = Draw(Count * layout.InputLength, window), targets = Draw(Count * layout.TargetLength, window + 10);
                double loss = model.ComputeLoss(inputs, targets, Count, trained, lengths);
                Array.Fill(outputs, double.NaN);
                model.PredictBatch(inputs, outputs, Count, predicted, lengths);
                int size = layout.OutputLength / layout.OutputSteps;
                double[] squares = [.. Enumerable.Range(0, outputs.Length)
                    .Where(i => layout.OutputSteps == 1 || lengths.Length == 0 || i % layout.OutputLength / size < lengths[i / layout.OutputLength])
                    .Select(i => Math.Pow(outputs[i] - targets[i], 2))];
                squares.Average().ShouldBe(loss, 1e-13, $"{layout.ModelName}, window {window}");
                for (int i = 0; i < Count; i++)
                    Near(predicted[i], trained[i].ToArray(), 1e-13);
            }

            Should.Throw<ArgumentException>(() => model.PredictBatch(new double[1], outputs, Count, predicted));
            Should.Throw<ArgumentException>(() => model.PredictBatch(new double[(Count + 1) * layout.InputLength], new double[(Count + 1) * layout.OutputLength], Count + 1, predicted));
        }
    }

    private static void Near(ReadOnlySpan<double> found, ReadOnlySpan<double> expected, double tolerance)
    {
        found.Length.ShouldBe(expected.Length);
        for (int i = 0; i < found.Length; i++)
            found[i].ShouldBe(expected[i], tolerance);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Gradients_from_given_states_match_a_five_point_stencil(bool haveLengths)
    {
        CarriedStates model = new(1), probe = new(0);
        (double[] inputs, double[] targets) = Window();
        int[] lengths = haveLengths ? s_lengths : [];
        double[] given = Draw(Count * model.CreateBatchState(1).Length, 7), gradients = new double[CarriedStates.ParameterCount], shifted = model.Parameters.ToArray();
        BatchState<double> Given(double[] values)
        {
            // The fourth sequence starts from the beginning.
            BatchState<double> state = probe.CreateBatchState(Count);
            for (int i = 0; i < Count; i++)
                if (i != 3)
                    state.Set(i, values.AsSpan(i * state.Length, state.Length));
            return state;
        }

        BatchState<double> taken = Given(given);
        double loss = model.ComputeGradients(inputs, targets, Count, gradients, taken, lengths);
        probe.SetParameters(shifted);
        probe.ComputeLoss(inputs, targets, Count, Given(given), lengths).ShouldBe(loss);
        foreach (ParameterInfo p in CarriedStates.Layout.Parameters)
        {
            new Stencil((direction, step) =>
            {
                for (int i = 0; i < p.Length; i++)
                    shifted[p.Offset + i] = model.Parameters[p.Offset + i] + step * direction[i];
                probe.SetParameters(shifted);
                return probe.ComputeLoss(inputs, targets, Count, Given(given), lengths);
            }, hasKinks: false).CheckDirections(gradients[p.Offset..(p.Offset + p.Length)], p.Name);
            model.Parameters.CopyTo(shifted);
        }

        probe.SetParameters(model.Parameters);
        for (int sequence = 0; sequence < Count; sequence++)
        {
            if (sequence == 3)
                continue;
            int start = sequence * taken.Length;
            new Stencil((direction, step) => probe.ComputeLoss(inputs, targets, Count,
                Given([.. given.Select((v, i) => i >= start && i < start + taken.Length ? v + step * direction[i - start] : v)]), lengths), hasKinks: false)
                .CheckEntries(taken.Gradient(sequence).ToArray(), given[start..(start + taken.Length)], hasNoEffect: false, $"the state of sequence {sequence}");
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_gradient_of_the_state_is_the_loss_s_whatever_is_frozen(bool haveLengths)
    {
        CheckStates<FrozenBelow, double, double>(haveLengths);
        CheckStates<FrozenBody, double, double>(haveLengths);
        CheckStates<FrozenWhole, double, double>(haveLengths);
        CheckStates<FrozenInWindows, double, double>(haveLengths);
        CheckStates<FrozenOverLearned, double, double>(haveLengths);
        CheckStates<FrozenTokens, int, int>(haveLengths);
        CheckStates<FrozenCells, double, double>(haveLengths);
        CheckStates<FrozenBetweenDense, double, double>(haveLengths);
        CheckStates<RecomputedSteps, double, double>(haveLengths);
        CheckStates<ConvolvedSteps, double, double>(haveLengths);
        CheckStates<ConvolvedFrozen, double, double>(haveLengths);
        CheckStates<ConvolvedOutputs, double, double>(haveLengths);
        CheckStates<ConvolvedWindows, double, double>(haveLengths);
        CheckStates<LearnedStates, double, double>(haveLengths);
        CheckStates<TiedWriter, int, int>(haveLengths);
    }

    private static void CheckStates<TModel, TInput, TTarget>(bool haveLengths)
        where TModel : IRnnModel<TModel, double, TInput, TTarget>, IStatefulModel<double, TInput, TTarget>
        where TInput : unmanaged
        where TTarget : unmanaged
    {
        ModelLayout layout = TModel.Layout;
        Random random = new(11);
        T[] Values<T>(int count, int below) => [.. Enumerable.Range(0, count).Select(_ => typeof(T) == typeof(int) ? (T)(object)random.Next(below) : (T)(object)((2 * random.NextDouble()) - 1))];
        TInput[] inputs = Values<TInput>(Count * layout.InputLength, layout.VocabularySize);
        TTarget[] targets = Values<TTarget>(Count * layout.TargetLength, layout.ClassCount);
        int[] lengths = haveLengths ? [.. s_lengths.Select(l => Math.Min(l, layout.SequenceLength))] : [];
        foreach (int threads in (int[])[1, 2])
        {
            TModel model = TModel.Create(1).With(threads: threads);
            int length = model.CreateBatchState(1).Length;
            double[] given = Draw(Count * length, 7);
            BatchState<double> Given(double[] values)
            {
                BatchState<double> state = model.CreateBatchState(Count);
                for (int i = 0; i < Count; i++)
                    state.Set(i, values.AsSpan(i * length, length));
                return state;
            }

            BatchState<double> taken = Given(given);
            model.TrainStep(inputs, targets, Count, new Sgd(0), taken, lengths);
            double[] gradient = [.. Enumerable.Range(0, Count).SelectMany(i => taken.Gradient(i).ToArray())];
            new Stencil((direction, step) => model.ComputeLoss(inputs, targets, Count, Given([.. given.Select((v, i) => v + (step * direction[i]))]), lengths), hasKinks: false)
                .CheckEntries(gradient, given, hasNoEffect: false, $"the states of {layout.ModelName}");
        }
    }

    [Fact]
    public void A_chunk_of_one_step_takes_the_given_state_too()
    {
        CarriedStatesOfMany model = new(1), probe = new(0);
        double[] inputs = Draw(300 * 3, 1), targets = Draw(300, 2), gradients = new double[CarriedStatesOfMany.ParameterCount];
        BatchState<double> Given()
        {
            BatchState<double> state = probe.CreateBatchState(300);
            for (int i = 0; i < 300; i++)
                state.Set(i, Draw(state.Length, i));
            return state;
        }

        model.ComputeGradients(inputs, targets, 300, gradients, Given());
        ParameterInfo recurrent = CarriedStatesOfMany.Layout.Parameters.Single(p => p.Kind == ParameterKind.RecurrentWeight);
        double[] shifted = model.Parameters.ToArray();
        new Stencil((direction, step) =>
        {
            for (int i = 0; i < recurrent.Length; i++)
                shifted[recurrent.Offset + i] = model.Parameters[recurrent.Offset + i] + step * direction[i];
            probe.SetParameters(shifted);
            return probe.ComputeLoss(inputs, targets, 300, Given());
        }, hasKinks: false).CheckDirections(gradients[recurrent.Offset..(recurrent.Offset + recurrent.Length)], recurrent.Name);
    }

    [Fact]
    public void What_is_learned_comes_from_sequences_that_begin_anew()
    {
        LearnedStates model = new(1);
        double[] inputs = Draw(4 * LearnedStates.Layout.InputLength, 1), targets = Draw(4 * LearnedStates.Layout.TargetLength, 2);
        double[] all = new double[LearnedStates.ParameterCount], carried = new double[LearnedStates.ParameterCount], alone = new double[LearnedStates.ParameterCount];
        BatchState<double> state = model.CreateBatchState(4);
        model.ComputeGradients(inputs, targets, 4, all);
        double[] fresh = new double[LearnedStates.ParameterCount];
        model.ComputeGradients(inputs, targets, 4, fresh, state);
        Bits(fresh).ShouldBe(Bits(all));

        model.ComputeGradients(inputs, targets, 4, carried, state);
        state.Reset(2);
        model.ComputeGradients(inputs, targets, 4, alone, state);
        double[] one = new double[LearnedStates.ParameterCount];
        model.ComputeGradients(inputs.AsSpan(2 * LearnedStates.Layout.InputLength, LearnedStates.Layout.InputLength), targets.AsSpan(2 * LearnedStates.Layout.TargetLength, LearnedStates.Layout.TargetLength), 1, one);
        int initials = 0;
        foreach (ParameterInfo p in LearnedStates.Layout.Parameters.Where(p => p.Kind == ParameterKind.InitialState))
        {
            initials++;
            for (int i = p.Offset; i < p.Offset + p.Length; i++)
            {
                all[i].ShouldNotBe(0);
                carried[i].ShouldBe(0);
                alone[i].ShouldBe(one[i] / 4, 1e-15);
            }
        }

        initials.ShouldBe(3);
        LearnedStates.Layout.Parameters.Where(p => p.Kind == ParameterKind.InitialState).Select(p => p.Name).ShouldBe(["initial.h_l0", "initial.c_l0", "initial.h_l1"]);
    }

    [Fact]
    public void Sequences_end_at_their_own_length_and_what_has_none_is_left_alone()
    {
        CarriedStates model = new(1);
        (double[] inputs, double[] targets) = Window();
        BatchState<double> state = model.CreateBatchState(Count + 1);
        double[] last = Draw(state.Length, 5);
        state.Set(Count, last);
        model.ComputeLoss(inputs, targets, Count, state, s_lengths);
        state[Count].ToArray().ShouldBe(last);
        for (int i = 0; i < Count; i++)
        {
            CarriedStates.State stream = model.CreateState();
            double[] saved = new double[state.Length];
            for (int t = 0; t < s_lengths[i]; t++)
                stream.Step(inputs.AsSpan(i * 12 + 2 * t, 2), new double[2]);
            stream.Save(saved);
            Near(state[i], saved, 1e-14);
            state.IsCarried(i).ShouldBeTrue();
        }

        state.Reset(1);
        state[1].ToArray().ShouldAllBe(v => v == 0);
        state.IsCarried(1).ShouldBeFalse();
        state.IsCarried(2).ShouldBeTrue();
        state.Reset();
        state.IsCarried(2).ShouldBeFalse();
    }

    [Fact]
    public void Nothing_changes_where_a_step_fails()
    {
        CarriedStates model = new(1);
        (double[] inputs, double[] targets) = Window();
        BatchState<double> state = model.CreateBatchState(Count);
        model.TrainStep(inputs, targets, Count, new Sgd(0.1), state);
        double[][] before = [.. Enumerable.Range(0, Count).Select(i => state[i].ToArray())];
        double[] parameters = model.Parameters.ToArray();
        inputs[^1] = double.NaN;
        Should.Throw<NonFiniteException>(() => model.TrainStep(inputs, targets, Count, new Sgd(0.1), state));
        for (int i = 0; i < Count; i++)
            state[i].ToArray().ShouldBe(before[i]);
        model.Parameters.ToArray().ShouldBe(parameters);

        Should.Throw<ArgumentException>(() => model.TrainStep(inputs, targets, Count, new Sgd(0.1), model.CreateBatchState(Count - 1))).Message.ShouldContain("CreateBatchState(6)");
        Should.Throw<ArgumentException>(() => model.TrainStep(inputs, targets, Count, new Sgd(0.1), new BatchState<double>(Count, 3)));
        Should.Throw<ArgumentNullException>(() => model.TrainStep(inputs, targets, Count, new Sgd(0.1), (BatchState<double>)null!));
        Should.Throw<ArgumentException>(() => state.Set(0, new double[3]));
        Should.Throw<ArgumentOutOfRangeException>(() => state.Set(Count, before[0]));
        Should.Throw<ArgumentOutOfRangeException>(() => state.Reset(-1));
        Should.Throw<ArgumentOutOfRangeException>(() => model.CreateBatchState(0));
    }

    [Fact]
    public void The_bits_do_not_depend_on_threads_and_nothing_is_allocated()
    {
        (double[] inputs, double[] targets) = Window();
        byte[] Train(int threads)
        {
            CarriedStates model = new(1) { Threads = threads };
            BatchState<double> state = model.CreateBatchState(Count);
            Adam adam = new(1e-2) { ClipNorm = 1 };
            for (int i = 0; i < 5; i++)
                model.TrainStep(inputs, targets, Count, adam, state, s_lengths);
            Allocations.Of(() => model.TrainStep(inputs, targets, Count, adam, state, s_lengths)).ShouldBe(0);
            return [.. Bits(model.Parameters.ToArray()), .. Bits(state[2].ToArray()), .. Bits(state.Gradient(2).ToArray())];
        }

        byte[] one = Train(1);
        Train(2).ShouldBe(one);
        Train(3).ShouldBe(one);
    }

    private static byte[] Bits(double[] values) => MemoryMarshal.AsBytes<double>(values).ToArray();
}
