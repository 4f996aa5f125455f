namespace RnnGen.Runtime.Tests;

/// <summary>A missing value (NaN) stays missing in normalisers and in the targets of windows; in inputs it becomes what is asked for.</summary>
public sealed class MissingValueTests
{
    private const double Missing = double.NaN;

    // A row a time step: a number, and one that is sometimes missing.
    private static readonly double[] s_rows = [1, 10, 2, Missing, 3, 30, 4, Missing, Missing, 50, 6, 60];

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(1e300)]
    public void WhatAMissingInputBecomesIsFinite(double by)
    {
        float[] series = [1, float.NaN, 3, 4];
        Should.Throw<ArgumentOutOfRangeException>(() => SeriesWindows.Create(series, 2, missingInput: (float)by)).ParamName.ShouldBe("missingInput");
        Should.Throw<ArgumentOutOfRangeException>(() => SeriesWindows.OfRows(series, 1, 2, missingInput: (float)by)).ParamName.ShouldBe("missingInput");
        Should.Throw<ArgumentOutOfRangeException>(() => SeriesWindows.Create(new Half[4], 2, missingInput: (Half)by));
        Should.Throw<ArgumentOutOfRangeException>(() => StreamedSequences.Windows([new ReadOnlyMemory<float>(series)], 4, 1, options: new StreamOptions { MissingInput = by })).Message.ShouldContain("must be finite");
        Should.Throw<ArgumentOutOfRangeException>(() => StreamedSequences.Windows(new[] { new ReadOnlyMemory<Half>(new Half[1]) }, 1, 1, options: new StreamOptions { MissingInput = by }));
        if (double.IsFinite(by))
        {
            SeriesWindows.Create([1, double.NaN, 3], 2, missingInput: by).Count.ShouldBe(1);
            return;
        }

        Should.Throw<ArgumentOutOfRangeException>(() => new StreamOptions { MissingInput = by }).ParamName.ShouldBe("MissingInput");
        Should.Throw<ArgumentOutOfRangeException>(() => SeriesWindows.Create([1, double.NaN, 3], 2, missingInput: by));
    }

    [Fact]
    public void NormalisersKeepWhatIsMissing()
    {
        foreach (FeatureNormalizer normalizer in new[] { FeatureNormalizer.StandardScore<double>(s_rows.AsMemory(), 2), FeatureNormalizer.MinMax<double>(s_rows.AsMemory(), 2) })
        {
            double[] values = (double[])s_rows.Clone();
            normalizer.Apply(values.AsSpan());
            Where(values).ShouldBe(Where(s_rows));
            Rows(normalizer.Apply(Rows(s_rows))).ShouldBe(values);
            normalizer.Invert(values.AsSpan());
            for (int i = 0; i < values.Length; i++)
            {
                (double.IsNaN(s_rows[i]) ? double.IsNaN(values[i]) : Math.Abs(values[i] - s_rows[i]) < 1e-12).ShouldBeTrue();
            }

            double.IsNaN(normalizer[0].Apply(Missing)).ShouldBeTrue();
            double.IsNaN(normalizer[0].Invert(Missing)).ShouldBeTrue();
            float.IsNaN(normalizer[1].Apply([1, float.NaN])[1]).ShouldBeTrue();
        }

        float[] four = [10, 20, float.NaN, 30];
        FeatureNormalizer.MinMax<float>(four.AsMemory(), 1).Apply(four.AsSpan());
        four.ShouldBe([0f, 0.5f, float.NaN, 1]);
    }

    [Fact]
    public void StatisticsPassOverWhatIsMissing()
    {
        FeatureNormalizer score = FeatureNormalizer.StandardScore<double>(s_rows.AsMemory(), 2), range = FeatureNormalizer.MinMax<double>(s_rows.AsMemory(), 2);
        Normalizer first = Normalizer.StandardScore<double>([1, 2, 3, 4, 6]), second = Normalizer.StandardScore<double>([10, 30, 50, 60]);
        (score[0].Offset, score[0].Scale, score[1].Offset, score[1].Scale).ShouldBe((first.Offset, first.Scale, second.Offset, second.Scale));
        (range[0].Offset, range[0].Scale, range[1].Offset, range[1].Scale).ShouldBe((1, 5, 10, 50));
        double[] empty = [1, Missing, 2, Missing];
        Should.Throw<ArgumentException>(() => FeatureNormalizer.StandardScore<double>(empty.AsMemory(), 2)).Message.ShouldContain("Feature 1 has no value in 2 rows");
        Should.Throw<ArgumentException>(() => FeatureNormalizer.MinMax(Rows(empty), 2)).Message.ShouldContain("Feature 1 has no value in 2 rows");
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 1)]
    [InlineData(1, 2)]
    [InlineData(2, 3)]
    public void WindowsFillInputsAndKeepTargets(int horizon, int stride)
    {
        SequenceDataset<double, double> plain = SeriesWindows.OfRows(s_rows, 2, 2, horizon, stride), filled = SeriesWindows.OfRows(s_rows, 2, 2, horizon, stride, missingInput: -7.0);
        filled.Count.ShouldBe(plain.Count);
        for (int i = 0; i < plain.Count; i++)
        {
            double[] inputs = [.. plain.Input(i).ToArray().Select(v => double.IsNaN(v) ? -7 : v)];
            filled.Input(i).ToArray().ShouldBe(inputs);
            filled.Target(i).ToArray().ShouldBe(plain.Target(i).ToArray());
        }

        Where(s_rows).ShouldBe([3, 7, 8], "the rows themselves are not changed");
        float[] series = [1, float.NaN, 3, 4, float.NaN];
        SequenceDataset<float, float> windows = SeriesWindows.Create(series, 2, missingInput: 0f);
        windows.Input(0).ToArray().ShouldBe([1f, 0]);
        windows.Target(2).ToArray().ShouldBe([float.NaN]);
        SeriesWindows.Create(series, 2).Input(0).ToArray().ShouldBe([1f, float.NaN]);
    }

    private static int[] Where(double[] values) => [.. Enumerable.Range(0, values.Length).Where(i => double.IsNaN(values[i]))];

    private static IEnumerable<ReadOnlyMemory<double>> Rows(double[] values) => Enumerable.Range(0, values.Length / 2).Select(i => (ReadOnlyMemory<double>)values.AsMemory(2 * i, 2));

    private static double[] Rows(IEnumerable<ReadOnlyMemory<double>> rows) => [.. rows.SelectMany(r => r.ToArray())];
}
