namespace RnnGen.Generator.Planning.Flow;

/// <summary>Where a unit's values, or their adjoints, are stored in an arena.</summary>
internal sealed record ValueRows(int Offset, int StepLength, int Row)
{
    public int At(int step) => Offset + step * StepLength;
}
