using System.Numerics;
using System.Runtime.CompilerServices;

namespace RnnGen.Runtime;

/// <summary>
/// A batch whose sequences are cut where their states are reset. Each piece is a sequence of its own that begins at its first step, so that neither a value nor a gradient passes from a piece to the next: a
/// sequence with resets has the loss and the gradient of its pieces, to the bit. The first piece of a sequence starts from its state, the last one leaves the next state. Where a sequence has one output, at its
/// end, only the last piece counts. It allocates where a batch has more pieces than any before.
/// </summary>
/// <typeparam name="TNumber">The number type.</typeparam>
/// <typeparam name="TInput">The type of one input element.</typeparam>
/// <typeparam name="TTarget">The type of one target element.</typeparam>
internal sealed class ResetPieces<TNumber, TInput, TTarget>(ModelLayout layout)
    where TNumber : unmanaged, IBinaryFloatingPointIeee754<TNumber>
    where TInput : unmanaged
    where TTarget : unmanaged
{
    private Piece[] _pieces = [];
    private TInput[] _inputs = [];
    private TTarget[] _targets = [];
    private int[] _lengths = [];
    private float[] _weights = [];
    private TNumber[] _outputs = [];
    private BatchState<TNumber>? _state;
    private bool _hasState;
    private int _perSequence; // weights of a sequence

    /// <summary>The number of pieces.</summary>
    public int Count { get; private set; }

    /// <summary>The states that the pieces start from and end in; null where the batch has none.</summary>
    public BatchState<TNumber>? State => _hasState ? _state : null;

    /// <summary>The pieces as a batch.</summary>
    public TrainingBatch<TInput, TTarget> Batch => new()
    {
        Inputs = _inputs.AsSpan(0, Count * layout.InputLength),
        Targets = _targets.AsSpan(0, Count * layout.TargetLength),
        Count = Count,
        Lengths = _lengths.AsSpan(0, Count),
        Weights = _weights.AsSpan(0, Count * _perSequence),
        State = State,
    };

    /// <summary>Room for the pieces' outputs.</summary>
    public Span<TNumber> Outputs
    {
        get
        {
            int length = checked(Count * layout.OutputLength);
            if (_outputs.Length < length)
            {
                _outputs = new TNumber[length];
            }

            return _outputs.AsSpan(0, length);
        }
    }

    /// <summary>Cuts a batch.</summary>
    /// <param name="batch">The batch, which has resets.</param>
    /// <param name="state">The states that its sequences start from, or null.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Cut(in TrainingBatch<TInput, TTarget> batch, BatchState<TNumber>? state)
    {
        _perSequence = batch.Weights.Length / batch.Count;
        Find(batch);
        Reserve(state);
        for (int i = 0; i < Count; i++)
        {
            Take(batch, i);
            TakeState(state, i);
        }
    }

    /// <summary>The states after the sequences, from those after their last pieces.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void GiveStates(BatchState<TNumber> state)
    {
        for (int i = 0; i < Count; i++)
        {
            if (i == Count - 1 || _pieces[i + 1].Sequence != _pieces[i].Sequence)
            {
                state.Set(_pieces[i].Sequence, _state![i]);
            }
        }
    }

    /// <summary>The gradients with respect to the states before the sequences, from their first pieces; 0 where a reset comes before any loss.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void GiveGradients(BatchState<TNumber> state)
    {
        for (int i = 0; i < Count; i++)
        {
            if (i == 0 || _pieces[i - 1].Sequence != _pieces[i].Sequence)
            {
                state.SetGradient(_pieces[i].Sequence, _pieces[i].Continues ? _state!.Gradient(i) : default);
            }
        }
    }

    /// <summary>The outputs of the sequences, from those of the pieces.</summary>
    /// <param name="outputs">Overwritten; 0 at steps beyond a sequence's length.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void GiveOutputs(Span<TNumber> outputs)
    {
        outputs.Clear();
        int size = layout.OutputLength / layout.OutputSteps;
        for (int i = 0; i < Count; i++)
        {
            Piece piece = _pieces[i];
            int steps = layout.OutputSteps == 1 ? 1 : piece.Steps, from = layout.OutputSteps == 1 ? 0 : piece.Start;
            _outputs.AsSpan(i * layout.OutputLength, steps * size).CopyTo(outputs[((piece.Sequence * layout.OutputLength) + (from * size))..]);
        }
    }

    /// <summary>What is not finite in a piece, named by its sequence.</summary>
    public NonFiniteException InBatch(NonFiniteException exception) => exception.Sequence is { } piece ? exception.InPiece(_pieces[piece].Sequence, _pieces[piece].Start) : exception;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Find(in TrainingBatch<TInput, TTarget> batch)
    {
        Count = 0;
        bool lastOnly = layout.OutputSteps == 1;
        for (int sequence = 0; sequence < batch.Count; sequence++)
        {
            int length = batch.Lengths.IsEmpty ? layout.SequenceLength : batch.Lengths[sequence], start = 0;
            ReadOnlySpan<bool> resets = batch.Resets.Slice(sequence * layout.SequenceLength, length);
            while (start < length)
            {
                int next = start + 1 < length ? resets[(start + 1)..].IndexOf(true) : -1, end = next < 0 ? length : start + 1 + next;
                if (!lastOnly || end == length)
                {
                    Add(new Piece(sequence, start, end - start, Continues: start == 0 && !resets[0]));
                }

                start = end;
            }
        }
    }

    private void Add(Piece piece)
    {
        if (Count == _pieces.Length)
        {
            Array.Resize(ref _pieces, Math.Max(16, 2 * Count));
        }

        _pieces[Count++] = piece;
    }

    // As many as there is room for, so that batches of about as many pieces allocate nothing.
    private void Reserve(BatchState<TNumber>? state)
    {
        if (_lengths.Length < Count)
        {
            int room = _pieces.Length;
            (_inputs, _targets, _lengths) = (new TInput[checked(room * layout.InputLength)], new TTarget[checked(room * layout.TargetLength)], new int[room]);
        }

        if (_weights.Length < Count * _perSequence)
        {
            _weights = new float[checked(_pieces.Length * _perSequence)];
        }

        _hasState = state is not null;
        if (state is not null && (_state is null || _state.Count < Count))
        {
            _state = new(_pieces.Length, state.Length);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Take(in TrainingBatch<TInput, TTarget> batch, int i)
    {
        Piece piece = _pieces[i];
        _lengths[i] = piece.Steps;
        batch.Inputs.Slice((piece.Sequence * layout.InputLength) + (piece.Start * layout.InputStep), piece.Steps * layout.InputStep).CopyTo(_inputs.AsSpan(i * layout.InputLength));
        if (layout.IsRow)
        {
            // What is given once is given to each piece.
            int padded = layout.SequenceLength * layout.InputStep;
            batch.Inputs.Slice((piece.Sequence * layout.InputLength) + padded, layout.InputLength - padded).CopyTo(_inputs.AsSpan((i * layout.InputLength) + padded));
        }

        (int steps, int from) = layout.OutputSteps == 1 ? (1, 0) : (piece.Steps, piece.Start);
        int size = layout.TargetLength / layout.OutputSteps;
        batch.Targets.Slice((piece.Sequence * layout.TargetLength) + (from * size), steps * size).CopyTo(_targets.AsSpan(i * layout.TargetLength));
        if (_perSequence == 1)
        {
            _weights[i] = batch.Weights[piece.Sequence];
        }
        else if (_perSequence > 1)
        {
            batch.Weights.Slice((piece.Sequence * _perSequence) + from, steps).CopyTo(_weights.AsSpan(i * _perSequence));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void TakeState(BatchState<TNumber>? state, int i)
    {
        if (state is null)
        {
            return;
        }

        if (_pieces[i].Continues && state.IsCarried(_pieces[i].Sequence))
        {
            _state!.Set(i, state[_pieces[i].Sequence]);
        }
        else
        {
            _state!.Reset(i);
        }
    }

    /// <summary>Steps of a sequence between two resets.</summary>
    /// <param name="Sequence">The sequence.</param>
    /// <param name="Start">The first step.</param>
    /// <param name="Steps">Their number.</param>
    /// <param name="Continues">Whether it starts from the sequence's state.</param>
    private readonly record struct Piece(int Sequence, int Start, int Steps, bool Continues);
}
