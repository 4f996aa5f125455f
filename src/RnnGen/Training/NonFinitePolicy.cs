namespace RnnGen;

/// <summary>
/// What a training does where a loss or a gradient is not finite. Whatever it is, the step is stopped before the update, and the exception that is thrown or handed to
/// <see cref="TrainingCallback.OnStepSkipped"/> names the quantity, the layer and the time step.
/// </summary>
/// <remarks>
/// With <see cref="Throw"/> an input or target of data in memory that is not finite is an exception before the first update.
/// The policy holds for the validation as well, also where the loss does not show that the data is not finite; the exception then names the sequence. Where the training goes on, the validation sequences whose data is not finite are left out: <see cref="EpochResult.SkippedValidation"/> counts them, and
/// <see cref="TrainingCallback.OnValidationNonFinite"/> names the first of each batch. A batch of which none is left is a failure in a row. Where the data is finite and the loss is not, the epoch's validation loss is NaN, and the
/// training recovers as after a step: it lowers the rate and, where it rolls back, goes back.
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

    /// <summary>The batch is left out, and the learning rate is lowered from then on.</summary>
    /// <param name="rateFactor">What the learning rate is multiplied with, from above 0 to 1. Default: 0.5.</param>
    /// <param name="limit">Failures in a row after which the exception is thrown after all, at least 1. Default: 10.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of range.</exception>
    public static NonFinitePolicy SkipBatch(double rateFactor = 0.5, int limit = 10) => new(true, false, Hyperparameter.Share(rateFactor, nameof(rateFactor)), Hyperparameter.AtLeastOne(limit, nameof(limit)));

    /// <summary>
    /// Parameters, optimiser and average go back to what they were at the end of the last good epoch, or at the start; carried states begin anew, the learning
    /// rate is lowered, and the training goes on with the next batch. An epoch is good whose loss (of the validation where there is one) is at most twice the lowest so far, that
    /// of the first step included and that of epochs with skipped steps and no validation not: a training that explodes is beyond repair some time before its first value that is not finite. Its last update is measured too, on its batch, and must not have overshot
    /// (<see cref="EpochResult.HasOvershot"/>). Where it left a loss, a parameter or a moment of the optimiser that is not finite, the training goes back at once.
    /// </summary>
    /// <remarks>The earlier state is kept in memory, and saved with each checkpoint: as much again as the parameters, the optimiser's moments and the average.</remarks>
    /// <param name="rateFactor">What the learning rate is multiplied with, from above 0 to 1. Default: 0.5.</param>
    /// <param name="limit">Failures in a row after which the exception is thrown after all, at least 1. Default: 10.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of range.</exception>
    public static NonFinitePolicy RollBack(double rateFactor = 0.5, int limit = 10) => new(true, true, Hyperparameter.Share(rateFactor, nameof(rateFactor)), Hyperparameter.AtLeastOne(limit, nameof(limit)));
}
