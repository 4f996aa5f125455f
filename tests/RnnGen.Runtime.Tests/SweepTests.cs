namespace RnnGen.Runtime.Tests;

/// <summary>Candidates are compared over seeds; runs that fail, or that were interrupted, do not lose the others.</summary>
public sealed class SweepTests
{
    private static FitOptions Options(int seed, double rate = 0.1) => new() { Epochs = 3, Seed = seed, Optimizer = new Sgd(rate) };

    [Fact]
    public void ValuesAreThoseOfTheTrainingsAndTheBestModelIsKept()
    {
        SweepResult found = New().Add<LinearModel>("slow", seed => Options(seed, 0.001)).Add<LinearModel>("fast", seed => Options(seed)).Run();
        found.Runs.Select(r => (r.Name, r.Seed)).ShouldBe([("slow", 1), ("slow", 2), ("slow", 3), ("fast", 1), ("fast", 2), ("fast", 3)]);
        foreach (SweepRun run in found.Runs)
        {
            LinearModel alone = new();
            TrainingResult result = TrainingLoop.Fit<LinearModel, double, double, double>(alone, Data(64), Data(16), Options(run.Seed, run.Name == "slow" ? 0.001 : 0.1), default);
            run.Value.ShouldBe(result.Epochs[^1].ValidationLoss!.Value);
            if (run == found.Best)
            {
                found.BestModel<LinearModel>().Parameters.ToArray().ShouldBe(alone.Parameters.ToArray());
            }
        }

        SweepCandidate fast = found.Candidates[1];
        double[] values = [.. found.Runs.Skip(3).Select(r => r.Value)];
        found.Best.Name.ShouldBe("fast");
        (fast.Name, fast.Count, fast.Failures, fast.Best, fast.BestSeed).ShouldBe(("fast", 3, 0, values.Min(), Array.IndexOf(values, values.Min()) + 1));
        fast.Mean.ShouldBe(values.Average(), 1e-15);
        fast.StandardDeviation.ShouldBe(Math.Sqrt(values.Sum(v => (v - values.Average()) * (v - values.Average())) / 2), 1e-15);
        string[] table = found.ToString().Split('\n');
        table.Length.ShouldBe(3);
        table[2].ShouldStartWith("fast");
        table[2].ShouldContain(FormattableString.Invariant($"{fast.Mean:G5} ± {fast.StandardDeviation:G2}"));
        Should.Throw<InvalidOperationException>(() => found.BestModel<string>()).Message.ShouldContain("a LinearModel and no String");
    }

    [Fact]
    public void ARunThatFailsIsNamedAndTheOthersGoOn()
    {
        List<SweepRun> ended = [];
        SweepResult found = new Sweep<double, double, double>(Data(64), Data(16)) { Seeds = [7, 8], Progress = new Immediate(ended) }
            .Add<LinearModel>("wild", seed => Options(seed, seed == 7 ? 1e300 : 0.1)).Run();
        found.Runs[0].Failure.ShouldBeOfType<NonFiniteException>();
        found.Runs[0].ToString().ShouldStartWith("wild, seed 7: failed: ");
        (found.Best.Seed, found.Candidates[0].Count, found.Candidates[0].Failures).ShouldBe((8, 1, 1));
        found.ToString().ShouldContain("1, 1 failed");
        ended.ShouldBe(found.Runs);

        SweepResult none = New().Add<LinearModel>("wild", seed => Options(seed, 1e300)).Run();
        Should.Throw<InvalidOperationException>(() => none.Best).InnerException.ShouldBe(none.Runs[0].Failure);
        none.ToString().ShouldContain("none");
    }

    [Fact]
    public void WhatWatchesAnAccuracyIsBestWhereItIsHighest()
    {
        FitOptions Watching(int seed, double rate) => new() { Epochs = 3, Seed = seed, Optimizer = new Sgd(rate), Monitor = Monitor.RSquared };
        SweepResult found = New().Add<LinearModel>("slow", seed => Watching(seed, 0.001)).Add<LinearModel>("fast", seed => Watching(seed, 0.1)).Run();
        found.Best.Value.ShouldBe(found.Runs.Max(r => r.Value));
        found.Candidates[1].Best.ShouldBe(found.Best.Value);
        Should.Throw<ArgumentException>(() => New().Add<LinearModel>("a", seed => Watching(seed, 0.1)).Add<LinearModel>("b").Run()).Message
            .ShouldContain("'a' watches the R², and 'b' the loss");
    }

    [Fact]
    public void ASweepThatWasInterruptedGoesOn()
    {
        using TemporaryFolder folder = new();
        using CancellationTokenSource source = new();
        int steps = 0, stopAt = -1;
        Sweep<double, double, double> Sweep(bool isSaved) => new Sweep<double, double, double>(Data(64), Data(16)) { Folder = isSaved ? folder.Path : null }
            .Add<LinearModel>("one", seed => new FitOptions { Epochs = 2, Seed = seed, Optimizer = new Adam(0.01), Callbacks = [new Steps(() => { if (++steps == stopAt) { source.Cancel(); } })] });
        SweepResult whole = Sweep(isSaved: false).Run();
        (int all, steps, stopAt) = (steps, 0, 20);
        Should.Throw<OperationCanceledException>(() => Sweep(isSaved: true).Run(source.Token));
        (stopAt, steps) = (-1, 0);
        SweepResult found = Sweep(isSaved: true).Run();
        steps.ShouldBe(all - 20);
        found.Runs.Select(r => (r.Seed, r.Value)).ShouldBe(whole.Runs.Select(r => (r.Seed, r.Value)));
        found.BestModel<LinearModel>().Parameters.ToArray().ShouldBe(whole.BestModel<LinearModel>().Parameters.ToArray());
        steps = 0;
        Sweep(isSaved: true).Run().Best.Value.ShouldBe(whole.Best.Value);
        steps.ShouldBe(0);
    }

    [Fact]
    public void WhatCannotBeComparedIsRejected()
    {
        Should.Throw<InvalidOperationException>(() => New().Run()).Message.ShouldContain("Add a candidate");
        Should.Throw<ArgumentException>(() => New().Add<LinearModel>("a").Add<LinearModel>("A")).Message.ShouldContain("called 'A' already");
        foreach (string name in (string[])["a/b", @"a\b", "..", "a:b", " "])
        {
            Should.Throw<ArgumentException>(() => New().Add<LinearModel>(name));
        }

        Should.Throw<ArgumentException>(() => new Sweep<double, double, double>(Data(8), Data(8)) { Seeds = [] });
        Should.Throw<ArgumentException>(() => new Sweep<double, double, double>(Data(8), Data(8)) { Seeds = [1, 1] });
        Should.Throw<ArgumentNullException>(() => new Sweep<double, double, double>(Data(8), null!));
        Should.Throw<ArgumentException>(() => new Sweep<double, double, double>(Data(8), Data(8)) { Folder = "x" }.Add<LinearModel>("a", _ => new() { Checkpoint = new("y") }).Run()).Message.ShouldContain("checkpoints of its own");
    }

    private static Sweep<double, double, double> New() => new(Data(64), Data(16));

    private static SequenceDataset<double, double> Data(int count)
    {
        Random random = new(3);
        double[] inputs = [.. Enumerable.Range(0, 2 * count).Select(_ => (2 * random.NextDouble()) - 1)];
        return SequenceDataset.FromArrays(inputs, [.. Enumerable.Range(0, count).Select(i => (2 * inputs[2 * i]) - (3 * inputs[(2 * i) + 1]) + 0.5)], count);
    }

    private sealed class Immediate(List<SweepRun> runs) : IProgress<SweepRun>
    {
        public void Report(SweepRun value) => runs.Add(value);
    }

    private sealed class Steps(Action action) : TrainingCallback
    {
        public override void OnStepEnded(in StepResult result) => action();
    }
}
