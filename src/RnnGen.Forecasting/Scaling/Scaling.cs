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
/// forecast. <see cref="Differences"/> is m = 1.</item>
/// </list>
/// A missing value (NaN) is left out of the fit and stays missing. A scale that is 0 or rounding alone, as constant values have it, is replaced by 1.
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

        public override string ToString() => Kind.ToString();

        private protected override ScalerPart CreatePart(int contextLength, int horizon) => Kind switch
        {
            ScalingKind.MeanAbsolute => new MeanAbsolutePart(),
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

        private protected override ScalerPart CreatePart(int contextLength, int horizon) => new LogPart();
    }

    private sealed record DifferenceScaling(int Period) : Scaling
    {
        public override string ToString() => Period == 1 ? nameof(Differences) : Invariant($"{nameof(SeasonalDifferences)}({Period})");

        private protected override ScalerPart CreatePart(int contextLength, int horizon)
        {
            Guard.AtLeast(contextLength, Period);
            return new DifferencePart(Period);
        }
    }

    private sealed record ChainScaling(Scaling[] Chain) : Scaling
    {
        private protected override Scaling[] Parts => Chain;

        public bool Equals(ChainScaling? other) => other is not null && Chain.SequenceEqual(other.Chain);

        public override int GetHashCode() => Chain.Aggregate(17, (hash, part) => HashCode.Combine(hash, part));

        public override string ToString() => string.Join(", then ", (IEnumerable<Scaling>)Chain);

        // What follows the first part reads its values.
        internal override bool Accepts(double value) => Chain.Length == 0 || Chain[0].Accepts(value);

        private protected override ScalerPart CreatePart(int contextLength, int horizon) => throw new InvalidOperationException("A chain is its parts.");
    }
}
