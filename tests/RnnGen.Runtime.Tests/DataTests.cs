namespace RnnGen.Runtime.Tests;

public sealed class DataTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public void AFeatureThatIsNotThereIsNamedWithTheCount(int feature)
    {
        FeatureNormalizer one = new([new Normalizer(1, 2)]);
        ArgumentOutOfRangeException e = Should.Throw<ArgumentOutOfRangeException>(() => one.Select([feature]));
        e.ActualValue.ShouldBe(FormattableString.Invariant($"{feature}"));
        e.Message.ShouldStartWith("There are 1 features, from 0.");
    }

    [Fact]
    public void ANullAmongNormalisersOrGroupsIsNamed()
    {
        Should.Throw<ArgumentException>(() => new FeatureNormalizer([new Normalizer(1, 2), null!])).Message.ShouldContain("Item 1 (from 0) of 'normalizers' is null");
        SequenceDataset<double, double> data = SequenceDataset.FromArrays<double, double>([1, 2, 3], [1, 2, 3], 3);
        Should.Throw<ArgumentException>(() => DatasetSplit.Grouped(data, ["a", null!, "b"])).Message.ShouldContain("The group at index 1 is null");
    }

    [Fact]
    public void ArraysBecomeSequences()
    {
        SequenceDataset<float, int> data = SequenceDataset.FromArrays([1f, 2, 3, 4, 5, 6], [7, 8, 9], 3);
        (data.Count, data.InputLength, data.TargetLength).ShouldBe((3, 2, 1));
        data.Input(1).ToArray().ShouldBe([3f, 4]);
        data.Target(2).ToArray().ShouldBe([9]);
        Should.Throw<ArgumentOutOfRangeException>(() => data.Input(3).Length).Message.ShouldContain("from 0 to 2");
        Should.Throw<ArgumentOutOfRangeException>(() => data.Target(-1).Length);
    }

    [Fact]
    public void ArraysThatDoNotDivideAreRefused()
    {
        Should.Throw<ArgumentException>(() => SequenceDataset.FromArrays(new float[5], new float[2], 2)).Message.ShouldContain("inputs has 5 elements");
        Should.Throw<ArgumentException>(() => SequenceDataset.FromArrays(new float[4], new float[3], 2)).ParamName.ShouldBe("targets");
        Should.Throw<ArgumentException>(() => SequenceDataset.FromArrays(Array.Empty<float>(), new float[3], 3));
        Should.Throw<ArgumentOutOfRangeException>(() => SequenceDataset.FromArrays(new float[4], new float[3], 0));
    }

    [Fact]
    public void SlicesShareTheArraysAndSplitsKeepTheOrder()
    {
        float[] inputs = [.. Enumerable.Range(0, 10).Select(i => (float)i)];
        SequenceDataset<float, float> data = SequenceDataset.FromArrays(inputs, inputs, 10);
        SequenceDataset<float, float> slice = data.Slice(4, 3);
        inputs[5] = 50;
        slice.Input(1)[0].ShouldBe(50);
        slice.Slice(1, 2).Target(1)[0].ShouldBe(6);

        (SequenceDataset<float, float> first, SequenceDataset<float, float> second) = data.Split(0.75);
        (first.Count, second.Count, second.Input(0)[0]).ShouldBe((7, 3, 7));
        foreach (double fraction in new[] { 0, 0.05, 1, -1, double.NaN })
        {
            Should.Throw<ArgumentOutOfRangeException>(() => data.Split(fraction));
        }

        Should.Throw<ArgumentOutOfRangeException>(() => data.Slice(8, 3));
        Should.Throw<ArgumentOutOfRangeException>(() => data.Slice(-1, 3));
        Should.Throw<ArgumentOutOfRangeException>(() => data.Slice(0, 0));
    }

    [Fact]
    public void ABatchIsCopiedInTheOrderAskedFor()
    {
        SequenceDataset<float, int> data = SequenceDataset.FromArrays([1f, 2, 3, 4, 5, 6], [7, 8, 9], 3);
        float[] inputs = new float[4];
        int[] targets = new int[2];
        data.CopyBatch([2, 0], inputs, targets);
        inputs.ShouldBe([5, 6, 1, 2]);
        targets.ShouldBe([9, 7]);
        Should.Throw<ArgumentException>(() => data.CopyBatch([0], inputs, targets)).Message.ShouldContain("need 2 elements; inputs has 4");
        Should.Throw<ArgumentOutOfRangeException>(() => data.CopyBatch([1, 3], inputs, targets));
        inputs.ShouldBe([5, 6, 1, 2]);
    }

    [Fact]
    public void StandardScoreAndItsInverse()
    {
        Normalizer normalizer = Normalizer.StandardScore<double>([2, 4, 4, 4, 5, 5, 7, 9]);
        (normalizer.Offset, normalizer.Scale).ShouldBe((5, 2));
        normalizer.Apply(9.0).ShouldBe(2);
        normalizer.Apply([5f, 1f]).ShouldBe([0f, -2]);
        normalizer.Invert([0.0, -2]).ShouldBe([5, 1]);
        normalizer.Invert(normalizer.Apply(3.3f)).ShouldBe(3.3f, 1e-6f);
    }

    [Fact]
    public void MinMaxMapsTheRangeToOne()
    {
        Normalizer normalizer = Normalizer.MinMax<float>([3, -1, 7]);
        normalizer.Apply([-1f, 7, 3]).ShouldBe([0f, 1, 0.5f]);
        normalizer.Invert(0.25).ShouldBe(1);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.1)]
    [InlineData(1e9)]
    public void AConstantSeriesIsMappedToZero(double value)
    {
        double[] values = [.. Enumerable.Repeat(value, 7)];
        Normalizer.StandardScore<double>(values).Scale.ShouldBe(1);
        Normalizer.MinMax<double>(values).Apply(value).ShouldBe(0);
    }

    [Fact]
    public void ValuesThatCannotBeNormalisedAreRefused()
    {
        Should.Throw<ArgumentException>(() => Normalizer.StandardScore<float>([1, float.NaN])).Message.ShouldContain("index 1 is NaN");
        Should.Throw<ArgumentException>(() => Normalizer.MinMax<float>([])).Message.ShouldContain("at least one value");
        Should.Throw<ArgumentException>(() => Normalizer.StandardScore<double>([1e308, -1e308])).Message.ShouldContain("The standard deviation of the values is not finite in double: they are too far apart");
        Should.Throw<ArgumentException>(() => Normalizer.MinMax<double>([1e308, -1e308])).Message.ShouldContain("The range of the values is not finite in double");
        Should.Throw<ArgumentException>(() => FeatureNormalizer.StandardScore<double>(new[] { 1, 1e308, 2, -1e308 }, 2)).Message.ShouldContain("The standard deviation of the values of feature 1 is not finite");
        Should.Throw<ArgumentException>(() => FeatureNormalizer.MinMax<double>(new[] { 1, 1e308, 2, -1e308 }, 2)).Message.ShouldContain("The range of the values of feature 1 is not finite");
        Should.Throw<ArgumentOutOfRangeException>(() => new Normalizer(0, 0));
        Should.Throw<ArgumentOutOfRangeException>(() => new Normalizer(double.NaN, 1));
    }

    [Fact]
    public void WindowsAreCutWithHorizonAndStride()
    {
        SequenceDataset<float, float> windows = SeriesWindows.Create(Count(10), sequenceLength: 3, horizon: 2, stride: 2);
        windows.Count.ShouldBe(3);
        windows.Input(2).ToArray().ShouldBe([4f, 5, 6]);
        windows.Target(2).ToArray().ShouldBe([7f, 8]);
        SeriesWindows.Create(Count(5), 3, 2).Count.ShouldBe(1);
        Should.Throw<ArgumentException>(() => SeriesWindows.Create(Count(4), 3, 2)).Message.ShouldContain("too short");
        Should.Throw<ArgumentOutOfRangeException>(() => SeriesWindows.Create(Count(10), 3, 0));
        Should.Throw<ArgumentOutOfRangeException>(() => SeriesWindows.Create(Count(10), 3, 1, 0));
    }

    [Theory]
    [InlineData(1, 0.15)]
    [InlineData(3, 0.15)]
    [InlineData(3, 0)]
    public void NoTargetIsInTwoPartsAndTheTestFollowsTheTraining(int horizon, double validationFraction)
    {
        // The value is its time, so that a window says where it comes from.
        SeriesForecast<double> data = SeriesForecast.Prepare([.. Enumerable.Range(0, 100).Select(i => (double)i)], 8, horizon, 0.6, validationFraction);
        int validationEnd = (int)Math.Round(100 * (0.6 + validationFraction));
        HashSet<int> training = Targets(data.Train), test = Targets(data.Test);
        training.ShouldBe(Enumerable.Range(8, 52), ignoreOrder: true);
        test.ShouldBe(Enumerable.Range(validationEnd, 100 - validationEnd), ignoreOrder: true);
        if (validationFraction > 0)
        {
            Targets(data.Validation!).ShouldBe(Enumerable.Range(60, 15), ignoreOrder: true);
        }
        else
        {
            data.Validation.ShouldBeNull();
        }

        // A window's input is what comes right before its target, and may lie in the part before.
        foreach (SequenceDataset<double, double> part in new[] { data.Train, data.Test })
        {
            for (int i = 0; i < part.Count; i++)
            {
                Time(part.Target(i)[0]).ShouldBe(Time(part.Input(i)[^1]) + 1);
                Time(part.Input(i)[0]).ShouldBe(Time(part.Input(i)[^1]) - 7);
            }
        }

        Time(data.Test.Input(0)[0]).ShouldBe(validationEnd - 8);
        data.Latest.Select(Time).ShouldBe(Enumerable.Range(92, 8));

        int Time(double value) => (int)Math.Round(data.Normalizer.Invert(value));

        HashSet<int> Targets(SequenceDataset<double, double> part)
        {
            HashSet<int> times = [];
            for (int i = 0; i < part.Count; i++)
            {
                foreach (double value in part.Target(i))
                {
                    times.Add(Time(value));
                }
            }

            return times;
        }
    }

    [Theory]
    [InlineData(Normalization.StandardScore)]
    [InlineData(Normalization.MinMax)]
    public void TheNormaliserKnowsTheTrainingPartOnly(Normalization normalization)
    {
        float[] values = Count(100), changed = Count(100);
        Array.Fill(changed, 1e6f, 60, 40);
        Normalizer a = SeriesForecast.Prepare(values, 5, 1, 0.6, 0.1, normalization).Normalizer;
        Normalizer b = SeriesForecast.Prepare(changed, 5, 1, 0.6, 0.1, normalization).Normalizer;
        (b.Offset, b.Scale).ShouldBe((a.Offset, a.Scale));
        a.Offset.ShouldBe(normalization == Normalization.MinMax ? 0 : 29.5, 1e-9);
        a.Scale.ShouldBe(normalization == Normalization.MinMax ? 59 : Math.Sqrt(3599.0 / 12), 1e-9);
    }

    [Fact]
    public void PartsThatAreTooShortAreNamed()
    {
        Should.Throw<ArgumentException>(() => SeriesForecast.Prepare(Count(20), 16, 1)).Message.ShouldContain("The training part is too short");
        Should.Throw<ArgumentException>(() => SeriesForecast.Prepare(Count(40), 8, 5)).Message.ShouldContain("The validation part is too short");
        Should.Throw<ArgumentException>(() => SeriesForecast.Prepare(Count(0), 8)).Message.ShouldContain("0 values");
        Should.Throw<ArgumentOutOfRangeException>(() => SeriesForecast.Prepare(Count(99), 8, 1, 0.9, 0.1)).Message.ShouldContain("test part");
        Should.Throw<ArgumentOutOfRangeException>(() => SeriesForecast.Prepare(Count(99), 8, 1, 0));
        Should.Throw<ArgumentException>(() => SeriesForecast.Prepare([1f, 2, float.NaN], 1)).Message.ShouldContain("index 2 is NaN");
    }

    [Fact]
    public void AStreamIsCutSoThatEachBatchGoesOnWhereTheOneBeforeEnded()
    {
        int[] inputs = [.. Enumerable.Range(0, 46)], targets = [.. Enumerable.Range(0, 23)];
        SequenceDataset<int, int> data = SequenceDataset.FromStream(inputs, targets, 23, sequenceLength: 3, streams: 3);
        data.Count.ShouldBe(6);
        data.Input(0).ToArray().ShouldBe([0, 1, 2, 3, 4, 5]);
        data.Input(1).ToArray().ShouldBe([14, 15, 16, 17, 18, 19]);
        data.Input(3).ToArray().ShouldBe([6, 7, 8, 9, 10, 11]);
        data.Target(5).ToArray().ShouldBe([17, 18, 19]);
        Should.Throw<ArgumentException>(() => SequenceDataset.FromStream(inputs, targets, 23, 8, 3)).Message.ShouldContain("too few for 3 streams");
        Should.Throw<ArgumentException>(() => SequenceDataset.FromStream(inputs, targets, 22, 3, 3));
        Should.Throw<ArgumentOutOfRangeException>(() => SequenceDataset.FromStream(inputs, targets, 23, 0, 3));
    }

    private static float[] Count(int count) => [.. Enumerable.Range(0, count).Select(i => (float)i)];
}
