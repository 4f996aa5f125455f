using System.ComponentModel;

namespace RnnGen.Runtime;

/// <summary>What is read of the output layer's values, where the loss reads several of them for each target, or behind a link.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public enum HeadReading
{
    /// <summary>Each value behind its link.</summary>
    Parameters,

    /// <summary>A value that the target might have.</summary>
    Draw,

    /// <summary>What the model predicts.</summary>
    Prediction,

    /// <summary>The derivatives of the prediction with respect to each value, in a model whose outputs are differentiated with respect to the input.</summary>
    Slopes,
}

/// <summary>The chance that draws are made with: a function of the seed and the place, not of a history.</summary>
/// <param name="Seed">The caller's seed.</param>
/// <param name="First">The number of targets before the first.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly record struct HeadDraws(int Seed, long First)
{
    /// <summary>A number above 0 and below 1, each equally likely.</summary>
    /// <param name="target">The target, from 0.</param>
    /// <param name="number">Which of the target's numbers.</param>
    public double Uniform(int target, int number) => Math.Max(new CounterRandom(Seed, number, RandomPurpose.Drawing).Uniform(First + target), 1.0 / (1L << 54));
}

/// <summary>The output layer of a model whose loss reads several of its values for each target, or behind a link.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class HeadShape
{
    /// <summary>Values of one step: <c>[OutputSize, k]</c>.</summary>
    public required int Size { get; init; }

    /// <summary>Whether the values are those of a distribution, of which targets can be drawn.</summary>
    public bool Draws { get; init; }

    /// <summary>The formula of the length of all steps' values.</summary>
    public required string Name { get; init; }

    /// <summary>Where those of all steps of one sequence are kept in the memory of a prediction; -1 in a model that decodes or predicts in blocks, which has them a few steps at a time.</summary>
    public int Kept { get; init; } = -1;
}
