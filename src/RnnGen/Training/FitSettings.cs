using System.ComponentModel;
using System.Numerics;

namespace RnnGen.Runtime;

/// <summary>What of a model and of <see cref="FitOptions"/> the result of a training depends on, by name.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class FitSettings
{
    // Enough of a training to tell schedules apart by.
    private const int MostImaginedEpochs = 1000, ImaginedSteps = 100;

    /// <summary>Describes a training that is to come, of whose data nothing is known.</summary>
    /// <typeparam name="TSelf">The model.</typeparam>
    /// <typeparam name="TNumber">Its number type.</typeparam>
    /// <typeparam name="TInput">The type of an input element.</typeparam>
    /// <typeparam name="TTarget">The type of a target element.</typeparam>
    /// <param name="options">How it is trained.</param>
    /// <param name="add">Receives each setting and its value as text.</param>
    public static void Describe<TSelf, TNumber, TInput, TTarget>(FitOptions options, Action<string, string> add)
        where TSelf : IRnnModel<TSelf, TNumber, TInput, TTarget>
        where TNumber : unmanaged, IBinaryFloatingPointIeee754<TNumber>
        where TInput : unmanaged
        where TTarget : unmanaged
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(add);
        TrainingIdentity identity = new();
        Optimizer optimizer = options.OptimizerOrDefault;
        AddModel<TSelf, TNumber, TInput, TTarget>(identity);
        identity.Add(nameof(VectorWidth), VectorWidths.Default.ToString());
        identity.Add(VectorWidths.InstructionsName, VectorWidths.Instructions(VectorWidths.Default));
        identity.Add(nameof(FitOptions.Epochs), options.Epochs);
        identity.Add(nameof(FitOptions.Metrics), options.Metrics);
        AddOptions(identity, options, options.BatchSize ?? TSelf.Layout.BatchSize, NameOf(options.Schedule, ImaginedSteps, options.Epochs, hasValidation: true));
        AddOptimizer(identity, optimizer, optimizer.LearningRate);
        foreach ((string name, string value) in identity.Settings)
        {
            add(name, value);
        }
    }

    /// <summary>Adds what is known of a model by its type.</summary>
    internal static void AddModel<TSelf, TNumber, TInput, TTarget>(TrainingIdentity identity)
        where TSelf : IRnnModel<TSelf, TNumber, TInput, TTarget>
        where TNumber : unmanaged, IBinaryFloatingPointIeee754<TNumber>
        where TInput : unmanaged
        where TTarget : unmanaged
    {
        identity.Add("model", TSelf.Layout.Declaration);
        identity.AddDetails(TSelf.Layout.Details);
        identity.Add("model's BatchSize", TSelf.Layout.BatchSize);
        identity.Add("model's MaskedTargets", TSelf.Layout.MaskedTargets);
        identity.Add("model's EndToken", TSelf.Layout.EndToken);
        identity.Add("parameters", ParametersOf(TSelf.Layout));
        identity.Add("number type", typeof(TNumber) == typeof(float) ? "float" : "double");
    }

    /// <summary>Adds options.</summary>
    internal static void AddOptions(TrainingIdentity identity, FitOptions options, int batchSize, string schedule)
    {
        identity.Add(nameof(FitOptions.BatchSize), batchSize);
        identity.Add(nameof(FitOptions.Shuffle), options.Shuffle);
        identity.Add(nameof(FitOptions.Seed), options.Seed);
        identity.Add(nameof(FitOptions.CarryState), options.CarryState);
        if (options.ClassWeights is { } classWeights)
        {
            identity.Add(nameof(FitOptions.ClassWeights), $"{classWeights}");
        }

        identity.Add(nameof(FitOptions.ResetProbability), options.ResetProbability);
        identity.Add(nameof(FitOptions.AverageDecay), options.AverageDecay);
        identity.Add("keeping of the best parameters", options.KeepsBest);
        identity.Add(nameof(FitOptions.Patience), options.Patience);
        identity.Add(nameof(FitOptions.Monitor), options.Monitor.Name);
        identity.Add(nameof(FitOptions.NonFinite), options.NonFinite.ToString());
        identity.Add(nameof(FitOptions.Schedule), schedule);
    }

    /// <summary>Adds an optimiser.</summary>
    internal static void AddOptimizer(TrainingIdentity identity, Optimizer optimizer, double rate)
    {
        identity.Add("optimiser", optimizer.RuleName);
        identity.Add($"optimiser's {nameof(Optimizer.LearningRate)}", rate);
        optimizer.Describe((name, value) => identity.Add($"optimiser's {name}", value));
    }

    /// <summary>A schedule by its name and by its factors: at all steps of a short training, and evenly spread and at powers of two in a long one.</summary>
    internal static string NameOf(LearningRateSchedule? schedule, long stepsPerEpoch, int epochs, bool hasValidation)
    {
        if (schedule is null)
        {
            return "none";
        }

        const int spread = 512;
        long count = stepsPerEpoch * Math.Min(epochs, MostImaginedEpochs);
        List<EpochResult> ended = [];
        SortedSet<long> steps = [.. Enumerable.Range(0, spread).Select(i => i * count / spread), .. Enumerable.Range(0, 62).Select(i => (1L << i) - 1).Where(step => step < count), count - 1];
        ContentHash hash = new();
        foreach (long step in steps)
        {
            for (int epoch = ended.Count + 1; epoch <= step / stepsPerEpoch; epoch++)
            {
                ended.Add(new EpochResult { Epoch = epoch, TrainingLoss = 1, ValidationLoss = hasValidation ? 1 : null, Seconds = 1, SequencesPerSecond = 1 });
            }

            hash.Add([schedule.Factor(new() { Step = step, StepCount = stepsPerEpoch * epochs, StepsPerEpoch = stepsPerEpoch, Epochs = ended })]);
        }

        return $"{schedule} with hash {hash}";
    }

    // Shapes and all, and which of them learn.
    private static string ParametersOf(ModelLayout layout)
    {
        ContentHash hash = new();
        foreach (ParameterInfo parameter in layout.Parameters)
        {
            hash.Add<char>(parameter.Name);
            hash.Add<int>([.. parameter.Shape, (int)parameter.Kind, parameter.IsFrozen ? 1 : 0]);
        }

        return Invariant($"{layout.ParameterCount} with hash {hash}");
    }
}
