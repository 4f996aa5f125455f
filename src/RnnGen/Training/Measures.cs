using System.Numerics;
using System.Runtime.InteropServices;

namespace RnnGen.Runtime;

/// <summary>Gathers the measures of an <see cref="Evaluation"/> batch by batch.</summary>
/// <param name="classCount">Classes, where targets are classes; otherwise 0.</param>
/// <param name="mayBeMissing">Whether NaN stands for no target.</param>
internal sealed class Measures<TNumber, TTarget>(int classCount, bool mayBeMissing = false)
    where TNumber : unmanaged, IBinaryFloatingPointIeee754<TNumber>
    where TTarget : unmanaged
{
    private long _targets, _right, _labels, _edits;
    private double _absolute, _squares, _mean, _deviations;

    /// <summary>Adds the outputs and targets of some sequences.</summary>
    public void Add(ReadOnlySpan<TNumber> outputs, ReadOnlySpan<TTarget> targets, ReadOnlySpan<int> lengths, int steps)
    {
        if (lengths.IsEmpty || steps == 1)
        {
            Add(outputs, targets);
            return;
        }

        // Only the steps that each sequence has.
        int output = outputs.Length / lengths.Length, target = targets.Length / lengths.Length;
        for (int i = 0; i < lengths.Length; i++)
        {
            Add(outputs.Slice(i * output, output / steps * lengths[i]), targets.Slice(i * target, target / steps * lengths[i]));
        }
    }

    private void Add(ReadOnlySpan<TNumber> outputs, ReadOnlySpan<TTarget> targets)
    {
        if (classCount > 0 && typeof(TTarget) == typeof(int))
        {
            AddClasses(outputs, MemoryMarshal.Cast<TTarget, int>(targets));
        }
        else if (typeof(TTarget) == typeof(TNumber))
        {
            AddNumbers(outputs, MemoryMarshal.Cast<TTarget, TNumber>(targets));
        }
    }

    /// <summary>Adds the logits and labels of some sequences of CTC.</summary>
    public void AddLabels(ReadOnlySpan<TNumber> outputs, ReadOnlySpan<TTarget> targets, ReadOnlySpan<int> lengths, ModelLayout layout)
    {
        int[] found = new int[layout.OutputSteps];
        for (int i = 0; i < targets.Length / layout.LabelLength; i++)
        {
            int steps = lengths.IsEmpty ? layout.OutputSteps : lengths[i];
            int count = CtcDecoder.Greedy(outputs.Slice(i * layout.OutputLength, steps * classCount), classCount, found);
            ReadOnlySpan<int> expected = Ctc.Labels(MemoryMarshal.Cast<TTarget, int>(targets.Slice(i * layout.LabelLength, layout.LabelLength)));
            _edits += CtcDecoder.EditDistance(found.AsSpan(0, count), expected);
            _labels += expected.Length;
        }
    }

    /// <summary>The measures of all that was added.</summary>
    public Evaluation Result(double loss, int count)
    {
        if (_targets == 0)
        {
            return new Evaluation(loss, count) { LabelErrorRate = _labels > 0 ? (double)_edits / _labels : null };
        }

        return classCount > 0
            ? new Evaluation(loss, count) { Accuracy = (double)_right / _targets }
            : new Evaluation(loss, count)
            {
                Mae = _absolute / _targets,
                Rmse = Math.Sqrt(_squares / _targets),
                RSquared = _deviations > 0 ? 1 - (_squares / _deviations) : null,
            };
    }

    private void AddClasses(ReadOnlySpan<TNumber> outputs, ReadOnlySpan<int> targets)
    {
        for (int i = 0; i < targets.Length; i++)
        {
            ReadOnlySpan<TNumber> logits = outputs.Slice(i * classCount, classCount);
            int greatest = 0;
            for (int k = 1; k < logits.Length; k++)
            {
                greatest = logits[k] > logits[greatest] ? k : greatest;
            }

            // -1 stands for no target.
            _right += greatest == targets[i] ? 1 : 0;
            _targets += targets[i] >= 0 ? 1 : 0;
        }
    }

    private void AddNumbers(ReadOnlySpan<TNumber> outputs, ReadOnlySpan<TNumber> targets)
    {
        for (int i = 0; i < targets.Length; i++)
        {
            if (mayBeMissing && TNumber.IsNaN(targets[i]))
            {
                continue;
            }

            double target = double.CreateTruncating(targets[i]), error = double.CreateTruncating(outputs[i]) - target;
            _absolute += Math.Abs(error);
            _squares += error * error;
            // Welford's update of the targets' mean and squared deviations.
            _targets++;
            double delta = target - _mean;
            _mean += delta / _targets;
            _deviations += delta * (target - _mean);
        }
    }
}
