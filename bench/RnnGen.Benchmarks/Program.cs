using BenchmarkDotNet.Running;
using RnnGen.Benchmarks;

// "peak" times training steps against the machine's FMA peak in one run; anything else goes to BenchmarkDotNet.
if (args is ["peak"])
{
    PeakReport.Run();
    return;
}

BenchmarkSwitcher.FromAssembly(typeof(TrainingStep).Assembly).Run(args);
