using System.ComponentModel;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace RnnGen.Runtime;

/// <summary>
/// Between block-diagonal weights, as parameters have them, and the matrices that kernels multiply by, which are zero elsewhere. Parameters hold a row of a head's columns for each unit:
/// <c>[gate, unit, size / heads]</c>; the matrix has <c>[gate, unit, size]</c>.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class BlockDiagonal
{
    /// <summary>Puts the rows of block-diagonal weights that are in a range of parameters into their matrix.</summary>
    /// <typeparam name="T">The number type.</typeparam>
    /// <param name="parameters">The parameters.</param>
    /// <param name="weight">Where the weights begin.</param>
    /// <param name="rows">Rows: those of all gates.</param>
    /// <param name="size">Units of the layer.</param>
    /// <param name="heads">Heads, which divide them.</param>
    /// <param name="packs">The packs.</param>
    /// <param name="matrix">Where the matrix begins.</param>
    /// <param name="first">The first parameter of the range.</param>
    /// <param name="last">The parameter after the last one of the range, which cuts no row.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Expand<T>(ref T parameters, int weight, int rows, int size, int heads, ref T packs, int matrix, int first, int last) where T : unmanaged
    {
        int columns = size / heads;
        for (int row = 0; row < rows; row++)
        {
            int offset = weight + row * columns;
            if (offset >= first && offset < last)
            {
                ref T from = ref Unsafe.Add(ref parameters, offset);
                ref T to = ref Unsafe.Add(ref packs, matrix + row * size + row % size / columns * columns);
                for (int column = 0; column < columns; column++)
                {
                    Unsafe.Add(ref to, column) = Unsafe.Add(ref from, column);
                }
            }
        }
    }

    /// <summary>Takes the gradient of the rows of block-diagonal weights of one gate that are in a range of parameters out of the panels of one lane.</summary>
    /// <typeparam name="T">The number type.</typeparam>
    /// <param name="arena">The sums of the gradients.</param>
    /// <param name="panels">Column 0 in the first block; from a column to the next; from a block of units to the next.</param>
    /// <param name="size">Units of the layer.</param>
    /// <param name="heads">Heads, which divide them.</param>
    /// <param name="gradients">The gradients, laid out as the parameters.</param>
    /// <param name="weight">Where the gate's weights begin.</param>
    /// <param name="adds">Whether the weights have the gradient of another lane already.</param>
    /// <param name="first">The first parameter of the range.</param>
    /// <param name="last">The parameter after the last one of the range, which cuts no row.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void TakeWeight<T>(ref T arena, in StepValues panels, int size, int heads, ref T gradients, int weight, bool adds, int first, int last) where T : unmanaged, INumber<T>
    {
        int columns = size / heads, block = 64 / Unsafe.SizeOf<T>();
        for (int unit = 0; unit < size; unit++)
        {
            int offset = weight + unit * columns;
            if (offset < first || offset >= last)
            {
                continue;
            }

            ref T from = ref Unsafe.Add(ref arena, panels.At(unit / columns * columns, unit / block) + unit % block);
            ref T to = ref Unsafe.Add(ref gradients, offset);
            for (int column = 0; column < columns; column++)
            {
                T gradient = Unsafe.Add(ref from, column * panels.Step);
                Unsafe.Add(ref to, column) = adds ? Unsafe.Add(ref to, column) + gradient : gradient;
            }
        }
    }
}
