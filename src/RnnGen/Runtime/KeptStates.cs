using System.ComponentModel;
using System.Runtime.CompilerServices;

namespace RnnGen.Runtime;

/// <summary>The states between the windows of a sequence, from which the backward pass recomputes each window (T. Chen et al. 2016).</summary>
/// <typeparam name="T">The number type.</typeparam>
/// <param name="windows">Windows of a sequence.</param>
/// <param name="rows">Rows, at most.</param>
/// <param name="length">Values of one row's states.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class KeptStates<T>(int windows, int rows, int length) where T : unmanaged
{
    private readonly T[] _values = new T[checked(windows * rows * length)];

    /// <summary>Keeps the states after each row's last step of a window; rows that have ended keep theirs.</summary>
    /// <param name="arena">The training arena.</param>
    /// <param name="places">Where the states are stored.</param>
    /// <param name="group">The window's rows.</param>
    /// <param name="window">The window that begins with them.</param>
    /// <param name="first">The first row.</param>
    /// <param name="last">The row after the last.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Save(ref T arena, ReadOnlySpan<CarriedPlace> places, GroupRows group, int window, int first, int last)
    {
        for (int row = first; row < last; row++)
        {
            int to = (window * rows + row) * length;
            foreach (CarriedPlace place in places)
            {
                Rows.Copy(ref arena, place.ValuesAt(group.Length(row), row), 0, place.Size, ref _values[0], to, 0, 0, 1);
                to += place.Size;
            }
        }
    }

    /// <summary>Puts the states before a window's first step.</summary>
    /// <param name="arena">The training arena.</param>
    /// <param name="places">Where the states are stored.</param>
    /// <param name="window">The window.</param>
    /// <param name="first">The first row.</param>
    /// <param name="last">The row after the last.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Load(ref T arena, ReadOnlySpan<CarriedPlace> places, int window, int first, int last)
    {
        for (int row = first; row < last; row++)
        {
            int from = (window * rows + row) * length;
            foreach (CarriedPlace place in places)
            {
                Rows.Copy(ref _values[0], from, 0, place.Size, ref arena, place.ValuesAt(0, row), 0, 0, 1);
                from += place.Size;
            }
        }
    }
}
