using System.ComponentModel;
using System.Runtime.CompilerServices;

namespace RnnGen.Runtime;

/// <summary>
/// Steps of a group that threads share which have no group of their own: each takes some units of a layer, or some of the steps. What a part computes does not depend
/// on how many there are.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class SharedSteps : ParallelJob
{
    private int _work, _from, _to;

    /// <summary>The threads that a group has, at least 1.</summary>
    internal int Threads { get; set; } = 1;

    /// <summary>Does a work, and returns when all of it is done.</summary>
    /// <param name="work">Which of the model's works.</param>
    /// <param name="from">The first step.</param>
    /// <param name="to">The step after the last.</param>
    /// <param name="isLarge">Whether it is worth asking another thread.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(int work, int from, int to, bool isLarge)
    {
        (_work, _from, _to) = (work, from, to);
        Run(isLarge ? Threads : 1);
    }

    /// <summary>Does a part of a work.</summary>
    /// <param name="work">The part.</param>
    private protected abstract void Share(SharedWork work);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected sealed override void RunPart(int part, int parts) => Share(new SharedWork(_work, _from, _to, part, parts));
}
