using System.Diagnostics;
using System.Globalization;

namespace RnnGen.Overheads;

/// <summary>Short trainings on two threads beside trainings on one, on a machine as it is and where other programs keep all cores busy.</summary>
internal static class CrowdedThreads
{
    private const int Steps = 40;

    public static void Run(int turns)
    {
        Console.WriteLine($"Threads: {Steps} steps of training on two threads over as many on one, {turns} turns; then with {Environment.ProcessorCount} programs that keep all cores busy\n");
        Console.WriteLine("| model | others | one thread, median | two over one, median [quartiles] | slowest of one | slowest of two |\n|---|---|---:|---:|---:|---:|");
        foreach (bool isCrowded in (bool[])[false, true])
        {
            Process[] busy = isCrowded ? [.. Enumerable.Range(0, Environment.ProcessorCount).Select(_ => Process.Start("sh", ["-c", "while :; do :; done"]))] : [];
            try
            {
                string others = isCrowded ? $"{busy.Length} busy" : "as it is";
                Row<Rnn_32_64_16_32>("RNN (tanh) 32,64,16,32", others, turns);
                Row<Lstm_32_64_16_32>("LSTM 32,64,16,32", others, turns);
                Row<Lstm_32_64_64_128>("LSTM 32,64,64,128", others, turns);
            }
            finally
            {
                foreach (Process process in busy)
                {
                    process.Kill();
                    process.Dispose();
                }
            }
        }

        Console.WriteLine();
    }

    private static void Row<TModel>(string name, string others, int turns) where TModel : IRnnModel<TModel, float, float, float>
    {
        List<double> ones = [], twos = [];
        Func<double> one = Training<TModel>(1), two = Training<TModel>(2);
        Ratio ratio = Ratio.Measure(turns, () => Add(ones, one()), () => Add(twos, two()));
        ones.Sort();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"| {name} | {others} | {ones[ones.Count / 2] * 1e3:F1} ms | {ratio.Median:F2} [{ratio.Quartiles.Low:F2} to {ratio.Quartiles.High:F2}] | {ones[^1] * 1e3:F0} ms | {twos.Max() * 1e3:F0} ms |"));

        static double Add(List<double> all, double seconds)
        {
            all.Add(seconds);
            return seconds;
        }
    }

    private static Func<double> Training<TModel>(int threads) where TModel : IRnnModel<TModel, float, float, float>
    {
        ModelLayout layout = TModel.Layout;
        TModel model = TModel.Create(1);
        typeof(TModel).GetProperty("Threads")!.SetValue(model, threads);
        Random random = new(1);
        float[] inputs = Draw(layout.InputLength), targets = Draw(layout.TargetLength);
        Adam optimizer = new(1e-5) { ClipNorm = 1 };
        Time();
        return Time;

        double Time()
        {
            long start = Stopwatch.GetTimestamp();
            for (int i = 0; i < Steps; i++)
            {
                model.TrainStep(inputs, targets, layout.BatchSize, optimizer);
            }

            return Stopwatch.GetElapsedTime(start).TotalSeconds;
        }

        float[] Draw(int length) => [.. Enumerable.Range(0, layout.BatchSize * length).Select(_ => (2 * random.NextSingle()) - 1)];
    }
}
