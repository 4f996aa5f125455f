using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace RnnGen.Mpi;

/// <summary>
/// The messages of a process. Beside what two processes exchange, each sends every other one notice in its life: that it leaves, or that it failed. A receive of a notice is open all the time, so that whoever
/// waits for a process that left learns of it; what was sent before a notice still arrives.
/// </summary>
internal sealed unsafe class MpiMail
{
    private const int DataTag = 0, NoticeTag = 1;

    // One message is no longer than this: lengths are 32-bit numbers.
    private const int LongestMessage = 1 << 30;

    // A notice: whether it is of a failure, in which process that began, its sender, the length of its text, and the text.
    private const int NoticeHeader = 4 * sizeof(int), LongestNotice = 2048;

    // What a process sent before its notice may still be under way in a second channel.
    private static readonly TimeSpan s_grace = TimeSpan.FromMilliseconds(200);

    // A process that failed ends the job as soon as its program lets it; then the others do.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    private readonly MpiLibrary _library;
    private readonly int _rank;
    private readonly MpiRequests _requests; // the notice to come, what is received, what is sent
    private readonly MpiRequests _notices; // of this process
    private readonly byte* _sentNotice, _receivedNotice; // live as long as the process
    private readonly string?[] _ends; // why a process exchanges nothing any more
    private readonly int[] _firsts; // and in which process that began
    private int _received; // notices
    private bool _hasAnnounced;
    private bool _hasFailure;

    /// <summary>Begins to listen.</summary>
    public MpiMail(MpiLibrary library, int rank, int count)
    {
        (_library, _rank) = (library, rank);
        (_requests, _notices) = (new(library.RequestSize, 3), new(library.RequestSize, count));
        _sentNotice = (byte*)NativeMemory.AllocZeroed(LongestNotice);
        _receivedNotice = (byte*)NativeMemory.AllocZeroed(LongestNotice);
        (_ends, _firsts) = (new string?[count], new int[count]);
        Listen();
    }

    private enum Slot
    {
        Notice,
        Received,
        Sent,
    }

    /// <summary>Sends and receives at the same time, in pieces where the library could not count the bytes.</summary>
    /// <exception cref="ProcessGroupException">The other process does not answer, has left or failed, or exchanges something else.</exception>
    public void Exchange(int partner, ReadOnlySpan<byte> sent, Span<byte> received, string activity)
    {
        do
        {
            ReadOnlySpan<byte> from = sent[..Math.Min(sent.Length, LongestMessage)];
            Span<byte> to = received[..Math.Min(received.Length, LongestMessage)];
            ExchangePiece(partner, from, to, activity);
            sent = sent[from.Length..];
            received = received[to.Length..];
        }
        while (!sent.IsEmpty || !received.IsEmpty);
    }

    /// <summary>Sends the notice of this process: that it failed, or that it leaves.</summary>
    /// <param name="failure">What failed; <see langword="null"/> for a process that leaves.</param>
    /// <param name="first">The process in which it began.</param>
    public void Announce(string? failure, int first)
    {
        byte[] text = Encoding.UTF8.GetBytes(failure ?? "");
        int length = Math.Min(text.Length, LongestNotice - NoticeHeader);
        Span<int> header = new(_sentNotice, NoticeHeader / sizeof(int));
        (header[0], header[1], header[2], header[3]) = (failure is null ? 0 : 1, first, _rank, length);
        text.AsSpan(0, length).CopyTo(new Span<byte>(_sentNotice + NoticeHeader, length));
        _hasAnnounced = true;
        for (int other = 0; other < _ends.Length; other++)
        {
            if (other != _rank)
            {
                _library.Send(_sentNotice, NoticeHeader + length, other, NoticeTag, _notices[other]);
            }
        }
    }

    /// <summary>Waits until every other process has left too.</summary>
    /// <returns>Whether they have; otherwise one failed.</returns>
    public bool WaitForOthers()
    {
        while (_received < _ends.Length - 1 && !_hasFailure)
        {
            if (_library.Test(_requests[(int)Slot.Notice]))
            {
                TakeNotice();
            }
            else
            {
                Thread.Sleep(1);
            }
        }

        if (_hasFailure)
        {
            Thread.Sleep(s_patience);
        }

        return !_hasFailure;
    }

    /// <summary>Lets the library send what it has, for as long as the others may need to read it.</summary>
    public void Flush(TimeSpan time)
    {
        for (long begin = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(begin) < time; Thread.Sleep(1))
        {
            for (int other = 0; other < _ends.Length && _hasAnnounced; other++)
            {
                _ = other == _rank || _library.Test(_notices[other]);
            }
        }
    }

    private void ExchangePiece(int partner, ReadOnlySpan<byte> sent, Span<byte> received, string activity)
    {
        ThrowIfEnded(partner, activity);
        fixed (byte* from = sent)
        fixed (byte* to = received)
        {
            int length = 0;
            bool isReceived = true, isSent = false;
            try
            {
                _library.Receive(to, received.Length, partner, DataTag, _requests[(int)Slot.Received]);
                isReceived = false;
                _library.Send(from, sent.Length, partner, DataTag, _requests[(int)Slot.Sent]);
                while (!isReceived || !isSent)
                {
                    int count;
                    switch ((Slot)_library.WaitAny(_requests, out count))
                    {
                        case Slot.Received:
                            (isReceived, length) = (true, count);
                            break;
                        case Slot.Sent:
                            isSent = true;
                            break;
                        case Slot.Notice:
                            TakeNotice();
                            if (_ends[partner] is not null && !HasArrived(ref isReceived, ref isSent, ref length))
                            {
                                ThrowIfEnded(partner, activity);
                            }

                            break;
                        default:
                            throw new InvalidOperationException("MPI finished a request that was not made.");
                    }
                }
            }
            catch (MpiException e)
            {
                throw new ProcessGroupException(e.IsTruncated ? Mismatch(partner, activity) : Invariant($"Process {_rank} lost process {partner} in {activity}: {e.Message} The job cannot go on; start it again with Resume."), partner);
            }
            finally
            {
                if (!isReceived && !_library.Cancel(_requests[(int)Slot.Received], s_grace))
                {
                    // The library may still write into memory that is free from here on.
                    Console.Error.WriteLine(Invariant($"Process {_rank} failed in {activity}, and ends the job: what process {partner} began to send cannot be taken back."));
                    _library.Abort();
                }
            }

            if (length != received.Length)
            {
                throw new ProcessGroupException(Mismatch(partner, activity), partner);
            }
        }
    }

    // The processes are at different places of the program.
    private string Mismatch(int partner, string activity) => Invariant(
        $"Process {partner} sent something else than process {_rank} expected in {activity}: they do not do the same. Make the same calls with the same models, data and options in all processes.");

    // What the partner sent before its notice arrives before it, or soon.
    private bool HasArrived(ref bool isReceived, ref bool isSent, ref int length)
    {
        for (long begin = Stopwatch.GetTimestamp(); !(isReceived && isSent) && Stopwatch.GetElapsedTime(begin) < s_grace; Thread.Yield())
        {
            if (!isReceived && _library.Test(_requests[(int)Slot.Received], out int count))
            {
                (isReceived, length) = (true, count);
            }

            isSent = isSent || _library.Test(_requests[(int)Slot.Sent]);
        }

        return isReceived && isSent;
    }

    private void ThrowIfEnded(int partner, string activity)
    {
        if (_ends[partner] is { } end)
        {
            throw new ProcessGroupException(end.Length > 0 ? end : Invariant($"Process {partner} left while process {_rank} was still exchanging in {activity}. All processes make the same calls; one that must give up throws."), _firsts[partner]);
        }
    }

    private void TakeNotice()
    {
        ReadOnlySpan<int> header = new(_receivedNotice, NoticeHeader / sizeof(int));
        (bool isFailure, int first, int sender, int length) = (header[0] != 0, header[1], header[2], header[3]);
        _ends[sender] = isFailure ? Encoding.UTF8.GetString(_receivedNotice + NoticeHeader, length) : "";
        _firsts[sender] = isFailure ? first : sender;
        _hasFailure |= isFailure;
        _received++;
        Listen();
    }

    private void Listen()
    {
        if (_received < _ends.Length - 1)
        {
            _library.Receive(_receivedNotice, LongestNotice, _library.AnySource, NoticeTag, _requests[(int)Slot.Notice]);
        }
    }
}

/// <summary>Requests of a library one after the other, as it has them: as wide as a pointer, or as a 32-bit number.</summary>
/// <param name="size">Bytes of a request.</param>
/// <param name="count">How many.</param>
internal sealed unsafe class MpiRequests(int size, int count)
{
    private readonly byte* _first = (byte*)NativeMemory.AllocZeroed((nuint)(size * count)); // lives as long as the process

    /// <summary>How many there are.</summary>
    public int Count => count;

    /// <summary>The place of one.</summary>
    public void* this[int index] => _first + (index * size);
}

/// <summary>A function of the library failed.</summary>
/// <param name="message">The library's text.</param>
internal sealed class MpiException(string message) : Exception(message)
{
    /// <summary>Whether a message was longer than what was expected.</summary>
    public bool IsTruncated => Message.Contains("truncated", StringComparison.OrdinalIgnoreCase);
}
