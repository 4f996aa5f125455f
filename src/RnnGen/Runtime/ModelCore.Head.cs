using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace RnnGen.Runtime;

// What a model says of targets beside its predictions, where the loss reads several values of the output layer for each, or behind a link.
public partial class ModelCore<TNumber, TInput, TTarget>
{
    /// <summary>Computes what the loss reads for each target of one sequence: the values of the output layer behind their links. It does not allocate. Safe to call from many threads at once.</summary>
    /// <param name="input">The values of the sequence's steps, one step after the other.</param>
    /// <param name="output">Receives the values, k for each output.</param>
    /// <param name="length">Steps of the sequence, from 1 to <c>SequenceLength</c>.</param>
    /// <exception cref="ArgumentException">A span has another length, or the sequence has too few or too many steps.</exception>
    public void PredictParameters(ReadOnlySpan<TInput> input, Span<TNumber> output, int length) =>
        ReadHead(HeadReading.Parameters, input, output, default, length);

    /// <summary>
    /// Draws values that the targets of one sequence might have, from the distribution that the model predicts. A model that decodes reads each draw at its next step. It does not
    /// allocate. Safe to call from many threads at once.
    /// </summary>
    /// <param name="input">The values of the sequence's steps, one step after the other.</param>
    /// <param name="output">Receives a draw for each output.</param>
    /// <param name="seed">The same seed draws the same values.</param>
    /// <param name="length">Steps of the sequence, from 1 to <c>SequenceLength</c>.</param>
    /// <exception cref="ArgumentException">A span has another length, or the sequence has too few or too many steps.</exception>
    public void Sample(ReadOnlySpan<TInput> input, Span<TNumber> output, int seed, int length) =>
        ReadHead(HeadReading.Draw, input, output, new HeadDraws(seed, 0), length);

    private void ReadHead(HeadReading reading, ReadOnlySpan<TInput> input, Span<TNumber> output, HeadDraws draws, int length)
    {
        CheckOne(input, length);
        int width = reading == HeadReading.Draw ? Shape.OutputSize : Shape.Head!.Size;
        Check.Length(output.Length, (long)Layout.OutputSteps * width, nameof(output), reading == HeadReading.Draw ? Shape.OutputName : Shape.Head!.Name);
        Check.Apart(input, output, nameof(input), nameof(output));
        CheckTokens(input, nameof(input), length);
        long begin = BeginPrediction();
        RunHead(reading, input, output, draws, length);
        EndPrediction(begin, 1);
    }

    /// <summary>Reads the head of one sequence that was checked.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private protected virtual void RunHead(HeadReading reading, ReadOnlySpan<TInput> input, Span<TNumber> output, HeadDraws draws, int length)
    {
        AlignedBuffer<TNumber> scratch = _scratch.Rent();
        int steps = Layout.OutputSteps == 1 ? 1 : length;
        if (Shape.Stream?.Block is { Sequences: > 0 })
        {
            PredictBlocks(input, length, ref scratch.First, output, reading, draws);
        }
        else
        {
            ReadKept(reading, input, output, draws, length, scratch);
        }

        output[(output.Length / Layout.OutputSteps * steps)..].Clear();
        _scratch.Return(scratch);
    }

    // Of a prediction that keeps the output layer's values of all steps.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void ReadKept(HeadReading reading, ReadOnlySpan<TInput> input, Span<TNumber> output, HeadDraws draws, int length, AlignedBuffer<TNumber> scratch)
    {
        AlignedBuffer<TNumber> outputs = _outputs.Rent();
        if (Shape.PredictsOne)
        {
            PredictOne(input, ref scratch.First, ref outputs.First, length);
        }
        else
        {
            RunRows(input, ref scratch.First, ref outputs.First, 1, new ReadOnlySpan<int>(in length));
        }

        _program.Read(
            reading, ref Unsafe.Add(ref scratch.First, Shape.Head!.Kept), ref MemoryMarshal.GetReference(output), (Layout.OutputSteps == 1 ? 1 : length) * Shape.OutputSize, draws);
        _outputs.Return(outputs);
    }
}
