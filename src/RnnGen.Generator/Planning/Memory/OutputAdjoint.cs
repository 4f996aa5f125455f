using RnnGen.Generator.Planning.Flow;

namespace RnnGen.Generator.Planning.Memory;

/// <summary>Where the loss writes ∂L/∂y.</summary>
/// <param name="Values">Every step and row.</param>
/// <param name="Width">Values of a row.</param>
internal sealed record OutputAdjoint(ValueRows Values, int Width);
