using RnnGen.Generator.Planning.Flow;

namespace RnnGen.Generator.Planning.Memory;

/// <summary>A state during prediction. In a block of steps both are where it is stored before the first.</summary>
/// <param name="Even">Where it is stored before steps 0, 2, 4….</param>
/// <param name="Odd">Where it is stored before steps 1, 3, 5….</param>
internal sealed record PredictionState(PlannedLayer Layer, string Name, ArenaBuffer Even, ArenaBuffer Odd);

/// <summary>A layer's outputs pooled over the steps, during prediction.</summary>
/// <param name="Unit">What is pooled.</param>
/// <param name="SoFar">The sum, the maximum or the last of the steps so far.</param>
/// <param name="Pooled">What the layer above reads: the mean, or the maximum or the last itself.</param>
internal sealed record PlannedPool(PlannedUnit Unit, ArenaBuffer SoFar, ArenaBuffer Pooled);
