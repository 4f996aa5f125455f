using RnnGen.Runtime;

namespace RnnGen;

/// <summary>The part of the parameters that one of several processes updates, and keeps the moments of. Parameters are shared evenly, in their order.</summary>
internal sealed class OptimizerShard
{
    private readonly int[] _starts; // the first parameter of each process, and their number
    private ParameterSegment[] _segments = [];

    /// <summary>Shares the parameters.</summary>
    /// <param name="group">The processes.</param>
    /// <param name="parameters">How many parameters there are.</param>
    public OptimizerShard(ProcessGroup group, int parameters)
    {
        Group = group;
        _starts = group.Starts(parameters);
    }

    /// <summary>The processes.</summary>
    public ProcessGroup Group { get; }

    /// <summary>The first parameter of this process.</summary>
    public int First => _starts[Group.Rank];

    /// <summary>How many it has.</summary>
    public int Count => _starts[Group.Rank + 1] - First;

    /// <summary>What is of this process of some segments, counted from its first parameter.</summary>
    public ReadOnlySpan<ParameterSegment> Own(ReadOnlySpan<ParameterSegment> segments)
    {
        if (_segments.Length < segments.Length)
        {
            _segments = new ParameterSegment[segments.Length];
        }

        int count = 0;
        foreach (ParameterSegment segment in segments)
        {
            int first = Math.Max(segment.Offset - First, 0), last = Math.Min(segment.End - First, Count);
            if (first < last)
            {
                _segments[count++] = new ParameterSegment(first, last - first);
            }
        }

        return _segments.AsSpan(0, count);
    }

    /// <summary>Gives every process the parameters that the others have updated.</summary>
    public void Gather<T>(Span<T> parameters) where T : unmanaged => Group.Gather(parameters, _starts);

    /// <summary>The moments of all parameters, in process 0; <see langword="null"/> in the others, which send theirs.</summary>
    /// <param name="own">The moments of this process's parameters, one moment after the other.</param>
    public T[]? Whole<T>(ReadOnlySpan<T> own) where T : unmanaged
    {
        int kept = Count == 0 ? 0 : own.Length / Count, parameters = _starts[^1];
        if (Group.Rank > 0)
        {
            Group.Exchange<T>(0, own, default);
            return null;
        }

        T[] all = new T[checked(kept * parameters)];
        for (int rank = 0; rank < Group.Count; rank++)
        {
            int count = _starts[rank + 1] - _starts[rank];
            T[] part = rank == 0 ? own.ToArray() : new T[checked(kept * count)];
            if (rank > 0)
            {
                Group.Exchange<T>(rank, default, part);
            }

            for (int moment = 0; moment < kept; moment++)
            {
                part.AsSpan(moment * count, count).CopyTo(all.AsSpan((moment * parameters) + _starts[rank]));
            }
        }

        return all;
    }

    /// <summary>Of the moments of all parameters those of this process.</summary>
    public T[] Own<T>(ReadOnlySpan<T> whole) where T : unmanaged
    {
        int parameters = _starts[^1], kept = whole.Length / parameters;
        T[] own = new T[kept * Count];
        for (int moment = 0; moment < kept; moment++)
        {
            whole.Slice((moment * parameters) + First, Count).CopyTo(own.AsSpan(moment * Count));
        }

        return own;
    }
}
