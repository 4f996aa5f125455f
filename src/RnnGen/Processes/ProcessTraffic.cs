namespace RnnGen;

/// <summary>What a process has exchanged with the others of its <see cref="ProcessGroup"/>; the difference of two of them is that of what was done between.</summary>
public readonly record struct ProcessTraffic
{
    /// <summary>Exchanges with one other process.</summary>
    public long Messages { get; internal init; }

    /// <summary>Bytes that this process sent.</summary>
    public long BytesSent { get; internal init; }

    /// <summary>Bytes that it received.</summary>
    public long BytesReceived { get; internal init; }

    /// <summary>The time of exchanges of at most 4 KiB in each direction: flags and losses, which take the time until the other process is there too.</summary>
    public TimeSpan Waiting { get; internal init; }

    /// <summary>The time of longer exchanges.</summary>
    public TimeSpan Exchanging { get; internal init; }
}
