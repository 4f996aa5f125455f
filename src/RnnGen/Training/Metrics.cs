using System.Numerics;
using System.Runtime.InteropServices;
using RnnGen.Runtime;
namespace RnnGen;

/// <summary>Collects the measures of an <see cref="Evaluation"/> batch by batch, for a training loop of your own; a model's <c>Evaluate</c> does it for a dataset.</summary>
/// <typeparam name="TNumber">The model's number type.</typeparam>
/// <typeparam name="TTarget">The type of one target element.</typeparam>
/// <param name="layout">The model's shape: what its targets are.</param>
/// <example>
/// <code>
/// Measures&lt;float, int&gt; measures = new(Tagger.Layout);
/// foreach (Batch batch in batches)
/// {
///     model.PredictBatch(batch.Inputs, outputs, batch.Count);
///     measures.Add(outputs, batch.Targets, batch.Count);
/// }
///
/// Console.WriteLine(measures.Result(loss));
/// </code>
/// </example>
public sealed class Metrics<TNumber, TTarget>(ModelLayout layout)
    where TNumber : unmanaged, IBinaryFloatingPointIeee754<TNumber>
    where TTarget : unmanaged
{
    // Of classes, or of no and yes: what was right, what was there, what was predicted, by weight; and the matrix where it is small enough.
    private readonly double[] _right = new double[Classes(layout)], _actual = new double[Classes(layout)], _predicted = new double[Classes(layout)];
    private readonly long[]? _confusion = Classes(layout) is > 0 and <= Evaluation.MaxConfusionClasses ? new long[Classes(layout) * Classes(layout)] : null;
    private double _targets, _labels, _edits; // by weight: their number where each weighs 1
    private double _absolute, _squares, _mean, _deviations;

    /// <summary>The number of sequences that were added.</summary>
    public int Count { get; private set; }

    /// <inheritdoc cref="Add(ReadOnlySpan{TNumber}, ReadOnlySpan{TTarget}, int, ReadOnlySpan{int}, ReadOnlySpan{float})"/>
    public void Add(ReadOnlySpan<TNumber> outputs, ReadOnlySpan<TTarget> targets, int count, ReadOnlySpan<int> lengths) => Add(outputs, targets, count, lengths, default);

    /// <summary>Adds the outputs and targets of some sequences. Where they have weights, measures are weighted means: Σ w e / Σ w.</summary>
    /// <param name="outputs"><c>count × layout.OutputLength</c> values, as <c>PredictBatch</c> writes them.</param>
    /// <param name="targets"><c>count × layout.TargetLength</c> elements.</param>
    /// <param name="count">Sequences, at least 0.</param>
    /// <param name="lengths">Steps of each sequence's output, or empty if all have all steps; steps beyond a length do not count.</param>
    /// <param name="weights">A weight for each sequence, or for each of its output steps, finite and at least 0; empty if all count the same. What weighs 0 does not count.</param>
    /// <exception cref="ArgumentException">A span has another length; nothing was added.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A weight is negative or not finite; nothing was added.</exception>
    /// <exception cref="NonFiniteException">A class has to be taken from logits that are not finite; nothing was added.</exception>
    public void Add(ReadOnlySpan<TNumber> outputs, ReadOnlySpan<TTarget> targets, int count, ReadOnlySpan<int> lengths = default, ReadOnlySpan<float> weights = default)
    {
        Check.Length(outputs.Length, count * layout.OutputLength, nameof(outputs), "count × OutputLength");
        Check.Length(targets.Length, count * layout.TargetLength, nameof(targets), "count × TargetLength");
        Check.Lengths(lengths, count, layout.OutputSteps == 1 ? layout.SequenceLength : layout.OutputSteps);
        Check.Weights(weights, count, LossTerms.StepsOf(layout));
        if (Chooses && !NonFinite.None(outputs))
        {
            CheckLogits(outputs, targets, count, lengths, weights);
        }

        Count += count;
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<TNumber> output = outputs.Slice(i * layout.OutputLength, layout.OutputLength);
            ReadOnlySpan<TTarget> target = targets.Slice(i * layout.TargetLength, layout.TargetLength);
            int steps = lengths.IsEmpty || layout.OutputSteps == 1 ? layout.OutputSteps : lengths[i];
            if (layout.LabelLength > 0)
            {
                AddLabels(output[..(steps * layout.ClassCount)], target, weights.IsEmpty ? 1 : weights[i]);
                continue;
            }

            // Only the steps that the sequence has, at once where all weigh the same.
            int each = weights.Length > count ? 1 : steps, outputStep = layout.OutputLength / layout.OutputSteps, targetStep = layout.TargetLength / layout.OutputSteps;
            for (int step = 0; step < steps; step += each)
            {
                Add(output.Slice(step * outputStep, each * outputStep), target.Slice(step * targetStep, each * targetStep), WeightOf(weights, count, i, step));
            }
        }
    }

    private double WeightOf(ReadOnlySpan<float> weights, int count, int sequence, int step) =>
        weights.IsEmpty ? 1 : weights[weights.Length == count ? sequence : (sequence * layout.OutputSteps) + step];

    // Whether classes are taken from outputs.
    private bool Chooses => layout.ClassCount > 0 || layout.IsBinary;

    // Some output is not finite: where one that is to be chosen by is among them, there is no measure.
    private void CheckLogits(ReadOnlySpan<TNumber> outputs, ReadOnlySpan<TTarget> targets, int count, ReadOnlySpan<int> lengths, ReadOnlySpan<float> weights)
    {
        int width = layout.OutputLength / layout.OutputSteps;
        for (int i = 0; i < count; i++)
        {
            int steps = lengths.IsEmpty || layout.OutputSteps == 1 ? layout.OutputSteps : lengths[i];
            for (int step = 0; step < steps; step++)
            {
                if (WeightOf(weights, count, i, step) == 0)
                {
                    continue;
                }

                ReadOnlySpan<TNumber> logits = outputs.Slice((i * layout.OutputLength) + (step * width), width);
                if (!layout.IsBinary && (layout.LabelLength > 0 || MemoryMarshal.Cast<TTarget, int>(targets)[(i * layout.TargetLength) + step] >= 0))
                {
                    Logits.ArgMax(logits, step, i);
                }

                for (int k = 0; k < logits.Length && layout.IsBinary; k++)
                {
                    bool isMissing = layout.MaskedTargets && TNumber.IsNaN(MemoryMarshal.Cast<TTarget, TNumber>(targets)[(i * layout.TargetLength) + (step * width) + k]);
                    if (!isMissing && !TNumber.IsFinite(logits[k]))
                    {
                        throw new NonFiniteException(Invariant($"No answer is the most probable at step {step}, where logit {k} is {logits[k]}, in "), i, ".");
                    }
                }
            }
        }
    }

    private void Add(ReadOnlySpan<TNumber> outputs, ReadOnlySpan<TTarget> targets, double weight)
    {
        if (weight == 0)
        {
            return;
        }

        if (layout.ClassCount > 0 && typeof(TTarget) == typeof(int))
        {
            AddClasses(outputs, MemoryMarshal.Cast<TTarget, int>(targets), weight);
        }
        else if (typeof(TTarget) == typeof(TNumber))
        {
            AddNumbers(outputs, MemoryMarshal.Cast<TTarget, TNumber>(targets), weight);
        }
    }

    // The logits and labels of a sequence of CTC.
    private void AddLabels(ReadOnlySpan<TNumber> outputs, ReadOnlySpan<TTarget> target, double weight)
    {
        if (weight == 0)
        {
            return;
        }

        int[] found = new int[layout.OutputSteps];
        int count = CtcDecoder.Greedy(outputs, layout.ClassCount, found);
        ReadOnlySpan<int> expected = Ctc.Labels(MemoryMarshal.Cast<TTarget, int>(target));
        _edits += weight * CtcDecoder.EditDistance(found.AsSpan(0, count), expected);
        _labels += weight * expected.Length;
    }

    /// <summary>The measures of all that was added. If the loss is NaN there are none of classes and labels.</summary>
    /// <param name="loss">Their mean loss, as <c>ComputeLoss</c> returns it, NaN if there was no target; with cross-entropy the perplexity follows from it.</param>
    public Evaluation Result(double loss)
    {
        Evaluation evaluation = new() { Loss = loss, Count = Count, LossIsTeacherForced = layout.IsDecoded };
        if (_targets + _labels == 0 || (double.IsNaN(loss) && Chooses))
        {
            return evaluation;
        }

        if (layout.LabelLength > 0)
        {
            return evaluation with { LabelErrorRate = _edits / _labels };
        }

        if (_right.Length == 0)
        {
            return evaluation with
            {
                Mae = _absolute / _targets,
                Rmse = Math.Sqrt(_squares / _targets),
                RSquared = _deviations > 0 ? 1 - (_squares / _deviations) : null,
            };
        }

        double right = 0;
        foreach (double ofClass in _right)
        {
            right += ofClass;
        }

        var (precision, recall, f1) = layout.IsBinary ? ClassScores.Macro(_right.AsSpan(1), _actual.AsSpan(1), _predicted.AsSpan(1)) : ClassScores.Macro(_right, _actual, _predicted);
        return evaluation with
        {
            Accuracy = right / _targets,
            Precision = precision,
            Recall = recall,
            F1 = f1,
            Confusion = _confusion is null ? null : new ConfusionMatrix(_right.Length, _confusion),
            Perplexity = layout.IsBinary ? null : Math.Exp(loss),
        };
    }

    /// <summary>Which measures a model has, each 0.</summary>
    internal static Evaluation Possible(ModelLayout layout)
    {
        Evaluation none = new() { Loss = 0, Count = 0 };
        return layout.LabelLength > 0 ? none with { LabelErrorRate = 0 }
            : Classes(layout) == 0 ? none with { Mae = 0, Rmse = 0, RSquared = 0 }
            : none with { Accuracy = 0, Precision = 0, Recall = 0, F1 = 0 };
    }

    private static int Classes(ModelLayout layout) => layout.LabelLength > 0 ? 0 : layout.IsBinary ? 2 : layout.ClassCount;

    private void AddClasses(ReadOnlySpan<TNumber> outputs, ReadOnlySpan<int> targets, double weight)
    {
        for (int i = 0; i < targets.Length; i++)
        {
            // -1 stands for no target.
            if (targets[i] < 0)
            {
                continue;
            }

            AddOne(targets[i], Logits.Find(outputs.Slice(i * layout.ClassCount, layout.ClassCount)), weight);
        }
    }

    private void AddOne(int actual, int predicted, double weight)
    {
        _targets += weight;
        _actual[actual] += weight;
        _predicted[predicted] += weight;
        _right[actual] += actual == predicted ? weight : 0;
        if (_confusion is not null)
        {
            _confusion[(actual * _actual.Length) + predicted]++;
        }
    }

    private void AddNumbers(ReadOnlySpan<TNumber> outputs, ReadOnlySpan<TNumber> targets, double weight)
    {
        for (int i = 0; i < targets.Length; i++)
        {
            if (layout.MaskedTargets && TNumber.IsNaN(targets[i]))
            {
                continue;
            }

            if (layout.IsBinary)
            {
                // Yes is a target above ½, and a logit above 0.
                AddOne(targets[i] + targets[i] > TNumber.One ? 1 : 0, outputs[i] > TNumber.Zero ? 1 : 0, weight);
                continue;
            }

            double target = double.CreateTruncating(targets[i]), error = double.CreateTruncating(outputs[i]) - target;
            _absolute += weight * Math.Abs(error);
            _squares += weight * (error * error);
            // The update of the targets' weighted mean and squared deviations of D. H. D. West 1979; with weights of 1 it is Welford's.
            _targets += weight;
            double delta = target - _mean;
            _mean += weight * delta / _targets;
            _deviations += weight * (delta * (target - _mean));
        }
    }
}
