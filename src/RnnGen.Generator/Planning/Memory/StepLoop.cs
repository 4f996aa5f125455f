using System.Collections.Generic;
using System.Linq;
using RnnGen.Generator.Planning.Flow;

namespace RnnGen.Generator.Planning.Memory;

/// <summary>
/// The units that training takes through each decoded step together, since the first of them reads what the last one has made of the step before; all others go through all of their steps, one unit
/// after the other. What they read at each step stands before them.
/// </summary>
internal sealed class StepLoop
{
    private readonly HashSet<PlannedUnit> _units;
    private readonly int _first;
    private readonly int _last;

    private StepLoop(IReadOnlyList<PlannedUnit> units, int all)
    {
        (Units, _units) = (units, [.. units]);
        (_first, _last) = (2 * all - units[units.Count - 1].Index, 2 * all - units[0].Index);
    }

    /// <summary>In their order.</summary>
    public IReadOnlyList<PlannedUnit> Units { get; }

    public int Steps => Units[0].Steps;

    /// <summary>The unit with which they end.</summary>
    public PlannedUnit Last => Units[Units.Count - 1];

    /// <summary>The layer in whose methods their calls are printed.</summary>
    public PlannedLayer Layer => Units.OfType<PlannedLayer>().Last();

    /// <summary>The loop of a data flow; null where there is none.</summary>
    public static StepLoop? Of(IReadOnlyList<PlannedUnit> units)
    {
        Op? last = units.OfType<Op>().FirstOrDefault(o => o.Resumes is not null);
        return last is null ? null : new(units.Where(u => u.Clock == last.Clock && u.Index >= last.Resumes!.Index && u.Index <= last.Index).ToList(), units.Count);
    }

    public bool Contains(PlannedUnit unit) => _units.Contains(unit);

    /// <summary>The time that a part of the backward pass lasts: what is used at one time of the loop is so at its other steps.</summary>
    public (int First, int Last) Lasting(int first, int last) => first > _last || last < _first ? (first, last) : (System.Math.Min(first, _first), System.Math.Max(last, _last));
}
