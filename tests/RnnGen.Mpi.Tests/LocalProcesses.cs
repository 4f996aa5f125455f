using Shouldly;

namespace RnnGen.Mpi.Tests;

/// <summary>A group whose processes are threads of this one; it counts the bytes that each sends.</summary>
internal sealed class LocalProcesses : ProcessGroup
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(1);

    private readonly Mail _mail;

    private LocalProcesses(int rank, int count, Mail mail) : base(rank, count) => _mail = mail;

    public long Sent { get; private set; }

    public new bool HasFailed => base.HasFailed;

    /// <summary>Creates the processes of a group.</summary>
    public static LocalProcesses[] Start(int count)
    {
        Mail mail = new(count);
        return [.. Enumerable.Range(0, count).Select(rank => new LocalProcesses(rank, count, mail))];
    }

    /// <summary>Runs the same on every process, each on a thread of its own, and returns what they return.</summary>
    public static T[] Run<T>(int count, Func<LocalProcesses, T> run)
    {
        Task<T>[] tasks = [.. Start(count).Select(process => Task.Factory.StartNew(() => run(process), TaskCreationOptions.LongRunning))];
        Task.WaitAll(tasks);
        return [.. tasks.Select(task => task.Result)];
    }

    protected override void Announce(string message, int rank) => _mail.End(Rank, message, rank);

    // It leaves: to who waits for it, or will, that is a failure.
    protected override void Dispose(bool disposing)
    {
        _mail.End(Rank, FormattableString.Invariant($"Process {Rank} left"), Rank);
        base.Dispose(disposing);
    }

    protected override void Exchange(int partner, ReadOnlySpan<byte> sent, Span<byte> received)
    {
        partner.ShouldNotBe(Rank);
        Sent += sent.Length;
        _mail.Send(Rank, partner, sent.ToArray());
        byte[] message = _mail.Receive(partner, Rank);
        if (message.Length != received.Length)
        {
            throw new ProcessGroupException(FormattableString.Invariant($"Process {partner} sent {message.Length} bytes, and process {Rank} expected {received.Length}"), partner);
        }

        message.CopyTo(received);
    }

    // What was sent before the end of a process still arrives.
    private sealed class Mail(int count)
    {
        private readonly Queue<byte[]>[] _messages = [.. Enumerable.Range(0, count * count).Select(_ => new Queue<byte[]>())];
        private readonly (string Message, int Rank)?[] _ends = new (string Message, int Rank)?[count];

        public void Send(int from, int to, byte[] message)
        {
            lock (_messages)
            {
                _messages[(from * count) + to].Enqueue(message);
                System.Threading.Monitor.PulseAll(_messages);
            }
        }

        public byte[] Receive(int from, int to)
        {
            lock (_messages)
            {
                byte[]? message;
                while (!_messages[(from * count) + to].TryDequeue(out message))
                {
                    if (_ends[from] is { } end)
                    {
                        throw new ProcessGroupException(end.Message, end.Rank);
                    }

                    System.Threading.Monitor.Wait(_messages, s_patience).ShouldBeTrue($"process {to} waits for process {from}");
                }

                return message;
            }
        }

        public void End(int process, string message, int rank)
        {
            lock (_messages)
            {
                _ends[process] ??= (message, rank);
                System.Threading.Monitor.PulseAll(_messages);
            }
        }
    }
}
