using RnnGen.Cluster;
using RnnGen.Mpi.Worker;

using Shouldly;
using Xunit;

namespace RnnGen.Mpi.Tests;

/// <summary>The simulation of bench/RnnGen.Cluster against the model on paper, and against what trainings exchange.</summary>
public sealed class ScalingTests
{
    private static readonly Workload s_work = new("a model", 0.030, 2e6);

    /// <summary>Without delays the messages one by one take what the sum of their terms says.</summary>
    [Theory]
    [InlineData(1, 0)]
    [InlineData(2, 0)]
    [InlineData(8, 0)]
    [InlineData(64, 1e5)]
    [InlineData(1024, 1e4)]
    public void WithoutDelaysTheSimulationIsTheClosedForm(int processes, double rows)
    {
        foreach (Network network in (Network[])[Network.Ethernet, Network.InfiniBand])
        {
            Workload work = s_work with { RowBytes = rows, TableBytes = 4 * rows };
            StepTime simulated = new Simulation(work, network, processes).Run(3).Step, expected = StepModel.Step(work, network, processes);
            simulated.Compute.ShouldBe(expected.Compute, 1e-9);
            simulated.Exchange.ShouldBe(expected.Exchange, 1e-9);
            simulated.Waiting.ShouldBe(0, 1e-9);
        }
    }

    /// <summary>The mean of the slowest of p exponential delays is their mean times the p-th harmonic number.</summary>
    [Theory]
    [InlineData(2)]
    [InlineData(16)]
    [InlineData(256)]
    public void DelaysCostWhatTheSlowestOfThemDoes(int processes)
    {
        Workload work = s_work with { Straggling = 0.003 };
        StepTime simulated = new Simulation(work, Network.Ethernet, processes).Run(3000).Step, expected = StepModel.Step(work, Network.Ethernet, processes);
        simulated.Total.ShouldBe(expected.Total, 0.01 * expected.Total);
        simulated.Waiting.ShouldBe(expected.Waiting, 0.05 * expected.Waiting);
    }

    /// <summary>One slow process is waited for by all, once a step.</summary>
    [Fact]
    public void AStragglerIsWaitedForOnce()
    {
        StepTime even = new Simulation(s_work, Network.Ethernet, 8).Run(10, (_, _) => 0.03).Step, uneven = new Simulation(s_work, Network.Ethernet, 8).Run(10, (_, process) => process == 5 ? 0.04 : 0.03).Step;
        (uneven.Total - even.Total).ShouldBe(0.01, 1e-9);
    }

    /// <summary>Messages and bytes of a simulated step are those that a process of a training counts; the gradient's length is taken from two processes.</summary>
    [Fact]
    public void ATrainingSendsTheMessagesOfTheSimulation()
    {
        (double Messages, double Bytes) two = Counted(2);
        foreach (int processes in (int[])[2, 4, 8])
        {
            (double messages, double bytes) = Counted(processes);
            Simulated simulated = new Simulation(new("classifier", 0, two.Bytes), Network.Ethernet, processes).Run(1);
            messages.ShouldBe(simulated.Messages);
            bytes.ShouldBe(simulated.Bytes, 0.01 * simulated.Bytes);
        }

        // Of process 0, a step: what ten epochs of one step exchange more than one epoch does.
        static (double Messages, double Bytes) Counted(int processes)
        {
            ProcessTraffic few = Trained(processes, 1), many = Trained(processes, 11);
            ((double)many.BytesReceived).ShouldBe(many.BytesSent, 0.02 * many.BytesSent);
            return ((many.Messages - few.Messages) / 10.0, (many.BytesSent - few.BytesSent) / 10.0);
        }
    }

    private static ProcessTraffic Trained(int processes, int epochs) => LocalProcesses.Run(processes, group =>
    {
        new Classifier(1).Fit(SequenceDataset.FromArrays(new float[64 * Classifier.Layout.InputLength], new int[64], 64), options: new FitOptions { Epochs = epochs, BatchSize = 64, Processes = group });
        group.Traffic.BytesSent.ShouldBe(group.Sent);
        return group.Traffic;
    })[0];
}
