using CustomCell;
using RnnGen.Samples;
using Vowels;

Contest contest = new();
return new Sample("CustomCell", "Is the forget gate needed? Five kinds of LSTM, each written as its equations.")
    .WithData("<folder>", "JapaneseVowels_TRAIN.ts and _TEST.ts (default: the adding problem)")
    .WithEpochs(30, quick: 1)
    .WithLearningRate(3e-3)
    .WithSeeds(3)
    .Run(args, run =>
{
    // Each kind learns the same sequences from the same seed: the speaker of a vowel, or the sum of two marked numbers.
    if (run.Data is { } folder)
    {
        (Recordings train, Recordings test) = Recordings.Read(folder);
        contest.Measure = "share of vowels given to another speaker";
        contest.Enter("with forget gate", new VanillaVowels(run.Seed), train.Data, test.Data, run, e => 1 - e.Accuracy!.Value);
        contest.Enter("no forget gate", new NoForgetGateVowels(run.Seed), train.Data, test.Data, run, e => 1 - e.Accuracy!.Value);
        contest.Enter("no output gate", new NoOutputGateVowels(run.Seed), train.Data, test.Data, run, e => 1 - e.Accuracy!.Value);
        contest.Enter("coupled gates", new CoupledVowels(run.Seed), train.Data, test.Data, run, e => 1 - e.Accuracy!.Value);
        contest.Enter("peepholes", new PeepholeVowels(run.Seed), train.Data, test.Data, run, e => 1 - e.Accuracy!.Value);
    }
    else
    {
        var (train, test) = (AddingProblem.Draw(2000, seed: 1), AddingProblem.Draw(500, seed: 2));
        contest.Measure = "mean squared error of the sum";
        contest.Enter("with forget gate", new VanillaAdding(run.Seed), train, test, run, e => e.Loss);
        contest.Enter("no forget gate", new NoForgetGateAdding(run.Seed), train, test, run, e => e.Loss);
        contest.Enter("no output gate", new NoOutputGateAdding(run.Seed), train, test, run, e => e.Loss);
        contest.Enter("coupled gates", new CoupledAdding(run.Seed), train, test, run, e => e.Loss);
        contest.Enter("peepholes", new PeepholeAdding(run.Seed), train, test, run, e => e.Loss);
    }

    run.Picture("kinds.svg", contest.Draw());
});
