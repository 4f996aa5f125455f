namespace RnnGen;

/// <summary>Where, how often and how many checkpoints a training saves.</summary>
/// <remarks>
/// A checkpoint is one file that holds everything the course of a training depends on: parameters, the optimiser with its moments, where the schedule and the data
/// stand, the steps of dropout and scheduled sampling, carried states, averages and the best weights, and the results so far. It is written beside the others under a
/// temporary name, flushed to disk, and renamed, so that a crash at any moment leaves the checkpoints before it whole; its SHA-256 is checked when it is read.
/// <para>
/// A training that resumes is held against what the checkpoint knows, and refused with every difference named: the declaration with the parameters' names and shapes, the number type and the vector
/// width; of training and validation data the counts, lengths, streams, buckets and a hash of all inputs, targets and lengths in memory (of streamed sequences: of the first 1,000, and the shuffle
/// buffer); batch size, order, seed, carried states, average, patience, whether the best parameters are kept, the policy for values that are not finite, the schedule, and the optimiser with all its
/// settings; of the model its cells with their equations and numbers, <c>BatchSize</c>, masks and tokens, and the seeds of dropout and sampling and the share of scheduled sampling as they were before
/// the first step (callbacks may change them later). Not checked: streamed sequences beyond the first 1,000, what an augmentation does (only whether there is one), and what does not change the course:
/// callbacks, threads, read-ahead, <see cref="FitOptions.Metrics"/>, <see cref="FitOptions.Progress"/>, where and how often checkpoints are saved. The parameters, and the steps of dropout and
/// sampling, are the checkpoint's, whatever the model has. <see cref="FitOptions.Epochs"/> may be more or fewer, but not fewer than the training has begun: the message then names both numbers. A
/// schedule over the whole training goes on along the new length.
/// </para>
/// </remarks>
public sealed class CheckpointOptions
{
    /// <summary>Creates the options.</summary>
    /// <param name="folder">The folder; it is made where it is missing. One folder holds the checkpoints of one training.</param>
    public CheckpointOptions(string folder)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        Folder = folder;
    }

    /// <summary>The folder.</summary>
    public string Folder { get; }

    /// <summary>Updates from one checkpoint to the next, at least 1. Default: <see langword="null"/>, within an epoch none.</summary>
    /// <remarks>Where a parameter is not finite and <see cref="FitOptions.NonFinite"/> rolls back, the checkpoint is written after the training has gone back.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 1.</exception>
    public int? EverySteps
    {
        get;
        init => field = value is { } steps ? Hyperparameter.AtLeastOne(steps, nameof(EverySteps)) : null;
    }

    /// <summary>Epochs from one checkpoint to the next, at least 1. Default: 1. The end of the training, and its cancellation, always leave one.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 1.</exception>
    public int EveryEpochs
    {
        get;
        init => field = Hyperparameter.AtLeastOne(value, nameof(EveryEpochs));
    } = 1;

    /// <summary>The newest checkpoints that are kept, at least 1; older ones are deleted when a new one is complete. Default: 3.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 1.</exception>
    public int Keep
    {
        get;
        init => field = Hyperparameter.AtLeastOne(value, nameof(Keep));
    } = 3;

    /// <summary>What happens where a checkpoint cannot be written: the disk is full, the folder cannot be written to or has vanished. Default: <see cref="CheckpointFailure.Stop"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not one of <see cref="CheckpointFailure"/>.</exception>
    public CheckpointFailure OnFailure
    {
        get;
        init => field = Enum.IsDefined(value) ? value : throw new ArgumentOutOfRangeException(nameof(OnFailure), value, "OnFailure is Stop or Continue.");
    } = CheckpointFailure.Stop;
}

/// <summary>What a training does where a checkpoint cannot be written.</summary>
public enum CheckpointFailure
{
    /// <summary>It ends with a <see cref="CheckpointException"/>. The model keeps the steps that it has taken.</summary>
    Stop,

    /// <summary>It says so (to <see cref="TrainingCallback.OnCheckpointFailed"/>, and on the console where <see cref="FitOptions.Progress"/> is <see cref="ConsoleProgress"/>) and goes on; the next checkpoint is tried again.</summary>
    Continue,
}
