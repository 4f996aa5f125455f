using Shouldly;
using Xunit;

namespace RnnGen.Numerics.Tests;

/// <summary>What is wrong with a sequence is named by its place in the data that the user gave, and of data in memory before anything is trained.</summary>
public class NamedSequenceTests
{
    private const int Count = 40, Bad = 27;

    private static readonly FitOptions s_once = new() { Epochs = 1, Seed = 5 };

    private static T[] Fill<T>(int count, Func<int, T> value) => [.. Enumerable.Range(0, count).Select(value)];

    // All targets are valid but some element of sequence Bad.
    private static (double[] Inputs, TTarget[] Targets) Data<TTarget>(ModelLayout layout, Func<int, TTarget> good, TTarget bad)
    {
        TTarget[] targets = Fill(Count * layout.TargetLength, good);
        targets[(Bad * layout.TargetLength) + layout.TargetLength - 1] = bad;
        return (Fill(Count * layout.InputLength, i => Math.Sin(i)), targets);
    }

    private static void Refused<TModel, TInput, TTarget, TException>(TInput[] inputs, TTarget[] targets, string what, int[]? lengths = null)
        where TModel : IRnnModel<TModel, double, TInput, TTarget>
        where TInput : unmanaged
        where TTarget : unmanaged
        where TException : Exception
    {
        TModel model = TModel.Create(1);
        double[] before = model.Parameters.ToArray();
        SequenceDataset<TInput, TTarget> bad = SequenceDataset.FromArrays(inputs, targets, Count, lengths), good = bad.Slice(0, 5);
        void Check(string source, Action action)
        {
            TException error = Should.Throw<TException>(action);
            error.Message.ShouldContain($"equence {Bad} (from 0) of {source}");
            error.Message.ShouldContain(what);
            if (error is ArgumentException argument)
                argument.ParamName.ShouldBe(source);
            if (error is NonFiniteException nonFinite)
                nonFinite.Sequence.ShouldBe(Bad);
            model.Parameters.SequenceEqual(before).ShouldBeTrue();
        }

        Check("train", () => Fit(model, bad, null));
        Check("validation", () => Fit(model, good, bad));
        if (typeof(TException) != typeof(NonFiniteException))
        {
            Check("data", () => Evaluate(model, bad));

            // A stream is checked as it is read; what was read before has been trained on.
            double[] streamed = model.Parameters.ToArray();
            IEnumerable<Sequence<TInput, TTarget>> sequences = Enumerable.Range(0, Count).Select(i => new Sequence<TInput, TTarget>(bad.Input(i).ToArray(), bad.Target(i).ToArray(), lengths?[i] ?? 0));
            StreamedSequences<TInput, TTarget> stream = StreamedSequences.Create(sequences, bad.InputLength, bad.TargetLength, new StreamOptions { HasLengths = lengths is not null });
            Should.Throw<TException>(() => Fit(model, stream, null)).Message.ShouldContain($"equence {Bad} (from 0) of train");
            model.SetParameters(streamed);
            Should.Throw<TException>(() => Evaluate(model, stream)).Message.ShouldContain($"equence {Bad} (from 0) of data");
        }
    }

    private static void Fit<TModel, TInput, TTarget>(TModel model, SequenceSource<TInput, TTarget> train, SequenceSource<TInput, TTarget>? validation)
        where TModel : IRnnModel<TModel, double, TInput, TTarget>
        where TInput : unmanaged
        where TTarget : unmanaged => Runtime.TrainingLoop.Fit<TModel, double, TInput, TTarget>(model, train, validation, s_once, default);

    private static void Evaluate<TModel, TInput, TTarget>(TModel model, SequenceSource<TInput, TTarget> data)
        where TModel : IRnnModel<TModel, double, TInput, TTarget>
        where TInput : unmanaged
        where TTarget : unmanaged => Runtime.TrainingLoop.Evaluate<TModel, double, TInput, TTarget>(model, data);

    private static void Numbers<TModel, TTarget, TException>(Func<int, TTarget> good, TTarget bad, string what)
        where TModel : IRnnModel<TModel, double, double, TTarget>
        where TTarget : unmanaged
        where TException : Exception
    {
        (double[] inputs, TTarget[] targets) = Data(TModel.Layout, good, bad);
        Refused<TModel, double, TTarget, TException>(inputs, targets, what);
    }

    [Fact]
    public void Targets_that_do_not_fit_are_named_before_the_first_update()
    {
        Numbers<RecomputedEnd, int, ArgumentOutOfRangeException>(i => i % 3, 3, "targets[0] is 3; classes are 0 to 2");
        Numbers<RecomputedEnd, int, ArgumentOutOfRangeException>(i => i % 3, -1, "targets[0] is -1");
        Numbers<MaskedClasses, int, ArgumentOutOfRangeException>(i => (i % 5) - 1, -2, "targets[4] is -2");

        // The first label of a sequence, and more labels than its steps hold.
        ModelLayout layout = Labelling.Layout;
        double[] inputs = Fill(Count * layout.InputLength, i => Math.Sin(i));
        int[] labels = Fill(Count * layout.TargetLength, i => i % 4 == 0 ? 1 : 0);
        labels[Bad * 4] = 5;
        Refused<Labelling, double, int, ArgumentOutOfRangeException>(inputs, labels, "targets[0] is 5; labels are 1 to 4");
        labels.AsSpan(Bad * 4, 4).Fill(2);
        Refused<Labelling, double, int, ArgumentException>(inputs, labels, "has 4 labels, which need at least 7 steps", Fill(Count, i => i == Bad ? 6 : 9));
    }

    [Fact]
    public void Labels_probabilities_decoded_tokens_and_numbers_too()
    {
        Numbers<MaskedLabels, double, ArgumentOutOfRangeException>(i => i % 2, 1.5, "targets[2] is 1.5");
        Numbers<LstmLastBce, double, ArgumentOutOfRangeException>(i => i % 2, double.NaN, "targets[0] is NaN");
        Numbers<PoissonEach, double, ArgumentOutOfRangeException>(i => i % 4, -1, "is -1; the targets of this loss are counts");
        Numbers<NegativeBinomialLast, double, ArgumentOutOfRangeException>(i => i % 4, double.NegativeInfinity, "is -Infinity; the targets of this loss are counts");
        Numbers<NegativeBinomialLast, double, NonFiniteException>(i => i % 4, double.NaN, "is NaN");
        Numbers<Captions, int, ArgumentOutOfRangeException>(_ => 3, 9, "targets[5] is 9");
        Numbers<CarriedStates, double, NonFiniteException>(i => i % 2, double.NaN, "targets[11] is NaN");
        Numbers<CarriedStates, double, NonFiniteException>(i => i % 2, double.NegativeInfinity, "targets[11] is -Infinity");
        Numbers<MaskedNumbers, double, NonFiniteException>(i => i % 3 == 0 ? double.NaN : 1, double.PositiveInfinity, "targets[9] is Infinity");
    }

    [Fact]
    public void Tokens_and_lengths_too()
    {
        ModelLayout layout = EmbeddingStackEachCrossentropy.Layout;
        int[] tokens = Fill(Count * layout.InputLength, i => i % 9), classes = Fill(Count * layout.TargetLength, i => i % 4), lengths = Fill(Count, i => 1 + (i % 7));
        tokens[(Bad * layout.InputLength) + 2] = 9;
        Refused<EmbeddingStackEachCrossentropy, int, int, ArgumentOutOfRangeException>(tokens, classes, "inputs[2] is 9; tokens are 0 to 8");
        lengths[Bad] = 3;
        Refused<EmbeddingStackEachCrossentropy, int, int, ArgumentOutOfRangeException>(tokens, classes, "inputs[2] is 9; tokens are 0 to 8", lengths);

        // What is beyond a length is not read.
        lengths[Bad] = 2;
        new EmbeddingStackEachCrossentropy(1).Fit(SequenceDataset.FromArrays(tokens, classes, Count, lengths), options: s_once);
        lengths[Bad] = 8;
        Should.Throw<ArgumentOutOfRangeException>(() => new EmbeddingStackEachCrossentropy(1).Fit(SequenceDataset.FromArrays(tokens, classes, Count, lengths), options: s_once)).Message.ShouldContain($"lengths[{Bad}] is 8");
        IEnumerable<Sequence<int, int>> sequences = Enumerable.Range(0, Count).Select(i => new Sequence<int, int>(new int[layout.InputLength], new int[layout.TargetLength], lengths[i]));
        Should.Throw<ArgumentOutOfRangeException>(() => new EmbeddingStackEachCrossentropy(1).Fit(
            StreamedSequences.Create(sequences, layout.InputLength, layout.TargetLength, new StreamOptions { HasLengths = true }), options: s_once)).Message.ShouldContain($"Sequence {Bad} (from 0) of train: it has 8 steps");
    }

    [Fact]
    public void Missing_targets_and_padding_are_no_errors()
    {
        double[] inputs = Fill(Count * MaskedNumbers.Layout.InputLength, i => Math.Sin(i)), targets = Fill(Count * MaskedNumbers.Layout.TargetLength, i => i % 3 == 0 ? double.NaN : 1);
        new MaskedNumbers(1).Fit(SequenceDataset.FromArrays(inputs, targets, Count), options: s_once);
        double[] states = Fill(Count * CarriedStates.Layout.TargetLength, i => i % 12 >= 6 ? double.NaN : 1);
        new CarriedStates(1).Fit(SequenceDataset.FromArrays(Fill(Count * CarriedStates.Layout.InputLength, i => Math.Sin(i)), states, Count, Fill(Count, _ => 3)), options: s_once);
    }

    [Fact]
    public void A_number_that_is_not_finite_is_named_by_its_place_in_the_call_and_in_the_data()
    {
        // More than a group: its place in the group would be another one.
        ModelLayout layout = CarriedStates.Layout;
        (double[] inputs, double[] targets) = Data(layout, i => i % 2, 0.5);
        CarriedStates model = new(1);
        inputs[(Bad * layout.InputLength) + 4] = double.NaN;
        NonFiniteException error = Should.Throw<NonFiniteException>(() => model.TrainStep(inputs, targets, Count, new Sgd(0.1)));
        (error.Sequence, error.Message.Contains($"the input is not finite at time step 2, sequence {Bad}. ", StringComparison.Ordinal)).ShouldBe((Bad, true), error.Message);

        SequenceDataset<double, double> data = SequenceDataset.FromArrays(inputs, targets, Count);
        error = Should.Throw<NonFiniteException>(() => model.Fit(data, options: s_once));
        error.Sequence.ShouldBe(Bad);
        error.Message.ShouldContain($"time step 2, sequence {Bad} (from 0) of train");
        StreamedSequences<double, double> stream = StreamedSequences.Create(Enumerable.Range(0, Count).Select(i => new Sequence<double, double>(data.Input(i).ToArray(), data.Target(i).ToArray())), layout.InputLength, layout.TargetLength);
        Should.Throw<NonFiniteException>(() => model.Fit(stream, options: s_once)).Sequence.ShouldBe(Bad);

        // Made so by an augmentation, in a part of the data, and skipped.
        inputs[(Bad * layout.InputLength) + 4] = 0;
        SequenceDataset<double, double> part = data.Slice(7, Count - 7).Augment((draw, input, _) => input[1] = draw.Sequence == Bad - 7 ? double.NaN : input[1]);
        Skips skips = new();
        model.Fit(part, options: new FitOptions { Epochs = 2, NonFinite = NonFinitePolicy.SkipBatch(), Callbacks = [skips] });
        skips.Sequences.ShouldBe([Bad - 7, Bad - 7]);

        // The distance of a target, in a window of a recomputed model, too.
        targets[(Bad * layout.TargetLength) + 11] = double.NaN;
        error = Should.Throw<NonFiniteException>(() => model.TrainStep(inputs, targets, Count, new Sgd(0.1)));
        (error.Sequence, error.Message.Contains("targets", StringComparison.Ordinal), error.Message.Contains("time step 5", StringComparison.Ordinal)).ShouldBe((Bad, true, true), error.Message);
        skips.Sequences.Clear();
        model.Fit(SequenceDataset.FromArrays(inputs, targets, Count), options: new FitOptions { Epochs = 1, NonFinite = NonFinitePolicy.SkipBatch(), Callbacks = [skips] });
        skips.Sequences.ShouldBe([Bad]);
        RecomputedSteps windows = new(1);
        double[] longer = Fill(Count * RecomputedSteps.Layout.TargetLength, _ => 0.5);
        longer[(Bad * RecomputedSteps.Layout.TargetLength) + 13] = double.NaN;
        error = Should.Throw<NonFiniteException>(() => windows.TrainStep(Fill(Count * RecomputedSteps.Layout.InputLength, i => Math.Sin(i)), longer, Count, new Sgd(0.1)));
        (error.Sequence, error.Message.Contains("time step 6", StringComparison.Ordinal)).ShouldBe((Bad, true), error.Message);
    }

    [Fact]
    public void What_an_augmentation_makes_of_a_target_is_checked_as_it_is_read()
    {
        (double[] inputs, int[] targets) = Data(RecomputedEnd.Layout, i => i % 3, 0);
        SequenceDataset<double, int> data = SequenceDataset.FromArrays(inputs, targets, Count).Augment((draw, _, target) => target[0] = draw.Sequence == Bad ? 3 : target[0]);
        Should.Throw<ArgumentOutOfRangeException>(() => new RecomputedEnd(1).Fit(data, options: s_once)).Message.ShouldContain($"Sequence {Bad} (from 0) of train: targets[0] is 3");
    }

    private sealed class Skips : TrainingCallback
    {
        public List<int?> Sequences { get; } = [];

        public override void OnStepSkipped(long number, NonFiniteException exception) => Sequences.Add(exception.Sequence);
    }
}
