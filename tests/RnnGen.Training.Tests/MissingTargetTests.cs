using Shouldly;
using Xunit;

namespace RnnGen.Training.Tests;

/// <summary>Missing values through normalisers and windows: a target that is missing is not learned, whatever stands in the inputs.</summary>
public sealed class MissingTargetTests
{
    private const int Steps = ColumnForecast.SequenceLength, Count = 3000;

    // The next y is 10 x; after x = 1 three of four are missing. Where missing values counted as the mean, 3.8 would be learned.
    private static float[] Rows()
    {
        Random random = new(3);
        float[] rows = new float[2 * Count];
        for (int i = 0; i < Count; i++)
        {
            float x = random.Next(2);
            rows[2 * i] = x;
            if (i + 1 < Count)
            {
                rows[(2 * (i + 1)) + 1] = x == 1 && random.Next(4) > 0 ? float.NaN : 10 * x;
            }
        }

        return rows;
    }

    private static IEnumerable<ReadOnlyMemory<float>> Each(float[] rows) => Enumerable.Range(0, rows.Length / 2).Select(i => (ReadOnlyMemory<float>)rows.AsMemory(2 * i, 2));

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void Missing_targets_are_not_learned(bool isRange, bool isStream)
    {
        float[] rows = Rows();
        FeatureNormalizer normalizer = isRange ? FeatureNormalizer.MinMax<float>(rows.AsMemory(), 2) : FeatureNormalizer.StandardScore<float>(rows.AsMemory(), 2);
        ColumnForecast model = new(1);
        FitOptions options = new() { Epochs = 6, Optimizer = new Adam(5e-3) };
        if (isStream)
        {
            model.Fit(StreamedSequences.Windows(normalizer.Apply(Each(rows)), 2, Steps, targets: [1]), options: options);
        }
        else
        {
            float[] normalized = [.. rows];
            normalizer.Apply(normalized.AsSpan());
            model.Fit(SeriesWindows.OfRows(normalized, 2, Steps, targets: [1], missingInput: 0f), options: options);
        }

        model.Metadata.SetNormalizer("input", normalizer);
        model.Metadata.SetNormalizer("target", normalizer.Select(1));
        NormalizedModel<ColumnForecast, float> forecaster = new(model, model.Metadata);
        double[] sums = new double[2];
        int[] counts = new int[2];
        for (int i = 0; i + Steps < Count; i += 7)
        {
            int x = (int)rows[(2 * (i + Steps - 1))];
            sums[x] += forecaster.Predict(rows.AsSpan(2 * i, 2 * Steps))[0];
            counts[x]++;
        }

        (sums[0] / counts[0]).ShouldBe(0, 0.3);
        (sums[1] / counts[1]).ShouldBe(10, 0.3);
    }

    [Fact]
    public void Streamed_windows_fill_inputs_and_keep_targets()
    {
        float[] rows = Rows()[..(2 * 200)], normalized = [.. rows];
        FeatureNormalizer normalizer = FeatureNormalizer.StandardScore<float>(rows.AsMemory(), 2);
        normalizer.Apply(normalized.AsSpan());
        Same(StreamedSequences.Windows(normalizer.Apply(Each(rows)), 2, Steps, targets: [1]), SeriesWindows.OfRows(normalized, 2, Steps, targets: [1], missingInput: 0f));
        Same(StreamedSequences.Windows(normalizer.Apply(Each(rows)), 2, Steps, 1, 3, [1], new StreamOptions { MissingInput = 0.5 }), SeriesWindows.OfRows(normalized, 2, Steps, 1, 3, [1], 0.5f));
        Same(StreamedSequences.Windows(Each(rows), 2, Steps, 1, 20, [1], new StreamOptions { MissingInput = -7 }), SeriesWindows.OfRows(rows, 2, Steps, 1, 20, [1], -7f));
        Should.Throw<NonFiniteException>(() => new ColumnForecast(1).Fit(StreamedSequences.Windows(Each(rows), 2, Steps, targets: [1]), options: new FitOptions { Epochs = 1 }));
        Should.Throw<NonFiniteException>(() => new ColumnForecast(1).Fit(SeriesWindows.OfRows(rows, 2, Steps, targets: [1]), options: new FitOptions { Epochs = 1 }));

        static void Same(StreamedSequences<float, float> stream, SequenceDataset<float, float> data)
        {
            List<float[]> inputs = [], targets = [];
            new ColumnForecast(1).Fit(
                stream.Augment((_, input, target) =>
                {
                    inputs.Add(input.ToArray());
                    targets.Add(target.ToArray());
                }),
                options: new FitOptions { Epochs = 1, Shuffle = false });
            inputs.Count.ShouldBe(data.Count);
            targets.Count(t => float.IsNaN(t[0])).ShouldBeGreaterThan(1);
            for (int i = 0; i < data.Count; i++)
            {
                inputs[i].ShouldBe(data.Input(i).ToArray());
                targets[i].ShouldBe(data.Target(i).ToArray());
            }
        }
    }

    [Fact]
    public void A_normaliser_has_the_features_of_a_step()
    {
        Accepts<HorizonForecast>(input: 2, target: 4);
        Accepts<HorizonForecast>(input: 2, target: 1); // one series, at four steps
        Refuses<HorizonForecast>(input: 2, target: 2, "'target' has 2 features, but HorizonForecast predicts 4 features per step");
        Refuses<HorizonForecast>(input: 3, target: 1, "'input' has 3 features, but HorizonForecast reads 2 features per step");
        Refuses<HorizonForecast>(input: 1, target: 1, "'input' has 1 feature, but HorizonForecast reads 2 features per step");
        Refuses<HorizonForecast>(input: 12, target: 1, "'input' has 12 features, but HorizonForecast reads 2 features per step");
        Accepts<RunningSum>(input: 1, target: 1);
        Refuses<RunningSum>(input: 1, target: 2, "'target' has 2 features, but RunningSum predicts 1 feature per step");
        Refuses<RunningSum>(input: 5, target: 1, "'input' has 5 features, but RunningSum reads 1 feature per step");
    }

    private static void Accepts<TModel>(int input, int target) where TModel : IRnnModel<TModel, float, float, float>
    {
        float[] given = [.. Enumerable.Range(0, TModel.Layout.InputLength).Select(i => 0.1f * i)];
        TModel model = TModel.Create(1);
        ModelMetadata metadata = Metadata(input, target);
        float[] predicted = new NormalizedModel<TModel, float>(model, metadata).Predict(given), raw = new float[TModel.Layout.OutputLength];
        for (int i = 0; i < given.Length; i++)
        {
            given[i] = metadata.GetNormalizer("input")[i % input].Apply(given[i]);
        }

        model.PredictBatch(given, raw, 1);
        predicted.ShouldBe([.. raw.Select((y, i) => metadata.GetNormalizer("target")[i % target].Invert(y))]);
    }

    private static void Refuses<TModel>(int input, int target, string says) where TModel : IRnnModel<TModel, float, float, float> =>
        Should.Throw<ModelFileException>(() => new NormalizedModel<TModel, float>(TModel.Create(1), Metadata(input, target))).Message.ShouldContain(says);

    private static ModelMetadata Metadata(int input, int target)
    {
        ModelMetadata metadata = [];
        metadata.SetNormalizer("input", new FeatureNormalizer(Enumerable.Range(0, input).Select(i => new Normalizer(i, 2 + i))));
        metadata.SetNormalizer("target", new FeatureNormalizer(Enumerable.Range(0, target).Select(i => new Normalizer(20 * (i + 1), 5 + i))));
        return metadata;
    }
}
