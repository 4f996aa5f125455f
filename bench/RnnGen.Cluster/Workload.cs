namespace RnnGen.Cluster;

/// <summary>A step of training as each process takes it.</summary>
/// <param name="Name">What tables call the model.</param>
/// <param name="Compute">Seconds of computing a step, without the straggling.</param>
/// <param name="GradientBytes">The dense gradient, of which a process moves 2·(p - 1)/p.</param>
public sealed record Workload(string Name, double Compute, double GradientBytes)
{
    /// <summary>Bytes of the touched embedding rows of a process.</summary>
    public double RowBytes { get; init; }

    /// <summary>Bytes of all rows: what processes have together is no more.</summary>
    public double TableBytes { get; init; } = double.PositiveInfinity;

    /// <summary>The mean of what a process takes longer than <see cref="Compute"/>, in seconds; exponentially distributed, independent from step to step and process to process.</summary>
    public double Straggling { get; init; }

    /// <summary>Bytes of memory that are added up in a second.</summary>
    public double AddedPerSecond { get; init; } = 10e9;
}

/// <summary>The seconds of a step.</summary>
/// <param name="Compute">Computing of the process itself.</param>
/// <param name="Waiting">For the slowest process.</param>
/// <param name="Exchange">Moving and adding bytes.</param>
public readonly record struct StepTime(double Compute, double Waiting, double Exchange)
{
    /// <summary>All of it.</summary>
    public double Total => Compute + Waiting + Exchange;
}
