using RnnGen.Generator.Planning.Flow;

namespace RnnGen.Generator.Planning.Memory;

/// <summary>A state that may be given to the first step and taken after the last one.</summary>
/// <param name="Values">The state before each step, and after the last.</param>
/// <param name="Adjoint">The adjoint of the state before the first step, at the end of the backward pass.</param>
/// <param name="Size">Values of a row.</param>
internal sealed record CarriedState(PlannedUnit Unit, string State, ValueRows Values, ValueRows Adjoint, int Size)
{
    /// <summary>The step by which the state is stored before the first step.</summary>
    public int First { get; init; }
}
