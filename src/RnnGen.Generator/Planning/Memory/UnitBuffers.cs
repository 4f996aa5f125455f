using System.Collections.Generic;
using RnnGen.Generator.Planning.Flow;

namespace RnnGen.Generator.Planning.Memory;

/// <summary>The buffers of an arena, by the unit that they belong to and what of it they hold.</summary>
internal sealed class UnitBuffers(MemoryPlan memory)
{
    private readonly Dictionary<(int Unit, string Part), ArenaBuffer> _buffers = [];

    /// <summary>A unit's values, or their adjoints.</summary>
    public const string Values = "";

    public MemoryPlan Memory => memory;

    public ArenaBuffer this[PlannedUnit unit, string part] => _buffers[(unit.Index, part)];

    public ArenaBuffer? Find(PlannedUnit unit, string part) => _buffers.TryGetValue((unit.Index, part), out ArenaBuffer? buffer) ? buffer : null;

    /// <summary>Keeps a buffer under a part's name.</summary>
    public ArenaBuffer Keep(PlannedUnit unit, string part, ArenaBuffer buffer)
    {
        _buffers.Add((unit.Index, part), buffer);
        return buffer;
    }
}
