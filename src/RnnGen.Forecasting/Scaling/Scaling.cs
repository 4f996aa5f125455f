namespace RnnGen.Forecasting;

/// <summary>
/// How the values of a window are scaled before a model reads them, from the window's own past alone: its context. The forecast is scaled back with the same numbers. Every scaling is a strictly
/// rising function of the value at each step of the horizon, so that quantiles and sample paths are scaled back value by value and keep their order.
/// </summary>
/// <remarks>
/// <list type="bullet">
/// <item><see cref="MeanAbsolute"/>: y / mean |x| (Salinas et al., "DeepAR", 2020, without its + 1).</item>
/// <item><see cref="LastValue"/>: y - x(last) (Zeng et al., "Are Transformers effective for time series forecasting?", AAAI 2023, NLinear).</item>
/// <item><see cref="StandardScore"/>: (y - mean x) / standard deviation of x (Kim et al., "Reversible instance normalization", ICLR 2022, without learned parameters).</item>
/// <item><see cref="Log"/>: ln y, for values above 0.</item>
/// <item><see cref="SeasonalDifferences"/>: x(t) - x(t - m) in the context; in the horizon y(h) - x(the last value known of h's place in the season), which is the error of the seasonal naive
/// forecast. <see cref="Differences"/> is m = 1. <see cref="BestSeasonalDifferences"/> chooses m of several: the one with the smallest mean absolute error in the context.</item>
/// <item><see cref="MeanAbsolutePower"/>: y / (mean |x|)^p. Behind seasonal differences the scale is the error of the seasonal naive forecast; a power below 1 leaves some of its size to learn from.</item>
/// <item><see cref="MeanOfLast"/>: y - the mean of the last n known values.</item>
/// </list>
/// A missing value (NaN) is left out of the fit and stays missing. A scale that is 0 or rounding alone, as constant values have it, is replaced by 1, and <see cref="WindowScaler.HasScale"/> is
/// <see langword="false"/>. One that double does not hold, as of squares of 1e-170 or 1e170, is an error.
/// <para>
/// Forecasters never learn from a scale that was replaced. Where the past of a window has no scale, the scaling is fitted to the whole past of the series up to the window's origin. Where that has none either,
/// the window is left out of a training, and the forecast is what is subtracted, at every level: a constant series is forecast as the constant, and zeros as 0, whatever the unit.
/// </para>
/// </remarks>
/// <example>
/// <code>
/// Scaling scaling = Scaling.Log.Then(Scaling.SeasonalDifferences(24));
/// WindowScaler scaler = scaling.Create(contextLength: 168, horizon: 48);
/// scaler.Fit(context);
/// double scaled = scaler.Scale(value, step: 0), same = scaler.Invert(scaled, step: 0);
/// </code>
/// </example>
public abstract record Scaling
{
    private protected Scaling()
    {
    }

    /// <summary>The values as they are.</summary>
    public static Scaling None { get; } = new AffineScaling(ScalingKind.None);

    /// <summary>y divided by the mean of the absolute values of the context.</summary>
    public static Scaling MeanAbsolute { get; } = new AffineScaling(ScalingKind.MeanAbsolute);

    /// <summary>y minus the last known value of the context.</summary>
    public static Scaling LastValue { get; } = new AffineScaling(ScalingKind.LastValue);

    /// <summary>y minus the mean of the context, divided by its standard deviation.</summary>
    public static Scaling StandardScore { get; } = new AffineScaling(ScalingKind.StandardScore);

    /// <summary>The natural logarithm of y, which must be above 0.</summary>
    public static Scaling Log { get; } = new LogScaling();

    /// <summary>Changes from step to step; in the horizon, from the last known value of the context.</summary>
    public static Scaling Differences { get; } = new DifferenceScaling(1);

    /// <summary>Changes from season to season; in the horizon, from the last known value of the same place in the season.</summary>
    /// <param name="period">Steps of a season, at least 1. The context must have as many.</param>
    /// <exception cref="ArgumentOutOfRangeException">The period is below 1.</exception>
    public static Scaling SeasonalDifferences(int period)
    {
        Guard.AtLeast(period, 1);
        return new DifferenceScaling(period);
    }

    /// <summary>Changes from season to season, of the period whose seasonal naive forecast has the smallest mean absolute error in the context; of equal ones the first.</summary>
    /// <param name="periods">The periods to choose from, each at least 1. The context must have as many steps as the largest.</param>
    /// <exception cref="ArgumentException">There is no period.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A period is below 1.</exception>
    public static Scaling BestSeasonalDifferences(params int[] periods)
    {
        ArgumentNullException.ThrowIfNull(periods);
        if (periods.Length == 0)
        {
            throw new ArgumentException("There is no period to choose; give at least one.", nameof(periods));
        }

        foreach (int period in periods)
        {
            Guard.AtLeast(period, 1, nameof(periods));
        }

        return new BestDifferenceScaling([.. periods]);
    }

    /// <summary>y divided by a power of the mean of the absolute values of the context.</summary>
    /// <param name="exponent">The exponent, above 0 and at most 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The exponent is not above 0, or above 1.</exception>
    public static Scaling MeanAbsolutePower(double exponent) => exponent > 0 && exponent <= 1
        ? new PowerScaling(exponent)
        : throw new ArgumentOutOfRangeException(nameof(exponent), Invariant($"{exponent}"), "The exponent must be above 0 and at most 1.");

    /// <summary>y minus the mean of the last known values of the context.</summary>
    /// <param name="count">How many, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The count is below 1.</exception>
    public static Scaling MeanOfLast(int count)
    {
        Guard.AtLeast(count, 1);
        return new RecentMeanScaling(count);
    }

    /// <summary>This scaling, and then another one of the values that it makes.</summary>
    /// <param name="next">The scaling after this one.</param>
    public Scaling Then(Scaling next)
    {
        ArgumentNullException.ThrowIfNull(next);
        return new ChainScaling([.. Parts, .. next.Parts]);
    }

    /// <summary>A scaler for windows of one size. It is fitted to a window after the other and belongs to one thread.</summary>
    /// <param name="contextLength">Values of a window's past, at least 1.</param>
    /// <param name="horizon">Steps to forecast, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is below 1, or the context is shorter than a season.</exception>
    public WindowScaler Create(int contextLength, int horizon)
    {
        Guard.AtLeast(contextLength, 1);
        Guard.AtLeast(horizon, 1);
        return new WindowScaler([.. Parts.Select(part => part.CreatePart(contextLength, horizon))], contextLength, horizon);
    }

    /// <summary>Whether a value can be scaled; a logarithm needs one above 0.</summary>
    /// <param name="value">The value, which is not missing.</param>
    internal virtual bool Accepts(double value) => true;

    /// <summary>Whether values stay as they are.</summary>
    internal bool IsNone => Parts.Length == 0;

    /// <summary>Whether something is measured on the past, which may not be there to measure.</summary>
    internal virtual bool IsMeasured => true;

    /// <summary>Values that a past must have.</summary>
    internal virtual int MinimumPast => 1;

    /// <summary>The scaling that <see cref="object.ToString"/> wrote.</summary>
    /// <param name="text">Its text.</param>
    /// <exception cref="FormatException">It is not the text of a scaling.</exception>
    internal static Scaling Parse(string text)
    {
        Scaling all = None;
        foreach (string part in text.Split(Separator, StringSplitOptions.None))
        {
            NumberedName named = NumberedName.Parse(part);
            Scaling next = named.Name switch
            {
                nameof(ScalingKind.None) => None,
                nameof(MeanAbsolute) => MeanAbsolute,
                nameof(LastValue) => LastValue,
                nameof(StandardScore) => StandardScore,
                nameof(Log) => Log,
                nameof(Differences) => Differences,
                nameof(SeasonalDifferences) => SeasonalDifferences(named.Whole()),
                nameof(BestSeasonalDifferences) => BestSeasonalDifferences(named.Wholes()),
                nameof(MeanAbsolutePower) => MeanAbsolutePower(named.Number()),
                nameof(MeanOfLast) => MeanOfLast(named.Whole()),
                _ => throw new FormatException($"There is no scaling '{part}'."),
            };
            all = ReferenceEquals(all, None) ? next : all.Then(next);
        }

        return all;
    }

    private const string Separator = ", then ";

    private protected virtual Scaling[] Parts => [this];

    private protected abstract ScalerPart CreatePart(int contextLength, int horizon);

    private enum ScalingKind
    {
        None,
        MeanAbsolute,
        LastValue,
        StandardScore,
    }

    private sealed record AffineScaling(ScalingKind Kind) : Scaling
    {
        private protected override Scaling[] Parts => Kind == ScalingKind.None ? [] : [this];

        internal override bool IsMeasured => Kind != ScalingKind.None;

        public override string ToString() => Kind.ToString();

        private protected override ScalerPart CreatePart(int contextLength, int horizon) => Kind switch
        {
            ScalingKind.MeanAbsolute => new MeanAbsolutePart(1),
            ScalingKind.LastValue => new LastValuePart(),
            ScalingKind.StandardScore => new StandardScorePart(),
            ScalingKind.None => throw new InvalidOperationException("No scaling has no part."),
            _ => throw new InvalidOperationException(Invariant($"There is no scaling '{Kind}'.")),
        };
    }

    private sealed record LogScaling : Scaling
    {
        public override string ToString() => nameof(Log);

        internal override bool Accepts(double value) => value > 0;

        internal override bool IsMeasured => false;

        private protected override ScalerPart CreatePart(int contextLength, int horizon) => new LogPart();
    }

    private sealed record DifferenceScaling(int Period) : Scaling
    {
        internal override int MinimumPast => Period;

        public override string ToString() => Period == 1 ? nameof(Differences) : Invariant($"{nameof(SeasonalDifferences)}({Period})");

        private protected override ScalerPart CreatePart(int contextLength, int horizon)
        {
            Guard.AtLeast(contextLength, Period);
            return new DifferencePart(Period);
        }
    }

    private sealed record BestDifferenceScaling(int[] Periods) : Scaling
    {
        public bool Equals(BestDifferenceScaling? other) => other is not null && Periods.SequenceEqual(other.Periods);

        public override int GetHashCode() => Periods.Aggregate(19, HashCode.Combine);

        internal override int MinimumPast => Periods.Max();

        public override string ToString() => Invariant($"{nameof(BestSeasonalDifferences)}({string.Join(", ", Periods)})");

        private protected override ScalerPart CreatePart(int contextLength, int horizon)
        {
            Guard.AtLeast(contextLength, MinimumPast);
            return new BestDifferencePart(Periods);
        }
    }

    private sealed record PowerScaling(double Exponent) : Scaling
    {
        public override string ToString() => Invariant($"{nameof(MeanAbsolutePower)}({Exponent})");

        private protected override ScalerPart CreatePart(int contextLength, int horizon) => new MeanAbsolutePart(Exponent);
    }

    private sealed record RecentMeanScaling(int Values) : Scaling
    {
        public override string ToString() => Invariant($"{nameof(MeanOfLast)}({Values})");

        private protected override ScalerPart CreatePart(int contextLength, int horizon) => new RecentMeanPart(Values);
    }

    private sealed record ChainScaling(Scaling[] Chain) : Scaling
    {
        private protected override Scaling[] Parts => Chain;

        public bool Equals(ChainScaling? other) => other is not null && Chain.SequenceEqual(other.Chain);

        public override int GetHashCode() => Chain.Aggregate(17, (hash, part) => HashCode.Combine(hash, part));

        public override string ToString() => Chain.Length == 0 ? None.ToString()! : string.Join(Separator, (IEnumerable<Scaling>)Chain);

        internal override bool IsMeasured => Array.Exists(Chain, static part => part.IsMeasured);

        internal override int MinimumPast => Chain.Length == 0 ? 1 : Chain.Max(static part => part.MinimumPast);

        // What follows the first part reads its values.
        internal override bool Accepts(double value) => Chain.Length == 0 || Chain[0].Accepts(value);

        private protected override ScalerPart CreatePart(int contextLength, int horizon) => throw new InvalidOperationException("A chain is its parts.");
    }
}
