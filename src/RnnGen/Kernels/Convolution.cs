using System.ComponentModel;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace RnnGen.Runtime;

/// <summary>
/// The steps that a convolution over time reads, side by side, so that its products are those of a dense layer: y(t) = f(Σ_k W_k x(t + k·dilation - back) + b), with zero beyond a
/// sequence's ends; as PyTorch's <c>torch.nn.Conv1d</c>, with the earliest step first.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class Convolution
{
    // Up to here a loop copies a step's values faster than a call does.
    private const int FewValues = 4;

    /// <summary>
    /// Lays each sequence out as <c>[row][step]</c>, with zero in front of its first step and behind its last one, so that a window is a stretch of it. Steps that are a dilation apart follow each
    /// other.
    /// </summary>
    /// <typeparam name="T">The number type.</typeparam>
    /// <param name="source">Where the values are stored that are read.</param>
    /// <param name="from">Row 0 of the first step.</param>
    /// <param name="arena">The arena.</param>
    /// <param name="target">Where row 0 goes; from a step to the one a dilation later; from a row to the next.</param>
    /// <param name="shape">The windows.</param>
    /// <param name="goesOn">Whether the steps in front of it are there already.</param>
    /// <param name="rows">The group.</param>
    /// <param name="first">The first row.</param>
    /// <param name="last">The row after the last.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Spread<T>(ref T source, in StepValues from, ref T arena, in StepValues target, in ConvolutionShape shape, bool goesOn, GroupRows rows, int first, int last) where T : unmanaged
    {
        for (int row = first; row < last; row++)
        {
            int length = rows.Length(row), end = shape.Back + length;
            ref T to = ref Unsafe.Add(ref arena, target.At(0, row));
            for (int place = goesOn ? shape.Back : 0; place < shape.Back; place++)
            {
                Clear(ref Unsafe.Add(ref to, shape.At(place)), shape.Width);
            }

            for (int step = 0; step < length; step++)
            {
                Copy(ref Unsafe.Add(ref source, from.At(step, row)), ref Unsafe.Add(ref to, shape.At(shape.Back + step)), shape.Width);
            }

            for (int place = end; place < end + shape.Ahead; place++)
            {
                Clear(ref Unsafe.Add(ref to, shape.At(place)), shape.Width);
            }
        }
    }

    /// <summary>The adjoints of windows become those of the steps that they read.</summary>
    /// <typeparam name="T">The number type.</typeparam>
    /// <param name="arena">The arena.</param>
    /// <param name="from">Row 0 of the first step's window.</param>
    /// <param name="target">Row 0 of the first step that windows read.</param>
    /// <param name="shape">The windows.</param>
    /// <param name="isWritten">Whether the adjoint is written, and not added to what is stored there.</param>
    /// <param name="rows">The group.</param>
    /// <param name="first">The first row.</param>
    /// <param name="last">The row after the last.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Collect<T>(ref T arena, in StepValues from, in StepValues target, in ConvolutionShape shape, bool isWritten, GroupRows rows, int first, int last)
        where T : unmanaged, INumber<T>
    {
        // From a tap's part of the one window that reads a step by it to the next tap's.
        int tapStep = shape.Width - shape.Dilation * from.Step;
        for (int row = first; row < last; row++)
        {
            int length = rows.Length(row);
            for (int step = 0; step < length; step++)
            {
                // The taps whose windows are those of steps of the sequence.
                int place = step + shape.Back, firstTap = place < length ? 0 : (place - length) / shape.Dilation + 1;
                int taps = Math.Min(shape.Kernel, place / shape.Dilation + 1) - firstTap;
                ref T values = ref Unsafe.Add(ref arena, from.At(place - firstTap * shape.Dilation, row) + firstTap * shape.Width);
                Sum(ref values, tapStep, taps, ref Unsafe.Add(ref arena, target.At(step, row)), shape.Width, isWritten);
            }
        }
    }

    /// <summary>The adjoints of the last steps of sequences, by what a later window reads of them, are added to theirs.</summary>
    /// <typeparam name="T">The number type.</typeparam>
    /// <param name="arena">The arena.</param>
    /// <param name="past">Row 0 of the adjoint of the oldest of the steps before the later window.</param>
    /// <param name="target">Row 0 of the first step's adjoint.</param>
    /// <param name="shape">The windows.</param>
    /// <param name="rows">The group.</param>
    /// <param name="first">The first row.</param>
    /// <param name="last">The row after the last.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void CollectLater<T>(ref T arena, in StepValues past, in StepValues target, in ConvolutionShape shape, GroupRows rows, int first, int last) where T : unmanaged, INumber<T>
    {
        for (int row = first; row < last; row++)
        {
            int length = rows.Length(row);
            for (int place = Math.Max(0, shape.Back - length); place < shape.Back; place++)
            {
                Sum(ref Unsafe.Add(ref arena, past.At(place, row)), 0, 1, ref Unsafe.Add(ref arena, target.At(length - shape.Back + place, row)), shape.Width, isWritten: false);
            }
        }
    }

    /// <summary>The adjoints of windows become those of the steps before the first one; what a later window reads of these, where sequences have fewer steps, is there and is kept.</summary>
    /// <typeparam name="T">The number type.</typeparam>
    /// <param name="arena">The arena.</param>
    /// <param name="from">Row 0 of the first step's window.</param>
    /// <param name="past">Row 0 of the adjoint of the oldest step: before the later window, and then before the first step.</param>
    /// <param name="shape">The windows.</param>
    /// <param name="rows">The group.</param>
    /// <param name="first">The first row.</param>
    /// <param name="last">The row after the last.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void CollectPast<T>(ref T arena, in StepValues from, in StepValues past, in ConvolutionShape shape, GroupRows rows, int first, int last) where T : unmanaged, INumber<T>
    {
        int tapStep = shape.Width - shape.Dilation * from.Step;
        for (int row = first; row < last; row++)
        {
            int length = rows.Length(row);
            for (int place = shape.Back - 1; place >= 0 && length > 0; place--)
            {
                // The later window's past begins as many steps further on as this one has.
                ref T adjoint = ref Unsafe.Add(ref arena, past.At(place, row));
                if (place >= length)
                {
                    Copy(ref Unsafe.Add(ref arena, past.At(place - length, row)), ref adjoint, shape.Width);
                }

                int firstTap = place < length ? 0 : (place - length) / shape.Dilation + 1, taps = Math.Min(shape.Kernel, place / shape.Dilation + 1) - firstTap;
                ref T values = ref Unsafe.Add(ref arena, from.At(place - firstTap * shape.Dilation, row) + firstTap * shape.Width);
                Sum(ref values, tapStep, taps, ref adjoint, shape.Width, isWritten: place < length);
            }
        }
    }

    // Several stretches of values are added up.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Sum<T>(ref T values, int stretch, int count, ref T target, int width, bool isWritten) where T : unmanaged, INumber<T>
    {
        int i = 0, vector = Vector<T>.Count;
        for (; i <= width - 4 * vector; i += 4 * vector)
        {
            ref T to = ref Unsafe.Add(ref target, i);
            Vector<T> a = isWritten ? Vector<T>.Zero : Vector.LoadUnsafe(ref to), b = isWritten ? Vector<T>.Zero : Vector.LoadUnsafe(ref to, (nuint)vector);
            Vector<T> c = isWritten ? Vector<T>.Zero : Vector.LoadUnsafe(ref to, (nuint)(2 * vector)), d = isWritten ? Vector<T>.Zero : Vector.LoadUnsafe(ref to, (nuint)(3 * vector));
            ref T from = ref Unsafe.Add(ref values, i);
            for (int k = 0; k < count; k++)
            {
                a += Vector.LoadUnsafe(ref from);
                b += Vector.LoadUnsafe(ref from, (nuint)vector);
                c += Vector.LoadUnsafe(ref from, (nuint)(2 * vector));
                d += Vector.LoadUnsafe(ref from, (nuint)(3 * vector));
                from = ref Unsafe.Add(ref from, stretch);
            }

            a.StoreUnsafe(ref to);
            b.StoreUnsafe(ref to, (nuint)vector);
            c.StoreUnsafe(ref to, (nuint)(2 * vector));
            d.StoreUnsafe(ref to, (nuint)(3 * vector));
        }

        for (; i <= width - vector; i += vector)
        {
            Vector<T> sum = isWritten ? Vector<T>.Zero : Vector.LoadUnsafe(ref target, (nuint)i);
            for (int k = 0; k < count; k++)
            {
                sum += Vector.LoadUnsafe(ref Unsafe.Add(ref values, k * stretch + i));
            }

            sum.StoreUnsafe(ref target, (nuint)i);
        }

        for (; i < width; i++)
        {
            T sum = isWritten ? T.Zero : Unsafe.Add(ref target, i);
            for (int k = 0; k < count; k++)
            {
                sum += Unsafe.Add(ref values, k * stretch + i);
            }

            Unsafe.Add(ref target, i) = sum;
        }
    }

    /// <summary>
    /// One step of sequences that are fed step by step: the window of each, from its ring of past steps and the new one, which then takes the place of the oldest. A ring is
    /// <c>[step][value]</c>, and behind it the place of the oldest step.
    /// </summary>
    /// <typeparam name="T">The number type.</typeparam>
    /// <param name="source">Where the new steps are stored.</param>
    /// <param name="from">Row 0 of them.</param>
    /// <param name="fromRow">From a row to the next.</param>
    /// <param name="arena">The arena.</param>
    /// <param name="windows">Where the windows go.</param>
    /// <param name="rings">Where the rings are stored.</param>
    /// <param name="shape">The windows.</param>
    /// <param name="first">The first row.</param>
    /// <param name="last">The row after the last.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Step<T>(ref T source, int from, int fromRow, ref T arena, in StepValues windows, in StepValues rings, in ConvolutionShape shape, int first, int last)
        where T : unmanaged, INumber<T>
    {
        int width = shape.Width, past = shape.Back;
        for (int row = first; row < last; row++)
        {
            ref T step = ref Unsafe.Add(ref source, from + row * fromRow);
            ref T window = ref Unsafe.Add(ref arena, windows.At(0, row));
            ref T ring = ref Unsafe.Add(ref arena, rings.At(0, row));
            ref T place = ref Unsafe.Add(ref ring, past * width);
            int oldest = int.CreateTruncating(place), read = oldest;
            for (int tap = 0; tap < shape.Kernel - 1; tap++)
            {
                Copy(ref Unsafe.Add(ref ring, read * width), ref window, width);
                window = ref Unsafe.Add(ref window, width);
                read += shape.Dilation;
                read -= read >= past ? past : 0;
            }

            Copy(ref step, ref window, width);
            Copy(ref step, ref Unsafe.Add(ref ring, oldest * width), width);
            place = T.CreateTruncating(oldest + 1 == past ? 0 : oldest + 1);
        }
    }

    /// <summary>The windows of several steps of one sequence.</summary>
    /// <typeparam name="T">The number type.</typeparam>
    /// <param name="arena">The arena.</param>
    /// <param name="past">Where the steps before are stored, the oldest first, with the new ones behind.</param>
    /// <param name="windows">Where the windows go, a row each.</param>
    /// <param name="shape">The windows.</param>
    /// <param name="first">0.</param>
    /// <param name="steps">The number of steps.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Block<T>(ref T arena, int past, in StepValues windows, in ConvolutionShape shape, int first, int steps) where T : unmanaged
    {
        int width = shape.Width;
        for (int step = first; step < steps; step++)
        {
            ref T window = ref Unsafe.Add(ref arena, windows.At(0, step));
            for (int tap = 0; tap < shape.Kernel; tap++)
            {
                Copy(ref Unsafe.Add(ref arena, past + (step + tap * shape.Dilation) * width), ref Unsafe.Add(ref window, tap * width), width);
            }
        }
    }

    /// <summary>The places in front of each sequence's first step become zero.</summary>
    /// <typeparam name="T">The number type.</typeparam>
    /// <param name="arena">The arena.</param>
    /// <param name="target">Where row 0 is laid out; from a step to the one a dilation later; from a row to the next.</param>
    /// <param name="shape">The windows.</param>
    /// <param name="first">The first row.</param>
    /// <param name="last">The row after the last.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Begin<T>(ref T arena, in StepValues target, in ConvolutionShape shape, int first, int last) where T : unmanaged
    {
        for (int row = first; row < last; row++)
        {
            for (int place = 0; place < shape.Back; place++)
            {
                Clear(ref Unsafe.Add(ref arena, target.At(0, row) + shape.At(place)), shape.Width);
            }
        }
    }

    /// <summary>Puts rows where windows read them.</summary>
    /// <typeparam name="T">The number type.</typeparam>
    /// <param name="source">Where they are stored.</param>
    /// <param name="from">Row 0 of them.</param>
    /// <param name="fromRow">From a row to the next.</param>
    /// <param name="arena">The arena.</param>
    /// <param name="to">Where row 0 goes.</param>
    /// <param name="toRow">From a row to the next.</param>
    /// <param name="width">Values of a row.</param>
    /// <param name="first">The first row.</param>
    /// <param name="last">The row after the last.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Put<T>(ref T source, int from, int fromRow, ref T arena, int to, int toRow, int width, int first, int last) where T : unmanaged
    {
        for (int row = first; row < last; row++)
        {
            Copy(ref Unsafe.Add(ref source, from + row * fromRow), ref Unsafe.Add(ref arena, to + row * toRow), width);
        }
    }

    /// <summary>Puts the rows of weights <c>[filters, channels, kernel]</c> that are in a range of parameters into the order of a window, <c>[filters, kernel, channels]</c>.</summary>
    /// <typeparam name="T">The number type.</typeparam>
    /// <param name="parameters">The parameters.</param>
    /// <param name="weight">Where the weights begin.</param>
    /// <param name="filters">Filters.</param>
    /// <param name="channels">Values of a step.</param>
    /// <param name="kernel">Steps of a window.</param>
    /// <param name="packs">The packs.</param>
    /// <param name="ordered">Where the weights go.</param>
    /// <param name="first">The first parameter of the range.</param>
    /// <param name="last">The parameter after the last one of the range, which cuts no row.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void OrderWeight<T>(ref T parameters, int weight, int filters, int channels, int kernel, ref T packs, int ordered, int first, int last) where T : unmanaged
    {
        int row = channels * kernel;
        for (int filter = 0; filter < filters; filter++)
        {
            int offset = weight + filter * row;
            if (offset >= first && offset < last)
            {
                ref T to = ref Unsafe.Add(ref packs, ordered + filter * row);
                for (int tap = 0; tap < kernel; tap++)
                {
                    ref T from = ref Unsafe.Add(ref parameters, offset + tap);
                    for (int channel = 0; channel < channels; channel++)
                    {
                        to = from;
                        to = ref Unsafe.Add(ref to, 1);
                        from = ref Unsafe.Add(ref from, kernel);
                    }
                }
            }
        }
    }

    /// <summary>Takes the gradient of the rows of weights <c>[filters, channels, kernel]</c> that are in a range of parameters out of the panels of the one lane, whose columns are those of a window.</summary>
    /// <typeparam name="T">The number type.</typeparam>
    /// <param name="arena">The sums of the gradients.</param>
    /// <param name="panels">Column 0 in the first block; from a column to the next; from a block of filters to the next.</param>
    /// <param name="filters">Filters.</param>
    /// <param name="channels">Values of a step.</param>
    /// <param name="kernel">Steps of a window.</param>
    /// <param name="gradients">The gradients, laid out as the parameters.</param>
    /// <param name="weight">Where the weights begin.</param>
    /// <param name="first">The first parameter of the range.</param>
    /// <param name="last">The parameter after the last one of the range, which cuts no row.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void TakeWeight<T>(ref T arena, in StepValues panels, int filters, int channels, int kernel, ref T gradients, int weight, int first, int last) where T : unmanaged
    {
        int row = channels * kernel, block = 64 / Unsafe.SizeOf<T>();
        for (int filter = 0; filter < filters; filter++)
        {
            int offset = weight + filter * row;
            if (offset < first || offset >= last)
            {
                continue;
            }

            ref T from = ref Unsafe.Add(ref arena, panels.At(0, filter / block) + filter % block);
            ref T to = ref Unsafe.Add(ref gradients, offset);
            int columnStep = panels.Step;
            for (int tap = 0; tap < kernel; tap++)
            {
                ref T at = ref Unsafe.Add(ref to, tap);
                for (int channel = 0; channel < channels; channel++)
                {
                    at = from;
                    at = ref Unsafe.Add(ref at, kernel);
                    from = ref Unsafe.Add(ref from, columnStep);
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Copy<T>(ref T from, ref T to, int count) where T : unmanaged
    {
        if (count > FewValues)
        {
            MemoryMarshal.CreateReadOnlySpan(ref from, count).CopyTo(MemoryMarshal.CreateSpan(ref to, count));
            return;
        }

        for (int i = 0; i < count; i++)
        {
            Unsafe.Add(ref to, i) = Unsafe.Add(ref from, i);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Clear<T>(ref T values, int count) where T : unmanaged => MemoryMarshal.CreateSpan(ref values, count).Clear();
}

/// <summary>The windows of a convolution over time.</summary>
/// <param name="Width">Values of a step.</param>
/// <param name="Kernel">Steps of a window.</param>
/// <param name="Dilation">From a step of a window to the next.</param>
/// <param name="Back">From a window's first step to the step whose window it is.</param>
/// <param name="PhaseLength">Where sequences are laid out for it, from the steps of one remainder by the dilation to those of the next.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly record struct ConvolutionShape(int Width, int Kernel, int Dilation, int Back, int PhaseLength = 0)
{
    /// <summary>From the step whose window it is to the last one of the window.</summary>
    public int Ahead => ((Kernel - 1) * Dilation) - Back;

    // Where a step of a sequence that is laid out for it is stored; the first is the first window's.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal int At(int place) => Dilation == 1 ? place * Width : (place % Dilation * PhaseLength) + (place / Dilation * Width);
}
