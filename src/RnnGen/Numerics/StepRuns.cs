using System.ComponentModel;
using System.Runtime.CompilerServices;

namespace RnnGen.Runtime;

/// <summary>
/// Steps of a group as rows of one matrix, <c>[step][row]</c>: runs of steps at which all rows are live, so that their rows follow each other without a gap, and
/// single steps where some are not.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public ref struct StepRuns
{
    private readonly ref int _live;
    private readonly int _steps;
    private readonly int _stepRows;
    private readonly int _maximumSteps;
    private readonly bool _descends;
    private int _left;

    /// <summary>The runs of some steps.</summary>
    /// <param name="live">The number of live rows at the first step; those at the others follow.</param>
    /// <param name="steps">Steps.</param>
    /// <param name="stepRows">Rows that a step has room for.</param>
    /// <param name="maximumRows">Rows of a run, unless one step has more.</param>
    /// <param name="descends">Whether the last step comes first.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public StepRuns(ref int live, int steps, int stepRows, int maximumRows, bool descends)
    {
        _live = ref live;
        (_steps, _stepRows, _maximumSteps, _descends, _left) = (steps, stepRows, Math.Max(1, maximumRows / stepRows), descends, steps);
        (First, Last) = (0, 0);
    }

    /// <summary>The run's first row.</summary>
    public int First { get; private set; }

    /// <summary>The row after its last one.</summary>
    public int Last { get; private set; }

    /// <summary>Goes to the next run.</summary>
    /// <returns>Whether there is one.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool Next()
    {
        if (_left == 0)
        {
            return false;
        }

        int step = _descends ? _left - 1 : _steps - _left, rows = Unsafe.Add(ref _live, step), count = 1;
        if (rows == _stepRows)
        {
            int maximum = Math.Min(_maximumSteps, _left);
            while (count < maximum && Unsafe.Add(ref _live, _descends ? step - count : step + count) == _stepRows)
            {
                count++;
            }
        }

        First = (_descends ? step - count + 1 : step) * _stepRows;
        Last = First + ((count - 1) * _stepRows) + rows;
        _left -= count;
        return true;
    }
}
