namespace RnnGen.Generator.Planning.Flow;

/// <summary>Where a unit's values, or their adjoints, are stored in an arena.</summary>
internal sealed record ValueRows(int Offset, int StepLength, int Row)
{
    /// <summary>The steps are stored in as many stretches: those of one remainder after the other, by whose number they are divided. With one, a step follows the other.</summary>
    public int Phases { get; init; } = 1;

    /// <summary>From a stretch to the next.</summary>
    public int PhaseLength { get; init; }

    /// <summary>The rows of a step, and those of the steps after it.</summary>
    public ValueRows From(int step) => this with { Offset = At(step) };

    public int At(int step) => Offset + step % Phases * PhaseLength + step / Phases * StepLength;
}
