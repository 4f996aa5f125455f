using RnnGen.Samples;
using VanishingGradients;

return new Sample("VanishingGradients", "Shows how gradients vanish and explode through time, and which networks learn long dependencies nevertheless.")
    .With(SampleOption.Flag("--full", "sequences of 400 and 1,000 steps too, beside those of 50, 100 and 200"))
    .With(SampleOption.Real("--effort", 1, "training steps, as a multiple of the usual ones", 0.01, 100) with { Quick = 0.04 })
    .Run(args, run =>
{
    // Four networks of 64 units learn two tasks whose answers depend on what was read long before, over several lengths.
    int[] lengths = run.Has("--full") ? [50, 100, 200, 400, 1000] : run.IsQuick ? [50] : [50, 100, 200];
    Console.WriteLine($"Four networks of 64 units, two tasks, over {string.Join(", ", lengths)} steps:");
    Outcome[] outcomes = Trials.Run(lengths, run.Number("--effort"), run.Seed);

    // A network whose gradient grows from step to step explodes, unless the gradient is clipped.
    Explosion explosion = ExplodingTrial.Run(Trials.Steps(600, run.Number("--effort")), rate: 0.1, run.Seed);

    Console.WriteLine();
    Console.Write(Report.Reach(outcomes));
    Console.Write(Report.Describe(explosion));
    Report.Score(outcomes, run.Results);
    run.Picture("gradients.svg", FlowPicture.Draw(outcomes, explosion));
});
