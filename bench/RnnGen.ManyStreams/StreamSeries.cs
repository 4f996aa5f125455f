using RnnGen.Comparison;

namespace RnnGen.ManyStreams;

/// <summary>The cost of a step of one stream, among a number of streams that are stepped together.</summary>
/// <param name="Name">The size, such as <c>64 → 128</c>.</param>
/// <param name="State">A step of a <c>State</c>.</param>
/// <param name="Sets">Sets by their number of streams, in rising order.</param>
internal sealed record StreamSeries(string Name, Timed State, IReadOnlyList<Timed> Sets)
{
    private const int Rounds = 30;

    private static readonly int[] s_counts = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 128, 256, 512, 1024];

    public static StreamSeries Of(Lstm16To32 model)
    {
        Lstm16To32.State state = model.CreateState();
        return Of("16 → 32", (Lstm16To32.InputSize, Lstm16To32.OutputSize), state.Step, s_counts.Select(count => (count, (StepAction)model.CreateStreams(count).Step)));
    }

    public static StreamSeries Of(Lstm64To128 model)
    {
        Lstm64To128.State state = model.CreateState();
        return Of("64 → 128", (Lstm64To128.InputSize, Lstm64To128.OutputSize), state.Step, s_counts.Select(count => (count, (StepAction)model.CreateStreams(count).Step)));
    }

    /// <summary>Measures all sets in turn, several times, and keeps the lowest times.</summary>
    public void Measure()
    {
        for (int round = 0; round < Rounds; round++)
        {
            State.Measure();
            foreach (Timed set in Sets)
            {
                set.Measure();
            }
        }
    }

    /// <summary>Lines of a file: model, streams, seconds.</summary>
    public IEnumerable<string> Rows => Sets.Select(t => $"LSTM {Name},{t.Streams},{t.Seconds:G6}").Prepend($"LSTM {Name},State,{State.Seconds:G6}");

    /// <summary>Prints streams and times.</summary>
    public void Print()
    {
        Console.WriteLine($"LSTM {Name}: a State's step takes {State.Seconds * 1e9:F0} ns\n\n| streams | µs a step | ns a stream |\n|---:|---:|---:|");
        foreach (Timed set in Sets)
        {
            Console.WriteLine($"| {set.Streams} | {set.Seconds * 1e6:F2} | {set.Seconds / set.Streams * 1e9:F1} |");
        }

        Console.WriteLine();
    }

    private static StreamSeries Of(string name, (int Inputs, int Outputs) sizes, StepAction state, IEnumerable<(int Count, StepAction Step)> sets) =>
        new(name, new Timed(1, state, sizes), [.. sets.Select(s => new Timed(s.Count, s.Step, sizes))]);
}

/// <summary>Computes a step of some streams.</summary>
internal delegate void StepAction(ReadOnlySpan<float> inputs, Span<float> outputs);

/// <summary>A step that is timed.</summary>
/// <param name="streams">Streams that it steps.</param>
/// <param name="step">The step.</param>
/// <param name="sizes">Inputs and outputs of a stream.</param>
internal sealed class Timed(int streams, StepAction step, (int Inputs, int Outputs) sizes)
{
    // Streams that are stepped between two looks at the clock.
    private const int Steps = 1500;

    private readonly float[] _inputs = [.. Enumerable.Range(0, streams * sizes.Inputs).Select(i => 0.5f * MathF.Sin(i * 0.37f))];
    private readonly float[] _outputs = new float[streams * sizes.Outputs];

    public int Streams => streams;

    /// <summary>The lowest time of a step so far.</summary>
    public double Seconds { get; private set; } = double.PositiveInfinity;

    public void Measure()
    {
        int count = Math.Max(2, Steps / streams);
        double time = Clock.Time(() =>
        {
            for (int i = 0; i < count; i++)
            {
                step(_inputs, _outputs);
            }
        });
        Seconds = Math.Min(Seconds, time / count);
    }
}
