namespace RnnGen.Runtime;

// How callbacks are called, and held to watching where other processes take part, which have none.
internal sealed partial class Training<TSelf, TNumber, TInput, TTarget>
{
    private void Tell<T>(T what, Action<TrainingCallback, T> tell)
    {
        if (_callbacks.Length == 0)
        {
            return;
        }

        Watched before = Watch();
        foreach (TrainingCallback callback in _callbacks)
        {
            tell(callback, what);
        }

        CheckUnchanged(before);
    }

    private Watched Watch() => _processes is null ? default : new(((ISharedModel)_model).Core.Changes, _optimizer.StepCount, Changeable());

    // Nothing is exchanged: the others learn of it as of any callback that throws.
    private void CheckUnchanged(Watched before)
    {
        if (_processes is null)
        {
            return;
        }

        Watched after = Watch();
        List<string> changes = [];
        foreach ((string name, string? now, string? then) in NamedValues.Differences(after.Settings, before.Settings))
        {
            changes.Add($"{name} from {then ?? "none"} to {now ?? "none"}");
        }

        if (changes.Count == 0 && after.Steps != before.Steps)
        {
            changes.Add("the optimiser's moments");
        }

        if (changes.Count == 0 && after.Parameters != before.Parameters)
        {
            changes.Add("the model's parameters");
        }

        if (changes.Count > 0)
        {
            throw new InvalidOperationException(
                $"A callback, or the receiver of Progress, changed {string.Join(", ", changes)}, and only process 0 has callbacks: the processes would train different models. " +
                "In several processes callbacks watch, they do not change; set it before Fit in all processes, or change the learning rate by a Schedule.");
        }
    }

    // All but the learning rate, which is set before each step.
    private List<(string Name, string Value)> Changeable()
    {
        TrainingIdentity settings = new();
        settings.Add(nameof(VectorWidth), (_model as IVectorizedModel)?.VectorWidth.ToString() ?? "none of its own");
        _optimizer.Describe((name, value) => settings.Add($"the optimiser's {name}", value));
        foreach ((string name, double value) in DrawsOf(_model))
        {
            settings.Add($"the model's {name}", value);
        }

        settings.Add("the model's DropoutStep", (_model as IDropoutModel)?.DropoutStep);
        settings.Add("the model's SamplingStep", (_model as IScheduledSamplingModel)?.SamplingStep);
        return [.. settings.Settings];
    }

    private readonly record struct Watched(long Parameters, long Steps, List<(string Name, string Value)> Settings);
}
