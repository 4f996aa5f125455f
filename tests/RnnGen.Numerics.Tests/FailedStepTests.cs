using System.Reflection;
using System.Runtime.InteropServices;
using Shouldly;
using Xunit;

namespace RnnGen.Numerics.Tests;

/// <summary>A call that throws, for whatever reason, leaves parameters, moments, carried states and the steps that random numbers follow from as they were.</summary>
public class FailedStepTests
{
    private const int Count = 5;

    public static TheoryData<string> Kinds =>
    [
        nameof(CarriedStates), nameof(LearnedStates), nameof(LearnedStateOfTokens), nameof(FrozenBelow), nameof(FrozenBody), nameof(BidirectionalTagger),
        nameof(LeavingOutOfMany), nameof(LeavingStatesOut), nameof(LeavingTokensOut), nameof(RecomputedSteps), nameof(RecomputedTokens), nameof(Labelling),
        nameof(Captions), nameof(SequenceForecaster), nameof(EmbeddingStackEachCrossentropy), nameof(MaskedNumbers), nameof(MaskedClasses), nameof(TiedWriter), nameof(FlowTokens),
    ];

    [Theory, MemberData(nameof(Kinds))]
    public void A_step_that_throws_changes_nothing(string name)
    {
        Type model = typeof(CarriedStates).Assembly.GetType("RnnGen.TestModels." + name, throwOnError: true)!;
        Type[] arguments = model.GetInterfaces().Single(i => i.Name.StartsWith("IRnnModel", StringComparison.Ordinal)).GetGenericArguments();
        typeof(FailedStepTests).GetMethod(nameof(Check), BindingFlags.NonPublic | BindingFlags.Static)!.MakeGenericMethod(arguments).Invoke(null, BindingFlags.DoNotWrapExceptions, null, [], null);
    }

    private static void Check<TModel, TNumber, TInput, TTarget>()
        where TModel : IRnnModel<TModel, TNumber, TInput, TTarget>
        where TNumber : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<TNumber>
        where TInput : unmanaged
        where TTarget : unmanaged
    {
        ModelLayout layout = TModel.Layout;
        TModel model = TModel.Create(1), twin = TModel.Create(1);
        foreach (TModel each in (TModel[])[model, twin])
            if (each is IScheduledSamplingModel sampling)
                sampling.ScheduledSampling = 0.5;

        (TInput[] inputs, TTarget[] targets) = Draw<TNumber, TInput, TTarget>(layout);
        IStatefulModel<TNumber, TInput, TTarget>? carrying = model as IStatefulModel<TNumber, TInput, TTarget>, twinCarrying = twin as IStatefulModel<TNumber, TInput, TTarget>;
        BatchState<TNumber>? state = carrying?.CreateBatchState(Count), twinState = twinCarrying?.CreateBatchState(Count);
        Adam optimizer = new(1e-2) { ClipNorm = 1 }, twinOptimizer = new(1e-2) { ClipNorm = 1 };
        Adam taken = new(1e-2);
        TModel.Create(3).TrainStep(inputs, targets, Count, taken);
        TNumber[] gradients = new TNumber[layout.ParameterCount];
        for (int round = 0; round < 2; round++)
        {
            Step(model, carrying, state, optimizer);
            Step(twin, twinCarrying, twinState, twinOptimizer);
            Bits<TNumber>(model.Parameters).ShouldBe(Bits<TNumber>(twin.Parameters), "training after failures");

            Refused<InvalidOperationException>("an optimiser of another model", () => Step(model, carrying, state, taken));
            Refused<InvalidOperationException>("an optimiser of another model, without a state", () => Step(model, null, null, taken));
            Refused<InvalidOperationException>("Nesterov's momentum of 0", () => Step(model, carrying, state, new Sgd(0.1) { Nesterov = true }));
            Refused<InvalidOperationException>("Nesterov's momentum dampened", () => Step(model, carrying, state, new Sgd(0.1) { Momentum = 0.9, Dampening = 0.1, Nesterov = true }));
            double huge = double.CreateTruncating(TNumber.BitDecrement(TNumber.PositiveInfinity));
            Refused<NonFiniteException>("an update that overflows", () => Step(model, carrying, state, new Sgd(huge) { WeightDecay = huge }));
            Refused<ArgumentNullException>("no optimiser", () => Step(model, carrying, state, null!));
            Refused<InvalidOperationException>("an optimiser of another model, gradients at hand", () => model.ApplyGradients(gradients, taken));
            Refused<InvalidOperationException>("Nesterov's momentum of 0, gradients at hand", () => model.ApplyGradients(gradients, new Sgd(0.1) { Nesterov = true }));
            Refused<ArgumentException>("too few inputs", () => Step(model, carrying, state, optimizer, inputs[1..]));
            Refused<ArgumentException>("too many targets", () => Step(model, carrying, state, optimizer, otherTargets: [.. targets, default]));
            Refused<ArgumentException>("too few gradients", () => model.ComputeGradients(inputs, targets, Count, gradients.AsSpan(1)));
            Refused<ArgumentException>("too few gradients to apply", () => model.ApplyGradients(gradients.AsSpan(1), optimizer));
            Refused<ArgumentException>("too few parameters", () => model.SetParameters(gradients.AsSpan(1)));
            Refused<ArgumentException>("a length of 0", () => Step(model, carrying, state, optimizer, lengths: [1, 1, 0, 1, 1]));
            Refused<ArgumentException>("a length beyond", () => Step(model, carrying, state, optimizer, lengths: [1, 1, layout.SequenceLength + 1, 1, 1]));
            Refused<ArgumentException>("too few lengths", () => Step(model, carrying, state, optimizer, lengths: [1, 1]));
            Refused<ArgumentException>("no sequence", () => model.TrainStep([], [], 0, optimizer));
            if (carrying is not null)
            {
                Refused<ArgumentException>("a state of another model", () => Step(model, carrying, new BatchState<TNumber>(Count, state!.Length + 1), optimizer));
                Refused<ArgumentException>("a state of fewer sequences", () => Step(model, carrying, carrying.CreateBatchState(Count - 1), optimizer));
            }

            if (typeof(TInput) == typeof(int))
            {
                Refused<ArgumentException>("a token beyond", () => Step(model, carrying, state, optimizer, Changed(inputs, (TInput)(object)layout.VocabularySize)));
                NotFinite(() => Step(model, carrying, state, optimizer));
            }
            else
            {
                Refused<NonFiniteException>("an input that is NaN", () => Step(model, carrying, state, optimizer, Changed(inputs, (TInput)(object)TNumber.NaN)));
            }

            if (typeof(TTarget) == typeof(int))
                Refused<ArgumentException>("a class beyond", () => Step(model, carrying, state, optimizer, otherTargets: Changed(targets, (TTarget)(object)layout.ClassCount)));
            else
                Refused<NonFiniteException>("a target that is infinite", () => Step(model, carrying, state, optimizer, otherTargets: Changed(targets, (TTarget)(object)TNumber.PositiveInfinity)));
            Refused<NonFiniteException>("a gradient at hand that is NaN", () => model.ApplyGradients(Changed(gradients, TNumber.NaN, last: true), optimizer));
        }

        void Step(
            TModel model, IStatefulModel<TNumber, TInput, TTarget>? carrying, BatchState<TNumber>? state, Optimizer optimizer, TInput[]? otherInputs = null, TTarget[]? otherTargets = null, int[]? lengths = null)
        {
            if (carrying is null)
                model.TrainStep(otherInputs ?? inputs, otherTargets ?? targets, Count, optimizer, lengths);
            else
                carrying.TrainStep(otherInputs ?? inputs, otherTargets ?? targets, Count, optimizer, state!, lengths);
        }

        void Refused<TException>(string why, Action step) where TException : Exception
        {
            byte[] before = Everything();
            Should.Throw<TException>(step, $"{layout.ModelName}: {why}");
            Everything().ShouldBe(before, $"{layout.ModelName}: {why}");
        }

        // Parameters that are not finite, which stay what they are.
        void NotFinite(Action step)
        {
            TNumber[] good = model.Parameters.ToArray();
            model.SetParameters(Changed(good, TNumber.NaN, last: true));
            Refused<NonFiniteException>("a parameter that is NaN", step);
            model.SetParameters(good);
        }

        byte[] Everything()
        {
            List<byte> bytes = [.. Bits<TNumber>(model.Parameters), .. BitConverter.GetBytes(optimizer.StepCount), .. BitConverter.GetBytes(optimizer.GradientNorm ?? 0)];
            for (int i = 0; i < state?.Count; i++)
            {
                bytes.AddRange(Bits(state[i]));
                bytes.AddRange(Bits(state.Gradient(i)));
                bytes.Add(state.IsCarried(i) ? (byte)1 : (byte)0);
            }

            bytes.AddRange(BitConverter.GetBytes((model as IDropoutModel)?.DropoutStep ?? 0));
            bytes.AddRange(BitConverter.GetBytes((model as IScheduledSamplingModel)?.SamplingStep ?? 0));
            return [.. bytes];
        }
    }

    private static T[] Changed<T>(T[] values, T value, bool last = false)
    {
        T[] changed = [.. values];
        changed[last ? ^1 : 0] = value;
        return changed;
    }

    private static byte[] Bits<T>(ReadOnlySpan<T> values) where T : unmanaged => MemoryMarshal.AsBytes(values).ToArray();

    // Inputs from -1 to 1 or tokens; targets from 0 to 1, or classes, of CTC one label a sequence.
    private static (TInput[] Inputs, TTarget[] Targets) Draw<TNumber, TInput, TTarget>(ModelLayout layout)
        where TNumber : unmanaged, System.Numerics.INumberBase<TNumber>
    {
        Random random = new(3);
        TInput[] inputs = [.. Enumerable.Range(0, Count * layout.InputLength).Select(_ =>
            typeof(TInput) == typeof(int) ? (TInput)(object)random.Next(layout.VocabularySize) : (TInput)(object)TNumber.CreateChecked((2 * random.NextDouble()) - 1))];
        TTarget[] targets = [.. Enumerable.Range(0, Count * layout.TargetLength).Select(i =>
            typeof(TTarget) != typeof(int) ? (TTarget)(object)TNumber.CreateChecked(random.NextDouble())
            : (TTarget)(object)(layout.LabelLength > 0 ? (i % layout.LabelLength == 0 ? 1 : 0) : random.Next(layout.ClassCount)))];
        return (inputs, targets);
    }

    [Fact]
    public void A_step_that_fails_leaves_the_gradient_of_the_state_before_and_a_first_step_leaves_the_optimiser_free()
    {
        CarriedStates model = new(1), other = new(2);
        double[] inputs = new double[Count * 12], targets = new double[Count * 12];
        inputs[3] = double.NaN;
        Adam adam = new(1e-3);
        Should.Throw<NonFiniteException>(() => model.TrainStep(inputs, targets, Count, adam, model.CreateBatchState(Count)));
        inputs[3] = 0;
        other.TrainStep(inputs, targets, Count, adam);
        adam.StepCount.ShouldBe(1);
    }

    [Fact]
    public void One_instance_trains_in_one_thread_at_a_time()
    {
        LongLstm model = new(1);
        int count = 4 * LongLstm.BatchSize;
        float[] inputs = new float[count * LongLstm.Layout.InputLength];
        int[] targets = new int[count * LongLstm.Layout.TargetLength];
        Sgd optimizer = new(1e-6);
        model.TrainStep(inputs, targets, count, optimizer);
        int refused = 0, taken = 0;
        void Train()
        {
            float[] gradients = new float[LongLstm.ParameterCount], output = new float[LongLstm.Layout.OutputLength], parameters = model.Clone().Parameters.ToArray();
            using MemoryStream file = new();
            model.Clone().Save(file);
            Action[] calls =
            [
                () => model.TrainStep(inputs, targets, count, optimizer), () => model.ComputeGradients(inputs, targets, count, gradients), () => model.ComputeLoss(inputs, targets, count),
                () => model.ApplyGradients(gradients, optimizer), () => model.SetParameters(parameters), () => model.LoadParameters(file.ToArray()),
            ];
            for (int i = 0; i < 12; i++)
            {
                try
                {
                    calls[i % calls.Length]();
                    Interlocked.Increment(ref taken);
                }
                catch (InvalidOperationException e)
                {
                    e.Message.ShouldContain("LongLstm");
                    e.Message.ShouldContain("Clone()");
                    Interlocked.Increment(ref refused);
                }

                // Predictions may run meanwhile.
                model.Predict(inputs.AsSpan(0, LongLstm.Layout.InputLength), output);
            }
        }

        // As long as no two of them have met: at the first try, but on a machine that has one core.
        for (int round = 0; round < 50 && refused == 0; round++)
        {
            Thread[] threads = [.. Enumerable.Range(0, 3).Select(_ => new Thread(Train))];
            foreach (Thread thread in threads)
                thread.Start();
            foreach (Thread thread in threads)
                thread.Join();
        }

        refused.ShouldBeGreaterThan(0);
        taken.ShouldBeGreaterThan(0);
        model.TrainStep(inputs, targets, count, optimizer);
    }

    [Fact]
    public void Callbacks_may_use_the_model_that_is_trained_but_not_train_it_with_another_Fit()
    {
        CarriedStates model = new(1);
        SequenceDataset<double, double> data = SequenceDataset.FromArrays(new double[Count * 12], new double[Count * 12], Count);
        List<string> messages = [];
        Callback callback = new(() =>
        {
            model.Evaluate(data);
            model.ComputeLoss(new double[12], new double[12], 1);
            model.SetParameters(model.Parameters.ToArray());
            messages.Add(Should.Throw<InvalidOperationException>(() => model.Fit(data, options: new FitOptions { Epochs = 1 })).Message);
            model.Clone().Fit(data, options: new FitOptions { Epochs = 1 });
        });
        model.Fit(data, options: new FitOptions { Epochs = 2, Callbacks = [callback] });
        messages.Count.ShouldBe(2);
        messages[0].ShouldContain("Fit that has not ended");
        model.Fit(data, options: new FitOptions { Epochs = 1 });
    }

    private sealed class Callback(Action action) : TrainingCallback
    {
        public override void OnEpochEnded(EpochResult result) => action();
    }
}
