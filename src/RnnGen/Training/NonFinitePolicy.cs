namespace RnnGen;

/// <summary>
/// What a training does when a loss or a gradient is not finite. With every policy the step stops before the update, and the exception that is thrown or passed to
/// <see cref="TrainingCallback.OnStepSkipped"/> names the quantity, the layer and the time step.
/// </summary>
/// <remarks>
/// With <see cref="Throw"/>, an input or target of data in memory that is not finite throws before the first update.
/// The policy applies to validation as well, even where the loss hides that the data is not finite; the exception then names the sequence. If the training continues, it leaves out the validation sequences whose data is not finite: <see cref="EpochResult.SkippedValidation"/> counts them, and
/// <see cref="TrainingCallback.OnValidationNonFinite"/> names the first of each batch. A batch without any sequence left counts as a failure in a row. If the data is finite and the loss is not, the epoch's validation loss is NaN, and the
/// training recovers as after a step: it lowers the rate and, with <c>RollBack</c>, rolls back.
/// </remarks>
public sealed class NonFinitePolicy
{
    private NonFinitePolicy(bool goesOn, bool rollsBack, double rateFactor, int limit) => (GoesOn, RollsBack, RateFactor, Limit) = (goesOn, rollsBack, rateFactor, limit);

    internal bool GoesOn { get; }

    internal bool RollsBack { get; }

    internal double RateFactor { get; }

    internal int Limit { get; }

    /// <summary>The policy with its numbers.</summary>
    public override string ToString() => !GoesOn ? nameof(Throw)
        : Invariant($"{(RollsBack ? nameof(RollBack) : nameof(SkipBatch))}(rateFactor: {RateFactor:R}, limit: {Limit})");

    /// <summary>The training ends with the <see cref="NonFiniteException"/>.</summary>
    public static NonFinitePolicy Throw { get; } = new(false, false, 1, 0);

    /// <summary>Skips the batch and lowers the learning rate from then on.</summary>
    /// <param name="rateFactor">What the learning rate is multiplied by, from above 0 to 1. Default: 0.5.</param>
    /// <param name="limit">Consecutive failures after which the exception is thrown after all, at least 1. Default: 10.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of range.</exception>
    public static NonFinitePolicy SkipBatch(double rateFactor = 0.5, int limit = 10) => new(true, false, Hyperparameter.Share(rateFactor, nameof(rateFactor)), Hyperparameter.AtLeastOne(limit, nameof(limit)));

    /// <summary>
    /// Restores the parameters, the optimiser and the average of the end of the last good epoch, or of the start. It resets carried states, lowers the learning
    /// rate, and continues with the next batch. An epoch is good if its loss (the validation loss if there is one) is at most twice the lowest so far. The loss of the first step
    /// counts for that lowest loss; that of an epoch with skipped steps and no validation does not. The criterion is strict because a training that explodes is beyond repair some time before its first value that is not finite. The epoch's last update is measured too, on its batch, and must not have overshot
    /// (<see cref="EpochResult.HasOvershot"/>). If it left a loss, a parameter or a moment of the optimiser that is not finite, the training rolls back at once.
    /// </summary>
    /// <remarks>The earlier state is kept in memory, and saved with each checkpoint: as much again as the parameters, the optimiser's moments and the average.</remarks>
    /// <param name="rateFactor">What the learning rate is multiplied by, from above 0 to 1. Default: 0.5.</param>
    /// <param name="limit">Consecutive failures after which the exception is thrown after all, at least 1. Default: 10.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of range.</exception>
    public static NonFinitePolicy RollBack(double rateFactor = 0.5, int limit = 10) => new(true, true, Hyperparameter.Share(rateFactor, nameof(rateFactor)), Hyperparameter.AtLeastOne(limit, nameof(limit)));
}
