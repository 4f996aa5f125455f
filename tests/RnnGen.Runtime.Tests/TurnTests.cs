using RnnGen.Trainee;

namespace RnnGen.Runtime.Tests;

/// <summary>A Fit and an Evaluate have their model to themselves from their start to their end: what another thread calls meanwhile is refused, and the thread's own callbacks go on.</summary>
public sealed class TurnTests
{
    private const int Count = 24;

    private static readonly float[] s_inputs = Draw(Count * 12, 1), s_targets = Draw(Count, 2);

    private static readonly SequenceDataset<float, float> s_data = SequenceDataset.FromArrays(s_inputs, s_targets, Count);

    private static float[] Draw(int count, int seed)
    {
        Random random = new(seed);
        return [.. Enumerable.Range(0, count).Select(_ => random.NextSingle() - 0.5f)];
    }

    private static FitOptions Options(TrainingCallback? callback = null) => new() { Epochs = 2, BatchSize = 8, Callbacks = callback is null ? [] : [callback] };

    // Every call that takes the turn, by what it is.
    private static Dictionary<string, Action> Calls(TraineeModel model)
    {
        float[] inputs = new float[12], gradients = new float[TraineeModel.ParameterCount], parameters = new float[TraineeModel.ParameterCount];
        using MemoryStream stream = new();
        new TraineeModel(9).Save(stream);
        byte[] file = stream.ToArray();
        return new()
        {
            ["ComputeLoss"] = () => model.ComputeLoss(inputs, [1], 1),
            ["ComputeGradients"] = () => model.ComputeGradients(inputs, [1], 1, gradients),
            ["TrainStep"] = () => model.TrainStep(inputs, [1], 1, new Sgd(0.1)),
            ["ApplyGradients"] = () => model.ApplyGradients(gradients, new Sgd(0.1)),
            ["SetParameters"] = () => model.SetParameters(parameters),
            ["CopyParametersFrom"] = () => model.CopyParametersFrom(new TraineeModel(9)),
            ["LoadParameters(bytes)"] = () => model.LoadParameters(file),
            ["LoadParameters(stream)"] = () => model.LoadParameters(new MemoryStream(file)),
            ["Evaluate"] = () => model.Evaluate(s_data),
            ["Fit"] = () => model.Fit(s_data, options: Options()),
        };
    }

    private static Exception? OnAnotherThread(Action action)
    {
        Exception? thrown = null;
        Thread thread = new(() => thrown = Record.Exception(action));
        thread.Start();
        thread.Join();
        return thrown;
    }

    private static void AllAreRefusedOnAnotherThread(TraineeModel model)
    {
        foreach ((string call, Action action) in Calls(model))
        {
            InvalidOperationException refused = OnAnotherThread(action).ShouldBeOfType<InvalidOperationException>(call);
            refused.Message.ShouldContain("Another thread is training this TraineeModel", customMessage: call);
            refused.Message.ShouldContain("Clone()");
        }

        OnAnotherThread(() => model.Predict(new float[12])).ShouldBeNull();
    }

    private static void NobodyHasTheTurn(TraineeModel model)
    {
        foreach ((string call, Action action) in Calls(model))
        {
            OnAnotherThread(action).ShouldBeNull(call);
            Record.Exception(action).ShouldBeNull(call);
        }
    }

    [Theory, InlineData(1), InlineData(2)]
    public void AnotherThreadIsRefusedBetweenTwoStepsOfAFit(int threads)
    {
        TraineeModel alone = new(1), model = new(1) { Threads = threads };
        TrainingResult expected = alone.Fit(s_data, s_data, Options());
        int rounds = 0;
        TrainingResult result = model.Fit(s_data, s_data, Options(new Everywhere(() =>
        {
            rounds++;
            AllAreRefusedOnAnotherThread(model);
        })));
        rounds.ShouldBe(1 + 6 + 2 + 1);
        model.Parameters.ToArray().ShouldBe(alone.Parameters.ToArray());
        result.Epochs.Select(e => (e.TrainingLoss, e.ValidationLoss)).ShouldBe(expected.Epochs.Select(e => (e.TrainingLoss, e.ValidationLoss)));
        NobodyHasTheTurn(model);
    }

    [Fact]
    public void TheFitsOwnThreadMayCallAllButFitAndTheTurnStaysTheFits()
    {
        TraineeModel model = new(1);
        model.Fit(s_data, s_data, Options(new Everywhere(() =>
        {
            foreach ((string call, Action action) in Calls(model))
            {
                if (call == "Fit")
                {
                    Should.Throw<InvalidOperationException>(action).Message.ShouldContain("Fit that has not ended");
                }
                else
                {
                    Record.Exception(action).ShouldBeNull(call);
                }
            }

            // What another thread calls is refused after each of them.
            AllAreRefusedOnAnotherThread(model);
        })));
        NobodyHasTheTurn(model);
    }

    public static TheoryData<string> Settings => [.. typeof(SamplingModel).GetProperties().Where(p => p.SetMethod is { IsPublic: true }).Select(p => p.Name)];

    [Theory, MemberData(nameof(Settings))]
    public void AnotherThreadChangesNoSettingDuringAFit(string name)
    {
        System.Reflection.PropertyInfo property = typeof(SamplingModel).GetProperty(name)!;
        SequenceDataset<int, int> data = SequenceDataset.FromArrays(new int[16], [.. Enumerable.Repeat(2, 12)], 4);
        SamplingModel model = new(1);
        object? value = property.GetValue(model);
        void Set() => property.SetMethod!.Invoke(model, System.Reflection.BindingFlags.DoNotWrapExceptions, null, [value], null);
        int rounds = 0;
        model.Fit(data, options: new FitOptions
        {
            Epochs = 1,
            Callbacks = [new Everywhere(() =>
            {
                OnAnotherThread(Set).ShouldBeOfType<InvalidOperationException>().Message.ShouldContain("Another thread is training this SamplingModel");
                Set();
                rounds++;
            })],
        });
        rounds.ShouldBe(4);
        OnAnotherThread(Set).ShouldBeNull();
    }

    [Fact]
    public void TheTurnIsGivenBackHoweverAFitEnds()
    {
        TraineeModel model = new(1);
        Should.Throw<TimeZoneNotFoundException>(() => model.Fit(s_data, options: Options(new Everywhere(() => throw new TimeZoneNotFoundException()))));
        NobodyHasTheTurn(model);

        using CancellationTokenSource source = new();
        Should.Throw<OperationCanceledException>(() => model.Fit(s_data, options: Options(new Everywhere(source.Cancel)), cancellationToken: source.Token));
        NobodyHasTheTurn(model);

        Should.Throw<ArgumentException>(() => model.Fit(SequenceDataset.FromArrays(new float[3], new float[1], 1)));
        Should.Throw<ArgumentException>(() => model.Evaluate(SequenceDataset.FromArrays(new float[3], new float[1], 1)));
        Should.Throw<ArgumentException>(() => model.Fit(s_data, options: new FitOptions { Resume = true }));
        SequenceDataset<float, float> infinite = SequenceDataset.FromArrays([.. Enumerable.Repeat(float.PositiveInfinity, 12)], [1f], 1);
        Should.Throw<NonFiniteException>(() => model.Fit(infinite, options: Options()));
        Should.Throw<NonFiniteException>(() => model.Evaluate(infinite));
        NobodyHasTheTurn(model);

        // A Fit that is refused leaves the turn to the one that has it.
        model.Fit(s_data, options: Options(new Everywhere(() =>
        {
            Should.Throw<InvalidOperationException>(() => model.Fit(s_data, options: Options()));
            AllAreRefusedOnAnotherThread(model);
        })));
        NobodyHasTheTurn(model);
    }

    [Fact]
    public void AnEvaluateHasTheTurnFromItsFirstBatchToItsLast()
    {
        TraineeModel model = new(1);
        double expected = model.Evaluate(s_data).Loss;
        int asked = 0;
        IEnumerable<Sequence<float, float>> Read()
        {
            for (int i = 0; i < Count; i++)
            {
                if (i % 8 == 4)
                {
                    asked++;
                    AllAreRefusedOnAnotherThread(model);
                }

                yield return new(s_inputs.AsMemory(i * 12, 12), s_targets.AsMemory(i, 1));
            }
        }

        model.Evaluate(StreamedSequences.Create(Read(), 12, 1, new StreamOptions { Count = Count })).Loss.ShouldBe(expected);
        asked.ShouldBeGreaterThanOrEqualTo(3);
        NobodyHasTheTurn(model);
    }

    [Fact]
    public void ACallWithinACallIsRefusedAndNamed()
    {
        TraineeModel model = new(1);
        Should.Throw<InvalidOperationException>(() => model.LoadParameters(new Reentrant(() => model.SetParameters(new float[TraineeModel.ParameterCount])))).Message.ShouldContain("call that has not ended");
        NobodyHasTheTurn(model);
    }

    [Fact]
    public void AModelWithoutATurnOfItsOwnIsInOneFitOrEvaluateAtATime()
    {
        SequenceDataset<double, double> data = SequenceDataset.FromArrays(new double[12], new double[6], 6);
        LinearModel model = new();
        int rounds = 0;
        void Fit(Action action) => TrainingLoop.Fit<LinearModel, double, double, double>(model, data, null, new FitOptions { Epochs = 1, Callbacks = [new Everywhere(action)] }, default);
        void Evaluate() => TrainingLoop.Evaluate<LinearModel, double, double, double>(model, data);
        Fit(() =>
        {
            rounds++;
            Evaluate();
            OnAnotherThread(Evaluate).ShouldBeOfType<InvalidOperationException>();
            OnAnotherThread(() => Fit(() => { })).ShouldBeOfType<InvalidOperationException>();
            Should.Throw<InvalidOperationException>(() => Fit(() => { }));
        });
        rounds.ShouldBeGreaterThan(2);
        OnAnotherThread(Evaluate).ShouldBeNull();
    }

    [Fact]
    public void ThreadsThatCallAllTheTimeDoNotChangeAFit()
    {
        TraineeModel alone = new(1), model = new(1);
        alone.Fit(s_data, s_data, Options());
        bool hasEnded = false;
        int calls = 0, wrong = 0;
        Thread[] others =
        [
            .. Enumerable.Range(0, 2).Select(_ => new Thread(() =>
            {
                Action[] actions = [.. Calls(model).Values];
                for (int i = 0; !Volatile.Read(ref hasEnded); i++)
                {
                    if (Record.Exception(actions[i % actions.Length]) is not InvalidOperationException)
                    {
                        Interlocked.Increment(ref wrong);
                    }

                    Interlocked.Increment(ref calls);
                }
            })),
        ];
        float[] trained = [];
        model.Fit(s_data, s_data, new FitOptions
        {
            Epochs = 2, BatchSize = 8,
            Callbacks =
            [
                new Framed(() => Array.ForEach(others, thread => thread.Start()), () =>
                {
                    // Each has called between two steps, whatever it met within one.
                    int before = Volatile.Read(ref calls);
                    SpinWait.SpinUntil(() => Volatile.Read(ref calls) > before + 20, TimeSpan.FromSeconds(20)).ShouldBeTrue();
                }, () =>
                {
                    Volatile.Write(ref hasEnded, true);
                    Array.ForEach(others, thread => thread.Join());
                    trained = model.Parameters.ToArray();
                }),
            ],
        });
        wrong.ShouldBe(0);
        calls.ShouldBeGreaterThan(6 * 20);
        trained.ShouldBe(alone.Parameters.ToArray());
    }

    // At the start, after every step and epoch, and at the end.
    private sealed class Everywhere(Action action) : TrainingCallback
    {
        public override void OnTrainingStarted(TrainingStarted training) => action();

        public override void OnStepEnded(in StepResult result) => action();

        public override void OnEpochEnded(EpochResult result) => action();

        public override void OnTrainingEnded(TrainingResult result) => action();
    }

    private sealed class Framed(Action start, Action step, Action end) : TrainingCallback
    {
        public override void OnStepEnded(in StepResult result) => step();

        public override void OnTrainingStarted(TrainingStarted training) => start();

        public override void OnTrainingEnded(TrainingResult result) => end();
    }

    private sealed class Reentrant(Action action) : MemoryStream
    {
        public override int Read(Span<byte> buffer)
        {
            action();
            return 0;
        }

        public override int Read(byte[] buffer, int offset, int count)
        {
            action();
            return 0;
        }
    }
}
