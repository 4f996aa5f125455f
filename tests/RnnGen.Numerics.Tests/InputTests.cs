using System.Numerics;
using System.Runtime.InteropServices;
using RnnGen.TestModels;
using RnnGen.Tests;
using Shouldly;
using Xunit;

namespace RnnGen.Numerics.Tests;

/// <summary>
/// Models whose inputs are columns of numbers and categories and inputs that are given once: against a model of numbers that reads what they stand for, streaming, errors, sparse updates,
/// no allocation. <see cref="GradientCheckTests"/> holds their gradients against the stencil; those without inputs that are given once are in all other tests of declared models too.
/// </summary>
[Collection(nameof(Alone))]
public class InputTests
{
    private static readonly int[] s_counts = [1, 2, 3, 4, 7];

    [Fact]
    public void A_row_has_the_bits_of_the_numbers_that_it_stands_for() => Same<ColumnsLastMse, ElevenLastMse, double>();

    [Fact]
    public void A_row_has_the_bits_of_the_numbers_that_it_stands_for_in_float() => Same<ColumnsLastMseFloat, ElevenLastMseFloat, float>();

    [Fact]
    public void A_row_has_the_bits_of_the_numbers_that_it_stands_for_with_a_loss_of_several_values()
    {
        Same<ColumnsBand, ThreeBand, double>();
        Same<ColumnsBandFloat, ThreeBandFloat, float>();
    }

    [Fact]
    public void A_row_has_the_bits_of_the_numbers_that_it_stands_for_at_every_size_of_a_table()
    {
        Same<ColumnsOfSizes, EightyNine, double>();
        Same<ColumnsOfSizesFloat, EightyNineFloat, float>();
    }

    [Fact]
    public void A_row_has_the_bits_of_the_numbers_that_it_stands_for_below_a_convolution() => Same<ColumnsConvolved, SixConvolved, double>();

    [Fact]
    public void A_row_has_the_bits_of_the_numbers_that_it_stands_for_with_weights_in_fewer_bits() => Same<ColumnsInt8, EightInt8, float>();

    private static void Same<TColumns, TNumbers, TNumber>()
        where TColumns : IRnnModel<TColumns, TNumber, TNumber, TNumber>
        where TNumbers : IRnnModel<TNumbers, TNumber, TNumber, TNumber>
        where TNumber : unmanaged, IBinaryFloatingPointIeee754<TNumber>
    {
        foreach (VectorWidth width in Members.Widths.Where(w => w <= VectorWidths.Widest))
            foreach (int count in s_counts)
            {
                TColumns columns = Sample.Model<TColumns, TNumber, TNumber>().With(width, threads: count % 2 + 1);
                TNumbers numbers = TNumbers.Create(1).With(width);
                int layers = TColumns.Layout.ParameterCount - TNumbers.Layout.ParameterCount;
                numbers.SetParameters(columns.Parameters[layers..]);
                Sample<TNumber, TNumber> sample = Sample<TNumber, TNumber>.Draw<TColumns>(count);
                TNumber[] read = [.. Enumerable.Range(0, count).SelectMany(i => Read<TColumns, TNumber>(columns, sample.Slice(i, 1).Inputs))];
                float[] weights = [.. Enumerable.Range(0, count).Select(i => i % 3 * 0.75f)];
                foreach (int[] lengths in (int[][])[[], [.. Enumerable.Range(0, count).Select(i => 1 + i * 3 % TColumns.Layout.SequenceLength)]])
                {
                    TNumber[] found = new TNumber[count * TColumns.Layout.OutputLength], expected = new TNumber[count * TColumns.Layout.OutputLength];
                    columns.PredictBatch(sample.Inputs, found, count, lengths);
                    numbers.PredictBatch(read, expected, count, lengths);
                    Bits(found).ShouldBe(Bits(expected), $"{width}, {count}");

                    TNumber[] gradients = Golden.NotANumber<TNumber>(TColumns.Layout.ParameterCount), expectedGradients = new TNumber[TNumbers.Layout.ParameterCount];
                    TNumber loss = columns.ComputeGradients(sample.Inputs, sample.Targets, count, gradients, lengths);
                    loss.ShouldBe(numbers.ComputeGradients(read, sample.Targets, count, expectedGradients, lengths));
                    if (typeof(TColumns).GetProperty("DropoutStep") is null)
                        loss.ShouldBe(columns.ComputeLoss(sample.Inputs, sample.Targets, count, lengths));
                    Bits<TNumber>(gradients.AsSpan(layers)).ShouldBe(Bits<TNumber>(expectedGradients), $"{width}, {count}: gradients");
                    Array.Exists(gradients, g => !TNumber.IsFinite(g)).ShouldBeFalse();

                    loss = columns.ComputeGradients(new() { Inputs = sample.Inputs, Targets = sample.Targets, Count = count, Lengths = lengths, Weights = weights }, gradients);
                    loss.Equals(numbers.ComputeGradients(new() { Inputs = read, Targets = sample.Targets, Count = count, Lengths = lengths, Weights = weights }, expectedGradients)).ShouldBeTrue();
                    Bits<TNumber>(gradients.AsSpan(layers)).ShouldBe(Bits<TNumber>(expectedGradients), $"{width}, {count}: weighted gradients");
                }
            }
    }

    // What a layer reads of a row, by the layout's places and the tables alone.
    private static IEnumerable<TNumber> Read<TModel, TNumber>(TModel model, TNumber[] row)
        where TModel : IRnnModel<TModel, TNumber, TNumber, TNumber>
        where TNumber : unmanaged, IBinaryFloatingPointIeee754<TNumber>
    {
        for (int step = 0; step < TModel.Layout.SequenceLength; step++)
            foreach (InputInfo input in TModel.Layout.Inputs)
            {
                int at = input.At(input.Steps == 1 ? 0 : step);
                ParameterInfo? table = TModel.Layout.Parameters.SingleOrDefault(p => p.Name == $"embedding.{input.Name}.weight");
                (table is not null).ShouldBe(input.Categories > 0);
                foreach (TNumber value in table is null ? row.AsSpan(at, input.Size).ToArray()
                    : model.Parameters.Slice(table.Offset + int.CreateChecked(row[at]) * table.Shape[1], table.Shape[1]).ToArray())
                    yield return value;
            }
    }

    [Fact]
    public void The_layout_names_the_places_of_a_row_and_Pack_fills_it()
    {
        ModelLayout layout = ColumnsLastMse.Layout;
        ColumnsLastMse.InputSize.ShouldBe(3);
        layout.InputLength.ShouldBe(5 * 3 + 2);
        layout.Inputs.Select(i => (i.Name, i.Kind, i.Offset, i.Size, i.Step, i.Steps, i.Categories)).ShouldBe(
        [
            ("sales", InputKind.Step, 0, 2, 3, 5, 0),
            ("weekday", InputKind.Step, 2, 1, 3, 5, 7),
            ("store", InputKind.Static, 15, 1, 0, 1, 11),
            ("area", InputKind.Static, 16, 1, 0, 1, 0),
        ]);
        layout.Input("weekday").At(4).ShouldBe(14);
        Should.Throw<ArgumentOutOfRangeException>(() => layout.Input("weekday").At(5)).Message.ShouldContain("from 0 to 4");
        Should.Throw<ArgumentException>(() => layout.Input("day")).Message.ShouldContain("'sales', 'weekday', 'store', 'area'");
        layout.Parameters.Take(2).Select(p => (p.Name, p.Shape[0], p.Shape[1], p.Kind)).ShouldBe(
            [("embedding.weekday.weight", 7, 3, ParameterKind.Embedding), ("embedding.store.weight", 11, 5, ParameterKind.Embedding)]);

        double[] row = [.. Enumerable.Repeat(9.0, 17)];
        ColumnsLastMse.Pack([0.1, 0.2, 6, 0.3, 0.4, 5], [10, 0.5], row);
        row.ShouldBe([0.1, 0.2, 6, 0.3, 0.4, 5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 10, 0.5]);
        Should.Throw<ArgumentException>(() => ColumnsLastMse.Pack([0.1, 0.2], [10, 0.5], row)).Message.ShouldContain("whole steps of 3");
        Should.Throw<ArgumentException>(() => ColumnsLastMse.Pack([0.1, 0.2, 6], [10], row)).Message.ShouldContain("must hold 2 elements");
        Should.Throw<ArgumentException>(() => ColumnsLastMse.Pack([], [10, 0.5], row)).Message.ShouldContain("'history' has 0 steps; it has from 1 to 5");
        double[] shared = [0.1, 0.2, 6, 0.3, 0.4, 5, 10, 0.5, .. new double[9]], whole = [.. shared];
        Should.Throw<ArgumentException>(() => ColumnsLastMse.Pack(shared.AsSpan(0, 6), [10, 0.5], shared)).Message.ShouldContain("'row' overlaps 'history'");
        Should.Throw<ArgumentException>(() => ColumnsLastMse.Pack([0.1, 0.2, 6], shared.AsSpan(6, 2), shared)).Message.ShouldContain("'row' overlaps 'statics'");
        shared.ShouldBe(whole);
        Should.Throw<ArgumentOutOfRangeException>(() => ColumnsLastMse.Pack([1, 1, 6], [11, 0.5], row)).Message.ShouldContain("statics[0] is 11, but 'store' is a category: a whole number from 0 to 10.");
        row[0].ShouldBe(0.1);

        InputInfo plain = ElevenLastMse.Layout.Inputs.ShouldHaveSingleItem();
        (plain.Name, plain.Offset, plain.Size, plain.Step, plain.Steps).ShouldBe(("inputs", 0, 11, 11, 5));
    }

    [Theory, InlineData(7), InlineData(-1), InlineData(2.5), InlineData(double.NaN), InlineData(double.PositiveInfinity), InlineData(16777216)]
    public void An_index_that_is_no_category_is_an_error_that_names_its_column(double index)
    {
        ColumnsLastMse model = new(1);
        double[] before = model.Parameters.ToArray(), inputs = new double[2 * 17], output = new double[4], gradients = new double[ColumnsLastMse.ParameterCount];
        inputs[17 + 3 + 2] = index;
        string[] parts = [$"[22] is {index.ToString(System.Globalization.CultureInfo.InvariantCulture)}, but 'weekday' (time step 1) is a category: a whole number from 0 to 6."];
        void Rejects(Action call)
        {
            string message = Should.Throw<ArgumentOutOfRangeException>(call).Message;
            foreach (string part in parts)
                message.ShouldContain(part);
        }

        Rejects(() => model.PredictBatch(inputs, output, 2));
        Rejects(() => model.ComputeLoss(inputs, output, 2));
        Rejects(() => model.ComputeGradients(inputs, output, 2, gradients));
        Rejects(() => model.TrainStep(inputs, output, 2, new Adam()));
        model.PredictBatch(inputs, output, 2, [5, 1]);
        parts = ["[5] is", "'weekday' (time step 1)"];
        Rejects(() => model.Predict(inputs.AsSpan(17), output.AsSpan(2)));
        model.Predict(inputs.AsSpan(17), output.AsSpan(2), 1);
        parts = ["Sequence 1 (from 0) of train: ", "'weekday' (time step 1)"];
        Rejects(() => model.Fit(SequenceDataset.FromArrays(inputs, output, 2), options: new FitOptions { Epochs = 1 }));
        parts = ["Sequence 1 (from 0) of data: ", "'weekday' (time step 1)"];
        Rejects(() => model.Evaluate(SequenceDataset.FromArrays(inputs, output, 2)));

        ColumnsLastMse.State state = model.CreateState();
        parts = ["'weekday'"];
        Rejects(() => state.Step([0, 0, index], output.AsSpan(0, 2)));
        Rejects(() => model.CreateStreams(1).Step([0, 0, index], output.AsSpan(0, 2)));
        parts = ["statics[0] is", "'store'"];
        Rejects(() => state.SetStatics([index is 7 ? 11 : index, 0]));
        model.Parameters.ToArray().ShouldBe(before);
    }

    /// <summary>A row with what is given once is given whole by a stream too; what would be missing is not taken for 0.</summary>
    [Fact]
    public void A_stream_gives_rows_whole()
    {
        ColumnsLastMse model = new(1);
        double[] row = new double[ColumnsLastMse.Layout.InputLength];
        ColumnsLastMse.Pack([0.1, 0.2, 6, 0.3, 0.4, 5], [10, 0.5], row);
        Evaluate(row, 2).Loss.ShouldBe(model.Evaluate(SequenceDataset.FromArrays<double, double>(row, [1, 2], 1, [2])).Loss);
        Should.Throw<InvalidDataException>(() => Evaluate(row[..6], 2)).Message.ShouldContain("an input of 6 elements; a row with inputs that are given once, or known for decoded steps, is given whole, with 17");

        Evaluation Evaluate(double[] input, int steps) => model.Evaluate(StreamedSequences.Create(
            [new Sequence<double, double>(input, new double[] { 1, 2 }, steps)], row.Length, 2, new StreamOptions { HasLengths = true, Count = 1 }));
    }

    [Fact]
    public void What_is_given_once_must_be_finite_too()
    {
        double[] inputs = new double[17];
        inputs[16] = double.NaN;
        Should.Throw<NonFiniteException>(() => new ColumnsLastMse(1).Fit(SequenceDataset.FromArrays(inputs, new double[2], 1), options: new FitOptions { Epochs = 1 }))
            .Message.ShouldContain("inputs[16] is NaN behind the steps");
        Should.Throw<ArgumentException>(() => new ColumnsLastMse(1).Predict(new double[6], new double[2], 2)).Message.ShouldContain("must hold 17 elements (SequenceLength × InputSize + 2)");
    }

    [Fact]
    public void A_normaliser_of_steps_is_not_for_categories() =>
        Should.Throw<ArgumentException>(() => new NormalizedModel<ColumnsLastMse, double>(new(1), new ModelMetadata())).Message.ShouldContain("before you pack its rows");

    [Fact]
    public void Streams_end_where_prediction_does()
    {
        ColumnsLastMse model = Sample.Model<ColumnsLastMse, double, double>();
        Sample<double, double> sample = Sample<double, double>.Draw<ColumnsLastMse>(40);
        double[] expected = model.Outputs(sample), streamed = new double[80], x = new double[3 * 40], y = new double[2];
        ColumnsLastMse.Streams streams = model.CreateStreams(40);
        Should.Throw<InvalidOperationException>(() => streams.Step(x, streamed)).Message.ShouldContain("SetStatics of stream 0");
        Should.Throw<InvalidOperationException>(() => model.CreateState().Step([1, 2, 3], y)).Message.ShouldContain("call SetStatics before the first step");
        for (int i = 0; i < 40; i++)
            streams.SetStatics(i, sample.Inputs.AsSpan(i * 17 + 15, 2));
        for (int t = 0; t < 5; t++)
        {
            for (int i = 0; i < 40; i++)
                sample.Inputs.AsSpan(i * 17 + t * 3, 3).CopyTo(x.AsSpan(i * 3));
            streams.Step(x, streamed);
        }

        Golden.ShouldBeNear<double>(streamed, expected, 1e-13, "streams");
        ColumnsLastMse.State state = model.CreateState(), other = model.CreateState();
        for (int i = 0; i < 40; i++)
        {
            state.Reset();
            state.SetStatics(sample.Inputs.AsSpan(i * 17 + 15, 2));
            for (int t = 0; t < 5; t++)
                state.Step(sample.Inputs.AsSpan(i * 17 + t * 3, 3), y);
            Golden.ShouldBeNear<double>(y, expected[(i * 2)..(i * 2 + 2)], 1e-13, $"state {i}");
            state.Reset();
            state.CopyTo(other);
            double[] outputs = new double[10];
            other.Process(sample.Inputs.AsSpan(i * 17, 15), outputs);
            Golden.ShouldBeNear<double>(outputs.AsSpan(8), expected[(i * 2)..(i * 2 + 2)], 1e-13, $"block {i}");
        }

        // Carried from window to window, a sequence of statics has them at each.
        BatchState<double> carried = model.CreateBatchState(3);
        double[] whole = new double[6];
        model.PredictBatch(sample.Inputs.AsSpan(0, 51), whole, 3, carried);
        Golden.ShouldBeNear<double>(whole, expected[..6], 1e-13, "carried");
    }

    [Fact]
    public void Quantiles_parameters_and_draws_are_those_of_the_numbers_that_a_row_stands_for()
    {
        ColumnsBand columns = Sample.Model<ColumnsBand, double, double>();
        ThreeBand numbers = new(1);
        numbers.SetParameters(columns.Parameters[(ColumnsBand.ParameterCount - ThreeBand.ParameterCount)..]);
        double[] row = Sample<double, double>.Draw<ColumnsBand>(1).Inputs, read = [.. Read<ColumnsBand, double>(columns, row)];
        double[] found = new double[5 * ColumnsBand.Layout.HeadSize], expected = new double[found.Length], y = new double[2], z = new double[2];
        foreach (int length in (int[])[5, 2])
        {
            double[] x = read[..(length * 3)];
            columns.PredictParameters(row, found, length);
            numbers.PredictParameters(x, expected, length);
            found.ShouldBe(expected);
            columns.PredictQuantiles(row, found, length);
            numbers.PredictQuantiles(x, expected, length);
            found.ShouldBe(expected);
        }

        // Streamed, each step has the parameters that it has of the numbers.
        ColumnsBand.State state = columns.CreateState();
        ThreeBand.State other = numbers.CreateState();
        ColumnsBand.Streams streams = columns.CreateStreams(1);
        state.SetStatics(row.AsSpan(5));
        streams.SetStatics(0, row.AsSpan(5));
        double[] parameters = new double[ColumnsBand.Layout.HeadSize], others = new double[parameters.Length];
        for (int t = 0; t < 5; t++)
        {
            state.Step(row.AsSpan(t, 1), y);
            other.Step(read.AsSpan(t * 3, 3), z);
            y.ShouldBe(z);
            state.ReadParameters(parameters);
            other.ReadParameters(others);
            parameters.ShouldBe(others);
            streams.Step(row.AsSpan(t, 1), y);
            streams.ReadParameters(0, parameters);
            Golden.ShouldBeNear<double>(parameters, others, 1e-13, "streams");
        }
    }

    [Fact]
    public void Pieces_between_resets_have_what_is_given_once()
    {
        ColumnsBand model = Sample.Model<ColumnsBand, double, double>();
        Sample<double, double> sample = Sample<double, double>.Draw<ColumnsBand>(2);
        double[] rows = new double[4 * 6], targets = new double[4 * 10], gradients = new double[ColumnsBand.ParameterCount], expected = new double[ColumnsBand.ParameterCount];
        foreach ((int piece, int sequence, int start, int steps) in ((int, int, int, int)[])[(0, 0, 0, 2), (1, 0, 2, 3), (2, 1, 0, 4), (3, 1, 4, 1)])
        {
            ColumnsBand.Pack(sample.Inputs.AsSpan(sequence * 6 + start, steps), sample.Inputs.AsSpan(sequence * 6 + 5, 1), rows.AsSpan(piece * 6, 6));
            sample.Targets.AsSpan(sequence * 10 + start * 2, steps * 2).CopyTo(targets.AsSpan(piece * 10));
        }

        bool[] resets = [false, false, true, false, false, true, false, false, false, true];
        double loss = model.ComputeGradients(new() { Inputs = sample.Inputs, Targets = sample.Targets, Count = 2, Resets = resets }, gradients);
        loss.ShouldBe(model.ComputeGradients(rows, targets, 4, expected, [2, 3, 4, 1]));
        gradients.ShouldBe(expected);
    }

    [Fact]
    public void Windows_of_columns_stream_as_they_predict()
    {
        ColumnsConvolved model = Sample.Model<ColumnsConvolved, double, double>();
        Sample<double, double> sample = Sample<double, double>.Draw<ColumnsConvolved>(3);
        double[] expected = model.Outputs(sample), y = new double[2], streamed = new double[6], x = new double[9], outputs = new double[14];
        ColumnsConvolved.State state = model.CreateState();
        ColumnsConvolved.Streams streams = model.CreateStreams(3);
        for (int i = 0; i < 3; i++)
        {
            streams.SetStatics(i, sample.Inputs.AsSpan(i * 22 + 21, 1));
            state.Reset();
            state.SetStatics(sample.Inputs.AsSpan(i * 22 + 21, 1));
            for (int t = 0; t < 7; t++)
                state.Step(sample.Inputs.AsSpan(i * 22 + t * 3, 3), y);
            Golden.ShouldBeNear<double>(y, expected[(i * 2)..(i * 2 + 2)], 1e-13, $"state {i}");
            state.Reset();
            state.Process(sample.Inputs.AsSpan(i * 22, 12), outputs.AsSpan(0, 8));
            state.Process(sample.Inputs.AsSpan(i * 22 + 12, 9), outputs.AsSpan(8));
            Golden.ShouldBeNear<double>(outputs.AsSpan(12), expected[(i * 2)..(i * 2 + 2)], 1e-13, $"blocks {i}");
        }

        for (int t = 0; t < 7; t++)
        {
            for (int i = 0; i < 3; i++)
                sample.Inputs.AsSpan(i * 22 + t * 3, 3).CopyTo(x.AsSpan(i * 3));
            streams.Step(x, streamed);
        }

        Golden.ShouldBeNear<double>(streamed, expected, 1e-13, "streams");
    }

    [Fact]
    public void Outputs_are_differentiated_with_respect_to_what_the_first_layer_reads_and_attributed_to_the_row()
    {
        ColumnsExplained columns = Sample.Model<ColumnsExplained, double, double>();
        EightExplained numbers = new(1);
        numbers.SetParameters(columns.Parameters[(ColumnsExplained.ParameterCount - EightExplained.ParameterCount)..]);
        Sample<double, double> sample = Sample<double, double>.Draw<ColumnsExplained>(2);
        double[] row = sample.Slice(0, 1).Inputs, baseline = sample.Slice(1, 1).Inputs, read = [.. Read<ColumnsExplained, double>(columns, row)], from = [.. Read<ColumnsExplained, double>(columns, baseline)];
        foreach (int length in (int[])[6, 2])
        {
            double[] gradients = new double[length * 8], expected = new double[length * 8];
            columns.ComputeInputGradients(row, gradients, 1, length - 1, length).ShouldBe(numbers.ComputeInputGradients(read.AsSpan(0, length * 8), expected, 1, length - 1, length));
            gradients.ShouldBe(expected);
            foreach (bool isZero in (bool[])[true, false])
            {
                double[] attributions = new double[20], each = new double[length * 8], of = isZero ? [] : from[..(length * 8)];
                Attribution attribution = columns.ComputeIntegratedGradients(row, attributions, 0, 1, isZero ? default : baseline, 60, length);
                Attribution other = numbers.ComputeIntegratedGradients(read.AsSpan(0, length * 8), each, 0, 1, of, 60, length);
                (attribution.Output, attribution.BaselineOutput).ShouldBe((other.Output, other.BaselineOutput));
                attribution.Sum.ShouldBe(other.Sum, 1e-14);
                attribution.Error.ShouldBe(0, 1e-8);
                attributions.Sum().ShouldBe(attribution.Sum, 1e-14);
                for (int t = 0; t < 6; t++)
                    for (int i = 0; i < 3; i++)
                        attributions[t * 3 + i].ShouldBe(t >= length ? 0 : i < 2 ? each[t * 8 + i] : each.AsSpan(t * 8 + 2, 3).ToArray().Sum(), 1e-14);
                attributions[18].ShouldBe(Enumerable.Range(0, length).Sum(t => each[t * 8 + 5]), 1e-14);
                attributions[19].ShouldBe(Enumerable.Range(0, length).Sum(t => each[t * 8 + 6] + each[t * 8 + 7]), 1e-14);
            }
        }

        double[] wrong = [.. row];
        wrong[19] = 3;
        Should.Throw<ArgumentOutOfRangeException>(() => columns.ComputeInputGradients(wrong, new double[48], 0, 0)).Message.ShouldContain("'group' is a category");
        Should.Throw<ArgumentOutOfRangeException>(() => columns.ComputeIntegratedGradients(row, new double[20], 0, 0, wrong)).Message.ShouldContain("baseline[19] is 3, but 'group'");
    }

    [Fact]
    public void A_decoder_that_predicts_distributions_reads_its_draws_beside_what_is_known()
    {
        KnownGaussian model = Sample.Model<KnownGaussian, double, double>();
        Sample<double, double> sample = Sample<double, double>.Draw<KnownGaussian>(1);
        double[] row = sample.Inputs, mean = model.Predict(row), parameters = new double[3 * KnownGaussian.Layout.HeadSize], draws = new double[6], other = new double[6];
        model.PredictParameters(row, parameters);
        for (int i = 0; i < 6; i++)
            parameters[2 * i].ShouldBe(mean[i]);
        model.Sample(row, draws, 3);
        model.Sample(row, other, 3);
        draws.ShouldBe(other);

        // What is known of the last step changes its draw, and none before it.
        InputInfo day = KnownGaussian.Layout.Input("day");
        row[day.At(2)] = (row[day.At(2)] + 1) % 5;
        model.Sample(row, other, 3);
        other[..4].ShouldBe(draws[..4]);
        other[4].ShouldNotBe(draws[4]);
        model.PredictParameters(row, parameters);
        parameters[8].ShouldNotBe(mean[4]);
    }

    [Fact]
    public void A_decoder_is_told_the_same_of_its_steps_in_training_and_in_prediction()
    {
        KnownNumbers model = Sample.Model<KnownNumbers, double, double>();
        Sample<double, double> sample = Sample<double, double>.Draw<KnownNumbers>(7);
        int[] lengths = [4, 1, 3, 2, 4, 2, 1];
        foreach (int[] some in (int[][])[[], lengths])
        {
            double[] outputs = new double[7 * 6];
            model.PredictBatch(sample.Inputs, outputs, 7, some);
            double expected = outputs.Zip(sample.Targets, (y, target) => (y - target) * (y - target)).Sum() / outputs.Length;
            model.ComputeFreeRunningLoss(sample.Inputs, sample.Targets, 7, some).ShouldBe(expected, 1e-13);

            // Where the targets are what it predicts, what it is fed is too.
            model.ComputeLoss(sample.Inputs, outputs, 7, some).ShouldBe(0, 1e-25);
        }

        // Each known step counts, and none before it.
        double[] row = [.. sample.Slice(0, 1).Inputs], before = model.Predict(row);
        InputInfo price = KnownNumbers.Layout.Input("price"), day = KnownNumbers.Layout.Input("day");
        (price.Offset, price.Size, price.Step, price.Steps, day.Offset, day.Step, day.Kind).ShouldBe((5, 2, 3, 3, 7, 3, InputKind.Known));
        foreach ((InputInfo input, Func<double, double> changed) in ((InputInfo, Func<double, double>)[])[(price, v => v + 1), (day, v => (v + 1) % 5)])
            for (int step = 0; step < 3; step++)
            {
                double[] other = [.. row];
                other[input.At(step)] = changed(other[input.At(step)]);
                double[] after = model.Predict(other);
                after.AsSpan(0, 2 * step).ToArray().ShouldBe(before[..(2 * step)], $"{input.Name}, {step}");
                after.AsSpan(2 * step, 2).SequenceEqual(before.AsSpan(2 * step, 2)).ShouldBeFalse($"{input.Name}, {step}");
            }
    }

    [Fact]
    public void Beams_and_samples_share_what_is_known_of_their_sequence()
    {
        KnownTokens model = Sample.Model<KnownTokens, double, int>();
        double[] row = new double[3 + 4 * 2], other = new double[3 + 4 * 2];
        KnownTokens.Pack([0.5, -0.5, 1], [], [1, 0.5, 2, 0.5, 3, -0.5, 0, 1], row);
        KnownTokens.Pack([0.5, -0.5, 1], [], [1, 0.5, 2, 0.5, 3, 2.5, 0, 1], other);
        int[] greedy = new int[4], beams = new int[4];
        double[] logits = new double[20], all = new double[60];
        model.Predict(row, logits);
        model.PredictBatch([.. row, .. other, .. row], all, 3);
        all[..20].ShouldBe(logits);
        all[40..].ShouldBe(logits);
        all[20..30].ShouldBe(logits[..10]);

        // Beams as many as there are sequences of tokens find the best of them, which a search over all sees by the loss.
        int count = model.Generate(row, beams, new DecodingOptions { Beams = 16, LengthPenalty = 0 });
        double found = Score(beams[..count]), best = double.NegativeInfinity;
        for (int code = 0; code < 5 * 5 * 5 * 5; code++)
        {
            int[] tokens = [code % 5, code / 5 % 5, code / 25 % 5, code / 125];
            int end = Array.IndexOf(tokens, KnownTokens.EndToken);
            best = Math.Max(best, Score(end < 0 ? tokens : tokens[..end]));
        }

        found.ShouldBe(best, 1e-12);
        model.Generate(row, greedy).ShouldBeLessThanOrEqualTo(4);

        double Score(int[] tokens)
        {
            int[] target = [.. tokens, .. Enumerable.Repeat(KnownTokens.EndToken, 4 - tokens.Length)];
            return -model.ComputeLoss(row, target, 1) * Math.Min(tokens.Length + 1, 4);
        }
    }

    [Fact]
    public void Rows_of_categories_that_no_sequence_has_keep_their_bits()
    {
        foreach (Optimizer optimizer in (Optimizer[])[.. ShippedOptimizers.Names.Select(name => ShippedOptimizers.Create(name)), new Adam(0.01) { ClipNorm = 1e-3 }])
        {
            ColumnsLastMse model = new(1);
            double[] before = model.Parameters.ToArray(), rows = new double[2 * 17];
            ColumnsLastMse.Pack([1, 2, 3, 1, 2, 5], [4, 1], rows.AsSpan(0, 17));
            ColumnsLastMse.Pack([1, 2, 3, 1, 2, 3], [9, 1], rows.AsSpan(17, 17));
            for (int step = 0; step < 3; step++)
                model.TrainStep(rows, [1, 2, 3, 4], 2, optimizer, [2, 2]);
            for (int day = 0; day < 7; day++)
                model.Parameters.Slice(day * 3, 3).SequenceEqual(before.AsSpan(day * 3, 3)).ShouldBe(day is not (3 or 5), $"{optimizer.GetType().Name}, day {day}");
            for (int store = 0; store < 11; store++)
                model.Parameters.Slice(21 + store * 5, 5).SequenceEqual(before.AsSpan(21 + store * 5, 5)).ShouldBe(store is not (4 or 9), $"{optimizer.GetType().Name}, store {store}");
        }
    }

    [Fact]
    public void A_step_of_SGD_is_the_dense_one_and_the_bits_do_not_depend_on_threads()
    {
        Sample<float, float> sample = Sample<float, float>.Draw<ColumnsLastMseFloat>(31);
        byte[]? bits = null;
        foreach (int threads in (int[])[1, 2, 3])
        {
            ColumnsLastMseFloat model = Sample.Model<ColumnsLastMseFloat, float, float>().With(threads: threads);
            float[] dense = model.Parameters.ToArray(), gradients = model.Gradients(sample);
            for (int i = 0; i < dense.Length; i++)
                dense[i] -= 0.1f * gradients[i];
            model.TrainStep(sample.Inputs, sample.Targets, 31, new Sgd(0.1));
            Golden.ShouldBeNear(model.Parameters, Array.ConvertAll(dense, v => (double)v), 1e-6, "a step");
            bits ??= Bits<float>(gradients);
            Bits<float>(gradients).ShouldBe(bits, $"{threads} threads");
        }
    }

    [Fact]
    public void Files_keep_the_tables()
    {
        ColumnsBothCrossentropy model = new(3);
        using MemoryStream file = new();
        model.Save(file);
        file.Position = 0;
        ColumnsBothCrossentropy.Load(file).Parameters.ToArray().ShouldBe(model.Parameters.ToArray());
        ColumnsBothCrossentropy.Layout.Parameters.Where(p => p.Kind == ParameterKind.Embedding).Select(p => (p.Name, p.IsFrozen)).ShouldBe([("embedding.kind.weight", false), ("embedding.fixed.weight", true)]);
        ColumnsBothCrossentropy.Layout.Inputs.Select(i => (i.Name, i.Size, i.Offset)).ShouldBe([("inputs", 2, 0), ("kind", 1, 2), ("fixed", 1, 3)]);
    }

    [Fact]
    public void A_model_learns_what_only_categories_tell()
    {
        Random random = new(1);
        const int count = 600;
        double[] inputs = new double[count * 17], targets = new double[count * 2];
        for (int i = 0; i < count; i++)
        {
            int store = random.Next(11), day = random.Next(7);
            ColumnsLastMse.Pack([.. Enumerable.Range(0, 5).SelectMany(t => (double[])[random.NextDouble(), random.NextDouble(), t == 4 ? day : random.Next(7)])], [store, 1], inputs.AsSpan(i * 17, 17));
            (targets[2 * i], targets[2 * i + 1]) = (store % 3 - 1, day % 2);
        }

        ColumnsLastMse model = new(1);
        TrainingResult result = model.Fit(SequenceDataset.FromArrays(inputs, targets, count), options: new FitOptions { Epochs = 30, Optimizer = new Adam(0.01) });
        result.Epochs[^1].TrainingLoss.ShouldBeLessThan(0.05);
    }

    [Fact]
    public void Nothing_is_allocated_after_the_first_call()
    {
        ColumnsLastMseFloat model = new(1);
        Sample<float, float> sample = Sample<float, float>.Draw<ColumnsLastMseFloat>(7);
        float[] outputs = new float[14], gradients = new float[ColumnsLastMseFloat.ParameterCount], y = new float[2], row = new float[17];
        Adam optimizer = new(), optimizer2 = new();
        ColumnsLastMseFloat.State state = model.CreateState();
        ColumnsLastMseFloat.Streams streams = model.CreateStreams(1);
        Allocations.Of(() => model.PredictBatch(sample.Inputs, outputs, 7)).ShouldBe(0);
        Allocations.Of(() => model.PredictBatch(sample.Inputs, outputs, 7, [1, 2, 3, 4, 5, 1, 2])).ShouldBe(0);
        Allocations.Of(() => model.Predict(sample.Inputs.AsSpan(0, 17), y)).ShouldBe(0);
        Allocations.Of(() => model.ComputeGradients(sample.Inputs, sample.Targets, 7, gradients)).ShouldBe(0);
        Allocations.Of(() => model.TrainStep(sample.Inputs, sample.Targets, 7, optimizer)).ShouldBe(0);
        Allocations.Of(() => ColumnsLastMseFloat.Pack(sample.Inputs.AsSpan(0, 15), sample.Inputs.AsSpan(15, 2), row)).ShouldBe(0);
        KnownNumbersFloat decoder = new(1);
        Sample<float, float> decoded = Sample<float, float>.Draw<KnownNumbersFloat>(7);
        float[] decodedOutputs = new float[42];
        Allocations.Of(() => decoder.PredictBatch(decoded.Inputs, decodedOutputs, 7)).ShouldBe(0);
        Allocations.Of(() => decoder.TrainStep(decoded.Inputs, decoded.Targets, 7, optimizer2)).ShouldBe(0);
        Allocations.Of(() =>
        {
            state.Reset();
            state.SetStatics(sample.Inputs.AsSpan(15, 2));
            state.Step(sample.Inputs.AsSpan(0, 3), y);
            state.Process(sample.Inputs.AsSpan(0, 9), outputs.AsSpan(0, 6));
        }).ShouldBe(0);
        Allocations.Of(() =>
        {
            streams.SetStatics(0, sample.Inputs.AsSpan(15, 2));
            streams.Step(sample.Inputs.AsSpan(0, 3), y);
        }).ShouldBe(0);
    }

    private static byte[] Bits<T>(ReadOnlySpan<T> values) where T : unmanaged => MemoryMarshal.AsBytes(values).ToArray();

    private static byte[] Bits<T>(T[] values) where T : unmanaged => Bits<T>(values.AsSpan());
}
