using System.ComponentModel;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace RnnGen.Runtime;

/// <summary>A sequence that is processed step by step: the base of a model's <c>State</c>.</summary>
/// <typeparam name="TNumber">The number type.</typeparam>
/// <typeparam name="TInput">The type of one input element.</typeparam>
/// <typeparam name="TTarget">The type of one target element.</typeparam>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class StreamState<TNumber, TInput, TTarget>
    where TNumber : unmanaged, IBinaryFloatingPointIeee754<TNumber>
    where TInput : unmanaged
    where TTarget : unmanaged
{
    private readonly ModelCore<TNumber, TInput, TTarget> _core;
    private readonly StreamShape _shape;
    private readonly AlignedBuffer<TNumber> _arena;
    private readonly int _inputStep;
    private readonly int _outputSize;
    private readonly int _outputs;
    private AlignedBuffer<TNumber>? _block;
    private bool _isOdd;
    private bool _hasStep; // since it began
    private int _steps;

    /// <summary>Creates the state of a new sequence.</summary>
    /// <param name="core">The model.</param>
    protected StreamState(ModelCore<TNumber, TInput, TTarget> core)
    {
        ArgumentNullException.ThrowIfNull(core);
        (_core, _shape) = (core, core.Shape.Stream!);
        (_inputStep, _outputSize, _outputs) = (core.Shape.Layout.InputStep, core.Shape.OutputSize, _shape.Outputs);
        _arena = new(_shape.ArenaLength);
        Reset();
    }

    /// <summary>Processes one step. It does not allocate.</summary>
    /// <param name="x">[<c>InputSize</c>] values, or a token.</param>
    /// <param name="y">[<c>OutputSize</c>] values, written.</param>
    /// <exception cref="ArgumentException">A span has another length, or a token is outside the vocabulary.</exception>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Step(ReadOnlySpan<TInput> x, Span<TNumber> y)
    {
        Check.Length(x.Length, _inputStep, nameof(x), "InputSize");
        Check.Length(y.Length, _outputSize, nameof(y), "OutputSize");
        if (typeof(TInput) == typeof(int))
        {
            _core.CheckTokens(x, nameof(x), default);
        }

        Advance(ref MemoryMarshal.GetReference(x), ref MemoryMarshal.GetReference(y));
    }

    /// <summary>
    /// Processes a block of steps, as <c>Step</c> does one after the other. Products with the input are computed for many steps at once, so the same numbers take less time; a
    /// sum is then added up in another order than <c>Step</c>'s, and outputs agree to rounding. However a sequence is cut into blocks, its outputs have the same bits. The first
    /// call allocates the memory for it, later ones allocate nothing.
    /// </summary>
    /// <param name="block">[steps × <c>InputSize</c>] values or tokens, of any number of steps.</param>
    /// <param name="outputs">[steps × <c>OutputSize</c>] values, written. They may take the place of the block's values (in place) if they start where it does and <c>OutputSize</c> is not greater than <c>InputSize</c>.</param>
    /// <exception cref="ArgumentException">A span has another length, a token is outside the vocabulary, or the spans overlap in another way. The state is unchanged.</exception>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Process(ReadOnlySpan<TInput> block, Span<TNumber> outputs)
    {
        int steps = Check.Steps(block.Length, _inputStep, nameof(block));
        Check.Length(outputs.Length, (long)steps * _outputSize, nameof(outputs), "steps × OutputSize");
        Check.InPlace(block, _inputStep, outputs, _outputSize);
        _core.CheckTokens(block, nameof(block), default);
        if (_shape.Block is { } shape)
        {
            ProcessAtOnce(shape, block, outputs, steps);
            return;
        }

        for (int i = 0; i < steps; i++)
        {
            Advance(ref Unsafe.Add(ref MemoryMarshal.GetReference(block), i * _inputStep), ref Unsafe.Add(ref MemoryMarshal.GetReference(outputs), i * _outputSize));
        }
    }

    // The states go to the memory of a block, and come back.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void ProcessAtOnce(BlockShape shape, ReadOnlySpan<TInput> block, Span<TNumber> outputs, int steps)
    {
        _block ??= new(shape.ArenaLength);
        for (int i = 0; i < shape.States.Length; i++)
        {
            StreamedState state = _shape.States[i];
            StepRing.Save<TNumber>(_arena.Span[(_isOdd ? state.Odd : state.Even)..], state.Size, state.Slot, _block.Span[shape.States[i].First..]);
        }

        _arena.Span.Slice(_shape.Pool, _shape.PoolWidth).CopyTo(_block.Span[shape.Pool..]);
        _core.RunBlocks(ref _block.First, block, outputs, _steps, saysAll: true);
        for (int i = 0; i < shape.States.Length; i++)
        {
            StreamedState state = _shape.States[i];
            StepRing.Restore<TNumber>(_block.Span[shape.States[i].First..], state.Size, state.Slot, _arena.Span[state.Even..]);
        }

        _block.Span.Slice(shape.Pool, _shape.PoolWidth).CopyTo(_arena.Span[_shape.Pool..]);
        if (_core.Shape.Head is { } head && steps > 0)
        {
            _block.Span.Slice(shape.Head.At((steps - 1) % shape.Steps, 0), head.Size).CopyTo(_arena.Span[_shape.Head..]);
        }

        (_isOdd, _steps, _hasStep) = (false, _steps + steps, _hasStep || steps > 0);
    }

    /// <summary>Reads what the loss reads of the latest step: the output layer's values behind their links. It does not allocate.</summary>
    /// <param name="values">[<c>Layout.HeadSize</c>] values, written.</param>
    /// <exception cref="ArgumentException">The span has another length.</exception>
    /// <exception cref="InvalidOperationException">No step was processed since the state was created, reset or restored.</exception>
    protected void ReadHead(Span<TNumber> values)
    {
        Check.Length(values.Length, _core.Shape.Head!.Size, nameof(values), "Layout.HeadSize");
        Check.HasStep(_hasStep);
        _core.Program.Read(HeadReading.Parameters, ref Unsafe.Add(ref _arena.First, _shape.Head), ref MemoryMarshal.GetReference(values), _outputSize, default);
    }

    // One step, whose arguments were checked. A token's row is read where it is stored in the parameters.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Advance(ref TInput x, ref TNumber y)
    {
        ref TNumber input = ref Unsafe.As<TInput, TNumber>(ref x);
        if (typeof(TInput) == typeof(int))
        {
            TrainedTable table = _core.Shape.Training.Table!;
            input = ref Unsafe.Add(ref _core.FirstParameter, table.Offset + Unsafe.As<TInput, int>(ref x) * table.Size);
        }

        _core.Program.Stream(ref input, ref _core.PredictedPacks, ref _arena.First, _isOdd, _steps);
        _isOdd = !_isOdd;
        _hasStep = true;
        _steps++;
        ref TNumber outputs = ref Unsafe.Add(ref _arena.First, _outputs);
        for (int i = 0; i < _outputSize; i++)
        {
            Unsafe.Add(ref y, i) = Unsafe.Add(ref outputs, i);
        }
    }

    /// <summary>Begins a new sequence.</summary>
    public void Reset()
    {
        _arena.Span.Clear();
        (_isOdd, _steps, _hasStep) = (false, 0, false);
        foreach (StreamedState state in _shape.States)
        {
            if (state.Learned >= 0)
            {
                MemoryMarshal.CreateReadOnlySpan(ref Unsafe.Add(ref _core.Packs, state.Learned), state.Size).CopyTo(_arena.Span[state.Even..]);
            }
        }
    }

    /// <summary>Copies this state to another one of the same model class.</summary>
    /// <param name="target">The other state.</param>
    protected void Copy(StreamState<TNumber, TInput, TTarget> target)
    {
        ArgumentNullException.ThrowIfNull(target);
        _arena.Span.CopyTo(target._arena.Span);
        (target._isOdd, target._steps, target._hasStep) = (_isOdd, _steps, _hasStep);
    }

    /// <summary>Writes the state's values: the hidden (and cell) states of all layers; if outputs are pooled, also the pooled values so far and the number of steps.</summary>
    /// <param name="values">[<c>Length</c>] values, written.</param>
    public void Save(Span<TNumber> values)
    {
        Check.Length(values.Length, _shape.Length, nameof(values), "State.Length");
        int to = 0;
        foreach (StreamedState state in _shape.States)
        {
            StepRing.Save<TNumber>(_arena.Span[(_isOdd ? state.Odd : state.Even)..], state.Size, state.Slot, values[to..]);
            to += state.Size;
        }

        if (_shape.PoolWidth > 0)
        {
            _arena.Span.Slice(_shape.Pool, _shape.PoolWidth).CopyTo(values[to..]);
            values[to + _shape.PoolWidth] = TNumber.CreateTruncating(_steps);
        }
    }

    /// <summary>Restores values that were written by <c>Save</c>.</summary>
    /// <param name="values">[<c>Length</c>] values.</param>
    public void Restore(ReadOnlySpan<TNumber> values)
    {
        Check.Length(values.Length, _shape.Length, nameof(values), "State.Length");
        Reset();
        int from = 0;
        foreach (StreamedState state in _shape.States)
        {
            StepRing.Restore(values[from..], state.Size, state.Slot, _arena.Span[state.Even..]);
            from += state.Size;
        }

        if (_shape.PoolWidth > 0)
        {
            values.Slice(from, _shape.PoolWidth).CopyTo(_arena.Span[_shape.Pool..]);
            _steps = int.CreateTruncating(values[from + _shape.PoolWidth]);
        }
    }
}
