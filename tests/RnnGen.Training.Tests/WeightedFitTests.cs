using RnnGen.TestModels;
using Shouldly;
using Xunit;

namespace RnnGen.Training.Tests;

/// <summary>Weights in Fit and Evaluate: those of sequences and of steps, from memory and from a stream, beside lengths and carried states, and those of classes.</summary>
public sealed class WeightedFitTests : IDisposable
{
    private const int Count = 50, Steps = RunningParity.SequenceLength, BatchSize = 16;

    private readonly string _folder = Path.Combine(Path.GetTempPath(), "rnngen-weights-" + Guid.NewGuid().ToString("N"));

    public void Dispose()
    {
        if (Directory.Exists(_folder))
            Directory.Delete(_folder, true);
    }

    private static readonly float[] s_inputs = [.. Enumerable.Range(0, Count * Steps).Select(i => (float)(i * 7 % 5 % 2))];

    private static readonly int[] s_lengths = [.. Enumerable.Range(0, Count).Select(i => 1 + (i * 5 % Steps))];

    // Class 1 is rare.
    private static readonly int[] s_targets = [.. Enumerable.Range(0, Count * Steps).Select(i => i * i % 11 < 2 ? 1 : 0)];

    private static readonly float[] s_ofSequences = [.. Enumerable.Range(0, Count).Select(i => i % 4 == 1 ? 0 : 0.25f + (i % 7))];

    private static readonly float[] s_ofSteps = [.. Enumerable.Range(0, Count * Steps).Select(i => i % 5 == 2 ? 0 : 0.5f + (i % 3))];

    private static SequenceDataset<float, int> Data(bool haveLengths = true) => SequenceDataset.FromArrays(s_inputs, s_targets, Count, haveLengths ? s_lengths : null);

    private static StreamedSequences<float, int> Stream(SequenceDataset<float, int> data) => StreamedSequences.Create(
        Enumerable.Range(0, data.Count).Select(i => new Sequence<float, int>(data.Input(i).ToArray(), data.Target(i).ToArray(), data.Lengths[i])), Steps, Steps, new StreamOptions { HasLengths = true });

    // The same, where each sequence comes with its weights.
    private static StreamedSequences<float, int> Carrying(SequenceDataset<float, int> data) => StreamedSequences.Create(
        Enumerable.Range(0, data.Count).Select(i => new Sequence<float, int>(data.Input(i).ToArray(), data.Target(i).ToArray(), data.Lengths[i]) { Weights = Own(data, i) }),
        Steps, Steps, new StreamOptions { HasLengths = true, WeightsPerSequence = data.Weights.Length / data.Count });

    // Of some sequences only those of their own steps.
    private static float[] Own(SequenceDataset<float, int> data, int i)
    {
        int each = data.Weights.Length / data.Count;
        return [.. data.Weights.Slice(i * each, each > 1 && i % 3 == 0 ? data.Lengths[i] : each)];
    }

    private static FitOptions Options(bool shuffle = false, ClassWeights? classWeights = null) =>
        new() { Epochs = 2, BatchSize = BatchSize, Shuffle = shuffle, Seed = 3, ClassWeights = classWeights, Optimizer = new Adam(1e-2) { ClipNorm = 1 } };

    private static float[] Trained(SequenceSource<float, int> data, FitOptions? options = null)
    {
        RunningParity model = new(1);
        model.Fit(data, options: options ?? Options());
        return model.Parameters.ToArray();
    }

    [Theory, InlineData(false), InlineData(true)]
    public void Fit_trains_as_a_loop_of_steps_does(bool areOfSteps)
    {
        RunningParity model = new(1), other = new(1);
        float[] weights = areOfSteps ? s_ofSteps : s_ofSequences;
        int perSequence = weights.Length / Count;
        Adam optimizer = new(1e-2) { ClipNorm = 1 };
        double sum = 0, whole = 0;
        for (int epoch = 0; epoch < 2; epoch++)
        {
            (sum, whole) = (0, 0);
            for (int first = 0; first < Count; first += BatchSize)
            {
                int size = Math.Min(BatchSize, Count - first);
                float loss = model.TrainStep(new()
                {
                    Inputs = s_inputs.AsSpan(first * Steps, size * Steps), Targets = s_targets.AsSpan(first * Steps, size * Steps), Count = size,
                    Lengths = s_lengths.AsSpan(first, size), Weights = weights.AsSpan(first * perSequence, size * perSequence),
                }, optimizer);
                double weight = Enumerable.Range(first, size).Sum(i => Enumerable.Range(0, s_lengths[i]).Sum(t => (double)weights[perSequence == 1 ? i : (i * Steps) + t]));
                (sum, whole) = (sum + (loss * weight), whole + weight);
            }
        }

        TrainingResult result = other.Fit(Data().WithWeights(weights), options: Options());
        other.Parameters.ToArray().ShouldBe(model.Parameters.ToArray());
        result.Epochs[^1].TrainingLoss.ShouldBe(sum / whole, 1e-12);
        Trained(Stream(Data()).WithWeights(weights)).ShouldBe(model.Parameters.ToArray());
        Trained(Carrying(Data().WithWeights(weights))).ShouldBe(model.Parameters.ToArray());
    }

    [Fact]
    public void Weights_of_one_train_as_none()
    {
        float[] ones = new float[Count], everywhere = new float[Count * Steps];
        ones.AsSpan().Fill(1);
        everywhere.AsSpan().Fill(1);
        float[] expected = Trained(Data(), Options(shuffle: true));
        Trained(Data().WithWeights(ones), Options(shuffle: true)).ShouldBe(expected);
        Trained(Data().WithWeights(everywhere), Options(shuffle: true)).ShouldBe(expected);
        Trained(Data(), Options(shuffle: true, ClassWeights.Of(1, 1))).ShouldBe(expected);
        RunningParity model = new(1);
        model.Evaluate(Data().WithWeights(everywhere)).ShouldBe(model.Evaluate(Data()));
    }

    /// <summary>Wherever a sequence is read from, and in whatever order: what has no weight may have any target.</summary>
    [Fact]
    public void Weights_stay_with_their_sequences()
    {
        int[] other = [.. s_targets];
        for (int i = 0; i < other.Length; i++)
            other[i] = s_ofSequences[i / Steps] == 0 ? 1 - other[i] : other[i];
        SequenceDataset<float, int> data = Data().WithWeights(s_ofSequences), changed = SequenceDataset.FromArrays(s_inputs, other, Count, s_lengths).WithWeights(s_ofSequences);
        Same(d => d);
        Same(d => d.BucketByLength(2));
        Same(d => d.Augment((_, input, _) => input[0] += 0.1f));
        Same(d => Stream(d).WithWeights(d.Weights.ToArray()));
        Same(d => Stream(d).WithWeights(d.Weights.ToArray()).BucketByLength(2));
        Same(Carrying);
        Same(d => Carrying(d).BucketByLength(2));
        Same(d => d.Slice(3, 30));
        Same(d => d.Split(0.3).Second);
        Same(d => d.Select([4, 1, 9, 9, 5, 30, 2]));
        Same(d => DatasetSplit.Chronological(d).Train);
        Trained(data, Options(shuffle: true)).ShouldNotBe(Trained(SequenceDataset.FromArrays(s_inputs, other, Count, s_lengths), Options(shuffle: true)));

        void Same(Func<SequenceDataset<float, int>, SequenceSource<float, int>> part) =>
            Trained(part(changed), Options(shuffle: true)).ShouldBe(Trained(part(data), Options(shuffle: true)));
    }

    [Fact]
    public void Parts_have_the_weights_of_their_sequences()
    {
        SequenceDataset<float, int> data = Data().WithWeights(s_ofSteps);
        data.Slice(7, 2).Weights.ToArray().ShouldBe(s_ofSteps[(7 * Steps)..(9 * Steps)]);
        data.Select([9, 7]).Weights.ToArray().ShouldBe([.. s_ofSteps[(9 * Steps)..(10 * Steps)], .. s_ofSteps[(7 * Steps)..(8 * Steps)]]);
        data.Select([9, 7]).Slice(1, 1).Weights.ToArray().ShouldBe(s_ofSteps[(7 * Steps)..(8 * Steps)]);
        data.BucketByLength().WithStreams(5).Weights.ToArray().ShouldBe(s_ofSteps);
        data.WithWeights(s_ofSequences).Weights.ToArray().ShouldBe(s_ofSequences);
        Data().Weights.IsEmpty.ShouldBeTrue();
    }

    /// <summary>Weights that sequences come with are those that are given beside them, and such replace them.</summary>
    [Theory, InlineData(false), InlineData(true)]
    public void A_stream_of_sequences_with_weights_trains_as_one_with_weights(bool areOfSteps)
    {
        float[] weights = areOfSteps ? s_ofSteps : s_ofSequences;
        StreamedSequences<float, int> carrying = Carrying(Data().WithWeights(weights)), given = Stream(Data()).WithWeights(weights);
        foreach (FitOptions options in new[] { Options(), Options(shuffle: true), Options(shuffle: true, ClassWeights.Of(0.5, 4)) })
            Trained(carrying, options).ShouldBe(Trained(given, new FitOptions { Epochs = 2, BatchSize = BatchSize, Shuffle = options.Shuffle, Seed = 3, ClassWeights = options.ClassWeights, Optimizer = new Adam(1e-2) { ClipNorm = 1 } }));
        RunningParity model = new(1);
        model.Evaluate(carrying).ShouldBe(model.Evaluate(Data().WithWeights(weights)));
        model.Evaluate(carrying.WithWeights(s_ofSteps)).ShouldBe(model.Evaluate(Data().WithWeights(s_ofSteps)));
    }

    /// <summary>Where windows of streams come one by one, so do the marks of their resets.</summary>
    [Fact]
    public void A_stream_of_windows_carries_its_resets()
    {
        const int streams = 5;
        bool[] resets = [.. Enumerable.Range(0, Count * Steps).Select(i => i / Steps % 3 != 2 && i % 4 == 1)];
        SequenceDataset<float, int> data = SequenceDataset.FromArrays(s_inputs, s_targets, Count).WithStreams(streams).WithWeights(s_ofSteps).WithResets(resets);
        StreamedSequences<float, int> carrying = StreamedSequences.Create(
            Enumerable.Range(0, Count).Select(i => new Sequence<float, int>(data.Input(i).ToArray(), data.Target(i).ToArray())
            {
                Weights = s_ofSteps.AsMemory(i * Steps, Steps), Resets = i % 3 == 2 ? default : resets.AsMemory(i * Steps, Steps),
            }),
            Steps, Steps, new StreamOptions { WeightsPerSequence = Steps, ResetsPerSequence = Steps }).WithStreams(streams);
        Switch model = new(1), other = new(1);
        model.Fit(data, options: new FitOptions { Epochs = 2, CarryState = true });
        other.Fit(carrying, options: new FitOptions { Epochs = 2, CarryState = true });
        other.Parameters.ToArray().ShouldBe(model.Parameters.ToArray());
        other.Evaluate(carrying).ShouldBe(model.Evaluate(data));
        other.Evaluate(carrying).Loss.ShouldNotBe(model.Evaluate(data.WithResets(new bool[resets.Length])).Loss);
    }

    [Fact]
    public void Weights_and_resets_of_a_stream_of_steps_go_with_their_windows()
    {
        const int steps = 47, streams = 3;
        int[] places = [.. Enumerable.Range(0, steps)];
        float[] weights = [.. places.Select(t => t / 8f)];
        bool[] resets = [.. places.Select(t => t % 7 == 3)];
        SequenceDataset<int, int> data = SequenceDataset.FromStream(places, places, steps, 5, streams, resets, weights);
        data.Count.ShouldBe(9);
        for (int i = 0; i < data.Count * 5; i++)
        {
            int place = data.Input(i / 5)[i % 5];
            data.Weights[i].ShouldBe(place / 8f);
            data.Resets[i].ShouldBe(place % 7 == 3);
        }

        Should.Throw<ArgumentException>(() => SequenceDataset.FromStream(places, places, steps, 5, streams, weights: new float[steps - 1])).ParamName.ShouldBe("weights");
    }

    [Theory]
    [InlineData(1, 0, "has 0 Weights, and 1 were expected")]
    [InlineData(0, 1, "has 1 Weights, and none was expected")]
    [InlineData(Steps, 5, "has 5 Weights, and 8 were expected, or those of its steps")]
    public void Weights_that_a_sequence_should_not_have_are_named(int expected, int found, string words)
    {
        int[] lengths = [.. s_lengths.Select((length, i) => i == 7 ? 3 : length)];
        StreamedSequences<float, int> stream = StreamedSequences.Create(
            Enumerable.Range(0, Count).Select(i => new Sequence<float, int>(s_inputs.AsMemory(i * Steps, Steps), s_targets.AsMemory(i * Steps, Steps), lengths[i]) { Weights = new float[i == 7 ? found : expected] }),
            Steps, Steps, new StreamOptions { HasLengths = true, WeightsPerSequence = expected });
        Should.Throw<InvalidDataException>(() => new RunningParity(1).Evaluate(stream)).Message.ShouldContain($"Sequence 7 (from 0) of the stream {words}");
    }

    [Theory, InlineData(-1f), InlineData(float.NaN), InlineData(float.PositiveInfinity)]
    public void A_bad_weight_of_a_sequence_is_named(float bad)
    {
        StreamedSequences<float, int> stream = StreamedSequences.Create(
            Enumerable.Range(0, Count).Select(i => new Sequence<float, int>(s_inputs.AsMemory(i * Steps, Steps), s_targets.AsMemory(i * Steps, Steps)) { Weights = new[] { i == 30 ? bad : 1 } }),
            Steps, Steps, new StreamOptions { WeightsPerSequence = 1 });
        Should.Throw<InvalidDataException>(() => new RunningParity(1).Fit(stream, options: Options())).Message.ShouldStartWith("Sequence 30 (from 0) of the stream has the weight ");
    }

    [Fact]
    public void Evaluate_weighs_every_measure()
    {
        RunningParity model = new(1);
        model.Fit(Data(), options: Options());
        double sum = 0, whole = 0;
        for (int i = 0; i < Count; i++)
            for (int t = 0; t < s_lengths[i]; t++)
            {
                float[] probabilities = model.PredictProbabilities(s_inputs.AsSpan(i * Steps, s_lengths[i]), s_lengths[i]);
                sum -= s_ofSteps[(i * Steps) + t] * Math.Log(probabilities[(2 * t) + s_targets[(i * Steps) + t]]);
                whole += s_ofSteps[(i * Steps) + t];
            }

        Evaluation weighted = model.Evaluate(Data().WithWeights(s_ofSteps)), plain = model.Evaluate(Data());
        weighted.Loss.ShouldBe(sum / whole, 1e-5);
        double right = 0;
        for (int i = 0; i < Count; i++)
        {
            int[] classes = new int[Steps];
            model.PredictClasses(s_inputs.AsSpan(i * Steps, s_lengths[i]), classes, s_lengths[i]);
            for (int t = 0; t < s_lengths[i]; t++)
                right += classes[t] == s_targets[(i * Steps) + t] ? s_ofSteps[(i * Steps) + t] : 0;
        }

        weighted.Accuracy!.Value.ShouldBe(right / whole, 1e-14);
        weighted.Accuracy.ShouldNotBe(plain.Accuracy);
        model.Evaluate(Stream(Data()).WithWeights(s_ofSteps)).ShouldBe(weighted);
        model.Evaluate(Data().WithWeights(new float[Count])).Loss.ShouldBe(double.NaN);

        // The validation of a training is such a measurement.
        RunningParity trained = new(1);
        TrainingResult result = trained.Fit(Data(), Data().WithWeights(s_ofSteps), Options());
        result.Epochs[^1].ValidationLoss.ShouldBe(weighted.Loss);
    }

    [Fact]
    public void Carried_states_take_weights()
    {
        const int streams = 5;
        Switch model = new(1), other = new(1);
        SequenceDataset<float, int> data = SequenceDataset.FromArrays(s_inputs, s_targets, Count).WithStreams(streams);
        BatchState<float> state = model.CreateBatchState(streams);
        Sgd optimizer = new(0.1);
        for (int first = 0; first < Count; first += streams)
            model.TrainStep(new()
            {
                Inputs = s_inputs.AsSpan(first * Steps, streams * Steps), Targets = s_targets.AsSpan(first * Steps, streams * Steps), Count = streams,
                Weights = s_ofSteps.AsSpan(first * Steps, streams * Steps), State = state,
            }, optimizer);
        other.Fit(data.WithWeights(s_ofSteps), options: new FitOptions { Epochs = 1, CarryState = true, Optimizer = new Sgd(0.1) });
        other.Parameters.ToArray().ShouldBe(model.Parameters.ToArray());
    }

    [Theory, InlineData(false), InlineData(true)]
    public void Class_weights_are_those_of_each_step_by_its_class(bool isShuffled)
    {
        float[] expected = Trained(Data().WithWeights([.. s_targets.Select(c => c == 0 ? 0.5f : 3f)]), Options(isShuffled));
        Trained(Data(), Options(isShuffled, ClassWeights.Of(0.5, 3))).ShouldBe(expected);
        Trained(Stream(Data()), Options(isShuffled, ClassWeights.Of(0.5, 3))).ShouldBe(Trained(Stream(Data()).WithWeights([.. s_targets.Select(c => c == 0 ? 0.5f : 3f)]), Options(isShuffled)));

        // Beside weights of the data, the product counts.
        Trained(Data().WithWeights(s_ofSteps), Options(isShuffled, ClassWeights.Of(0.5, 4)))
            .ShouldBe(Trained(Data().WithWeights([.. s_ofSteps.Zip(s_targets, (w, c) => w * (c == 0 ? 0.5f : 4f))]), Options(isShuffled)));
        Trained(Data().WithWeights(s_ofSequences), Options(isShuffled, ClassWeights.Of(0.5, 4)))
            .ShouldBe(Trained(Data().WithWeights([.. s_targets.Select((c, i) => s_ofSequences[i / Steps] * (c == 0 ? 0.5f : 4f))]), Options(isShuffled)));
    }

    /// <summary>n / (classes × count), over the steps that have a loss.</summary>
    [Fact]
    public void Balanced_weights_are_those_of_the_counts()
    {
        int[] live = [.. s_targets.Where((_, i) => i % Steps < s_lengths[i / Steps])];
        double n = live.Length, ones = live.Sum();
        Trained(Data(), Options(classWeights: ClassWeights.Balanced)).ShouldBe(Trained(Data(), Options(classWeights: ClassWeights.Of(n / (2 * (n - ones)), n / (2 * ones)))));
        Trained(Data(false), Options(classWeights: ClassWeights.Balanced)).ShouldNotBe(Trained(Data(false)));

        // Of three classes one does not occur: scikit-learn counts the two that do.
        float[] inputs = [.. Enumerable.Range(0, 6 * FirstSymbol.Layout.InputLength).Select(i => (float)Math.Sin(i))];
        SequenceDataset<float, int> some = SequenceDataset.FromArrays(inputs, (int[])[2, 2, 2, 5, 2, 5], 6);
        FirstSymbol balanced = new(1), own = new(1);
        balanced.Fit(some, options: Options(classWeights: ClassWeights.Balanced));
        own.Fit(some, options: Options(classWeights: ClassWeights.Of(0, 0, 6 / (2 * 4.0), 0, 0, 6 / (2 * 2.0), 0, 0)));
        balanced.Parameters.ToArray().ShouldBe(own.Parameters.ToArray());
    }

    [Fact]
    public void Class_weights_are_a_list()
    {
        double[] weights = [0.5, 4];
        List<double> listed = [];
        foreach (double weight in new FitOptions { ClassWeights = [.. weights] }.ClassWeights!)
        {
            listed.Add(weight);
        }

        listed.ShouldBe(weights);
        new FitOptions { ClassWeights = weights }.ClassWeights!.ToString().ShouldBe("0.5, 4");
        Trained(Data(), new FitOptions { ClassWeights = [1, 1] }).ShouldBe(Trained(Data(), new FitOptions { ClassWeights = ClassWeights.Of(1, 1) }));
        Should.Throw<ArgumentException>(() => new FitOptions { ClassWeights = [] }).Message.ShouldContain("at least one");
        Should.Throw<ArgumentException>(() => new FitOptions { ClassWeights = [0, 0] }).Message.ShouldContain("at least one");
    }

    [Fact]
    public void The_validation_counts_all_classes_alike()
    {
        RunningParity model = new(1);
        TrainingResult result = model.Fit(Data(), Data(), Options(classWeights: ClassWeights.Of(1, 9)));
        result.Epochs[^1].ValidationLoss.ShouldBe(model.Evaluate(Data()).Loss);
    }

    [Fact]
    public void A_training_does_not_resume_with_other_weights()
    {
        SequenceDataset<float, int> data = Data().WithWeights(s_ofSteps);
        FitOptions Saved(int epochs, bool resume, ClassWeights classWeights) => new()
        {
            Epochs = epochs, BatchSize = BatchSize, ClassWeights = classWeights, Optimizer = new Adam(1e-2), Checkpoint = new CheckpointOptions(_folder), Resume = resume,
        };
        RunningParity first = new(1), resumed = new(1), whole = new(1);
        first.Fit(data, options: Saved(1, false, ClassWeights.Balanced));
        Should.Throw<CheckpointException>(() => new RunningParity(1).Fit(Data().WithWeights(s_ofSequences), options: Saved(2, true, ClassWeights.Balanced))).Message.ShouldContain("training data's weights' hash");
        Should.Throw<CheckpointException>(() => new RunningParity(1).Fit(data, options: Saved(2, true, ClassWeights.Of(1, 2)))).Message.ShouldContain("ClassWeights is balanced, but here it is 1, 2");
        resumed.Fit(data, options: Saved(2, true, ClassWeights.Balanced));
        whole.Fit(data, options: new FitOptions { Epochs = 2, BatchSize = BatchSize, ClassWeights = ClassWeights.Balanced, Optimizer = new Adam(1e-2) });
        resumed.Parameters.ToArray().ShouldBe(whole.Parameters.ToArray());
    }

    [Fact]
    public void What_does_not_fit_is_refused_before_the_first_update()
    {
        RunningParity model = new(1);
        float[] before = model.Parameters.ToArray();
        Refused<ArgumentException>(() => Data().WithWeights(new float[Count + 1]), $"hold {Count}", $"holds {Count + 1}");
        Refused<ArgumentException>(() => Data().WithWeights([]), "holds 0");
        Refused<ArgumentOutOfRangeException>(() => Stream(Data()).WithWeights([.. s_ofSequences[1..], -1]), $"weights[{Count - 1}] is -1");
        Refused<ArgumentException>(() => model.Fit(Data().WithWeights(new float[Count * 3])), "train has 3 weights for each sequence", $"1, or {Steps}");
        Refused<ArgumentException>(() => model.Evaluate(Data().WithWeights(new float[Count * 3])), "data has 3 weights");
        Refused<ArgumentException>(() => model.Fit(Data(), options: Options(classWeights: ClassWeights.Of(1, 2, 3))), "has 3 weights", "2 classes");
        Refused<ArgumentException>(() => model.Fit(Stream(Data()), options: Options(classWeights: ClassWeights.Balanced)), "streamed", "ClassWeights.Of");
        Refused<ArgumentException>(() => new AboveZero(1).Fit(SequenceDataset.FromArrays(new float[12], (float[])[1], 1), options: Options(classWeights: ClassWeights.Balanced)), "yes or no", "WithWeights");
        Refused<ArgumentException>(() => new SineForecast(1).Fit(Tasks.Sines(4, 1), options: Options(classWeights: ClassWeights.Balanced)), "loss of numbers");
        Refused<ArgumentException>(() => new LabellingFloat(1).Fit(SequenceDataset.FromArrays(new float[27], (int[])[1, 0, 0, 0], 1), options: Options(classWeights: ClassWeights.Balanced)), "CTC");
        Refused<ArgumentOutOfRangeException>(() => ClassWeights.Of(1, double.NaN), "class 1 is NaN");
        Refused<ArgumentOutOfRangeException>(() => ClassWeights.Of(-1), "class 0 is -1");
        Refused<ArgumentOutOfRangeException>(() => ClassWeights.Of(1e39), "class 0");
        Refused<ArgumentException>(() => ClassWeights.Of(), "at least one");
        Refused<ArgumentException>(() => ClassWeights.Of(0, 0), "at least one");
        model.Parameters.ToArray().ShouldBe(before);

        static void Refused<T>(Action action, params string[] words) where T : Exception
        {
            string message = Should.Throw<T>(action).Message;
            foreach (string word in words)
                message.ShouldContain(word);
        }
    }
}
