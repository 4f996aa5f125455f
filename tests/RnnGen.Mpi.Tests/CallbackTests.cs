using RnnGen.Mpi.Worker;

using Shouldly;
using Xunit;

namespace RnnGen.Mpi.Tests;

/// <summary>Only process 0 has callbacks, so there they watch: what they change would make the processes train different models.</summary>
public sealed class CallbackTests
{
    public static TheoryData<string> Changes => ["the model's parameters", "the optimiser's ClipNorm", "VectorWidth", "the model's dropout rate", "the model's DropoutSeed", "the model's DropoutStep"];

    [Theory, MemberData(nameof(Changes))]
    public void AChangeIsNamedInAll(string changed)
    {
        foreach (string place in (string[])["started", "step", "epoch", "ended", "progress"])
        {
            (string[] messages, Exception?[] ends) = Run(place, changed);
            messages[0].ShouldStartWith($"A callback, or the receiver of Progress, changed {changed}", customMessage: place);
            messages[0].ShouldContain("In several processes callbacks watch, they do not change;");
            ends[1].ShouldBeOfType<ProcessGroupException>(place).Message.ShouldStartWith("Process 0 failed in Fit: InvalidOperationException: A callback, or the receiver of Progress, changed");
        }
    }

    /// <summary>Alone a callback may change anything; and in several processes the learning rate, which is set before each step, may change by a schedule.</summary>
    [Fact]
    public void WhatOnlyWatchesHasTheBitsOfOneProcess()
    {
        float[] alone = Fit(null);
        LocalProcesses.Run(2, group => Fit(group)).ShouldAllBe(parameters => parameters.SequenceEqual(alone));

        static float[] Fit(ProcessGroup? group)
        {
            Classifier model = new(1);
            Adam adam = new(0.05) { ClipNorm = 1 };
            SequenceDataset<float, int> data = Data();
            model.Fit(data, data, new FitOptions
            {
                Processes = group, Epochs = 6, Optimizer = adam, Schedule = LearningRateSchedule.ReduceOnPlateau(0.5, 1),
                Callbacks = [new Acting("step", () => { adam.LearningRate = 7; model.Evaluate(Data()); _ = model.Parameters.ToArray(); })],
            });
            return model.Parameters.ToArray();
        }
    }

    // Process 1 meets the failure at the latest in the next call.
    private static (string[] Messages, Exception?[] Ends) Run(string place, string changed)
    {
        Exception?[] ends = LocalProcesses.Run(2, group => Record.Exception(() =>
        {
            Classifier model = new(1);
            Adam adam = new(0.01) { ClipNorm = 1 };
            Acting acting = new(place, () => Change(changed, model, adam));
            FitOptions options = new() { Processes = group, Epochs = 2, Optimizer = adam, Callbacks = [acting], Progress = acting };
            model.Fit(Data(), options: options);
            model.Evaluate(Data(), group);
        }));
        return ([.. ends.Select(end => end?.Message ?? "")], ends);
    }

    private static void Change(string what, Classifier model, Adam adam)
    {
        switch (what)
        {
            case "the model's parameters":
                model.SetParameters(new Classifier(2).Parameters);
                break;
            case "the optimiser's ClipNorm":
                adam.ClipNorm = 0.5;
                break;
            case "VectorWidth":
                model.VectorWidth = model.VectorWidth == VectorWidth.V128 ? VectorWidth.V256 : VectorWidth.V128;
                break;
            case "the model's dropout rate":
                model.DropoutRates[0] = 0.3;
                break;
            case "the model's DropoutSeed":
                model.DropoutSeed++;
                break;
            case "the model's DropoutStep":
                model.DropoutStep++;
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(what), what, "There is no such change.");
        }
    }

    private static SequenceDataset<float, int> Data()
    {
        Random random = new(5);
        return SequenceDataset.FromArrays([.. Enumerable.Range(0, 70 * Classifier.Layout.InputLength).Select(_ => (float)random.NextDouble())], [.. Enumerable.Range(0, 70).Select(i => i % 4)], 70);
    }

    private sealed class Acting(string place, Action act) : TrainingCallback, IProgress<EpochResult>
    {
        public override void OnTrainingStarted(TrainingStarted training) => At("started");

        public override void OnStepEnded(in StepResult result) => At("step");

        public override void OnEpochEnded(EpochResult epoch) => At("epoch");

        public override void OnTrainingEnded(TrainingResult result) => At("ended");

        public void Report(EpochResult value) => At("progress");

        private void At(string here)
        {
            if (here == place)
            {
                act();
            }
        }
    }
}
