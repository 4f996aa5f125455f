namespace RnnGen.Runtime.Tests;

/// <summary>Data that is not finite is found by itself: before the first update where it is in memory, and whether the loss shows it or not.</summary>
public sealed class NonFiniteDataTests
{
    private const int Count = 6, Bad = 4;

    private static readonly int[] s_long = [2, 2, 2, 2, 2, 2], s_short = [2, 2, 2, 2, 1, 2];

    private sealed class Told : TrainingCallback
    {
        public List<int?> Sequences { get; } = [];

        public override void OnValidationNonFinite(int epoch, NonFiniteException exception) => Sequences.Add(exception.Sequence);
    }

    // Two steps of three features; the last number of the sequence Bad is not finite.
    private static SequenceDataset<float, int> Data(float last, int[]? lengths = null)
    {
        float[] inputs = new float[Count * 6];
        inputs[(Bad * 6) + 5] = last;
        return SequenceDataset.FromArrays(inputs, new int[Count * 2], Count, lengths);
    }

    private static StreamedSequences<float, int> Stream(SequenceDataset<float, int> data) =>
        StreamedSequences.Create(Enumerable.Range(0, Count).Select(i => new Sequence<float, int>(data.Input(i).ToArray(), data.Target(i).ToArray())), 6, 2);

    // A model whose loss is finite whatever it reads, as one is whose gates saturate.
    private static (LengthRecorder Model, TrainingResult Result) Fit(SequenceSource<float, int> train, SequenceSource<float, int>? validation, NonFinitePolicy policy, LengthRecorder? model = null, TrainingCallback? callback = null)
    {
        model ??= new();
        return (model, TrainingLoop.Fit<LengthRecorder, float, float, int>(model, train, validation, new FitOptions
        {
            Epochs = 1, Optimizer = new Sgd(0.1), NonFinite = policy, Callbacks = callback is null ? [] : [callback],
        }, default));
    }

    private static Evaluation Evaluate(SequenceSource<float, int> data) => TrainingLoop.Evaluate<LengthRecorder, float, float, int>(new(), data);

    [Theory, InlineData(float.PositiveInfinity), InlineData(float.NegativeInfinity), InlineData(float.NaN)]
    public void AnInputThatTheLossHidesIsNamed(float value)
    {
        string found = FormattableString.Invariant($"inputs[5] is {value} at time step 1, sequence {Bad} (from 0) of ");
        foreach (SequenceSource<float, int> data in (SequenceSource<float, int>[])[Data(value), Data(value, s_long), Stream(Data(value))])
        {
            NonFiniteException error = Should.Throw<NonFiniteException>(() => Evaluate(data));
            (error.Sequence, error.Message.Contains(found + "data", StringComparison.Ordinal)).ShouldBe((Bad, true), error.Message);
            Should.Throw<NonFiniteException>(() => Fit(Data(0), data, NonFinitePolicy.Throw)).Message.ShouldContain(found + "validation");
            foreach (NonFinitePolicy policy in (NonFinitePolicy[])[NonFinitePolicy.SkipBatch(limit: 1), NonFinitePolicy.RollBack(limit: 1)])
            {
                Told told = new();
                Fit(Data(0), data, policy, callback: told).Result.Epochs[0].SkippedValidation.ShouldBe(1);
                told.Sequences.ShouldBe([Bad]);
            }
        }

        Should.Throw<NonFiniteException>(() => Evaluate(Data(value).Select([5, Bad]))).Sequence.ShouldBe(1);
        Evaluate(Data(value, s_short)).Count.ShouldBe(Count);
        Fit(Data(0), Data(value, s_short), NonFinitePolicy.Throw).Result.Epochs[0].SkippedValidation.ShouldBe(0);
    }

    [Theory, InlineData(float.PositiveInfinity), InlineData(float.NaN)]
    public void InputsInMemoryAreCheckedBeforeTheFirstUpdate(float value)
    {
        LengthRecorder model = new();
        Should.Throw<NonFiniteException>(() => Fit(Data(value), null, NonFinitePolicy.Throw, model)).Message.ShouldContain($"sequence {Bad} (from 0) of train");
        Should.Throw<NonFiniteException>(() => Fit(Data(0), Data(value, s_long), NonFinitePolicy.Throw, model)).Message.ShouldContain($"sequence {Bad} (from 0) of validation");
        model.Lengths.ShouldBeEmpty();

        // Padding is not read, an augmentation may fill what is missing, and a policy that goes on leaves it to the step.
        Fit(Data(value, s_short), null, NonFinitePolicy.Throw).Model.Lengths.Count.ShouldBe(3);
        Fit(Data(value).Augment((_, input, _) => input[5] = 0), null, NonFinitePolicy.Throw).Model.Lengths.Count.ShouldBe(3);
        Fit(Data(value), null, NonFinitePolicy.SkipBatch()).Model.Lengths.Count.ShouldBe(3);
    }

    [Fact]
    public void FiniteDataThatIsTooLargeIsACauseToo()
    {
        double[] targets = new double[15];
        targets[7] = 1e200;
        NonFiniteException error = Should.Throw<NonFiniteException>(() => TrainingLoop.Evaluate<LoopModel, double, double, double>(new(), SequenceDataset.FromArrays(new double[30], targets, 5)));
        error.Sequence.ShouldBe(2);
        error.Message.ShouldContain("parameters are too large");
        error.Message.ShouldContain("or its inputs or targets are");
    }
}
