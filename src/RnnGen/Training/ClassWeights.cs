using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using RnnGen.Runtime;

namespace RnnGen;

/// <summary>
/// What the classes of a classification weigh in the mean loss of a training, for classes that are rare or errors that cost more: Σ w(class) ℓ / Σ w(class), as the mean of PyTorch's
/// <c>CrossEntropyLoss(weight=…)</c>. Where the data has weights too (<see cref="SequenceSource{TInput, TTarget}.WithWeights"/>), the two are multiplied.
/// </summary>
/// <example>
/// <code>
/// model.Fit(train, validation, new FitOptions { ClassWeights = [1, 5, 2] });
/// model.Fit(train, validation, new FitOptions { ClassWeights = ClassWeights.Balanced, Monitor = Monitor.F1 });
/// </code>
/// </example>
[CollectionBuilder(typeof(ClassWeights), nameof(Of))]
public sealed class ClassWeights
{
    private readonly double[]? _weights; // null for balanced ones

    private ClassWeights(double[]? weights) => _weights = weights;

    /// <summary>
    /// Each class weighs n / (classes × count): n targets, of which count are of the class, and as many classes as occur. So each class has the same share in the mean. The counts are those of
    /// the training sequences, over all steps that have a loss; a class that does not occur has the weight 0.
    /// </summary>
    /// <remarks>The formula is that of scikit-learn's <c>compute_class_weight("balanced", …)</c>, which is inspired by G. King and L. Zeng 2001, "Logistic Regression in Rare Events Data".</remarks>
    public static ClassWeights Balanced { get; } = new(null);

    /// <summary>Weights of your own.</summary>
    /// <param name="weights">One for each class from 0 on, each finite and at least 0, not all of them 0.</param>
    /// <exception cref="ArgumentNullException"><paramref name="weights"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException">There is none, or all are 0.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A weight is negative, not finite or beyond a float; the message names the first.</exception>
    public static ClassWeights Of(params double[] weights)
    {
        ArgumentNullException.ThrowIfNull(weights);
        return Of(weights.AsSpan());
    }

    /// <summary>Weights of your own: <c>ClassWeights = [1, 5, 2]</c> calls this.</summary>
    /// <inheritdoc cref="Of(double[])"/>
    public static ClassWeights Of(ReadOnlySpan<double> weights)
    {
        bool isAnyAboveZero = false;
        for (int i = 0; i < weights.Length; i++)
        {
            if (!(weights[i] >= 0 && weights[i] <= float.MaxValue))
            {
                throw new ArgumentOutOfRangeException(nameof(weights), Invariant($"{weights[i]}"), Invariant($"The weight of class {i} is {weights[i]}; a weight is a finite float of at least 0."));
            }

            isAnyAboveZero |= (float)weights[i] > 0;
        }

        return isAnyAboveZero ? new([.. weights]) : throw new ArgumentException("All classes weigh 0, or less than a float can be. Pass one weight for each class, at least one of them above 0.", nameof(weights));
    }

    /// <summary>Weights of your own, as <see cref="Of(double[])"/> makes them.</summary>
    /// <param name="weights">One for each class from 0 on.</param>
    public static implicit operator ClassWeights(double[] weights) => Of(weights);

    /// <summary>The weights, from class 0 on; none of <see cref="Balanced"/>, which a training counts.</summary>
    public IEnumerator<double> GetEnumerator() => ((IEnumerable<double>)(_weights ?? [])).GetEnumerator();

    /// <summary>The weights as text: those of the classes, or "balanced".</summary>
    public override string ToString() => _weights is null ? "balanced" : string.Join(", ", Array.ConvertAll(_weights, static w => w.ToString("R", CultureInfo.InvariantCulture)));

    /// <summary>The weights of a model's classes.</summary>
    /// <param name="layout">The model.</param>
    /// <param name="train">The sequences to train on.</param>
    /// <param name="name">What the options are called in errors.</param>
    /// <exception cref="ArgumentException">The model's targets are no classes, or there is another number of these, or sequences that would have to be counted are streamed.</exception>
    internal double[] For<TInput, TTarget>(ModelLayout layout, SequenceSource<TInput, TTarget> train, string name)
        where TInput : unmanaged
        where TTarget : unmanaged
    {
        if (layout.ClassCount == 0 || layout.LabelLength > 0)
        {
            string what = layout.LabelLength > 0 ? "a loss of whole label sequences (CTC)" : layout.IsBinary ? "a loss of yes or no for each output" : "a loss of numbers";
            throw new ArgumentException($"{layout.ModelName} ({layout.Declaration}) has {what}, so there are no classes to weigh. Do not set ClassWeights; weigh the sequences or their steps with WithWeights.", name);
        }

        if (_weights is not null)
        {
            return _weights.Length == layout.ClassCount ? _weights : throw new ArgumentException(
                Invariant($"ClassWeights has {_weights.Length} weights, and {layout.ModelName} ({layout.Declaration}) has {layout.ClassCount} classes; pass one for each."), name);
        }

        SequenceShard<TInput, TTarget>? shard = train as SequenceShard<TInput, TTarget>;
        if ((shard?.Own ?? train) is SequenceDataset<TInput, TTarget> data)
        {
            long[] counts = Count(layout, data);
            shard?.Sum(counts);
            return Balance(counts);
        }

        throw new ArgumentException(
            "ClassWeights.Balanced counts the classes of the training sequences, and these are streamed. Count them beforehand, and pass ClassWeights.Of(…).", name);
    }

    private static long[] Count<TInput, TTarget>(ModelLayout layout, SequenceDataset<TInput, TTarget> data)
        where TInput : unmanaged
        where TTarget : unmanaged
    {
        long[] counts = new long[layout.ClassCount];
        for (int i = 0; i < data.Count; i++)
        {
            ReadOnlySpan<TTarget> target = data.Target(i);
            int steps = LossTerms.Steps(layout, target, data.HasLengths ? data.Lengths[i] : layout.SequenceLength);
            foreach (int found in MemoryMarshal.Cast<TTarget, int>(target)[..steps])
            {
                if (found >= 0)
                {
                    counts[found]++;
                }
            }
        }

        return counts;
    }

    private static double[] Balance(long[] counts)
    {
        long all = 0;
        int occurring = 0;
        foreach (long count in counts)
        {
            all += count;
            occurring += count > 0 ? 1 : 0;
        }

        return Array.ConvertAll(counts, count => count == 0 ? 0 : (double)all / ((double)occurring * count));
    }
}
