using BenchmarkDotNet.Running;
using RnnGen.DriverCost;

BenchmarkRunner.Run<Edits>(args: args);
