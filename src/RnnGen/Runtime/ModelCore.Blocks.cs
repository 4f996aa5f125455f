using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace RnnGen.Runtime;

// Several steps of one sequence at once.
public partial class ModelCore<TNumber, TInput, TTarget>
{
    // A few sequences, one after the other.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void PredictBlocks(ReadOnlySpan<TInput> inputs, ref TNumber a, Span<TNumber> outputs, int size, ReadOnlySpan<int> lengths)
    {
        for (int i = 0; i < size; i++)
        {
            int steps = lengths.IsEmpty ? Layout.SequenceLength : lengths[i];
            Span<TNumber> y = outputs.Slice(i * Layout.OutputLength, Layout.OutputLength);
            if (_columns is null)
            {
                PredictBlocks(inputs.Slice(i * Layout.InputLength, steps * _inputStep), ref a, y);
                continue;
            }

            AlignedBuffer<TInput> read = _sorted.Rent();
            ReadColumns(ref Unsafe.Add(ref MemoryMarshal.GetReference(inputs), i * Layout.InputLength), steps, ref read.First);
            PredictBlocks(read.Span[..(steps * ReadStep)], ref a, y);
            _sorted.Return(read);
        }
    }

    // One sequence, from its first step to its last, whose outputs are those of each step or of the last one.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void PredictBlocks(ReadOnlySpan<TInput> x, ref TNumber a, Span<TNumber> y)
    {
        StreamShape stream = Shape.Stream!;
        for (int i = 0; i < stream.States.Length; i++)
        {
            StreamedState state = stream.States[i];
            Span<TNumber> start = MemoryMarshal.CreateSpan(ref Unsafe.Add(ref a, stream.Block!.States[i].First), state.Size);
            if (state.Learned >= 0)
            {
                MemoryMarshal.CreateReadOnlySpan(ref Unsafe.Add(ref Packs, state.Learned), state.Size).CopyTo(start);
            }
            else
            {
                start.Clear();
            }
        }

        RunBlocks(ref a, x, y, 0, saysAll: Layout.OutputSteps > 1);
    }

    /// <summary>Computes steps of one sequence, in pieces of as many as a block has. States are before the first step of a block before and after it.</summary>
    /// <param name="a">A block's memory.</param>
    /// <param name="x">What the first layer reads of the steps.</param>
    /// <param name="y">The outputs.</param>
    /// <param name="before">The number of earlier steps.</param>
    /// <param name="saysAll">Whether each step has an output, or the last one alone.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal void RunBlocks(ref TNumber a, ReadOnlySpan<TInput> x, Span<TNumber> y, int before, bool saysAll)
    {
        BlockShape shape = Shape.Stream!.Block!;
        int steps = x.Length / ReadStep, size = Shape.OutputSize;
        for (int start = 0; start < steps; start += shape.Steps)
        {
            int count = Math.Min(shape.Steps, steps - start);
            int said = saysAll ? 0 : start + count < steps ? count : count - 1;
            _program.Block(ref Unsafe.Add(ref MemoryMarshal.GetReference(x), start * ReadStep), ref FirstParameter, ref PredictedPacks, ref a, before + start, said, count);
            for (int step = said; step < count; step++)
            {
                Copy(ref Unsafe.Add(ref a, shape.Outputs.At(step, 0)), ref MemoryMarshal.GetReference(y[((saysAll ? start + step : 0) * size)..]), size);
            }

            foreach (BlockState state in shape.States)
            {
                if (state.Step > 0)
                {
                    Copy(ref Unsafe.Add(ref a, state.First + count * state.Step), ref Unsafe.Add(ref a, state.First), state.Step);
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Copy(ref TNumber from, ref TNumber to, int length) => MemoryMarshal.CreateReadOnlySpan(ref from, length).CopyTo(MemoryMarshal.CreateSpan(ref to, length));
}
