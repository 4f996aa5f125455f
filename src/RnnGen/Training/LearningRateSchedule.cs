namespace RnnGen;

/// <summary>How far a training is, for a <see cref="LearningRateSchedule"/>.</summary>
public readonly record struct TrainingPosition
{
    /// <summary>Updates before this one.</summary>
    public required long Step { get; init; }

    /// <summary>Updates in the whole training, unless it stops early.</summary>
    public required long StepCount { get; init; }

    /// <summary>Updates in one epoch.</summary>
    public required long StepsPerEpoch { get; init; }

    /// <summary>The results of the epochs that have ended.</summary>
    public required IReadOnlyList<EpochResult> Epochs { get; init; }

    /// <summary>Passes over the training sequences before this update, including the fraction of the current one.</summary>
    public double Epoch => (double)Step / StepsPerEpoch;
}

/// <summary>
/// How the learning rate changes during a training. A schedule depends on how far the training is and on nothing else, so a resumed training
/// continues with the same rates. It returns a factor for the optimiser's own learning rate, which <c>Fit</c> restores at the end.
/// </summary>
/// <remarks>
/// A checkpoint identifies a schedule by its name (<see cref="object.ToString"/>: with all settings for those of this class; the type for one of your own, unless you override it) and by a hash of its
/// factors at up to 600 positions of an imaginary training with constant losses. A training does not resume with another schedule. <see cref="Factor"/> is therefore also called for positions that the training has not reached.
/// </remarks>
/// <example>
/// <code>
/// new FitOptions { Epochs = 20, Optimizer = new Adam(3e-3), Schedule = LearningRateSchedule.Cosine().After(warmUpSteps: 100) }
/// </code>
/// </example>
public abstract class LearningRateSchedule
{
    /// <summary>The factor of the optimiser's learning rate for an update.</summary>
    /// <param name="position">How far the training is.</param>
    /// <returns>A finite number, at least 0.</returns>
    public abstract double Factor(TrainingPosition position);

    /// <summary>The optimiser's own rate, unchanged.</summary>
    public static LearningRateSchedule Constant { get; } = new Function("Constant", _ => 1);

    /// <summary>Multiplies the rate by <paramref name="factor"/> after every <paramref name="epochs"/> epochs.</summary>
    /// <param name="epochs">Epochs between two changes, at least 1.</param>
    /// <param name="factor">From above 0 to 1. Default: 0.1.</param>
    public static LearningRateSchedule Step(int epochs, double factor = 0.1)
    {
        Guard.AtLeast(epochs, 1);
        CheckShare(factor, nameof(factor), mayBeZero: false);
        return new Function(Invariant($"Step(epochs: {epochs}, factor: {factor:R})"), p => Math.Pow(factor, p.Step / p.StepsPerEpoch / epochs));
    }

    /// <summary>Multiplies the rate by <paramref name="factor"/> per epoch, smoothly with every update.</summary>
    /// <param name="factor">From above 0 to 1.</param>
    public static LearningRateSchedule Exponential(double factor)
    {
        CheckShare(factor, nameof(factor), mayBeZero: false);
        return new Function(Invariant($"Exponential({factor:R})"), p => Math.Pow(factor, p.Epoch));
    }

    /// <summary>Lowers the rate along half a cosine over the whole training (I. Loshchilov and F. Hutter 2017, without restarts).</summary>
    /// <param name="end">The factor at the end, from 0 to 1. Default: 0.</param>
    public static LearningRateSchedule Cosine(double end = 0)
    {
        CheckShare(end, nameof(end), mayBeZero: true);
        return new Function(Invariant($"Cosine(end: {end:R})"), p => Between(1, end, (double)p.Step / p.StepCount));
    }

    /// <summary>Raises the rate to the optimiser's and lowers it again, each along half a cosine (L. Smith and N. Topin 2018; PyTorch's <c>OneCycleLR</c>, without its momentum cycle).</summary>
    /// <param name="rise">The share of the training in which the rate rises. Default: 0.3.</param>
    /// <param name="start">The factor at the start. Default: 1/25.</param>
    /// <param name="end">The factor at the end. Default: 4e-6.</param>
    public static LearningRateSchedule OneCycle(double rise = 0.3, double start = 1.0 / 25, double end = 4e-6)
    {
        CheckShare(rise, nameof(rise), mayBeZero: true);
        CheckShare(start, nameof(start), mayBeZero: true);
        CheckShare(end, nameof(end), mayBeZero: true);
        return new Function(Invariant($"OneCycle(rise: {rise:R}, start: {start:R}, end: {end:R})"), p =>
        {
            double top = (rise * p.StepCount) - 1, last = p.StepCount - 1;
            return p.Step <= top ? Between(start, 1, p.Step / Math.Max(top, 1e-9)) : Between(1, end, Math.Min(1, (p.Step - top) / Math.Max(last - top, 1e-9)));
        });
    }

    /// <summary>
    /// Multiplies the rate by <paramref name="factor"/> when what <see cref="FitOptions.Monitor"/> watches (by default the validation loss) has not improved by a ten-thousandth for more than
    /// <paramref name="patience"/> epochs, as PyTorch's <c>ReduceLROnPlateau</c> does. The number is
    /// <see cref="EpochResult.WatchedLoss"/>; an epoch without one is no improvement.
    /// </summary>
    /// <param name="factor">From above 0 to below 1. Default: 0.1.</param>
    /// <param name="patience">Epochs without improvement to wait for, at least 0. Default: 10.</param>
    /// <param name="cooldown">Epochs after a change that do not count, at least 0. Default: 0.</param>
    public static LearningRateSchedule ReduceOnPlateau(double factor = 0.1, int patience = 10, int cooldown = 0)
    {
        CheckShare(factor, nameof(factor), mayBeZero: false);
        Guard.AtLeast(patience, 0);
        Guard.AtLeast(cooldown, 0);
        return new Function(Invariant($"ReduceOnPlateau(factor: {factor:R}, patience: {patience}, cooldown: {cooldown})"), p =>
        {
            double best = double.PositiveInfinity, result = 1;
            int bad = 0, wait = 0;
            foreach (EpochResult epoch in p.Epochs)
            {
                double loss = epoch.WatchedLoss;
                // A measure of which higher is better is below 0.
                (best, bad) = double.IsFinite(loss) && loss < best * (best < 0 ? 1 + 1e-4 : 1 - 1e-4) ? (loss, 0) : (best, bad + 1);
                if (wait > 0)
                {
                    wait--;
                    bad = 0;
                }

                if (bad > patience)
                {
                    result *= factor;
                    wait = cooldown;
                    bad = 0;
                }
            }

            return result;
        });
    }

    /// <summary>This schedule with a linear warm-up from near 0. The schedule itself starts with the first update of the warm-up.</summary>
    /// <param name="warmUpSteps">Updates in the warm-up, at least 0.</param>
    public LearningRateSchedule After(int warmUpSteps)
    {
        Guard.AtLeast(warmUpSteps, 0);
        return new Function(Invariant($"{this}.After({warmUpSteps})"), p => Factor(p) * (p.Step < warmUpSteps ? (p.Step + 1.0) / (warmUpSteps + 1.0) : 1));
    }

    // Along half a cosine.
    private static double Between(double from, double to, double share) => to + ((from - to) * (1 + Math.Cos(Math.PI * share)) / 2);

    private static void CheckShare(double value, string name, bool mayBeZero)
    {
        if (!(value <= 1 && (value > 0 || (mayBeZero && value == 0))))
        {
            throw new ArgumentOutOfRangeException(name, Invariant($"{value}"), Invariant($"{name} lies {(mayBeZero ? "from" : "above")} 0 to 1."));
        }
    }

    private sealed class Function(string name, Func<TrainingPosition, double> factor) : LearningRateSchedule
    {
        public override double Factor(TrainingPosition position) => factor(position);

        public override string ToString() => name;
    }
}
