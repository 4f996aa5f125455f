namespace RnnGen.Generator.Planning.Flow;

/// <summary>Where the lanes of a layer's steps are stored.</summary>
/// <param name="Offset">Those of the first block at the first step.</param>
/// <param name="StepLength">From a step to the next.</param>
/// <param name="BlockStride">From a block of units to the next.</param>
internal sealed record LaneRows(int Offset, int StepLength, int BlockStride)
{
    public int At(int step) => Offset + step * StepLength;
}
