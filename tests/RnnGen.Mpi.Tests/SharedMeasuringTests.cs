using RnnGen.Mpi.Worker;

using Shouldly;
using Xunit;

namespace RnnGen.Mpi.Tests;

/// <summary>Evaluations and sweeps in several processes, which are threads here, have the results of one.</summary>
public sealed class SharedMeasuringTests
{
    private static SequenceDataset<float, int> Data(int seed, int count = 70)
    {
        Random random = new(seed);
        return SequenceDataset.FromArrays(
            [.. Enumerable.Range(0, count * Classifier.Layout.InputLength).Select(_ => (float)(random.NextDouble() - 0.5))], [.. Enumerable.Range(0, count).Select(_ => random.Next(4))], count);
    }

    [Fact]
    public void EveryProcessHasTheWholeEvaluation()
    {
        Classifier model = new(1);
        string alone = Described(model.Evaluate(Data(5)));
        foreach (int processes in (int[])[1, 2, 4, 16])
        {
            LocalProcesses.Run(processes, group => Described(new Classifier(1).Evaluate(Data(5), group))).ShouldAllBe(found => found == alone);
        }

        static string Described(Evaluation evaluation) => FormattableString.Invariant($"{evaluation} {evaluation.Loss:R} {evaluation.F1:R} {string.Join(",", evaluation.Confusion!.Counts.ToArray())}");
    }

    [Fact]
    public void EvaluationsOfOtherModelsOrDataAreRejected()
    {
        LocalProcesses.Run(2, group => Should.Throw<ProcessGroupException>(() => new Classifier(group.Rank).Evaluate(Data(5), group)))
            .ShouldAllBe(e => e.Rank == 1 && e.Message.Contains("does not measure as process 0 does. It has the parameters' hash = ") && e.Message.Contains("Create the model with the same seed"));
        LocalProcesses.Run(2, group => Should.Throw<ProcessGroupException>(() => new Classifier(1).Evaluate(Data(group.Rank), group)))
            .ShouldAllBe(e => e.Rank == 1 && e.Message.Contains("It has data's inputs' hash = ") && e.Message.Contains("Load and prepare the same data"));
        LocalProcesses.Run(3, group => Should.Throw<ArgumentException>(() => new Classifier(1).Evaluate(Data(5), group))).ShouldAllBe(e => e.Message.Contains("There are 3 processes"));
    }

    /// <summary>A value that is not finite is found by every process, and is named as one process names it.</summary>
    [Fact]
    public void WhatIsNotFiniteIsNamedEverywhere()
    {
        float[] inputs = new float[70 * Classifier.Layout.InputLength];
        inputs[(66 * Classifier.Layout.InputLength) + 4] = float.NaN;
        SequenceDataset<float, int> data = SequenceDataset.FromArrays(inputs, new int[70], 70);
        string alone = Should.Throw<NonFiniteException>(() => new Classifier(1).Evaluate(data)).Message;
        alone.ShouldContain("sequence 66");
        LocalProcesses.Run(4, group => Should.Throw<NonFiniteException>(() => new Classifier(1).Evaluate(data, group)).Message).ShouldAllBe(message => message == alone);
    }

    [Fact]
    public void ASweepHasTheResultOfOneProcess()
    {
        string alone = Run(null);
        alone.ShouldContain("failed");
        foreach (int processes in (int[])[1, 2, 4])
        {
            LocalProcesses.Run(processes, group => Run(group)).ShouldAllBe(found => found == alone);
        }

        static string Run(ProcessGroup? group)
        {
            SweepResult result = Candidates(group).Run();
            Classifier best = result.BestModel<Classifier>();
            return FormattableString.Invariant($"{result.Best.Name} {result.Best.Seed} {string.Join(" ", result.Runs.Select(run => run.Failure is null ? $"{run.Value:R} {run.Result!.Epochs.Count}" : "failed"))} {string.Join(",", best.Parameters.ToArray())}");
        }
    }

    [Fact]
    public void ASweepThatOneProcessCancelsEndsInAll() => LocalProcesses.Run(2, group =>
    {
        using CancellationTokenSource source = new();
        if (group.Rank == 1)
        {
            source.Cancel();
        }

        return Should.Throw<OperationCanceledException>(() => Candidates(group).Run(source.Token));
    }).Length.ShouldBe(2);

    [Fact]
    public void ProcessesWithOtherSeedsDoNotSweepTogether() => LocalProcesses.Run(2, group =>
        Should.Throw<ProcessGroupException>(() => new Sweep<float, float, int>(Data(5), Data(6)) { Seeds = [group.Rank], Processes = group }.Add<Classifier>("one").Run()))
        .ShouldAllBe(e => e.Message == "Process 1 does not sweep as process 0 does. It has Seeds = 1, and process 0 has 0. Pass the same options in all processes.");

    /// <summary>What candidates are is compared for each seed.</summary>
    [Fact]
    public void ProcessesWithOtherCandidatesDoNotSweepTogether()
    {
        Told(sweep => sweep.Add<Classifier>("one", seed => new FitOptions { Epochs = 2, Seed = seed }), sweep => sweep.Add<Classifier>("one", seed => new FitOptions { Epochs = seed == 3 ? 5 : 2, Seed = seed }))
            .ShouldBe("Process 1 does not sweep as process 0 does. It has 'one' with seed 3: Epochs = 5, and process 0 has 2. Add the same candidates, with the same models and options, in all processes.");
        Told(sweep => sweep.Add<Classifier>("one"), sweep => sweep.Add<Wide>("one")).ShouldContain("It has 'one' with seed 2: model = ");

        static string Told(Action<Sweep<float, float, int>> first, Action<Sweep<float, float, int>> second) => LocalProcesses.Run(2, group =>
        {
            Sweep<float, float, int> sweep = new(Data(5), Data(6)) { Seeds = [2, 3], Processes = group };
            (group.Rank == 0 ? first : second)(sweep);
            return Should.Throw<ProcessGroupException>(() => sweep.Run()).Message;
        }).Distinct().Single();
    }

    /// <summary>What ends the runs of one process is thrown in all, which go on together.</summary>
    [Fact]
    public void ASweepThatCannotWriteFailsInAll()
    {
        string file = Path.GetTempFileName();
        Exception[] failures = LocalProcesses.Run(2, group =>
        {
            Exception failure = Should.Throw<Exception>(() => new Sweep<float, float, int>(Data(5), Data(6)) { Seeds = [1], Folder = file, Processes = group }.Add<Classifier>("one").Run());
            new Classifier(1).Evaluate(Data(5), group);
            return failure;
        });
        failures[0].ShouldBeOfType<CheckpointException>();
        failures[1].ShouldBeOfType<ProcessGroupException>().Message.ShouldStartWith("Process 0 failed in Sweep: CheckpointException: ");
        File.Delete(file);
    }

    private static Sweep<float, float, int> Candidates(ProcessGroup? group) => new Sweep<float, float, int>(Data(5), Data(6)) { Seeds = [1, 2, 3], Processes = group }
        .Add<Classifier>("slow", seed => new FitOptions { Epochs = 1, Seed = seed, Metrics = true })
        .Add<Classifier>("infinite", seed => new FitOptions { Epochs = 2, Seed = seed, Optimizer = new Sgd(3e38) })
        .Add<Classifier>("fast", seed => new FitOptions { Epochs = 2, Seed = seed, Optimizer = new Adam(0.01) });
}
