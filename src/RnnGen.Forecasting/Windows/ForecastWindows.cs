namespace RnnGen.Forecasting;

/// <summary>
/// Windows over the series of a set: where each is. Nothing is copied until a <see cref="WindowReader"/> reads one. What a model reads of a window comes from before its origin, apart from known
/// covariates, calendar and phase.
/// </summary>
/// <example>
/// <code>
/// ForecastWindows windows = ForecastWindows.Create(train, options);
/// var data = StreamedSequences.Create(windows.ToSequences&lt;float&gt;(), windows.SequenceLength, options.Horizon, new StreamOptions { Count = windows.Count });
/// </code>
/// </example>
public sealed class ForecastWindows
{
    private readonly int[] _firstWindow; // of each series; one more for the end
    private readonly int[] _firstOrigin; // of each series: that from which on its past has a scale
    private readonly int _maximum; // windows of one distance in a series

    private ForecastWindows(SeriesSet set, WindowOptions options, bool isLatest, int maximum)
    {
        ArgumentNullException.ThrowIfNull(set);
        ArgumentNullException.ThrowIfNull(options);
        options.CheckPast();
        (Set, Options, IsLatest, _maximum) = (set, options, isLatest, maximum);
        if (options.Calendar.Count > 0 && set.Frequency is null)
        {
            throw new SeriesDataException($"Calendar features need times, and the series have none; use {nameof(WindowOptions)}.{nameof(WindowOptions.Periods)}.");
        }

        WindowPast? past = !isLatest && (options.Scaling.IsMeasured || options.InputScaling is { IsMeasured: true }) ? new(options) : null;
        (_firstWindow, _firstOrigin) = (new int[set.Count + 1], new int[set.Count]);
        for (int i = 0; i < set.Count; i++)
        {
            SeriesCheck.Accepts(set[i], options.Scaling);
            SeriesCheck.Accepts(set[i], options.InputScaling ?? Scaling.None);
            _firstOrigin[i] = FirstOrigin(set[i], past);
            _firstWindow[i + 1] = checked(_firstWindow[i] + (isLatest ? 1 : WindowsOf(i, options.Stride) + (options.ExtraStride is { } extra ? WindowsOf(i, extra) : 0)));
            if (isLatest)
            {
                CheckFuture(set[i]);
            }
        }

        if (Count == 0)
        {
            throw new SeriesDataException(set.Any(series => series.Length >= options.Reach + options.Horizon)
                ? Invariant($"No window has a scale: up to the origin of each, the values never vary as the scaling {options.Scaling} measures it, or are missing. Use series that vary, or {nameof(Scaling)}.{nameof(Scaling.None)}.")
                : Invariant($"No series has {options.Reach} + {options.Horizon} steps, which one window and its horizon need; use longer series, a shorter context or shorter lags."));
        }

        string[] cycles = [.. options.Calendar.Select(feature => feature.ToString()), .. options.Periods.Select(period => Invariant($"Phase{period}"))];
        PastNames = ["target", .. set.ObservedNames];
        IEnumerable<string> seasons = options.SeasonLags.SelectMany(lags => Enumerable.Range(1, lags.Count).Select(i => Invariant($"season{lags.Period}x{i}")));
        KnownNames = [.. options.Lags.Select(lag => Invariant($"lag{lag}")), .. seasons, .. set.KnownNames, .. cycles.SelectMany(name => (string[])[name + "Sin", name + "Cos"])];
        StaticNames = [.. set.StaticNames, .. options.PastStatics.Select(number => number.ToString())];
    }

    /// <summary>The series.</summary>
    public SeriesSet Set { get; }

    /// <summary>What a window is.</summary>
    public WindowOptions Options { get; }

    /// <summary>The number of windows.</summary>
    public int Count => _firstWindow[^1];

    /// <summary>What is read at each step of the context: the scaled target, and the observed covariates as they are.</summary>
    public IReadOnlyList<string> PastNames { get; }

    /// <summary>What is read at each step of the context and of the horizon: lags, those of seasons, known covariates as they are, calendar features and phases.</summary>
    public IReadOnlyList<string> KnownNames { get; }

    /// <summary>What is read once: the statics of the set, and <see cref="WindowOptions.PastStatics"/>.</summary>
    public IReadOnlyList<string> StaticNames { get; }

    /// <summary>Values of one input of <see cref="ToSequences{T}"/>: at each step of the context what is past, known and static.</summary>
    public int SequenceLength => Options.ContextLength * (PastNames.Count + KnownNames.Count + StaticNames.Count);

    /// <summary>
    /// Every window whose past and horizon are in its series, for training: those of the first series first, oldest first. The last window of each series ends within a stride of its end. A
    /// series that is too short has none. Windows up to whose origin the series has no scale, as of zeros or missing values alone, are left out.
    /// </summary>
    /// <param name="set">The series.</param>
    /// <param name="options">What a window is.</param>
    /// <exception cref="ArgumentException">The past of a window is shorter than a season of its scaling.</exception>
    /// <exception cref="SeriesDataException">There is no window, none has a scale, calendar features are asked of series without times, or a value cannot be scaled.</exception>
    public static ForecastWindows Create(SeriesSet set, WindowOptions options) => new(set, options, isLatest: false, int.MaxValue);

    /// <summary>One window for each series, at its end, to forecast what follows. Before the start of a shorter series values are missing.</summary>
    /// <param name="set">The series.</param>
    /// <param name="options">What a window is.</param>
    /// <exception cref="ArgumentException">The past of a window is shorter than a season of its scaling.</exception>
    /// <exception cref="SeriesDataException">
    /// Known covariates end before the horizon, or one of the horizon is missing and <see cref="WindowOptions.MissingInput"/> is not set; calendar features are asked of series without times; or a value cannot
    /// be scaled.
    /// </exception>
    public static ForecastWindows Latest(SeriesSet set, WindowOptions options) => new(set, options, isLatest: true, int.MaxValue);

    /// <summary>The last windows of each series, as <see cref="Create"/> has them.</summary>
    /// <param name="set">The series.</param>
    /// <param name="options">What a window is.</param>
    /// <param name="count">How many of each series, at most.</param>
    internal static ForecastWindows Newest(SeriesSet set, WindowOptions options, int count) => new(set, options, isLatest: false, count);

    /// <summary>The series of a window, and the first step that it forecasts.</summary>
    /// <param name="window">From 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such window.</exception>
    public (TimeSeries Series, int Origin) this[int window]
    {
        get
        {
            Guard.Within(window, 0, Count - 1);
            int series = Array.BinarySearch(_firstWindow, window);
            series = series < 0 ? ~series - 1 : series;
            while (_firstWindow[series + 1] == window)
            {
                series++; // series without a window
            }

            // Counted from the end, so that the newest horizon is always there.
            TimeSeries found = Set[series];
            int behind = _firstWindow[series + 1] - 1 - window, extra = Options.ExtraStride is { } second && !IsLatest ? WindowsOf(series, second) : 0;
            int back = behind < extra ? behind * Options.ExtraStride!.Value : (behind - extra) * Options.Stride;
            return (found, IsLatest ? found.Length : found.Length - Options.Horizon - back);
        }
    }

    /// <summary>Whether the windows are those at the end of each series, to forecast what follows.</summary>
    internal bool IsLatest { get; }

    // The first origin of a window to learn from. Each past has that of an earlier origin in it, so what has a scale once has one from then on.
    private int FirstOrigin(TimeSeries series, WindowPast? past)
    {
        int low = Options.Reach, high = series.Length - Options.Horizon;
        if (past is null || high < low || HasScale(low))
        {
            return low;
        }

        if (!HasScale(high))
        {
            return series.Length;
        }

        while (high - low > 1)
        {
            int middle = low + ((high - low) / 2);
            (low, high) = HasScale(middle) ? (low, middle) : (middle, high);
        }

        return high;

        bool HasScale(int origin)
        {
            past.Read(series, origin);
            return past.HasScale;
        }
    }

    // What is known in advance is there for each step to forecast.
    private void CheckFuture(TimeSeries series)
    {
        int columns = Set.KnownNames.Count, end = series.Length + Options.Horizon;
        if (columns == 0)
        {
            return;
        }

        ReadOnlySpan<double> known = series.Known.Span;
        if (known.Length / columns < end)
        {
            throw new SeriesDataException(Invariant($"its known covariates end {(known.Length / columns) - series.Length} steps after the history, but {Options.Horizon} are forecast; add them."), series.Id);
        }

        int missing = known[(series.Length * columns)..(end * columns)].IndexOf(double.NaN);
        if (missing >= 0 && !Options.IsMissingInputSet)
        {
            throw new SeriesDataException(
                Invariant($"the known covariate '{Set.KnownNames[missing % columns]}' is missing at step {(missing / columns) + 1} of the {Options.Horizon} to forecast. Add it, or say with {nameof(WindowOptions)}.{nameof(WindowOptions.MissingInput)} what a missing value is read as."),
                series.Id, series.TimeOf(series.Length + (missing / columns)));
        }
    }

    private int WindowsOf(int series, int stride) => Set[series].Length - Options.Horizon - _firstOrigin[series] is var steps && steps < 0 ? 0 : Math.Min(_maximum, 1 + (steps / stride));

    /// <summary>A reader of windows, for one thread.</summary>
    public WindowReader CreateReader() => new(this);

    /// <summary>
    /// The windows as sequences for <see cref="StreamedSequences"/>: an input has at each step of the context what is past, known and static, a target the scaled horizon. They are made one after
    /// the other while they are read.
    /// </summary>
    /// <typeparam name="T">The model's number type.</typeparam>
    public IEnumerable<Sequence<T, T>> ToSequences<T>() where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
    {
        WindowReader reader = CreateReader();
        for (int window = 0; window < Count; window++)
        {
            T[] input = new T[SequenceLength], target = new T[Options.Horizon];
            reader.Read(window);
            reader.CopyInputs<T>(input);
            reader.CopyTargets<T>(target);
            yield return new(input, target);
        }
    }
}
