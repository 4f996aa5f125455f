using System.ComponentModel;
using System.Numerics;
using System.Runtime.CompilerServices;
namespace RnnGen.Runtime;

/// <summary>A buffer of the training arena in which a value that is not finite can be found.</summary>
/// <param name="Name">What it holds, such as <c>Lstm0 h</c>.</param>
/// <param name="Offset">Where it begins.</param>
/// <param name="FirstTime">The time step of its first step.</param>
/// <param name="Steps">Steps.</param>
/// <param name="StepLength">From a step to the next.</param>
/// <param name="Parts">Parts of a step, each of rows.</param>
/// <param name="PartLength">From a part to the next.</param>
/// <param name="RowLength">From a row to the next.</param>
/// <param name="Width">Values of a row that mean something.</param>
/// <param name="RunsAtEnd">Whether it belongs to a layer that runs once, after each row's last step.</param>
/// <param name="IsDecoded">Whether its steps are those of the decoded sequences.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly record struct TracedBuffer(
    string Name, int Offset, int FirstTime, int Steps, int StepLength, int Parts, int PartLength, int RowLength, int Width, bool RunsAtEnd = false, bool IsDecoded = false);

/// <summary>Finds and names the first value that is not finite, when a loss or gradient is not.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class NonFinite
{
    /// <summary>Whether all values are finite.</summary>
    /// <typeparam name="T">The number type.</typeparam>
    /// <param name="values">The values.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static bool None<T>(ReadOnlySpan<T> values) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        // x · 0 is 0 where x is finite and NaN where it is not; the sum keeps the NaN.
        Vector<T> sum = Vector<T>.Zero;
        int i = 0;
        for (; i <= values.Length - Vector<T>.Count; i += Vector<T>.Count)
        {
            sum += new Vector<T>(values[i..]) * Vector<T>.Zero;
        }

        T rest = Vector.Sum(sum);
        for (; i < values.Length; i++)
        {
            rest += values[i] * T.Zero;
        }

        return rest == T.Zero;
    }

    /// <summary>Whether all values of some segments are finite.</summary>
    /// <typeparam name="T">The number type.</typeparam>
    /// <param name="values">The values.</param>
    /// <param name="segments">The segments.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static bool None<T>(ReadOnlySpan<T> values, ReadOnlySpan<ParameterSegment> segments) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        foreach (ParameterSegment segment in segments)
        {
            if (!None(values.Slice(segment.Offset, segment.Length)))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The exception for a loss that is not finite.</summary>
    /// <typeparam name="T">The number type.</typeparam>
    /// <param name="loss">The loss.</param>
    /// <param name="arena">The training arena.</param>
    /// <param name="rows">The group.</param>
    /// <param name="forward">Inputs, then the layers' outputs in data-flow order.</param>
    /// <param name="start">Sequences before the group's.</param>
    /// <param name="decoded">The group's decoded sequences, if the model decodes.</param>
    public static NonFiniteException Loss<T>(double loss, ReadOnlySpan<T> arena, GroupRows rows, ReadOnlySpan<TracedBuffer> forward, int start, GroupRows decoded = default)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        string what = Invariant($"The loss is {loss}: ");
        return FindFirst(arena, rows, decoded, forward) is { } found
            ? new NonFiniteException(what + found.What, start + found.Sequence, ". Nothing was updated.")
            : new NonFiniteException(what + "the outputs and their distances to the targets are finite, but their sum is not. Nothing was updated.");
    }

    /// <summary>The exception for a loss that is not finite; null if this window of the sequences is not the cause.</summary>
    /// <typeparam name="T">The number type.</typeparam>
    /// <param name="arena">The training arena.</param>
    /// <param name="rows">The group.</param>
    /// <param name="forward">Inputs, then the layers' outputs in data-flow order.</param>
    /// <param name="start">Sequences before the group's.</param>
    /// <param name="firstTime">Steps before the window.</param>
    /// <param name="haveOutputs">Whether what runs at the end ran.</param>
    public static NonFiniteException? Forward<T>(ReadOnlySpan<T> arena, GroupRows rows, ReadOnlySpan<TracedBuffer> forward, int start, int firstTime, bool haveOutputs)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        FindFirst(arena, rows, default, forward, firstTime, haveOutputs) is { } found
            ? new NonFiniteException(Invariant($"The loss is not finite: {found.What}"), start + found.Sequence, ". Nothing was updated.")
            : null;

    /// <summary>The exception for a gradient that is not finite; null if this group of sequences is not the cause.</summary>
    /// <typeparam name="T">The number type.</typeparam>
    /// <param name="arena">The training arena after the group's BPTT.</param>
    /// <param name="rows">The group.</param>
    /// <param name="forward">Inputs, then the layers' outputs in data-flow order: a gate that saturates can hide an infinite one from the loss.</param>
    /// <param name="backward">The layers' adjoints from the output down.</param>
    /// <param name="start">Sequences before the group's.</param>
    /// <param name="decoded">The group's decoded sequences, if the model decodes.</param>
    /// <param name="firstTime">Steps before the arena's.</param>
    /// <param name="haveOutputs">Whether what runs at the end ran.</param>
    public static NonFiniteException? Gradient<T>(
        ReadOnlySpan<T> arena, GroupRows rows, ReadOnlySpan<TracedBuffer> forward, ReadOnlySpan<TracedBuffer> backward, int start, GroupRows decoded = default, int firstTime = 0,
        bool haveOutputs = true)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (FindFirst(arena, rows, decoded, forward, firstTime, haveOutputs) is { } found)
        {
            return new NonFiniteException(Invariant($"The gradient is not finite: {found.What}"), start + found.Sequence, ". Nothing was updated.");
        }

        foreach (TracedBuffer buffer in backward)
        {
            for (int step = buffer.Steps - 1; step >= 0 && (haveOutputs || !buffer.RunsAtEnd); step--)
            {
                if (FindRow(arena, buffer, step, buffer.IsDecoded ? decoded : rows) is { } sequence)
                {
                    return new NonFiniteException(
                        Invariant($"The gradient is not finite: in the backward pass, first {buffer.Name} at time step {firstTime + buffer.FirstTime + step}, "),
                        start + sequence, ". Nothing was updated; clip the gradient or lower the learning rate.");
                }
            }
        }

        return null;
    }

    /// <summary>The exception for a gradient whose terms are finite but whose sum is not.</summary>
    public static NonFiniteException GradientSum() =>
        new("The gradient is not finite: its sum over steps and sequences overflows. Nothing was updated; clip the gradient or lower the learning rate.");

    // What is not finite first in data-flow order, and in which sequence of the group.
    private static (string What, int Sequence)? FindFirst<T>(ReadOnlySpan<T> arena, GroupRows rows, GroupRows decoded, ReadOnlySpan<TracedBuffer> forward, int firstTime = 0, bool haveOutputs = true)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        foreach (TracedBuffer buffer in forward)
        {
            for (int step = 0; step < buffer.Steps && (haveOutputs || !buffer.RunsAtEnd); step++)
            {
                if (FindRow(arena, buffer, step, buffer.IsDecoded ? decoded : rows) is { } sequence)
                {
                    return (Invariant($"{buffer.Name} is not finite at time step {firstTime + buffer.FirstTime + step}, "), sequence);
                }
            }
        }

        return null;
    }

    private static int? FindRow<T>(ReadOnlySpan<T> arena, TracedBuffer buffer, int step, GroupRows rows)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int live = rows.Last(buffer.RunsAtEnd ? buffer.FirstTime + 1 : buffer.FirstTime + step, int.MaxValue);
        for (int row = 0; row < live; row++)
        {
            for (int part = 0; part < buffer.Parts; part++)
            {
                int start = buffer.Offset + step * buffer.StepLength + part * buffer.PartLength + row * buffer.RowLength;
                if (!None(arena.Slice(start, Math.Min(buffer.Width, arena.Length - start))))
                {
                    return rows.Sequence(row);
                }
            }
        }

        return null;
    }
}
