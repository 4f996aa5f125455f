using RnnGen.Generator.Planning.Flow;

namespace RnnGen.Generator.Planning.Memory;

/// <summary>A state during prediction. In a block of steps both are where it is stored before the first.</summary>
/// <param name="Even">Where it is stored before steps 0, 2, 4….</param>
/// <param name="Odd">Where it is stored before steps 1, 3, 5….</param>
/// <param name="Row">From a row to the next.</param>
/// <param name="Size">Values of a row.</param>
internal sealed record PredictionState(PlannedUnit Unit, string Name, ArenaBuffer Even, ArenaBuffer Odd, int Row, int Size)
{
    /// <summary>The parameter that it starts from; null where that is zero, or what another unit gives.</summary>
    public PlannedVector? Initial { get; init; }

    /// <summary>From a step's place to the next step's in a block; 0 for what each step writes over.</summary>
    public int BlockStep { get; init; }

    /// <summary>Values of a step, where it is a ring of past steps with the place of the oldest behind; 0 for what is no ring.</summary>
    public int Slot { get; init; }
}

/// <summary>A layer's outputs pooled over the steps, during prediction.</summary>
/// <param name="Unit">What is pooled.</param>
/// <param name="SoFar">The sum, the maximum or the last of the steps so far.</param>
/// <param name="Pooled">What the layer above reads: the mean, or the maximum or the last itself.</param>
internal sealed record PlannedPool(PlannedUnit Unit, ArenaBuffer SoFar, ArenaBuffer Pooled);
