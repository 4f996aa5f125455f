namespace RnnGen.Forecasting.Tests;

public sealed class ScalingTests
{
    private static readonly double[] s_context = [3, 8, double.NaN, 5, 4, 9, 2, 6];

    public static TheoryData<string> Names => [.. All.Keys];

    internal static Dictionary<string, Scaling> All { get; } = ((Scaling[])
    [
        Scaling.None, Scaling.MeanAbsolute, Scaling.LastValue, Scaling.StandardScore, Scaling.Log, Scaling.Differences, Scaling.SeasonalDifferences(3),
        Scaling.Log.Then(Scaling.SeasonalDifferences(2)).Then(Scaling.MeanAbsolute), Scaling.SeasonalDifferences(4).Then(Scaling.StandardScore),
        Scaling.MeanAbsolutePower(0.25), Scaling.MeanOfLast(3), Scaling.Log.Then(Scaling.BestSeasonalDifferences(2, 3)).Then(Scaling.MeanAbsolutePower(0.5)),
    ]).ToDictionary(scaling => scaling.ToString());

    [Theory]
    [MemberData(nameof(Names))]
    public void Inverting_restores_values_and_their_order(string name)
    {
        WindowScaler scaler = All[name].Create(s_context.Length, 7);
        scaler.Fit(s_context);
        for (int step = 0; step < 7; step++)
        {
            double before = double.NegativeInfinity;
            foreach (double value in (double[])[0.01, 1, 2.5, 7, 1234.5])
            {
                double scaled = scaler.Scale(value, step);
                scaler.Invert(scaled, step).ShouldBe(value, Math.Abs(value) * 1e-13 + 1e-14);
                scaled.ShouldBeGreaterThan(before);
                before = scaled;
            }
        }
    }

    /// <summary>A forecast of the same quantiles of the scaled values is one of the values: a rising function keeps them.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void Quantiles_and_samples_go_through(string name)
    {
        const int Horizon = 3, Paths = 101;
        WindowScaler scaler = All[name].Create(s_context.Length, Horizon);
        scaler.Fit(s_context);
        Random random = new(1);
        double[] samples = [.. Enumerable.Range(0, Horizon * Paths).Select(_ => random.NextDouble() - 0.5)]; // [step, path]
        double[] levels = [10, 50, 90], scaledQuantiles = [.. Enumerable.Range(0, Horizon).SelectMany(step => Quantiles(samples, step))], inverted = [.. samples];
        scaler.Invert(inverted);
        scaler.Invert(scaledQuantiles.AsSpan());
        scaledQuantiles.ShouldBe(Enumerable.Range(0, Horizon).SelectMany(step => Quantiles(inverted, step)));

        IEnumerable<double> Quantiles(double[] values, int step)
        {
            double[] sorted = [.. values[(step * Paths)..((step + 1) * Paths)].Order()];
            return levels.Select(level => sorted[(int)level]);
        }
    }

    [Fact]
    public void Each_scaling_is_its_equation()
    {
        Check(Scaling.MeanAbsolute, [2, -4, double.NaN], [2 / 3.0, -4 / 3.0, double.NaN], 4);
        Check(Scaling.LastValue, [2, -4, double.NaN], [6, 0, double.NaN], 16);
        Check(Scaling.StandardScore, [2, 4, double.NaN], [-1, 1, double.NaN], 9);
        Check(Scaling.Log, [1, Math.E], [0, 1], Math.Log(12));
        Check(Scaling.None.Then(Scaling.Log), [1, Math.E], [0, 1], Math.Log(12));
        Check(Scaling.Differences, [2, 5, 4], [double.NaN, 3, -1], 8);
        // Step 1 has the place of the last value in a season of two.
        Check(Scaling.SeasonalDifferences(2), [2, 5, 4, 7], [double.NaN, double.NaN, 2, 2], 5, step: 1);
        Check(Scaling.SeasonalDifferences(2), [2, 5, 4, double.NaN], [double.NaN, double.NaN, 2, double.NaN], 7, step: 3);
        Check(Scaling.MeanAbsolutePower(0.5), [2, -6, double.NaN], [1, -3, double.NaN], 6);
        Check(Scaling.MeanOfLast(2), [9, 2, 4, double.NaN], [6, -1, 1, double.NaN], 9);
        // The errors of a season of one, 3 and 1, have the mean of that of two: of a tie the first is chosen.
        Check(Scaling.BestSeasonalDifferences(2, 1), [2, 5, 4], [double.NaN, double.NaN, 2], 8, step: 1);
        Check(Scaling.BestSeasonalDifferences(1, 2), [2, 5, 4], [double.NaN, 3, -1], 8);
        Check(Scaling.BestSeasonalDifferences(1, 2), [2, 9, 3, 9], [double.NaN, double.NaN, 1, 0], 3, step: 1);

        static void Check(Scaling scaling, double[] context, double[] scaled, double twelve, int step = 0)
        {
            WindowScaler scaler = scaling.Create(context.Length, 4);
            scaler.Fit(context);
            for (int i = 0; i < scaled.Length; i++)
            {
                double.IsNaN(scaler.Context[i]).ShouldBe(double.IsNaN(scaled[i]), $"{scaling}, value {i}");
                (double.IsNaN(scaled[i]) ? 0 : scaler.Context[i] - scaled[i]).ShouldBe(0, 1e-15, $"{scaling}, value {i}");
            }

            scaler.Scale(12, step).ShouldBe(twelve, 1e-15, scaling.ToString());
        }
    }

    [Fact]
    public void Constant_and_missing_contexts_scale_by_one()
    {
        foreach (double[] context in (double[][])[[0, 0, 0], [double.NaN, double.NaN, double.NaN], [0.1, 0.1, 0.1]])
        {
            foreach (Scaling scaling in (Scaling[])[Scaling.MeanAbsolute, Scaling.StandardScore, Scaling.Differences, Scaling.LastValue])
            {
                WindowScaler scaler = scaling.Create(3, 1);
                scaler.Fit(context);
                double.IsFinite(scaler.Scale(5, 0)).ShouldBeTrue(scaling.ToString());
                scaler.Invert(scaler.Scale(5, 0), 0).ShouldBe(5, 1e-14);
            }
        }

        WindowScaler score = Scaling.StandardScore.Create(3, 1);
        score.Fit([0.1, 0.1, 0.1]);
        score.Scale(1.1, 0).ShouldBe(1, 1e-12);
    }

    /// <summary>Changes of a line are equal but for rounding, which is no scale: dividing by it would make targets of 1e11 and more.</summary>
    [Fact]
    public void Rounding_is_no_spread()
    {
        double[] line = [.. Enumerable.Range(0, 24).Select(t => 12345.1 + (0.1 * t))];
        foreach (Scaling scaling in (Scaling[])[Scaling.Differences.Then(Scaling.StandardScore), Scaling.SeasonalDifferences(12).Then(Scaling.Differences).Then(Scaling.MeanAbsolute), Scaling.Log.Then(Scaling.SeasonalDifferences(3)).Then(Scaling.StandardScore)])
        {
            WindowScaler scaler = scaling.Create(line.Length, 2);
            scaler.Fit(line);
            Math.Abs(scaler.Scale(12350, 1)).ShouldBeLessThan(1e7, scaling.ToString());
            scaler.Invert(scaler.Scale(12350, 1), 1).ShouldBe(12350, 1e-6);
        }
    }

    [Fact]
    public void A_logarithm_rejects_what_has_none()
    {
        WindowScaler scaler = Scaling.Log.Create(2, 1);
        Should.Throw<ArgumentException>(() => scaler.Fit([1, 0])).Message.ShouldContain("Value 1 of the context is 0");
        Should.Throw<ArgumentException>(() => scaler.Scale(-1, 0)).Message.ShouldContain("-1 has no logarithm");
        SeriesDataException error = Should.Throw<SeriesDataException>(() =>
            ForecastWindows.Create(new SeriesSet([new TimeSeries("a", new double[] { 1, 2, -3, 4 }, new TimeAxis(new DateTime(2024, 1, 1), Frequency.Daily))]), new WindowOptions { ContextLength = 2, Horizon = 1, Scaling = Scaling.Log }));
        (error.Series, error.Time).ShouldBe(("a", new DateTime(2024, 1, 3)));
    }

    [Fact]
    public void Fitting_allocates_nothing()
    {
        WindowScaler scaler = Scaling.Log.Then(Scaling.SeasonalDifferences(2)).Then(Scaling.StandardScore).Then(Scaling.MeanAbsolute).Create(s_context.Length, 2);
        scaler.Fit(s_context);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++)
        {
            scaler.Fit(s_context);
            scaler.Invert(scaler.Scale(3, 1), 1);
        }

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
    }

    [Fact]
    public void Scalings_compare_by_value()
    {
        Scaling.Log.Then(Scaling.SeasonalDifferences(24)).ShouldBe(Scaling.Log.Then(Scaling.SeasonalDifferences(24)));
        Scaling.Log.Then(Scaling.SeasonalDifferences(24)).ShouldNotBe(Scaling.Log.Then(Scaling.SeasonalDifferences(12)));
        Scaling.Log.Then(Scaling.SeasonalDifferences(24)).ToString().ShouldBe("Log, then SeasonalDifferences(24)");
        Should.Throw<ArgumentOutOfRangeException>(() => Scaling.SeasonalDifferences(24).Create(23, 1));
    }
}
