namespace RnnGen.Runtime;

/// <summary>A callback of process 0. If it throws, the others do not know: they would wait for this process.</summary>
/// <param name="inner">The callback.</param>
/// <param name="processes">The processes.</param>
internal sealed class SharedCallback(TrainingCallback inner, ProcessGroup processes) : TrainingCallback
{
    /// <inheritdoc/>
    public override void OnTrainingStarted(TrainingStarted training) => Call(() => inner.OnTrainingStarted(training));

    /// <inheritdoc/>
    public override void OnStepEnded(in StepResult result)
    {
        try
        {
            inner.OnStepEnded(in result);
        }
        catch
        {
            processes.Fail();
            throw;
        }
    }

    /// <inheritdoc/>
    public override void OnStepSkipped(long number, NonFiniteException exception) => Call(() => inner.OnStepSkipped(number, exception));

    /// <inheritdoc/>
    public override void OnValidationNonFinite(int epoch, NonFiniteException exception) => Call(() => inner.OnValidationNonFinite(epoch, exception));

    /// <inheritdoc/>
    public override void OnEpochEnded(EpochResult result) => Call(() => inner.OnEpochEnded(result));

    /// <inheritdoc/>
    public override void OnCheckpointFailed(CheckpointException exception) => Call(() => inner.OnCheckpointFailed(exception));

    /// <inheritdoc/>
    public override void OnTrainingEnded(TrainingResult result) => Call(() => inner.OnTrainingEnded(result));

    /// <inheritdoc/>
    public override void OnTrainingFailed(Exception exception) => Call(() => inner.OnTrainingFailed(exception));

    private void Call(Action action)
    {
        try
        {
            action();
        }
        catch
        {
            processes.Fail();
            throw;
        }
    }
}
