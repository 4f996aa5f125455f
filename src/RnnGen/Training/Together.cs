namespace RnnGen.Runtime;

/// <summary>Work that the processes of a group do together: one that fails alone leaves the others waiting, and must not be used again.</summary>
internal static class Together
{
    /// <summary>Does this process's part of the work.</summary>
    /// <param name="processes">The processes; <see langword="null"/>, or a group of one, for this one alone.</param>
    /// <param name="work">The work; it receives <see langword="null"/> where this process is alone.</param>
    /// <exception cref="ProcessGroupException">This process failed before.</exception>
    public static T Run<T>(ProcessGroup? processes, Func<ProcessGroup?, T> work)
    {
        if (processes is not { Count: > 1 })
        {
            return work(null);
        }

        if (processes.HasFailed)
        {
            throw new ProcessGroupException(Invariant($"Process {processes.Rank} failed before, and the others wait for it. End it: dispose of its processes, which ends the job."));
        }

        try
        {
            return work(processes);
        }
        catch (Exception e) when (e is not (NonFiniteException or OperationCanceledException or CheckpointException))
        {
            // It may have failed here alone; what is excepted happens in all of them.
            processes.Fail();
            throw;
        }
    }

    /// <summary>What shares a model's batches.</summary>
    /// <param name="model">The model.</param>
    /// <param name="layout">Its shape.</param>
    /// <param name="name">The argument that the processes came with.</param>
    /// <exception cref="ArgumentException">The model was not generated.</exception>
    public static ISharedCore CoreOf(object model, ModelLayout layout, string name) => (model as ISharedModel)?.Core ?? throw new ArgumentException(
        $"{layout.ModelName} was not generated, and only generated models work on several processes. Do not set Processes.", name);
}
