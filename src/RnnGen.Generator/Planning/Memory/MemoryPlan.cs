using System.Collections.Generic;
using System.Linq;
using RnnGen.Generator.Planning.Kernels;

namespace RnnGen.Generator.Planning.Memory;

/// <summary>A buffer of an arena: <paramref name="Steps"/> × <paramref name="StepLength"/> values from <paramref name="Offset"/>.</summary>
/// <param name="Name">What it holds, for readers of the generated code.</param>
internal sealed record ArenaBuffer(string Name, int Steps, int StepLength, int Offset)
{
    public int Length => Steps * StepLength;

    public int At(int step) => Offset + step * StepLength;
}

/// <summary>
/// Lays an arena out. Two buffers share their place where the time in which they hold something does not overlap
/// and where they have the same form: rows run ahead of each other on different threads, and only in equal forms
/// does a row stay within its own values.
/// </summary>
internal sealed class MemoryPlan(int alignment)
{
    private readonly List<Stretch> _stretches = [];
    private readonly List<ArenaBuffer> _buffers = [];

    public IReadOnlyList<ArenaBuffer> Buffers => _buffers;

    /// <summary>Length of the arena in values, however large it is.</summary>
    public long Length { get; private set; }

    /// <param name="firstUse">Position in the schedule at which the buffer is first written.</param>
    /// <param name="lastUse">Position at which it is last read.</param>
    public ArenaBuffer Add(string name, int steps, long stepLength, int firstUse, int lastUse)
    {
        Stretch? place = _stretches.FirstOrDefault(p => p.Steps == steps && p.StepLength == stepLength
            && p.Uses.All(u => lastUse < u.First || u.Last < firstUse));
        if (place is null)
        {
            place = new Stretch(steps, stepLength, Saturated.ToInt(Length));
            _stretches.Add(place);
            Length += (steps * stepLength + alignment - 1) / alignment * alignment;
        }

        place.Uses.Add((firstUse, lastUse));
        ArenaBuffer buffer = new(name, steps, Saturated.ToInt(stepLength), place.Offset);
        _buffers.Add(buffer);
        return buffer;
    }

    private sealed record Stretch(int Steps, long StepLength, int Offset)
    {
        public List<(int First, int Last)> Uses { get; } = [];
    }
}
