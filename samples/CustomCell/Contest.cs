using RnnGen;
using RnnGen.Samples;

namespace CustomCell;

/// <summary>Trains several kinds of cell, each from several seeds, and keeps the error on what was held out after each epoch.</summary>
internal sealed class Contest
{
    private readonly Dictionary<string, List<double[]>> _errors = [];

    /// <summary>What the error is.</summary>
    public string Measure { get; set; } = "";

    /// <summary>Trains one kind from the seed of a run.</summary>
    /// <param name="kind">Its name.</param>
    /// <param name="model">The model, untrained.</param>
    /// <param name="train">What is learned from.</param>
    /// <param name="test">What is measured on; it chooses nothing.</param>
    /// <param name="run">Epochs, rate and seed.</param>
    /// <param name="error">The error, of what was measured after an epoch.</param>
    public void Enter<TModel, TTarget>(
        string kind, IRnnModel<TModel, float, float, TTarget> model, SequenceDataset<float, TTarget> train, SequenceDataset<float, TTarget> test, SampleRun run, Func<Evaluation, double> error)
        where TModel : IRnnModel<TModel, float, float, TTarget>
        where TTarget : unmanaged
    {
        TrainingResult result = model.Fit(train, test, new FitOptions { Epochs = run.Epochs, Optimizer = run.Adam, Seed = run.Seed, Metrics = true });
        double[] errors = [.. result.Epochs.Select(e => error(e.Validation!))];
        _errors.TryAdd(kind, []);
        _errors[kind].Add(errors);
        run.Results.Add(kind, "parameters", TModel.Layout.ParameterCount, 0);
        run.Results.Add(kind, Measure, errors[^1], 5);
        Console.WriteLine($"{kind,-17} {errors[^1]:F5}");
    }

    /// <summary>Draws each kind's mean over the seeds by epoch.</summary>
    public string Draw() => LineChart.DrawNamed(new ChartPanel(
        $"Five kinds of LSTM: {Measure}", "epoch", "held out", ChartPanel.Counted(_errors.Values.First()[0].Length),
        [.. _errors.Select((kind, index) => new ChartLine(kind.Key, [.. kind.Value[0].Select((_, epoch) => kind.Value.Average(errors => errors[epoch]))], index + 1))]) { IsLogarithmic = true }, names: 150);
}
