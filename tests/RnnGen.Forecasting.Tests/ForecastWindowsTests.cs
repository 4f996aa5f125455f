namespace RnnGen.Forecasting.Tests;

public sealed class ForecastWindowsTests
{
    private static readonly WindowOptions s_options = new()
    {
        ContextLength = 6,
        Horizon = 3,
        Stride = 2,
        Scaling = Scaling.SeasonalDifferences(2).Then(Scaling.MeanAbsolute),
        Lags = [1, 3, 4],
        Calendar = [CalendarFeature.HourOfDay, CalendarFeature.DayOfWeek],
        Periods = [5],
    };

    /// <summary>Nothing that a model reads changes when everything after the origin does, but what is known in advance; the targets do.</summary>
    [Theory]
    [InlineData("None")]
    [InlineData("MeanAbsolute")]
    [InlineData("StandardScore")]
    [InlineData("Chain")]
    public void Nothing_of_the_future_leaks(string name)
    {
        Scaling scaling = name switch { "None" => Scaling.None, "MeanAbsolute" => Scaling.MeanAbsolute, "StandardScore" => Scaling.StandardScore, "Chain" => s_options.Scaling, _ => throw new ArgumentException(name) };
        WindowOptions options = s_options with
        {
            Scaling = scaling, InputScaling = Scaling.Log.Then(Scaling.MeanOfLast(5)), HistoryLength = 20, ExtraStride = 7,
            SeasonLags = [new(3, 2)], PastStatics = [PastStatic.Variation, PastStatic.SeasonalError(2), PastStatic.Trend(4)],
        };
        SeriesSet set = Set(1, 40, 31);
        ForecastWindows windows = ForecastWindows.Create(set, options);
        WindowReader reader = windows.CreateReader();
        for (int window = 0; window < windows.Count; window++)
        {
            reader.Read(window);
            (TimeSeries series, int origin) = windows[window];
            double[] targets = series.Targets.ToArray(), observed = series.Observed.ToArray();
            Perturb(targets.AsSpan(origin));
            Perturb(observed.AsSpan(origin * 2));
            TimeSeries changed = new(series.Id, targets, series.Times) { Observed = observed, Known = series.Known, Statics = series.Statics };
            SeriesSet other = new([.. set.Select(s => s == series ? changed : s)], set.ObservedNames, set.KnownNames, set.StaticNames);
            WindowReader again = ForecastWindows.Create(other, options).CreateReader();
            again.Read(window);
            again.Past.ToArray().ShouldBe(reader.Past.ToArray());
            again.Known.ToArray().ShouldBe(reader.Known.ToArray());
            again.Statics.ToArray().ShouldBe(reader.Statics.ToArray());
            again.Scaler.Invert(0.5, 2).ShouldBe(reader.Scaler.Invert(0.5, 2));
            again.InputScaler.Invert(0.5, 2).ShouldBe(reader.InputScaler.Invert(0.5, 2));
            again.Targets.ToArray().ShouldNotBe(reader.Targets.ToArray());

            // What is read for a forecast at this origin is the same, though nothing after it is there.
            WindowReader latest = ForecastWindows.Latest(new SeriesSet([series.Until(origin)], set.ObservedNames, set.KnownNames, set.StaticNames), options).CreateReader();
            latest.Read(0);
            latest.Past.ToArray().ShouldBe(reader.Past.ToArray());
            latest.Known.ToArray().ShouldBe(reader.Known.ToArray());
            latest.Targets.ToArray().ShouldAllBe(target => double.IsNaN(target));
        }

        static void Perturb(Span<double> values)
        {
            foreach (ref double value in values)
            {
                value = 1000 - (value * 3);
            }
        }
    }

    [Fact]
    public void Windows_cover_each_series_to_its_end()
    {
        ForecastWindows windows = ForecastWindows.Create(Set(1, 14, 12, 13, 16), s_options);
        // The past has 6 + 4 steps, the horizon 3, the stride is 2; a series of 12 steps has no window.
        Enumerable.Range(0, windows.Count).Select(i => (windows[i].Series.Id, windows[i].Origin)).ShouldBe([("s0", 11), ("s2", 10), ("s3", 11), ("s3", 13)]);
        Should.Throw<SeriesDataException>(() => ForecastWindows.Create(Set(1, 12), s_options)).Message.ShouldContain("No series has 10 + 3 steps");
    }

    [Fact]
    public void Columns_hold_what_their_names_say()
    {
        SeriesSet set = Set(1, 30);
        ForecastWindows windows = ForecastWindows.Create(set, s_options with { Scaling = Scaling.None });
        windows.PastNames.ShouldBe(["target", "temperature", "wind"]);
        windows.KnownNames.ShouldBe(["lag1", "lag3", "lag4", "price", "HourOfDaySin", "HourOfDayCos", "DayOfWeekSin", "DayOfWeekCos", "Phase5Sin", "Phase5Cos"]);
        WindowReader reader = windows.CreateReader();
        reader.Read(windows.Count - 1);
        int origin = reader.Origin;
        origin.ShouldBe(27);
        ReadOnlySpan<double> targets = set[0].Targets.Span;
        reader.Past[^3].ShouldBe(targets[origin - 1]);
        reader.Past[^1].ShouldBe(set[0].Observed.Span[(2 * origin) - 1]);
        ReadOnlySpan<double> last = reader.Known[^10..], first = reader.Known[..10];
        last[0].ShouldBe(0);                                    // lag 1 at step 2 of the horizon is of the horizon
        last[1].ShouldBe(targets[origin - 1]);                  // lag 3 is not
        last[3].ShouldBe(set[0].Known.Span[origin + 2]);
        first[2].ShouldBe(targets[origin - 10]);
        int step = origin + 2;
        last[4].ShouldBe(Math.Sin(2 * Math.PI * (step % 24) / 24), 1e-12);
        last[9].ShouldBe(Math.Cos(2 * Math.PI * (step % 5) / 5), 1e-12);
        reader.Targets.ToArray().ShouldBe(targets[27..30].ToArray());
        reader.Statics.ToArray().ShouldBe([7]);
    }

    /// <summary>The last values of a place in the season are known in the horizon too; numbers of the past are those of their equations; a second stride reads its windows once more.</summary>
    [Fact]
    public void Seasons_and_numbers_of_the_past_are_what_they_say()
    {
        double[] values = [.. Enumerable.Range(0, 40).Select(t => 10.0 + (t % 4) + t)];
        SeriesSet set = SeriesSet.FromArrays(["a"], [values]);
        WindowOptions options = new()
        {
            ContextLength = 4, Horizon = 6, SeasonLags = [new(4, 2)], Stride = 3, ExtraStride = 4, HistoryLength = 16,
            PastStatics = [PastStatic.Trend(4), PastStatic.SeasonalError(4), PastStatic.Variation],
        };
        ForecastWindows windows = ForecastWindows.Create(set, options);
        windows.KnownNames.ShouldBe(["season4x1", "season4x2"]);
        windows.StaticNames.ShouldBe(["Trend(4)", "SeasonalError(4)", "Variation"]);

        // The past has 4 + 8 steps: windows at 34, 31, … 13, and those of every fourth step, 34, 30, … 14.
        Enumerable.Range(0, windows.Count).Select(i => windows[i].Origin).ShouldBe([13, 16, 19, 22, 25, 28, 31, 34, 14, 18, 22, 26, 30, 34]);
        WindowReader reader = windows.CreateReader();
        reader.Read(windows.Count - 1);
        reader.Known[..2].ToArray().ShouldBe([values[26], values[22]]);         // step 30 of the context
        reader.Known[^2..].ToArray().ShouldBe([values[31], values[27]]);        // step 39 of the horizon: 35 is not known at 34
        double size = values[18..34].Average();
        double[] trend = [(values[30..34].Average() - values[26..30].Average()) / size, Math.Log(4 / size), Math.Log(Math.Sqrt(values[18..34].Average(value => Math.Pow(value - size, 2))) / size)];
        reader.Statics.ToArray().Zip(trend).ShouldAllBe(pair => Math.Abs(pair.First - pair.Second) < 1e-12);
    }

    [Fact]
    public void Sequences_have_each_step_whole_and_keep_missing_targets()
    {
        double[] values = [1, 2, 3, double.NaN, 5, double.NaN];
        ForecastWindows windows = ForecastWindows.Create(new SeriesSet([new TimeSeries("a", values)]), new WindowOptions { ContextLength = 4, Horizon = 2, Periods = [2], MissingInput = -9 });
        Sequence<float, float> sequence = windows.ToSequences<float>().Single();
        sequence.Input.ToArray().Length.ShouldBe(windows.SequenceLength);
        sequence.Input.ToArray().Where((_, i) => i % 3 == 0).ShouldBe([1, 2, 3, -9]);
        sequence.Target.ToArray().ShouldBe([5, float.NaN]);
    }

    [Fact]
    public void A_window_at_the_end_of_a_short_series_begins_with_missing_values()
    {
        WindowOptions options = new() { ContextLength = 4, Horizon = 2, MissingInput = -1 };
        SeriesSet set = new([new TimeSeries("a", new double[] { 5, 6 })]);
        WindowReader reader = ForecastWindows.Latest(set, options).CreateReader();
        reader.Read(0);
        reader.Past.ToArray().ShouldBe([-1, -1, 5, 6]);
    }

    [Fact]
    public void What_is_missing_for_a_forecast_is_an_error()
    {
        SeriesSet set = new([new TimeSeries("a", new double[] { 1, 2, 3 }) { Known = new double[] { 1, 2, 3, 4 } }], [], ["price"], []);
        WindowOptions options = new() { ContextLength = 2, Horizon = 2 };
        Should.Throw<SeriesDataException>(() => ForecastWindows.Latest(set, options)).Message.ShouldContain("Series 'a': its known covariates end 1 steps after the history, but 2 are forecast");
        Should.Throw<SeriesDataException>(() => ForecastWindows.Create(set, options with { Calendar = [CalendarFeature.DayOfWeek] })).Message.ShouldContain("Calendar features need times");
    }

    /// <summary>What is known in advance is known of each step: a blank is an error as a missing row is, unless what it is read as is set.</summary>
    [Fact]
    public void A_blank_known_covariate_of_the_horizon_is_an_error()
    {
        double[] targets = [.. Enumerable.Range(0, 20).Select(t => 1 + (0.1 * (t % 3)))], known = [.. Enumerable.Range(0, 44).Select(i => i is 3 or 43 ? double.NaN : i)];
        SeriesSet set = new([new TimeSeries("a", targets, new TimeAxis(new DateTime(2024, 1, 1), Frequency.Daily)) { Known = known }], [], ["price", "promotion"], []);
        WindowOptions options = new() { ContextLength = 8, Horizon = 2 };
        SeriesDataException error = Should.Throw<SeriesDataException>(() => ForecastWindows.Latest(set, options));
        error.Message.ShouldBe("Series 'a' at 2024-01-22: the known covariate 'promotion' is missing at step 2 of the 2 to forecast. Add it, or say with WindowOptions.MissingInput what a missing value is read as.");
        (error.Series, error.Time).ShouldBe(("a", new DateTime(2024, 1, 22)));

        // In the past it is read as any missing value is, and so is one of a step that is not forecast.
        ForecastWindows.Create(set, options).Count.ShouldBe(11);
        ForecastWindows.Latest(set, options with { Horizon = 1 }).Count.ShouldBe(1);
        foreach (double missing in (double[])[0, -3])
        {
            WindowReader reader = ForecastWindows.Latest(set, options with { MissingInput = missing }).CreateReader();
            reader.Read(0);
            reader.Known[^1].ShouldBe(missing);
        }
    }

    /// <summary>The spread of constants is rounding alone, which is 0 in any unit; what is above it does not depend on the unit.</summary>
    [Fact]
    public void Numbers_of_the_past_do_not_depend_on_the_unit()
    {
        WindowOptions options = new() { ContextLength = 28, Horizon = 1, PastStatics = [PastStatic.Variation, PastStatic.SeasonalError(3), PastStatic.Trend(7)] };
        foreach (double unit in (double[])[1, 1e-300, 1e-100, 1e100, 1e300, 5e-324 * (1L << 40)])
        {
            foreach (double level in (double[])[5, 0.1, 0.3, 19.99, 1 / 3.0])
            {
                Of(_ => level * unit).ShouldBe([0, 0, 0], FormattableString.Invariant($"{level} x {unit}"));
            }

            double[] expected = [Math.Log(0.5 / 1.5), Math.Log(1 / 1.5), 1 / 7.0 / 1.5];
            Of(t => (1 + (t % 2)) * unit).Zip(expected).ShouldAllBe(pair => Math.Abs(pair.First - pair.Second) < 1e-9);
        }

        Of(t => 1 + (t % 2)).ShouldBe(Of(t => (1 + (t % 2)) * Math.ScaleB(1, 1000)));
        Of(t => 1 + (t % 2)).ShouldBe(Of(t => (1 + (t % 2)) * Math.ScaleB(1, -1000)));

        double[] Of(Func<int, double> value)
        {
            WindowReader reader = ForecastWindows.Latest(SeriesSet.FromArrays(["a"], [[.. Enumerable.Range(0, 28).Select(value)]]), options).CreateReader();
            reader.Read(0);
            return reader.Statics.ToArray();
        }
    }

    /// <summary>Windows over a long series take no memory of their own: 100,000 of 336 values would be 269 MB as arrays.</summary>
    [Fact]
    public void Windows_are_views()
    {
        SeriesSet set = new([new TimeSeries("a", (double[])[.. Enumerable.Range(0, 100_000).Select(static t => (double)(t % 24))])]);
        WindowOptions options = new() { ContextLength = 336, Horizon = 48, Scaling = Scaling.MeanAbsolute };
        ForecastWindows.Create(set, options).CreateReader().Read(0);
        long before = GC.GetAllocatedBytesForCurrentThread();
        ForecastWindows windows = ForecastWindows.Create(set, options);
        WindowReader reader = windows.CreateReader();
        for (int window = 0; window < windows.Count; window += 97)
        {
            reader.Read(window);
        }

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(20_000);
    }

    private static SeriesSet Set(int seed, params int[] lengths)
    {
        Random random = new(seed);
        double[] Values(int count) => [.. Enumerable.Range(0, count).Select(_ => 1 + random.NextDouble())];
        TimeAxis times = new(new DateTime(2024, 1, 1), Frequency.Hourly);
        return new(
            lengths.Select((length, i) => new TimeSeries($"s{i}", Values(length), times) { Observed = Values(2 * length), Known = Values(length + 3), Statics = new double[] { 7 + i } }),
            ["temperature", "wind"], ["price"], ["size"]);
    }
}
