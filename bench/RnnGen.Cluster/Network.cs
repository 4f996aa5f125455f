namespace RnnGen.Cluster;

/// <summary>What connects machines.</summary>
/// <param name="Name">What tables call it.</param>
/// <param name="Latency">Seconds that a message takes beside its bytes.</param>
/// <param name="BytesPerSecond">Bytes in each direction at the same time.</param>
public sealed record Network(string Name, double Latency, double BytesPerSecond)
{
    /// <summary>25 Gbit/s with 90 % of it for the data, and MPI over TCP.</summary>
    public static Network Ethernet { get; } = new("Ethernet, 25 Gbit/s", 20e-6, 0.9 * 25e9 / 8);

    /// <summary>InfiniBand HDR: 200 Gbit/s with 90 % of it for the data.</summary>
    public static Network InfiniBand { get; } = new("InfiniBand, 200 Gbit/s", 2e-6, 0.9 * 200e9 / 8);

    /// <summary>Seconds of an exchange of two processes, from when both are there.</summary>
    /// <param name="bytes">The longer of the two messages.</param>
    public double Seconds(double bytes) => Latency + (bytes / BytesPerSecond);
}
