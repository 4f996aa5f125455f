namespace RnnGen.Generator.Planning.Kernels;

/// <summary>
/// Sizes are summed in 64 bits and addressed in 32. Of a model that is too large each sum is exact, and each address behind the largest one is that one:
/// whether it fits is known when it is laid out, and nothing that is laid out so is written.
/// </summary>
internal static class Saturated
{
    public static int ToInt(long value) => value > int.MaxValue ? int.MaxValue : (int)value;
}
