using RnnGen.Generator.Planning.Flow;

namespace RnnGen.Generator.Planning.Memory;

/// <summary>What dropout leaves out of each row.</summary>
/// <param name="Index">Position among the masks: each draws its own numbers.</param>
/// <param name="Rate">Share that is left out.</param>
/// <param name="InPlace">The unit whose values are masked in place, and its adjoint, if it has one; null where they go to another place.</param>
internal sealed record PlannedMask(int Index, ArenaBuffer Mask, int Width, double Rate, PlannedUnit? InPlace);
