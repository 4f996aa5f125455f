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
            PredictBlocks(inputs[(i * Layout.InputLength)..], steps, ref a, outputs.Slice(i * Layout.OutputLength, Layout.OutputLength));
        }
    }

    // One sequence, from its first step to its last, whose outputs are those of each step or of the last one.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void PredictBlocks(ReadOnlySpan<TInput> input, int steps, ref TNumber a, Span<TNumber> y, HeadReading? reading = null, HeadDraws draws = default)
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

        if (_columns is null)
        {
            RunBlocks(ref a, input[..(steps * ReadStep)], y, 0, saysAll: Layout.OutputSteps > 1, reading, draws);
            return;
        }

        AlignedBuffer<TInput> read = _sorted.Rent();
        ReadColumns(ref MemoryMarshal.GetReference(input), steps, ref read.First);
        RunBlocks(ref a, read.Span[..(steps * ReadStep)], y, 0, saysAll: Layout.OutputSteps > 1, reading, draws);
        _sorted.Return(read);
    }

    /// <summary>Computes steps of one sequence, in pieces of as many as a block has. States are before the first step of a block before and after it.</summary>
    /// <param name="a">A block's memory.</param>
    /// <param name="x">What the first layer reads of the steps.</param>
    /// <param name="y">The outputs.</param>
    /// <param name="before">The number of earlier steps.</param>
    /// <param name="saysAll">Whether each step has an output, or the last one alone.</param>
    /// <param name="reading">What is read of the output layer in place of the outputs; null for the outputs.</param>
    /// <param name="draws">The chance that draws are made with.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal void RunBlocks(ref TNumber a, ReadOnlySpan<TInput> x, Span<TNumber> y, int before, bool saysAll, HeadReading? reading = null, HeadDraws draws = default)
    {
        BlockShape shape = Shape.Stream!.Block!;
        int steps = x.Length / ReadStep, size = Shape.OutputSize, width = reading == HeadReading.Parameters ? Shape.Head!.Size : size;
        for (int start = 0; start < steps; start += shape.Steps)
        {
            int count = Math.Min(shape.Steps, steps - start);
            int said = saysAll ? 0 : start + count < steps ? count : count - 1;
            _program.Block(ref Unsafe.Add(ref MemoryMarshal.GetReference(x), start * ReadStep), ref FirstParameter, ref PredictedPacks, ref a, before + start, said, count);
            for (int step = said; step < count; step++)
            {
                int output = saysAll ? start + step : 0;
                ref TNumber to = ref MemoryMarshal.GetReference(y[(output * width)..]);
                if (reading is { } read)
                {
                    _program.Read(read, ref Unsafe.Add(ref a, shape.Head.At(step, 0)), ref to, size, draws with { First = (long)output * size });
                }
                else
                {
                    Copy(ref Unsafe.Add(ref a, shape.Outputs.At(step, 0)), ref to, size);
                }
            }

            foreach (BlockState state in shape.States)
            {
                if (state.Step > 0)
                {
                    Copy(ref Unsafe.Add(ref a, state.First + count * state.Step), ref Unsafe.Add(ref a, state.First), state.Length);
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Copy(ref TNumber from, ref TNumber to, int length) => MemoryMarshal.CreateReadOnlySpan(ref from, length).CopyTo(MemoryMarshal.CreateSpan(ref to, length));
}
