using RnnGen;
using VanishingGradients;

namespace CustomCell;

/// <summary>The adding problem of <c>samples/VanishingGradients</c> as a dataset.</summary>
internal static class AddingProblem
{
    public const int Steps = 50, Inputs = 2;

    /// <summary>Draws sequences with their sums.</summary>
    public static SequenceDataset<float, float> Draw(int count, int seed)
    {
        Adding task = new();
        Random random = new(seed);
        float[] values = new float[count * Steps * Inputs], sums = new float[count];
        for (int n = 0; n < count; n++)
        {
            task.Draw(random, Steps, values.AsSpan(n * Steps * Inputs, Steps * Inputs), sums.AsSpan(n, 1));
        }

        return SequenceDataset.FromArrays(values, sums, count);
    }
}
