namespace RnnGen;

/// <summary>Where, how often and how many checkpoints a training saves.</summary>
/// <remarks>
/// A checkpoint is one file with everything that the rest of a training depends on: parameters, the optimiser with its moments, the positions in the schedule and in the data,
/// the steps of dropout and scheduled sampling, carried states, averages and the best weights, and the results so far. It is written under a temporary name,
/// flushed to disk and renamed, so a crash at any moment leaves the earlier checkpoints intact; its SHA-256 is checked when it is read.
/// <para>
/// A training resumes only if it matches the checkpoint; an error names every difference. Compared are the declaration with the parameters' names and shapes, the number type, the vector
/// width, and whether the processor has its instructions or emulates them and fuses multiply-adds (checkpoints of older versions do not say so, and resume anywhere); of training and validation data the counts, lengths, streams, buckets and a hash of all inputs, targets and lengths in memory (of streamed sequences: of the first 1,000, and the shuffle
/// buffer); batch size, order, seed, carried states, average, patience, whether the best parameters are kept, the policy for values that are not finite, the schedule, and the optimiser with all its
/// settings; of the model its cells with their equations and numbers, <c>BatchSize</c>, masks and tokens, and the seeds of dropout and sampling and the share of scheduled sampling as they were before
/// the first step (callbacks may change them later, but not in several <see cref="FitOptions.Processes"/>, where process 0 alone has callbacks, and what they change is an error). Not compared are streamed sequences beyond the first 1,000, what an augmentation does (only whether there is one), and what does not affect the results:
/// callbacks, threads, processes, prefetching, <see cref="FitOptions.Metrics"/>, <see cref="FitOptions.Progress"/>, where and how often checkpoints are saved. The parameters, and the steps of dropout and
/// sampling, are those of the checkpoint, not of the model. <see cref="FitOptions.Epochs"/> may differ, but not be below the number of epochs that the training has begun. A
/// schedule over the whole training continues with the new length.
/// </para>
/// </remarks>
public sealed class CheckpointOptions
{
    /// <summary>Creates the options.</summary>
    /// <param name="folder">The folder, which is created if it is missing. One folder holds the checkpoints of one training.</param>
    public CheckpointOptions(string folder)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        Folder = folder;
    }

    /// <summary>The folder.</summary>
    public string Folder { get; }

    /// <summary>Updates from one checkpoint to the next, at least 1. Default: <see langword="null"/>: none within an epoch.</summary>
    /// <remarks>If a parameter is not finite and <see cref="FitOptions.NonFinite"/> rolls back, the checkpoint is written after the rollback.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 1.</exception>
    public int? EverySteps
    {
        get;
        init => field = value is { } steps ? Hyperparameter.AtLeastOne(steps, nameof(EverySteps)) : null;
    }

    /// <summary>Epochs from one checkpoint to the next, at least 1. Default: 1. A training that ends or is cancelled always writes one.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 1.</exception>
    public int EveryEpochs
    {
        get;
        init => field = Hyperparameter.AtLeastOne(value, nameof(EveryEpochs));
    } = 1;

    /// <summary>How many of the newest checkpoints to keep, at least 1; older ones are deleted when a new one is complete. Default: 3.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 1.</exception>
    public int Keep
    {
        get;
        init => field = Hyperparameter.AtLeastOne(value, nameof(Keep));
    } = 3;

    /// <summary>What happens if a checkpoint cannot be written, because the disk is full, or the folder is read-only or has vanished. Default: <see cref="CheckpointFailure.Stop"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not one of <see cref="CheckpointFailure"/>.</exception>
    public CheckpointFailure OnFailure
    {
        get;
        init => field = Enum.IsDefined(value) ? value : throw new ArgumentOutOfRangeException(nameof(OnFailure), value, "OnFailure is Stop or Continue.");
    } = CheckpointFailure.Stop;
}

/// <summary>What a training does if a checkpoint cannot be written.</summary>
public enum CheckpointFailure
{
    /// <summary>It ends with a <see cref="CheckpointException"/>. The model keeps the steps that it has taken.</summary>
    Stop,

    /// <summary>It reports the failure (to <see cref="TrainingCallback.OnCheckpointFailed"/>, and to the console if <see cref="FitOptions.Progress"/> is <see cref="ConsoleProgress"/>) and continues; it tries again at the next checkpoint.</summary>
    Continue,
}
