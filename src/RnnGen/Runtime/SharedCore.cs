using System.ComponentModel;

namespace RnnGen.Runtime;

/// <summary>A model that can share its batches with other processes, as generated models can.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public interface ISharedModel
{
    /// <summary>What shares them.</summary>
    ISharedCore Core { get; }
}

/// <summary>Computes the groups of a batch that fall to this process, and takes the sums of the others.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public interface ISharedCore
{
    /// <summary>The processes that share each batch; <see langword="null"/> if this one computes it alone. All of them make the same calls, with the same arguments.</summary>
    ProcessGroup? Processes { get; set; }

    /// <summary>How often the parameters have changed.</summary>
    long Changes { get; }

    /// <summary>Checks that a batch serves a number of processes.</summary>
    /// <param name="count">Processes.</param>
    /// <param name="batchSize">Sequences of a batch.</param>
    /// <exception cref="ArgumentException">They cannot; the message says what to change.</exception>
    void CheckProcesses(int count, int batchSize);

    /// <summary>The first sequence of a batch that a process computes; those of the next one follow.</summary>
    /// <param name="process">The process; their number stands for the end.</param>
    /// <param name="processes">How many processes there are.</param>
    /// <param name="count">Sequences of the batch.</param>
    int FirstSequence(int process, int processes, int count);
}

/// <summary>A stretch of calls in which a model shares its batches.</summary>
internal readonly ref struct SharedCalls
{
    private readonly ISharedCore? _core;

    /// <summary>What shares a model's batches.</summary>
    /// <param name="model">The model.</param>
    /// <param name="layout">Its shape.</param>
    /// <param name="name">The argument that the processes came with.</param>
    /// <exception cref="ArgumentException">The model was not generated.</exception>
    public static ISharedCore CoreOf(object model, ModelLayout layout, string name) => (model as ISharedModel)?.Core ?? throw new ArgumentException(
        $"{layout.ModelName} was not generated, and only generated models work on several processes. Do not set Processes.", name);

    /// <summary>Begins to share.</summary>
    /// <param name="core">What shares; <see langword="null"/> if nothing does.</param>
    /// <param name="processes">The processes.</param>
    public SharedCalls(ISharedCore? core, ProcessGroup? processes)
    {
        _core = core;
        if (core is not null)
        {
            core.Processes = processes;
        }
    }

    /// <summary>Ends it.</summary>
    public void Dispose()
    {
        if (_core is not null)
        {
            _core.Processes = null;
        }
    }
}
