using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Text;

namespace RnnGen.Runtime;

/// <summary>What several processes do together, made of exchanges between two. The number of processes is a power of two.</summary>
internal static class Collectives
{
    /// <summary>Checks that processes can work together: their number is a power of two.</summary>
    /// <exception cref="ArgumentException">It is not.</exception>
    public static void CheckCount(this ProcessGroup group, string name)
    {
        if (!int.IsPow2(group.Count))
        {
            throw new ArgumentException(Invariant($"There are {group.Count} processes; the number of processes that work together is a power of two. Start 1, 2, 4, 8, …."), name);
        }
    }

    /// <summary>Values of any type instead of bytes; nothing is exchanged where there is nothing on either side.</summary>
    public static void Exchange<T>(this ProcessGroup group, int partner, ReadOnlySpan<T> sent, Span<T> received) where T : unmanaged
    {
        if (!sent.IsEmpty || !received.IsEmpty)
        {
            group.ExchangeCounted(partner, MemoryMarshal.AsBytes(sent), MemoryMarshal.AsBytes(received));
        }
    }

    /// <summary>Every process receives what all others own.</summary>
    /// <param name="group">The processes.</param>
    /// <param name="values">The values of all processes, of which each has its own.</param>
    /// <param name="starts">For each process where its values begin, and then the number of all.</param>
    public static void Gather<T>(this ProcessGroup group, Span<T> values, ReadOnlySpan<int> starts) where T : unmanaged
    {
        for (int size = 1; size < group.Count; size *= 2)
        {
            int own = group.Rank & ~(size - 1), other = own ^ size;
            group.Exchange<T>(group.Rank ^ size, values[starts[own]..starts[own + size]], values[starts[other]..starts[other + size]]);
        }
    }

    /// <summary>Whether any process says so.</summary>
    public static bool Any(this ProcessGroup group, bool value) => group.Combine(value, static (own, other) => own | other);

    /// <summary>The greatest of a number of all processes.</summary>
    public static double Maximum(this ProcessGroup group, double value) => group.Combine(value, Math.Max);

    /// <summary>Where each process's part of some values begins, and then their number: parts as equal as can be, in the order of the processes.</summary>
    public static int[] Starts(this ProcessGroup group, int count)
    {
        int[] starts = new int[group.Count + 1];
        for (int rank = 0; rank <= group.Count; rank++)
        {
            starts[rank] = (int)((long)count * rank / group.Count);
        }

        return starts;
    }

    private static T Combine<T>(this ProcessGroup group, T value, Func<T, T, T> combine) where T : unmanaged
    {
        Span<T> own = [value], other = [default];
        for (int size = 1; size < group.Count; size *= 2)
        {
            group.Exchange<T>(group.Rank ^ size, own, other);
            own[0] = combine(own[0], other[0]);
        }

        return own[0];
    }

    /// <summary>All processes receive what process 0 has.</summary>
    public static void Broadcast<T>(this ProcessGroup group, Span<T> values) where T : unmanaged
    {
        for (int size = (int)BitOperations.RoundUpToPowerOf2((uint)group.Count) / 2; size > 0; size /= 2)
        {
            if (group.Rank % (2 * size) == 0)
            {
                group.Exchange<T>(group.Rank + size, values, default);
            }
            else if (group.Rank % (2 * size) == size)
            {
                group.Exchange(group.Rank - size, default, values);
            }
        }
    }

    /// <summary>All processes receive the bytes that process 0 has; <see langword="null"/> if it has none.</summary>
    public static byte[]? BroadcastBytes(this ProcessGroup group, byte[]? bytes)
    {
        Span<int> length = [bytes?.Length ?? -1];
        group.Broadcast(length);
        if (length[0] < 0)
        {
            return null;
        }

        byte[] all = group.Rank == 0 ? bytes! : new byte[length[0]];
        group.Broadcast(all.AsSpan());
        return all;
    }

    /// <summary>What is not finite in the first process that found something; <see langword="null"/> if none did.</summary>
    public static NonFiniteException? First(this ProcessGroup group, NonFiniteException? own) => (NonFiniteException?)group.First((Exception?)own);

    /// <summary>
    /// What this process throws because something failed in one of them: what is not finite in the first one; its own failure, or one that names that process; <see langword="null"/> if nothing failed.
    /// Then all throw, and may go on together.
    /// </summary>
    public static Exception? First(this ProcessGroup group, Exception? own)
    {
        string text = own switch
        {
            null => "",
            NonFiniteException { Parts: var (before, sequence, after) } => $"{before}\0{Invariant($"{sequence}")}\0{after}",
            NonFiniteException => $"{own.Message}\0",
            _ => Named(own),
        };
        IReadOnlyList<byte[]> all = group.Gather(Encoding.UTF8.GetBytes(text));
        for (int rank = 0; rank < all.Count; rank++)
        {
            if (all[rank].Length > 0)
            {
                return group.Agree(Received(group, rank, Encoding.UTF8.GetString(all[rank]).Split('\0'), own));
            }
        }

        return null;
    }

    private static Exception Received(ProcessGroup group, int rank, string[] parts, Exception? own) => parts.Length switch
    {
        1 => own ?? new ProcessGroupException(InProcess(group, rank, parts[0]), rank),
        2 => rank == group.Rank ? own! : new NonFiniteException(parts[0]),
        3 => rank == group.Rank ? own! : new NonFiniteException(parts[0], int.Parse(parts[1], CultureInfo.InvariantCulture), parts[2]),
        _ => throw new InvalidOperationException(Invariant($"A failure of {parts.Length} parts is not defined.")),
    };

    /// <summary>An exception of one process, as the others name it.</summary>
    public static string Named(Exception exception) => $"{exception.GetType().Name}: {exception.Message.Replace('\0', ' ')}";

    /// <summary>What another process says of a failure.</summary>
    public static string InProcess(ProcessGroup group, int rank, string failure) => Invariant($"Process {rank} failed in {group.Activity}: {failure}");

    /// <summary>All processes receive the text that process 0 has.</summary>
    public static string? BroadcastText(this ProcessGroup group, string? text) =>
        group.BroadcastBytes(text is null ? null : Encoding.UTF8.GetBytes(text)) is { } bytes ? Encoding.UTF8.GetString(bytes) : null;
}
