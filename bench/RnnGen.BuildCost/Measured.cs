#if WITH_MODEL
namespace RnnGen.BuildCost;

/// <summary>The model whose cost to a build and to the first step is measured.</summary>
[RnnModel(Architecture.ManyToOne, InputSize = 64, SequenceLength = 64, OutputSize = 1, BatchSize = 32)]
[Lstm(128)]
public sealed partial class Measured;
#endif
