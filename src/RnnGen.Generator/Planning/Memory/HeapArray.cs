using RnnGen.Generator.Planning.Kernels;

namespace RnnGen.Generator.Planning.Memory;

/// <summary>An array that a model allocates, as large as a 64-bit runtime makes it.</summary>
/// <param name="Length">Elements in use.</param>
/// <param name="ElementBytes">Bytes of an element.</param>
/// <param name="IsAligned">Whether it is an <c>AlignedBuffer</c>: an object of its own, and slack in front of what is in use.</param>
internal sealed record HeapArray(long Length, int ElementBytes, bool IsAligned)
{
    // An object's header and its type, and an array's length; an aligned buffer has a reference and two numbers instead.
    private const int ArrayHeader = 24, AlignedBuffer = 32, Word = 8;

    public long Bytes => (IsAligned ? AlignedBuffer : 0) + ArrayHeader
        + (Length * ElementBytes + (IsAligned ? VectorTarget.BlockBytes : 0) + Word - 1) / Word * Word;
}
