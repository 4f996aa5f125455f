using System.Numerics;
using RnnGen.Generator.Tests.Losses;

namespace RnnGen.Generator.Tests.Fuzz;

/// <summary>Sequences for a model, drawn so that both precisions have the same numbers: of different lengths, some targets missing where they may be.</summary>
internal sealed class DrawnData<TNumber, TInput, TTarget>
    where TNumber : unmanaged, IBinaryFloatingPointIeee754<TNumber>
    where TInput : unmanaged
    where TTarget : unmanaged
{
    private readonly ModelLayout _layout;
    private readonly Random _random;

    public DrawnData(ModelLayout layout, int seed)
    {
        (_layout, _random) = (layout, new Random(seed));

        // One, a part of a group, whole groups, and one more.
        int[] counts = [1, 2, 3, layout.BatchSize, layout.BatchSize + 1, 2 * layout.BatchSize + 1, 9, 11];
        Count = Math.Min(counts[_random.Next(counts.Length)], 19);
        Inputs = [.. Enumerable.Range(0, Count * layout.InputLength).Select(_ => typeof(TInput) == typeof(int) ? (TInput)(object)_random.Next(layout.VocabularySize) : Number<TInput>(2 * _random.NextDouble() - 1))];
        foreach (InputInfo input in layout.Inputs.Where(i => i.Categories > 0 && typeof(TInput) != typeof(int)))
        {
            for (int i = 0; i < Count * input.Steps; i++)
            {
                Inputs[i / input.Steps * layout.InputLength + input.At(i % input.Steps)] = Number<TInput>(_random.Next(input.Categories));
            }
        }

        Targets = [.. Enumerable.Range(0, Count * layout.TargetLength).Select(Target)];
        Lengths = _random.Next(2) == 0 ? [] : [.. Enumerable.Range(0, Count).Select(_ => _random.Next(1, layout.SequenceLength + 1))];
    }

    public int Count { get; }

    public TInput[] Inputs { get; }

    public TTarget[] Targets { get; }

    /// <summary>Steps of each sequence; none where all have all.</summary>
    public int[] Lengths { get; }

    public int Length(int sequence) => Lengths.Length == 0 ? _layout.SequenceLength : Lengths[sequence];

    public TInput[] Input(int sequence) => Inputs[(sequence * _layout.InputLength)..((sequence + 1) * _layout.InputLength)];

    /// <summary>What of a sequence's input is given once.</summary>
    public ReadOnlySpan<TInput> Statics(int sequence) => Input(sequence).AsSpan(_layout.SequenceLength * _layout.InputStep);

    public TTarget[] TargetOf(int sequence) => Targets[(sequence * _layout.TargetLength)..((sequence + 1) * _layout.TargetLength)];

    public int[] LengthOf(int sequence) => Lengths.Length == 0 ? [] : [Lengths[sequence]];

    /// <summary>The sequences between resets, as sequences of their own; of those with one output only the last, which has it.</summary>
    public (TInput[] Inputs, TTarget[] Targets, int[] Lengths) Cut(bool[] resets)
    {
        List<TInput> inputs = [];
        List<TTarget> targets = [];
        List<int> lengths = [];
        int features = _layout.InputStep, output = _layout.TargetLength / _layout.OutputSteps;
        for (int i = 0; i < Count; i++)
        {
            for (int start = 0, end; start < Length(i); start = end)
            {
                for (end = start + 1; end < Length(i) && !resets[i * _layout.SequenceLength + end]; end++)
                {
                    // The steps of one piece.
                }

                if (_layout.OutputSteps > 1 || end == Length(i))
                {
                    TInput[] piece = new TInput[_layout.InputLength];
                    Input(i).AsSpan(start * features, (end - start) * features).CopyTo(piece);
                    Statics(i).CopyTo(piece.AsSpan(_layout.SequenceLength * features));
                    TTarget[] target = new TTarget[_layout.TargetLength];
                    TargetOf(i).AsSpan(_layout.OutputSteps > 1 ? start * output : 0, _layout.OutputSteps > 1 ? (end - start) * output : output).CopyTo(target);
                    inputs.AddRange(piece);
                    targets.AddRange(target);
                    lengths.Add(end - start);
                }
            }
        }

        return ([.. inputs], [.. targets], [.. lengths]);
    }

    /// <summary>How many terms of the mean are a sequence's.</summary>
    public int Terms(int sequence)
    {
        TTarget[] targets = TargetOf(sequence);
        return _layout.LabelLength > 0 ? 1
            : _layout.IsDecoded && _layout.ClassCount > 0 ? Math.Min(Array.IndexOf(targets, (TTarget)(object)_layout.EndToken) is var end and >= 0 ? end + 1 : targets.Length, targets.Length)
            : targets.Take(targets.Length / _layout.OutputSteps * Steps(sequence)).Count(IsThere);
    }

    /// <summary>Steps of a sequence's output that have a loss.</summary>
    public int Steps(int sequence) => _layout.IsDecoded || _layout.OutputSteps == 1 ? _layout.OutputSteps : Length(sequence);

    /// <summary>The mean loss of what a model predicts, by the formula alone.</summary>
    public double Loss(Loss loss, TNumber[] outputs)
    {
        double sum = 0;
        for (int sequence = 0; sequence < Count; sequence++)
        {
            double[] y = [.. outputs.Skip(sequence * _layout.OutputLength).Take(_layout.OutputLength).Select(double.CreateChecked)];
            TTarget[] targets = TargetOf(sequence);
            int width = _layout.OutputLength / _layout.OutputSteps;
            for (int i = 0; i < targets.Length / _layout.OutputSteps * Steps(sequence); i++)
            {
                sum += !IsThere(targets[i]) ? 0
                    : LossCase.Of(loss.ToString()).Value(targets[i] is int ? y[(i * width)..((i + 1) * width)] : [y[i]], Convert.ToDouble(targets[i], null));
            }
        }

        return sum / Enumerable.Range(0, Count).Sum(Terms);
    }

    private static bool IsThere(TTarget target) => target is int ? (int)(object)target >= 0 : !double.IsNaN(Convert.ToDouble(target, null));

    // A label that fills no step but one is what every CTC target can be. The first target is always there.
    private TTarget Target(int index)
    {
        bool isMissing = _layout.MaskedTargets && _random.Next(4) == 0 && index > 0;
        return typeof(TTarget) != typeof(int) ? Number<TTarget>(isMissing ? double.NaN : _random.NextDouble())
            : (TTarget)(object)(isMissing ? -1
                : _layout.LabelLength == 0 ? _random.Next(_layout.ClassCount)
                : index % _layout.LabelLength == 0 ? _random.Next(1, _layout.ClassCount) : 0);
    }

    private static T Number<T>(double value) => typeof(T) == typeof(double) ? (T)(object)(double)(float)value : (T)(object)(float)value;
}
