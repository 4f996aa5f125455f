using System.Globalization;
using RnnGen.Comparison;

namespace RnnGen.Overheads;

/// <summary>What measuring the gradient's flow adds to a training step: forward, BPTT, clipping and Adam on one thread.</summary>
internal static class FlowOverhead
{
    public static void Run(int turns)
    {
        Console.WriteLine($"Gradient flow: a training step that measures over one of the same model without, {turns} turns\n");
        Console.WriteLine("| model | without | with, median [quartiles] | of the least times | switched off |\n|---|---:|---:|---:|---:|");
        Row<Lstm_32_64_64_128, WatchedLstm_32_64_64_128>("LSTM 32,64,64,128", turns);
        Row<Lstm_32_64_16_32, WatchedLstm_32_64_16_32>("LSTM 32,64,16,32", turns);
        Row<Lstm_16_200_3_20, WatchedLstm_16_200_3_20>("LSTM 16,200,3,20", turns);
        Row<Gru_32_64_64_128, WatchedGru_32_64_64_128>("GRU 32,64,64,128", turns);
        Row<Rnn_32_64_64_128, WatchedRnn_32_64_64_128>("RNN (tanh) 32,64,64,128", turns);
        Row<Rnn_32_64_16_32, WatchedRnn_32_64_16_32>("RNN (tanh) 32,64,16,32", turns);
        Row<Relu_32_64_64_128, WatchedRelu_32_64_64_128>("RNN (ReLU) 32,64,64,128", turns);
        Console.WriteLine();
    }

    private static void Row<TPlain, TWatched>(string name, int turns)
        where TPlain : IRnnModel<TPlain, float, float, float>
        where TWatched : IRnnModel<TWatched, float, float, float>, IGradientFlowModel
    {
        TWatched watched = TWatched.Create(1);
        (Func<double> without, Func<double> with) = (Steps(TPlain.Create(1)), Steps(watched));
        Ratio on = Ratio.Measure(turns, without, with);
        watched.GradientFlow.IsEnabled = false;
        Ratio off = Ratio.Measure(turns, without, with);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"| {name} | {on.First * 1e6:F0} µs | {Percent(on.Median)} [{Percent(on.Quartiles.Low)} to {Percent(on.Quartiles.High)}] | {Percent(on.OfLeast)} | {Percent(off.Median)} |"));
    }

    private static string Percent(double ratio) => ((ratio - 1) * 100).ToString("+0.0;-0.0", CultureInfo.InvariantCulture) + " %";

    // Seconds of one step, over steps that take some milliseconds together.
    private static Func<double> Steps<TModel>(TModel model) where TModel : IRnnModel<TModel, float, float, float>
    {
        ModelLayout layout = TModel.Layout;
        Random random = new(1);
        float[] inputs = Draw(layout.InputLength), targets = Draw(layout.TargetLength);
        Adam optimizer = new(1e-5) { ClipNorm = 1 };
        int steps = 1;
        Time(); // compiles
        while (Time() < 0.005)
        {
            steps *= 2;
        }

        return () => Time() / steps;

        double Time() => Clock.Time(() =>
        {
            for (int i = 0; i < steps; i++)
            {
                model.TrainStep(inputs, targets, layout.BatchSize, optimizer);
            }
        });

        float[] Draw(int length) => [.. Enumerable.Range(0, layout.BatchSize * length).Select(_ => random.NextSingle() - 0.5f)];
    }
}
