using System.Diagnostics;
using RnnGen;
using RnnGen.Forecasting;
using RnnGen.Samples;

namespace M4Hourly;

/// <summary>The ensemble: the same network from several seeds.</summary>
internal static class Networks
{
    /// <summary>The forecaster, untrained.</summary>
    public static IForecaster Create(SampleRun run)
    {
        Func<int, FitOptions> training = seed => new FitOptions
        {
            Epochs = run.Epochs,
            Optimizer = new Adam(Settings.LearningRate) { ClipNorm = 1 },
            Schedule = LearningRateSchedule.Cosine().After(Settings.WarmUpSteps),
            Seed = seed,
        };
        WindowOptions windows = run.Data is null ? Settings.Hours with { Stride = Settings.Day, ExtraStride = null } : Settings.Hours;
        if (run.Has("--single"))
        {
            return new DirectForecaster<HorizonNetwork>(windows) { Seed = run.Seed, Training = training };
        }

        // Intervals are widened by what the first networks miss of the last two days, without which they learn.
        int networks = run.IsQuick ? 2 : Settings.Networks;
        IForecaster[] members = [.. Enumerable.Range(1000 * run.Seed, networks).Select(seed => new DirectForecaster<HorizonNetwork>(windows) { Seed = seed, Training = training })];
        EnsembleForecaster Ensemble(IForecaster[] members) => new(members) { Name = $"ensemble of {members.Length}", Threads = Math.Min(2, Environment.ProcessorCount) };
        return new ConformalForecaster(Ensemble(members), Settings.Levels) { Calibrator = Ensemble(members[..Settings.Calibrators]), Windows = 1 };
    }

    /// <summary>Saves every network and makes the same forecaster of the files; says how long the first file takes to forecast.</summary>
    public static ITrainedForecaster Reload(ITrainedForecaster trained, SampleRun run, SeriesSet history)
    {
        TrainedForecaster<HorizonNetwork>[] members = trained is TrainedEnsemble ensemble ? [.. ensemble.Members.Cast<TrainedForecaster<HorizonNetwork>>()] : [(TrainedForecaster<HorizonNetwork>)trained];
        TrainedForecaster<HorizonNetwork>[] loaded = [.. members.Select((member, i) => OfFile(member.Models[0], run.File($"network{i + 1}.safetensors")))];
        long start = Stopwatch.GetTimestamp();
        int count = loaded[0].Predict(history).Count;
        Console.WriteLine($"One saved network forecasts {count} series in {Stopwatch.GetElapsedTime(start).TotalSeconds:F2} s");
        return new TrainedEnsemble(loaded);
    }

    private static TrainedForecaster<HorizonNetwork> OfFile(HorizonNetwork network, string path)
    {
        network.Save(path);
        return new(HorizonNetwork.Load(path));
    }
}
