namespace RnnGen.Forecasting;

/// <summary>
/// Ridge regression from the last values of a series to the next ones, one regression for each step of the horizon, over the windows of all series or of each: y = W x + b minimises the squared errors plus
/// λ n ‖W‖², with the values of each window scaled by <see cref="Scaling"/>. Source: Hoerl and Kennard, "Ridge regression: biased estimation for nonorthogonal problems", Technometrics 12 (1970).
/// </summary>
/// <remarks>
/// Windows in which a value is missing, or up to whose origin the series has no scale, are not learned from. In a forecast, missing values are interpolated. A series that is shorter than <see cref="Lags"/> is
/// forecast as if its first value came before it, and one without a scale as what the scaling subtracts: a constant series as the constant. Quantiles are those of a normal distribution with the residuals' deviation at each step, scaled back.
/// </remarks>
public sealed class RidgeLags : IForecaster, IDescribedForecaster
{
    // The sums of both are at most 2 GiB.
    private const int MaximumLags = 1 << 14, MaximumWeights = 1 << 28;

    /// <summary>Creates the forecaster.</summary>
    /// <param name="lags">How many of the last values are read, from 1 to 2¹⁴: memory grows with their square.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer than 1, or more than 2¹⁴.</exception>
    public RidgeLags(int lags)
    {
        Guard.Within(lags, 1, MaximumLags);
        Lags = lags;
    }

    /// <inheritdoc/>
    public string Name => Invariant($"Ridge ({Lags} lags)");

    /// <summary>How many of the last values are read.</summary>
    public int Lags { get; }

    /// <summary>The penalty λ for each window, above 0. Default: 0.001.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not above 0, or not finite.</exception>
    public double Penalty
    {
        get;
        init => field = value > 0 && double.IsFinite(value)
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), Invariant($"{value}"), "The penalty must be above 0 and finite.");
    } = 0.001;

    /// <summary>How the values of a window are scaled. Default: <see cref="Scaling.MeanAbsolute"/>.</summary>
    /// <exception cref="ArgumentNullException">The value is <see langword="null"/>.</exception>
    public Scaling Scaling
    {
        get;
        init => field = value ?? throw new ArgumentNullException(nameof(Scaling));
    } = Scaling.MeanAbsolute;

    /// <summary>Levels of the quantiles, rising, each above 0 and below 1. Default: none.</summary>
    /// <exception cref="ArgumentException">The levels do not rise, or one is not between 0 and 1.</exception>
    public IReadOnlyList<double> Levels
    {
        get;
        init => field = Forecast.CheckedLevels(value);
    } = [];

    /// <summary>
    /// Whether each series has regressions of its own, which suits long series that differ; they forecast series of the ids that they learned from. <see langword="false"/>: all series share one,
    /// which suits short ones. Default: <see langword="false"/>.
    /// </summary>
    public bool PerSeries { get; init; }

    void IDescribedForecaster.Describe(Action<string, string> add)
    {
        add(nameof(Lags), Invariant($"{Lags}"));
        add(nameof(Penalty), Invariant($"{Penalty:R}"));
        add(nameof(Scaling), $"{Scaling}");
        add(nameof(Levels), DescribedForecaster.Listed(Levels));
        add(nameof(PerSeries), $"{PerSeries}");
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">The horizon is below 1, or such that it and the lags have more than 2²⁸ weights.</exception>
    public ITrainedForecaster Fit(SeriesSet history, int horizon, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(history);
        Guard.Within(horizon, 1, Math.Min(WindowOptions.MaximumSteps, MaximumWeights / (Lags + 1)));
        if (Scaling.MinimumPast > Lags)
        {
            throw new ArgumentException(Invariant($"{nameof(Scaling)} is {Scaling}, which needs {Scaling.MinimumPast} values, but {nameof(Lags)} is {Lags}. Use more lags, or a shorter season."));
        }

        WindowScaler scaler = Scaling.Create(Lags, horizon);
        RidgeSums sums = new(Lags + 1, horizon);
        Dictionary<string, RidgeSolution> solutions = new(StringComparer.Ordinal);
        foreach (TimeSeries series in history)
        {
            cancellationToken.ThrowIfCancellationRequested();
            SeriesCheck.Accepts(series, Scaling);
            AddWindows(sums, series, scaler, withoutScale: false);
            if (PerSeries)
            {
                AddWithoutScale(sums, [series], scaler);
                solutions.Add(series.Id, sums.Count > 0 ? sums.Solve(Penalty) : throw new SeriesDataException(Short(horizon), series.Id));
                sums = new(Lags + 1, horizon);
            }
        }

        if (PerSeries)
        {
            return new Trained(this, horizon, series => SolutionOf(series, solutions));
        }

        AddWithoutScale(sums, history, scaler);
        return sums.Count > 0 ? new Trained(this, horizon, Always(sums.Solve(Penalty)))
            : throw new SeriesDataException("No series can be learned from: " + Short(horizon));
    }

    private static Func<TimeSeries, RidgeSolution> Always(RidgeSolution solution) => _ => solution;

    private static RidgeSolution SolutionOf(TimeSeries series, Dictionary<string, RidgeSolution> solutions) => solutions.TryGetValue(series.Id, out RidgeSolution? solution)
        ? solution
        : throw new SeriesDataException($"nothing was learned of the series; learn from it too, or set {nameof(PerSeries)} to false.", series.Id);

    private string Short(int horizon) => Invariant($"there are no {Lags} + {horizon} known values in a row, which one window of lags and horizon needs; use fewer lags, or longer series.");

    // Where no window has a scale, all of them are zeros, which make no forecast but what the scaling subtracts.
    private void AddWithoutScale(RidgeSums sums, IEnumerable<TimeSeries> history, WindowScaler scaler)
    {
        if (sums.Count == 0)
        {
            foreach (TimeSeries series in history)
            {
                AddWindows(sums, series, scaler, withoutScale: true);
            }
        }
    }

    private void AddWindows(RidgeSums sums, TimeSeries series, WindowScaler scaler, bool withoutScale)
    {
        ReadOnlySpan<double> values = series.Targets.Span;
        double[] inputs = new double[Lags + 1], targets = new double[scaler.Horizon];
        for (int start = 0; start + Lags + targets.Length <= values.Length; start++)
        {
            if (values.Slice(start, Lags + targets.Length).Contains(double.NaN))
            {
                continue;
            }

            SeriesCheck.Fit(scaler, values.Slice(start, Lags), series, start + Lags);
            if (scaler.HasScale != withoutScale)
            {
                SeriesCheck.Scale(scaler, series, start + Lags, targets);
                Inputs(scaler, inputs);
                sums.Add(inputs, targets);
            }
        }
    }

    // The scaled context, 0 where differences have no value, and 1.
    private static void Inputs(WindowScaler scaler, Span<double> inputs)
    {
        scaler.Context.CopyTo(inputs);
        for (int i = 0; i < inputs.Length - 1; i++)
        {
            inputs[i] = double.IsNaN(inputs[i]) ? 0 : inputs[i];
        }

        inputs[^1] = 1;
    }

    private sealed class Trained(RidgeLags forecaster, int horizon, Func<TimeSeries, RidgeSolution> solutionOf) : ITrainedForecaster
    {
        public int Horizon => horizon;

        public IReadOnlyList<Forecast> Predict(SeriesSet history)
        {
            ArgumentNullException.ThrowIfNull(history);
            WindowScaler scaler = forecaster.Scaling.Create(forecaster.Lags, horizon);
            return [.. history.Select(series => Predict(series, scaler))];
        }

        private Forecast Predict(TimeSeries series, WindowScaler scaler)
        {
            SeriesCheck.IsKnown(series);
            RidgeSolution solution = solutionOf(series);
            SeriesCheck.Accepts(series, forecaster.Scaling);
            double[] context = new double[forecaster.Lags], inputs = new double[forecaster.Lags + 1], values = new double[horizon];
            ReadOnlySpan<double> all = series.Targets.Span, recent = all[Math.Max(0, all.Length - context.Length)..];
            double[] filled = History.Filled(recent.ContainsAnyExceptNaN() ? recent : all);
            int given = Math.Min(filled.Length, context.Length);
            context.AsSpan(0, context.Length - given).Fill(filled[0]);
            filled.AsSpan(filled.Length - given).CopyTo(context.AsSpan(context.Length - given));
            SeriesCheck.Fit(scaler, context, series, series.Length);
            SeriesCheck.IsMeasured(scaler, forecaster.Scaling, series, series.Length);
            Inputs(scaler, inputs);
            solution.Apply(inputs, values);
            Forecast scaled = NormalQuantiles.Around(new Forecast(series.Id, values), forecaster.Levels, solution.Deviations);
            double[] quantiles = scaled.Quantiles.ToArray();
            scaler.Invert(values);
            Forecast forecast = new(series.Id, values, series.Times?.From(series.Length));
            if (quantiles.Length > 0)
            {
                scaler.Invert(quantiles);
                forecast = forecast.WithQuantiles(forecaster.Levels, quantiles);
            }

            return ForecastRange.Checked(forecast);
        }
    }
}
