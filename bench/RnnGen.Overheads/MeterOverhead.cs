using System.Diagnostics.Metrics;
using System.Globalization;
using RnnGen.Comparison;

namespace RnnGen.Overheads;

/// <summary>What a call takes while nobody listens to the models' meter, and while somebody does.</summary>
internal static class MeterOverhead
{
    private const int Calls = 20_000;

    public static void Run(int turns)
    {
        Console.WriteLine($"Meters: nanoseconds of a call of a GRU of 8 units at one step of one value, {turns} turns of {Calls} calls\n");
        Console.WriteLine("| call | nobody listens | somebody listens, median [quartiles] |\n|---|---:|---:|");
        Gru_1_1_1_8 model = new(1);
        Gru_1_1_1_8.State state = model.CreateState();
        Adam adam = new();
        float[] x = [0.5f], y = new float[1];
        Row("State.Step, which is not metered", turns, () => state.Step(x, y));
        Row("Predict", turns, () => model.Predict(x, y));
        Row("TrainStep", turns, () => model.TrainStep(x, y, 1, adam));
        Console.WriteLine();
    }

    private static void Row(string name, int turns, Action call)
    {
        Ratio ratio = Ratio.Measure(turns, () => Seconds(call), () =>
        {
            using MeterListener listener = new()
            {
                InstrumentPublished = static (instrument, listener) =>
                {
                    if (instrument.Meter.Name == ModelMeter.Name)
                    {
                        listener.EnableMeasurementEvents(instrument);
                    }
                },
            };
            listener.SetMeasurementEventCallback<double>(static (_, _, _, _) => { });
            listener.SetMeasurementEventCallback<long>(static (_, _, _, _) => { });
            listener.Start();
            return Seconds(call);
        });
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"| {name} | {ratio.First / Calls * 1e9:F1} | {ratio.First * ratio.Median / Calls * 1e9:F1} [{ratio.First * ratio.Quartiles.Low / Calls * 1e9:F1} to {ratio.First * ratio.Quartiles.High / Calls * 1e9:F1}] |"));
    }

    private static double Seconds(Action call) => Clock.Time(() =>
    {
        for (int i = 0; i < Calls; i++)
        {
            call();
        }
    });
}
