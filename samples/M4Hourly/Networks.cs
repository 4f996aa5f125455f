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

        // Half of the networks learn without dropout: they forecast better, the others know better how sure they are.
        DirectForecaster<HorizonNetwork> Network(int seed) => new(windows) { Seed = seed, Training = training, Prepare = seed % 2 == 0 ? null : static network => network.DropoutRates.SetAll(0) };
        if (run.Has("--single"))
        {
            return Network(1000 * run.Seed);
        }

        // Intervals are widened by what the first networks miss of the last four days, without which they learn.
        int networks = run.IsQuick ? 2 : Settings.Networks;
        IForecaster[] members = [.. Enumerable.Range(1000 * run.Seed, networks).Select(Network)];
        EnsembleForecaster Ensemble(IForecaster[] members) => new(members) { Name = $"ensemble of {members.Length}", Threads = Math.Min(2, Environment.ProcessorCount) };
        return new ConformalForecaster(Ensemble(members), Settings.Levels) { Calibrator = Ensemble(members[..Settings.Calibrators]), Windows = Settings.CalibrationWindows };
    }

    /// <summary>Saves every network and makes the same forecaster of the files; says how long their files take to forecast.</summary>
    public static ITrainedForecaster Reload(ITrainedForecaster trained, SampleRun run, SeriesSet history)
    {
        TrainedForecaster<HorizonNetwork>[] members = trained is TrainedEnsemble ensemble ? [.. ensemble.Members.Cast<TrainedForecaster<HorizonNetwork>>()] : [(TrainedForecaster<HorizonNetwork>)trained];
        TrainedEnsemble loaded = new([.. members.Select((member, i) => OfFile(member.Models[0], run.File($"network{i + 1}.safetensors")))]);
        long start = Stopwatch.GetTimestamp();
        int count = loaded.Predict(history).Count;
        Console.WriteLine($"{(members.Length == 1 ? "The file of the network forecasts" : $"The files of {members.Length} networks forecast")} {count} series in {Stopwatch.GetElapsedTime(start).TotalSeconds:F2} s");
        return loaded;
    }

    private static TrainedForecaster<HorizonNetwork> OfFile(HorizonNetwork network, string path)
    {
        network.Save(path);
        return new(HorizonNetwork.Load(path));
    }
}
