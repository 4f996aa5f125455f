using RnnGen.Generator.Planning.Flow;

namespace RnnGen.Generator.Planning.Memory;

/// <summary>What dropout leaves out of each row.</summary>
/// <param name="Index">Position among the masks: each draws its own numbers.</param>
/// <param name="InPlace">The unit whose values are masked in place, and its adjoint, if it has one; null where they go to another place.</param>
internal sealed record PlannedMask(int Index, DropoutPlace Place, ArenaBuffer Mask, int Width, PlannedUnit? InPlace);

/// <summary>Where a declaration has dropout.</summary>
/// <param name="Name">What users call it: the layer whose input is masked, or the layer with its state.</param>
/// <param name="Rate">Share that is left out, unless another is set at run time.</param>
internal sealed record DropoutPlace(string Name, double Rate);
