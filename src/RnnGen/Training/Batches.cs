using System.Runtime.InteropServices;

namespace RnnGen.Runtime;

/// <summary>The batches of a dataset in some order, each copied into the same buffers.</summary>
internal sealed class Batches<TInput, TTarget>
    where TInput : unmanaged
    where TTarget : unmanaged
{
    private readonly SequenceDataset<TInput, TTarget> _data;
    private readonly int[] _order;
    private readonly TInput[] _inputs;
    private readonly TTarget[] _targets;
    private readonly int[] _lengths;
    private int[]? _outputLengths;

    public Batches(SequenceDataset<TInput, TTarget> data, int size)
    {
        _data = data;
        Size = Math.Min(size, data.Count);
        _order = new int[data.Count];
        _inputs = new TInput[checked(Size * data.InputLength)];
        _targets = new TTarget[checked(Size * data.TargetLength)];
        _lengths = new int[data.Lengths.IsEmpty ? 0 : Size];
        ResetOrder();
    }

    /// <summary>Sequences of a full batch.</summary>
    public int Size { get; }

    /// <summary>Sequences of the dataset.</summary>
    public int SequenceCount => _order.Length;

    /// <summary>Copies the batch that starts at position <paramref name="first"/> of the order and gives its size; the last may be smaller.</summary>
    public int Read(int first)
    {
        int count = Math.Min(Size, _order.Length - first);
        _data.CopyBatch(_order.AsSpan(first, count), _inputs.AsSpan(0, count * _data.InputLength), _targets.AsSpan(0, count * _data.TargetLength));
        for (int i = 0; i < count && _lengths.Length > 0; i++)
        {
            _lengths[i] = _data.Lengths[_order[first + i]];
        }

        return count;
    }

    /// <summary>The lengths of the sequences of the batch that was read; none where all have all steps.</summary>
    public ReadOnlySpan<int> Lengths(int count) => _lengths.Length == 0 ? default : _lengths.AsSpan(0, count);

    /// <summary>How much the mean loss of the batch counts: its sequences, or the steps that have a loss.</summary>
    public double Weight(int count, ModelLayout layout) => layout.MaskedTargets ? TargetMask.Present(Targets(count), Lengths(count), count, layout.OutputSteps)
        : layout.EndToken >= 0
        ? Decoding.Steps(MemoryMarshal.Cast<TTarget, int>(Targets(count)), count, layout.OutputSteps, layout.EndToken)
        : Rows.Steps(layout.OutputSteps == 1 || layout.IsDecoded || layout.LabelLength > 0 ? default : Lengths(count), count, layout.LabelLength > 0 ? 1 : layout.OutputSteps);

    /// <summary>The lengths of the outputs of the batch that was read; none where all have all steps.</summary>
    public ReadOnlySpan<int> OutputLengths(int count, ModelLayout layout)
    {
        if (layout.EndToken < 0)
        {
            return layout.IsDecoded ? default : Lengths(count);
        }

        _outputLengths ??= new int[Size];
        Decoding.Lengths(MemoryMarshal.Cast<TTarget, int>(Targets(count)), layout.OutputSteps, layout.EndToken, _outputLengths);
        return _outputLengths.AsSpan(0, count);
    }

    /// <summary>The inputs of the batch that was read.</summary>
    public ReadOnlySpan<TInput> Inputs(int count) => _inputs.AsSpan(0, count * _data.InputLength);

    /// <summary>The targets of the batch that was read.</summary>
    public ReadOnlySpan<TTarget> Targets(int count) => _targets.AsSpan(0, count * _data.TargetLength);

    /// <summary>Puts the sequences into the order of (seed, epoch), whatever their order was (R. Fisher and F. Yates; R. Durstenfeld 1964).</summary>
    public void Shuffle(int seed, int epoch)
    {
        CounterRandom random = new(seed, epoch, RandomPurpose.Shuffling);
        ResetOrder();
        for (int i = _order.Length - 1; i > 0; i--)
        {
            int other = random.Below(i + 1, i);
            (_order[i], _order[other]) = (_order[other], _order[i]);
        }
    }

    private void ResetOrder()
    {
        for (int i = 0; i < _order.Length; i++)
        {
            _order[i] = i;
        }
    }
}
