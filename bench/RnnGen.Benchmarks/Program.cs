using BenchmarkDotNet.Running;
using RnnGen.Benchmarks;

BenchmarkSwitcher.FromAssembly(typeof(TrainingStep).Assembly).Run(args);
