namespace RnnGen.Cluster;

/// <summary>What a simulated training took.</summary>
/// <param name="Step">The mean time of a step.</param>
/// <param name="Messages">Messages that a process sent in a step.</param>
/// <param name="Bytes">Bytes of the gradient and of touched rows that process 0 sent in a step.</param>
public readonly record struct Simulated(StepTime Step, double Messages, double Bytes);

/// <summary>
/// A training message by message: each process has a clock, and a message of two begins when both are there and ends for both at the same time. The messages are those of <c>Fit</c>, in its order: whether to
/// stop, then computing, the losses, the touched rows of embedding tables, and the halves of the gradient to and fro.
/// </summary>
/// <param name="work">What each process computes.</param>
/// <param name="network">What connects them.</param>
/// <param name="processes">A power of two.</param>
public sealed class Simulation(Workload work, Network network, int processes)
{
    private readonly double[] _clocks = new double[processes], _computed = new double[processes], _moved = new double[processes];
    private long _messages;
    private double _bytes;

    /// <summary>Runs steps.</summary>
    /// <param name="steps">How many.</param>
    /// <param name="seed">Of the delays.</param>
    public Simulated Run(int steps, int seed = 1)
    {
        Random random = new(seed);
        return Run(steps, (_, _) => work.Compute + (work.Straggling > 0 ? -work.Straggling * Math.Log(1 - random.NextDouble()) : 0));
    }

    /// <summary>Runs steps whose computing takes given times.</summary>
    /// <param name="steps">How many.</param>
    /// <param name="compute">The seconds of a step (from 0) of a process.</param>
    public Simulated Run(int steps, Func<int, int, double> compute)
    {
        Array.Clear(_clocks);
        Array.Clear(_computed);
        Array.Clear(_moved);
        (_messages, _bytes) = (0, 0);
        for (int step = 0; step < steps; step++)
        {
            Gather(0, isCounted: false);
            for (int process = 0; process < processes; process++)
            {
                double seconds = compute(step, process);
                _clocks[process] += seconds;
                _computed[process] += seconds;
            }

            Gather(0, isCounted: false);
            if (work.RowBytes > 0)
            {
                AddUpRows();
            }

            AddUp(work.GradientBytes, 1);
        }

        double total = _clocks.Max() / steps, computed = _computed.Average() / steps, moved = _moved.Average() / steps;
        return new(new(computed, total - computed - moved, moved), (double)_messages / processes / steps, _bytes / steps);
    }

    // A few bytes to each.
    private void Gather(double bytes, bool isCounted)
    {
        for (int size = 1; size < processes; size *= 2)
        {
            ExchangeAll(size, bytes, added: 0, isCounted);
        }
    }

    // How many rows, which rows, and their values: what each has added up so far.
    private void AddUpRows()
    {
        for (int size = 1, level = 0; size < processes; size *= 2, level++)
        {
            ExchangeAll(size, 0, added: 0, isCounted: false);
            ExchangeAll(size, 0, added: 0, isCounted: false);
            ExchangeAll(size, StepModel.RowBytes(work, level), added: 0, isCounted: true);
        }
    }

    // A half is given away and the other received and added, then the same with the kept half; afterwards the halves go back.
    private void AddUp(double bytes, int size)
    {
        if (size == processes)
        {
            return;
        }

        ExchangeAll(size, bytes / 2, added: bytes / 2, isCounted: true);
        AddUp(bytes / 2, 2 * size);
        ExchangeAll(size, bytes / 2, added: 0, isCounted: true);
    }

    private void ExchangeAll(int size, double bytes, double added, bool isCounted)
    {
        double moving = network.Seconds(bytes) + (added / work.AddedPerSecond);
        for (int process = 0; process < processes; process++)
        {
            int partner = process ^ size;
            if (process < partner)
            {
                double end = Math.Max(_clocks[process], _clocks[partner]) + moving;
                (_clocks[process], _clocks[partner]) = (end, end);
            }

            _moved[process] += moving;
        }

        _messages += processes;
        _bytes += isCounted ? bytes : 0;
    }
}
