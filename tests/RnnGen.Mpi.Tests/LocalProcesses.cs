using System.Collections.Concurrent;

using Shouldly;
using Xunit;

namespace RnnGen.Mpi.Tests;

/// <summary>A group whose processes are threads of this one; it counts the bytes that each sends.</summary>
internal sealed class LocalProcesses : ProcessGroup
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(1);

    private readonly BlockingCollection<byte[]>[,] _mail;

    private LocalProcesses(int rank, BlockingCollection<byte[]>[,] mail) : base(rank, mail.GetLength(0)) => _mail = mail;

    public long Sent { get; private set; }

    /// <summary>Creates the processes of a group.</summary>
    public static LocalProcesses[] Start(int count)
    {
        BlockingCollection<byte[]>[,] mail = new BlockingCollection<byte[]>[count, count];
        for (int i = 0; i < count * count; i++)
        {
            mail[i / count, i % count] = [];
        }

        return [.. Enumerable.Range(0, count).Select(rank => new LocalProcesses(rank, mail))];
    }

    /// <summary>Runs the same on every process, each on a thread of its own, and returns what they return.</summary>
    public static T[] Run<T>(int count, Func<LocalProcesses, T> run)
    {
        Task<T>[] tasks = [.. Start(count).Select(process => Task.Factory.StartNew(() => run(process), TaskCreationOptions.LongRunning))];
        Task.WaitAll(tasks);
        return [.. tasks.Select(task => task.Result)];
    }

    /// <summary>Lets the others know that nothing more comes.</summary>
    public void Leave()
    {
        for (int partner = 0; partner < Count; partner++)
        {
            _mail[Rank, partner].CompleteAdding();
        }
    }

    protected override void Exchange(int partner, ReadOnlySpan<byte> sent, Span<byte> received)
    {
        partner.ShouldNotBe(Rank);
        Sent += sent.Length;
        _mail[Rank, partner].Add(sent.ToArray());
        _mail[partner, Rank].TryTake(out byte[]? message, s_patience).ShouldBeTrue($"process {Rank} waits for process {partner}");
        message!.Length.ShouldBe(received.Length);
        message.CopyTo(received);
    }
}
