namespace RnnGen;

/// <summary>How often each class was predicted as which: rows are the true classes, columns the predicted ones.</summary>
public sealed class ConfusionMatrix : IEquatable<ConfusionMatrix>
{
    private readonly long[] _counts;

    /// <summary>Wraps counts.</summary>
    /// <param name="classCount">Classes, at least 1.</param>
    /// <param name="counts">[<paramref name="classCount"/>, <paramref name="classCount"/>] counts, row by row; each at least 0. They are copied.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no class, or a count is negative.</exception>
    /// <exception cref="ArgumentException">There are not <paramref name="classCount"/>² counts.</exception>
    public ConfusionMatrix(int classCount, ReadOnlySpan<long> counts)
    {
        Guard.AtLeast(classCount, 1);
        if (counts.Length != (long)classCount * classCount)
        {
            throw new ArgumentException(Invariant($"{classCount} classes have {(long)classCount * classCount} counts, not {counts.Length}."), nameof(counts));
        }

        foreach (long count in counts)
        {
            Guard.AtLeast(count, 0, nameof(counts));
        }

        ClassCount = classCount;
        _counts = counts.ToArray();
    }

    /// <summary>Classes.</summary>
    public int ClassCount { get; }

    /// <summary>All counts, row by row.</summary>
    public ReadOnlySpan<long> Counts => _counts;

    /// <summary>How often <paramref name="actual"/> was predicted as <paramref name="predicted"/>.</summary>
    /// <param name="actual">The true class, from 0.</param>
    /// <param name="predicted">The predicted class, from 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such class.</exception>
    public long this[int actual, int predicted] => _counts[(Index(actual, nameof(actual)) * ClassCount) + Index(predicted, nameof(predicted))];

    /// <summary>The number of targets of a class: the sum of its row.</summary>
    /// <param name="index">The class, from 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such class.</exception>
    public long Support(int index)
    {
        long sum = 0;
        for (int k = 0; k < ClassCount; k++)
        {
            sum += this[index, k];
        }

        return sum;
    }

    /// <summary>How often a class was predicted: the sum of its column.</summary>
    /// <param name="index">The class, from 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such class.</exception>
    public long Predicted(int index)
    {
        long sum = 0;
        for (int k = 0; k < ClassCount; k++)
        {
            sum += this[k, index];
        }

        return sum;
    }

    /// <summary>The share of a class's predictions that are right; 0 if it was never predicted.</summary>
    /// <param name="index">The class, from 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such class.</exception>
    public double Precision(int index) => ClassScores.Share(this[index, index], Predicted(index));

    /// <summary>The share of a class's targets that were found; 0 if it has none.</summary>
    /// <param name="index">The class, from 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such class.</exception>
    public double Recall(int index) => ClassScores.Share(this[index, index], Support(index));

    /// <summary>F₁ of a class: the harmonic mean of its precision and its recall; 0 if it neither occurs nor was predicted.</summary>
    /// <param name="index">The class, from 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such class.</exception>
    public double F1(int index) => ClassScores.Share(2 * this[index, index], Support(index) + Predicted(index));

    /// <inheritdoc/>
    public bool Equals(ConfusionMatrix? other) => other is not null && ClassCount == other.ClassCount && _counts.AsSpan().SequenceEqual(other._counts);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as ConfusionMatrix);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        HashCode hash = default;
        foreach (long count in _counts)
        {
            hash.Add(count);
        }

        return hash.ToHashCode();
    }

    private int Index(int index, string name) => (uint)index < (uint)ClassCount
        ? index
        : throw new ArgumentOutOfRangeException(name, Invariant($"{index}"), Invariant($"There are {ClassCount} classes, from 0."));
}

/// <summary>Precision, recall and F₁ over classes: from what was right, what was there and what was predicted, for each class, in numbers or by weight.</summary>
internal static class ClassScores
{
    /// <summary>A share; 0 of nothing.</summary>
    public static double Share(double part, double whole) => whole == 0 ? 0 : part / whole;

    /// <summary>The means over the classes that were there or predicted, each class with the same weight.</summary>
    public static (double Precision, double Recall, double F1) Macro(ReadOnlySpan<double> right, ReadOnlySpan<double> actual, ReadOnlySpan<double> predicted)
    {
        double precision = 0, recall = 0, f1 = 0;
        int classes = 0;
        for (int k = 0; k < right.Length; k++)
        {
            if (actual[k] + predicted[k] > 0)
            {
                precision += Share(right[k], predicted[k]);
                recall += Share(right[k], actual[k]);
                f1 += Share(2 * right[k], actual[k] + predicted[k]);
                classes++;
            }
        }

        return (precision / Math.Max(classes, 1), recall / Math.Max(classes, 1), f1 / Math.Max(classes, 1));
    }
}
