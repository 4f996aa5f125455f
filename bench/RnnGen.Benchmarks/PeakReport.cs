using System.Diagnostics;
using System.Globalization;

namespace RnnGen.Benchmarks;

/// <summary>
/// Times training steps and a probe of the machine's FMA peak in turn, round by round, so that both see the same
/// machine, and prints the medians and each step's share of the peak on the work that it does.
/// </summary>
internal static class PeakReport
{
    private const int Rounds = 15;

    public static void Run()
    {
        List<Row> rows =
        [
            Row.Training<Lstm_32_64_64_128>("LSTM 32,64,64,128"),
            Row.Training<Lstm_32_64_16_32>("LSTM 32,64,16,32"),
            Row.Training<Lstm_64_100_1_64>("LSTM 64,100,1,64"),
            Row.Training<Lstm_32_128_256_256>("LSTM 32,128,256,256"),
            Row.Training<Gru_32_64_64_128>("GRU 32,64,64,128"),
            Row.Training<Rnn_32_64_64_128>("RNN 32,64,64,128"),
        ];
        List<double> peak = [];
        for (int round = 0; round < Rounds; round++)
        {
            Console.Error.Write($"\rround {round + 1} of {Rounds} ");
            foreach (Row row in rows)
            {
                peak.Add(FmaPeak.Operations / Time(() => FmaPeak.Run()));
                row.Samples.Add(row.Measure());
            }
        }

        Console.Error.WriteLine();
        double best = Median(peak);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"FMA peak, one thread: {best / 1e9:F1} GFLOP/s (median of {peak.Count} probes)"));
        Console.WriteLine("training step: forward + BPTT + clip + Adam, float, one thread");
        Console.WriteLine($"{"batch,steps,inputs,units",-26}{"median ms",12}{"min ms",10}{"GFLOP/s",10}{"of peak",10}");
        foreach (Row row in rows)
        {
            double seconds = Median(row.Samples);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{row.Name,-26}{seconds * 1e3,12:F3}{row.Samples.Min() * 1e3,10:F3}{row.Flops / seconds / 1e9,10:F1}{row.Flops / seconds / best,10:P1}"));
        }
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    private static double Time(Action action)
    {
        long start = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private sealed record Row(string Name, double Flops, Action Step, int Repeats)
    {
        public List<double> Samples { get; } = [];

        public double Measure() => Time(() =>
        {
            for (int i = 0; i < Repeats; i++)
            {
                Step();
            }
        }) / Repeats;

        public static Row Training<TModel>(string name) where TModel : IRnnModel<TModel, float, float, float>
        {
            ModelLayout layout = TModel.Layout;
            TModel model = TModel.Create(1);
            Batch batch = Batch.For(layout);
            Adam optimizer = new(1e-3) { ClipNorm = 1 };
            void Step() => model.TrainStep(batch.Inputs, batch.Targets, batch.Count, optimizer);

            // Past the JIT's tiers before anything is measured.
            for (int i = 0; i < 40; i++)
            {
                Step();
            }

            Thread.Sleep(200);
            double once = Time(Step);
            return new Row(name, Work(layout), Step, Math.Max(1, (int)(0.02 / once)));
        }

        // Forward, weight gradient, and the gradient towards the previous state; none towards the first layer's input.
        private static double Work(ModelLayout layout)
        {
            ParameterInfo input = layout.Parameters[0];
            ParameterInfo recurrent = layout.Parameters[1];
            double steps = (double)layout.BatchSize * layout.InputLength / input.Shape[1];
            return 2 * steps * (2.0 * input.Length + 3.0 * recurrent.Length);
        }
    }
}
