using System.Runtime.ExceptionServices;

namespace RnnGen.Runtime;

/// <summary>The calls that all processes make together.</summary>
internal enum SharedCall
{
    Fit = 1,
    Evaluate,
    Sweep,
    AsShard,
    Backtest,
}

/// <summary>
/// Work that the processes of a group do together. Whatever one of them throws alone reaches all: what is thrown before the first exchange, or by work that <see cref="Agree{T}(ProcessGroup?, Func{T})"/> does, all throw, and may go on
/// together; anything else ends the group, and the others learn of it where they wait for this process.
/// </summary>
internal static class Together
{
    /// <summary>Does this process's part of the work.</summary>
    /// <param name="processes">The processes; <see langword="null"/>, or a group of one, for this one alone.</param>
    /// <param name="call">The call that all processes make.</param>
    /// <param name="name">The argument that the processes came with.</param>
    /// <param name="work">The work; it receives <see langword="null"/> where this process is alone.</param>
    /// <exception cref="ArgumentException">The number of processes is not a power of two.</exception>
    /// <exception cref="ProcessGroupException">This process failed before, or another one makes another call.</exception>
    public static T Run<T>(ProcessGroup? processes, SharedCall call, string name, Func<ProcessGroup?, T> work)
    {
        if (processes is not { Count: > 1 })
        {
            return work(null);
        }

        processes.CheckCount(name);
        processes.CheckUse();
        using ProcessGroup.Turn turn = processes.Enter();
        string before = processes.Activity;
        processes.Activity = NameOf(call);
        try
        {
            Meet(processes, call);
            return work(processes);
        }
        catch (Exception e) when (!processes.HasAgreedOn(e))
        {
            processes.Fail(e);
            throw;
        }
        finally
        {
            processes.Activity = before;
        }
    }

    /// <summary>Does work of this process's own, which exchanges nothing. If it fails in any process, all throw: each its own failure, or one that names the first process that failed.</summary>
    /// <param name="processes">The processes; <see langword="null"/> for this one alone.</param>
    /// <param name="work">The work.</param>
    public static T Agree<T>(ProcessGroup? processes, Func<T> work)
    {
        if (processes is null)
        {
            return work();
        }

        T? result = default;
        Exception? own = null;
        try
        {
            result = work();
        }
        catch (Exception e)
        {
            own = e;
        }

        Exception? failure = processes.First(own);
        if (failure is not null && ReferenceEquals(failure, own))
        {
            ExceptionDispatchInfo.Throw(own);
        }

        return failure is null ? result! : throw failure;
    }

    /// <summary>The same for work that may be cancelled, which then ends in all processes.</summary>
    /// <param name="processes">The processes; <see langword="null"/> for this one alone.</param>
    /// <param name="work">The work.</param>
    /// <param name="cancellationToken">The token of this process.</param>
    /// <exception cref="OperationCanceledException">The token of a process was cancelled.</exception>
    public static T Agree<T>(ProcessGroup? processes, Func<T> work, CancellationToken cancellationToken)
    {
        if (processes is null)
        {
            return work();
        }

        bool isCancelled = false;
        T? result = Agree(processes, () =>
        {
            try
            {
                return work();
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                isCancelled = true; // the others learn of it when they have done their work
                return default;
            }
        });
        return processes.Any(isCancelled) ? throw processes.Agree(new OperationCanceledException(cancellationToken)) : result!;
    }

    private static string NameOf(SharedCall call) => call == SharedCall.Backtest ? "the back-test" : call.ToString();

    // Processes that make different calls would take each other's messages for their own. A message of this length begins nothing else.
    private static void Meet(ProcessGroup processes, SharedCall call)
    {
        long[] calls = new long[processes.Count];
        calls[processes.Rank] = (long)call;
        processes.Gather<long>(calls, processes.Starts(calls.Length));
        for (int rank = 1; rank < calls.Length; rank++)
        {
            if (calls[rank] != calls[0])
            {
                throw processes.Agree(new ProcessGroupException(
                    Invariant($"Process {rank} calls {NameOf((SharedCall)calls[rank])} where process 0 calls {NameOf((SharedCall)calls[0])}. All processes make the same calls in the same order."), rank));
            }
        }
    }
}
