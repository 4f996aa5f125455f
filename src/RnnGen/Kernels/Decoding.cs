using System.ComponentModel;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace RnnGen.Runtime;

/// <summary>What training does with the target sequences of a decoder.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class Decoding
{
    /// <summary>Steps with a loss of all sequences: each up to its end token, or all.</summary>
    /// <param name="targets">Tokens <c>[count, steps]</c>.</param>
    /// <param name="count">Sequences.</param>
    /// <param name="steps">The maximum number of steps of a sequence.</param>
    /// <param name="endToken">The token that ends a sequence.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static long Steps(ReadOnlySpan<int> targets, int count, int steps, int endToken)
    {
        long sum = 0;
        for (int i = 0; i < count; i++)
        {
            sum += Length(targets.Slice(i * steps, steps), endToken);
        }

        return sum;
    }

    /// <summary>Each sequence's length: up to its end token and with it, or all steps.</summary>
    /// <param name="targets">Tokens <c>[sequence, steps]</c>.</param>
    /// <param name="steps">The maximum number of steps of a sequence.</param>
    /// <param name="endToken">The token that ends a sequence.</param>
    /// <param name="lengths">Receives one length a sequence.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Lengths(ReadOnlySpan<int> targets, int steps, int endToken, Span<int> lengths)
    {
        for (int i = 0; i < targets.Length / steps; i++)
        {
            lengths[i] = Length(targets.Slice(i * steps, steps), endToken);
        }
    }

    private static int Length(ReadOnlySpan<int> tokens, int endToken)
    {
        int end = tokens.IndexOf(endToken);
        return end < 0 ? tokens.Length : end + 1;
    }

    /// <summary>Teacher forcing: at each step the token of the step before is read, the start token first. Targets beyond a sequence's end become -1, which has no loss.</summary>
    /// <param name="targets">Tokens in the order of the rows, <c>[row, steps]</c>.</param>
    /// <param name="rows">The group.</param>
    /// <param name="steps">The maximum number of steps of a sequence.</param>
    /// <param name="startToken">The first token.</param>
    /// <param name="tokens">Receives what is read.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Feed(Span<int> targets, GroupRows rows, int steps, int startToken, Span<int> tokens)
    {
        for (int row = 0; row < rows.Count; row++)
        {
            Span<int> target = targets.Slice(row * steps, steps), read = tokens.Slice(row * steps, steps);
            int length = rows.Length(row);
            target[length..].Fill(-1);
            read.Fill(startToken);
            target[..(length - 1)].CopyTo(read[1..]);
        }
    }

    /// <summary>At each step the token that was chosen after the step before is read, the start token first.</summary>
    /// <param name="chosen">Tokens in the order of the rows, <c>[row, steps]</c>.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="steps">The maximum number of steps of a sequence.</param>
    /// <param name="startToken">The first token.</param>
    /// <param name="tokens">Receives what is read.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Feed(ReadOnlySpan<int> chosen, int rows, int steps, int startToken, Span<int> tokens)
    {
        for (int row = 0; row < rows; row++)
        {
            tokens[row * steps] = startToken;
            chosen.Slice(row * steps, steps - 1).CopyTo(tokens[(row * steps + 1)..]);
        }
    }

    /// <summary>Teacher forcing: at each step the values of the step before are read, 0 first.</summary>
    /// <typeparam name="T">The number type.</typeparam>
    /// <param name="targets">Values in the order of the rows, <c>[row, steps, features]</c>.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="steps">Steps of a sequence.</param>
    /// <param name="features">Values of a step.</param>
    /// <param name="arena">The arena.</param>
    /// <param name="target">Where row 0 of the first step goes.</param>
    /// <param name="stepLength">From a step to the next.</param>
    /// <param name="rowLength">From a row to the next.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Feed<T>(
        ReadOnlySpan<T> targets, int rows, int steps, int features, ref T arena, int target, int stepLength, int rowLength) where T : unmanaged
    {
        for (int row = 0; row < rows; row++)
        {
            for (int step = 0; step < steps; step++)
            {
                Span<T> read = MemoryMarshal.CreateSpan(ref Unsafe.Add(ref arena, target + step * stepLength + row * rowLength), features);
                if (step == 0)
                {
                    read.Clear();
                }
                else
                {
                    targets.Slice((row * steps + step - 1) * features, features).CopyTo(read);
                }
            }
        }
    }
}
