namespace RnnGen.Comparison;

/// <summary>Repeated measurements of one thing.</summary>
internal sealed class Samples
{
    private readonly List<double> _values = [];

    public IReadOnlyList<double> Values => _values;

    public double Median => At(0.5);

    /// <summary>The lower quartile.</summary>
    public double Low => At(0.25);

    /// <summary>The upper quartile.</summary>
    public double High => At(0.75);

    public void Add(double value) => _values.Add(value);

    private double At(double share)
    {
        List<double> sorted = [.. _values.Order()];
        double place = share * (sorted.Count - 1);
        int below = (int)place;
        return below + 1 < sorted.Count ? double.Lerp(sorted[below], sorted[below + 1], place - below) : sorted[below];
    }
}

/// <summary>One subject on one row: what agreed, how often it repeats to fill a sample, and the samples.</summary>
internal sealed class Cell(string name, ISubject subject)
{
    private int _repeats = 1;

    public string Name => name;

    /// <summary>Seconds of one repetition, one value a round.</summary>
    public Samples Seconds { get; } = new();

    /// <summary>How far its numbers are from RnnGen's.</summary>
    public Agreement? Agreement { get; set; }

    public float[] Check() => subject.Check();

    /// <summary>Runs until everything is warm, and chooses the repetitions that fill a sample.</summary>
    /// <param name="sample">Seconds of a sample.</param>
    /// <param name="compiled">Whether the runtime compiles it in tiers, or TorchScript does while it watches: then long enough, and with a pause, for all of them.</param>
    public void WarmUp(double sample, bool compiled)
    {
        if (compiled)
        {
            for (int turn = 0; turn < 2; turn++)
            {
                double spent = 0;
                for (int calls = 0; (calls < 40 && spent < 2) || spent < 0.05; calls++)
                {
                    spent += subject.Run(1);
                }

                // Tiers are compiled in the background, 100 ms after the last new method.
                Thread.Sleep(150);
            }
        }
        else
        {
            subject.Run(1);
        }

        while (true)
        {
            double seconds = subject.Run(_repeats);
            if (seconds >= sample / 4)
            {
                _repeats = Math.Max(1, (int)Math.Ceiling(sample * _repeats / seconds));
                return;
            }

            _repeats *= 2;
        }
    }

    /// <summary>Takes a sample. What ran before it was another's: once goes untimed, so that it begins with its own data in the caches.</summary>
    public void Measure()
    {
        subject.Run(1);
        Seconds.Add(subject.Run(_repeats) / _repeats);
    }
}

/// <summary>How far a subject's numbers are from RnnGen's.</summary>
/// <param name="Values">Greatest difference of an output or the loss, relative where the value is above 1.</param>
/// <param name="Gradients">Greatest ‖a − b‖ / ‖b‖ over the parameters' gradients; 0 where there are none.</param>
/// <param name="Bits">Bits of precision that the subject computes with: 24 or 8.</param>
internal sealed record Agreement(double Values, double Gradients, int Bits)
{
    /// <summary>In float32 1e-5 and 1e-4. Numbers of 8 bits say only that it is the same network: 0.05, and 0.2 of a gradient, which is a sum over all steps.</summary>
    public bool Holds => Bits == 24 ? Values <= 1e-5 && Gradients <= 1e-4 : Values <= 0.05 && Gradients <= 0.2;

    /// <summary>Compares what two subjects of a row computed.</summary>
    /// <param name="row">The row.</param>
    /// <param name="expected">RnnGen's.</param>
    /// <param name="found">The peer's.</param>
    /// <param name="bits">The peer's precision.</param>
    public static Agreement Of(Row row, float[] expected, float[] found, int bits = 24)
    {
        if (expected.Length != found.Length)
        {
            throw new PeerException($"it computed {found.Length} numbers where {expected.Length} were expected");
        }

        // NaN would lose every comparison: it counts as infinitely far.
        static double Finite(double value) => double.IsNaN(value) ? double.PositiveInfinity : value;
        int values = row.Work == Work.Training ? 1 : expected.Length;
        double worst = Enumerable.Range(0, values).Max(i => Finite(Math.Abs(expected[i] - found[i]) / Math.Max(1, Math.Abs(expected[i]))));
        double gradients = 0;
        foreach (ParameterInfo parameter in row.Work == Work.Training ? row.Layout.Parameters : [])
        {
            double difference = 0, norm = 0;
            for (int i = 1 + parameter.Offset; i < 1 + parameter.Offset + parameter.Length; i++)
            {
                difference += Math.Pow(expected[i] - found[i], 2);
                norm += Math.Pow(expected[i], 2);
            }

            gradients = Math.Max(gradients, Finite(Math.Sqrt(difference / norm)));
        }

        return new Agreement(worst, gradients, bits);
    }
}
